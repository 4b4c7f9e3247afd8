# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes on a character, and the buttons of the panel that names them, pressed."""

from __future__ import annotations

from typing import Any

import bpy
import numpy as np
import pytest
import snapshot
from coamd.blender_addon.character import armature
from coamd.blender_addon.keys import action as actions
from coamd.blender_addon.session.session import Session
from coamd.blender_addon.takes import takes
from coamd.blender_addon.takes.take_reader import TakeReader
from coamd.rigs.solve.retarget import retarget


def act(rig_object: Any, name: str, joints: np.ndarray, start: int = 1) -> Any:
    """Put a motion on a character as a new action that it plays."""
    bpy.context.view_layer.objects.active = rig_object
    bpy.context.view_layer.update()
    _, rig, mapping = armature.read(bpy.context)
    curves = retarget(joints, rig, mapping, fps=bpy.context.scene.render.fps)
    frames = start + np.arange(len(curves[0].rotations), dtype=np.float32)
    action = actions.new_action(rig_object, name, actions.channels(rig_object, curves, frames))
    action.use_fake_user = True
    actions.assign(rig_object, action)
    return action


def settings() -> Any:
    return bpy.context.scene.coamd.label


def listed() -> list[Any]:
    return list(bpy.context.window_manager.coamd_label.segments)


def label(**others: Any) -> list[Any]:
    """Press Label and wait; what the list holds."""
    for name, value in others.items():
        setattr(settings(), name, value)
    assert bpy.ops.coamd.label(wait=True) == {"FINISHED"}
    return listed()


def apply(**others: Any) -> None:
    """Press Apply. By default nothing but what is named is written."""
    for name, value in {"markers": "NONE", **others}.items():
        setattr(settings(), name, value)
    assert bpy.ops.coamd.apply_labels() == {"FINISHED"}


def joints_of(take: takes.Take) -> np.ndarray:
    """The whole take, as it is sent to the backend."""
    reader = TakeReader(take)
    while not reader.work(10.0):
        pass
    return reader.joints


def refused(session: Session, operator: Any, **keywords: Any) -> str:
    """Press a button that says no, with a remedy, and leaves the file as it is."""
    bpy.context.view_layer.update()
    before = snapshot.of_file()
    with pytest.raises(RuntimeError):
        operator(**keywords)
    assert snapshot.of_file() == before
    assert session.message.level == "ERROR"
    assert session.message.hint
    return str(session.message.code)
