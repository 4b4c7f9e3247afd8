# SPDX-License-Identifier: GPL-3.0-or-later
"""What a clip does, read from its joints alone: pace, turns, the acting side, counts, heights and paths.

All functions take one clip, joints (F, 22, 3) in metres, Y up, floor at y = 0, at 20 frames per second. None of them
knows a prompt or a model, so that no wording and no recognizer can please them.
"""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np

from ...rigs.body.canonical import facing
from ...rigs.body.contacts import hysteresis, spans
from ...rigs.body.skeleton import FPS, INDEX
from ...rigs.body.smoothing import smoothed
from ..language.quantities import LimbName
from .floor_levelling import standing_height

SIDES = ("left", "right")
SECOND = round(FPS)
_PELVIS = INDEX["pelvis"]
_HEAD, _CHEST = INDEX["head"], INDEX["spine3"]
_WRISTS, _ANKLES, _TOES, _HIPS = (
    [INDEX[f"{side}_{part}"] for side in SIDES] for part in ("wrist", "ankle", "foot", "hip")
)
_ANKLE_ABOVE_TOE = 0.05  # metres in a flat stance; a foot on its toes or its heel stands
CALM = 2.0  # frames (deviation) by which a track is smoothed before its path is measured
CLEARLY = 1.5  # times as much as the other side does, from which a side is the acting one
OVERHEAD_FRAMES = 4  # for which both wrists must be above the head
AIRBORNE = 0.10  # metres between the floor and the lowest joint at the start of a clip that begins in the air
FLIGHT_HEIGHT, FLIGHT_FRAMES = 0.05, (3, 18)  # of a jump: metres of both feet above the ground, and for how long
FLIGHT_RISE = 0.02  # metres by which the pelvis is higher in the air than where the jump began or ended
KICK_HEIGHT, KICK_REST = 0.40, 0.25  # metres of an ankle above its standing height, at a kick and between two
PUNCH_SPEED, PUNCH_END = 1.3, 0.2  # m/s at which a fist leaves the body in a punch, and at which it has arrived
PUNCH_GAIN, PUNCH_REACH = 0.10, 0.45  # metres that it goes, and that it is then away from the pelvis, on the ground
PUNCH_HEIGHT = 0.1  # metres above the pelvis
STEP_LENGTH = 0.12  # metres that a foot travels in a step
STEP_STILL, STEP_SLOW = 0.25, 0.5  # m/s of a foot that stands, and of one that goes on standing
SQUAT_DEEP, SQUAT_UP = 0.75, 0.88  # of the standing height of the pelvis: what a squat goes below, and ends above
PRONE = 0.5  # metres; the pelvis of somebody on hands and feet is mostly below it
PRESS_LEAST = 0.08  # metres that the chest moves in push-ups
PRESS_DOWN, PRESS_UP = 0.35, 0.65  # of that way: where one is down, and where it is over
SEAT_BELOW_HIPS = 0.08  # metres from the hip joints to what the thighs rest on


class Event(NamedTuple):
    """Something that a clip does: from frame ``start`` to before ``end``, by the left or right limb ("" by both)."""

    start: int
    end: int
    side: str


def ground_track(joints: np.ndarray, deviation: float = CALM) -> np.ndarray:
    """The smoothed path of the pelvis on the ground (F, 2) as x and z in metres."""
    return smoothed(joints[:, _PELVIS][:, [0, 2]].astype(np.float64), deviation)


def paces(joints: np.ndarray) -> np.ndarray:
    """The speed in m/s of the pelvis over the ground in each whole second of a clip (K,); the rest is left out."""
    lengths = np.linalg.norm(np.diff(ground_track(joints), axis=0), axis=1)  # (F - 1,)
    whole = len(lengths) // SECOND
    if not whole:
        return np.array([lengths.sum() * FPS / max(len(lengths), 1)])
    seconds: np.ndarray = lengths[: whole * SECOND].reshape(whole, SECOND).sum(axis=1)
    return seconds


def speeding_up(joints: np.ndarray, seconds: int = 3) -> float:
    """Pace of the last ``seconds`` over that of as many after the first second; 1 is steady."""
    found = paces(joints)
    early, late = found[1 : 1 + seconds].mean(), found[-seconds:].mean()
    return float(late / max(early, 1e-6))


