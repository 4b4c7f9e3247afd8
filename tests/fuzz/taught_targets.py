# SPDX-License-Identifier: GPL-3.0-or-later
"""Fuzzed too: the file of a taught model, which people give to each other. No torch is needed to read it."""

from __future__ import annotations

import numpy as np
from case import FuzzTarget, written
from coamd.backend.taught.model_file import SUFFIX, WORDS, ModelCard, load, save, word_vectors

SHAPES = {"layer.a": (2, 5), "layer.b": (3, 2)}


def _read(data: bytes) -> None:
    path = written(SUFFIX, data)
    load(path, SHAPES)
    word_vectors(path, 4)


def _files() -> list[bytes]:
    path = written(SUFFIX, b"")
    card = ModelCard("Bows", "0123", "tiny", ("a person bows",), ("bow_1",), "2026-11-30", {"rank": 2, "seconds": 53.6})
    save(path, card, {name: np.ones(shape, np.float16) for name, shape in {**SHAPES, WORDS: (1, 4)}.items()})
    return [path.read_bytes()]


TARGETS: dict[str, FuzzTarget] = {
    "taught": FuzzTarget(_read, _files, ("F16", "shape", "data_offsets", "__metadata__", "card", "kind", "rank"))
}
