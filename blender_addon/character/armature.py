# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads a character's armature. Nothing here changes it."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...rigs.body.rest_rig import RestBone, RestRig
from ...rigs.detect.mapping import Mapping
from ...rigs.errors import UserError
from .bone_choice import map_bones


def rest_rig(rig_object: Any) -> RestRig:
    """The rest pose of an armature object; bones with parents before children, in armature units."""
    bones = [
        RestBone(
            name=bone.name,
            parent=bone.parent.name if bone.parent else None,
            matrix=np.array(bone.matrix_local, dtype=np.float64),  # (4, 4)
            length=float(bone.length),
            inherit_rotation=bool(bone.use_inherit_rotation),
            connected=bool(bone.use_connect),
            turns=_free_axes(rig_object.pose.bones[bone.name]),
            moves=not all(rig_object.pose.bones[bone.name].lock_location),
        )
        for bone in rig_object.data.bones
    ]
    return RestRig(bones=tuple(bones), matrix_world=np.array(rig_object.matrix_world, dtype=np.float64))


def _free_axes(pose_bone: Any) -> tuple[bool, bool, bool]:
    """Which of its own axes a bone may turn about."""
    x, y, z = pose_bone.lock_rotation
    return not x, not y, not z


def armature_of(obj: Any) -> Any | None:
    """The armature that an object is or is deformed by, or None."""
    if obj is None:
        return None
    if obj.type == "ARMATURE":
        return obj
    for modifier in obj.modifiers:
        if modifier.type == "ARMATURE" and modifier.object is not None:
            return modifier.object
    parent = obj.parent
    return parent if parent is not None and parent.type == "ARMATURE" else None


def character(context: Any) -> Any | None:
    """The armature to animate: the chosen one, else that of the active object, else the only one in the scene."""
    scene = context.scene
    chosen = scene.coamd.character
    if chosen is not None and scene.objects.get(chosen.name) == chosen:
        return chosen
    active = armature_of(context.view_layer.objects.active)
    if active is not None:
        return active
    armatures = [obj for obj in scene.objects if obj.type == "ARMATURE"]
    return armatures[0] if len(armatures) == 1 else None


def selected(context: Any) -> list[Any]:
    """The armatures of all selected objects, each once and by their names.

    Where another one is chosen in the panel it is that one alone.
    """
    found = {armature_of(obj) for obj in context.selected_objects} - {None}
    chosen = context.scene.coamd.character
    if chosen is not None and chosen not in found:
        found = {character(context)} - {None}
    return sorted(found, key=lambda obj: obj.name)


class NeedsCharacter:
    """An operator or a panel that needs a character."""

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Whether there is one."""
        return character(context) is not None


def any_in(scene: Any) -> bool:
    """Whether a scene has any armature."""
    return any(obj.type == "ARMATURE" for obj in scene.objects)


def check_writable(rig_object: Any) -> None:
    """Raise UserError when Blender would refuse or lose keys on this armature."""
    name = rig_object.name
    if rig_object.library is not None:
        raise UserError(
            f"The character “{name}” is linked from another file and cannot be animated here.",
            "Make a library override first: Object > Library Override > Make.",
            "linked",
        )
    if rig_object.mode == "EDIT":
        raise UserError(
            f"The character “{name}” is in Edit Mode, where bones cannot be animated.",
            "Press Tab to leave Edit Mode, then generate again.",
            "edit_mode",
        )
    data = rig_object.animation_data
    if data is not None and data.use_tweak_mode:
        raise UserError(
            f"An NLA strip of “{name}” is in tweak mode, where Blender accepts no new action.",
            "Press Tab in the NLA editor to leave tweak mode, then generate again.",
            "tweak_mode",
        )


def read(context: Any, rig_object: Any | None = None) -> tuple[Any, RestRig, Mapping]:
    """The character or the armature that is named, its rest pose and its mapping; UserError when it is not animated."""
    rig_object = rig_object or character(context)
    if rig_object is None:
        raise UserError(
            "There is no character to animate.",
            "Select an armature, or add the mannequin from the CoAMD tab.",
            "no_armature",
        )
    check_writable(rig_object)
    rig = rest_rig(rig_object)
    return rig_object, rig, map_bones(rig_object, rig)
