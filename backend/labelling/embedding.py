# SPDX-License-Identifier: GPL-3.0-or-later
"""Motion as MAR's unit vectors, many pieces at a time."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ...rigs.body.canonical import at_origin
from ...rigs.body.skeleton import MAX_FRAMES
from ...rigs.body.smoothing import smoothed
from ...rigs.solve.posture_change import in_own_posture
from .treadmill import over_ground

if TYPE_CHECKING:
    from ..model.recognizer import Recognizer
    from ..model.weights import System

BATCH = 32
TREMBLE = 1.0  # frames; deviation of the Gaussian over what is read
SMOOTHED = 5  # frames, of the lowest joint
Span = tuple[int, int]  # first frame and end
StopCheck = Callable[[], None]  # called between batches; it raises where the work is to stop


@dataclass(frozen=True)
class Embedder:
    """Motion as vectors, without torch in sight: what the index needs of a model."""

    mark: str  # of the weights: vectors of others are no use
    width: int  # D
    embed: Callable[[np.ndarray, Sequence[Span]], np.ndarray]  # take (F, 22, 3), N pieces -> unit vectors (N, D)


def embedder(system: System) -> Embedder:
    """The recognizer of a model as an `Embedder`."""
    from ..model.calibration import fingerprint

    model = system.recognizer

    def embed(joints: np.ndarray, spans: Sequence[Span]) -> np.ndarray:
        return embed_spans(model, joints, spans)

    return Embedder(fingerprint(model, system.text), system.config.recognizer.feature, embed)


def uniform(joints: np.ndarray) -> np.ndarray:
    """A take (F, 22, 3) as it is read for its name: smooth, in the one posture of all rigs, its floor at 0.

    A camera of 12 frames a second sees less of a quick hand than one of 120. A Gaussian over one frame leaves of
    both what the slow one has: the largest change of any score falls from 0.04 to 0.01, and names stay as right.

    Captured skeletons cut the trunk at other heights than rigs are read at, by up to 7 cm, which changed every second
    first label of a take that had been put on a rig. In one posture the two are some millimetres apart.

    The floor is a low quantile of the lowest joint. Between the frames of a slow camera the short dips of a toe are
    lost, which moved the floor of some takes by 2 cm and their scores by 0.04; smoothed over a quarter of a second
    the lowest joint has no such dips.

    A gait on the spot goes over the ground as its feet say: the clips that the model knows do, and a walk in place is
    "stand" to it.
    """
    return over_ground(_on_floor(in_own_posture(_on_floor(smoothed(joints, TREMBLE)))))


def _on_floor(joints: np.ndarray) -> np.ndarray:
    reach = SMOOTHED // 2
    lowest = np.pad(joints[..., 1].min(axis=1), reach, mode="edge")
    smooth = np.convolve(lowest, np.full(SMOOTHED, 1.0 / SMOOTHED), mode="valid")
    floor: np.ndarray = joints - np.array([0.0, np.quantile(smooth, 0.02), 0.0], dtype=joints.dtype)
    return floor


def embed_spans(
    model: Recognizer, joints: np.ndarray, spans: Sequence[Span], check_stop: StopCheck = lambda: None
) -> np.ndarray:
    """Unit features (N, D) of the pieces ``joints[first:end]`` of a take (F, 22, 3), metres, 20 fps, floor at 0.

    Each piece is moved to the origin and turned to +Z, so neither place nor heading count. A piece that is longer than
    MAR reads is the mean of evenly cut ones. Pieces of like length go through the model together. ``check_stop`` is
    called before every batch and may raise.
    """
    import torch  # the index, which has windows from here, is also used where there is no torch
    from torch.nn.functional import normalize

    parts = [(row, part) for row, span in enumerate(spans) for part in _cut(span)]
    parts.sort(key=lambda item: item[1][1] - item[1][0])
    device = next(model.parameters()).device
    total = torch.zeros(len(spans), model.config.feature)
    for at in range(0, len(parts), BATCH):
        check_stop()
        rows, batch = zip(*parts[at : at + BATCH], strict=True)
        clips = [torch.from_numpy(at_origin(joints[a:b]).astype(np.float32)).flatten(1) for a, b in batch]
        lengths = torch.tensor([len(clip) for clip in clips])
        padded = torch.nn.utils.rnn.pad_sequence(clips, batch_first=True)
        valid = torch.arange(padded.shape[1])[None] < lengths[:, None]
        with torch.no_grad():
            features = normalize(model(padded.to(device), valid.to(device)).fused, dim=-1)
        total.index_add_(0, torch.tensor(rows), features.float().cpu())
    vectors: np.ndarray = normalize(total, dim=-1).numpy()
    return vectors


def embed_takes(model: Recognizer, takes: Sequence[np.ndarray]) -> np.ndarray:
    """Unit features (N, D) of whole takes (F, 22, 3)."""
    if not takes:
        return np.zeros((0, model.config.feature), dtype=np.float32)
    ends = np.cumsum([len(take) for take in takes])
    return embed_spans(
        model, np.concatenate(takes), [(int(e) - len(t), int(e)) for e, t in zip(ends, takes, strict=True)]
    )


def windows(frames: int, length: int, stride: int) -> list[Span]:
    """Windows of ``length`` frames every ``stride`` frames, the last one at the end; one shorter one if need be."""
    if frames <= length:
        return [(0, frames)]
    starts = [*range(0, frames - length, stride), frames - length]
    return [(start, start + length) for start in starts]


def _cut(span: Span) -> list[Span]:
    """Even pieces of at most ``MAX_FRAMES`` frames."""
    first, end = span
    edges = np.linspace(first, end, -(-(end - first) // MAX_FRAMES) + 1).round().astype(int)
    return [(int(a), int(b)) for a, b in itertools.pairwise(edges)]
