# SPDX-License-Identifier: GPL-3.0-or-later
"""The character's mapping for the panel, cached, as drawing must cost nothing."""

from __future__ import annotations

from typing import Any

import bpy
from bpy.props import PointerProperty, StringProperty

from ...rigs.body.skeleton import JOINTS
from ...rigs.detect.detection import guess
from ...rigs.detect.mapping import Mapping
from ...rigs.errors import UserError
from . import armature, bone_choice

# The roles in the order of the panel, with what animators call them.
LABELS: dict[str, str] = {"pelvis": "Hips"} | {
    **{f"spine{i}": f"Spine {i}" for i in range(1, 7)},
    **{"neck": "Neck", "neck2": "Neck 2", "neck3": "Neck 3", "head": "Head"},
    **{
        f"{side}_{part}": f"{side.title()} {label}"
        for side in ("left", "right")
        for part, label in (
            ("collar", "Shoulder"),
            ("shoulder", "Upper Arm"),
            ("elbow", "Forearm"),
            ("wrist", "Hand"),
            ("hip", "Thigh"),
            ("knee", "Shin"),
            ("ankle", "Foot"),
            ("foot", "Toes"),
        )
    },
}

_known: dict[tuple[object, ...], tuple[Mapping | UserError, dict[str, str]]] = {}
_KEPT = 64


def mapping_of(rig_object: Any) -> Mapping | UserError:
    """The mapping of an armature object, or why it has none; read again when bones come or go, it is scaled, or
    the choice of bones changes."""
    return _look(rig_object)[0]


def bones_by_role(rig_object: Any) -> dict[str, str]:
    """Bones by role for the panel, even if they do not form a body yet."""
    return _look(rig_object)[1]


def forget() -> None:
    """Read every character again."""
    _known.clear()


def _look(rig_object: Any) -> tuple[Mapping | UserError, dict[str, str]]:
    data, chosen = rig_object.data, bone_choice.chosen(rig_object)
    bones = data.bones
    scale = tuple(rig_object.matrix_world.to_scale())
    key = (rig_object.name_full, data.name_full, len(bones), bones[0].name if bones else "", scale, *chosen.items())
    if key not in _known:
        if len(_known) >= _KEPT:
            forget()
        rig = armature.rest_rig(rig_object)
        try:
            mapping = bone_choice.map_bones(rig_object, rig)
            _known[key] = mapping, mapping.bones
        except UserError as error:
            partial = guess(rig)
            _known[key] = error, {**(partial.bones if partial else {}), **chosen}
    return _known[key]


def _bone_property(role: str) -> Any:
    def get(group: Any) -> str:
        # Every object has the property, and Blender reads it of any kind, as for library overrides.
        return bones_by_role(group.id_data).get(role, "") if group.id_data.type == "ARMATURE" else ""

    def set_bone(group: Any, bone: str) -> None:
        if group.id_data.type == "ARMATURE":
            bone_choice.choose(group.id_data, role, bone)
            forget()

    return StringProperty(
        name=LABELS[role],
        description=f"The bone of the {LABELS[role].lower()}. Empty: the rig has none",
        get=get,
        set=set_bone,
    )


class COAMD_PG_bones(bpy.types.PropertyGroup):  # noqa: N801 (Blender's naming rule)
    """The bones of the joints, as detected or chosen by hand; each role is a property of its name."""

    __annotations__ = {role: _bone_property(role) for role in (*JOINTS, *(r for r in LABELS if r not in JOINTS))}


CLASSES = (COAMD_PG_bones,)


def register() -> None:
    """Attach the choice of bones to every object, and read the user's presets."""
    bpy.types.Object.coamd_bones = PointerProperty(type=COAMD_PG_bones)
    bone_choice.load()


def unregister() -> None:
    """Take the accessor away; the choice stays in the file."""
    del bpy.types.Object.coamd_bones
    forget()
