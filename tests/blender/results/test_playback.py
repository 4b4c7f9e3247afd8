# SPDX-License-Identifier: GPL-3.0-or-later
"""Once a motion is there one sees it move: the scene's range, the view, and what the panel says of both."""

from __future__ import annotations

from typing import Any

import bpy
import numpy as np
import pytest
from coamd.backend.client.backend_process import BackendProcess
from coamd.blender_addon.results import playback
from coamd.blender_addon.results.view_framing import ALL, framed, free_of, is_seen
from coamd.blender_addon.session.session import Session


def made(**others: Any) -> Any:
    """Generate a short motion with these settings; the scene."""
    settings = bpy.context.scene.coamd
    settings.seconds = 2.0
    for name, value in others.items():
        setattr(settings, name, value)
    assert bpy.ops.coamd.generate(wait=True) == {"FINISHED"}
    return bpy.context.scene


def test_in_an_empty_scene_the_range_becomes_the_motions(
    addon: Session, backend: BackendProcess, character: Any
) -> None:
    scene = made()
    last = round(character.animation_data.action.frame_range[1])
    assert (scene.frame_start, scene.frame_end) == (1, last)
    assert f"The scene plays frames 1 to {last} now." in str(addon.message)
    scene.frame_current = 31  # ours may be fitted again, wherever the playhead is
    scene = made()
    assert (scene.frame_start, scene.frame_end) == (31, 30 + last)
    assert "It begins at the playhead, frame 31." in str(addon.message)
    scene.frame_start, scene.frame_end, scene.frame_current = 1, 40, 1  # set by hand
    scene = made()
    assert (scene.frame_start, scene.frame_end) == (1, last), "it is made longer, never shorter"
    scene.frame_end = 300
    assert made().frame_end == 300


@pytest.mark.parametrize("other", ["object", "marker", "strip"])
def test_a_scene_where_something_else_is_timed_is_not_empty(character: Any, other: str) -> None:
    scene = bpy.context.scene
    assert playback.is_alone(scene, character)
    if other == "object":
        cube = bpy.data.objects.new("Cube", None)
        scene.collection.objects.link(cube)
        cube.keyframe_insert("location", frame=1)
    elif other == "marker":
        scene.timeline_markers.new("cue", frame=20)
    else:
        editor = scene.sequence_editor_create()
        strips = editor.strips if hasattr(editor, "strips") else editor.sequences
        strips.new_effect("Black", "COLOR", channel=1, frame_start=1, **_length(40))
    assert not playback.is_alone(scene, character)


def _length(frames: int) -> dict[str, int]:
    return {"length": frames} if bpy.app.version >= (5, 0, 0) else {"frame_end": frames}


def test_the_range_stays_where_that_is_chosen(addon: Session, backend: BackendProcess, character: Any) -> None:
    scene = made(scene_range="KEEP")
    assert (scene.frame_start, scene.frame_end) == playback.BLENDERS_OWN
    assert "now" not in str(addon.message)
    scene.frame_end = 500
    assert made(scene_range="FIT").frame_end < 500


def test_stretched_time_is_honoured(addon: Session, backend: BackendProcess, character: Any) -> None:
    """At twice the length a second has half the frames of animation, and the scene plays each of them for two."""
    scene = bpy.context.scene
    made()
    normal = scene.frame_end - scene.frame_start
    scene.render.frame_map_new = 200
    scene.frame_current = 81
    scene = made()
    first, last = character.animation_data.action.frame_range
    assert first == 40  # what the scene shows at frame 81
    assert last - first == pytest.approx(normal / 2, abs=1)
    assert (scene.frame_start, scene.frame_end) == (2 * first, 2 * last)


def test_a_view_that_does_not_show_all_of_it_is_moved(addon: Session, backend: BackendProcess, character: Any) -> None:
    view, _ = next(playback.views())
    character.location = (300.0, 0.0, 0.0)
    bpy.context.view_layer.update()
    before = (tuple(view.view_location), view.view_distance)
    made(frame_motion=False)
    assert (tuple(view.view_location), view.view_distance) == before
    made(frame_motion=True)
    assert view.view_location[0] == pytest.approx(300.0, abs=2.0)
    assert 1.0 < view.view_distance < 20.0


def clip_matrix(zoom: float, distance: float) -> np.ndarray:
    """World to clip space (4, 4) of a view that looks along -Z at the origin from ``distance``, with perspective."""
    window = np.zeros((4, 4))
    window[0, 0] = window[1, 1] = zoom
    window[2, 2] = window[3, 2] = -1.0
    away = np.eye(4)
    away[2, 3] = -distance
    return window @ away


def test_what_is_framed_is_seen_and_fills_a_good_part(addon: Session) -> None:
    points = np.random.default_rng(3).uniform(-1.0, 1.0, (50, 3))
    points[:2] = [[-1, -1, -1], [1, 1, 1]]
    window = clip_matrix(2.0, 0.0)
    place, distance = framed(points, window, 1.0)
    assert np.allclose(place, 0.0)
    assert is_seen(points, clip_matrix(2.0, distance))
    assert not is_seen(points, clip_matrix(2.0, 0.5 * distance)), "it is no further away than needed"
    assert not is_seen(points + np.array([0.0, 0.0, 2.0 * distance]), clip_matrix(2.0, distance)), "behind the viewer"


@pytest.mark.parametrize("perspective", [True, False])
@pytest.mark.parametrize("free", [(-1.0, 0.5), (-0.9, 0.45), (-0.2, 1.0)])
def test_beside_a_sidebar_the_motion_is_framed_in_what_is_free(free: tuple[float, float], perspective: bool) -> None:
    points = np.random.default_rng(3).uniform(-1.0, 1.0, (50, 3))
    points[:2] = [[-1, -1, -1], [1, 1, 1]]

    def clip(place: np.ndarray, distance: float) -> np.ndarray:
        found = clip_matrix(1.5, distance)
        if not perspective:  # as wide as the view is with perspective at that distance
            found = np.diag([1.5 / distance, 1.5 / distance, -0.01, 1.0])
        return found @ np.block([[np.eye(3), -place[:, None]], [np.zeros(3), np.ones(1)]])

    window = clip_matrix(1.5, 0.0) if perspective else clip(np.zeros(3), 4.0)
    place, distance = framed(points, window, 4.0, free=free)
    assert is_seen(points, clip(place, distance), free)
    assert not is_seen(points, clip(place, 0.6 * distance), free), "it is no further away than needed"


def test_what_lies_over_a_view_is_not_free() -> None:
    view = (100.0, 1100.0)
    assert free_of(view, []) == ALL
    assert free_of(view, [(840.0, 1100.0)]) == pytest.approx((-1.0, 0.48))
    assert free_of(view, [(840.0, 1100.0), (100.0, 150.0)]) == pytest.approx((-0.9, 0.48))
    assert free_of(view, [(1100.0, 1360.0)]) == ALL, "it lies beside the view"
    assert free_of(view, [(300.0, 1100.0)]) == ALL, "so little is left that all is better"
