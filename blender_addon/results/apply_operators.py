# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes a solved result as actions: one undo step, and the action that was there before is kept."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import bpy
import numpy as np
from bpy.props import IntProperty, StringProperty

from ...rigs.body.bone_curves import BoneCurves
from ...rigs.detect.rest_figure import Figure
from ...rigs.detect.straightening import REMARK
from ...rigs.errors import UserError
from ...rigs.solve.ik_controls import remarks, root_bone, switches
from ..character import armature
from ..keys import action as actions
from ..keys import locked_channels, nla, visibility
from ..session.identity import Identity
from ..session.tasks import Job, Order
from ..session.timer import session
from ..ui.notices import ERROR
from ..ui.preview import on_rig
from ..ui.reporting import reporting
from . import playback, results
from .action_names import action_name, mended

_LOOKED_AT = 5  # frames of a take that are compared with what the character shows


def target_of(job: Job) -> tuple[Any, Any]:
    """Scene and armature object of a job, found again by name; UserError when they are not what they were."""
    order, target = job.order, job.order.target()
    again = f"Undo that, or choose another character, and press Generate again with seed {order.request.seed}."
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
    order, made = job.order, list[Any]()
    last = order.start + len(job.solved[0][0].rotations) - 1
    bones = len({curve.bone for curve in job.solved[0]})
    before = _before(order, rig_object)
    try:
        for take, curves in enumerate(job.solved):
            made.append(_write_take(job, rig_object, curves, take, last))
            results.mark(made[-1], "GENERATED", order, before.name if before else "", (order.start, last, bones))
        for other in made[1:]:
            other.use_fake_user = True
        if order.as_strip:
            slot = made[0].slots[0] if hasattr(made[0], "slots") else None
            nla.add_strip(rig_object, made[0], slot, order.start)
        else:
            actions.assign(rig_object, made[0])
            nla.let_strips_show(rig_object)
    except BaseException:
        for action in made:
            bpy.data.actions.remove(action)
        raise
    if order.replaces is not None:
        order.replaces.make_room(made[0])
    job.keyed = (last - order.start + 1, bones)
    job.notes = _show(job, scene, rig_object, last)
    if order.as_strip and before is not None:
        job.warnings = (*job.warnings, f"The action “{before.name}” lies above the strip and hides it.")
        job.advice = "action_above"
    return tuple(action.name for action in made)


def _before(order: Order, rig_object: Any) -> Any | None:
    """The action that the results take the place of; of an earlier result of Live, the one before that."""
    before = results.current_action(rig_object)
    if before is not None and order.replaces is not None and before.name == order.replaces.action:
        return bpy.data.actions.get(before.coamd.before)
    return before


def _show(job: Job, scene: Any, rig_object: Any, last: int) -> tuple[str, ...]:
    """Let the scene play what was made, and the views show it; what was done, in sentences."""
    start = job.order.start
    notes = [f"It begins at the playhead, frame {start}."] if start > scene.frame_start else []
    notes.append(playback.set_range(scene, rig_object, start, last))
    if scene.coamd.frame_motion and job.joints is not None:
        in_place = job.order.settings.root == "in_place"
        points = on_rig(job.joints[:1], job.rig, job.mapping, in_place).reshape(-1, 3)
        world = np.array(rig_object.matrix_world)
        playback.frame(points @ world[:3, :3].T + world[:3, 3])
    if scene.coamd.play:
        playback.play(scene, start)
    return tuple(note for note in notes if note)


def _write_take(job: Job, rig_object: Any, curves: tuple[BoneCurves, ...], take: int, last: int) -> Any:
    order, start = job.order, job.order.start
    frames = start + np.arange(len(curves[0].rotations), dtype=np.float32)
    several = take + 1 if len(job.solved) > 1 else None
    prompt = mended(order.request.prompt, job.warnings)
    name = action_name(rig_object.name, prompt, start, last, bpy.data.actions, several)
    channels = [
        *actions.channels(rig_object, curves, frames, order.tolerance),
        *actions.rest_channels(rig_object, curves, start),
        *actions.switch_channels(rig_object, switches(job.mapping, order.settings.limbs), start),
    ]
    return actions.new_action(rig_object, name, channels)


def _remarks(job: Job, rig_object: Any) -> tuple[str, ...]:
    """Remarks about settings that the rig does not support, and about bones that do not show the motion."""
    root = root_bone(job.rig, job.mapping)
    figure = Figure(job.rig.rewired(job.mapping.wiring), job.mapping)
    return (
        *remarks(job.mapping, job.order.settings, root),
        *((REMARK,) if figure.straightened else ()),
        *locked_channels.warnings(rig_object, job.solved[0]),
        *_unseen(job, rig_object),
    )


def _unseen(job: Job, rig_object: Any) -> tuple[str, ...]:
    """Warnings about bones that do not show the first take, checked in a few frames."""
    curves = [curve for curve in job.solved[0] if curve.turns and job.rig.bone(curve.bone).inherit_rotation]
    frames = np.unique(np.linspace(0, len(job.solved[0][0].rotations) - 1, _LOOKED_AT).astype(int))
    free = {
        curve.bone: visibility.against_parent(job.rig, curve.bone, curve.rotations[frames])
        for curve in curves
        if not any(rig_object.pose.bones[curve.bone].lock_rotation)
    }
    return visibility.warnings(rig_object, job.rig, free, [job.order.start + int(frame) for frame in frames])


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

    @reporting
    def execute(self, context: Any) -> set[str]:
        rig_object = context.scene.objects.get(self.character)
        action = bpy.data.actions.get(self.action)
        if rig_object is None or action is None:
            self.report({ERROR}, "This take or its character is gone. Press Generate again with the same seed.")
            return {"CANCELLED"}
        armature.check_writable(rig_object)
        actions.assign(rig_object, action)
        return {"FINISHED"}


CLASSES = (COAMD_OT_apply, COAMD_OT_use_take)
