# SPDX-License-Identifier: GPL-3.0-or-later
"""Fuzzed too, but with torch: the files of a weights folder."""

from __future__ import annotations

import json

import numpy as np
import safetensors.numpy
import torch
from case import FOLDER, JSON, FuzzTarget, of_frames, to_frames, written
from coamd.backend.language.familiarity import FEATURES, TEXTS, load_phrases
from coamd.backend.model.calibration import load_calibration
from coamd.backend.model.config import ModelConfig
from coamd.backend.model.weights import load_module
from tiny_model import CONFIG


def _weights(data: bytes) -> None:
    load_module(written(".safetensors", data), torch.nn.Linear(2, 3))


def _tensors() -> list[bytes]:
    half = {"weight": np.ones((3, 2), np.float16), "bias": np.ones(3, np.float16)}
    return [safetensors.numpy.save(half), safetensors.numpy.save({"weight": np.ones((2, 2), np.float32)})]


def _phrases(data: bytes) -> None:
    folder = FOLDER / "phrases"
    folder.mkdir(exist_ok=True)
    texts, features, calibration, *_ = [*to_frames(data), b"", b"", b""]
    (folder / TEXTS).write_bytes(texts)
    (folder / FEATURES).write_bytes(features)
    (folder / "calibration.json").write_bytes(calibration)
    try:
        load_phrases(folder)
    finally:
        load_calibration(folder)


def _phrase_files() -> list[bytes]:
    texts = json.dumps({"texts": ["a man walks"], "threshold": 0.5, "scale": 0.01, "paraphrased": "amble"}).encode()
    features = safetensors.numpy.save({"features": np.ones((1, 4), np.int8), "raised": np.zeros(1, np.uint8)})
    calibration = {"share": 0.5, "temperature": 1.0, "sentence_temperature": 1.0, "known": 0.3, "good": 0.6}
    calibration |= {"fingerprint": "f", "measured": {}}
    return [of_frames([texts, features, json.dumps(calibration).encode()])]


def _config(data: bytes) -> None:
    ModelConfig.from_json(data.decode("utf-8", errors="replace"))


TARGETS: dict[str, FuzzTarget] = {
    "weights": FuzzTarget(
        _weights, _tensors, ("F16", "F32", "BF16", "weight", "data_offsets", "shape", "__metadata__")
    ),
    "phrases": FuzzTarget(_phrases, _phrase_files, JSON),
    "config": FuzzTarget(_config, lambda: [CONFIG.to_json().encode()], JSON),
}
