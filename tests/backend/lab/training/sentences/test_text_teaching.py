# SPDX-License-Identifier: GPL-3.0-or-later
"""The small text encoder learns where its teacher puts sentences."""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import torch
from coamd.backend.lab.training.sentences.corpus import Corpus
from coamd.backend.lab.training.sentences.space import FACTS, SentenceSpace
from coamd.backend.lab.training.sentences.text import FACTS as FACT_WEIGHT
from coamd.backend.lab.training.sentences.text import Lessons, noisy, short_texts, taught_scores, text_loss
from coamd.backend.model.config import TextConfig
from coamd.backend.model.text import TextEncoder, train_tokenizer
from coamd.backend.training.loop import Schedule, train
from coamd.rigs.errors import UserError
from hypothesis import given
from hypothesis import strategies as st

VERBS = ("walks", "runs", "jumps", "kicks", "waves", "sits", "turns", "falls", "crawls", "dances")
TEXTS = tuple(f"a person {verb} {how}" for verb in VERBS for how in ("", "left", "right", "twice", "slowly", "back"))
WIDTH = 84


def letters(sentences: Sequence[str]) -> np.ndarray:
    return np.array([[text.count(chr(97 + k)) for k in range(26)] for text in sentences], dtype=np.float64)


def lessons() -> Lessons:
    shares = np.full(len(TEXTS), 1 / len(TEXTS))
    return Lessons(Corpus(TEXTS, shares), SentenceSpace.fit(letters, TEXTS, WIDTH))


def encoder() -> TextEncoder:
    torch.manual_seed(0)
    config = TextConfig("bundled", "text", WIDTH, 32, 1, 2, 64, 64, 600)
    return TextEncoder(config, train_tokenizer(TEXTS, 600))


def test_facts_weigh_more_than_the_rest() -> None:
    found = lessons()
    assert found.weights[-FACTS:].tolist() == [FACT_WEIGHT] * FACTS
    assert set(found.weights[:-FACTS].tolist()) == {1.0}


def test_a_batch_is_of_sentences_of_like_length_with_their_own_vectors() -> None:
    found = lessons()
    texts, targets = found.draw(np.random.default_rng(0), 16)
    assert targets.shape == (16, WIDTH)
    spreads = [np.std([len(text) for text in found.draw(np.random.default_rng(k), 16)[0]]) for k in range(20)]
    assert np.mean(spreads) < 0.7 * found.lengths.std()
    clean = [(text, row) for text, row in zip(texts, targets, strict=True) if text in TEXTS]
    assert len(clean) > 10
    for text, row in clean:
        torch.testing.assert_close(row, found.targets[TEXTS.index(text)])


def test_it_learns_and_the_scores_tell(tmp_path: Path) -> None:
    model, found = encoder(), lessons()
    space = SentenceSpace.fit(letters, TEXTS, WIDTH)
    before = taught_scores(model, TEXTS, space)
    schedule = Schedule(steps=60, batch=24, learning_rate=3e-3, warmup=5, ema=0.9, precision="float32")
    train(model, text_loss(model, found, 24), tmp_path, schedule)
    after = taught_scores(model, TEXTS, space)
    assert after["cosine"] > before["cosine"] + 0.4
    assert after["facts"] > before["facts"]
    assert after["top1"] > before["top1"]


@given(st.text("abcdefgh ", min_size=1).filter(str.strip), st.integers(0, 9))
def test_noise_loses_a_word_or_has_a_slip_and_nothing_more(text: str, seed: int) -> None:
    typed, words = noisy(text, np.random.default_rng(seed)).split(), text.split()
    assert len(words) - 1 <= len(typed) <= len(words)
    changed = [word for word in typed if word not in words]
    assert len(changed) <= 1


def test_short_texts_leave_out_held_out_clips(tmp_path: Path) -> None:
    path = tmp_path / "notes.json.gz"
    notes = {name: {"annotations": [{"text": f"Clip {name}. "}]} for name in ("000001", "M000001", "000002")}
    with gzip.open(path, "wt", encoding="utf-8") as file:
        json.dump(notes, file)
    assert short_texts(path, held_out=["000001"]) == ["clip 000002"]


def test_a_file_of_another_form_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.json.gz").write_bytes(b"nothing")
    with pytest.raises(UserError, match="is not an annotation file"):
        short_texts(tmp_path / "notes.json.gz")
