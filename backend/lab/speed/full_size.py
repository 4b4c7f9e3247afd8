# SPDX-License-Identifier: GPL-3.0-or-later
"""The paper's size on this machine: built, saved, loaded, sampled once and labelled once, with random weights."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import torch
from torch import nn

from ...model.autoencoders.autoencoder import build_autoencoder
from ...model.config import named
from ...model.generator import Generator
from ...model.recognizer import Recognizer
from ...model.text import TextEncoder, train_tokenizer
from ...model.weights import System, save_system
from ...motion.pipeline import Pipeline
from ...requests.generate import GenerateRequest
from ..timing import timed
from .product import PROMPT, SpeedFigure, peak_memory

LABELS = ("walk", "wave", "run", "jump")
MOST_MEMORY = 12.0  # GB
SECONDS = 4.0
SPREAD = 0.3  # metres


def full_size(device: str, report: Callable[[str], object], name: str = "CoAMD-SiT-XL") -> list[SpeedFigure]:
    """Times and the peak memory of this process. ``report`` hears what is being done.

    CLIP's weights are not needed: a text encoder of its size with a small tokenizer of our own takes its place.
    """
    with tempfile.TemporaryDirectory(prefix="coamd-full-size-") as folder:
        report("building")
        built = timed(lambda: random_weights(name, Path(folder))).clock
        report("loading")
        began = time.perf_counter()
        pipeline = Pipeline.load(Path(folder), device)
        loaded = time.perf_counter() - began
    parts = (pipeline.system.autoencoder, pipeline.system.generator, pipeline.system.recognizer, pipeline.system.text)
    millions = sum(value.numel() for part in parts for value in part.parameters()) / 1e6
    report("sampling")
    began = time.perf_counter()
    made = pipeline.generate(GenerateRequest(PROMPT, SECONDS, candidates=1))
    sampled = time.perf_counter() - began
    report("labelling")
    labelled = timed(lambda: pipeline.label(made.joints[0], LABELS)).clock
    return [
        SpeedFigure(f"{name}: parameters, text encoder included", millions, "M"),
        SpeedFigure(f"{name}: built and saved", built, "s"),
        SpeedFigure(f"{name}: loaded", loaded, "s"),
        SpeedFigure(f"{name}: {SECONDS:g} s of motion", sampled, "s"),
        SpeedFigure(f"{name}: one label", labelled, "s"),
        SpeedFigure(f"{name}: largest memory", peak_memory(os.getpid()), "GB", MOST_MEMORY),
    ]


def random_weights(name: str, folder: Path) -> None:
    """Write a weights folder of a size with random numbers in it, alive enough to be sampled.

    A fresh generator stands still, for its gates and its last layer begin at zero. Here they are random, the velocity
    is as long as the way from noise to latents of the same size, and the decoder's joints spread over ``SPREAD``
    metres.
    """
    config = named(name)
    tokenizer = train_tokenizer([PROMPT, *LABELS])
    autoencoder, generator = build_autoencoder(config.autoencoder).eval(), Generator(config.generator).eval()
    with torch.no_grad():
        for part in generator.modules():
            if isinstance(part, nn.Linear) and not part.weight.any():
                part.weight.normal_(std=0.02)
        x, context = torch.randn(64, config.generator.latent), torch.randn(64, config.generator.width)
        net = generator.head.net
        net.out.weight.mul_(2**0.5 / net(x, torch.rand(64), context).std())
        latents = torch.randn(1, 40, config.generator.latent)
        autoencoder.std.fill_(SPREAD / float(autoencoder.decode(latents).std()))
    system = System(
        config=config,
        autoencoder=autoencoder,
        generator=generator,
        recognizer=Recognizer(config.recognizer),
        text=TextEncoder(config.text, tokenizer),
        labels=LABELS,
    )
    save_system(folder, system)
