# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes a solved result as actions: one undo step, and the action that was there before is kept."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import bpy
import numpy as np
from bpy.props import IntProperty, StringProperty

from ...rigs.controls import remarks, root_bone, switches
from ...rigs.curves import BoneCurves
from ...rigs.errors import UserError
from .. import action as actions
from .. import armature, locks, results
from ..identity import Identity
from ..jobs import Job
from ..messages import ERROR
from ..timer import session

_NAME_LETTERS = 48  # of the prompt in an action's name; Blender holds 63 bytes


def target_of(job: Job) -> tuple[Any, Any]:
    """Scene and armature object of a job, found again by name; UserError when they are not what they were."""
    order, target = job.order, job.order.target()
    again = f"Undo that, or choose another character, and press Generate again with seed {order.seed}."
    if target is None:
        raise UserError(
            f"The character “{order.character}” was deleted while its motion was made.", again, "no_armature"
        )
    scene, rig_object = target
    armature.check_writable(rig_object)
    now = armature.rest_rig(rig_object)
    same = now.parents == job.rig.parents and [b.name for b in now.bones] == [b.name for b in job.rig.bones]
    if not same or not np.allclose(now.matrices, job.rig.matrices, atol=1e-5):
        raise UserError(
            f"The bones of “{order.character}” were edited while its motion was made.", again, "bones_changed"
        )
    return scene, rig_object


def write(job: Job, scene: Any, rig_object: Any) -> tuple[str, ...]:
    """Make one action per take and put the first on the character; returns the names. All or nothing."""
    made: list[Any] = []
    try:
        for take, curves in enumerate(job.solved):
            made.append(_write_take(job, rig_object, curves, take))
        for other in made[1:]:
            other.use_fake_user = True
        before = actions.assign(rig_object, made[0])
        for action in made:
            results.mark(action, "GENERATED", job.order, before.name if before else "")
    except BaseException:
        for action in made:
            bpy.data.actions.remove(action)
        raise
    last = job.order.start + len(job.solved[0][0].rotations) - 1
    if job.order.extend_range and scene.frame_end < last:
        scene.frame_end = last
    return tuple(action.name for action in made)


def _write_take(job: Job, rig_object: Any, curves: tuple[BoneCurves, ...], take: int) -> Any:
    start = job.order.start
    frames = start + np.arange(len(curves[0].rotations), dtype=np.float32)
    name = job.order.prompt[:_NAME_LETTERS]
    if len(job.solved) > 1:
        name = f"{name}, take {take + 1}"
    channels = [
        *actions.channels(rig_object, curves, frames, job.order.tolerance),
        *actions.rest_channels(rig_object, curves, start),
        *actions.switch_channels(rig_object, switches(job.mapping, job.order.settings.limbs), start),
    ]
    return actions.new_action(rig_object, name, channels)


def _remarks(job: Job, rig_object: Any) -> tuple[str, ...]:
    """What the rig could not do of what was asked for."""
    root = root_bone(job.rig, job.mapping)
    return (*remarks(job.mapping, job.order.settings, root), *locks.warnings(rig_object, job.solved[0]))


class COAMD_OT_apply(bpy.types.Operator):  # noqa: N801 (Blender's naming rule)
    """Write a finished result. Called by the session"""

    bl_idname = "coamd.apply"
    bl_label = "Generate Motion"
    bl_options = {"UNDO", "INTERNAL"}

    job: IntProperty(options={"HIDDEN", "SKIP_SAVE"})

    def execute(self, _context: Any) -> set[str]:
        try:
            job = session.job(self.job)
            assert isinstance(job, Job)
            scene, rig_object = target_of(job)
            job.actions = write(job, scene, rig_object)
            job.order = replace(job.order, character_id=Identity.of(rig_object))
            job.warnings = (*job.warnings, *_remarks(job, rig_object))
            if rig_object.data.pose_position == "REST":
                job.warnings = (*job.warnings, "The armature shows its rest pose: choose Pose Position to see it move.")
        except UserError as error:
            job.refusal = error
            self.report({ERROR}, str(error))
            return {"CANCELLED"}
        return {"FINISHED"}


class COAMD_OT_use_take(bpy.types.Operator):  # noqa: N801
    """Put this take on the character. The others are kept"""

    bl_idname = "coamd.use_take"
    bl_label = "Use Take"
    bl_options = {"UNDO"}

    character: StringProperty(name="Character", description="Name of the armature object")
    action: StringProperty(name="Action", description="Name of the action to use")

    def execute(self, context: Any) -> set[str]:
        rig_object = context.scene.objects.get(self.character)
        action = bpy.data.actions.get(self.action)
        if rig_object is None or action is None:
            self.report({ERROR}, "This take or its character is gone. Press Generate again with the same seed.")
            return {"CANCELLED"}
        try:
            armature.check_writable(rig_object)
        except UserError as error:
            self.report({ERROR}, str(error))
            return {"CANCELLED"}
        actions.assign(rig_object, action)
        return {"FINISHED"}


CLASSES = (COAMD_OT_apply, COAMD_OT_use_take)
