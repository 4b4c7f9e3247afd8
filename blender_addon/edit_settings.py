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

from ..backend.fields import MAX_VARIATIONS

MODES = (
    ("REGENERATE", "Regenerate", "Make the range anew. It begins and ends as what is around it does"),
    ("INBETWEEN", "In-Between", "Make the range anew through the poses of the selected keys"),
    ("EXTEND", "Extend", "Add motion after the last key of the action, or before its first"),
    ("LOOP", "Loop", "Change the end of the range so that it flows into its beginning"),
    ("REFINE", "Refine", "Go over the range again: it stays what it is and becomes smoother and more natural"),
    (
        "PROMPTS",
        "Several Prompts",
        "Make the range anew from prompts with their own frames, as one motion",
    ),
    ("PATH", "Follow a Path", "Make the range anew along a curve on the ground"),
    ("REACH", "Reach", "Make the range anew so that a hand or foot is at an object in some frames"),
)
RANGES = (
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
LIMBS = (
    ("left_wrist", "Left Hand", "The left wrist reaches the target"),
    ("right_wrist", "Right Hand", "The right wrist reaches the target"),
    ("left_ankle", "Left Foot", "The left ankle reaches the target"),
    ("right_ankle", "Right Foot", "The right ankle reaches the target"),
)


def _is_curve(_settings: Any, obj: Any) -> bool:
    return obj.type == "CURVE"


def _toggle(part: str) -> Any:
    name, what = PARTS[part]
    return BoolProperty(name=name, description=f"{what}. Bones of parts that are off keep their keys", default=True)


class COAMD_PG_segment(bpy.types.PropertyGroup):  # noqa: N801 (Blender's naming rule)
    """One prompt of several."""

    prompt: StringProperty(name="Prompt", description="What the character does in these frames", default="")
    start: IntProperty(name="Start", description="First frame of this prompt", default=1)
    end: IntProperty(name="End", description="Frame at which the next prompt may begin", default=40)


class COAMD_PG_edit(bpy.types.PropertyGroup):  # noqa: N801
    """Settings of editing in one scene."""

    mode: EnumProperty(name="Mode", description="What to do with the range", items=MODES, default="REGENERATE")
    range_from: EnumProperty(name="Range", description="Which frames to change", items=RANGES, default="SELECTED")
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
        description="How far to go from what is there: 1 makes it freely, less stays nearer to it, 0 leaves it alone",
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
        description="Write into the action itself and keep a copy of how it was, instead of writing into a copy",
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
    length: IntProperty(name="Length", description="How many frames to add", default=48, min=2, soft_max=240)
    segments: CollectionProperty(
        name="Prompts",
        description="The prompts of the mode Several Prompts, each with its frames",
        type=COAMD_PG_segment,
    )
    segment: IntProperty(name="Prompt", description="The prompt that is shown below the list", default=0, min=0)
    path: PointerProperty(
        name="Path",
        description="A curve for the character to follow from its first point on. Let it begin at the character",
        type=bpy.types.Object,
        poll=_is_curve,
    )
    limb: EnumProperty(name="Limb", description="Which hand or foot reaches", items=LIMBS, default="right_wrist")
    target: PointerProperty(
        name="Target", description="An empty, or any object, whose origin is to be reached", type=bpy.types.Object
    )
    reach_start: IntProperty(name="From", description="First frame at which the target is held", default=20)
    reach_end: IntProperty(name="To", description="Last frame at which the target is held", default=20)

    def parts(self) -> tuple[str, ...]:
        """Names of the body parts that are on."""
        return tuple(part for part in PARTS if getattr(self, part))


class COAMD_UL_segments(bpy.types.UIList):  # noqa: N801
    """The list of prompts."""

    bl_idname = "COAMD_UL_segments"

    def draw_item(
        self,
        _context: Any,
        layout: Any,
        _data: Any,
        item: Any,
        _icon: Any,
        _active: Any,
        _property: Any,
        _index: int = 0,
        _flag: int = 0,
    ) -> None:
        """One row: prompt, first frame, last frame."""
        row = layout.row(align=True)
        row.prop(item, "prompt", text="", emboss=False, placeholder="what happens")
        frames = row.row(align=True)
        frames.scale_x = 0.5
        frames.prop(item, "start", text="")
        frames.prop(item, "end", text="")


CLASSES = (COAMD_PG_segment, COAMD_PG_edit, COAMD_UL_segments)
