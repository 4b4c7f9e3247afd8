# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs inside the Blender under test and writes down, ten times a second, what state it is in. It presses nothing.

``COAMD_WATCH`` names the file (JSON). Areas and regions are in pixels from the window's lower left corner.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from pathlib import Path
from typing import Any

import bpy

_TARGET = Path(os.environ["COAMD_WATCH"])
_SECONDS = 0.1
_count = 0


def _session() -> Any:
    """The add-on's session, wherever Blender has installed it."""
    return next((module.session for name, module in sys.modules.items() if name.endswith("blender_addon.timer")), None)


def _regions(area: Any) -> list[dict[str, Any]]:
    return [
        {
            "type": region.type,
            "box": (region.x, region.y, region.width, region.height),
            "tab": getattr(region, "active_panel_category", "") if region.type == "UI" else "",
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
        "hips": list(hips.matrix.translation) if hips else None,
    }


def _mode() -> str:
    active = bpy.context.view_layer.objects.active
    return active.mode if active is not None else ""


def _state() -> dict[str, Any]:
    session = _session()
    link = session.link if session else None
    job = session.current if session else None
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
        "character": _character(),
        "prompt": settings.prompt if settings else None,
        "edit_prompt": settings.edit.prompt if settings else None,
        "mode": settings.edit.mode if settings else None,
        "installed": settings is not None,
        "link": link.state if link else "",
        "busy": bool(session and session.busy),
        "job": {"phase": job.phase, "step": job.step, "of": job.of} if job else None,
        "message": str(session.message or "") if session else "",
        "mode_of_character": _mode(),
        "operators": dir(bpy.ops.coamd) if settings else [],
        "clipboard": bpy.context.window_manager.clipboard,
    }


def _watch() -> float:
    global _count  # noqa: PLW0603
    _count += 1
    try:
        state = _state()
    except Exception:
        state = {"fault": traceback.format_exc()}
    part = _TARGET.with_suffix(".part")
    part.write_text(json.dumps({"count": _count, **state}), "utf-8")
    part.replace(_TARGET)
    return _SECONDS


bpy.app.timers.register(_watch, persistent=True)
