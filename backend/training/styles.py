# SPDX-License-Identifier: GPL-3.0-or-later
"""Ways of moving that people ask for and the recordings hardly have, made from recorded clips.

Sneaking, marching and limping are recorded walks with other legs, trunk and timing; jogging in place is a recorded run
without its way; sitting down and standing up are the moment itself, cut out, and the other one played backwards;
raised arms and throws are laid over people who stand or walk, as waves are (``gestures``). Feet stay where the
recording planted them and every bone keeps its length, so what the generator learns still moves like a person.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ...rigs.bones import fix_bone_lengths
from ...rigs.canonical import at_origin
from ...rigs.contacts import find_contacts, find_stance, spans, speed
from ...rigs.ik import two_bones
from ...rigs.limbs import blur
from ...rigs.resample import sampled
from ...rigs.rotations import normalised
from ...rigs.skeleton import FPS, INDEX, MAX_FRAMES, MIN_FRAMES, TOKEN_FRAMES
from .data import Clip
from .gestures import aimed

SIDES = ("left", "right")
_LEGS = {INDEX[f"{side}_{part}"] for side in SIDES for part in ("hip", "knee", "ankle", "foot")}
UPPER = [j for j in range(len(INDEX)) if j not in _LEGS and j != INDEX["pelvis"]]
EACH = 64  # clips of one style
AGAIN = 3  # times that a recording serves for a style at most, where there are fewer
FASTEST = 13.0  # m/s of a joint; a throwing hand has 12, and beyond it a leg has jumped to its other side
PATH_DEGREE = 5  # of the polynomial that is a runner's way; what is left is the sway of each step


def left_axis(joints: np.ndarray) -> np.ndarray:
    """Level unit vectors (F, 3) from the right hip to the left one."""
    across = joints[:, INDEX["left_hip"]] - joints[:, INDEX["right_hip"]]
    return normalised(across * np.array([1.0, 0.0, 1.0]))


def standing_on(joints: np.ndarray, ankles: np.ndarray) -> np.ndarray:
    """The figure (F, 22, 3) with its ankles at (F, 2, 3), left and right; knees bend forward.

    Feet keep their direction. An ankle that the leg does not reach is approached.
    """
    out = joints.copy()
    hinge = left_axis(joints)
    for side, goal in zip(SIDES, np.moveaxis(ankles, 1, 0), strict=True):
        hip, knee, ankle, foot = (INDEX[f"{side}_{part}"] for part in ("hip", "knee", "ankle", "foot"))
        upper, lower = joints[:, knee] - joints[:, hip], joints[:, ankle] - joints[:, knee]
        first, second = two_bones(upper, lower, goal - out[:, hip], hinge, steady=1.0)
        out[:, knee] = out[:, hip] + first
        out[:, ankle] = out[:, knee] + second
        out[:, foot] = out[:, ankle] + joints[:, foot] - joints[:, ankle]
    return out


def leant(joints: np.ndarray, axis: np.ndarray, angle: np.ndarray) -> np.ndarray:
    """Everything above the pelvis turned about ``axis`` (F, 3) through the pelvis by ``angle`` (F,) radians."""
    pelvis = joints[:, :1]
    arm = joints[:, UPPER] - pelvis
    k, c, s = axis[:, None], np.cos(angle)[:, None, None], np.sin(angle)[:, None, None]
    out = joints.copy()
    # Rodrigues: v cos + (k x v) sin + k (k . v)(1 - cos)
    out[:, UPPER] = pelvis + arm * c + np.cross(k, arm) * s + k * (k * arm).sum(-1, keepdims=True) * (1 - c)
    return out


def lowered(joints: np.ndarray, drop: np.ndarray) -> np.ndarray:
    """The figure (F, 22, 3) with all but ankles and feet lower by ``drop`` (F,) metres; knees give way."""
    ankles = joints[:, [INDEX["left_ankle"], INDEX["right_ankle"]]]
    out = joints.copy()
    out[..., 1] -= drop[:, None]
    return standing_on(out, ankles)


def steps(joints: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For left and right foot (2, F): 1 while it is planted, else 0; and the height of a swing from 0 to 1 and back."""
    planted, bumps = np.zeros((2, len(joints))), np.zeros((2, len(joints)))
    for row, contacts in enumerate(find_contacts(joints, find_stance(joints))):
        for contact in contacts:
            planted[row, contact.start : contact.end] = 1.0
        for start, end in spans(planted[row] == 0.0):
            bumps[row, start:end] = np.sin(np.pi * (np.arange(end - start) + 0.5) / (end - start))
    return planted, bumps


