# SPDX-License-Identifier: GPL-3.0-or-later
"""A part of a long curve: what is written in it is what writing the whole curve gives, and the rest is not touched."""

from __future__ import annotations

from typing import Any

import bpy
import numpy as np
import pytest
from coamd.blender_addon.edit import frame_range
from coamd.blender_addon.edit import order as edit_order
from coamd.blender_addon.keys import key_range, keys, rewrite
from coamd.blender_addon.keys import source_action as source_actions
from coamd.blender_addon.keys.action import curves_of
from coamd.blender_addon.keys.range_replacement import Range, replaced
from coamd.blender_addon.session.session import Session
from coamd.rigs.body.bone_curves import Change
from edits import typed

LONG = 36_000  # ten minutes at 60 frames a second
START, END = 18_000, 18_120  # 2 s


def long_curve(count: int = 2000, step: float = 1.0) -> Any:
    """A curve with a key on every frame, of several kinds."""
    obj = bpy.data.objects.new("Thing", None)
    obj.keyframe_insert("location", index=0, frame=0)
    curve = curves_of(obj.animation_data.action)[0]
    curve.keyframe_points.clear()
    rows = keys.plain(np.arange(count) * step, np.sin(np.arange(count) * 0.1))
    rows["interpolation"] = np.arange(count) % 3
    rows["handle_left_type"] = rows["handle_right_type"] = keys.AUTO_CLAMPED
    rows["select_control_point"] = np.arange(count) % 2 == 0
    keys.write(curve, rows)
    return curve


@pytest.mark.parametrize(
    ("start", "end", "every"),
    [(900.0, 960.0, 1.0), (900.0, 960.0, 4.0), (900.4, 959.7, 1.0), (900.0, 960.0, 0.5), (1990.0, 2050.0, 1.0)],
)
def test_a_part_is_written_as_the_whole_would_be(start: float, end: float, every: float) -> None:
    """As many keys as before, fewer, cut segments, more, and keys beyond the last."""
    curve, oracle = long_curve(), long_curve()
    frames = np.arange(np.ceil(start), end + 1e-6, every)
    values = np.cos(frames)
    within = Range(start, end, True, end < 2000)
    keys.write(oracle, replaced(keys.read(oracle), within, frames, values, oracle.evaluate, linear=False))
    part = key_range.around(curve, start, end)
    assert not part.whole
    assert len(part.keys) < 100
    key_range.put(curve, part, replaced(part.keys, within, frames, values, curve.evaluate, linear=False))
    found, wanted = keys.read(curve), keys.read(oracle)
    assert len(found) == len(wanted)
    for name in keys.FIELDS:
        np.testing.assert_array_equal(found[name], wanted[name], err_msg=name)


def test_a_curve_with_few_other_keys_is_read_as_a_whole() -> None:
    part = key_range.around(long_curve(200), 50.0, 90.0)
    assert part.whole
    assert len(part.keys) == 200


class Counting:
    """A curve that counts the keys that are read or written."""

    def __init__(self, curve: Any, touched: list[int]) -> None:
        self._curve, self._touched = curve, touched

    def __getattr__(self, name: str) -> Any:
        if name == "keyframe_points":
            return Points(self._curve.keyframe_points, self._touched)
        return getattr(self._curve, name)


class Points:
    """Its keys."""

    def __init__(self, points: Any, touched: list[int]) -> None:
        self._points, self._touched = points, touched

    def __len__(self) -> int:
        return len(self._points)

    def __getitem__(self, which: Any) -> Any:
        found = self._points[which]
        self._touched[0] += len(found) if isinstance(which, slice) else 1
        return found

    def __getattr__(self, name: str) -> Any:
        self._touched[0] += len(self._points) if name.startswith("foreach") else 1
        return getattr(self._points, name)


@pytest.fixture
def long_take(addon: Session, character: Any) -> Any:
    """The mannequin with ten minutes of keys on every frame of an arm and the hips."""
    frames = np.arange(float(LONG))
    action = bpy.data.actions.new("Long")
    character.animation_data_create().action = action
    for bone in ("Hips", "LeftArm", "LeftForeArm"):
        pose_bone = character.pose.bones[f"mixamorig:{bone}"]
        pose_bone.rotation_mode = "QUATERNION"
        pose_bone.keyframe_insert("rotation_quaternion", frame=0)
    for curve in curves_of(character.animation_data.action):
        keys.write(curve, keys.plain(frames, np.full(LONG, float(curve.array_index == 0))))
    bpy.context.scene.render.fps = 60
    return character


def test_two_seconds_of_ten_minutes_touch_the_keys_of_two_seconds(
    long_take: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At the click and when the result is written."""
    action, touched = long_take.animation_data.action, [0]
    plain_curves = source_actions.curves_of_slot

    def counted(*args: Any) -> list[Any]:
        return [Counting(curve, touched) for curve in plain_curves(*args)]

    monkeypatch.setattr(source_actions, "curves_of_slot", counted)
    typed(START, END)
    order, _ = edit_order.read(bpy.context, *edit_order.character(bpy.context))
    curves, keyed = len(plain_curves(action, order.source.slot)), END - START + 1
    assert (order.first, order.last) == (0, LONG - 1)
    at_the_click = touched[0]
    assert at_the_click < curves * 4 * keyed, "places and handles of the range, and where it begins and ends"

    touched[0] = 0
    assert frame_range.fingerprint(long_take, order.source, START, END) == order.fingerprint
    frames = np.arange(START, END + 1.0)
    turn = np.tile([np.cos(0.1), 0.0, 0.0, np.sin(0.1)], (len(frames), 1))
    turn[0] = turn[-1] = (1.0, 0.0, 0.0, 0.0)
    change = Change("mixamorig:LeftArm", turn, None)
    before = {c.data_path + str(c.array_index): keys.read(c) for c in plain_curves(action, order.source.slot)}
    rewrite.rewrite(action, order.source.slot, long_take, [change], frames, Range(float(START), float(END)))
    assert touched[0] < curves * 8 * keyed, "a look at what is there, and the changed fields of the range"
    for curve in plain_curves(action, order.source.slot):
        was, now = before[curve.data_path + str(curve.array_index)], keys.read(curve)
        outside = (was["co"][:, 0] < START) | (was["co"][:, 0] > END)
        np.testing.assert_array_equal(now[outside], was[outside])
    arm = next(c for c in plain_curves(action, order.source.slot) if "LeftArm" in c.data_path and c.array_index == 3)
    assert arm.evaluate(START + 60.0) == pytest.approx(np.sin(0.1))


def test_a_key_that_moves_outside_the_range_stays_and_one_inside_is_noticed(long_take: Any) -> None:
    typed(START, END)
    order, _ = edit_order.read(bpy.context, *edit_order.character(bpy.context))
    curve = source_actions.bone_curves(order.source)[0]
    curve.keyframe_points[END + 500].co.y += 1.0
    assert frame_range.fingerprint(long_take, order.source, START, END) == order.fingerprint
    curve.keyframe_points[START + 5].co.y += 1.0
    assert frame_range.fingerprint(long_take, order.source, START, END) != order.fingerprint
