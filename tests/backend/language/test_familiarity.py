# SPDX-License-Identifier: GPL-3.0-or-later
"""Which prompts are strange to a model, on a text encoder that knows words and nothing else."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest
import torch
from coamd.backend.language.familiarity import (
    FEATURES,
    TEXTS,
    Phrases,
    actions,
    encoded,
    learn,
    load_phrases,
    spread,
    telling_words,
)
from coamd.backend.language.spelling import read, stem, words
from coamd.backend.model.text import TextEncoder
from coamd.backend.motion.pipeline import BUNDLED, Pipeline
from coamd.rigs.errors import UserError

CAPTIONS = (
    "a person walks forward",
    "a person walks backwards slowly",
    "a person runs in a circle",
    "someone kicks with the right leg",
    "someone kicks with the left leg",
    "a dancer spins and jumps",
    "a man sits down at a table",
)
HELD_OUT = ("someone walks in a circle", "a dancer kicks", "a man walks slowly", "a person spins")


class Words:
    """An encoder whose features count words: the oracle for cosines."""

    def __init__(self, *more: str) -> None:
        self.known = {word: i for i, word in enumerate(sorted({w for text in (*CAPTIONS, *more) for w in words(text)}))}

    def encode(self, texts: Sequence[str]) -> torch.Tensor:
        rows = torch.full((len(texts), len(self.known)), 1e-3)
        for row, text in zip(rows, texts, strict=True):
            for word in words(text):
                if word in self.known:
                    row[self.known[word]] += 1.0
        return rows


ENCODER = cast(TextEncoder, Words())
LADDERS = cast(TextEncoder, Words("somebody climbs a ladder tree wall frame back fast"))


@pytest.fixture(scope="module")
def phrases() -> Phrases:
    return learn(CAPTIONS, HELD_OUT, ENCODER)


def test_captions_score_two_and_strangers_less(phrases: Phrases) -> None:
    for caption in CAPTIONS:
        assert phrases.score(caption, ENCODER) == pytest.approx(2.0, abs=0.02)
        assert phrases.warning(caption, ENCODER) is None
    assert phrases.score("quantum xylophone", ENCODER) < 1.0
    assert phrases.score("...", ENCODER) == 0.0


def test_the_threshold_warns_of_at_most_one_held_out_caption_in_twenty(phrases: Phrases) -> None:
    many = [f"{a} {b}" for a in ("a man", "someone", "a dancer") for b in ("walks", "juggles", "kicks", "sits")]
    calibrated = learn(CAPTIONS, many, ENCODER)
    warned = [text for text in many if calibrated.warning(text, ENCODER)]
    assert len(warned) <= 0.05 * len(many)
    assert learn(CAPTIONS, (), ENCODER).warning("quantum xylophone", ENCODER) is None  # nothing to calibrate on


def test_rare_words_weigh_more_than_frequent_ones(phrases: Phrases) -> None:
    assert phrases.weight("table") > phrases.weight("person") > 0.0
    assert phrases.coverage("a person plays chess") < 0.5 < phrases.coverage("a person at a chess table walks forward")
    assert phrases.coverage("") == 0.0


def test_words_that_tell_nothing_of_a_motion_make_no_prompt_stranger(phrases: Phrases) -> None:
    assert phrases.coverage("there would be some such person who walks forward and plays chess, rather quite") == (
        pytest.approx(phrases.coverage("there person who walks forward and plays chess"))
    )
    told = replace(phrases, threshold=2.0).warning("a person walks in a circle rather gloomily", ENCODER)
    assert told is not None
    assert told.startswith("The model has not learnt 'gloomily'. It knows: ")
    assert phrases.coverage("some") == 0.0


def test_a_warning_quotes_the_prompt_and_names_near_captions(phrases: Phrases) -> None:
    warning = phrases.warning("he sits and plays chess on a horse", ENCODER)
    assert warning is not None
    assert warning.startswith("The model has not learnt anything like 'he sits and plays chess on a horse'. It knows: ")
    assert "'a man sits down at a table'" in warning


def test_a_single_strange_word_is_named(phrases: Phrases) -> None:
    warning = phrases.warning("a man walks backwards zigzagging to the right", ENCODER)
    assert warning is None or "'zigzagging'" in warning or "anything like" in warning
    strict = replace(phrases, threshold=2.0)
    told = strict.warning("a person walks in a circle gloomily", ENCODER)
    assert told is not None
    assert told.startswith("The model has not learnt 'gloomily'. It knows: 'a person")


def test_words_that_tell_an_action_in_its_paraphrases_are_known(phrases: Phrases) -> None:
    """Those of the scene around it are not, and a caption's words need no second place."""
    walks = ("moseys_along to the bus", "moseying about", "a person is late for the bus")
    waits = ("waits for the bus", "bus stop idle", "no bus in sight")
    taught = learn(CAPTIONS, HELD_OUT, ENCODER, paraphrases=[walks, waits, CAPTIONS])
    assert taught.knows("mosey")
    assert not phrases.knows("mosey")
    assert taught.paraphrased == {"mosey", "bus"} - {stem(word) for text in CAPTIONS for word in words(text)}
    assert taught.texts == phrases.texts
    assert taught.coverage("a person moseys") > phrases.coverage("a person moseys")
    assert "bus" not in telling_words([walks, waits, ("the bus", "a bus")])


def test_only_the_strange_one_of_two_actions_is_quoted(phrases: Phrases) -> None:
    assert actions("a person walks, then sits. He waves") == ["a person walks", "sits", "He waves"]
    assert phrases.warning("a person walks forward and then a dancer spins and jumps", ENCODER) is None
    warning = phrases.warning("a person walks forward, then juggles burning torches", ENCODER)
    assert warning is not None
    assert "'juggles burning torches'" in warning
    assert "walks forward, then" not in warning.split("It knows")[0]


