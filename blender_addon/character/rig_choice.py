# SPDX-License-Identifier: GPL-3.0-or-later
"""How a character's limbs are keyed and whether its keys are reduced: stored with the character; the default suits
its rig."""

from __future__ import annotations

from typing import Any

import bpy
from bpy.props import EnumProperty, PointerProperty

from ...rigs.detect.mapping import Mapping
from ...rigs.solve.ik_controls import usual_limbs
from . import armature
from .bone_mapping import mapping_of

LIMBS = (
    ("FK", "FK", "Keys on the bones of arms and legs, and the rig is switched to FK"),
    ("IK_LEGS", "IK Legs", "Keys on the controls of feet and knees, and on the bones of the arms"),
    ("IK", "IK", "Keys on the controls of hands, feet, elbows and knees, and the rig is switched to IK"),
)
_CHOICES = tuple(name for name, *_ in LIMBS)
_UNSET = ("AUTO", "By the Rig", "What suits the rig")
_SWITCH = (("OFF", "Off", "A key on every frame"), ("ON", "On", "Only the keys that are needed"))


class COAMD_PG_rig_choice(bpy.types.PropertyGroup):  # noqa: N801 (Blender's naming rule)
    """What was chosen for one character, or in a scene for those without a choice of their own."""

    limbs: EnumProperty(
        name="Limbs",
        description="How arms and legs are keyed on this character",
        items=(_UNSET, *LIMBS),
        default="AUTO",
        override={"LIBRARY_OVERRIDABLE"},
    )
    reduce_keys: EnumProperty(
        name="Reduce Keys",
        description="Whether this character gets only the keys that its motion needs",
        items=(_UNSET, *_SWITCH),
        default="AUTO",
        override={"LIBRARY_OVERRIDABLE"},
    )


def _mapping(rig_object: Any | None) -> Mapping | None:
    found = mapping_of(rig_object) if rig_object is not None else None
    return found if isinstance(found, Mapping) else None


def _character(scene: Any) -> Any | None:
    return armature.character(bpy.context) if bpy.context.scene == scene else scene.coamd.character


def _chosen(scene: Any, name: str) -> str:
    """What was chosen for the character, else in the scene; AUTO where nothing was."""
    rig_object = _character(scene)
    own = getattr(rig_object.coamd_rig, name) if rig_object is not None else "AUTO"
    return str(own if own != "AUTO" else getattr(scene.coamd.rig_choice, name))


def _choose(scene: Any, name: str, value: str) -> None:
    rig_object = _character(scene)
    setattr(scene.coamd.rig_choice if rig_object is None else rig_object.coamd_rig, name, value)


def get_limbs(settings: Any) -> int:
    """The choice of limbs in force, as a number of ``LIMBS``."""
    chosen = _chosen(settings.id_data, "limbs")
    if chosen == "AUTO":
        mapping = _mapping(_character(settings.id_data))
        chosen = "FK" if mapping is None else usual_limbs(mapping).upper()
    return _CHOICES.index(chosen)


def set_limbs(settings: Any, number: int) -> None:
    """Store the choice of limbs with the character."""
    _choose(settings.id_data, "limbs", _CHOICES[number])


def get_reduce_keys(settings: Any) -> bool:
    """Whether keys are reduced: on control rigs they are unless it was turned off."""
    chosen = _chosen(settings.id_data, "reduce_keys")
    if chosen == "AUTO":
        mapping = _mapping(_character(settings.id_data))
        return mapping is not None and bool(mapping.ik)
    return chosen == "ON"


def set_reduce_keys(settings: Any, on: bool) -> None:
    """Store with the character whether its keys are reduced."""
    _choose(settings.id_data, "reduce_keys", "ON" if on else "OFF")


CLASSES = (COAMD_PG_rig_choice,)


def register() -> None:
    """Attach the choice to every object."""
    bpy.types.Object.coamd_rig = PointerProperty(type=COAMD_PG_rig_choice, override={"LIBRARY_OVERRIDABLE"})


def unregister() -> None:
    """Take the accessor away; the choices stay in the file."""
    del bpy.types.Object.coamd_rig
