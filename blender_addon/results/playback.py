# SPDX-License-Identifier: GPL-3.0-or-later
"""Once a motion is written: the scene's frame range, the 3D views and the playback, so that it is seen moving."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import bpy
import numpy as np

from ..keys.scene_time import scene_frames
from .view_framing import ALL, framed, free_of, is_seen

AUTO, FIT, EXTEND, KEEP = "AUTO", "FIT", "EXTEND", "KEEP"
RANGES = (
    (AUTO, "Automatic", "Fit where nothing else is timed and the range was not set by hand, else extend"),
    (FIT, "Fit", "The scene begins and ends with the motion"),
    (EXTEND, "Extend", "The end of the scene moves back when the motion is longer. It is never shortened"),
    (KEEP, "Leave", "The scene's range stays as it is"),
)
BLENDERS_OWN = (1, 250)  # the range of a new file


def is_alone(scene: Any, rig_object: Any) -> bool:
    """Whether nothing in the scene is timed but this character."""
    editor = scene.sequence_editor
    strips = () if editor is None else editor.strips if hasattr(editor, "strips") else editor.sequences
    if len(strips) or len(scene.timeline_markers):
        return False
    return not any(_is_animated(obj) for obj in scene.objects if obj != rig_object)


def _is_animated(obj: Any) -> bool:
    data = obj.animation_data
    return data is not None and (data.action is not None or any(len(track.strips) for track in data.nla_tracks))


def set_range(scene: Any, rig_object: Any, first: int, last: int) -> str:
    """Set the scene's range for the keys from ``first`` to ``last`` as its settings say; a sentence about it."""
    settings = scene.coamd
    how, now = settings.scene_range, (scene.frame_start, scene.frame_end)
    start, end = scene_frames(scene, first, last)
    start, end = max(start, 0), max(end, start, 0)  # Blender's scenes begin at 0
    if how == AUTO:
        untouched = now in (BLENDERS_OWN, tuple(settings.fitted_range))
        how = FIT if untouched and is_alone(scene, rig_object) else EXTEND
    if how == FIT:
        scene.frame_start, scene.frame_end = start, end
        settings.fitted_range = (start, end)
    elif how == EXTEND:
        scene.frame_end = max(scene.frame_end, end)
    if (scene.frame_start, scene.frame_end) == now:
        return ""
    return f"The scene plays frames {scene.frame_start} to {scene.frame_end} now."


def views() -> Iterator[tuple[Any, tuple[float, float]]]:
    """The 3D views that are free to be turned, each with what of its width no panel lies over.

    A camera's view is not, and none that follows an object or the cursor.
    """
    for window in bpy.context.window_manager.windows:
        for area in window.screen.areas:
            space = area.spaces.active
            if area.type != "VIEW_3D" or len(space.region_quadviews):
                continue
            if space.region_3d.view_perspective != "CAMERA" and space.lock_object is None and not space.lock_cursor:
                yield space.region_3d, _free(area)


def _free(area: Any) -> tuple[float, float]:
    edges: dict[str, list[tuple[float, float]]] = {"WINDOW": [], "UI": [], "TOOLS": []}
    for region in area.regions:
        if region.type in edges and region.width > 1:
            edges[region.type].append((region.x, region.x + region.width))
    return free_of(edges["WINDOW"][0], [*edges["UI"], *edges["TOOLS"]]) if edges["WINDOW"] else ALL


def frame(points: np.ndarray) -> bool:
    """Move the views that do not show all the points (N, 3) of the world; True when one was moved."""
    moved = False
    for view, free in views():
        if not is_seen(points, np.array(view.perspective_matrix), free):
            right = tuple(view.view_matrix[0][:3])
            place, distance = framed(points, np.array(view.window_matrix), view.view_distance, right, free)
            view.view_location, view.view_distance = place.tolist(), distance
            moved = True
    return moved


def play(scene: Any, first: int) -> None:
    """Go to a frame of the animation and play from there, which background mode does not do."""
    scene.frame_set(scene_frames(scene, first, first)[0])
    windows = bpy.context.window_manager.windows
    window = bpy.context.window or (windows[0] if windows else None)
    if bpy.app.background or window is None or window.screen.is_animation_playing:
        return
    with bpy.context.temp_override(window=window, screen=window.screen):
        bpy.ops.screen.animation_play()
