# SPDX-License-Identifier: GPL-3.0-or-later
"""Puts an edit into actions, and switches between before, after and variations.

By default the edit goes into a copy of the action, which is then assigned. An action that is open for tweaking on the
NLA, or one that the user wants changed itself, stays assigned and takes the keys; a copy keeps the original.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import bpy
import numpy as np

from ...rigs.body.bone_curves import Change
from ...rigs.errors import UserError
from ...rigs.solve.ik_controls import bearing_bones
from ..character import armature
from ..keys import rewrite, visibility
from ..keys import source_action as source_actions
from ..keys.range_reduction import RangeReduction
from ..keys.range_replacement import Range
from ..keys.segment_cuts import HINGE
from ..results import playback, results
from ..results.action_names import action_name, mended
from ..session.identity import Identity
from ..session.tasks import Task
from .frame_range import extent, fingerprint
from .modes.loop import make_cyclic
from .task import EditJob

# Names of edits without a prompt, by mode.
MODE_NAMES = {
    "REGENERATE": "regenerated",
    "INBETWEEN": "in-between",
    "EXTEND": "extended",
    "LOOP": "loop",
    "REFINE": "refined",
    "PROMPTS": "steps",
    "PATH": "path",
    "REACH": "reach",
}


def last_edit(jobs: Iterable[Task]) -> EditJob | None:
    """The last edit that was written and not undone, for the panel's before/after switch."""
    written = (job for job in jobs if isinstance(job, EditJob) and not job.order.continues)
    edits = [job for job in written if any(take in bpy.data.actions for take in job.takes[1:])]
    return edits[-1] if edits else None


def write(job: EditJob) -> None:
    """Make one action per variation and show the first; all or nothing."""
    scene, rig_object = _target(job)
    job.order = order = replace(job.order, character_id=Identity.of(rig_object))
    action = source_actions.action_of(order.source)
    made = _make(job, rig_object, action)
    before = [] if order.same_action else [action]
    takes = [*before, *made]
    for take_action in takes:
        take_action.use_fake_user = True
    job.takes, job.current_take = tuple(take_action.name for take_action in takes), 0
    show(job, 1)
    if order.replaces is not None:
        order.replaces.make_room(made[0])
        job.takes = tuple(take_action.name for take_action in takes)
    if order.mode == "LOOP" and scene.coamd.edit.cycle and not order.same_action:
        whole = order.start <= order.first and order.end >= order.last
        for take_action in made:
            make_cyclic(take_action, order.source.slot, order.start, order.end, whole)
    job.warnings = (*job.warnings, *_unseen(job, rig_object))
    if order.mode == "EXTEND":
        extended = replace(order.source, action=made[-1].name)
        said = playback.set_range(
            scene, rig_object, *extent(rig_object, extended, source_actions.bone_curves(extended))
        )
        job.notes = (said,) if said else ()
    if order.continues and scene.coamd.play:
        playback.play(scene, order.start)


def _make(job: EditJob, rig_object: Any, action: Any) -> list[Any]:
    """A copy of the action with the keys of each variation; first one of the original if that is changed."""
    order, made = job.order, list[Any]()
    try:
        if order.same_action:
            made.append(_copy(action, _name(job, rig_object, "before")))
        for take, changes in enumerate(job.solved):
            several = take + 1 if len(job.solved) > 1 else None
            what = mended(order.request.prompt, job.warnings) or MODE_NAMES[order.mode]
            copy = _copy(action, _name(job, rig_object, what, several))
            made.append(copy)
            _write_take(job, rig_object, copy, changes)
            results.mark(copy, "EDITED", order, action.name, (order.start, order.end, len(changes)))
    except BaseException:
        for copy in made:
            bpy.data.actions.remove(copy)
        raise
    return made


def _unseen(job: EditJob, rig_object: Any) -> tuple[str, ...]:
    """Warnings about bones that do not show the edit, checked in a few frames."""
    changed = [change for change in job.solved[0] if job.rig.bone(change.bone).parent is not None]
    frames = np.unique(np.linspace(0, len(job.frames) - 1, 5).astype(int))
    wanted = job.edited_rotations([c for c in changed if not any(rig_object.pose.bones[c.bone].lock_rotation)], frames)
    return visibility.warnings(rig_object, job.rig, wanted, [int(frame) for frame in job.frames[frames]])


def _name(job: EditJob, rig_object: Any, what: str, take: int | None = None) -> str:
    """Name of a copy: character, prompt or mode, and frames."""
    return action_name(rig_object.name, what, job.order.start, job.order.end, bpy.data.actions, take)


def _copy(action: Any, name: str) -> Any:
    copy = action.copy()
    copy.name = name
    return copy


