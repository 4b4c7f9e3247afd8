# SPDX-License-Identifier: GPL-3.0-or-later
"""The figures of all repeats, gathered row by row and column by column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields

import numpy as np

from . import metrics
from .metrics import Estimate
from .physics import Physics, average, floats, tips, unasked
from .report import DOWN, GENERATED, NEAR, NEAREST, REAL, UNGUIDED, UP, EvaluationRow

HALVES = 10  # random splits behind each FID between halves
JUDGED = "Judged by the evaluator, which has never met the model"
OWN = "Judged by the recognizer, which guides the model and is kind to it"
BODY = "Physics, without any text"
CODING = "The autoencoder alone"
PHYSICS_ROWS = {
    "skating": ("foot skating, cm/s in contact", 2),
    "floating": ("lowest joint above the floor, cm", 2),
    "penetration": ("lowest joint below the floor, cm", 2),
    "jerk": ("jerk, m/s³", 1),
    "bone_error": ("bone-length error, %", 3),
}
FeatureSets = Mapping[str, np.ndarray]  # by column


class Collected:
    """Values of all repeats by row, in the order in which rows first came."""

    def __init__(self) -> None:
        self._rows: dict[str, tuple[str, str, int, str]] = {}
        self._values: dict[str, dict[str, list[float]]] = {}

    def add(
        self, key: str, name: str, values: Mapping[str, float], wanted: str, group: str, *, digits: int = 3
    ) -> None:
        """One repeat's values of a row by column."""
        self._rows.setdefault(key, (name, wanted, digits, group))
        row = self._values.setdefault(key, {})
        for column, value in values.items():
            row.setdefault(column, []).append(float(value))

    def add_features(self, texts: np.ndarray, features: FeatureSets, rng: np.random.Generator) -> None:
        """All that the evaluator's unit features (N, D) tell; rows i of all arrays belong together."""
        order = rng.permutation(len(texts))
        if len(texts) >= metrics.BATCH:
            shares = {name: metrics.r_precision(texts[order], rows[order]) for name, rows in features.items()}
            for top in (1, 2, 3):
                title = f"R-precision, top-{top} of {metrics.BATCH}"
                self.add(f"r_precision_top{top}", title, {n: s[top - 1] for n, s in shares.items()}, UP, JUDGED)
        matching = {name: metrics.matching_score(texts, rows) for name, rows in features.items()}
        self.add("matching", "matching score (distance to the text)", matching, DOWN, JUDGED)
        real = features[REAL]
        fids = {name: metrics.fid(real, rows) for name, rows in features.items() if name != REAL}
        self.add("fid", "FID to real motion, all clips", fids, DOWN, JUDGED)
        if len(real) >= 4:
            splits = [rng.permutation(len(real)) for _ in range(HALVES)]
            halves = {
                name: float(np.mean([half_fid(real, rows, order) for order in splits]))
                for name, rows in features.items()
            }
            self.add("fid_halves", "FID of half of real motion to the other half's captions", halves, DOWN, JUDGED)
        seed = int(rng.integers(2**31))
        spread = {n: metrics.diversity(rows, np.random.default_rng(seed)) for n, rows in features.items()}
        self.add("diversity", "diversity", spread, NEAR, JUDGED)

    def add_recognizer(self, texts: np.ndarray, features: FeatureSets, rng: np.random.Generator) -> None:
        """What the product's own features (N, D) tell: text and motion found by each other, and their cosine."""
        order = rng.permutation(len(texts))
        if len(texts) >= metrics.BATCH:
            there = {name: metrics.r_precision(texts[order], rows[order]) for name, rows in features.items()}
            back = {name: metrics.r_precision(rows[order], texts[order]) for name, rows in features.items()}
            for way, shares in (("text to motion", there), ("motion to text", back)):
                for top in (1, 2, 3):
                    key = f"retrieval_{way.replace(' ', '_')}_top{top}"
                    name = f"retrieval, {way}, top-{top} of {metrics.BATCH}"
                    self.add(key, name, {n: s[top - 1] for n, s in shares.items()}, UP, OWN)
        scores = {name: metrics.clip_score(texts, rows) for name, rows in features.items()}
        self.add("clip_score", "CLIP score (cosine with the text)", scores, UP, OWN)

    def add_labels(self, accuracy: Mapping[str, float]) -> None:
        """Shares of clips whose best label is right, by the evaluator."""
        self.add("labels", "label accuracy, top-1", accuracy, UP, JUDGED)

    def add_recognition(self, shares: Mapping[str, np.ndarray]) -> None:
        """Shares (2,) of clips whose right label is first and among the first five, by the recognizer."""
        for i, top in enumerate((1, 5)):
            values = {name: share[i] for name, share in shares.items()}
            self.add(f"recognition_top{top}", f"recognition, top-{top}", values, UP, OWN)

    def add_multimodality(self, features: np.ndarray, seed: int) -> None:
        """Spread of variations of one prompt, features (prompts, variations, D)."""
        value = metrics.multimodality(features, np.random.default_rng(seed))
        self.add("multimodality", "multimodality", {GENERATED: value}, NEAR, JUDGED)

    def add_physics(self, clips: Mapping[str, Sequence[Physics]]) -> None:
        """Averages over clips, and shares of those that float or tip over."""
        means = {name: average(list(rows)) for name, rows in clips.items()}
        for entry in fields(Physics):
            if entry.name in PHYSICS_ROWS:
                name, digits = PHYSICS_ROWS[entry.name]
                values = {column: getattr(mean, entry.name) for column, mean in means.items()}
                self.add(entry.name, name, values, DOWN, BODY, digits=digits)
        for key, name, test in (("floats", "in the air for over 1 s", floats), ("tips", "leaning by over 70°", tips)):
            shares = {column: float(np.mean([test(row) for row in rows])) for column, rows in clips.items()}
            self.add(key, f"clips {name}, share", shares, NEAR, BODY)
        made = {name: rows for name, rows in clips.items() if name in (GENERATED, UNGUIDED, NEAREST)}
        faults = {
            name: np.mean([unasked(row, real) for row, real in zip(rows, clips[REAL], strict=True)], axis=0)
            for name, rows in made.items()
        }
        for i, (key, name) in enumerate((("floats_unasked", "floating"), ("tips_unasked", "tipping over"))):
            values = {column: shares[i] for column, shares in faults.items()}
            self.add(key, f"clips {name} without being asked, share", values, DOWN, BODY)

    def add_reconstruction(self, overall: float, relative: float, bones: float) -> None:
        """The autoencoder's own errors on real motion."""
        rows = (
            ("autoencoder_global", "error, global, mm (MPJPE)", overall, 1),
            ("autoencoder_relative", "error, pelvis-relative, mm", relative, 1),
            ("autoencoder_bones", "bone-length error as decoded, %", bones, 2),
        )
        for key, name, value, digits in rows:
            self.add(key, name, {GENERATED: value}, DOWN, CODING, digits=digits)

    def rows(self) -> tuple[EvaluationRow, ...]:
        """The rows with their estimates over repeats, group by group."""
        groups = (JUDGED, OWN, BODY, CODING)
        order = sorted(self._rows, key=lambda key: groups.index(self._rows[key][3]))
        return tuple(
            EvaluationRow(key, name, {c: Estimate.of(v) for c, v in self._values[key].items()}, wanted, digits, group)
            for key, (name, wanted, digits, group) in ((key, self._rows[key]) for key in order)
        )


def half_fid(real: np.ndarray, other: np.ndarray, order: np.ndarray) -> float:
    """FID of the first half of real motion to ``other``'s motion for the second half's captions, halves by ``order``.

    With ``other`` the real motion itself this is the FID between two halves of the real data: both have the same
    numbers of clips, so both are too large by about the same amount.
    """
    half = len(order) // 2
    return metrics.fid(real[order[:half]], other[order[half:]])
