# SPDX-License-Identifier: GPL-3.0-or-later
"""Gestures and actions keyed by hand in the tables beside this file, from ``tables.gestures`` to ``tables.household``.

They are laid over people who stand. Each clip is a little different: the arm goes from where it was recorded to the
keyed directions and back, the trunk bends at hips and chest, the legs follow the pelvis with the feet where they stood.
What moves too fast or leaves the floor is not kept.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from .....rigs.body.bone_lengths import fix_bone_lengths
from .....rigs.body.skeleton import FPS, INDEX, MAX_FRAMES, MIN_FRAMES, TOKEN_FRAMES
from .....rigs.body.smoothing import blur, smoothstep
from .....rigs.solve.two_bone_ik import two_bones
from ....language.quantities import NUMBER_WORDS, TIMES
from ....motion.joint_measures import hand_work, wrist_speed
from ....training.data import Clip
from ..augmentation.gestures import aimed
from ..sentences.wordings import OTHER, Wording, read_bank, sided
from .gesture import GUARD, Gesture, Move
from .tables.actions import ACTIONS
from .tables.gestures import GESTURES
from .tables.household import HOUSEHOLD
from .tables.people import PEOPLE
from .tables.props import PROPS
from .tables.sports import SPORTS

ACTED = (*GESTURES, *ACTIONS, *PROPS, *SPORTS, *HOUSEHOLD, *PEOPLE)
EACH = 28  # clips of a gesture
MARGIN = (0.15, 0.7)  # seconds before and after the gesture
TEMPO = (0.85, 1.3)  # by which its seconds are multiplied
UNLIKE = 0.07  # deviation of each number of a direction, from clip to clip
CALM = 0.9  # metres that either wrist of the clip below may travel in three seconds
_ONE = re.compile(r"\bone(?= )")
_SIDE = re.compile(r"\b(left|right)\b")
FASTEST = 9.0  # m/s of a wrist
BACK = 0.16  # metres that the hips go back when the trunk bends by a right angle
SIDEWAYS = 0.09  # metres that the pelvis goes over the standing foot
FRONT, BEHIND, WIDER = 0.16, 0.14, 0.04  # metres by which the feet of a guard stand apart
_ABOVE_PELVIS = [INDEX[name] for name in ("spine1", "spine2", "spine3", "neck", "head")]
_DOWN = ((0.2, -1.0, 0.1), (0.0, -1.0, 0.2))  # an arm that nothing is keyed of
_ARMS = [INDEX[f"{side}_{part}"] for side in OTHER for part in ("collar", "shoulder", "elbow", "wrist")]
TRUNK = [*_ABOVE_PELVIS, *_ARMS]
_CHEST = [INDEX[name] for name in ("spine3", "neck", "head")] + _ARMS


@dataclass(frozen=True)
class GestureTrack:
    """A gesture over time: share (F,) of the keyed arm, its directions (F, 3), and the other numbers (F,) of a move."""

    share: np.ndarray
    upper: np.ndarray
    fore: np.ndarray
    other_share: np.ndarray  # of the other arm, where it is keyed by itself
    other_upper: np.ndarray
    other_fore: np.ndarray
    lean: np.ndarray
    nod: np.ndarray
    twist: np.ndarray
    lift: np.ndarray  # (F, 2)
    drop: np.ndarray
    shrug: np.ndarray
    front: str  # the foot that stands in front in a guard

    def first(self, frames: int) -> GestureTrack:
        """Its first frames."""
        return replace(self, **{name: value[:frames] for name, value in vars(self).items() if name != "front"})


def keyed(gesture: Gesture, times: int, seconds: float) -> list[Move]:
    """The moves in order: counted ones so often, a loop until so many seconds are filled."""
    moves = list(gesture.moves)
    if gesture.counted:
        first, last = gesture.counted
        return [*moves[:first], *moves[first:last] * times, *moves[last:]]
    if gesture.loop:
        first, last = gesture.loop
        while sum(move.seconds for move in moves) < seconds:
            moves += gesture.moves[first:last]
    return moves


def track(moves: Sequence[Move], start: float, tempo: float, returns: bool, rng: np.random.Generator) -> GestureTrack:
    """Keys joined by smooth steps, from the recorded pose; back to it at the end where it ``returns``."""
    off = rng.normal(0.0, UNLIKE, 12)
    armed = next((move for move in moves if move.upper is not None), None)
    both = next((move for move in moves if move.other is not None), None)

    def row(move: Move, share: float) -> np.ndarray:
        # an arm that is not keyed keeps a share of 0, so that its direction does not count
        source, second = move if move.upper is not None else armed, move if move.other is not None else both
        arm = (source.upper, source.fore) if source and source.upper and source.fore else _DOWN
        other = second.other if second and second.other else _DOWN
        keyed_arm = [share if move.upper is not None else 0.0, *(np.ravel(arm) + off[:6])]
        keyed_other = [share if move.other is not None else 0.0, *(np.ravel(other) + off[6:])]
        numbers = (move.lean, move.nod, move.twist, *(move.lift or (0.0, 0.0)), move.drop, move.shrug)
        return np.array([*keyed_arm, *keyed_other, *np.multiply(numbers, share)])

    rest = 0.5 + 0.35 * rng.random()
    rows, at = [row(moves[0], 0.0)], [start]
    for move in moves:
        rows.append(row(move, 1.0))
        at.append(at[-1] + move.seconds * tempo)
    if returns:
        rows.append(row(moves[-1], 0.0))
        at.append(at[-1] + rest)
    seconds = np.arange(round((at[-1] + rng.uniform(*MARGIN)) * FPS)) / FPS
    place = np.clip(np.searchsorted(at, seconds, side="right") - 1, 0, len(at) - 2)
    low, high = np.array(at)[place], np.array(at)[place + 1]
    share = smoothstep((seconds - low) / np.maximum(high - low, 1e-6))[:, None]
    values = blur((1 - share) * np.array(rows)[place] + share * np.array(rows)[place + 1], 0.6)
    return GestureTrack(
        values[:, 0], values[:, 1:4], values[:, 4:7], values[:, 7], values[:, 8:11], values[:, 11:14], values[:, 14],
        values[:, 15], values[:, 16], values[:, 17:19], values[:, 19], values[:, 20], str(rng.choice(list(OTHER))),
    )  # fmt: skip


def rotated(points: np.ndarray, pivot: np.ndarray, axis: np.ndarray, degrees: np.ndarray) -> np.ndarray:
    """Points (F, N, 3) turned about an axis (F, 3) through a pivot (F, 3) by angles (F,) (Rodrigues)."""
    angle = np.radians(degrees)[:, None, None]
    offset, k = points - pivot[:, None], axis[:, None]
    turned = offset * np.cos(angle) + np.cross(k, offset) * np.sin(angle)
    return turned + k * (k * offset).sum(-1, keepdims=True) * (1 - np.cos(angle)) + pivot[:, None]


def acted(joints: np.ndarray, gesture: Gesture, side: str, motion: GestureTrack, seated: bool = False) -> np.ndarray:
    """Joints (F, 22, 3) with a gesture of one side or both laid over them; who is ``seated`` keeps pelvis and legs."""
    result = joints.astype(np.float64)
    across = result[:, INDEX["left_hip"]] - result[:, INDEX["right_hip"]]
    left = across * np.array([1.0, 0.0, 1.0])
    left /= np.linalg.norm(left, axis=-1, keepdims=True)
    forward = np.cross(left, np.array([0.0, 1.0, 0.0]))
    outwards = 1.0 if side == "left" else -1.0
    upright = np.tile([0.0, 1.0, 0.0], (len(result), 1))
    # a positive turn about the body's left bends it forward; two thirds at the hips, the rest in the chest
    result[:, TRUNK] = rotated(result[:, TRUNK], result[:, 0], left, motion.lean * 2 / 3)
    result[:, _CHEST] = rotated(result[:, _CHEST], result[:, INDEX["spine2"]], left, motion.lean / 3)
    result[:, _CHEST] = rotated(result[:, _CHEST], result[:, INDEX["spine2"]], upright, -outwards * motion.twist)
    result[:, [INDEX["head"]]] = rotated(result[:, [INDEX["head"]]], result[:, INDEX["neck"]], left, motion.nod)
    for arm in OTHER:
        out = np.array([1.0 if arm == "left" else -1.0, 1.0, 1.0])
        share, upper, fore = arm_of(motion, gesture, arm == side)
        if arm == side or gesture.both or gesture.guard or share.any():
            for joint in ("shoulder", "elbow", "wrist"):
                result[:, INDEX[f"{arm}_{joint}"], 1] += motion.shrug
        if share.any():
            result = aimed(result, arm, upper * out, fore * out, share[:, None])
    if seated:  # on a chair the hips do not go back to hold the balance
        return fix_bone_lengths(result)
    return fix_bone_lengths(on_its_legs(result, joints, gesture, side, motion, left, forward))


def arm_of(motion: GestureTrack, gesture: Gesture, acting: bool) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Share (F,) and directions of the acting arm or of the other one, outwards, up, forward, (F, 3) or (3,)."""
    if acting or gesture.both:
        return motion.share, motion.upper, motion.fore
    if gesture.guard:
        return motion.share, np.array(GUARD[0]), np.array(GUARD[1])
    return motion.other_share, motion.other_upper, motion.other_fore


