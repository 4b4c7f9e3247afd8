# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs inside the Blender under test and writes down, ten times a second, what state it is in. It presses nothing.

``COAMD_WATCH`` names the file (JSON). Areas and regions are in pixels from the window's lower left corner. Beside it,
the folder ``letters`` takes questions: ``N.txt`` holds a phrase, and ``N.npz`` answers with how Blender draws it.
"""

from __future__ import annotations

import json
import math
import os
import sys
import time
import traceback
from pathlib import Path
from typing import Any

import bpy
import numpy as np

_TARGET = Path(os.environ["COAMD_WATCH"])
_LETTERS = _TARGET.parent / "letters"
_SECONDS = 0.1
_EDGE = 2  # pixels without ink on both sides of a phrase: words end where they end
_OFTEN = 0.01
_count = 0
_drafts: dict[int, tuple[float, float]] = {}  # by their numbers


def _module(name: str) -> Any:
    """One of the add-on's modules, wherever Blender has installed it; None before it is imported."""
    return next((module for key, module in sys.modules.items() if key.endswith(f"blender_addon.{name}")), None)


def _regions(area: Any) -> list[dict[str, Any]]:
    return [
        {
            "type": region.type,
            "box": (region.x, region.y, region.width, region.height),
            # Of a file browser that is just opened Blender 4.3 has none, and ends.
            "tab": region.active_panel_category if (area.type, region.type) == ("VIEW_3D", "UI") else "",
        }
        for region in area.regions
    ]


def _character() -> dict[str, Any]:
    settings = getattr(bpy.context.scene, "coamd", None)
    rig = (settings.character if settings else None) or bpy.context.view_layer.objects.active
    if rig is None or rig.type != "ARMATURE":
        return {"name": "", "action": ""}
    data = rig.animation_data
    hips = next((bone for bone in rig.pose.bones if bone.name.endswith("Hips")), None)
    return {
        "name": rig.name,
        "action": data.action.name if data and data.action else "",
        "hips": list(rig.matrix_world @ hips.matrix.translation) if hips else None,
        "range": [round(frame) for frame in data.action.frame_range] if data and data.action else [],
    }


def _jobs(session: Any) -> dict[str, Any]:
    """Whose motions are on their way, and the drafts of Live: when each was first seen, and when it was shown."""
    if session is None:
        return {"going": [], "drafts": []}
    going = [job.character for job in session.jobs if not job.over and not job.live]
    return {"going": going, "drafts": [[began, shown] for began, shown in _drafts.values()]}


def _watch_drafts() -> float:
    """Seen a hundred times a second, by the clock that the tests have too."""
    timer = _module("session.timer")
    for job in timer.session.jobs if timer else ():
        if getattr(job, "draft", False):
            began, shown = _drafts.get(job.number, (time.monotonic(), 0.0))
            if job.state == "done" and not shown:
                shown = time.monotonic()
            _drafts[job.number] = (began, shown)
    return _OFTEN


def _places(settings: Any) -> dict[str, Any]:
    """Where the character stands and where the points of Edit's path are on the screen; the last one in the world."""
    from bpy_extras.view3d_utils import location_3d_to_region_2d

    rig, path = (settings.character, settings.edit.path) if settings else (None, None)
    view = next((area for area in bpy.context.screen.areas if area.type == "VIEW_3D"), None) if rig else None
    if view is None:
        return {"feet": None, "path": [], "path_end": None}
    region = next(region for region in view.regions if region.type == "WINDOW")

    def seen(place: Any) -> list[int]:
        at = location_3d_to_region_2d(region, view.spaces.active.region_3d, place)
        return [round(at.x + region.x), round(at.y + region.y)]

    points = (
        [path.matrix_world @ point.co.to_3d() for part in path.data.splines for point in part.points] if path else []
    )
    return {
        "feet": seen(rig.matrix_world.translation),
        "path": [seen(point) for point in points],
        "path_end": list(points[-1]) if points else None,
    }


def _summary() -> str:
    """What Edit would do between poses, as its panel says it; it looks at all keys, so that it is not always asked."""
    panel = _module("edit.summary")
    settings = getattr(bpy.context.scene, "coamd", None)
    rig = settings.character if settings else None
    if panel is None or rig is None or settings.edit.mode != "INBETWEEN":
        return ""
    found = panel.summary(bpy.context.scene, rig)
    return f"{found.start}-{found.end} {found.what}{found.problem}"


def _mode() -> str:
    active = bpy.context.view_layer.objects.active
    return active.mode if active is not None else ""


def _backend() -> dict[str, Any]:
    """What the add-on's one session and its installation say."""
    timer = _module("session.timer")
    session = timer.session if timer else None
    job = session.current if session else None
    return {
        "link": session.link.state if session else "",
        "busy": bool(session and session.busy),
        "job": {"phase": job.phase, "step": job.step, "of": job.of} if job else None,
        "message": str(session.message or "") if session else "",
        **_jobs(session),
        "needed": timer.installation.needed if timer else "",
        "installing": _installing(timer.installation) if timer else None,
    }


def _installing(installation: Any) -> dict[str, Any]:
    """How far the add-on's installer is."""
    shown = installation.progress
    return {
        "busy": installation.busy,
        "phase": shown.phase,
        "factor": shown.factor,
        "text": shown.text,
        "problem": str(installation.problem or ""),
    }


