# SPDX-License-Identifier: GPL-3.0-or-later
"""The figures of warnings and typing errors: what is counted, and that they can be repeated."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import torch
from coamd.backend.lab.control.wording import bare
from coamd.backend.lab.evaluation.strange_texts import (
    LEAST,
    captions,
    mistyped,
    natural_prompts,
    read_texts,
    strange_prompts,
    typing_errors,
)
from coamd.backend.lab.training.sentences.paraphrases import actions, known_sentences, read_paraphrases
from coamd.backend.lab.training.sentences.wordings import read_bank
from coamd.backend.language.familiarity import Phrases, learn
from coamd.backend.language.spelling import CaptionWords, distance, words
from coamd.backend.motion.pipeline import Pipeline
from coamd.backend.training.data import Clip
from coamd.rigs.errors import UserError
from hypothesis import given
from hypothesis import strategies as st
from tiny_model import write_tiny_model

KNOWN = ("a person walks forward", "someone kicks with the right leg", "a dancer spins and jumps")
VOCABULARY = CaptionWords.of(KNOWN)


@given(st.lists(st.text(alphabet="walking", min_size=1, max_size=9), min_size=1, max_size=5), st.integers(0, 99))
def test_one_word_is_mistyped_by_one_error(typed: list[str], seed: int) -> None:
    text = " ".join(typed)
    found = mistyped(text, np.random.default_rng(seed))
    if all(len(word) < LEAST for word in typed):
        assert found is None
        return
    assert found is not None
    assert found == mistyped(text, np.random.default_rng(seed))
    (old, new) = next((a, b) for a, b in zip(text.split(), found.split(), strict=True) if a != b)
    assert text.replace(old, new, 1).split() == found.split() or text.split().count(old) > 1
    assert len(old) >= LEAST
    assert distance(old, new) == 1


def test_every_text_has_one_outcome() -> None:
    lines = typing_errors([*KNOWN, "a to he"], VOCABULARY, seed=1)
    assert sum(line.count for line in lines) == lines[0].texts == len(KNOWN)
    assert lines == typing_errors([*KNOWN, "a to he"], VOCABULARY, seed=1)
    assert lines[0].what == "restored"
    assert lines[0].count >= 2


def test_nothing_is_restored_where_nothing_is_known() -> None:
    """The gate can fail: a model of other words restores none of these."""
    restored = typing_errors(["zgrmpf qwrtz"], CaptionWords.of(["a person walks"]), seed=0)[0]
    assert (restored.count, restored.texts) == (0, 1)


def test_the_strange_prompts_are_many_and_of_many_kinds() -> None:
    kinds = strange_prompts()
    prompts = [prompt for group in kinds.values() for prompt in group]
    assert len(prompts) == len(set(prompts)) >= 77
    assert "a person plays chess" in kinds["games and sports"]
    assert "a person does the splits" in kinds["known words in another sense"]


def clip(number: int, split: str, text: str, *, mirrored: bool = False) -> Clip:
    return Clip(str(number), split, np.zeros((40, 22, 3), np.float32), (text,), (), "", mirrored)


CLIPS = [clip(i, split, text) for i, (split, text) in enumerate((s, t) for s in ("val", "test") for t in KNOWN)]


class Letters:
    """An encoder whose features count letters."""

    def encode(self, texts: Sequence[str]) -> torch.Tensor:
        return torch.tensor([[1e-3 + text.count(letter) for letter in "abcdefghijklmnopqrstuvwxyz"] for text in texts])


def test_captions_come_once_and_not_mirrored() -> None:
    clips = [*CLIPS, clip(9, "test", KNOWN[0]), clip(10, "test", "a person walks left", mirrored=True)]
    assert captions(clips, "test") == sorted(KNOWN)


def test_no_natural_prompt_is_taught() -> None:
    """Else they would tell how well sentences are remembered, not how well other words are understood."""
    taught = {
        bare(text) for action in actions(read_bank(), read_paraphrases()) for text in (*action.known, *action.others)
    }
    prompts = natural_prompts()
    assert prompts.keys() <= known_sentences(read_bank()).keys()
    assert sum(map(len, prompts.values())) >= 700
    assert not {text for texts in prompts.values() for text in texts if bare(text) in taught}
    assert bare("Walk cycle.") in taught, "or the comparison would see nothing"


def test_the_report_says_what_is_warned_of(tmp_path: Path) -> None:
    write_tiny_model(tmp_path)
    system = Pipeline.load(tmp_path, "cpu").system
    with pytest.raises(UserError, match="know no phrases"):
        read_texts(system, CLIPS, 0)
    phrases: Phrases = learn(KNOWN, KNOWN, Letters())  # type: ignore[arg-type]
    knowing = dataclasses.replace(system, phrases=phrases, text=Letters(), labels=("walks", "kicks"))  # type: ignore[arg-type]
    report = read_texts(knowing, CLIPS, 0)
    by_name = {line.name: line for line in report.lines}
    assert by_name["test captions"].count == 0
    nonsense = by_name["strange: nonsense"]
    assert nonsense.count == nonsense.texts
    assert not nonsense.odd
    nearest, among = (
        next(line for line in report.lines if line.what == what) for what in ("nearest action", "among the nearest 3")
    )
    assert nearest.texts == among.texts == sum(map(len, natural_prompts().values()))
    assert nearest.count <= among.count
    assert "| test captions | 3 | warned of | 0.0% |" in report.markdown()
    assert json.loads(report.json())["facts"]["seed"] == 0
    assert all(words(prompt) or prompt == "1234567890" for group in strange_prompts().values() for prompt in group)
