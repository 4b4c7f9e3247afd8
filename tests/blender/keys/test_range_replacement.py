# SPDX-License-Identifier: GPL-3.0-or-later
"""Replacing the keys of a range: outside it every key keeps its bits, and the curve its values at every instant."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import bpy
import numpy as np
import pytest
from coamd.blender_addon.keys import keys
from coamd.blender_addon.keys.action import curves_of
from coamd.blender_addon.keys.keys import FIELDS
from coamd.blender_addon.keys.range_replacement import Range, replaced
from coamd.blender_addon.keys.segment_cuts import HINGE
from hypothesis import example, given, settings
from hypothesis import strategies as st


def new_curve(name: str = "location") -> Any:
    """An F-curve without keys."""
    obj = bpy.data.objects.new("Thing", None)
    obj.keyframe_insert(name, index=0, frame=1)
    curve = curves_of(obj.animation_data.action)[0]
    curve.keyframe_points.clear()
    return curve


def keyed(frames: list[int], values: list[float], kinds: list[str], handles: str = "AUTO_CLAMPED") -> Any:
    curve = new_curve()
    curve.keyframe_points.add(len(frames))
    for key, frame, value, kind in zip(curve.keyframe_points, frames, values, kinds, strict=True):
        key.co, key.interpolation = (frame, value), kind
        key.handle_left, key.handle_right = (frame - 1, value), (frame + 1, value)
        key.handle_left_type = key.handle_right_type = handles
    curve.update()
    return curve


def edited(curve: Any, within: Range, value: float = 5.0) -> tuple[keys.Keys, keys.Keys]:
    """Set a curve to ``value`` at the whole frames of a range; its keys before and after."""
    before = keys.read(curve)
    frames = np.arange(np.ceil(within.start), within.end + 1e-6)
    new = replaced(before, within, frames, np.full(len(frames), value), curve.evaluate, curve.extrapolation == "LINEAR")
    keys.write(curve, new)
    return before, new


def outside(within: Range) -> np.ndarray:
    return np.concatenate(
        [np.arange(-30.0, within.start, 0.137), [within.start, within.end], np.arange(within.end, 130.0, 0.137)]
    )


def check(curve: Any, within: Range, tolerance: float = 1e-4) -> None:
    """Edit a range, and hold what is outside against how it was, but for the 64th of a frame before a key.

    There stands a key that keeps the slope of a straight extrapolation, so that a step there becomes a steep ramp.
    """
    at = outside(within)
    ahead = keys.read(curve)["co"][:, 0] - at[:, None]
    at = at[~((ahead > 0.0) & (ahead <= HINGE)).any(axis=1)]
    was = np.array([curve.evaluate(float(x)) for x in at])
    before, after = edited(curve, within)
    now = np.array([curve.evaluate(float(x)) for x in at])
    np.testing.assert_allclose(now, was, atol=tolerance * max(1.0, np.abs(was).max()))
    curve.update()  # the user's next touch, at which automatic handles follow their neighbours
    touched = np.array([curve.evaluate(float(x)) for x in at])
    np.testing.assert_allclose(touched, was, atol=tolerance * max(1.0, np.abs(was).max()))
    assert (np.diff(after["co"][:, 0]) > 0).all()
    for k, frame in enumerate(before["co"][:, 0]):
        if not within.start <= frame <= within.end:
            (there,) = np.flatnonzero(after["co"][:, 0] == frame)
            for name in FIELDS:
                kept = before[name][k].tobytes() == after[name][there].tobytes()
                held = name.endswith("_type") and after[name][there] == keys.FREE
                assert kept or (held and before[name][k] in (keys.AUTO, keys.VECTOR, keys.AUTO_CLAMPED)), name
    middle = 0.5 * (np.ceil(within.start + 0.01) + np.floor(within.end - 0.01))
    assert curve.evaluate(round(middle)) == pytest.approx(5.0)


KINDS = ("BEZIER", "BEZIER", "LINEAR", "CONSTANT")


@given(
    places=st.lists(st.integers(0, 100), min_size=1, max_size=7, unique=True).map(sorted),
    values=st.lists(st.floats(-3.0, 3.0, width=16), min_size=7, max_size=7),
    kinds=st.lists(st.sampled_from(KINDS), min_size=7, max_size=7),
    handles=st.sampled_from(["AUTO", "AUTO_CLAMPED", "VECTOR", "ALIGNED"]),
    extrapolation=st.sampled_from(["CONSTANT", "LINEAR"]),
    smoothing=st.sampled_from(["NONE", "CONT_ACCEL"]),
    start=st.integers(-10, 95),
    length=st.integers(3, 40),
    fraction=st.sampled_from([0.0, 0.0, 0.37]),
)
@example(
    places=[0, 1, 2, 3, 4, 5, 7],
    values=[0.0] * 6 + [1.0],
    kinds=["BEZIER"] * 5 + ["LINEAR", "BEZIER"],
    handles="VECTOR",
    extrapolation="LINEAR",
    smoothing="CONT_ACCEL",
    start=0,
    length=6,
    fraction=0.0,
)  # the last key's vector handle, which the extrapolation follows, turns to the key at the border
@settings(max_examples=200, deadline=None)
def test_any_curve_any_range(
    places: list[int],
    values: list[float],
    kinds: list[str],
    handles: str,
    extrapolation: str,
    smoothing: str,
    start: int,
    length: int,
    fraction: float,
) -> None:
    curve = keyed(places, values[: len(places)], kinds[: len(places)], handles)
    curve.extrapolation, curve.auto_smoothing = extrapolation, smoothing
    curve.update()
    # far out on a straight extrapolation the rounding of the handles that give its slope counts
    tolerance = 5e-4 if extrapolation == "LINEAR" else 1e-4
    check(curve, Range(start + fraction, start + length + fraction), tolerance)


@pytest.mark.parametrize("kind", ["SINE", "QUAD", "EXPO", "BOUNCE", "ELASTIC", "BACK"])
def test_easing_segments_are_drawn_anew(kind: str) -> None:
    """Such a segment exists only whole; a polyline, as fine as it needs, stands in for the piece that stays."""
    check(keyed([0, 60], [0.0, 1.0], [kind, "BEZIER"]), Range(20, 40), tolerance=0.005)


@pytest.mark.parametrize("reach", [8.0, 25.0, 100.0])
def test_handles_that_are_longer_than_their_segment(reach: float) -> None:
    """Blender shortens them, and those of a piece may be too long where those of the whole are not."""
    curve = keyed([0, 10, 40, 50, 60], [0.0, 3.0, -2.0, 1.0, 0.0], ["BEZIER"] * 5, "FREE")
    for key in curve.keyframe_points:
        key.handle_left = (key.co[0] - reach, key.co[1] - 0.3)
        key.handle_right = (key.co[0] + reach, key.co[1] + 0.3)
    check(curve, Range(13, 46), tolerance=0.02)


def test_borders_on_keys_add_none() -> None:
    curve = keyed([0, 20, 40, 60], [0.0, 1.0, 0.5, 2.0], ["BEZIER"] * 4)
    _, after = edited(curve, Range(20, 40))
    assert after["co"][:, 0].tolist() == [0.0, *range(20, 41), 60.0]
    assert after["co"][20 + 1, 1] == np.float32(0.5), "the pose at the border stays"


def test_level_and_straight_segments_need_no_second_key() -> None:
    level = keyed([0, 60], [1.0, 1.0], ["BEZIER"] * 2)
    straight = keyed([0, 60], [0.0, 1.0], ["LINEAR"] * 2)
    bent = keyed([0, 30, 60], [0.0, 4.0, 1.0], ["BEZIER"] * 3)
    counts = [len(edited(curve, Range(40, 50))[1]["co"]) for curve in (level, straight, bent)]
    assert counts == [2 + 11, 2 + 11, 3 + 11 + 2]
    assert keys.read(bent)["co"][2, 0] == np.float32(30 + HINGE)


def test_an_open_end_takes_the_new_value() -> None:
    curve = keyed([0, 60], [0.0, 1.0], ["BEZIER"] * 2)
    edited(curve, Range(40, 60, closed_end=False))
    assert curve.evaluate(60) == pytest.approx(5.0)
    assert curve.evaluate(90) == pytest.approx(5.0)


def test_a_curve_without_keys_gets_the_old_value_at_its_borders() -> None:
    curve = new_curve()
    new = replaced(keys.read(curve), Range(10, 20), np.arange(10.0, 21.0), np.full(11, 5.0), lambda _frame: 0.25, False)
    keys.write(curve, new)
    assert [curve.evaluate(frame) for frame in (0, 10, 15, 20, 99)] == [0.25, 0.25, 5.0, 0.25, 0.25]


def test_fields_go_through_unchanged() -> None:
    curve = keyed([0, 10, 20], [0.0, 1.0, 3.0], ["ELASTIC", "BACK", "BEZIER"])
    key = curve.keyframe_points[1]
    key.type, key.easing, key.back, key.amplitude, key.period = "BREAKDOWN", "EASE_OUT", 1.5, 0.7, 2.5
    key.select_control_point, key.select_left_handle = False, True
    before = keys.read(curve)
    keys.write(curve, before)
    after = keys.read(curve)
    assert all(before[name].tobytes() == after[name].tobytes() for name in FIELDS)


def insert_as_blender_does(curve: Any) -> None:
    for frame in range(40, 51):
        curve.keyframe_points.insert(frame, 5.0)


def no_hinge(curve: Any) -> None:
    found = keys.read(curve)
    new = keys.plain(np.arange(40.0, 51.0), np.full(11, 5.0))
    at = found["co"][:, 0]
    keys.write(curve, keys.joined(keys.taken(found, at < 40), new, keys.taken(found, at > 50)))


@pytest.mark.parametrize("way", [insert_as_blender_does, no_hinge])
def test_the_check_fails_for_plain_inserting(way: Callable[[Any], None]) -> None:
    curve = keyed([0, 30, 60, 90], [0.0, 4.0, 1.0, 2.0], ["BEZIER"] * 4)
    at = outside(Range(40, 50))[:-400]
    was = np.array([curve.evaluate(float(x)) for x in at])
    way(curve)
    now = np.array([curve.evaluate(float(x)) for x in at])
    assert np.abs(now - was).max() > 0.01
