# SPDX-License-Identifier: GPL-3.0-or-later
"""From a request to the energy of one window: what is to be where, and how much it weighs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from ...rigs.body.body_parts import PART_JOINTS, PARTS
from ...rigs.body.contacts import spans
from ...rigs.body.skeleton import FPS, INDEX, JOINTS
from ..requests.edit import EditRequest
from .edit_windows import Window
from .energy import STAY, Constraints
from .ground_frame import GroundFrame

PATH_WEIGHT = 0.3  # beside 1 for a pose to hit: a pelvis sways about its path
ROOT_WEIGHT = 0.2  # beside 1 for the joints that hang on it: it says, too, where the body is
LEASH = 1e-3  # beside 1 for a pose: in a window that a later one has to lead to a given place, of the way there was
# The same for joints that do not move at all while others follow a prompt: held tightly, they tell the generator that
# nothing happens. They are put back exactly in the end.
LOOSE = 0.003
STROLL = 2.0  # metres per second that a figure may take in any direction, and 1.2 of what it had at the borders
NEAR = 0.15  # of STAY: how much each step of the descent goes back to what was there, at strength 0


def gathered(
    requests: Sequence[EditRequest],
    window: Window,
    held: list[int],
    shift: int,
    place: GroundFrame,
    original: Tensor,
    bound: bool,
) -> Constraints:
    """The constraints of a window, on the CPU.

    Args:
        requests: V of them, which differ in motions, words and places alone.
        held: frames of the window whose poses are to be hit.
        shift: frame of the window = frame of the request + shift.
        original: (V, F, 22, 3) what was there, in the window's own place.
        bound: whether what is made in later windows leads to a place that is given.
    """
    request = requests[0]
    goal = original.clone()
    weight = torch.zeros(window.frames, len(JOINTS), 3)
    pose_weight = torch.zeros(window.frames, len(JOINTS))
    still = torch.from_numpy(~window.made)
    weight[~still] = NEAR * STAY * (1 - request.strength) ** 2
    if bound:
        weight[~still, 0] = torch.tensor([LEASH, 0.0, LEASH])
    _keep_parts(request, weight, pose_weight)
    weight[still] = weight[held] = 1.0
    pose_weight[still] = pose_weight[held] = 0.0
    _follow_path(requests, window, shift, place, goal, weight)
    targets = _reach(requests, window, shift, place, goal, weight)
    leash = None if request.path is not None else _leash(window, original)
    return Constraints(goal, weight, original, pose_weight, still, leash, targets)


def _leash(window: Window, original: Tensor) -> Tensor | None:
    """Circles (V, F, 2, 3) about the places before and behind each run of frames that is made between two others.

    Whoever has two seconds between two places does not get five metres away; a prompt alone would have it so.
    """
    runs = [(start, end) for start, end in spans(window.made) if start > 0 and end < window.frames]
    if not runs:
        return None
    ground = original[:, :, 0, ::2]
    leash = torch.full((*ground.shape[:2], 2, 3), 1e6)
    leash[..., :2] = 0.0
    for start, end in runs:
        before, behind = ground[:, start - 1], ground[:, end]
        needed = (behind - before).norm(dim=-1) / (end - start + 1)
        for side, beside in (
            (before, ground[:, max(start - 5, 0)]),
            (behind, ground[:, min(end + 4, len(ground[0]) - 1)]),
        ):
            needed = torch.maximum(needed, (side - beside).norm(dim=-1) / 4)
        speed = 1.2 * needed.clamp(min=STROLL / FPS)[:, None]
        steps = torch.arange(1, end - start + 1)
        leash[:, start:end, 0] = torch.cat([before[:, None].expand(-1, len(steps), -1), (speed * steps)[..., None]], -1)
        leash[:, start:end, 1] = torch.cat(
            [behind[:, None].expand(-1, len(steps), -1), (speed * steps.flip(0))[..., None]], -1
        )
    return leash


def _keep_parts(request: EditRequest, weight: Tensor, pose_weight: Tensor) -> None:
    """Parts that are not to change stay; arms on a trunk that changes go where it carries them."""
    for part in PARTS:
        if not request.changes(part) and not (part.endswith("arm") and request.changes("trunk")):
            joints = list(PART_JOINTS[part])
            if request.changes("root"):
                pose_weight[:, joints] = 1.0
                pose_weight[:, list(PART_JOINTS["root"])] = ROOT_WEIGHT
            else:
                weight[:, joints] = LOOSE if request.prompt.strip() else 1.0


def _follow_path(
    requests: Sequence[EditRequest], window: Window, shift: int, place: GroundFrame, goal: Tensor, weight: Tensor
) -> None:
    found = [path_points(request, window.frames, shift) for request in requests]
    points = [each for each in found if each is not None]
    if not points:
        return
    at = torch.from_numpy(points[0][0])
    ground = np.stack([place for _, place in points])  # (V, K, 2)
    wanted = place.points(np.insert(ground, 1, 0.0, axis=-1))
    for axis in (0, 2):
        goal[:, at, 0, axis] = wanted[..., axis]
        weight[at, 0, axis] = PATH_WEIGHT


def path_points(request: EditRequest, frames: int, shift: int) -> tuple[np.ndarray, np.ndarray] | None:
    """Frames (K,) of a window of so many ``frames`` that have a place on the path, and these places (K, 2), x and z."""
    if request.path is None:
        return None
    path = request.path.astype(np.float64)
    at = np.arange(int(np.ceil(path[0, 0])), int(path[-1, 0]) + 1)
    at = at[(at + shift >= 0) & (at + shift < frames)]
    ground = np.stack([np.interp(at, path[:, 0], path[:, axis]) for axis in (1, 2)], axis=-1)
    return at + shift, ground


def _reach(
    requests: Sequence[EditRequest], window: Window, shift: int, place: GroundFrame, goal: Tensor, weight: Tensor
) -> tuple[tuple[int, int, bool], ...]:
    targets, request = [], requests[0]
    for number, target in enumerate(request.targets):
        frame, joint = target.frame + shift, INDEX[target.joint]
        if 0 <= frame < window.frames:
            places = np.array([[each.targets[number].position] for each in requests])
            goal[:, frame, joint] = place.points(places)[:, 0]
            weight[frame, joint] = 1.0
            targets.append((frame, joint, request.changes("root") and request.path is None))
    return tuple(targets)
