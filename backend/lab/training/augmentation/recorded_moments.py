# SPDX-License-Identifier: GPL-3.0-or-later
"""Single turns, steps, punches, kicks and jumps cut out of recordings, with sentences that say how many.

The recordings are full of turns by 45 degrees and of two steps between two rests, but their captions speak of the
whole scene. Between two moments of rest the joints tell what happened: an angle, a number of steps. Where a caption
speaks of punches, kicks or jumps, a stretch around one to four of them that keeps clear of the others is a clip too.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from .....rigs.body.canonical import at_origin, mirrored
from .....rigs.body.contacts import spans
from .....rigs.body.skeleton import FPS, INDEX, MAX_FRAMES, MIN_FRAMES, TOKEN_FRAMES
from .....rigs.body.smoothing import smoothed
from ....language.quantities import NUMBER_WORDS, TIMES
from ....motion.demands import headings, net_turn
from ....motion.joint_measures import Event, flights, foot_lifts, footsteps, moved_forward, moved_left, strikes
from ....training.composition import best_match, joined, pose_features
from ....training.data import Clip, RecordedTake

_FEET = [INDEX[f"{side}_{part}"] for side in ("left", "right") for part in ("ankle", "foot")]
STILL, STILL_TURN = 0.3, 20.0  # m/s of feet and pelvis, and degrees/s of the heading, below which a body rests
REST = 5  # frames of the shortest rest
MOVES = (8, 100)  # frames between two rests
MARGIN = 16  # frames of rest kept on either side where there are so many
UPRIGHT = 0.75  # metres of the pelvis; lower ones sit, crouch or kneel
LEANS = 0.93  # cosine of the angle by which the trunk may lean
ARMS_IN = 0.6  # metres, on the ground, from the pelvis to a wrist
EXTENDED = 0.68  # metres from hip to ankle once in a kick; else a knee is lifted
IN_PLACE = 0.7  # metres that a turn on the spot may go
NEAR = 12.0  # degrees by which a turn may miss the multiple of 45 that it is called by
STRAIGHT, LEAST_WAY = 20.0, 0.2  # degrees that steps may turn by, and metres that they go at least
MOST_ALIKE = 120  # clips of one angle or number; more would make them the only turns that are seen
CLEAR = 8  # frames between an action that is counted and the next one, which is not
ANGLE_NAMES = {45: "an eighth of a turn", 90: "a quarter turn", 180: "a half turn", 360: "a full turn"}


@dataclass(frozen=True)
class Strike:
    """An action that captions name and joints can count: its verb, the captions that speak of it, what finds it."""

    verb: str
    named: re.Pattern[str]
    find: Callable[[np.ndarray], list[Event]]
    limb: str  # what it is done with, one of two; "" where it is both

    @property
    def third(self) -> str:
        """Third person."""
        return f"{self.verb}es" if self.verb.endswith("ch") else f"{self.verb}s"


_UNCLEAR = re.compile(r"\b(?:rope|jack|dance\w*|dancer|climb\w*|swing\w*|run\w*|flip|cartwheel|hop\w*)\b")


def rests(joints: np.ndarray) -> list[tuple[int, int]]:
    """The spans of frames in which the feet, the pelvis and the heading of joints (F, 22, 3) rest."""
    calm = smoothed(joints[:, [*_FEET, 0]].reshape(len(joints), -1).astype(np.float64), 2.0)
    speed = np.linalg.norm(np.gradient(calm, axis=0).reshape(len(joints), -1, 3), axis=-1) * FPS
    turning = np.abs(np.gradient(smoothed(headings(joints)[:, None], 2.0)[:, 0])) * FPS
    quiet = (speed < STILL).all(axis=1) & (turning < STILL_TURN)
    return [(start, end) for start, end in spans(quiet) if end - start >= REST]


def moments(joints: np.ndarray) -> Iterator[np.ndarray]:
    """What lies between two rests of an upright body, with up to 0.8 s of rest on either side, as clips."""
    found = rests(joints)
    for (_, leaves), (arrives, _) in pairwise(found):
        if not MOVES[0] <= arrives - leaves <= MOVES[1]:
            continue
        first = max(leaves - MARGIN, 0)
        frames = max(MIN_FRAMES, min(arrives + MARGIN, len(joints)) - first) // TOKEN_FRAMES * TOKEN_FRAMES
        piece = joints[first : first + frames]
        if len(piece) == frames and piece[:, 0, 1].min() >= UPRIGHT and plain(piece):
            yield at_origin(piece.astype(np.float64)).astype(np.float32)


def plain(joints: np.ndarray) -> bool:
    """Whether joints (F, 22, 3) keep the trunk upright and the arms down, as exercises and dances do not."""
    trunk = joints[:, INDEX["neck"]] - joints[:, INDEX["pelvis"]]
    upright = trunk[:, 1] > LEANS * np.linalg.norm(trunk, axis=-1)
    low = [joints[:, INDEX[f"{side}_wrist"], 1] < joints[:, INDEX[f"{side}_shoulder"], 1] for side in ("left", "right")]
    wide = [
        np.linalg.norm((joints[:, INDEX[f"{side}_wrist"]] - joints[:, INDEX["pelvis"]])[:, [0, 2]], axis=-1) < ARMS_IN
        for side in ("left", "right")
    ]
    return bool(upright.all() and np.all(low) and np.all(wide))


def extended_kicks(joints: np.ndarray) -> list[Event]:
    """The lifts of a foot in joints (F, 22, 3) in which the leg is once stretched."""

    def reach(event: Event) -> float:
        hip, ankle = (joints[event.start : event.end, INDEX[f"{event.side}_{part}"]] for part in ("hip", "ankle"))
        return float(np.linalg.norm(ankle - hip, axis=-1).max())

    return [event for event in foot_lifts(joints) if reach(event) > EXTENDED]


STRIKES = (
    Strike("punch", re.compile(r"\b(?:punch|jab|box|hook|uppercut|straight right)"), strikes, "fist"),
    Strike("kick", re.compile(r"\bkick"), extended_kicks, "foot"),
    Strike("jump", re.compile(r"\b(?:jump|leap)s?\b(?!ing jack)"), flights, ""),
)


def turn_texts(angle: int, side: str) -> tuple[str, ...]:
    """Sentences for a turn on the spot by a multiple of 45 degrees."""
    texts = [
        f"a person turns {angle} degrees to the {side}",
        f"turn in place, {angle} {side}",
        f"{angle} {side} on the spot",
        f"someone rotates {angle} degrees to the {side} on the spot",
        f"the character pivots {angle} degrees {side}",
    ]
    if angle in ANGLE_NAMES:
        texts += [f"a person makes {ANGLE_NAMES[angle]} to the {side}", f"{ANGLE_NAMES[angle]} to the {side}"]
    if angle == 180:
        texts.append(f"turns around over the {side} shoulder")
    elif angle == 360:
        texts += [f"turns all the way around to the {side}", f"full 360 spin in place to the {side}"]
    return tuple(texts)


def step_texts(number: int, direction: str) -> tuple[str, ...]:
    """Sentences for steps that go one way."""
    many = "step" if number == 1 else "steps"
    return (
        f"a person takes {NUMBER_WORDS[number]} {many} {direction}",
        f"someone makes {number} {many} {direction}",
        f"steps {direction} {TIMES[number]} and stops",
        f"{NUMBER_WORDS[number]} {many} {direction}",
        f"the character takes {'a' if number == 1 else NUMBER_WORDS[number]} {many} {direction}",
    )


def strike_texts(strike: Strike, events: Sequence[Event]) -> tuple[str, ...]:
    """Sentences for an action that is done so many times, with the limb where it is always the same one."""
    number, sides = len(events), {event.side for event in events}
    limb = f" with the {next(iter(sides))} {strike.limb}" if strike.limb and len(sides) == 1 else ""
    noun = strike.verb if number == 1 else strike.third
    texts = [
        f"a person {strike.third} {TIMES[number]}{limb}",
        f"someone {strike.third} {TIMES[number]}{limb}",
        f"{strike.verb} {TIMES[number]}{limb}",
        f"{NUMBER_WORDS[number]} {noun}{limb}",
        f"the character {strike.third} {TIMES[number]}{limb}",
    ]
    if limb:
        texts.append(f"{next(iter(sides))} {noun}")
    if number == 1:
        texts += [f"a single {strike.verb}{limb}", f"a person {strike.third}{limb}"]
    return tuple(texts)


def moving_clips(takes: Sequence[RecordedTake], seed: int) -> list[Clip]:
    """Turns on the spot and one to four steps, out of whole takes, and their mirror images.

    Of each kind there are no more than 120, in random order. Turns by 180 degrees or less are also done twice in a row,
    as the recordings hardly have a full turn.
    """
    counted: Counter[object] = Counter()
    made: list[Clip] = []
    for number in np.random.default_rng(seed).permutation(len(takes)):
        take = takes[int(number)]
        for place, joints in enumerate(moments(take.joints)):
            for side, version in (("", joints), ("M", mirrored(joints))):
                kept = _moment_clip(f"{side}T{take.id}_{place}", version, take, counted)
                made += [kept] if kept else []
    return made + twice(made, seed)


def twice(clips: Sequence[Clip], seed: int) -> list[Clip]:
    """Turns of 90, 135 and 180 degrees followed by another one of the same side and angle, where their poses match."""
    rng = np.random.default_rng(seed)
    turning = [(clip, angle) for clip in clips if 80 < (angle := abs(net_turn(clip.joints))) < 195]
    counted: Counter[object] = Counter()
    made = []
    for clip, angle in turning:
        same = [
            other
            for other, other_angle in turning
            if abs(other_angle - angle) < 2 * NEAR and net_turn(other.joints) * net_turn(clip.joints) > 0
        ]
        for number in rng.permutation(len(same))[:4]:
            kept = _moment_clip(
                f"D{number}{clip.id}", joined_rests(clip.joints, same[int(number)].joints), clip, counted
            )
            made += [kept] if kept else []
    return made


def joined_rests(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """``first`` (A, 22, 3) left in its last rest and ``second`` (B, 22, 3) entered in its first, where they match."""
    late, early = len(first) - MARGIN, MARGIN
    rows = pose_features(first.astype(np.float64))[late:-2], pose_features(second.astype(np.float64))[1:early]
    _, leave, enter = best_match(*rows)
    return joined(first.astype(np.float64), second.astype(np.float64), late + leave, 1 + enter)


def _moment_clip(name: str, joints: np.ndarray, of: RecordedTake | Clip, counted: Counter[object]) -> Clip | None:
    """The moment as a clip, unless it shows nothing that can be said or there are enough of its kind."""
    said = described(joints)
    if said is None or counted[said[0]] >= MOST_ALIKE:
        return None
    counted[said[0]] += 1
    joints = joints.astype(np.float32)
    return Clip(name, of.split, joints, said[1], (said[2],), "turn", mirrored=name[0] == "M", source=of.source)


def described(joints: np.ndarray) -> tuple[object, tuple[str, ...], str] | None:
    """Kind, sentences and label of a moment (F, 22, 3): a turn on the spot or steps one way; None for neither."""
    heading = headings(joints)
    turn = float(heading[-3:].mean() - heading[:3].mean())
    way = float(np.linalg.norm((joints[-1, 0] - joints[0, 0])[[0, 2]]))
    angle, side = 45 * round(abs(turn) / 45), "left" if turn > 0 else "right"
    if way < IN_PLACE and 45 <= angle <= 360 and abs(abs(turn) - angle) < NEAR:
        return (angle, side), turn_texts(angle, side), "turn"
    number = len(footsteps(joints))
    if abs(turn) < STRAIGHT and way > LEAST_WAY and number in TIMES:
        ahead, aside = moved_forward(joints), moved_left(joints)
        if abs(ahead) < 0.8 * way and abs(aside) < 0.8 * way:
            return None
        direction = ("forward" if ahead > 0 else "back") if abs(ahead) > abs(aside) else "to the "
        if direction == "to the ":
            direction += "left" if aside > 0 else "right"
        return (number, direction), step_texts(number, direction), "step"
    return None


def striking_clips(clips: Sequence[Clip]) -> list[Clip]:
    """Stretches of clips around one to four punches, kicks or jumps that their captions speak of."""
    made = []
    for strike in STRIKES:
        for clip in clips:
            said = " ".join(clip.texts)
            if strike.named.search(said) and not (strike.verb == "jump" and _UNCLEAR.search(said)):
                made += stretches(clip, strike)
    return made


def stretches(clip: Clip, strike: Strike) -> list[Clip]:
    """Parts of a clip around one to four of its actions, none of which is cut off; each passes its own count."""
    events, frames, made = strike.find(clip.joints), len(clip.joints), []
    for number in TIMES:
        for first in range(len(events) - number + 1):
            chosen = events[first : first + number]
            opens = max((event.end + CLEAR // 2 for event in events[:first]), default=0)
            closes = min((event.start - CLEAR // 2 for event in events[first + number :]), default=frames)
            start = max(opens, chosen[0].start - 2 * MARGIN)
            end = min(closes, max(event.end for event in chosen) + 2 * MARGIN, start + MAX_FRAMES)
            length = (end - start) // TOKEN_FRAMES * TOKEN_FRAMES
            if length < MIN_FRAMES or chosen[0].start - start < CLEAR // 2:
                continue
            joints = at_origin(clip.joints[start : start + length].astype(np.float64)).astype(np.float32)
            again = strike.find(joints)
            if [event.side for event in again] == [event.side for event in chosen]:
                name = f"K{strike.verb[0]}{number}_{first}{clip.id}"
                texts = strike_texts(strike, again)
                made.append(replace(clip, id=name, joints=joints, texts=texts, wordings=()))
    return made
