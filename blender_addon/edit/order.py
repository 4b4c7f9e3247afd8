# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads the Edit panel into an order: frames, bones and the mode's own settings; refuses what cannot be edited."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ...backend.requests.generate import GenerateRequest
from ...rigs.body.body_parts import part_of
from ...rigs.body.rest_rig import RestRig
from ...rigs.detect.mapping import Mapping
from ...rigs.edits.ik_changes import IkDrivenLimb
from ...rigs.errors import UserError
from ..character import armature
from ..character.bone_mapping import mapping_of
from ..generate.prompt_steps import frames_of
from ..generate.steps import prompts_and_seconds
from ..keys import source_action as source_actions
from ..keys.scene_time import playhead, rate, usable_rate
from ..keys.source_action import SourceAction
from ..session.identity import Identity
from ..session.tasks import Order
from ..takes.hidden_scene import PlayedAction
from . import frame_range
from .ik_limbs import driven_limbs
from .modes import reach
from .modes.reach import ReachTarget
from .settings import PARTS


@dataclass(frozen=True)
class SceneSegment:
    """A prompt with its frames of the scene, the last one excluded."""

    prompt: str
    start: int
    end: int


@dataclass(frozen=True, kw_only=True)
class EditOrder(Order):
    """The panel's settings at the moment of the click, in frames of the scene. ``start`` is the first of the range."""

    mode: str  # of edit_settings.MODES
    source: SourceAction
    fingerprint: int
    end: int  # last frame of the range
    first: int  # of the keys of the action
    last: int
    closed_start: bool  # whether there is motion before the range that it must fit
    closed_end: bool
    parts: tuple[str, ...]
    strength: float
    same_action: bool
    driven: tuple[IkDrivenLimb, ...] = ()  # limbs that IK moves
    poses: tuple[int, ...] = ()
    segments: tuple[SceneSegment, ...] = ()
    path: tuple[tuple[float, float, float], ...] = ()  # points in the world, evenly far apart
    reaches: tuple[ReachTarget, ...] = ()
    in_place: bool = False  # the loop stays where it begins
    continues: bool = False  # started by Generate, to continue from ``start``
    erased_to: int | None = None  # last frame up to which old keys are removed, if that is after ``end``
    played: PlayedAction | None = None  # the action to read, where the character has another on by now


@dataclass(frozen=True)
class LiveBase:
    """The action that Live edits, whichever result is on the character by now."""

    source: SourceAction
    around: int  # where the playhead was, for ranges around it


def character(context: Any, rig_object: Any | None = None) -> tuple[Any, RestRig, Mapping]:
    """The character or the armature that is named, its rest pose and its mapping; UserError when it cannot be edited.

    In NLA tweak mode no new action can be assigned, but that of the strip can be edited.
    """
    try:
        return armature.read(context, rig_object)
    except UserError as error:
        if error.code != "tweak_mode":
            raise
    rig_object = rig_object or armature.character(context)
    assert rig_object is not None
    return with_mapping(rig_object)


def with_mapping(rig_object: Any) -> tuple[Any, RestRig, Mapping]:
    """A character with its rest pose and its mapping; UserError where its bones are not known."""
    mapping = mapping_of(rig_object)
    if isinstance(mapping, UserError):
        raise mapping
    return rig_object, armature.rest_rig(rig_object), mapping


def read(
    context: Any, rig_object: Any, rig: RestRig, mapping: Mapping, base: LiveBase | None = None
) -> tuple[EditOrder, Mapping]:
    """The order of the panel's settings, and the mapping adapted to it; UserError if they make none.

    Without a ``base`` it edits the action that is on the character now.
    """
    scene, settings = context.scene, context.scene.coamd.edit
    fps = usable_rate(scene)
    source = source_actions.find(rig_object) if base is None else base.source
    parts = _parts(settings.parts(), mapping)
    curves = source_actions.bone_curves(source)
    check_pose_position(rig_object)
    source_actions.check_not_muted(source, {name for role, name in mapping.bones.items() if part_of(role) in parts})
    first, last = frame_range.extent(rig_object, source, curves)
    mode, level = settings.mode, frame_range.is_level_outside(curves)
    if mode == "EXTEND":
        forwards, added = settings.direction == "FORWARDS", added_frames(scene, settings)
        start, end = (last, last + added) if forwards else (first - added, first)
        closed_start, closed_end = forwards, not forwards
        frame_range.check_no_repeats(curves)
    else:
        around = playhead(scene) if base is None else base.around
        start, end = frame_range.frames_of(scene, rig_object, source, settings.range_from, around)
        frame_range.check(start, end, first, last)
        given = mode in ("INBETWEEN", "LOOP")
        closed_start, closed_end = given or start > first or not level, given or end < last or not level
    if mode == "LOOP" and settings.in_place and (start > first or end < last):
        raise UserError(
            f"Only the whole action, from frame {first} to {last}, can loop in place.",
            "Take all of it, or turn In Place off.",
            "part_in_place",
        )
    driven, mapping = driven_limbs(rig_object, source, rig, mapping, parts, start, end)
    request = GenerateRequest(
        settings.prompt.strip(), (end - start) / fps, settings.seed, settings.variations, scene.coamd.chosen_models()
    )
    order = EditOrder(
        request,
        mode=mode,
        character_id=Identity.of(rig_object),
        scene_id=Identity.of(scene),
        source=source,
        fingerprint=frame_range.fingerprint(rig_object, source, start, end),
        start=start,
        end=end,
        first=first,
        last=last,
        closed_start=closed_start,
        closed_end=closed_end,
        fps=fps,
        parts=parts,
        strength=round(settings.strength, 6),
        same_action=settings.same_action or source.tweaked,
        tolerance=scene.coamd.tolerance(),
        driven=driven,
        poses=_poses(rig_object, source, mapping, driven, parts, start, end) if mode == "INBETWEEN" else (),
        segments=_segments(scene.coamd, start, end) if mode == "PROMPTS" else (),
        path=_path(context, settings, parts) if mode == "PATH" else (),
        in_place=mode == "LOOP" and settings.in_place,
        played=_played(rig_object, source),
        reaches=reach.read(settings, start, end, fps, "root" in parts) if mode == "REACH" else (),
    )
    return order, mapping