def _extensions() -> dict[str, Any]:
    """What Preferences > Get Extensions is about: repositories, updates that Blender knows of, and what is on."""
    preferences, timer = bpy.context.preferences, _module("session.timer")
    return {
        "online": bpy.app.online_access,
        "repositories": {repo.remote_url: repo.module for repo in preferences.extensions.repos},
        "updates": bpy.context.window_manager.extensions_updates,
        "enabled": [addon.module for addon in preferences.addons if addon.module.endswith(".coamd")],
        "release": getattr(timer, "RELEASE", ""),  # `test_updates.py` writes it into the module's file
    }


def _lists() -> dict[str, Any]:
    """What Label and Find have listed."""
    labels, moments = _module("label.settings"), _module("find.settings")
    return {
        "labels": [item.label for item in labels.found_labels().segments] if labels else [],
        "moments": [item.title for item in moments.found_moments().moments] if moments else [],
    }


def _state() -> dict[str, Any]:
    settings = getattr(bpy.context.scene, "coamd", None)
    return {
        "windows": len(bpy.context.window_manager.windows),
        "areas": [
            {"type": area.type, "regions": _regions(area)}
            for window in bpy.context.window_manager.windows
            for area in window.screen.areas
        ],
        "height": [window.height for window in bpy.context.window_manager.windows],
        "frame": bpy.context.scene.frame_current,
        "frame_end": bpy.context.scene.frame_end,
        "playing": bool(bpy.context.screen and bpy.context.screen.is_animation_playing),
        "actions": sorted(action.name for action in bpy.data.actions),
        "objects": sorted(obj.name for obj in bpy.data.objects),
        "markers": [marker.name for marker in bpy.context.scene.timeline_markers],
        "character": _character(),
        "animated": {
            obj.name: obj.animation_data.action.name
            for obj in bpy.data.objects
            if obj.type == "ARMATURE" and obj.animation_data and obj.animation_data.action
        },
        "start": settings.start if settings else None,
        "steps": len(settings.steps) if settings and settings.use_steps else 0,
        "format": settings.export.format if settings else None,
        "summary": _summary(),
        **_places(settings),
        "prompt": settings.prompt if settings else None,
        "edit_prompt": settings.edit.prompt if settings else None,
        "query": settings.find.query if settings else None,
        "mode": settings.edit.mode if settings else None,
        "installed": settings is not None,
        "mode_of_character": _mode(),
        "operators": dir(bpy.ops.coamd) if settings else [],
        "clipboard": bpy.context.window_manager.clipboard,
        **_backend(),
        **_extensions(),
        **(_lists() if settings else {}),
    }


def _drawn(text: str, points: float) -> np.ndarray:
    """(rows, columns) uint8: a phrase as Blender's own text drawing has it, white on black."""
    import blf
    import gpu
    from mathutils import Matrix

    blf.size(0, points)
    width, height = math.ceil(blf.dimensions(0, text)[0]) + 2 * _EDGE, math.ceil(points * 2.0)
    pixels = Matrix(((2.0 / width, 0, 0, -1.0), (0, 2.0 / height, 0, -1.0), (0, 0, -1.0, 0), (0, 0, 0, 1.0)))
    paper = gpu.types.GPUOffScreen(width, height)
    try:
        with paper.bind(), gpu.matrix.push_pop(), gpu.matrix.push_pop_projection():
            sheet = gpu.state.active_framebuffer_get()
            sheet.clear(color=(0.0, 0.0, 0.0, 1.0))
            gpu.matrix.load_identity()
            gpu.matrix.load_projection_matrix(pixels)
            gpu.state.blend_set("ALPHA")
            blf.color(0, 1.0, 1.0, 1.0, 1.0)
            blf.position(0, _EDGE, height // 3, 0)
            blf.draw(0, text)
            gpu.state.blend_set("NONE")
            read = sheet.read_color(0, 0, width, height, 4, 0, "FLOAT")
            read.dimensions = width * height * 4
    finally:
        paper.free()
    drawn = (np.array(read).reshape(height, width, 4)[::-1, :, 0] * 255.0).astype(np.uint8)
    inked = np.flatnonzero(drawn.max(axis=1) > 0)
    return drawn[max(inked[0] - 1, 0) : inked[-1] + 2] if len(inked) else drawn


def _answer() -> None:
    """Draw the phrases that were asked for, in the sizes of buttons and of panels' titles."""
    style, scale = bpy.context.preferences.ui_styles[0], bpy.context.preferences.system.ui_scale
    for question in _LETTERS.glob("*.txt"):
        text = question.read_text("utf-8")
        sizes = sorted({style.widget.points * scale, style.panel_title.points * scale})
        part = question.with_suffix(".part")
        with part.open("wb") as file:
            np.savez(file, *(_drawn(text, points) for points in sizes))
        part.replace(question.with_suffix(".npz"))
        question.unlink()


def _watch() -> float:
    global _count  # noqa: PLW0603
    _count += 1
    try:
        _answer()
        state = _state()
    except Exception:
        state = {"fault": traceback.format_exc()}
    part = _TARGET.with_suffix(".part")
    part.write_text(json.dumps({"count": _count, **state}), "utf-8")
    part.replace(_TARGET)
    return _SECONDS


bpy.app.timers.register(_watch, persistent=True)
bpy.app.timers.register(_watch_drafts, persistent=True)
