# SPDX-License-Identifier: GPL-3.0-or-later
"""How sure a label is: what turns the cosines of MAR into the chance that the label is right.

A clip with feature f has the score s_k = a cos(f, text A of label k) + (1 - a) cos(f, text B of label k), and label k
gets the confidence softmax(s / T)_k (temperature scaling, Guo et al. 2017, "On Calibration of Modern Neural Networks").
``share`` a and ``temperature`` T are those under which the first label's confidence fits best how often it is right
on held-out clips. Text A was trained on names of actions and text B on sentences, so sentences are scored by text B
alone, with a temperature of their own.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
from torch import nn

from ...rigs.errors import UserError

FILE = "calibration.json"
SHARES = tuple(np.round(np.arange(0.3, 1.01, 0.05), 2).tolist())
TEMPERATURES = tuple(np.geomspace(0.01, 0.5, 60).tolist())
BINS = 10


@dataclass(frozen=True)
class Calibration:
    """``fingerprint`` is that of the weights it was fitted for; the defaults are those of weights without one."""

    share: float = 0.5
    temperature: float = 0.1
    sentence_temperature: float = 0.1
    known: float = -1.0  # score of a motion and its text that few real motions with their own sentences fall below
    good: float = 2.0  # and one that most of them fall below
    fingerprint: str = ""
    measured: dict[str, float] = field(default_factory=dict)  # for people: errors on the clips that it was fitted on

    def save(self, folder: Path) -> None:
        """Write ``calibration.json`` into a weights folder."""
        (folder / FILE).write_text(json.dumps(asdict(self), indent=1) + "\n", encoding="utf-8")


def load_calibration(folder: Path) -> Calibration | None:
    """The calibration of a weights folder, None where it has none. UserError ``weights_broken``."""
    path = folder / FILE
    if not path.is_file():
        return None
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        calibration = Calibration(
            float(values["share"]),
            float(values["temperature"]),
            float(values["sentence_temperature"]),
            float(values["known"]),
            float(values["good"]),
            str(values["fingerprint"]),
            {str(name): float(value) for name, value in values["measured"].items()},
        )
        usable = 0.0 <= calibration.share <= 1.0
        usable = usable and -1.0 <= calibration.known <= calibration.good <= 2.0
        usable = usable and all(0.0 < t < 1e3 for t in (calibration.temperature, calibration.sentence_temperature))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        usable = False
    if not usable:
        raise UserError(
            f"{path} cannot be read.",
            "Put back the file of the release, or run coamd train calibration.",
            "weights_broken",
        )
    return calibration


def fingerprint(*modules: nn.Module) -> str:
    """16 letters that change with any number of the modules' state."""
    digest = hashlib.blake2b(digest_size=8)
    for module in modules:
        for name, value in sorted(module.state_dict().items()):
            digest.update(name.encode())
            digest.update(np.ascontiguousarray(value.detach().cpu().numpy()).data)
    return digest.hexdigest()


def confidences(scores: np.ndarray, temperature: float) -> np.ndarray:
    """Softmax over the last axis of scores (..., L)."""
    powers = np.exp((scores - scores.max(axis=-1, keepdims=True)) / temperature)
    result: np.ndarray = powers / powers.sum(axis=-1, keepdims=True)
    return result


def first_label(scores: np.ndarray, right: np.ndarray, temperature: float) -> tuple[np.ndarray, np.ndarray]:
    """Confidence of each clip's first label (N,), and whether it is right (N,), of scores and right (N, L)."""
    first = scores.argmax(axis=1)
    rows = np.arange(len(scores))
    return confidences(scores, temperature)[rows, first], right[rows, first].astype(float)


def surprise(confidence: np.ndarray, hit: np.ndarray) -> float:
    """Mean log loss of the event that the first label is right; least where confidence is its chance."""
    sure = np.clip(confidence, 1e-6, 1.0 - 1e-6)
    return float(-np.mean(hit * np.log(sure) + (1.0 - hit) * np.log(1.0 - sure)))


def expected_error(confidence: np.ndarray, hit: np.ndarray) -> float:
    """ECE: how far confidence and share of hits lie apart, over ``BINS`` equal bins weighted by their clips."""
    which = np.minimum((confidence * BINS).astype(int), BINS - 1)
    gaps = [abs(float(np.sum(confidence[which == b] - hit[which == b]))) for b in range(BINS)]
    return sum(gaps) / len(confidence)


def best_temperature(scores: np.ndarray, right: np.ndarray) -> tuple[float, float]:
    """The least surprise and its temperature."""
    return min((surprise(*first_label(scores, right, t)), t) for t in TEMPERATURES)


def fit(by_a: np.ndarray, by_b: np.ndarray, right: np.ndarray) -> tuple[float, float]:
    """Share and temperature for cosines (N, L) with text A and text B, ``right`` (N, L) bool."""
    found = [(*best_temperature(share * by_a + (1.0 - share) * by_b, right), share) for share in SHARES]
    _, temperature, share = min(found)
    return share, temperature
