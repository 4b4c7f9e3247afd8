# SPDX-License-Identifier: GPL-3.0-or-later
"""What ``coamd benchmark recognise`` measures, one function each; limits are put beside the figures elsewhere."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from math import comb
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from ....rigs.body.canonical import at_origin, canonical, facing, turned
from ....rigs.body.forward_kinematics import pose
from ....rigs.body.resample import resample
from ....rigs.body.skeleton import FPS
from ....rigs.errors import UserError
from ....rigs.solve.retarget import retarget
from ....rigs.solve.rig_to_joints import joints_from_pose
from ...labelling.embedding import embed_takes, embedder, uniform
from ...labelling.index import TakeIndex, take_spans
from ...labelling.index_file import IndexedTake
from ...labelling.index_service import IndexService
from ...labelling.labeller import Labeller
from ...model.weights import System
from ...motion.pipeline import Pipeline
from ...requests.label import POSES
from ...server.label_requests import answer
from ...training.data import Clip
from ...wire.messages import Find, Found
from ..retargeting.clips import Character, table_rigs
from ..timing import timed

RATES = (12.0, 15.0, 24.0, 25.0, 30.0, 48.0, 60.0, 120.0)
RIGS = ("kaykit_knight", "mesh2motion_human", "mpfb_game_engine", "mpfb_mixamo", "mpfb_rigify_metarig")
BRIDGE = 10  # frames between two joined clips


def hits(scores: np.ndarray, right: np.ndarray, top: int) -> np.ndarray:
    """Whether one of the ``top`` best labels is right (N,), of scores and right (N, L)."""
    order = np.argsort(-scores, axis=1, kind="stable")[:, :top]
    found: np.ndarray = np.take_along_axis(right, order, axis=1).any(axis=1)
    return found


def recognised(scores: np.ndarray, right: np.ndarray) -> tuple[float, float, float]:
    """Top-1, top-5, and top-1 averaged over labels, so that a rare label counts as much as "walk"."""
    first = hits(scores, right, 1)
    there = right.any(axis=0)
    by_label = (first[:, None] & right)[:, there].sum(axis=0) / right[:, there].sum(axis=0)
    return float(first.mean()), float(hits(scores, right, 5).mean()), float(by_label.mean())


def chance(right: np.ndarray) -> tuple[float, float, float]:
    """What labels drawn at random reach."""
    count = right.shape[1]
    one = right.sum(axis=1) / count
    five = [1.0 - comb(count - int(n), min(5, count)) / comb(count, min(5, count)) for n in right.sum(axis=1)]
    there = right.any(axis=0)
    by_label = (one[:, None] * right)[:, there].sum(axis=0) / right[:, there].sum(axis=0)
    return float(one.mean()), float(np.mean(five)), float(by_label.mean())


def majority(train: Sequence[Clip], labels: Sequence[str], count: int) -> np.ndarray:
    """Scores (count, L) of always answering with the commonest labels of the training clips."""
    seen = Counter(label for clip in train for label in clip.labels)
    return np.tile(np.array([float(seen[label]) for label in labels]), (count, 1))


def retrieved(texts: np.ndarray, motions: np.ndarray, batch: int | None, rounds: int = 50) -> dict[str, list[float]]:
    """R@1, 3, 5 of unit vectors (N, D), row i belonging together, by direction; mean over random full batches."""
    rng = np.random.default_rng(0)
    size = len(texts) if batch is None else batch
    found: dict[str, list[np.ndarray]] = {"text to motion": [], "motion to text": []}
    for _ in range(1 if batch is None else rounds):
        order = rng.permutation(len(texts))
        for at in range(0, len(order) - size + 1, size):
            rows = order[at : at + size]
            scores = texts[rows] @ motions[rows].T
            for name, matrix in (("text to motion", scores), ("motion to text", scores.T)):
                place = (matrix >= matrix.diagonal()[:, None]).sum(axis=1)
                found[name].append(np.array([(place <= k).mean() for k in (1, 3, 5)]))
    return {name: np.mean(rows, axis=0).tolist() for name, rows in found.items() if rows}


def variants(joints: np.ndarray) -> dict[str, list[np.ndarray]]:
    """The clip (F, 22, 3) as files of it would be read that were turned, moved, scaled, or captured at other rates.

    The clip ends at a whole second, so that every rate has its last frame.
    """
    second = round(FPS)
    clip = joints[: (len(joints) - 1) // second * second + 1].astype(np.float64)
    return {
        "as it is": [canonical(clip, FPS)],
        "heading": [canonical(turned(clip, angle), FPS) for angle in (0.7, 1.9, np.pi)],
        "start position": [canonical(clip + np.array([7.0, 0.4, -3.0]), FPS)],
        "scale": [canonical(clip * factor, FPS) for factor in (0.4, 1.8)],
        "frame rate": [canonical(resample(clip, FPS, rate), rate) for rate in RATES],
    }


def changes(labeller: Labeller, clips: Sequence[Clip]) -> dict[str, np.ndarray]:
    """The largest change of any label's score for each clip (N,), by what was varied."""
    made = [variants(clip.joints) for clip in clips]

    def scores(takes: list[np.ndarray]) -> np.ndarray:
        return labeller.words.scores(embed_takes(labeller.system.recognizer, [uniform(take) for take in takes]))

    own = scores([found["as it is"][0] for found in made])
    out = {}
    for kind in ("heading", "start position", "scale", "frame rate"):
        each = [scores([found[kind][n] for found in made]) for n in range(len(made[0][kind]))]
        out[kind] = np.abs(np.stack(each) - own).max(axis=(0, 2))
    return out


def rig_families(shared: Path) -> list[Character]:
    """One rig of each of five families. UserError where the folder has no tables."""
    return [rig for rig in table_rigs(shared / "rigs") if rig.name in RIGS]


