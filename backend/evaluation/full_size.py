# SPDX-License-Identifier: GPL-3.0-or-later
"""The paper's size on this machine: built, saved, loaded, sampled once and labelled once, with random weights."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from ..model.autoencoder import build_autoencoder
from ..model.config import ModelConfig, named
from ..model.generator import Generator
from ..model.recognizer import Recognizer
from ..model.text import TextEncoder, train_tokenizer
from ..model.weights import System, save_system
from ..pipeline import Pipeline
from .speed import PROMPT, Figure, peak_memory

LABELS = ("walk", "wave", "run", "jump")
MOST_MEMORY = 12.0  # GB
SECONDS = 4.0


def full_size(device: str, told: Callable[[str], object], name: str = "CoAMD-SiT-XL") -> list[Figure]:
    """Times and the peak memory of this process. ``told`` hears what is being done.

    CLIP's weights are not needed: a text encoder of its size with a small tokenizer of our own takes its place.
    """
    config = named(name)
    with tempfile.TemporaryDirectory(prefix="coamd-full-size-") as folder:
        told("building")
        built = _seconds(lambda: _write(config, Path(folder)))
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


def _write(config: ModelConfig, folder: Path) -> None:
    """A weights folder with random numbers in it."""
    tokenizer = train_tokenizer([PROMPT, *LABELS])
    system = System(
        config=config,
        autoencoder=build_autoencoder(config.autoencoder),
        generator=Generator(config.generator),
        recognizer=Recognizer(config.recognizer),
        text=TextEncoder(config.text, tokenizer),
        labels=LABELS,
    )
    save_system(folder, system)


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
