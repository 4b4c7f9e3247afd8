# SPDX-License-Identifier: GPL-3.0-or-later
"""The paper's system trained on HumanML3D and KIT-ML in their own layouts: a step of every part, shrunk in width."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import torch
from coamd.backend.lab.datasets import LAYOUTS
from coamd.backend.lab.datasets.preparation import prepare_layout
from coamd.backend.lab.training.stages import TrainingJob, run_stage
from coamd.backend.model.autoencoders.autoencoder import Autoencoder
from coamd.backend.model.config import ModelConfig, named
from coamd.backend.model.text import TextEncoder, train_tokenizer
from coamd.backend.motion.pipeline import Pipeline
from coamd.backend.requests.generate import GenerateRequest
from coamd.backend.training.loop import Schedule

from tests.backend.lab.datasets.test_layouts import WRITERS
from tests.motions import walk

PARTS = ("autoencoder", "recognizer", "generator")  # the text encoder is CLIP and stays as it is


def shrunk(name: str) -> ModelConfig:
    """A size of the paper with every choice of it but its widths and depths."""
    full = named(name)
    sizes = {"layers": 1, "heads": 2, "feed_forward": 32}
    return dataclasses.replace(
        full,
        autoencoder=dataclasses.replace(full.autoencoder, width=16, latent=16),
        generator=dataclasses.replace(
            full.generator, latent=16, condition=16, width=32, head_depth=1, head_width=32, steps=2, **sizes
        ),
        recognizer=dataclasses.replace(
            full.recognizer,
            width=32,
            feature=16,
            text_width=16,
            text_layers=1,
            text_heads=2,
            text_feed_forward=32,
            vocabulary=600,
            **sizes,
        ),
        text=dataclasses.replace(full.text, width=16, hidden=16, vocabulary=600, **sizes),
    )


@pytest.mark.usefixtures("few_keyed_clips")
@pytest.mark.parametrize(("layout", "size"), [("humanml3d", "CoAMD-SiT-XL"), ("kit-ml", "CoAMD-DDPM-XL")])
def test_a_step_of_every_part(layout: str, size: str, tmp_path: Path) -> None:
    WRITERS[layout](tmp_path / "data", walk(5.0))
    prepare_layout(LAYOUTS[layout], tmp_path / "data", "", tmp_path / "prepared")
    config, weights = shrunk(size), tmp_path / "weights"
    TextEncoder(config.text, train_tokenizer(["a person walks", "they go on"], 600)).save(weights / "text")
    schedule = Schedule(steps=1, batch=2, validate_every=1)
    for part in PARTS:
        folder = tmp_path / "runs" / part
        run_stage(TrainingJob(part, config, tmp_path / "prepared", weights, folder, schedule, torch.device("cpu")))
    pipeline = Pipeline.load(weights, "cpu")
    assert isinstance(pipeline.system.autoencoder, Autoencoder)
    # KIT-ML names no actions: there the sentences are what the recognizer knows
    assert set(pipeline.system.labels) == (
        {"walk", "go"} if layout == "humanml3d" else {"a person walks", "they go on"}
    )
    made = pipeline.generate(GenerateRequest("a person walks", 2.0, seed=1, recognizer_guidance=1.0)).joints
    assert made.shape == (1, 40, 22, 3)
    assert np.isfinite(made).all()
