# SPDX-License-Identifier: GPL-3.0-or-later
"""Other words for known actions are taught to both readers of a prompt, and what they know stays."""

from __future__ import annotations

import re
from copy import deepcopy
from pathlib import Path

import numpy as np
import pytest
import torch
from coamd.backend.lab.training.sentences.corpus import Corpus
from coamd.backend.lab.training.sentences.paraphrases import (
    Action,
    ParaphraseLessons,
    Readers,
    actions,
    added,
    gathered,
    held_out,
    known_sentences,
    paraphrase_loss,
    read_all,
    read_paraphrases,
    understood,
)
from coamd.backend.lab.training.sentences.wordings import OTHER, Wording, read_bank, sided, wide_sentences
from coamd.backend.model.config import RecognizerConfig, TextConfig
from coamd.backend.model.recognizer import TextTower
from coamd.backend.model.text import TextEncoder, train_tokenizer
from coamd.backend.training.loop import Schedule, train

FOUND = (
    Action("walk", ("a person walks", "someone walks ahead"), ("ambles along", "strolls about", "saunters off")),
    Action("fall", ("a person falls", "someone falls over"), ("topples to the floor", "collapses", "goes down hard")),
)
ELSE = ("a person waves", "someone sits down", "he jumps", "a man crawls under a table")


@pytest.fixture(scope="module")
def taught_readers() -> Readers:
    torch.manual_seed(0)
    config = TextConfig("bundled", "text", 84, 32, 1, 2, 64, 64, 600)
    texts = [text for action in FOUND for text in (*action.known, *action.others)] + list(ELSE)
    tower = TextTower(
        RecognizerConfig(feature=24, text_width=32, text_layers=1, text_heads=2, text_feed_forward=64, vocabulary=600)
    )
    found = Readers(TextEncoder(config, train_tokenizer(texts, 600)), tower)
    known = [text for action in FOUND for text in action.known] + list(ELSE)
    places = [torch.randn(len(known), width) for width in (84, 24)]
    optimizer = torch.optim.Adam(found.parameters(), lr=3e-3)
    for _ in range(120):  # readers that know some sentences, each at a place of its own
        loss = sum(((side - place) ** 2).mean() for side, place in zip(found(known), places, strict=True))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return found.eval()


@pytest.fixture
def readers(taught_readers: Readers) -> Readers:
    """A copy for each test, as some train it."""
    return deepcopy(taught_readers)


def lessons(readers: Readers) -> ParaphraseLessons:
    return ParaphraseLessons(readers, FOUND, Corpus(ELSE, np.full(len(ELSE), 1 / len(ELSE))), 0)


def test_every_action_is_said_in_many_other_words() -> None:
    known, found = known_sentences(read_bank()), read_paraphrases()
    named = {key for key in known if not key.endswith("_any")}
    assert named - found.keys() == set()
    assert found.keys() <= known.keys()
    for key, texts in found.items():
        assert len(texts) >= 20, key
        assert len(set(texts)) == len(texts), key
        assert not set(texts) & set(known[key]), f"{key}: that is known already"
        assert set(re.findall(r"\{\w+\}", " ".join(texts))) <= {"{side}", "{other}"}, key


def test_a_paraphrase_means_one_action() -> None:
    """Else it would be pulled to two places, or pulled away from where it is held."""
    known = {
        sided(text, side): key
        for key, texts in known_sentences(read_bank()).items()
        for text in texts
        for side in OTHER
    }
    meant: dict[str, str] = {}
    for key, texts in read_paraphrases().items():
        for text in {sided(text, side) for text in texts for side in OTHER}:
            assert known.get(text, key) == key, text
            assert meant.setdefault(text, key) == key, text
    assert not meant.keys() & set(wide_sentences())
    said = {text for action in actions(read_bank(), read_paraphrases()) for text in action.others}
    assert meant.keys() == said, "none is left out"


