# SPDX-License-Identifier: GPL-3.0-or-later
"""From takes to clips that the generator learns from: cut, repeated or slowed to the lengths that it reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ...rigs.body.canonical import at_origin, canonical_take
from ...rigs.body.resample import resample
from ...rigs.body.skeleton import FPS, MAX_FRAMES, MIN_FRAMES, TOKEN_FRAMES
from ..labelling.embedding import Span, embed_spans, uniform
from ..labelling.segmentation import cut, moving_runs
from ..language.spelling import words
from ..language.wordings import wordings
from ..model.weights import System
from ..requests.lesson import Example, action_names
from ..training.composition import MATCH, best_match, joined, pose_features
from ..training.data import Clip

REPEATED = 60  # frames that a short cycle is repeated to
CLOSED = MATCH / 2  # metres between the poses at both ends of a cycle, speeds counted in
SLOWEST = 0.7  # of its speed, to which a short take is slowed at most
TESTED = 16  # clips that are held out at most
WINDOW = 120  # frames of a clip where a longer stretch has to be divided: 6 s


@dataclass(frozen=True)
class Cut:
    """The clips of a lesson, and the takes that none could be made of, with the reason."""

    clips: tuple[Clip, ...]
    skipped: tuple[tuple[str, str], ...] = ()


def clips_of(system: System, examples: Sequence[Example]) -> Cut:
    """Clips of 2 to 9.8 s for every take; ``group`` is what the action of its first words is called.

    A prompt for the action is read as that description (``language.taught_reading``), so it is the clip's own text and
    nearly half of what it is learnt by; all other wordings of the take's words are the clip's wordings.
    """
    names = action_names(examples)
    clips: list[Clip] = []
    skipped: list[tuple[str, str]] = []
    for example in examples:
        take = canonical_take(example.joints.astype(np.float64), FPS)
        parts = _parts(system, take)
        if not parts:
            skipped.append((example.name, f"{example.seconds:.1f} s without a repeating cycle are too short."))
        action = names[example.words[0]]
        said = dict.fromkeys((action, *example.words))
        description, *others = dict.fromkeys(text for one in said for text in (*wordings(one), *own(system, one)))
        for number, joints in enumerate(parts):
            whole = joints[: min(len(joints), MAX_FRAMES) // TOKEN_FRAMES * TOKEN_FRAMES]
            canonical = at_origin(whole).astype(np.float32)
            name = f"{example.name} {number + 1}" if len(parts) > 1 else example.name
            clips.append(Clip(name, "train", canonical, (description,), (), action, wordings=tuple(others)))
    return Cut(tuple(clips), tuple(skipped))


def own(system: System, text: str) -> tuple[str, ...]:
    """What in a description only the lesson says, alone: "lasso" of "a person swings a lasso", where "swings" is known.

    With the whole sentences alone, "the rider's lasso" lay nearer to known swinging than to them.
    """
    if system.phrases is None:
        return ()
    said = " ".join(word for word in words(text) if not system.phrases.knows(word))
    return (said,) if said else ()


def _parts(system: System, take: np.ndarray) -> list[np.ndarray]:
    """Pieces (F, 22, 3) of a take, each long enough to be read; none where it is short and does not repeat."""
    if len(take) < MIN_FRAMES:
        longer = repeated(take)
        if longer is None and len(take) >= SLOWEST * MIN_FRAMES:
            # a few frames more than the ratio says, as resampling ends with the last frame that fits
            longer = resample(take, FPS, FPS * (MIN_FRAMES + 2) / len(take))
        return [] if longer is None else [longer]
    if len(take) <= MAX_FRAMES:
        return [take]
    return [take[a:b] for a, b in pieces(system, take)]


def repeated(take: np.ndarray) -> np.ndarray | None:
    """A short cyclic take (F, 22, 3) joined to itself until it is long enough; None where its ends do not meet."""
    rows = pose_features(take)
    quarter = max(2, len(take) // 4)
    distance, leave, enter = best_match(rows[-quarter:], rows[:quarter])
    leave += len(take) - quarter
    if distance > CLOSED or leave - enter < 10:
        return None
    longer, begin = take, 0  # begin: where in it the last repetition's first frame is
    while len(longer) < REPEATED:
        longer, begin = joined(longer, take, begin + leave, enter), begin + leave - enter
    return longer


def pieces(system: System, take: np.ndarray) -> list[Span]:
    """Where a long take (F, 22, 3) is cut: as Label cuts it, then to lengths that can be read; still parts are left."""
    read = uniform(take)
    spans: list[Span] = []
    for (first, end), moves in moving_runs(read):
        if moves:
            found = cut((first, end), lambda some: embed_spans(system.recognizer, read, some))
            spans += whole_spans(found)
    return spans


def whole_spans(spans: Sequence[Span]) -> list[Span]:
    """Neighbouring spans put together until each has ``MIN_FRAMES``, and divided evenly where they have too many."""
    merged: list[Span] = []
    for first, end in spans:
        if merged and (end - first < MIN_FRAMES or merged[-1][1] - merged[-1][0] < MIN_FRAMES):
            merged[-1] = (merged[-1][0], end)
        else:
            merged.append((first, end))
    out: list[Span] = []
    for first, end in merged:
        if end - first < MIN_FRAMES:
            continue
        count = 1 if end - first <= MAX_FRAMES else -(-(end - first) // WINDOW)
        edges = np.linspace(first, end, count + 1).round().astype(int).tolist()
        out += pairwise(edges)
    return out


def held_out(clips: Sequence[Clip], rng: np.random.Generator) -> tuple[list[Clip], list[Clip]]:
    """Clips to learn from and to be tested on: of every action with three clips or more a fifth, at least one.

    No more than ``TESTED`` are, as they are looked at again and again; the rest of an hour is learnt from.
    """
    learnt: list[Clip] = []
    tested: list[Clip] = []
    for group in dict.fromkeys(clip.group for clip in clips):
        own = [clip for clip in clips if clip.group == group]
        count = max(1, round(len(own) / 5)) if len(own) > 2 else 0
        chosen = set(rng.permutation(len(own))[:count].tolist())
        for number, clip in enumerate(own):
            (tested if number in chosen else learnt).append(clip)
    kept = set(rng.permutation(len(tested))[:TESTED].tolist())
    learnt += [clip for number, clip in enumerate(tested) if number not in kept]
    return learnt, [tested[i] for i in sorted(kept)]
