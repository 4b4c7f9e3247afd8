# SPDX-License-Identifier: GPL-3.0-or-later
"""Which edits make no sense, and what to say then. Without torch, so that the add-on can say no itself."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from ...rigs.body.body_parts import PART_JOINTS, PARTS
from ...rigs.body.skeleton import FPS, INDEX, JOINTS
from ...rigs.errors import UserError
from .edit import CROUCH, LEAN, MODES, EditRequest, Target, limb
from .fields import MAX_CLIP_FRAMES, MAX_VARIATIONS
from .limits import LONGEST, PROMPT_LENGTH
from .models import checked_models

SHORTEST_LOOP = 10  # frames: half a second, as the cycles of game libraries have
RUN = 3.0  # metres per second at which the root may leave its way for a target


def check(request: EditRequest) -> None:
    """Raise the UserError of a request that cannot be served; nothing is changed."""
    _check_motion(request.joints)
    if request.mode not in MODES:
        raise UserError(f"There is no edit called '{request.mode}'.", f"Choose one of: {', '.join(MODES)}.", "bad_mode")
    _check_range(request)
    unknown = sorted(set(request.parts) - set(PARTS))
    if unknown:
        raise UserError(
            f"There is no body part called '{unknown[0]}'.", f"Choose among: {', '.join(PARTS)}.", "bad_parts"
        )
    if not 1 <= request.variations <= MAX_VARIATIONS:
        raise UserError(
            f"{request.variations} variations cannot be made at once.",
            f"Choose between 1 and {MAX_VARIATIONS}.",
            "bad_variations",
        )
    if not 0.0 <= request.strength <= 1.0:
        raise UserError(f"A strength of {request.strength:g} cannot be used.", "Choose 0 to 1.", "bad_strength")
    _check_prompts(request)
    checked_models(request.models)
    outside = [frame for frame in request.keep_poses if not _has_pose(request, frame)]
    if outside:
        raise UserError(
            f"The pose to keep at frame {outside[0]} is outside the edited range.",
            "Move the range over it, or deselect the key.",
            "pose_outside",
        )
    if request.mode == "inbetween" and not request.keep_poses:
        raise UserError("There is no pose to keep.", "Select at least one key inside the range.", "no_poses")
    if request.path is not None:
        _check_path(request, request.path)
    for target in request.targets:
        _check_target(request, target)


def _check_motion(joints: np.ndarray) -> None:
    if joints.ndim != 3 or joints.shape[1:] != (len(JOINTS), 3) or len(joints) < 2:
        raise UserError(
            f"A motion of shape {joints.shape} cannot be edited.",
            f"It must be (frames, {len(JOINTS)}, 3) with at least 2 frames.",
            "bad_motion",
        )
    if len(joints) > MAX_CLIP_FRAMES:
        raise UserError(
            f"A motion of {len(joints) / FPS:.0f} seconds is too long to be edited.",
            f"Cut out at most {MAX_CLIP_FRAMES / FPS:.0f} seconds around the range.",
            "too_long",
        )
    if not np.isfinite(joints).all():
        raise UserError("The motion has coordinates that are not numbers.", "Look for broken keys.", "bad_motion")


def _check_range(request: EditRequest) -> None:
    """Range or extension."""
    frames = len(request.joints)
    start, end = request.span
    if request.mode == "extend":
        if min(request.before, request.after) < 0 or request.before + request.after == 0:
            raise UserError(
                "The extension has no frames.", "Say how much to add before or after the motion.", "empty_range"
            )
        changed = request.before + request.after
    else:
        changed = end - start
        if changed <= 0:
            raise UserError("The range to edit is empty.", "Choose an end after the start.", "empty_range")
        if start < 0 or end > frames:
            raise UserError(
                f"The range of frames {start} to {end} leaves the motion, which has frames 0 to {frames}.",
                "Choose a range inside the motion, or extend it.",
                "range_outside",
            )
    if changed == 1:
        raise UserError(
            "The range is a single frame.", f"Choose at least 2 frames ({2 / FPS:g} seconds).", "short_range"
        )
    if request.mode == "loop" and changed < SHORTEST_LOOP:
        raise UserError(
            f"A loop of {changed / FPS:g} seconds is too short.",
            f"Choose at least {SHORTEST_LOOP / FPS:g} seconds.",
            "short_range",
        )
    if changed > LONGEST * FPS:
        raise UserError(
            f"{changed / FPS:g} seconds cannot be edited at once.", f"Choose at most {LONGEST:g} seconds.", "too_long"
        )


def _check_prompts(request: EditRequest) -> None:
    start, end = request.span
    for prompt in (request.prompt, *(segment.prompt for segment in request.segments)):
        if len(prompt) > PROMPT_LENGTH:
            raise UserError(
                f"A prompt has {len(prompt)} characters; at most {PROMPT_LENGTH} are read.",
                "Describe one action in a sentence or two.",
                "long_prompt",
            )
    ordered = sorted(request.segments, key=lambda segment: segment.start)
    for segment in ordered:
        if segment.end <= segment.start:
            raise UserError(
                f"The prompt '{segment.prompt}' has no frames.", "Choose an end after its start.", "empty_segment"
            )
        if segment.start < start or segment.end > end:
            raise UserError(
                f"The prompt '{segment.prompt}' leaves the edited range (frames {start} to {end}).",
                "Move it inside, or choose a longer range.",
                "segment_outside",
            )
    for one, other in pairwise(ordered):
        if other.start < one.end:
            raise UserError(
                f"The prompts '{one.prompt}' and '{other.prompt}' overlap.",
                "Let each begin where the one before ends.",
                "segments_overlap",
            )


def _has_pose(request: EditRequest, frame: int) -> bool:
    """Whether ``frame`` may change and has a pose in the motion; all poses of a motion that is extended stay anyway."""
    return 0 <= frame < len(request.joints) and (request.mode == "extend" or request.within(frame))


def _check_path(request: EditRequest, path: np.ndarray) -> None:
    if path.ndim != 2 or path.shape[1:] != (3,) or not len(path) or not np.isfinite(path).all():
        raise UserError(
            f"A path of shape {path.shape} cannot be followed.",
            "It must be rows of frame, x and z, all of them numbers.",
            "bad_path",
        )
    if not request.changes("root"):
        raise UserError("A path needs the root among the body parts.", "Add the root to the parts.", "path_needs_root")
    if not all(request.within(frame) for frame in path[:, 0]):
        raise UserError("The path leaves the edited range.", "Give it points inside the range.", "path_outside")
    if (np.diff(path[:, 0]) <= 0).any():
        raise UserError("The frames of the path do not rise.", "Sort its points by frame.", "bad_path")


def _check_target(request: EditRequest, target: Target) -> None:
    """Known joint, in the range, of a part that may change, and within reach.

    The limb's root is taken where it is in that frame (moved along with the path, if there is one). The trunk carries
    it by ``LEAN``, and a root that is free by what one can run between the target and the nearest frame that stays.
    """
    name = target.joint.replace("_", " ")
    if target.joint not in INDEX:
        raise UserError(
            f"There is no joint called '{target.joint}'.", f"Choose among: {', '.join(JOINTS)}.", "bad_joint"
        )
    if len(target.position) != 3 or not np.isfinite(target.position).all():
        raise UserError(f"The target of the {name} is not a place.", "Give x, y and z in metres.", "bad_target")
    if not request.within(target.frame):
        raise UserError(
            f"The target of the {name} at frame {target.frame} is outside the edited range.",
            "Move the range over it.",
            "target_outside",
        )
    part = next(part for part, joints in PART_JOINTS.items() if INDEX[target.joint] in joints)
    if not request.changes(part):
        raise UserError(
            f"The {name} has a target but is not among the body parts.", f"Add {part} to the parts.", "target_kept"
        )
    root, reach = limb(INDEX[target.joint])
    frames = len(request.joints)
    here = min(max(target.frame, 0), frames - 1)
    base = request.joints[here, root].astype(np.float64)
    travel = 0.0
    if request.path is not None:
        x, z = (np.interp(target.frame, request.path[:, 0], request.path[:, axis]) for axis in (1, 2))
        base = base + (np.array([x, 0.0, z]) - request.joints[here, 0]) * (1.0, 0.0, 1.0)
        travel = 0.1
    elif request.changes("root"):
        travel = RUN * _frames_to_kept(request, target.frame) / FPS
    away = np.array(target.position) - base
    reach += LEAN if request.changes("trunk") or request.changes("root") else 0.0
    height = max(abs(float(away[1])) - (CROUCH if request.changes("root") else 0.0), 0.0)
    distance = float(np.hypot(max(np.hypot(away[0], away[2]) - travel, 0.0), height))
    if distance > reach:
        raise UserError(
            f"The target of the {name} at frame {target.frame} is {distance - reach:.2f} m out of reach.",
            "Move it nearer to the figure, or give the figure more time or a path to get there.",
            "out_of_reach",
        )


def _frames_to_kept(request: EditRequest, frame: int) -> float:
    """Frames between ``frame`` and the nearest one whose place stays; infinite if none does."""
    start, end = request.span
    if request.mode == "extend":
        return float(-frame if frame < 0 else frame - len(request.joints) + 1)
    stay: Sequence[float] = [
        *([frame - start + 1] if start > 0 else []),
        *([end - frame] if end < len(request.joints) else []),
        *(abs(frame - kept) for kept in request.keep_poses),
    ]
    return float(min(stay, default=np.inf))