def on_its_legs(
    posed: np.ndarray,
    joints: np.ndarray,
    gesture: Gesture,
    side: str,
    motion: GestureTrack,
    left: np.ndarray,
    forward: np.ndarray,
) -> np.ndarray:
    """The body (F, 22, 3) over feet that stand where they stood, apart in a guard, one lifted where it is keyed."""
    outwards = 1.0 if side == "left" else -1.0
    lifted = smoothstep(motion.lift[:, :1] / 0.25)
    move = -BACK * np.sin(np.radians(motion.lean))[:, None] * forward - motion.drop[:, None] * np.array([0.0, 1.0, 0.0])
    move = move - outwards * SIDEWAYS * lifted * left
    feet = {leg: np.zeros_like(move) for leg in OTHER}
    if gesture.guard:
        for leg, out in (("left", 1.0), ("right", -1.0)):
            feet[leg] += (FRONT if leg == motion.front else -BEHIND) * forward + out * WIDER * left
    feet[side] += motion.lift[:, :1] * np.array([0.0, 1.0, 0.0]) + motion.lift[:, 1:] * forward
    return over_feet(posed + move[:, None], joints, feet, left)


def over_feet(posed: np.ndarray, joints: np.ndarray, moved: Mapping[str, np.ndarray], left: np.ndarray) -> np.ndarray:
    """The body ``posed`` (F, 22, 3) on the feet of ``joints``, each moved by (F, 3); knees bend about
    ``left`` (F, 3)."""
    result = posed.astype(np.float64)
    for leg, move in moved.items():
        hip, knee, ankle, toe = (INDEX[f"{leg}_{part}"] for part in ("hip", "knee", "ankle", "foot"))
        goal = joints[:, ankle] + move
        upper, _ = two_bones(
            joints[:, knee] - joints[:, hip], joints[:, ankle] - joints[:, knee], goal - result[:, hip], left
        )
        result[:, knee] = result[:, hip] + upper
        result[:, ankle], result[:, toe] = goal, joints[:, toe] + move
    return result


