# SPDX-License-Identifier: GPL-3.0-or-later
"""The settings of the CoAMD tab. They live in the scene, so that a file remembers its prompt and seed."""

from __future__ import annotations

import math
from typing import Any

import bpy
from bpy.props import BoolProperty, EnumProperty, FloatProperty, IntProperty, PointerProperty, StringProperty

from ..backend.fields import MAX_CANDIDATES
from ..rigs.reduction import Tolerance
from .edit_settings import CLASSES as EDIT_CLASSES
from .edit_settings import COAMD_PG_edit
from .find_settings import CLASSES as FIND_CLASSES
from .find_settings import COAMD_PG_find, COAMD_PG_found
from .label_settings import CLASSES as LABEL_CLASSES
from .label_settings import COAMD_PG_label, COAMD_PG_labels

MAX_VARIATIONS = 8


def _is_armature(_settings: Any, obj: Any) -> bool:
    return obj.type == "ARMATURE"


class COAMD_PG_settings(bpy.types.PropertyGroup):  # noqa: N801 (Blender's naming rule)
    """Settings of one scene."""

    character: PointerProperty(
        name="Character",
        description="The armature to animate. Empty: the active armature, or the only one in the scene",
        type=bpy.types.Object,
        poll=_is_armature,
    )
    prompt: StringProperty(
        name="Prompt",
        description='What the character does, in plain English: "a person walks forward and waves"',
        default="a person walks forward and waves",
    )
    seconds: FloatProperty(
        name="Length",
        description="Length of the motion in seconds. More than 9.8 s is made of windows that flow into each other",
        default=4.0,
        soft_min=1.0,
        soft_max=9.8,
        step=10,
        precision=1,
        unit="TIME_ABSOLUTE",
    )
    seed: IntProperty(
        name="Seed",
        description="The same seed, prompt and length give the same motion again; another seed gives another take",
        default=1,
        min=0,
        max=2**31 - 1,
    )
    variations: IntProperty(
        name="Variations",
        description="How many takes to make at once. Each becomes an action; the first is put on the character",
        default=1,
        min=1,
        max=MAX_VARIATIONS,
    )
    candidates: IntProperty(
        name="Candidates",
        description="How many motions are made for each take; the recognizer keeps the one that fits the prompt best. "
        "More take longer. 0: what the model does by itself",
        default=0,
        min=0,
        max=MAX_CANDIDATES,
    )
    extend_range: BoolProperty(
        name="Extend Scene",
        description="Move the end of the scene's frame range back when the motion is longer. It is never shortened",
        default=True,
    )
    preview: BoolProperty(
        name="Preview in Viewport",
        description="Show a stick figure at the character while its motion is being made",
        default=True,
    )
    foot_lock: FloatProperty(
        name="Foot Lock",
        description="How firmly feet on the ground stay where they are. At 0 they move as they were generated",
        default=1.0,
        min=0.0,
        max=1.0,
        subtype="FACTOR",
    )
    root: EnumProperty(
        name="Travel",
        description="What carries the character over the ground",
        items=(
            ("HIPS", "Hips", "The hips carry the travel, and the bones above them stay as they are"),
            ("ROOT", "Root Bone", "The root bone moves over the ground, and the hips keep height and sway"),
            ("IN_PLACE", "In Place", "The character walks on the spot"),
        ),
        default="HIPS",
    )
    limbs: EnumProperty(
        name="Limbs",
        description="Which controls of arms and legs get keys, on a control rig that has both",
        items=(
            ("FK", "FK", "Keys on the bones of arms and legs, and the rig is switched to FK"),
            ("IK", "IK", "Keys on the controls of hands, feet, elbows and knees, and the rig is switched to IK"),
        ),
        default="FK",
    )
    reduce_keys: BoolProperty(
        name="Reduce Keys",
        description="Key only the frames that the motion needs, with Bezier curves in between. Off: every frame",
        default=False,
    )
    rotation_error: FloatProperty(
        name="Rotation Error",
        description="How far a bone's rotation may be off the full motion at any frame when keys are reduced",
        default=math.radians(1.0),
        min=math.radians(0.05),
        soft_max=math.radians(10.0),
        max=math.radians(45.0),
        step=10,
        subtype="ANGLE",
    )
    location_error: FloatProperty(
        name="Location Error (cm)",
        description="How far hips and controls may be off the full motion at any frame when keys are reduced",
        default=0.5,
        min=0.01,
        soft_max=5.0,
        max=100.0,
        step=10,
        precision=2,
    )
    edit: PointerProperty(name="Edit", description="The settings of the Edit panel", type=COAMD_PG_edit)
    find: PointerProperty(name="Find", description="The settings of the Find panel", type=COAMD_PG_find)
    label: PointerProperty(name="Label", description="The settings of the Label panel", type=COAMD_PG_label)

    def tolerance(self) -> Tolerance | None:
        """How far reduced keys may be off; None where every frame is keyed."""
        return Tolerance(math.degrees(self.rotation_error), self.location_error) if self.reduce_keys else None


CLASSES = (*EDIT_CLASSES, *LABEL_CLASSES, *FIND_CLASSES, COAMD_PG_settings)


def register() -> None:
    """Attach the settings to every scene."""
    bpy.types.Scene.coamd = PointerProperty(type=COAMD_PG_settings)
    bpy.types.WindowManager.coamd_label = PointerProperty(type=COAMD_PG_labels)
    bpy.types.WindowManager.coamd_find = PointerProperty(type=COAMD_PG_found)


def unregister() -> None:
    """Take the settings' accessor away; what a file holds stays in the file."""
    del bpy.types.Scene.coamd
    del bpy.types.WindowManager.coamd_label
    del bpy.types.WindowManager.coamd_find
