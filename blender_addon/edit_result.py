# SPDX-License-Identifier: GPL-3.0-or-later
"""Puts an edit into actions, and switches between before, after and variations.

By default the edit goes into a copy of the action, which is then assigned. An action that is open for tweaking on the
NLA, or one that the user wants changed itself, stays assigned and takes the keys; how it was is kept as a copy.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import bpy
import numpy as np

from ..rigs.controls import bearing_bones
from ..rigs.curves import Change
from ..rigs.errors import UserError
from . import armature, keys, results, rewrite
from . import source_action as source_actions
from .edit_job import EditJob
from .identity import Identity
from .jobs import DONE, Task
from .thinning import Thinning

_NAME_LETTERS = 44  # of the action's name, to which a suffix comes; Blender holds 63 bytes


def last_edit(jobs: Iterable[Task]) -> EditJob | None:
    """The last edit that was written, which the panel's switch is about."""
    edits = [job for job in jobs if isinstance(job, EditJob) and job.state == DONE]
    return edits[-1] if edits else None


def write(job: EditJob) -> None:
    """Make one action per variation and show the first; all or nothing."""
    scene, rig_object = _target(job)
    job.order = order = replace(job.order, character_id=Identity.of(rig_object))
    action = source_actions.action_of(order.source)
    name = action.name[:_NAME_LETTERS]
    made: list[Any] = []
    try:
        if order.same_action:
            made.append(_copy(action, f"{name} before"))
        for take, changes in enumerate(job.solved):
            suffix = "edited" if len(job.solved) == 1 else f"edited {take + 1}"
            copy = _copy(action, f"{name} {suffix}")
            made.append(copy)
            _write_take(job, rig_object, copy, changes)
            results.mark(copy, "EDITED", order, action.name)
    except BaseException:
        for copy in made:
            bpy.data.actions.remove(copy)
        raise
    before = [] if order.same_action else [action]
    takes = [*before, *made]
    for take_action in takes:
        take_action.use_fake_user = True
    job.takes, job.shown = tuple(take_action.name for take_action in takes), 0
    show(job, 1)
    if order.extend_range and order.mode == "EXTEND":
        scene.frame_end = max(scene.frame_end, order.end)


def _copy(action: Any, name: str) -> Any:
    copy = action.copy()
    copy.name = name
    return copy


def _write_take(job: EditJob, rig_object: Any, action: Any, changes: tuple[Change, ...]) -> None:
    order = job.order
    frames = source_actions.to_action(rig_object, order.source, job.frames.astype(np.float64))
    backwards = len(frames) > 1 and frames[-1] < frames[0]
    if backwards:  # a strip that plays so
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
        end += keys.HINGE if closed_end else 0.0
    within = keys.Range(start, end, closed_start, closed_end)
    thinning = _thinning(job, rig_object, backwards)
    refused = rewrite.rewrite(action, order.source.slot, rig_object, changes, frames, within, thinning)
    if refused:
        names = ", ".join(f"“{name}”" for name in sorted(set(refused))[:3])
        job.warnings = (*job.warnings, f"Drivers move {names}, so these stay as they are.")


def _thinning(job: EditJob, rig_object: Any, backwards: bool) -> Thinning | None:
    """How keys are reduced; None where every frame gets one. The end of a loop does not end at its own frame."""
    tolerance, order = job.order.tolerance, job.order
    if tolerance is None or order.mode == "LOOP":
        return None
    scale = float(np.cbrt(abs(rig_object.matrix_world.to_3x3().determinant())))
    poses = tuple(order.end - pose if backwards else pose - order.start for pose in order.poses)
    bearing = bearing_bones(job.rig.rewired(job.mapping.moved_by), job.mapping)
    return Thinning(float(np.radians(tolerance.degrees)), 0.01 * tolerance.centimetres / scale, poses, bearing)


def _target(job: EditJob) -> tuple[Any, Any]:
    """Scene and armature of a job, found again by name; UserError when they or the action are not what they were."""
    order, target = job.order, job.order.target()
    if target is None:
        raise UserError(
            f"The character “{order.character}” was deleted while its motion was edited.",
            "Undo that, or choose another character, and press Edit again.",
            "no_armature",
        )
    scene, rig_object = target
    now = armature.rest_rig(rig_object)
    if now.parents != job.rig.parents or not np.allclose(now.matrices, job.rig.matrices, atol=1e-5):
        raise UserError(
            f"The bones of “{order.character}” were edited while its motion was made.",
            "Undo that and press Edit again.",
            "bones_changed",
        )
    if source_actions.find(rig_object) != order.source or source_actions.fingerprint(order.source) != order.fingerprint:
        raise UserError(
            f"The action “{order.source.action}” was changed while it was edited.",
            "Press Edit again for how it is now.",
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
        rewrite.copy_keys(action, source_actions.action_of(order.source), order.source.slot)
    elif data.use_tweak_mode:
        raise UserError(
            f"An NLA strip of “{order.character}” is open for tweaking, and Blender lets no other action in.",
            "Press Tab in the NLA editor to leave tweak mode.",
            "tweak_mode",
        )
    else:
        data.action = action
        if order.source.slot is not None:
            data.action_slot = source_actions.slot_of(action, order.source.slot)
    job.shown = take


def is_shown(job: EditJob, take: int) -> bool:
    """Whether a take is on the character now."""
    if job.order.same_action:
        return job.shown == take
    rig_object = bpy.data.objects.get(job.order.character)
    data = rig_object.animation_data if rig_object else None
    return bool(data and data.action and data.action.name == job.takes[take])
