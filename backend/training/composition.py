# SPDX-License-Identifier: GPL-3.0-or-later
"""Two actions in one clip: recorded clips joined where their poses match, their sentences joined by "then".

The recordings seldom show two unlike actions in a row, and animators ask for them all the time. A clip is left at a
frame of its second half and the other is entered at a frame of its first half, at the pair of frames where pose and
speed agree best; the second is turned and moved onto the first and both are blended over half a second.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from ...rigs.body.bone_lengths import fix_bone_lengths
from ...rigs.body.canonical import at_origin, facing, turned
from ...rigs.body.skeleton import FPS, MAX_FRAMES, MIN_FRAMES, TOKEN_FRAMES
from ...rigs.body.smoothing import smoothstep
from ..language.wordings import without_subject
from .data import Clip

FREE = ("walk", "run", "stand and idle", "dance")  # groups that may be left and entered anywhere
BLEND, LONG_BLEND = 10, 24  # frames: half a second, and 1.2 s
LEAST = 24  # frames of either clip, enough to see what it is
MATCH = 0.11  # metres of mean distance between the poses, speeds over 0.1 s counted in; beyond it nothing is joined
ALIKE = 0.2  # share of the pairs of one group, such as a kick and then a punch
TRIES = 6  # partners looked at for one clip
JoinTexts = Callable[[str, str, np.random.Generator], str | None]
_PEOPLE = "person|man|woman|guy|girl|boy|lady|figure|dancer|character|hero|soldier|boxer|fighter|player|performer"
_WHO = re.compile(rf"^(?:(?:a|an|the|one) (?:{_PEOPLE})|someone|somebody|he|she)\s+", re.I)
_PRESENT = re.compile(r"^(?!(?:is|has|was)\b)[a-z]+s\b")  # walks, sits: a sentence can go on with it
_DOING = re.compile(r"^[a-z]+ing\b", re.I)
_JOINERS = (", then {b}", " and then {b}", ", and then {b}", " then {b}", ", after that {b}")
_WHILE = (", then {b}", " and then {b}", ", followed by {b}", " before {b}")


def pose_features(joints: np.ndarray) -> np.ndarray:
    """Poses (F, 22, 3) seen from their own ground point and heading, with 0.1 s of movement, as rows (F, 132)."""
    ground = joints[:, :1] * np.array([1.0, 0.0, 1.0], dtype=joints.dtype)
    angles = -facing(joints)
    c, s = np.cos(angles)[:, None], np.sin(angles)[:, None]
    move = np.gradient(joints, axis=0) * (0.1 * FPS)

    def own(points: np.ndarray) -> np.ndarray:
        x, y, z = np.moveaxis(points, -1, 0)
        return np.stack([x * c + z * s, y, z * c - x * s], axis=-1)

    return np.concatenate([own(joints - ground), own(move)], axis=1).reshape(len(joints), -1)


def best_match(first: np.ndarray, second: np.ndarray) -> tuple[float, int, int]:
    """Mean distance in metres of the best pair of rows (A, 132) and (B, 132), and their places."""
    squares = (first**2).sum(1)[:, None] + (second**2).sum(1) - 2 * first @ second.T
    a, b = np.unravel_index(int(squares.argmin()), squares.shape)
    return float(np.sqrt(max(squares[a, b], 0.0) / 44)), int(a), int(b)


def joined(first: np.ndarray, second: np.ndarray, leave: int, enter: int, blend: int = BLEND) -> np.ndarray:
    """``first`` (A, 22, 3) up to frame ``leave``, then ``second`` (B, 22, 3) from ``enter``; whole tokens.

    Both are blended over ``blend`` frames, fewer where either has not as many.
    """
    angle = float(facing(first[leave : leave + 1])[0] - facing(second[enter : enter + 1])[0])
    ground = np.array([1.0, 0.0, 1.0], dtype=first.dtype)
    moved = turned(second - second[enter, 0] * ground, angle) + first[leave, 0] * ground
    half = min(blend // 2, leave, enter, len(first) - leave - 1, len(second) - enter - 1)
    t = (np.arange(2 * half) + 0.5) / max(1, 2 * half)
    share = smoothstep(t)[:, None, None]
    mixed = (1 - share) * first[leave - half : leave + half] + share * moved[enter - half : enter + half]
    whole = np.concatenate([first[: leave - half], mixed, moved[enter + half :]])[:MAX_FRAMES]
    whole = fix_bone_lengths(whole[: len(whole) // TOKEN_FRAMES * TOKEN_FRAMES])
    return at_origin(whole).astype(np.float32)


def joined_text(first: str, second: str, rng: np.random.Generator) -> str | None:
    """One sentence out of two, or None where they do not fit: "a person walks" + "someone sits down"."""
    first, second = first.rstrip(". "), second.rstrip(". ")
    who = _WHO.match(second)
    if who is not None and _WHO.match(first):
        rest = second[who.end() :]
        return first + str(rng.choice(_JOINERS)).format(b=rest) if _PRESENT.match(rest) else None
    if _DOING.match(first) and _DOING.match(second):
        return first + str(rng.choice(_WHILE)).format(b=second[0].lower() + second[1:])
    return None


def chained_text(first: str, second: str, rng: np.random.Generator) -> str:
    """The first sentence as it is, then what is done in the second, whoever does it: "lasso, then walks forward"."""
    first, second = first.rstrip(". "), second.rstrip(". ")
    return first + str(rng.choice(_JOINERS)).format(b=without_subject(second))


def spoken(clip: Clip, captions: int = 3, wordings: int = 4) -> Clip:
    """The clip with some of its captions and those wordings that can be joined to others: whole sentences."""
    said = [text for text in clip.wordings if _WHO.match(text)]
    return replace(clip, texts=(*clip.texts[:captions], *said[:wordings]), wordings=())


def nearest_poses(first: np.ndarray, second: np.ndarray, leaving: range, entering: range) -> tuple[float, int, int]:
    """Distance in metres of the two most alike poses of (A, 22, 3) and (B, 22, 3) in those ranges, and their frames."""
    rows = pose_features(first)[leaving.start : leaving.stop], pose_features(second)[entering.start : entering.stop]
    distance, leave, enter = best_match(*rows)
    return distance, leaving.start + leave, entering.start + enter


def composed(
    first: Clip, second: Clip, rng: np.random.Generator, match: float = MATCH, join: JoinTexts = joined_text
) -> Clip | None:
    """The two clips as one, or None where no poses match, no sentences fit, or it would be too long.

    Poses that are farther apart than ``MATCH``, which a larger ``match`` (metres) allows, are blended for longer.
    """
    texts = [text for a in first.texts for b in second.texts if (text := join(a, b, rng))]
    free = (first.group in FREE, second.group in FREE)
    earliest = LEAST if free[0] else len(first.joints) * 2 // 3
    latest = len(second.joints) - LEAST if free[1] else len(second.joints) // 3
    leaving, entering = range(earliest, min(len(first.joints), MAX_FRAMES - LEAST)), range(max(1, latest))
    if not texts or not leaving or len(second.joints) < LEAST + BLEND:
        return None
    distance, leave, enter = nearest_poses(first.joints, second.joints, leaving, entering)
    blend = BLEND
    if distance > MATCH:  # only where the whole of the longer blend has room: cut short, the limbs would jump
        blend, half = LONG_BLEND, LONG_BLEND // 2
        leaving = range(max(half, leaving.start), min(len(first.joints) - half, leaving.stop))
        entering = range(half, min(len(second.joints) - half, entering.stop))
        if not leaving or not entering:
            return None
        distance, leave, enter = nearest_poses(first.joints, second.joints, leaving, entering)
    frames = leave + len(second.joints) - enter
    if distance > match or frames < MIN_FRAMES or frames > MAX_FRAMES + (FPS if free[1] else 0):
        return None
    return Clip(
        id=f"C{first.id}+{second.id}",
        split=first.split,
        joints=joined(first.joints, second.joints, leave, enter, blend),
        texts=tuple(rng.permutation(texts)[:4].tolist()),
        labels=tuple(dict.fromkeys((*first.labels, *second.labels))),
        group=first.group,
        mirrored=first.mirrored,
    )


def composed_clips(clips: Sequence[Clip], count: int, seed: int) -> list[Clip]:
    """Up to ``count`` composed clips; groups are drawn evenly, so that walks do not make up most of them."""
    rng = np.random.default_rng(seed)
    groups: dict[str, list[Clip]] = {}
    for clip in clips:
        groups.setdefault(clip.group, []).append(clip)
    names = sorted(groups)

    def draw(name: str) -> Clip:
        return groups[name][int(rng.integers(len(groups[name])))]

    made: list[Clip] = []
    for _ in range(4 * count):
        if len(made) == count:
            break
        # every second pair begins or ends with a walk or a stance, which is what people write
        first = draw("walk") if "walk" in groups and rng.random() < 0.35 else draw(str(rng.choice(names)))
        for _ in range(TRIES):
            second = draw(first.group if rng.random() < ALIKE else str(rng.choice(names)))
            pair = composed(first, second, rng) if second.split == first.split else None
            if pair is not None:
                made.append(pair)
                break
    return made