def calm_clips(clips: Sequence[Clip]) -> list[Clip]:
    """Clips of people who stand upright, on both feet, with quiet arms."""
    found = []
    for clip in clips:
        joints = clip.joints
        if clip.group != "stand and idle" or len(joints) < MIN_FRAMES or joints[:, 0, 1].min() < 0.85:
            continue
        travel = max(hand_work(joints)) * 60 / len(joints)
        spread = np.ptp(joints[:, [INDEX["left_ankle"], INDEX["right_ankle"]]], axis=0).max()
        wrists = joints[:, [INDEX["left_wrist"], INDEX["right_wrist"]], 1] - joints[:, :1, 1]
        if travel < CALM and spread < 0.15 and wrists.max() < 0.15:
            found.append(clip)
    return found


def said(gesture: Gesture, side: str, times: int) -> tuple[str, ...]:
    """Its sentences for a side and a number."""
    plural = times > 1
    texts = [
        text.format(
            side=side,
            other=OTHER[side],
            times=TIMES[times],
            number=NUMBER_WORDS[times],
            s="s" if plural else "",
            es="es" if plural else "",
        )
        for text in gesture.texts
    ]
    if times == 1 and gesture.counted:
        texts += [_ONE.sub("a", text.replace(" once", "")) for text in texts]
    return tuple(dict.fromkeys(texts))


def worded(bank: Mapping[str, Wording], keys: Sequence[str], side: str, says: str = "") -> tuple[str, ...]:
    """What entries of the bank say, with the acting side; sentences that name a side by themselves are left out."""
    texts = [text for key in keys for text in bank[key].texts if re.search(says, text) and not _SIDE.search(text)]
    return tuple(dict.fromkeys(sided(text, side) for text in texts))


def acted_clips(clips: Sequence[Clip], seed: int) -> list[Clip]:
    """About 28 clips of each gesture, less those that move too fast or are too short."""
    rng = np.random.default_rng(seed)
    calm, bank = calm_clips(clips), {entry.key: entry for entry in read_bank()}
    made: list[Clip] = []
    for number, gesture in enumerate(ACTED if calm else ()):
        for k in range(EACH):
            below, side = calm[int(rng.integers(len(calm)))], ("left", "right")[k % 2]
            times = 1 + k // 2 % 4 if gesture.counted else 1
            seconds = rng.uniform(1.5, 4.5)
            moves = keyed(gesture, times, seconds)
            returns = bool(rng.random() < (0.4 if gesture.loop else 0.8))
            motion = track(moves, rng.uniform(*MARGIN), rng.uniform(*TEMPO), returns, rng)
            frames = min(len(motion.share), len(below.joints), MAX_FRAMES) // TOKEN_FRAMES * TOKEN_FRAMES
            if frames < MIN_FRAMES or frames < len(motion.share) - round(MARGIN[1] * FPS):
                continue
            joints = acted(below.joints[:frames], gesture, side, motion.first(frames)).astype(np.float32)
            if wrist_speed(joints) < FASTEST and abs(float(joints[..., 1].min())) < 0.08:
                name = f"G{number}_{k}{below.id}"
                made.append(
                    replace(
                        below, id=name, joints=joints, texts=said(gesture, side, times),
                        labels=(gesture.label,), group="gesture and acting",
                        wordings=worded(bank, gesture.bank, side, gesture.says),
                    )
                )  # fmt: skip
    return made
