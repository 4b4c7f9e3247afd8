# SPDX-License-Identifier: GPL-3.0-or-later
"""The settings of the CoAMD tab. They live in the scene, so that a file remembers its prompt and seed."""

from __future__ import annotations

import math
from typing import Any

import bpy
from bpy.props import (
    BoolProperty,
    CollectionProperty,
    EnumProperty,
    FloatProperty,
    IntProperty,
    IntVectorProperty,
    PointerProperty,
    StringProperty,
)

from ..backend.requests.fields import MAX_CANDIDATES
from ..rigs.solve.key_reduction import Tolerance
from .character import rig_choice
from .edit.settings import CLASSES as EDIT_CLASSES
from .edit.settings import COAMD_PG_edit
from .export.settings import CLASSES as EXPORT_CLASSES
from .export.settings import COAMD_PG_export
from .find.settings import CLASSES as FIND_CLASSES
from .find.settings import COAMD_PG_find, COAMD_PG_found
from .generate import examples, quality
from .generate.steps import CLASSES as STEP_CLASSES
from .generate.steps import COAMD_PG_step
from .label.settings import CLASSES as LABEL_CLASSES
from .label.settings import COAMD_PG_label, COAMD_PG_labels
from .results import playback
from .teach.chosen_models import COAMD_PG_model, names_in
from .teach.settings import CLASSES as TEACH_CLASSES
from .teach.settings import COAMD_PG_examples, COAMD_PG_teach

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
        default=examples.FIRST.prompt,
    )
    seconds: FloatProperty(
        name="Length",
        description="Length of the motion in seconds. Beyond 9.8 s it is made of windows that blend into each other",
        default=examples.FIRST.seconds,
        soft_min=1.0,
        soft_max=9.8,
        step=10,
        precision=3,  # digits in all, as units count them
        unit="TIME_ABSOLUTE",
    )
    steps: CollectionProperty(
        name="Steps",
        description="Prompts that follow one another, each with its length; of Generate and of Edit's mode Steps",
        type=COAMD_PG_step,
    )
    step: IntProperty(name="Step", description="The step that is shown below the list", default=0, min=0)
    use_steps: BoolProperty(
        name="Steps",
        description="Generate the steps of the list as one motion, instead of the one prompt",
        default=False,
    )
    seed: IntProperty(
        name="Seed",
        description="The same seed, prompt and length give the same motion again; another seed gives another take",
        default=examples.FIRST.seed,
        min=0,
        max=2**31 - 1,
    )
    start: EnumProperty(
        name="Start",
        description="Where the motion begins, and what happens to the existing action",
        items=(
            ("NEW", "New", "At the playhead and where the character rests, as a new action. The one before is kept"),
            ("CONTINUE", "Continue from Here", "At the playhead, from the character's place, pose and speed there"),
            ("STRIP", "NLA Strip", "At the playhead, as a strip on a track of its own. The action is left alone"),
        ),
        default="NEW",
    )
    variations: IntProperty(
        name="Variations",
        description="How many takes to make at once. Each becomes an action; the first is put on the character",
        default=1,
        min=1,
        max=MAX_VARIATIONS,
    )
    quality: EnumProperty(
        name="Quality",
        description="How many motions are made for each take; the one that fits the prompt best is kept",
        items=quality.QUALITIES,
        default=quality.STANDARD,
    )
    candidates: IntProperty(
        name="Candidates",
        description="How many motions are made for each take at most, where Quality is Custom",
        default=8,
        min=1,
        max=MAX_CANDIDATES,
    )
    scene_range: EnumProperty(
        name="Scene Range",
        description="What happens to the scene's frame range when a motion is written",
        items=playback.RANGES,
        default=playback.AUTO,
    )
    fitted_range: IntVectorProperty(
        name="Fitted Range",
        description="The scene's range as it was fitted last. Another range was set by hand",
        size=2,
        default=(-1, -1),
        options={"HIDDEN"},
    )
    frame_motion: BoolProperty(
        name="Frame Motion",
        description="Move the 3D view when it does not show all of a new motion. A camera's view stays",
        default=True,
    )
    play: BoolProperty(
        name="Play When Done",
        description="Play a new motion from its beginning as soon as it is written",
        default=False,
    )
    preview: BoolProperty(
        name="Preview in Viewport",
        description="Show a stick figure at the character while its motion is being made",
        default=True,
    )
    foot_lock: FloatProperty(
        name="Foot Lock",
        description="How firmly feet on the ground stay where they are. At 0 they move as generated",
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
        description="Which controls of arms and legs get keys, on a control rig with both. Stored with the character",
        items=rig_choice.LIMBS,
        get=rig_choice.get_limbs,
        set=rig_choice.set_limbs,
    )
    reduce_keys: BoolProperty(
        name="Reduce Keys",
        description="Key only the frames that the motion needs, with Bezier curves in between. Off: every frame. "
        "Stored with the character; on by default for control rigs",
        get=rig_choice.get_reduce_keys,
        set=rig_choice.set_reduce_keys,
    )
    rig_choice: PointerProperty(
        name="Rig Choice",
        description="What is chosen for limbs and keys while there is no character",
        type=rig_choice.COAMD_PG_rig_choice,
    )
    rotation_error: FloatProperty(
        name="Rotation Error",
        description="How far a bone's rotation may deviate from the full motion at any frame when keys are reduced",
        default=math.radians(1.0),
        min=math.radians(0.05),
        soft_max=math.radians(10.0),
        max=math.radians(45.0),
        step=10,
        subtype="ANGLE",
    )
    location_error: FloatProperty(
        name="Location (cm)",
        description="How far hips and controls may deviate from the full motion at any frame when keys are reduced",
        default=0.5,
        min=0.01,
        soft_max=5.0,
        max=100.0,
        step=10,
        precision=2,
    )
    models: CollectionProperty(
        name="Models",
        description="The taught models that Generate and Edit use, by their names. None: the bundled one",
        type=COAMD_PG_model,
    )
    edit: PointerProperty(name="Edit", description="The settings of the Edit panel", type=COAMD_PG_edit)
    export: PointerProperty(name="Export", description="The settings of the Export panel", type=COAMD_PG_export)
    find: PointerProperty(name="Find", description="The settings of the Find panel", type=COAMD_PG_find)
    label: PointerProperty(name="Label", description="The settings of the Label panel", type=COAMD_PG_label)
    teach: PointerProperty(name="Teach", description="The settings of the Teach panel", type=COAMD_PG_teach)

    def chosen_models(self) -> tuple[str, ...]:
        """Names of the taught models that act together; none for the bundled one alone."""
        return names_in(self.models)

    def sampler_steps(self) -> int | None:
        """Steps of the sampler; None takes the model's own."""
        return quality.steps(self.quality)

    def most_candidates(self) -> int | None:
        """How many motions are made for a take at most; None where the model decides."""
        return quality.candidates(self.quality, self.candidates)

    def tolerance(self) -> Tolerance | None:
        """How far reduced keys may be off; None where every frame is keyed."""
        return Tolerance(math.degrees(self.rotation_error), self.location_error) if self.reduce_keys else None


CLASSES = (
    *STEP_CLASSES,
    *EDIT_CLASSES,
    *EXPORT_CLASSES,
    *LABEL_CLASSES,
    *FIND_CLASSES,
    *TEACH_CLASSES,
    COAMD_PG_settings,
)


def register() -> None:
    """Attach the settings to every scene."""
    bpy.types.Scene.coamd = PointerProperty(type=COAMD_PG_settings)
    bpy.types.WindowManager.coamd_label = PointerProperty(type=COAMD_PG_labels)
    bpy.types.WindowManager.coamd_find = PointerProperty(type=COAMD_PG_found)
    bpy.types.WindowManager.coamd_teach = PointerProperty(type=COAMD_PG_examples)


def unregister() -> None:
    """Take the settings' accessor away; what a file holds stays in the file."""
    del bpy.types.Scene.coamd
    del bpy.types.WindowManager.coamd_label
    del bpy.types.WindowManager.coamd_find
    del bpy.types.WindowManager.coamd_teach
