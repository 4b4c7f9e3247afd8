# SPDX-License-Identifier: GPL-3.0-or-later
"""The motion of an edit laid out in frames: what is there, what is regenerated, and what it has to meet."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...rigs.body.body_parts import PART_JOINTS
from ...rigs.body.canonical import facing, turned
from ...rigs.body.skeleton import PARENTS, TOKEN_FRAMES
from ..requests.edit import EditRequest

GROUND = np.array([1.0, 0.0, 1.0])
LOOP_TAIL = 32  # frames at the end of a loop that are regenerated, at most half of it
TRAVELS = 0.4  # metres between the ends of a loop from which on it is meant to go somewhere
TURNS = np.pi / 3  # radians between its ends from which on it is meant to turn
SPEED_FRAMES = 4  # over so many frames the speed is taken with which an added beginning arrives


@dataclass(frozen=True, eq=False)
class Canvas:
    """Frames of the request's motion and those around it; N of them.

    joints: (N, 22, 3) float64 in the world. made: (N,) bool, frames regenerated. run: (N,) int, frames of one number
    are a piece of motion that can be read by the model, -1 where there is none. held: frames among those made whose
    poses are to be hit. shift: frame of the canvas = frame of the motion + shift. warnings: sentences for the user.
    """

    joints: np.ndarray
    made: np.ndarray
    run: np.ndarray
    held: tuple[int, ...]
    shift: int
    warnings: tuple[str, ...] = ()


def lay_out(request: EditRequest) -> Canvas:
    """The canvas of a request that has been checked."""
    if request.mode == "extend":
        return _extended(request)
    if request.mode == "loop":
        return _looped(request)
    joints = request.joints.astype(np.float64)
    made = np.zeros(len(joints), dtype=bool)
    made[request.start : request.end] = True
    return Canvas(joints, made, np.zeros(len(joints), dtype=int), tuple(sorted(set(request.keep_poses))), 0)


def _extended(request: EditRequest) -> Canvas:
    """The motion with frames added; they hold where it is likely to have come from and to go."""
    joints = request.joints.astype(np.float64)
    span = min(SPEED_FRAMES, len(joints) - 1)
    arrives = (joints[span, 0] - joints[0, 0]) / span * GROUND
    leaves = (joints[-1, 0] - joints[-1 - span, 0]) / span * GROUND
    first = joints[:1] + np.arange(-request.before, 0)[:, None, None] * arrives
    last = joints[-1:] + np.arange(1, request.after + 1)[:, None, None] * leaves
    whole = np.concatenate([first, joints, last])
    there = np.zeros(len(whole), dtype=bool)
    there[request.before : request.before + len(joints)] = True
    return Canvas(whole, ~there, np.where(there, 0, -1), (), request.before)


def _looped(request: EditRequest) -> Canvas:
    """The range, its end regenerated, and behind it its own beginning, where it goes on.

    Its last frame is its first one, moved to where it ends up: over the ground if the motion goes somewhere, in
    heading if it turns; else both come back.
    """
    joints = request.joints[request.start : request.end].astype(np.float64)
    count = len(joints)
    tail = min(LOOP_TAIL, count // 2)
    again = min(LOOP_TAIL + TOKEN_FRAMES, count - tail)
    first, last = joints[0], joints[-1]
    turn = float(facing(last[None])[0] - facing(first[None])[0])
    turn = (turn + np.pi) % (2 * np.pi) - np.pi
    if abs(turn) < TURNS:
        turn = 0.0
    goal = first[0] * GROUND
    if np.linalg.norm((last[0] - first[0]) * GROUND) > TRAVELS:
        goal = last[0] * GROUND
    start = turned(joints[:again] - first[0] * GROUND, turn) + goal
    # The step onto the last pose is the step off the first one, so that the speed goes on as well.
    arrives = _stepped_back(start[0], start[1])
    whole = np.concatenate([joints[:-2], arrives[None], start])
    made = np.zeros(len(whole), dtype=bool)
    made[count - 2 - tail : count - 2] = True
    run = np.zeros(len(whole), dtype=int)
    run[count - 2 :] = 1
    warnings = []
    if np.linalg.norm(goal - first[0] * GROUND) > 0:
        warnings.append("The loop travels: its last pose meets its first one in pose and speed, further on the ground.")
    if turn:
        warnings.append(f"The loop turns by {np.degrees(turn):.0f} degrees from its first to its last pose.")
    if request.end < len(request.joints):
        warnings.append("The frames behind the loop were left alone, so they no longer join its end.")
    return Canvas(whole, made, run, _loop_poses(request, made), -request.start, tuple(warnings))


def _stepped_back(pose: np.ndarray, following: np.ndarray) -> np.ndarray:
    """The pose (22, 3) before ``pose`` at the speed with which ``following`` comes after it.

    Each bone v that turns to w came from 2 (v.w) v / |v|^2 - w, the mirror image of w about v: it has its length, and
    its step is as large as that of w, which the point 2 v - w, put on the bone's length, would fall short of.
    """
    parents = list(PARENTS)
    v, w = pose - pose[parents], following - following[parents]
    back = 2 * (v * w).sum(-1, keepdims=True) / np.maximum((v * v).sum(-1, keepdims=True), 1e-12) * v - w
    out = np.empty_like(pose)
    out[0] = 2 * pose[0] - following[0]
    for joint in range(1, len(out)):
        out[joint] = out[parents[joint]] + back[joint]
    return out


def _loop_poses(request: EditRequest, made: np.ndarray) -> tuple[int, ...]:
    """Poses to keep that lie in the part that changes; the others stay anyway."""
    return tuple(sorted({f - request.start for f in request.keep_poses if made[f - request.start]}))


def result(request: EditRequest, canvas: Canvas, joints: np.ndarray) -> np.ndarray:
    """The edited motion (V, F', 22, 3) float32 of canvas joints (V, N, 22, 3); what was not made keeps its bits.

    So do body parts that stay where nothing that carries them changes.
    """
    made = joints.astype(np.float32)
    if request.mode == "extend":
        made[:, ~canvas.made] = request.joints
        return made
    whole = np.repeat(request.joints[None].astype(np.float32), len(joints), axis=0)
    if request.mode == "loop":
        last = request.end - request.start - 1
        frames = np.append(np.flatnonzero(canvas.made), [last - 1, last])
    else:
        frames = np.flatnonzero(canvas.made)
    whole[:, frames - canvas.shift] = made[:, frames]
    still = [joint for part in request.resting for joint in PART_JOINTS[part]]
    whole[:, :, still] = request.joints[:, still]
    return whole


def moved_to(made: np.ndarray, joints: np.ndarray) -> np.ndarray:
    """Generated motions (V, F, 22, 3) moved from the origin to where joints (F, 22, 3) begin, and facing as they do."""
    start = joints[0, 0].astype(np.float64) * GROUND
    angle = float(facing(joints[:1].astype(np.float64))[0])
    return (turned(made.astype(np.float64), angle) + start).astype(np.float32)
