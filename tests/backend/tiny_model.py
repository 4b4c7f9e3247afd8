# SPDX-License-Identifier: GPL-3.0-or-later
"""A whole model of a few thousand random weights: everything works, nothing makes sense."""

from __future__ import annotations

from pathlib import Path

import torch
from coamd.backend.model.autoencoders.autoencoder import build_autoencoder
from coamd.backend.model.config import AutoencoderConfig, GeneratorConfig, ModelConfig, RecognizerConfig, TextConfig
from coamd.backend.model.generator import Generator
from coamd.backend.model.recognizer import Recognizer
from coamd.backend.model.text import TextEncoder, train_tokenizer
from coamd.backend.model.weights import System, save_system

LABELS = ("walk", "run", "jump", "wave", "sit", "turn")
CONFIG = ModelConfig(
    name="tiny",
    autoencoder=AutoencoderConfig(width=16, latent=8, dropout=0.0),
    generator=GeneratorConfig(
        latent=8,
        condition=16,
        width=16,
        layers=1,
        heads=2,
        feed_forward=32,
        dropout=0.0,
        head_depth=1,
        head_width=16,
        steps=3,
        evaluations=2,
    ),
    recognizer=RecognizerConfig(
        width=16,
        layers=1,
        heads=2,
        feed_forward=32,
        dropout=0.0,
        feature=16,
        text_width=16,
        text_layers=1,
        text_heads=2,
        text_feed_forward=32,
        vocabulary=600,
        positions=24,
        attend_padding=False,
        guidance=1.0,
    ),
    text=TextConfig(
        kind="bundled",
        name="text",
        width=16,
        hidden=16,
        layers=1,
        heads=2,
        feed_forward=32,
        positions=24,
        vocabulary=600,
    ),
)


def write_tiny_model(folder: Path) -> None:
    """A weights folder of the tiny model; the same numbers every time."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        system = System(
            config=CONFIG,
            autoencoder=build_autoencoder(CONFIG.autoencoder),
            generator=Generator(CONFIG.generator),
            recognizer=Recognizer(CONFIG.recognizer),
            text=TextEncoder(CONFIG.text, train_tokenizer(LABELS, CONFIG.text.vocabulary)),
            labels=LABELS,
        )
    save_system(folder, system)