def turned_by(joints: np.ndarray) -> float:
    """Net turn in degrees from the first fifth of a second to the last half, positive to the left, beyond 180 too."""
    heading = np.degrees(np.unwrap(facing(joints)))
    return float(heading[-SECOND // 2 :].mean() - heading[: SECOND // 5].mean())


def moved_left(joints: np.ndarray) -> float:
    """Metres that the pelvis ends to the left of where it began, in the heading of the first frame."""
    track = ground_track(joints)
    heading = float(facing(joints[:1])[0])
    left = np.array([np.cos(heading), -np.sin(heading)])  # of +Z turned by the heading, as (x, z)
    return float((track[-1] - track[0]) @ left)


def moved_forward(joints: np.ndarray) -> float:
    """Metres that the pelvis ends before where it began, in the heading of the first frame."""
    track = ground_track(joints)
    heading = float(facing(joints[:1])[0])
    return float((track[-1] - track[0]) @ np.array([np.sin(heading), np.cos(heading)]))


def moved_ahead(joints: np.ndarray) -> float:
    """Metres that the pelvis goes where the body faces at the time, less those that it goes backwards."""
    heading = facing(joints)[:-1]
    steps = np.diff(ground_track(joints), axis=0)
    return float((steps * np.stack([np.sin(heading), np.cos(heading)], axis=1)).sum())


def from_the_body(joints: np.ndarray) -> np.ndarray:
    """Joints (F, 22, 3) seen from the pelvis and in its heading: x to the left, y up, z forward."""
    heading = facing(joints)
    c, s = np.cos(heading)[:, None], np.sin(heading)[:, None]
    offset = joints.astype(np.float64) - joints[:, :1]
    x, y, z = offset[..., 0], offset[..., 1], offset[..., 2]
    return np.stack([c * x - s * z, y, s * x + c * z], axis=-1)


def hand_work(joints: np.ndarray) -> tuple[float, float]:
    """Metres that the left and the right wrist travel as seen from the body."""
    tracks = smoothed(from_the_body(joints)[:, _WRISTS].reshape(len(joints), 6), CALM).reshape(-1, 2, 3)
    left, right = np.linalg.norm(np.diff(tracks, axis=0), axis=-1).sum(axis=0)
    return float(left), float(right)


def hand_strike(joints: np.ndarray) -> tuple[float, float]:
    """The square (m2/s2) of the highest speed of the left and of the right wrist as seen from the body."""
    tracks = smoothed(from_the_body(joints)[:, _WRISTS].reshape(len(joints), 6), 1.0).reshape(-1, 2, 3)
    speed = np.linalg.norm(tracks[2:] - tracks[:-2], axis=-1) * FPS / 2
    left, right = (speed**2).max(axis=0)
    return float(left), float(right)


def foot_lift(joints: np.ndarray) -> tuple[float, float]:
    """Metres by which the left and the right ankle are once above where it stands."""
    left, right = _above_standing(joints).max(axis=0)
    return float(left), float(right)


def foot_held(joints: np.ndarray) -> tuple[float, float]:
    """Metres by which the left and the right ankle are above the other one, mean over the clip."""
    heights = joints[:, _ANKLES, 1].astype(np.float64)
    gap = heights[:, 0] - heights[:, 1]
    return float(np.maximum(gap, 0.0).mean()), float(np.maximum(-gap, 0.0).mean())


def acting_side(left: float, right: float, least: float) -> str:
    """The side that clearly does more: "left", "right", "both" where neither does, "none" below ``least``."""
    if max(left, right) < least:
        return "none"
    if left >= CLEARLY * right:
        return "left"
    return "right" if right >= CLEARLY * left else "both"


def acting_limb(limb: LimbName, joints: np.ndarray) -> str:
    """Which hand, fist or foot acts, or which foot is stood on: "left", "right", "both" or "none"."""
    if limb == "hand":
        return acting_side(*hand_work(joints), 0.3)
    if limb == "fist":
        return acting_side(*hand_strike(joints), 1.0)
    if limb == "foot":
        return acting_side(*foot_lift(joints), 0.15)
    return acting_side(*foot_held(joints)[::-1], 0.05)  # the other foot is held up


def flights(joints: np.ndarray) -> list[Event]:
    """When both feet leave the ground together and the pelvis rises with them, on one leg or on both.

    A flight that the clip's ends cut off does not count, nor does one that is longer than a jump can last.
    """
    toes, ankles = (joints[:, rows, 1].astype(np.float64).min(axis=1) for rows in (_TOES, _ANKLES))
    lowest = np.minimum(toes, ankles - _ANKLE_ABOVE_TOE)
    ground = np.minimum(standing_height(joints), np.median(lowest))
    pelvis = joints[:, _PELVIS, 1].astype(np.float64)
    found = []
    for start, end in spans(lowest - ground > FLIGHT_HEIGHT):
        if start and end < len(joints) and FLIGHT_FRAMES[0] <= end - start <= FLIGHT_FRAMES[1]:
            top, foot, landing = pelvis[start:end].max(), pelvis[start - 1], pelvis[end]
            if top > min(foot, landing) + FLIGHT_RISE and top > max(foot, landing) - FLIGHT_RISE:
                found.append(Event(start, end, ""))
    return found


def foot_lifts(joints: np.ndarray) -> list[Event]:
    """When either foot is lifted far above where it stands, and comes down again."""
    heights = _above_standing(joints)
    return sorted(
        Event(start, end, side)
        for hand, side in enumerate(SIDES)
        for start, end in spans(hysteresis(heights[:, hand] > KICK_HEIGHT, heights[:, hand] > KICK_REST))
    )


def strikes(joints: np.ndarray) -> list[Event]:
    """When either fist shoots away from the body at the height of the trunk."""
    offset = joints[:, _WRISTS].astype(np.float64) - joints[:, [_PELVIS]]  # (F, 2, 3)
    found = []
    for hand, side in enumerate(SIDES):
        away = smoothed(np.hypot(offset[:, hand, 0], offset[:, hand, 2]), 1.0)
        rate = np.gradient(away) * FPS
        for start, end in spans(hysteresis(rate > PUNCH_SPEED, rate > PUNCH_END)):
            first, last = max(start - 1, 0), min(end, len(away) - 1)
            high = offset[first : last + 1, hand, 1].max() > PUNCH_HEIGHT
            if high and away[last] - away[first] > PUNCH_GAIN and away[last] > PUNCH_REACH:
                found.append(Event(start, end, side))
    return sorted(found)


def squats(joints: np.ndarray) -> list[Event]:
    """When the pelvis of somebody who stands goes down and comes up again within the clip."""
    height = smoothed(joints[:, [_PELVIS], 1].astype(np.float64), 1.0)[:, 0]
    standing = float(np.quantile(height, 0.95))
    return _between_ends(hysteresis(height < SQUAT_DEEP * standing, height < SQUAT_UP * standing))


def push_ups(joints: np.ndarray) -> list[Event]:
    """When the chest of somebody on hands and feet goes down and comes up again within the clip."""
    height = smoothed(joints[:, [_CHEST], 1].astype(np.float64), 1.0)[:, 0]
    prone = joints[:, _PELVIS, 1] < PRONE
    if prone.mean() < 0.5:
        return []
    low, high = np.quantile(height[prone], (0.05, 0.95))
    if high - low < PRESS_LEAST:
        return []
    down, up = (low + part * (high - low) for part in (PRESS_DOWN, PRESS_UP))
    return _between_ends(hysteresis(height < down, height < up))


def _between_ends(going_on: np.ndarray) -> list[Event]:
    """The stretches of (F,) bool that neither end of the clip cuts off."""
    return [Event(start, end, "") for start, end in spans(going_on) if start and end < len(going_on)]


def footsteps(joints: np.ndarray) -> list[Event]:
    """When a foot is on its way to another place than where it stood."""
    found = []
    for toe, ankle, side in zip(_TOES, _ANKLES, SIDES, strict=True):
        foot = smoothed(joints[:, [toe, ankle]].astype(np.float64).mean(axis=1), 1.0)
        speed = np.linalg.norm(np.gradient(foot, axis=0), axis=1) * FPS
        resting = [span for span in spans(hysteresis(speed < STEP_STILL, speed < STEP_SLOW)) if span[1] - span[0] >= 3]
        places = [foot[start:end].mean(axis=0) for start, end in resting]
        for (a, b), (before, after) in zip(pairwise(places), pairwise(resting), strict=True):
            if float(np.linalg.norm((b - a)[[0, 2]])) > STEP_LENGTH:
                found.append(Event(before[1], after[0], side))
    return sorted(found)


def hands_overhead(joints: np.ndarray) -> bool:
    """Whether both wrists are once above the head for a fifth of a second."""
    above = (joints[:, _WRISTS, 1] > joints[:, [_HEAD], 1]).all(axis=1)
    return any(end - start >= OVERHEAD_FRAMES for start, end in spans(above))


def highest_hands(joints: np.ndarray) -> tuple[float, float]:
    """Metres above the pelvis to which the left and the right wrist come for an eighth of a second."""
    height = np.sort((joints[:, _WRISTS, 1] - joints[:, [_PELVIS], 1]).astype(np.float64), axis=0)
    left, right = height[-min(3, len(height))].tolist()
    return left, right


def wrist_speed(joints: np.ndarray) -> float:
    """The highest speed of either wrist in m/s as seen from the pelvis, over two frames."""
    wrists = joints[:, _WRISTS].astype(np.float64) - joints[:, [_PELVIS]]
    return float((np.linalg.norm(wrists[2:] - wrists[:-2], axis=-1) * FPS / 2).max())


def fastest_frame(joints: np.ndarray) -> float:
    """The highest speed of the pelvis over the ground in m/s, from one frame to the next."""
    steps = np.diff(joints[:, 0, [0, 2]].astype(np.float64), axis=0)
    return float(np.linalg.norm(steps, axis=1).max() * FPS)


def starts_in_the_air(joints: np.ndarray) -> bool:
    """Whether no joint is near the floor in the first quarter of a second."""
    return bool(joints[: SECOND // 4, :, 1].min(axis=1).min() > AIRBORNE)


def seat_height(joints: np.ndarray) -> float:
    """The height in metres of what the thighs rest on while the hips are lowest for half a second."""
    return held_low(joints[:, _HIPS, 1].mean(axis=1)) - SEAT_BELOW_HIPS


def lowest_pelvis(joints: np.ndarray) -> float:
    """The lowest height in metres at which the pelvis stays for half a second."""
    return held_low(joints[:, _PELVIS, 1])


def held_low(heights: np.ndarray) -> float:
    """The lowest level that a curve (F,) keeps below for half a second."""
    windows = np.lib.stride_tricks.sliding_window_view(heights.astype(np.float64), min(SECOND // 2, len(heights)))
    return float(windows.max(axis=1).min())


def rise(joints: np.ndarray) -> float:
    """Metres by which the pelvis is highest for half a second, above the mean of the first half second."""
    height = joints[:, _PELVIS, 1].astype(np.float64)
    return float(-held_low(-height) - height[: SECOND // 2].mean())


def rise_per_step(joints: np.ndarray) -> float:
    """Metres of ``rise`` for each step; 0 without a step."""
    return rise(joints) / max(len(footsteps(joints)), 1)


def straightness(joints: np.ndarray) -> float:
    """How far the pelvis ends from where it began over the path that it took; 1 is straight on."""
    track = ground_track(joints, 4.0)
    path = np.linalg.norm(np.diff(track, axis=0), axis=1).sum()
    return float(np.linalg.norm(track[-1] - track[0]) / max(path, 1e-6))


def pace_kept(joints: np.ndarray, seconds: int = 10) -> float:
    """Pace of the last ``seconds`` over that of the first; 1 is kept."""
    found = paces(joints)
    return float(found[-seconds:].mean() / max(found[:seconds].mean(), 1e-6))


def farthest(joints: np.ndarray) -> float:
    """The largest distance in metres of the pelvis, on the ground, from where it began."""
    track = ground_track(joints)
    return float(np.linalg.norm(track - track[0], axis=1).max())


def _above_standing(joints: np.ndarray) -> np.ndarray:
    """Height (F, 2) of either ankle above its lowest tenth."""
    heights = joints[:, _ANKLES, 1].astype(np.float64)
    return heights - np.quantile(heights, 0.1, axis=0)
