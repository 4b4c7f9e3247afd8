# SPDX-License-Identifier: GPL-3.0-or-later
"""The settings of the CoAMD tab. They live in the scene, so that a file remembers its prompt and seed."""

from __future__ import annotations

from typing import Any

import bpy
from bpy.props import BoolProperty, FloatProperty, IntProperty, PointerProperty, StringProperty

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
    extend_range: BoolProperty(
        name="Extend Scene",
        description="Move the end of the scene's frame range back when the motion is longer. It is never shortened",
        default=True,
    )


CLASSES = (COAMD_PG_settings,)


def register() -> None:
    """Attach the settings to every scene."""
    bpy.types.Scene.coamd = PointerProperty(type=COAMD_PG_settings)


def unregister() -> None:
    """Take the settings' accessor away; what a file holds stays in the file."""
    del bpy.types.Scene.coamd
