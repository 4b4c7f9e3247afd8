# SPDX-License-Identifier: GPL-3.0-or-later
"""A whole model, small enough to be built for every test file, with random weights."""

from __future__ import annotations

import torch
from coamd.backend.model.autoencoders.autoencoder import build_autoencoder
from coamd.backend.model.config import (
    AutoencoderConfig,
    GeneratorConfig,
    HeadKind,
    ModelConfig,
    RecognizerConfig,
    TextConfig,
)
from coamd.backend.model.generator import Generator
from coamd.backend.model.recognizer import Recognizer
from coamd.backend.model.text import TextEncoder, train_tokenizer
from coamd.backend.model.weights import System
from torch import nn

TEXTS = ("a person walks forward", "a person waves with the left hand", "someone jumps and turns around", "sit down")
VOCABULARY = 560


def small_generator(head: HeadKind = "sit") -> GeneratorConfig:
    return GeneratorConfig(
        latent=12,
        condition=16,
        width=32,
        layers=2,
        heads=4,
        feed_forward=48,
        dropout=0.1,
        head=head,
        head_depth=2,
        head_width=24,
        steps=4,
        evaluations=4,
    )


def small_config() -> ModelConfig:
    return ModelConfig(
        name="tiny",
        autoencoder=AutoencoderConfig(width=16, latent=12),
        generator=small_generator(),
        recognizer=RecognizerConfig(
            width=24,
            layers=2,
            heads=4,
            feed_forward=32,
            feature=16,
            text_width=16,
            text_layers=1,
            text_heads=4,
            text_feed_forward=32,
            vocabulary=VOCABULARY,
            positions=20,
            attend_padding=False,
            guidance=1.0,
        ),
        text=TextConfig("bundled", "text", 16, 16, 1, 4, 32, 20, VOCABULARY),
    )


def shake(module: nn.Module, seed: int = 0) -> nn.Module:
    """The module with every parameter random: fresh ones begin as the identity, which would hide mistakes."""
    source = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for value in module.parameters():
            value.add_(0.15 * torch.randn(value.shape, generator=source))
    return module.eval()


def small_system() -> System:
    """A small model of all parts."""
    torch.manual_seed(0)
    config = small_config()
    modules = (
        build_autoencoder(config.autoencoder),
        Generator(config.generator),
        Recognizer(config.recognizer),
        TextEncoder(config.text, train_tokenizer(TEXTS, VOCABULARY)),
    )
    for seed, module in enumerate(modules):
        shake(module, seed).requires_grad_(False)
    return System(config, *modules, ("walk", "wave", "jump"))
