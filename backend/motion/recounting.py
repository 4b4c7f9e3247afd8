# SPDX-License-Identifier: GPL-3.0-or-later
"""The asked number of jumps, kicks, steps, squats and the like, out of a motion that does another number of them; and a
gait that keeps its pace, out of one that slows down.

A motion is read as a graph of its own frames (Kovar et al., Motion Graphs, 2002): each frame leads to the next one, and
to every other that looks and moves like the next one. Of all paths of the same length the cheapest one that passes the
asked number of events is found by dynamic programming, and where it leaps the difference is faded out.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...rigs.body.canonical import facing, turned
from ...rigs.body.skeleton import FPS, MAX_FRAMES
from ...rigs.body.smoothing import smoothed, smoothstep
from .joint_measures import Event, from_the_body

LEAP = 0.04  # metres that each leap costs besides the distance of its poses, so that a path leaps seldom
FARTHEST = 0.14  # metres: mean distance of poses over which a leap is seen
MOVING = 0.06  # seconds: a difference in speed counts as the distance after so long
NEAREST = 8  # frames that a leap goes at least; shorter ones would stutter
AROUND = 1  # frames before and after an event that no leap cuts
STRIDE = 4.0  # frames; deviation of the Gaussian that takes the single steps out of the pace
FADE = 8  # frames over which the difference at a leap is faded out


def recounted(joints: np.ndarray, events: Sequence[Event], count: int) -> tuple[float, np.ndarray] | None:
    """Joints (F, 22, 3) with these ``events`` rearranged so that they show ``count`` of them, and the price of that.

    None where no smooth path does so, and for motions beyond one window: time and memory grow with their square.
    """
    if not events or len(joints) > MAX_FRAMES:
        return None
    found = cheapest_path(leaps(joints, events), events, count)
    return None if found is None else (found[0], along(joints, found[1]))


def kept_up(joints: np.ndarray, slowest: float) -> tuple[float, np.ndarray] | None:
    """A gait (F, 22, 3) without its parts below ``slowest`` m/s, after the first second, and the price of that.

    The parts that are fast enough go on instead. None where no smooth path does so, where no part is too slow, and
    beyond one window.
    """
    if not 1 < len(joints) <= MAX_FRAMES:
        return None
    ground = joints[:, 0, [0, 2]].astype(np.float64)
    speed = smoothed(np.linalg.norm(np.gradient(ground, axis=0), axis=1, keepdims=True) * FPS, STRIDE)[:, 0]
    fast = speed >= slowest
    allowed = fast | (np.arange(len(fast)) < FPS)  # it may start, once
    if allowed.all():
        return None
    price = leaps(joints, ())
    price[:, ~fast] = np.inf
    found = cheapest_path(price, (), 0, allowed)
    return None if found is None else (found[0], along(joints, found[1]))


def leaps(joints: np.ndarray, events: Sequence[Event]) -> np.ndarray:
    """The price (F, F) of going from frame i to frame j instead of i + 1; infinite where the leap would be seen."""
    frames = len(joints)
    pose = from_the_body(joints)
    pose[:, :, 1] += joints[:, :1, 1]
    speed = np.gradient(pose, axis=0) * FPS
    # the pelvis stands still in the body's own frame: its speed over the ground is told by itself
    ground = np.gradient(joints[:, 0].astype(np.float64), axis=0) * FPS
    heading = facing(joints)
    c, s = np.cos(heading), np.sin(heading)
    speed[:, :, 0] += (c * ground[:, 0] - s * ground[:, 2])[:, None]
    speed[:, :, 2] += (s * ground[:, 0] + c * ground[:, 2])[:, None]
    features = np.concatenate([pose, MOVING * speed], axis=-1)  # (F, 22, 6)
    price = np.full((frames, frames), np.inf)
    for i in range(frames - 1):
        off = features - features[i + 1]
        apart = np.linalg.norm(off[..., :3], axis=-1).mean(axis=1) + np.linalg.norm(off[..., 3:], axis=-1).mean(axis=1)
        price[i] = np.where(apart <= FARTHEST, apart + LEAP, np.inf)
    number = np.arange(frames)
    price[np.abs(number[:, None] + 1 - number) < NEAREST] = np.inf
    # A leap into an event or out of it would cut it; one onwards within it makes it shorter, as a squat that is held.
    onwards = np.full_like(price, np.inf)
    for event in events:
        inside = np.s_[event.start : event.end, event.start : event.end]
        onwards[inside] = np.where(number[inside[0], None] < number[inside[1]], price[inside], np.inf)
    for event in events:
        cut = slice(max(event.start - AROUND, 0), event.end + AROUND)
        price[cut], price[:, cut] = np.inf, np.inf
        within = (number >= event.start) & (number < event.end)
        onwards[within[:, None] != within] = np.inf  # of events that overlap
    return np.minimum(price, onwards)


def cheapest_path(
    price: np.ndarray, events: Sequence[Event], count: int, allowed: np.ndarray | None = None
) -> tuple[float, np.ndarray] | None:
    """Frames (F,) from frame 0 on that pass ``count`` events and end in none of them, by the least ``price`` (F, F).

    Where ``allowed`` (F,) is False it does not go.
    """
    frames = len(price)
    passed = np.zeros(frames, int)  # events that are over at a frame
    np.add.at(passed, [min(event.end, frames - 1) for event in events], 1)
    cost = np.full((count + 1, frames), np.inf)  # of being at a frame with so many events passed
    if passed[0] <= count:
        cost[passed[0], 0] = 0.0
    came = np.zeros((frames, count + 1, frames), np.int16)  # the frame before
    for t in range(1, frames):
        cost, came[t] = _one_frame_on(cost, price, passed)
        if allowed is not None:
            cost[:, ~allowed] = np.inf
    for event in events:
        cost[:, event.start : event.end] = np.inf
    last = int(cost[count].argmin())
    if not np.isfinite(cost[count, last]):
        return None
    path, done = [last], count
    for t in range(frames - 1, 0, -1):
        before = int(came[t, done, path[-1]])
        if path[-1] == before + 1:
            done -= passed[path[-1]]
        path.append(before)
    return float(cost[count, last]), np.array(path[::-1])


def _one_frame_on(cost: np.ndarray, price: np.ndarray, passed: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Costs (C, F) one frame later, and the frames (C, F) that each place was reached from."""
    later, came = np.full_like(cost, np.inf), np.zeros(cost.shape, np.int16)
    for done in np.flatnonzero(np.isfinite(cost).any(axis=1)):
        total = cost[done][:, None] + price
        best = total.argmin(axis=0)
        cheap = total[best, np.arange(len(best))]
        better = cheap < later[done]
        later[done][better], came[done][better] = cheap[better], best[better]
        for more in np.unique(passed[1:]):
            then = done + more
            if then < len(cost):
                onto = 1 + np.flatnonzero(passed[1:] == more)
                onto = onto[cost[done, onto - 1] < later[then, onto]]
                later[then, onto], came[then, onto] = cost[done, onto - 1], onto - 1
    return later, came


def along(joints: np.ndarray, path: np.ndarray) -> np.ndarray:
    """Joints (F, 22, 3) in the order of a path (F,), every part put where the one before would have gone on."""
    source = joints.astype(np.float64)
    heading = np.unwrap(facing(joints))
    result = np.empty((len(path), *source.shape[1:]))
    angle, centre, place = 0.0, np.zeros(3), np.zeros(3)  # the part's turn about a point that is then put elsewhere
    fade = np.zeros_like(source[0])
    age = FADE

    def placed(frame: int) -> np.ndarray:
        return turned(source[frame] - centre, angle) + place

    for t, frame in enumerate(path):
        if t and frame != path[t - 1] + 1:
            meant = placed(path[t - 1] + 1) + fade * (1 - smoothstep(np.array(min(age / FADE, 1.0))))
            angle += heading[path[t - 1] + 1] - heading[frame]
            centre, place = source[frame, 0] * [1, 0, 1], meant[0] * [1, 0, 1]
            fade, age = meant - placed(int(frame)), 0
        result[t] = placed(int(frame)) + fade * (1 - smoothstep(np.array(min(age / FADE, 1.0))))
        age += 1
    return result.astype(joints.dtype)
