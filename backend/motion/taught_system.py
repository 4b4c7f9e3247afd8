# SPDX-License-Identifier: GPL-3.0-or-later
"""A model with what it was taught: the bundled one itself is never changed."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np

from ...rigs.errors import UserError
from ..language.familiarity import Phrases, encoded, plain
from ..language.wordings import wordings
from ..model.adapters import merged, shapes
from ..model.text import TextEncoder
from ..model.weights import System
from ..taught.library import TaughtModel
from ..taught.model_file import load

# What decides how a generator's context and latents are to be read; the recognizer and the lists may change.
PARTS = ("generator.safetensors", "autoencoder.safetensors", "text/model.safetensors", "text/tokenizer.json")


def digest(folder: Path) -> str:
    """32 letters that change with the weights that a taught model belongs to."""
    total = hashlib.blake2b(digest_size=16)
    for name in PARTS:
        path = folder / name
        if path.is_file():
            with path.open("rb") as file:
                total.update(hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=16)).digest())
    return total.hexdigest()


def taught_system(system: System, base: str, model: TaughtModel) -> System:
    """The system with a taught model's adapters in its generator and its words among the known phrases.

    Raises:
        UserError: ``other_base`` where it was taught to other weights than those with the digest ``base``.
    """
    card = model.card
    if card.base != base:
        raise UserError(
            f"“{card.name}” was taught to other weights ({card.base_name}) than the present ones.",
            "Teach it again from its takes, or use the weights that it was made for.",
            "other_base",
        )
    adapters = load(model.path, shapes(system.generator, card.rank))
    phrases = None if system.phrases is None else with_words(system.phrases, card.words, system.text)
    return replace(system, generator=merged(system.generator, adapters).eval(), phrases=phrases)


def with_words(phrases: Phrases, words: tuple[str, ...], encoder: TextEncoder) -> Phrases:
    """The known phrases and all wordings of ``words``."""
    texts = tuple(dict.fromkeys(plain(text) for said in words for text in wordings(said)))
    fresh = tuple(text for text in texts if text not in set(phrases.texts))
    if not fresh:
        return phrases
    return replace(
        phrases,
        texts=phrases.texts + fresh,
        features=np.concatenate([phrases.features, encoded(encoder, fresh)]),
        raised=np.concatenate([phrases.raised, np.zeros(len(fresh), dtype=bool)]),
    )
