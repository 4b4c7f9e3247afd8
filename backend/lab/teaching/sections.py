# SPDX-License-Identifier: GPL-3.0-or-later
"""The figures of ``coamd benchmark teach`` beside what they should reach, a section for each question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..report import Section, Verdict

if TYPE_CHECKING:
    from ...model.weights import System
    from ...training.data import Clip
    from .judge import Judge

PROCESSOR, MEMORY, FILE = 180.0, 2e9, 12e6  # one core busy for three minutes for each minute of takes; bytes
HITS, APART, SEEDS, SLOWER = 0.8, 1.3, 2.0, 1.1  # SEEDS: cm
WINDOW, HOP = 50, 10  # frames of a long motion that are named together, and from one such window to the next
WALKED = 0.7  # metres on the floor in a window in which somebody walks
BATCH = 32  # texts that compete for one motion in R-precision


@dataclass(frozen=True)
class Cost:
    """What a lesson took: processor seconds for so many seconds of takes, bytes of memory and of the file, and the
    processor time of a motion with it in parts of that with the bundled model."""

    processor: float
    takes: float
    memory: float
    file: float
    slower: float


@dataclass(frozen=True)
class TaughtMotions:
    """Motions (F, 22, 3) by family, one for each prompt."""

    first: Mapping[str, list[np.ndarray]]
    second: Mapping[str, list[np.ndarray]]  # of another seed
    untaught: Mapping[str, list[np.ndarray]]  # of the bundled model


def costs(cost: Cost) -> Section:
    """What teaching and using it takes."""
    spent = f"{cost.takes:.0f} s of takes taught: processor time"
    return Section(
        "Cost",
        [
            Verdict("processor", spent, cost.processor, "s", PROCESSOR * max(1.0, cost.takes / 60)),
            Verdict("memory", "memory at most", cost.memory / 1e9, "GB", MEMORY / 1e9),
            Verdict("file", "file", cost.file / 1e6, "MB", FILE / 1e6),
            Verdict("speed", "processor time of a motion, of that with the bundled model", cost.slower, "", SLOWER),
        ],
    )


def hits(judge: Judge, made: TaughtMotions, shown: Sequence[tuple[str, Sequence[np.ndarray]]]) -> Section:
    """How often the judge names the family that was asked for, and that of the ``shown`` takes themselves."""
    verdicts: list[Verdict] = []
    all_before: list[bool] = []
    all_after: list[bool] = []
    for family, motions in made.first.items():
        after = [judge.named(joints) == family for joints in motions]
        before = [judge.named(joints) == family for joints in made.untaught[family]]
        wrong = tuple(f"{family} {number + 1}" for number, hit in enumerate(after) if not hit)
        verdicts.append(Verdict(family, f"{family}: taught", float(np.mean(after)), "", clips=wrong))
        verdicts.append(Verdict(f"{family} before", f"{family}: bundled", float(np.mean(before)), ""))
        all_after += after
        all_before += before
    right = [judge.named(joints) == family for family, takes in shown for joints in takes]
    total = [
        Verdict("hits", "all families: taught", float(np.mean(all_after)), "", HITS, least=True),
        Verdict("hits before", "all families: bundled", float(np.mean(all_before)), ""),
        Verdict("shown", "the shown takes themselves", float(np.mean(right)), ""),
    ]
    return Section("Motions that the judge names as they were asked for", [*total, *verdicts])


def nearness(judge: Judge, made: TaughtMotions) -> Section:
    """How far motions are from held-out takes, and two seeds from each other."""
    verdicts: list[Verdict] = []
    shares: list[float] = []
    apart: list[float] = []
    for family, motions in made.first.items():
        to_takes = float(np.mean([judge.distance(joints, family) for joints in motions]))
        shares.append(to_takes / judge.among(family))
        pairs = zip(motions, made.second[family], strict=True)
        apart.append(100.0 * float(np.mean([between(a, b) for a, b in pairs])))
        verdicts.append(Verdict(family, f"{family}: to held-out takes, of that among them", shares[-1], ""))
        verdicts.append(Verdict(f"{family} seeds", f"{family}: between two seeds", apart[-1], "cm"))
    total = [
        Verdict("apart", "to held-out takes, of that among them", float(np.mean(shares)), "", APART),
        Verdict("seeds", "between two seeds, the least of all families", min(apart), "cm", SEEDS, least=True),
    ]
    return Section("Distance of poses", [*total, *verdicts])


def joined(judge: Judge, then_walks: Mapping[str, list[np.ndarray]], edited: Mapping[str, np.ndarray]) -> Section:
    """How often a motion for "X, then walks forward" does both, and the edited range of a walk became the action."""
    both = {
        family: float(np.mean([does_both(judge, family, some) for some in made])) for family, made in then_walks.items()
    }
    became = {name: float(judge.named(joints) == name) for name, joints in edited.items()}
    total = [
        Verdict("then walks", "“X, then walks forward” does both", float(np.mean(list(both.values()))), "", HITS, True),
        Verdict(
            "edited", "the end of a walk, edited, becomes X", float(np.mean(list(became.values()))), "", HITS, True
        ),
    ]
    each = [Verdict(f"{name} then walks", f"{name}, then walks: does both", both[name], "") for name in both]
    each += [Verdict(f"{name} edited", f"{name}: the edited end of a walk", became[name], "") for name in became]
    return Section("Joined to what it knew", [*total, *each])


def mean_of(shares: Mapping[str, float]) -> float:
    """The mean over families."""
    return float(np.mean(list(shares.values())))


def does_both(judge: Judge, family: str, motion: np.ndarray) -> bool:
    """Whether a motion (F, 22, 3) shows a family in some window, and walks on in one that begins after it."""
    begins = range(0, max(1, len(motion) - WINDOW + 1), HOP)
    windows = [motion[begin : begin + WINDOW] for begin in begins]
    shown = next((number for number, window in enumerate(windows) if judge.named(window) == family), len(windows))
    return any(walks(judge, window) for window in windows[shown + WINDOW // HOP // 2 :])


def walks(judge: Judge, window: np.ndarray) -> bool:
    """Whether somebody walks in a window, as the judge sees it."""
    place = window[:, 0, ::2]
    return float(np.linalg.norm(place[-1] - place[0])) >= WALKED and judge.named(window) == "walks"


def between(a: np.ndarray, b: np.ndarray) -> float:
    """Metres of mean joint distance between two motions (F, 22, 3), frame by frame, each in its own place."""
    from ...training.composition import pose_features

    first, second = (pose_features(joints)[:, :66].reshape(-1, 22, 3) for joints in (a, b))
    return float(np.linalg.norm(first - second, axis=-1).mean())


def known_before(
    system: System,
    chosen: Sequence[Clip],
    bundled: Sequence[np.ndarray],
    taught: Sequence[np.ndarray],
    same: float,
) -> Section:
    """What the model could before: with Bundled bit for bit (``same``: the share of prompts), and with the taught one
    as the recognizer sees the motions that both make for the captions of ``chosen``."""
    name = "known prompts that are bit for bit as before with Bundled"
    verdicts = [Verdict("same", name, same, "", 1.0, least=True)]
    was, now = (recognised(system, chosen, motions) for motions in (bundled, taught))
    for what in was:
        low = float(was[what].mean() - 1.96 * was[what].std() / np.sqrt(len(was[what])))
        verdicts.append(Verdict(f"{what} taught", f"{what}: taught", float(now[what].mean()), "", low, least=True))
        verdicts.append(Verdict(f"{what} bundled", f"{what}: bundled", float(was[what].mean()), ""))
    return Section("What it knew before (limit: the lower end of the bundled model's 95 % interval)", verdicts)


def recognised(system: System, chosen: Sequence[Clip], motions: Sequence[np.ndarray]) -> dict[str, np.ndarray]:
    """Hits (N,) of motions made for the captions of ``chosen``: the first label, and the text among 32, top 3."""
    from ...labelling.labeller import Labeller
    from ...labelling.vocabulary import described
    from ...training.data import Clip
    from ..recognition.measures import hits as best
    from ..training.recognition.label_calibration import motions as embedded
    from ..training.recognition.label_calibration import right_labels

    clips = [
        Clip(clip.id, "test", joints, clip.texts, clip.labels) for clip, joints in zip(chosen, motions, strict=True)
    ]
    found, texts = embedded(system, clips), described(system, [clip.texts[0] for clip in clips])
    first = best(Labeller(system).words.scores(found), right_labels(clips, system.labels), 1)
    near = [
        best(texts[at : at + BATCH] @ found[at : at + BATCH].T, np.eye(BATCH, dtype=bool), 3)
        for at in range(0, len(clips) - BATCH + 1, BATCH)
    ]
    return {
        "first label by the recognizer": first.astype(float),
        "R-precision by the recognizer, top 3 of 32": np.concatenate(near).astype(float),
    }