def _write_take(job: EditJob, rig_object: Any, action: Any, changes: tuple[Change, ...]) -> None:
    order = job.order
    frames = source_actions.to_action(rig_object, order.source, job.frames.astype(np.float64))
    backwards = len(frames) > 1 and frames[-1] < frames[0]
    if backwards:  # a strip that plays backwards
        frames = frames[::-1]
        changes = tuple(
            replace(c, turn=c.turn[::-1], shift=None if c.shift is None else c.shift[::-1]) for c in changes
        )
        closed_start, closed_end = order.closed_end, order.closed_start
    else:
        closed_start, closed_end = order.closed_start, order.closed_end
    start, end = float(frames[0]), float(frames[-1])
    if order.mode == "LOOP":
        # The last frame of the loop changes. What comes after it, if anything, begins right behind.
        closed_end = order.end < order.last
        end += HINGE if closed_end else 0.0
    if order.erased_to is not None:
        edge = float(source_actions.to_action(rig_object, order.source, np.array([float(order.erased_to)]))[0])
        start, end = min(start, edge), max(end, edge)
    job.rewritten = start, end
    within = Range(start, end, closed_start, closed_end)
    reduction = _range_reduction(job, rig_object, backwards)
    refused, kept = rewrite.rewrite(action, order.source.slot, rig_object, changes, frames, within, reduction)
    if refused:
        job.warnings = (*job.warnings, f"Drivers move {_listed(refused)}, so these stay as they are.")
    if kept:
        text = f"Locked channels or curves of {_listed(kept)} stay as they are, so the motion may differ there."
        job.warnings = (*job.warnings, text)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"“{name}”" for name in sorted(set(names))[:3])


def _range_reduction(job: EditJob, rig_object: Any, backwards: bool) -> RangeReduction | None:
    """How keys are reduced; None if every frame gets one, as for loops, whose end is not the pose of its own frame."""
    tolerance, order = job.order.tolerance, job.order
    if tolerance is None or order.mode == "LOOP":
        return None
    scale = float(np.cbrt(abs(rig_object.matrix_world.to_3x3().determinant())))
    poses = tuple(order.end - pose if backwards else pose - order.start for pose in order.poses)
    bearing = bearing_bones(job.rig.rewired(job.mapping.wiring), job.mapping)
    return RangeReduction(float(np.radians(tolerance.degrees)), 0.01 * tolerance.centimetres / scale, poses, bearing)


def _target(job: EditJob) -> tuple[Any, Any]:
    """Scene and armature of a job, found again by name; UserError when they or the action are not what they were."""
    order, target = job.order, job.order.target()
    if target is None:
        raise UserError(
            f"The character “{order.character}” was deleted while its motion was edited.",
            "Undo that, or choose another character, and try again.",
            "no_armature",
        )
    scene, rig_object = target
    now = armature.rest_rig(rig_object)
    if now.parents != job.rig.parents or not np.allclose(now.matrices, job.rig.matrices, atol=1e-5):
        raise UserError(
            f"The bones of “{order.character}” were edited while its motion was made.",
            "Undo that and try again.",
            "bones_changed",
        )
    found = source_actions.find(rig_object)
    same = found == order.source or (order.replaces is not None and found.action == order.replaces.action)
    if not same or fingerprint(rig_object, order.source, order.start, order.end) != order.fingerprint:
        raise UserError(
            f"The action “{order.source.action}” was changed while it was edited.",
            "Try again for how it is now.",
            "action_changed",
        )
    return scene, rig_object


def show(job: EditJob, take: int) -> None:
    """Put a take on the character: 0 is before the edit, 1 the first variation."""
    order = job.order
    rig_object = order.character_id.find(bpy.data.objects)
    action = bpy.data.actions.get(job.takes[take]) if take < len(job.takes) else None
    data = rig_object.animation_data if rig_object else None
    if data is None or action is None:
        raise UserError("This take or its character is gone.", "Press Edit again with the same seed.", "take_gone")
    if order.same_action:
        rewrite.copy_keys(action, source_actions.action_of(order.source), order.source.slot, *job.rewritten)
    elif data.use_tweak_mode:
        raise UserError(
            f"An NLA strip of “{order.character}” is in tweak mode, where Blender accepts no other action.",
            "Press Tab in the NLA editor to leave tweak mode.",
            "tweak_mode",
        )
    else:
        data.action = action
        if order.source.slot is not None:
            data.action_slot = source_actions.slot_of(action, order.source.slot)
    job.current_take = take


def is_shown(job: EditJob, take: int) -> bool:
    """Whether a take is on the character now."""
    if job.order.same_action:
        return job.current_take == take
    rig_object = bpy.data.objects.get(job.order.character)
    data = rig_object.animation_data if rig_object else None
    return bool(data and data.action and data.action.name == job.takes[take])
