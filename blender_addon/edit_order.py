# SPDX-License-Identifier: GPL-3.0-or-later
"""From the Edit panel to an order: which frames, which bones, what else; and what cannot be edited is refused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..rigs.driven import Driven
from ..rigs.errors import UserError
from ..rigs.mapping import Mapping
from ..rigs.relative import part_of
from ..rigs.rest import RestRig
from . import armature, edit_frames
from . import source_action as source_actions
from .edit_limbs import driven_limbs
from .edit_settings import LIMBS, PARTS
from .identity import Identity
from .jobs import Order
from .mapping import mapping_of
from .source_action import Source


@dataclass(frozen=True)
class Segment:
    """A prompt with its frames of the scene, the last one excluded."""

    prompt: str
    start: int
    end: int


@dataclass(frozen=True)
class Reaching:
    """Which joint is to be at which object in which frames of the scene, both included."""

    joint: str
    target: str
    start: int
    end: int


@dataclass(frozen=True, kw_only=True)
class EditOrder(Order):
    """What was asked for at the moment of the click, in frames of the scene. ``start`` is the first of the range."""

    mode: str  # of edit_settings.MODES
    source: Source
    fingerprint: int
    end: int  # last frame of the range
    first: int  # of the keys of the action
    last: int
    closed_start: bool  # whether there is something before the range that it must fit
    closed_end: bool
    parts: tuple[str, ...]
    strength: float
    same_action: bool
    driven: tuple[Driven, ...] = ()  # limbs that IK moves
    poses: tuple[int, ...] = ()
    segments: tuple[Segment, ...] = ()
    path: tuple[tuple[float, float, float], ...] = ()  # points in the world, evenly far apart
    reaching: Reaching | None = None


def character(context: Any) -> tuple[Any, RestRig, Mapping]:
    """The character, its rest pose and its mapping; UserError when there is none that can be edited.

    An NLA strip that is open for tweaking lets no new action in, but its own can be edited.
    """
    try:
        return armature.read(context)
    except UserError as error:
        if error.code != "tweak_mode":
            raise
    rig_object = armature.character(context)
    assert rig_object is not None
    mapping = mapping_of(rig_object)
    if isinstance(mapping, UserError):
        raise mapping
    return rig_object, armature.rest_rig(rig_object), mapping


def read(context: Any, rig_object: Any, rig: RestRig, mapping: Mapping) -> tuple[EditOrder, Mapping]:
    """The order that the panel's settings make, and the mapping as it holds for it; UserError where they make none."""
    scene, settings = context.scene, context.scene.coamd.edit
    source = source_actions.find(rig_object)
    parts = _parts(settings.parts(), mapping)
    curves = source_actions.bone_curves(source)
    _check_shown(rig_object)
    first, last = edit_frames.extent(rig_object, source, curves)
    mode, level = settings.mode, edit_frames.is_level_outside(curves)
    if mode == "EXTEND":
        forwards = settings.direction == "FORWARDS"
        start, end = (last, last + settings.length) if forwards else (first - settings.length, first)
        closed_start, closed_end = forwards, not forwards
        edit_frames.check_no_repeats(curves)
    else:
        start, end = edit_frames.frames_of(scene, rig_object, source, settings.range_from)
        edit_frames.check(start, end, first, last)
        given = mode in ("INBETWEEN", "LOOP")
        closed_start, closed_end = given or start > first or not level, given or end < last or not level
    driven, mapping = driven_limbs(rig_object, source, rig, mapping, parts, start, end)
    order = EditOrder(
        mode=mode,
        character_id=Identity.of(rig_object),
        scene_id=Identity.of(scene),
        source=source,
        fingerprint=source_actions.fingerprint(source),
        start=start,
        end=end,
        first=first,
        last=last,
        closed_start=closed_start,
        closed_end=closed_end,
        fps=scene.render.fps / scene.render.fps_base,
        parts=parts,
        prompt=settings.prompt.strip(),
        seconds=(end - start) * scene.render.fps_base / scene.render.fps,
        extend_range=scene.coamd.extend_range,
        strength=round(settings.strength, 6),
        seed=settings.seed,
        variations=settings.variations,
        same_action=settings.same_action or source.tweaked,
        tolerance=scene.coamd.tolerance(),
        driven=driven,
        poses=_poses(rig_object, source, mapping, driven, parts, start, end) if mode == "INBETWEEN" else (),
        segments=_segments(settings, start, end) if mode == "PROMPTS" else (),
        path=_path(context, settings, parts) if mode == "PATH" else (),
        reaching=_reaching(settings, start, end) if mode == "REACH" else None,
    )
    return order, mapping


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


def _check_shown(rig_object: Any) -> None:
    if rig_object.data.pose_position == "REST":
        raise UserError(
            f"The armature of “{rig_object.name}” shows its rest pose, so its motion cannot be read.",
            "Choose Pose Position (Armature properties, Pose), then edit again.",
            "rest_position",
        )


def _poses(
    rig_object: Any,
    source: Source,
    mapping: Mapping,
    driven: tuple[Driven, ...],
    parts: tuple[str, ...],
    start: int,
    end: int,
) -> tuple[int, ...]:
    """Frames of the selected keys, inside the range, on bones of the chosen parts."""
    bones = {name for role, name in mapping.bones.items() if part_of(role) in parts}
    bones.update(name for each in driven if part_of(each.limb.limb) in parts for name in each.controls)
    found = edit_frames.selected(rig_object, source, bones)
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


def _segments(settings: Any, start: int, end: int) -> tuple[Segment, ...]:
    found = tuple(Segment(item.prompt.strip(), item.start, item.end) for item in settings.segments)
    if not found:
        raise UserError("The list of prompts is empty.", "Add a prompt with the + beside the list.", "no_segments")
    for segment in found:
        if segment.end <= segment.start or segment.start < start or segment.end > end + 1:
            raise UserError(
                f"The frames {segment.start} to {segment.end} of the prompt “{segment.prompt}” do not lie in the range"
                f" from {start} to {end}.",
                "Change its frames, or the range.",
                "segment_outside",
            )
    return found


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


def _reaching(settings: Any, start: int, end: int) -> Reaching:
    target = settings.target
    if target is None:
        raise UserError("There is nothing to reach.", "Choose an object under Target.", "no_target")
    if settings.reach_end < settings.reach_start:
        raise UserError("The frames of the target are empty.", "Choose a To that is not before From.", "empty_reach")
    if not start < settings.reach_start <= settings.reach_end < end:
        limb = next(label for name, label, _ in LIMBS if name == settings.limb).lower()
        raise UserError(
            f"The {limb} is to reach its target outside the range from frame {start} to {end}.",
            "Choose frames between its first and last.",
            "target_outside",
        )
    return Reaching(settings.limb, target.name, settings.reach_start, settings.reach_end)