def _played(rig_object: Any, source: SourceAction) -> PlayedAction | None:
    """The action to sample if ``source`` is not on the character by now; else None."""
    data = rig_object.animation_data
    on = data is not None and data.action is not None and data.action.name == source.action
    return None if on or source.tweaked else PlayedAction(source.action, None, source.slot)


def added_frames(scene: Any, settings: Any) -> int:
    """How many frames an extension adds."""
    return max(round(settings.seconds * rate(scene)), 2)


def _parts(chosen: tuple[str, ...], mapping: Mapping) -> tuple[str, ...]:
    if not chosen:
        raise UserError("No body part is chosen.", "Turn on at least one part in the Edit panel.", "no_parts")
    there = {part_of(role) for role in mapping.bones}
    lacking = [PARTS[part][0].lower() for part in chosen if part not in there]
    if lacking:
        raise UserError(
            f"The rig has no bones for the {lacking[0]}.", "Turn that part off in the Edit panel.", "part_missing"
        )
    return chosen


def check_pose_position(rig_object: Any) -> None:
    """UserError where the armature shows its rest pose instead of its motion."""
    if rig_object.data.pose_position == "REST":
        raise UserError(
            f"The armature of “{rig_object.name}” shows its rest pose, so its motion cannot be read.",
            "Choose Pose Position (Armature properties, Pose), then edit again.",
            "rest_position",
        )


def _poses(
    rig_object: Any,
    source: SourceAction,
    mapping: Mapping,
    driven: tuple[IkDrivenLimb, ...],
    parts: tuple[str, ...],
    start: int,
    end: int,
) -> tuple[int, ...]:
    """Frames of the selected keys, inside the range, on bones of the chosen parts."""
    bones = {name for role, name in mapping.bones.items() if part_of(role) in parts}
    bones.update(name for each in driven if part_of(each.limb.limb) in parts for name in each.controls)
    found = frame_range.selected(rig_object, source, bones)
    found = tuple(frame for frame in found if start <= frame <= end)
    if not found:
        raise UserError(
            "No selected key poses a bone of the chosen parts.",
            "Select the keys of the poses to keep, on the body's bones, or turn their parts on.",
            "no_poses",
        )
    if len(found) > end - start:
        raise UserError(
            "Every frame of the range is a pose to keep, so there is nothing between them to make.",
            "Select only the keys of the poses that matter, and take the range from typed frames.",
            "all_poses",
        )
    return found


def _segments(settings: Any, start: int, end: int) -> tuple[SceneSegment, ...]:
    """The steps, which share the range in proportion to their lengths."""
    steps = prompts_and_seconds(settings)
    if not steps:
        raise UserError("There are no steps.", "Add a step with the + beside the list.", "no_steps")
    spans = frames_of([seconds for _, seconds in steps], start, end + 1)
    return tuple(SceneSegment(prompt, *span) for (prompt, _), span in zip(steps, spans, strict=True))


def _path(context: Any, settings: Any, parts: tuple[str, ...]) -> tuple[tuple[float, float, float], ...]:
    """Points of the curve in the world, evenly far apart."""
    curve = settings.path
    if curve is None:
        raise UserError("There is no curve to follow.", "Choose one under Path.", "no_path")
    if "root" not in parts:
        raise UserError("A path moves the root, which is off.", "Turn on Root among the parts.", "path_needs_root")
    seen = curve.evaluated_get(context.evaluated_depsgraph_get())
    mesh = seen.to_mesh()
    flat = np.empty(3 * len(mesh.vertices) if mesh else 0)
    if mesh:
        mesh.vertices.foreach_get("co", flat)
    seen.to_mesh_clear()
    matrix = np.array(curve.matrix_world)
    points = flat.reshape(-1, 3) @ matrix[:3, :3].T + matrix[:3, 3]
    steps = np.linalg.norm(np.diff(points, axis=0), axis=1) if len(points) > 1 else np.zeros(0)
    if not steps.sum() > 0.0:
        raise UserError(f"The curve “{curve.name}” has no length.", "Draw a curve along the ground.", "bad_path")
    along = np.concatenate([[0.0], np.cumsum(steps)])
    at = np.linspace(0.0, along[-1], 256)
    even = np.column_stack([np.interp(at, along, column) for column in points.T])
    return tuple((float(x), float(y), float(z)) for x, y, z in even)
