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

from ..model.autoencoder import build_autoencoder
from ..model.config import named
from ..model.generator import Generator
from ..model.recognizer import Recognizer
from ..model.text import TextEncoder, train_tokenizer
from ..model.weights import System, save_system
from ..pipeline import Pipeline
from .speed import PROMPT, Figure, peak_memory

LABELS = ("walk", "wave", "run", "jump")
MOST_MEMORY = 12.0  # GB
SECONDS = 4.0
SPREAD = 0.3  # metres


def full_size(device: str, told: Callable[[str], object], name: str = "CoAMD-SiT-XL") -> list[Figure]:
    """Times and the peak memory of this process. ``told`` hears what is being done.

    CLIP's weights are not needed: a text encoder of its size with a small tokenizer of our own takes its place.
    """
    with tempfile.TemporaryDirectory(prefix="coamd-full-size-") as folder:
        told("building")
        built = _seconds(lambda: random_weights(name, Path(folder)))
        told("loading")
        began = time.perf_counter()
        pipeline = Pipeline.load(Path(folder), device)
        loaded = time.perf_counter() - began
    parts = (pipeline.system.autoencoder, pipeline.system.generator, pipeline.system.recognizer, pipeline.system.text)
    millions = sum(value.numel() for part in parts for value in part.parameters()) / 1e6
    told("sampling")
    began = time.perf_counter()
    made = pipeline.generate(PROMPT, SECONDS, seed=0)
    sampled = time.perf_counter() - began
    told("labelling")
    labelled = _seconds(lambda: pipeline.label(made.joints[0], LABELS))
    return [
        Figure(f"{name}: parameters, text encoder included", millions, "M"),
        Figure(f"{name}: built and saved", built, "s"),
        Figure(f"{name}: loaded", loaded, "s"),
        Figure(f"{name}: {SECONDS:g} s of motion", sampled, "s"),
        Figure(f"{name}: one label", labelled, "s"),
        Figure(f"{name}: largest memory", peak_memory(os.getpid()), "GB", MOST_MEMORY),
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


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