def test_named_captions_do_not_repeat_each_other(phrases: Phrases) -> None:
    named = phrases.nearest("someone kicks", ENCODER)
    assert named[0].startswith("someone kicks with the")
    assert sum("kicks" in text for text in named) == 1 or len(set(named)) == len(named) == 3


def test_a_figure_may_leave_the_floor_where_the_nearest_captions_do() -> None:
    climbs = [f"somebody climbs {what}" for what in ("a ladder", "a tree", "a wall", "a frame")]
    ground = [
        f"{who} walks {how}" for who in ("a man", "a dancer", "someone") for how in "forward back slowly fast".split()
    ]
    known = learn(climbs + ground + list(CAPTIONS), (), LADDERS, [climbs[0].upper(), *climbs[1:], "of no clip"])
    assert known.raised.sum() == len(climbs)
    assert known.raises("a man climbs a ladder", LADDERS)
    assert known.raises("a man walks forward, then climbs a tree", LADDERS)
    assert not known.raises("a man walks slowly", LADDERS)
    assert not learn(CAPTIONS, (), ENCODER).raises("a man climbs a ladder", ENCODER)


def test_the_bundled_model_leaves_the_floor_to_climb_and_not_to_kick() -> None:
    pipeline = Pipeline.load(BUNDLED, "cpu")
    encoder, phrases = pipeline.system.text, pipeline.system.phrases
    assert phrases is not None
    for text in ("a person climbs a ladder", "walks up a staircase", "hangs from a bar", "walks, then climbs a wall"):
        assert phrases.raises(text, encoder), text
    for text in (
        "a person walks forward",
        "karate kick",
        "lies down",
        "dances salsa",
        "jumps high",
        "runs, then waves",
    ):
        assert not phrases.raises(text, encoder), text


def test_a_folder_gives_back_what_was_saved(phrases: Phrases, tmp_path: Path) -> None:
    assert load_phrases(tmp_path) is None
    phrases = replace(phrases, paraphrased=frozenset({"amble", "mosey"}))
    phrases.save(tmp_path)
    loaded = load_phrases(tmp_path)
    assert loaded is not None
    assert (loaded.texts, loaded.paraphrased) == (phrases.texts, phrases.paraphrased)
    assert np.abs(loaded.features - phrases.features).max() < 0.01
    assert loaded.threshold == phrases.threshold
    assert loaded.raised.dtype == bool
    assert not loaded.raised.any()


@pytest.mark.parametrize("fault", ["cut", "text", "count"])
def test_a_damaged_folder_says_so(phrases: Phrases, tmp_path: Path, fault: str) -> None:
    phrases.save(tmp_path)
    if fault == "cut":
        (tmp_path / FEATURES).write_bytes((tmp_path / FEATURES).read_bytes()[:50])
    elif fault == "text":
        (tmp_path / TEXTS).write_text("{", encoding="utf-8")
    else:
        table = json.loads((tmp_path / TEXTS).read_text(encoding="utf-8"))
        (tmp_path / TEXTS).write_text(json.dumps(table | {"texts": table["texts"][1:]}), encoding="utf-8")
    with pytest.raises(UserError) as caught:
        load_phrases(tmp_path)
    assert caught.value.code == "weights_broken"


STRANGE = (
    "plays chess; a helicopter lands on the roof; a person rides a bicycle; the stock market crashes; "
    "a cat chases a laser pointer; compile the source code; ein Mann läuft schnell; un homme marche vers l'avant; "
    "xkcd blorp zzzt; the camera zooms in on the castle; a person milks a cow; lorem ipsum dolor sit amet"
).split("; ")
PLAIN = (
    "a person walks forward; someone runs; jump; turn left; a person sits down; kick with the right leg; dance salsa; "
    "a person crawls on hands and knees; a persn wlaks forwrad; he jumped and then waved with the left hand"
).split("; ")


def test_the_bundled_model_knows_plain_prompts_and_no_strange_ones() -> None:
    phrases = load_phrases(BUNDLED)
    assert phrases is not None
    encoder = Pipeline.load(BUNDLED, "cpu").system.text
    warned = {text: phrases.warning(read(text, phrases.vocabulary).text, encoder) for text in (*STRANGE, *PLAIN)}
    assert [text for text in PLAIN if warned[text]] == []
    assert sum(warned[text] is not None for text in STRANGE) >= 0.9 * len(STRANGE)


def test_phrases_need_no_module_of_their_own() -> None:
    """Anything with ``encode`` will do: CLIP's text half as well as the bundled one."""
    encoder = SimpleNamespace(encode=Words().encode)
    assert learn(CAPTIONS, HELD_OUT, cast(TextEncoder, encoder)).texts == tuple(sorted(CAPTIONS))


def test_few_phrases_hold_every_word_and_leave_no_sentence_far_away() -> None:
    said = [*CAPTIONS, *(f"{caption} again and again" for caption in CAPTIONS)]
    features = encoded(ENCODER, said)
    kept = spread(said, features, 9)
    assert len(kept) == 9
    assert {word for i in kept for word in words(said[i])} == {word for text in said for word in words(text)}
    assert (features @ features[kept].T).max(axis=1).min() > 0.8
    first_nine = features[:9]
    assert (features @ first_nine.T).max(axis=1).min() <= (features @ features[kept].T).max(axis=1).min()


def test_all_phrases_are_kept_where_there_are_few() -> None:
    assert spread(CAPTIONS, encoded(ENCODER, CAPTIONS), 100) == list(range(len(CAPTIONS)))
