# SPDX-License-Identifier: GPL-3.0-or-later
"""The settings of the Edit panel. They live in the scene, as those of Generate do: ``scene.coamd.edit``."""

from __future__ import annotations

from typing import Any

import bpy
from bpy.props import (
    BoolProperty,
    CollectionProperty,
    EnumProperty,
    FloatProperty,
    IntProperty,
    PointerProperty,
    StringProperty,
)

from ...backend.requests.fields import MAX_VARIATIONS
from .modes.reach import COAMD_PG_reach

MODES = (
    ("REGENERATE", "Regenerate", "Regenerate the range so that it fits what comes before and after"),
    ("INBETWEEN", "In-Between", "Regenerate the range through the poses of the selected keys"),
    ("EXTEND", "Extend", "Add motion after the last key of the action, or before its first"),
    ("LOOP", "Loop", "Change the end of the range so that it flows into its beginning"),
    ("REFINE", "Refine", "Rework the range: the motion stays the same and becomes smoother and more natural"),
    (
        "PROMPTS",
        "Steps",
        "Regenerate the range from several prompts that share it by their lengths, as one motion",
    ),
    ("PATH", "Follow a Path", "Regenerate the range along a curve on the ground"),
    ("REACH", "Reach", "Regenerate the range so that hands, feet or the body are at objects in some frames"),
)
RANGES = (
    ("AUTO", "Automatic", "The selected keys where only some are, else the preview range, else what suits the mode"),
    ("SELECTED", "Selected Keys", "From the first to the last selected key of the action"),
    ("PREVIEW", "Preview Range", "The preview range of the timeline"),
    ("TYPED", "Frames", "The frames typed below"),
)
PARTS = {
    "root": ("Root", "Where the body goes and how the pelvis turns"),
    "trunk": ("Spine and Head", "Spine, neck and head"),
    "left_arm": ("Left Arm", "Left collar, arm and hand"),
    "right_arm": ("Right Arm", "Right collar, arm and hand"),
    "left_leg": ("Left Leg", "Left leg and foot"),
    "right_leg": ("Right Leg", "Right leg and foot"),
}


def _is_curve(_settings: Any, obj: Any) -> bool:
    return obj.type == "CURVE"


def _toggle(part: str) -> Any:
    name, what = PARTS[part]
    return BoolProperty(name=name, description=f"{what}. Bones of parts that are off keep their keys", default=True)


class COAMD_PG_edit(bpy.types.PropertyGroup):  # noqa: N801 (Blender's naming rule)
    """Settings of editing in one scene."""

    mode: EnumProperty(name="Mode", description="What to do with the range", items=MODES, default="REGENERATE")
    range_from: EnumProperty(name="Range", description="Which frames to change", items=RANGES, default="AUTO")
    frame_start: IntProperty(name="Start", description="First frame of the range. Its pose stays", default=1)
    frame_end: IntProperty(name="End", description="Last frame of the range. Its pose stays", default=40)
    root: _toggle("root")
    trunk: _toggle("trunk")
    left_arm: _toggle("left_arm")
    right_arm: _toggle("right_arm")
    left_leg: _toggle("left_leg")
    right_leg: _toggle("right_leg")
    prompt: StringProperty(
        name="Prompt",
        description="What the character does in the range, in plain English. Empty: whatever fits what is around it",
        default="",
    )
    strength: FloatProperty(
        name="Strength",
        description="How far to depart from the existing motion: 1 is free, less stays closer to it, 0 keeps it",
        default=1.0,
        min=0.0,
        max=1.0,
        subtype="FACTOR",
    )
    seed: IntProperty(
        name="Seed",
        description="The same seed and settings give the same edit again; another seed gives another",
        default=1,
        min=0,
        max=2**31 - 1,
    )
    variations: IntProperty(
        name="Variations",
        description="How many edits to make at once, to choose from",
        default=1,
        min=1,
        max=MAX_VARIATIONS,
    )
    same_action: BoolProperty(
        name="In the Same Action",
        description="Write into the action itself and keep a copy of the original, instead of writing into a copy",
        default=False,
    )
    direction: EnumProperty(
        name="Direction",
        description="At which end to add motion",
        items=(
            ("FORWARDS", "Forwards", "After the last key of the action"),
            ("BACKWARDS", "Backwards", "Before the first key of the action"),
        ),
        default="FORWARDS",
    )
    seconds: FloatProperty(
        name="Length",
        description="How many seconds to add",
        default=2.0,
        min=0.1,
        soft_max=9.8,
        step=10,
        precision=3,  # digits in all, as units count them
        unit="TIME_ABSOLUTE",
    )
    cycle: BoolProperty(
        name="Repeat",
        description="Give the action the loop's frame range and the cyclic flag, "
        "and where it is all of it, Cycles modifiers",
        default=True,
    )
    in_place: BoolProperty(
        name="In Place",
        description="Keep the character over the spot where the loop begins, as game engines want it",
        default=False,
    )
    path: PointerProperty(
        name="Path",
        description="A curve for the character to follow from its first point on. Let it begin at the character",
        type=bpy.types.Object,
        poll=_is_curve,
    )
    reaches: CollectionProperty(
        name="Targets", description="What hands and feet reach in the mode Reach", type=COAMD_PG_reach
    )
    reach: IntProperty(name="Target", description="The target that is shown below the list", default=0, min=0)

    def parts(self) -> tuple[str, ...]:
        """Names of the body parts that are on."""
        return tuple(part for part in PARTS if getattr(self, part))


CLASSES = (COAMD_PG_edit,)