def on_rig(joints: np.ndarray, test: Character) -> np.ndarray:
    """A clip (F, 22, 3) put on a rig and read off it again, as a labelled take of that character would be."""
    curves = retarget(at_origin(joints), test.rig, test.mapping, fps=FPS)
    back = joints_from_pose(pose(test.rig, curves), test.rig, test.mapping)
    return canonical(back, FPS)


def labels_on_rigs(labeller: Labeller, clips: Sequence[Clip], rigs: Sequence[Character]) -> dict[str, np.ndarray]:
    """The first label (N,) of each clip on each rig, by rig, and as it was captured, under ""."""

    def first(takes: list[np.ndarray]) -> np.ndarray:
        vectors = embed_takes(labeller.system.recognizer, [uniform(take) for take in takes])
        found: np.ndarray = labeller.words.scores(vectors).argmax(axis=1)
        return found

    captured = {"": first([canonical(clip.joints, FPS) for clip in clips])}
    return captured | {test.name: first([on_rig(clip.joints, test) for clip in clips]) for test in rigs}


def agreement(labels: np.ndarray) -> float:
    """Share of labels (rigs, N) that are the commonest one of their clip."""
    counts = [np.bincount(column).max() for column in labels.T]
    return float(np.sum(counts) / labels.size)


def joined(first: np.ndarray, second: np.ndarray) -> tuple[np.ndarray, int]:
    """One take of two clips, the second where the first ends, and the frame of the change."""
    second = turned(at_origin(second), float(facing(first[-1:])[0]))
    second = second + (first[-1, 0] - second[0, 0]) * np.array([1.0, 0.0, 1.0])
    part = np.linspace(0.0, 1.0, BRIDGE + 2)[1:-1][:, None, None]
    bridge = first[-1] * (1.0 - part) + second[0] * part
    return np.concatenate([first, bridge, second]), len(first) + BRIDGE // 2


def cuts(labeller: Labeller, clips: Sequence[Clip], pairs: int) -> dict[str, float]:
    """How well the change between two joined clips without a label in common is found."""
    rng = np.random.default_rng(0)
    far: list[float] = []
    more: list[int] = []
    right: list[float] = []
    told: list[float] = []
    for _ in range(50 * pairs):
        if len(far) == pairs:
            break
        i, j = rng.choice(len(clips), 2, replace=False)
        if set(clips[i].labels) & set(clips[j].labels):
            continue
        take, change = joined(clips[i].joints, clips[j].joints)
        parts = ((0, change, clips[i].labels), (change, len(take), clips[j].labels))
        found = labeller.segments(take, 1)
        far.append(min((abs(s.first - change) for s in found[1:]), default=np.inf))
        more.append(len(found) - 2)
        named = [(s.first, s.end, s.labels[0].label if s.labels else "") for s in found]
        right.append(_overlap(named, parts) / len(take))
        ideal = [(a, b, labeller.whole(take[a:b], 1).labels[0].label) for a, b, _ in parts]
        told.append(_overlap(ideal, parts) / len(take))
    if not far:
        raise UserError("There are no two clips without a common label.", "Use more clips.", "no_clips")
    distance = np.array(far)
    return {
        "median": float(np.median(distance)) / FPS,
        "within_half": float((distance <= 10).mean()),
        "within_one": float((distance <= 20).mean()),
        "more": float(np.mean(more)),
        "frames": float(np.mean(right)),
        "frames_told": float(np.mean(told)),
    }


def _overlap(named: Sequence[tuple[int, int, str]], parts: Sequence[tuple[int, int, Sequence[str]]]) -> int:
    """Frames whose name is one of the labels of their part."""
    return sum(
        max(0, min(b, end) - max(a, start)) for a, b, label in named for start, end, labels in parts if label in labels
    )


def labelling_seconds(labeller: Labeller, clips: Sequence[Clip], minutes: float) -> tuple[float, float]:
    """Processor seconds and seconds by the clock that ``minutes`` of one long take need."""
    take = clips[0].joints
    for clip in list(clips[1:]) * 100:
        if len(take) >= minutes * 60 * FPS:
            break
        take, _ = joined(take, clip.joints)
    clock, used = timed(lambda: labeller.segments(take[: round(minutes * 60 * FPS)]))
    return used, clock


def answer_seconds(system: System, takes: int, questions: Sequence[str], seconds: float = 8.0) -> float:
    """Median processor time in which the backend answers a question to an index of so many takes of that length.

    It is all that stands between `Find` and `Found`: reading the question, choosing the takes, ranking them.
    """
    rng = np.random.default_rng(0)
    spans = tuple(take_spans(round(seconds * FPS)))
    eyes = embedder(system)
    poses = np.zeros((len(spans), POSES, 22, 3), dtype=np.float32)
    with TemporaryDirectory(prefix="coamd-index-") as folder:
        place = Path(folder).resolve()
        vectors = rng.normal(size=(takes, len(spans), eyes.width)).astype(np.float32)
        names = [str(place / f"{n:05d}.bvh") for n in range(takes)]
        library = [IndexedTake(name, "", name, spans, rows, poses) for name, rows in zip(names, vectors, strict=True)]
        TakeIndex(eyes, library).save(place / "takes.npz")
        engine = Pipeline(system, next(system.recognizer.parameters()).device)
        engine.index_service = IndexService(eyes, place / "takes.npz")  # not the user's
        times = []
        for question in questions:
            asked = Find("1", question, places=(str(place),), top=20)
            began = time.process_time()
            found = answer(engine, asked, lambda _phase, _step, _of: None, lambda: None)
            times.append(time.process_time() - began)
            assert isinstance(found, Found) and len(found.moments) == 20
    return float(np.median(times[1:]))  # the first one wakes the model