def sneaking(joints: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Slow, low and bent forward, feet lifted with care, hands held up in front of the chest."""
    slow = sampled(joints, np.arange(0, len(joints) - 1, rng.uniform(0.55, 0.75))[:MAX_FRAMES])
    _, bumps = steps(slow)
    low = lowered(slow, np.full(len(slow), rng.uniform(0.09, 0.18)))
    bent = leant(low, left_axis(low), np.full(len(low), np.radians(rng.uniform(14.0, 32.0))))
    ankles = bent[:, [INDEX["left_ankle"], INDEX["right_ankle"]]].copy()
    ankles[..., 1] += rng.uniform(0.04, 0.1) * bumps.T
    out = standing_on(bent, ankles)
    share = np.full((len(out), 1), rng.uniform(0.6, 0.9))
    for side, outwards in zip(SIDES, (1.0, -1.0), strict=True):
        upper, fore = np.array([0.35 * outwards, -0.9, 0.3]), np.array([-0.15 * outwards, 0.35, 0.9])
        out = aimed(out, side, upper, fore, share)
    return out


def marching(joints: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Thighs lifted high at every step, straight arms that swing wide."""
    _, bumps = steps(joints)
    ahead = np.cross(left_axis(joints), (0.0, 1.0, 0.0))
    lift = rng.uniform(0.2, 0.34) * bumps.T
    ankles = joints[:, [INDEX["left_ankle"], INDEX["right_ankle"]]].copy()
    ankles[..., 1] += lift
    ankles += 0.3 * lift[..., None] * ahead[:, None]
    out = standing_on(joints, ankles)
    wide = rng.uniform(1.2, 1.8)
    for side in SIDES:
        shoulder, elbow = INDEX[f"{side}_shoulder"], INDEX[f"{side}_elbow"]
        upper = normalised(out[:, elbow] - out[:, shoulder])
        upper = normalised(upper + (wide - 1.0) * (upper * ahead).sum(-1, keepdims=True) * ahead)
        out[:, elbow] = out[:, shoulder] + upper
        out[:, INDEX[f"{side}_wrist"]] = out[:, elbow] + upper
    return fix_bone_lengths(out)


def limping(joints: np.ndarray, rng: np.random.Generator, side: str) -> np.ndarray:
    """The bad leg carries shortly, stays stiff in the swing, and the body drops and leans over it."""
    bad = SIDES.index(side)
    planted, _ = steps(joints)
    alone = blur((planted[bad] * (1.0 - planted[1 - bad]))[:, None], 2.0)[:, 0]
    rate = 0.75 + rng.uniform(0.7, 1.1) * alone
    # the rate belongs to the place in the recording, so the places are walked through frame by frame
    places: list[float] = []
    place = 0.0
    while place <= len(joints) - 1 and len(places) < MAX_FRAMES:
        places.append(place)
        place += float(np.interp(place, np.arange(len(joints)), rate))
    at = np.array(places)
    timed = sampled(joints, at)
    carries = np.interp(at, np.arange(len(joints)), alone)
    ankles = timed[:, [INDEX["left_ankle"], INDEX["right_ankle"]]].copy()
    ground = find_stance(timed).ankle
    ankles[:, bad, 1] = ground + (ankles[:, bad, 1] - ground) * rng.uniform(0.35, 0.6)
    low = lowered(standing_on(timed, ankles), rng.uniform(0.03, 0.07) * carries)
    ahead = np.cross(left_axis(low), (0.0, 1.0, 0.0))
    towards = 1.0 if side == "right" else -1.0  # about the way ahead a positive turn leans to the right
    bent = leant(low, ahead, towards * np.radians(rng.uniform(5.0, 11.0)) * carries)
    return leant(bent, left_axis(bent), np.radians(rng.uniform(3.0, 10.0)) * (0.5 + carries))


def in_place(joints: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A straight run or walk without its way: feet come down where they left, knees keep their lift."""
    time = np.linspace(-1.0, 1.0, len(joints))
    way = np.zeros((len(joints), 1, 3))
    for axis in (0, 2):
        way[:, 0, axis] = np.polyval(np.polyfit(time, joints[:, 0, axis], PATH_DEGREE), time)
    spot = joints - way
    ahead = np.cross(left_axis(spot), (0.0, 1.0, 0.0))[:, None]
    ankles = spot[:, [INDEX["left_ankle"], INDEX["right_ankle"]]]
    forth = ((ankles - spot[:, :1]) * ahead).sum(-1, keepdims=True)
    return standing_on(spot, ankles - (1.0 - rng.uniform(0.1, 0.25)) * forth * ahead)


def around_seat(joints: np.ndarray) -> tuple[int, int, bool] | None:
    """Frames of the one largest change between sitting and standing, a second around it, and whether it goes down."""
    height = blur(joints[:, 0, 1][:, None], 3.0)[:, 0]
    second = int(FPS)
    change = height[second:] - height[:-second]
    if not len(change) or abs(change).max() < 0.08:
        return None
    middle = int(abs(change).argmax()) + second // 2
    start, end = max(0, middle - 2 * second + 6), min(len(joints), middle + 2 * second - 6)
    return (start, end, bool(change[middle - second // 2] < 0)) if end - start >= MIN_FRAMES else None


def raised(joints: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Both arms go up above the head and stay there; in half of the cases they come down again."""
    seconds = np.arange(len(joints)) / FPS
    start, rise = rng.uniform(0.1, 0.8), rng.uniform(0.6, 1.1)
    share = np.clip((seconds - start) / rise, 0.0, 1.0)
    if rng.random() < 0.5:
        share = np.minimum(share, np.clip((seconds[-1] - 0.2 - seconds) / rise, 0.0, 1.0))
    share = (share * share * (3 - 2 * share))[:, None]
    out = joints
    for side, outwards in zip(SIDES, (1.0, -1.0), strict=True):
        over = np.array([rng.uniform(0.1, 0.35) * outwards, 1.0, rng.uniform(0.0, 0.2)])
        # on the way an arm passes the side, so that it does not go through the chest
        way = np.array([outwards, 0.1, 0.15])
        upper = (1.0 - share) * way + share * over
        out = aimed(out, side, upper, upper + np.array([-0.1 * outwards, 0.1, 0.0]), np.minimum(1.0, 2.0 * share))
    return out


# Moments of a throw: seconds, share of the arm, upper arm and forearm in the chest (out, up, forward), turn of the
# trunk towards the throwing side in degrees.
_THROW = (
    (0.0, 0.0, (0.6, -0.6, 0.2), (0.1, 0.2, 0.9), 0.0),
    (0.5, 1.0, (0.9, 0.25, -0.55), (0.3, 0.9, -0.3), 28.0),
    (0.65, 1.0, (0.9, 0.35, 0.0), (0.2, 0.9, -0.5), 10.0),
    (0.8, 1.0, (0.4, 0.45, 0.8), (0.05, 0.4, 0.9), -18.0),
    (1.05, 1.0, (-0.1, -0.3, 0.9), (-0.3, -0.6, 0.7), -26.0),
    (1.7, 0.0, (0.2, -0.9, 0.3), (0.0, -0.8, 0.6), 0.0),
)


def throwing(joints: np.ndarray, rng: np.random.Generator, side: str) -> np.ndarray:
    """One arm goes back, comes over the shoulder and follows through, with the trunk behind it."""
    pace, begin = rng.uniform(0.85, 1.25), rng.uniform(0.1, 0.3) * len(joints) / FPS
    seconds = (np.arange(len(joints)) / FPS - begin) * pace
    times = [moment[0] for moment in _THROW]
    rows = np.array([[share, *upper, *fore, turn] for _, share, upper, fore, turn in _THROW])
    at = np.interp(seconds, times, np.arange(len(times)))
    share, upper, fore, turn = np.split(sampled(rows, at), [1, 4, 7], axis=1)
    out_wards = 1.0 if side == "left" else -1.0
    sides = np.array([out_wards, 1.0, 1.0])
    up = np.tile([0.0, 1.0, 0.0], (len(joints), 1))
    twisted = leant(joints, up, out_wards * np.radians(turn[:, 0]))
    return aimed(twisted, side, upper * sides, fore * sides, np.clip(share, 0.0, 1.0))


@dataclass(frozen=True)
class Style:
    """What a style is made from, how, and its words; ``{side}`` in them is the side it is made for."""

    label: str
    source: Callable[[Clip], bool]
    make: Callable[[np.ndarray, np.random.Generator, str], np.ndarray]
    texts: tuple[str, ...]


def _walks(clip: Clip) -> bool:
    """A recorded walk with nothing else in it."""
    return clip.group == "walk" and not {"backwards walk", "side step", "run", "jump", "stop"} & set(clip.labels)


def straight(joints: np.ndarray) -> bool:
    """True where a figure goes ahead all the time, without turning."""
    ground = joints[:, 0, [0, 2]]
    net, path = ground[-1] - ground[0], np.linalg.norm(np.diff(ground, axis=0), axis=1).sum()
    return bool(path > 1.0 and np.linalg.norm(net) > 0.9 * path and net[1] > 0.8 * np.linalg.norm(net))


def _stands(clip: Clip) -> bool:
    return clip.group == "stand and idle"


STYLES = (
    Style("sneak", _walks, lambda j, rng, _: sneaking(j, rng), (
        "a person sneaks forward", "someone sneaks along carefully", "a person creeps ahead, bent low",
        "sneaking forward on quiet feet", "a person sneaks forward carefully", "a thief tiptoes along, crouching",
        "a person prowls slowly, staying low", "someone walks stealthily in a crouch")),
    Style("march", _walks, lambda j, rng, _: marching(j, rng), (
        "a person marches", "someone marches like a soldier", "a soldier marches forward", "marching with high knees",
        "a person marches ahead, swinging straight arms", "a military march with lifted knees",
        "a person walks in military style", "someone walks lifting the knees high at every step")),
    Style("limp", _walks, limping, (
        "a person limps", "someone limps forward", "a person limps on the {side} leg", "limping along with a bad leg",
        "a person walks with an injured {side} leg", "someone hobbles ahead", "an injured person limps along",
        "a person walks with a limp")),
    Style("jog in place", lambda clip: clip.group == "run" and straight(clip.joints),
          lambda j, rng, _: in_place(j, rng), (
        "a person jogs in place", "someone runs in place", "running on the spot", "a person jogs on the spot",
        "jogging in place", "a person runs on the spot without moving ahead")),
    Style("walk in place", lambda clip: _walks(clip) and straight(clip.joints), lambda j, rng, _: in_place(j, rng), (
        "a person walks in place", "someone walks on the spot", "walking in place", "a person steps in place")),
    Style("march in place", lambda clip: _walks(clip) and straight(clip.joints),
          lambda j, rng, _: marching(in_place(j, rng), rng), (
        "a person marches in place", "someone marches on the spot", "marching on the spot with high knees")),
    Style("arms raise", _stands, lambda j, rng, _: raised(j, rng), (
        "a person raises both arms above the head", "someone stretches both arms up", "raising the arms overhead",
        "a person stretches both arms above the head", "a person lifts both arms over the head")),
    Style("walk and raise the arms", _walks, lambda j, rng, _: raised(j, rng), (
        "a person walks and raises both arms", "someone walks with the arms up", "walking, both arms above the head")),
    Style("throw", _stands, throwing, (
        "a person throws a ball", "a person throws something with the {side} hand", "someone throws a ball",
        "a person throws a ball with the {side} arm", "throwing a ball overarm", "a person pitches a ball")),
)  # fmt: skip
SITS = ("a person sits down", "a person sits down on a chair", "someone takes a seat", "sitting down",
        "a person lowers onto a seat", "a person who stands sits down on a chair")  # fmt: skip
RISES = ("a person stands up", "a person stands up from a seat", "someone rises from a chair", "getting up from a seat",
         "a person gets up from a chair", "a seated person stands up")  # fmt: skip


def _clip(clip: Clip, joints: np.ndarray, mark: str, label: str, texts: Sequence[str]) -> Clip | None:
    """A made clip in the form of the recorded ones: whole tokens, at the origin; None where it is no clip."""
    frames = min(len(joints), MAX_FRAMES) // TOKEN_FRAMES * TOKEN_FRAMES
    if frames < MIN_FRAMES or speed(joints, FPS).max() > FASTEST:
        return None
    made = at_origin(fix_bone_lengths(joints[:frames])).astype(np.float32)
    return replace(clip, id=f"{mark}{clip.id}", joints=made, texts=tuple(texts), labels=(label,))


def styled(clip: Clip, style: Style, rng: np.random.Generator) -> Clip | None:
    """A clip in a style, with its words; None where that makes no clip."""
    side = str(rng.choice(SIDES))
    joints = style.make(clip.joints.astype(np.float64), rng, side)
    texts = [text.format(side=side) for text in style.texts]
    return _clip(clip, joints, f"S{style.label.replace(' ', '_')}_", style.label, texts)


def seated(clip: Clip) -> list[Clip]:
    """The moment of sitting down or standing up, and the other one, played backwards."""
    found = around_seat(clip.joints) if clip.group == "sit and stand" else None
    if found is None:
        return []
    start, end, down = found
    part = clip.joints[start:end].astype(np.float64)
    ways = ((part, down), (part[::-1], not down))
    made = [_clip(clip, joints, f"S{k}_", "sit" if sits else "stand up", SITS if sits else RISES)
            for k, (joints, sits) in enumerate(ways)]  # fmt: skip
    return [item for item in made if item is not None]


def styled_texts() -> list[str]:
    """Every sentence of every style."""
    texts = [text.format(side=side) for style in STYLES for text in style.texts for side in SIDES]
    return list(dict.fromkeys((*texts, *SITS, *RISES)))


def styled_clips(clips: Sequence[Clip], seed: int) -> list[Clip]:
    """Up to ``EACH`` clips of every style, less those that fail, and all sittings and risings, mirrored too."""
    rng = np.random.default_rng(seed)
    made: list[Clip | None] = []
    for style in STYLES:
        sources = [clip for clip in clips if style.source(clip)]
        if sources:
            count = min(EACH, AGAIN * len(sources))
            chosen = rng.choice(len(sources), count, replace=len(sources) < EACH)
            made += [styled(sources[int(i)], style, rng) for i in chosen]
    return [clip for clip in made if clip is not None] + [part for clip in clips for part in seated(clip)]
