# SPDX-License-Identifier: GPL-3.0-or-later
"""A take that does not show as it was made is told of, with what hides it."""

from __future__ import annotations

from typing import Any

import bpy
import pytest
from coamd.backend.client.backend_process import BackendProcess
from coamd.blender_addon.keys.visibility import NLA
from coamd.blender_addon.session.session import Session


def generate(session: Session) -> str:
    bpy.context.scene.coamd.prompt, bpy.context.scene.coamd.seconds = "a person sways", 1.0
    bpy.ops.coamd.generate(wait=True)
    return " ".join(session.jobs[-1].warnings)


def below(character: Any) -> Any:
    """A strip under the action, of a pose that is nobody's."""
    action = bpy.data.actions.new("below")
    character.animation_data_create().action = action
    for bone in ("LeftArm", "RightArm", "Spine"):
        pose_bone = character.pose.bones[f"mixamorig:{bone}"]
        pose_bone.rotation_mode = "QUATERNION"
        pose_bone.rotation_quaternion = (0.7, 0.7, 0.0, 0.0)
        for frame in (1, 100):
            pose_bone.keyframe_insert("rotation_quaternion", frame=frame)
    action = character.animation_data.action
    track = character.animation_data.nla_tracks.new()
    track.strips.new("below", 1, action)
    character.animation_data.action = None
    return track


@pytest.mark.parametrize("how", ["added", "half", "solo"])
def test_the_nla_hides_it(addon: Session, backend: BackendProcess, character: Any, how: str) -> None:
    track = below(character)
    data = character.animation_data
    if how == "added":
        data.action_blend_type = "ADD"
    elif how == "half":
        data.action_influence = 0.5
    else:
        track.is_solo = True
    assert NLA in generate(addon)


def test_what_shows_is_not_warned_of(addon: Session, backend: BackendProcess, character: Any) -> None:
    """A strip that the action replaces, and a constraint that changes nothing."""
    below(character)
    limit = character.pose.bones["mixamorig:LeftArm"].constraints.new("LIMIT_SCALE")
    assert limit.influence == 1.0
    said = generate(addon)
    assert NLA not in said
    assert "Constraints" not in said


def test_constraints_and_drivers_are_named(addon: Session, backend: BackendProcess, character: Any) -> None:
    aim = bpy.data.objects.new("aim", None)
    bpy.context.scene.collection.objects.link(aim)
    aim.rotation_euler = (1.0, 2.0, 0.0)
    character.pose.bones["mixamorig:LeftArm"].constraints.new("COPY_ROTATION").target = aim
    character.pose.bones["mixamorig:RightLeg"].driver_add("rotation_quaternion", 1).driver.expression = "0.7"
    character.pose.bones["mixamorig:RightLeg"].rotation_mode = "QUATERNION"
    said = generate(addon)
    assert "“mixamorig:LeftArm”" in said
    assert "“mixamorig:RightLeg”" in said
    assert "RightArm" not in said
