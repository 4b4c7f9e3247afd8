# SPDX-License-Identifier: GPL-3.0-or-later
"""The bundled model with what one or several taught models add to it; it itself is never changed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import combinations
from pathlib import Path

import numpy as np

from ...rigs.errors import UserError
from ..labelling.embedding import embedder
from ..language.familiarity import EMPTY, Phrases, encoded, plain
from ..language.spelling import PEOPLE, stem, words
from ..language.wordings import wordings
from ..model.adapters import merged, shapes
from ..model.taught_actions import TaughtActions
from ..model.text import TextEncoder
from ..model.weights import System
from ..requests.models import checked_models
from ..taught.library import TaughtModel, named
from ..taught.model_file import load, word_vectors

# What decides how a generator's context and latents are to be read; the recognizer and the lists may change.
PARTS = ("generator.safetensors", "autoencoder.safetensors", "text/model.safetensors", "text/tokenizer.json")
KEPT = 2  # systems with taught models that are kept in memory


class TaughtSystems:
    """The systems of one loaded model, by the taught models that are added to it; the last ``KEPT`` are remembered."""

    def __init__(self, system: System, folder: Path) -> None:
        """``folder``: of the weights that ``system`` was loaded from."""
        self._bundled, self._folder = system, folder
        self._kept: dict[frozenset[tuple[Path, int]], System] = {}  # by files and their times of change, oldest first

    @cached_property
    def base(self) -> str:
        """The digest of the weights, which a taught model must name."""
        return digest(self._folder)

    def of(self, names: Iterable[str]) -> System:
        """The system with these taught models, in whatever order they are named; without any as it was loaded.

        UserError ``no_model``, ``broken_model``, or as ``checked_models`` and ``taught_system``.
        """
        models = [named(name) for name in checked_models(names)]
        if not models:
            return self._bundled
        key = frozenset((model.path, model.path.stat().st_mtime_ns) for model in models)
        system = self._kept.pop(key, None)
        if system is None:
            while len(self._kept) >= KEPT:
                del self._kept[next(iter(self._kept))]
            system = taught_system(self._bundled, self.base, models)
        self._kept[key] = system
        return system


def digest(folder: Path) -> str:
    """32 letters that change with the weights that a taught model belongs to."""
    total = hashlib.blake2b(digest_size=16)
    for name in PARTS:
        path = folder / name
        if path.is_file():
            with path.open("rb") as file:
                total.update(hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=16)).digest())
    return total.hexdigest()


def taught_system(system: System, base: str, models: Sequence[TaughtModel]) -> System:
    """The system with the adapters of taught models in its generator and their words among the known phrases.

    Sums of three numbers depend on the order by their last bits, so that it is always that of the names.

    Raises:
        UserError: ``other_base`` where one was taught to other weights than those with the digest ``base``,
            ``model_twice`` where two are copies of one.
    """
    models = sorted(models, key=lambda model: model.card.name.casefold())
    for model in models:
        if model.card.base != base:
            raise UserError(
                f"“{model.card.name}” was taught to other weights ({model.card.base_name}) than the present ones.",
                "Teach it again from its takes, or use the weights that it was made for.",
                "other_base",
            )
    for one, other in combinations([model.card for model in models], 2):
        if replace(one, name=other.name) == other:
            raise UserError(
                f"“{one.name}” and “{other.name}” are the same taught model.", "Choose one of them.", "model_twice"
            )
    adapters = [load(model.path, shapes(system.generator, model.card.rank)) for model in models]
    texts = tuple(text for model in models for text in model.card.words)
    phrases = None if system.phrases is None else with_words(system.phrases, texts, system.text)
    actions = taught_actions(system, models)
    return replace(system, generator=merged(system.generator, *adapters).eval(), phrases=phrases, taught=actions)


def taught_actions(system: System, models: Sequence[TaughtModel]) -> TaughtActions | None:
    """The actions of taught models; None where they name none. Descriptions of the same takes are one action.

    Where another recognizer saw the takes each description counts as an action, and its takes as unknown.
    UserError ``broken_model``.
    """
    eye, width = embedder(system).mark, system.config.recognizer.feature
    names: list[str] = []
    takes: list[np.ndarray] = []
    owners: dict[str, int] = {}  # wording -> action
    for model in models:
        first: dict[bytes, int] = {}
        seen = word_vectors(model.path, width) if model.card.eye == eye else None
        for row, text in enumerate(model.card.words):
            vector = np.zeros(width, np.float32) if seen is None else seen[row]
            action = first.setdefault(text.encode() if seen is None else vector.tobytes(), len(names))
            if action == len(names):
                names.append(text.strip().rstrip("."))
                takes.append(vector)
            for said in wordings(text):
                owners.setdefault(plain(said), action)
    if not owners:
        return None
    texts = tuple(owners)
    stems = {} if system.phrases is None else words_of_their_own(owners, system.phrases)
    rows = np.array(list(owners.values()))
    features = encoded(system.text, texts)
    return TaughtActions(tuple(names), texts, rows, features, stems, np.stack(takes), system.generator)


def words_of_their_own(owners: Mapping[str, int], phrases: Phrases) -> dict[str, frozenset[int]]:
    """Stems of words that taught wordings have and known phrases lack, and the actions of these wordings."""
    known = {stem(word) for text in phrases.texts for word in words(text)}
    found: dict[str, frozenset[int]] = {}
    for text, action in owners.items():
        for word in words(text):
            if stem(word) not in known and word not in PEOPLE and word not in EMPTY:
                found[stem(word)] = found.get(stem(word), frozenset()) | {action}
    return found


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