def test_a_side_goes_with_known_sentences_of_that_side() -> None:
    turn = Wording("turn", {}, ("turns around", "turns to the {side}"), sided=True)
    found = {
        action.key: action for action in actions([turn], {"turn": ("spins about", "wheels {side}"), "other": ("x",)})
    }
    assert found["turn"] == Action("turn", ("turns around",), ("spins about",))
    assert found["turn left"] == Action("turn left", ("turns to the left",), ("wheels left",))
    assert found["turn right"].others == ("wheels right",)
    assert len(found) == 3, "an action that the bank has not is left out"


def test_what_is_added_follows_a_comma_or_a_space() -> None:
    assert added("ambles along", "slowly") == "ambles along slowly"
    assert added("ambles along", ", then waves") == "ambles along, then waves"


def test_many_texts_are_read_as_one_is(readers: Readers) -> None:
    texts = [text for action in FOUND for text in action.others] + list(ELSE)
    together = read_all(readers, texts, batch=3)
    for row, text in enumerate(texts):
        for side, alone in zip(together, readers([text]), strict=True):
            torch.testing.assert_close(side[row], alone[0].detach(), rtol=0, atol=1e-5)


def test_a_paraphrase_is_aimed_between_its_actions_known_sentences(readers: Readers) -> None:
    """With two known sentences the target lies on the straight line between them, in both readers' spaces."""
    found = lessons(readers)
    first, second = read_all(readers, FOUND[0].known)[0]
    row = found.paraphrases.texts.index("strolls about")
    share = (found.paraphrases.targets[0][row] - first) @ (second - first) / (second - first).square().sum()
    assert 0.0 <= float(share) <= 1.0
    torch.testing.assert_close(found.paraphrases.targets[0][row], torch.lerp(first, second, share))
    assert held_out(FOUND[0]) == ("ambles along",)
    assert "ambles along" not in found.paraphrases.texts


def test_paraphrases_move_and_known_sentences_stay(readers: Readers, tmp_path: Path) -> None:
    """Afterwards every taught paraphrase lies nearer to its own action than to the other, in both readers' spaces."""
    found = lessons(readers)
    walk, fall = (read_all(readers, action.known) for action in FOUND)
    taught = [("strolls about", walk, fall), ("saunters off", walk, fall), ("goes down hard", fall, walk)]
    schedule = Schedule(steps=160, batch=8, learning_rate=3e-3, warmup=5, ema=0.9, precision="float32")
    train(readers.train(), paraphrase_loss(readers, found, 8), tmp_path, schedule)
    for text, own, other in taught:
        for placed, right, wrong in zip(read_all(readers, [text]), own, other, strict=True):
            assert (placed - right.mean(0)).norm() < 0.8 * (placed - wrong.mean(0)).norm(), text
    scores = understood(readers, found)
    assert scores["text moved"] < 0.05
    assert scores["tower moved"] < 0.05
    assert 0.0 <= scores["text top1"] <= scores["text top3"] <= 1.0


def test_sentences_of_a_keyed_action_draw_nearer_to_their_middle(readers: Readers, tmp_path: Path) -> None:
    """Those of recorded clips stay, as the generator has met them where they are."""
    group = ("a person waves", "he jumps", "someone sits down")
    before = read_all(readers, group)[0]
    moved = gathered(readers, [group])
    for text, place in zip(group, before, strict=True):
        torch.testing.assert_close(moved[text][0], torch.lerp(place, before.mean(0), 0.6))
    corpus = Corpus(ELSE, np.full(len(ELSE), 1 / len(ELSE)))
    found = ParaphraseLessons(readers, FOUND, corpus, 0, [group], recorded={"he jumps"})
    assert found.gathered is not None
    assert found.gathered.texts == ("a person waves", "someone sits down")
    schedule = Schedule(steps=160, batch=8, learning_rate=3e-3, warmup=5, ema=0.9, precision="float32")
    train(readers.train(), paraphrase_loss(readers, found, 8), tmp_path, schedule)
    after = read_all(readers, group)[0]
    apart = [float((side[0] - side[2]).norm()) for side in (before, after)]
    assert apart[1] < 0.7 * apart[0]
    assert (after[1] - before[1]).norm() < 0.3 * (before[1] - before.mean(0)).norm()
