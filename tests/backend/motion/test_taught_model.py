# SPDX-License-Identifier: GPL-3.0-or-later
"""Generating and editing with one or several taught models; without one nothing changes, bit for bit."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import replace
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest
import torch
from coamd.backend.cli.teach import configure
from coamd.backend.labelling.embedding import embedder, uniform
from coamd.backend.language.familiarity import Phrases, encoded
from coamd.backend.model.adapters import shapes
from coamd.backend.model.sampler import Cancelled
from coamd.backend.motion.pipeline import Pipeline
from coamd.backend.motion.taught_system import KEPT, TaughtSystems, with_words
from coamd.backend.requests.edit import EditRequest
from coamd.backend.requests.generate import GenerateRequest
from coamd.backend.requests.lesson import Example, Lesson, Outcome
from coamd.backend.taught.library import models, place, remove
from coamd.backend.taught.model_file import WORDS, ModelCard, save
from coamd.rigs.errors import UserError
from tiny_model import write_tiny_model

from tests.motions import walk
from tests.taught import CARD

Teach = Callable[..., None]
WALK = walk(4.0)


@pytest.fixture
def pipeline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Pipeline:
    monkeypatch.setenv("COAMD_HOME", str(tmp_path / "home"))
    write_tiny_model(tmp_path / "weights")
    loaded = Pipeline.load(tmp_path / "weights", "cpu")
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(1)  # an untrained head gives nothing, whatever comes before it
        torch.nn.init.normal_(loaded.system.generator.head.net.out.weight, std=0.3)
    return loaded


@pytest.fixture
def teach(pipeline: Pipeline) -> Teach:
    """Writes a model of that name and base with large random adapters, by its number, which knows "a person bows" by
    a walk."""

    def write(name: str, base: str, number: int = 0, words: tuple[str, str] = ("a person bows", "ein Gruß")) -> None:
        rng = np.random.default_rng(number)
        adapters = {key: rng.normal(size=shape) for key, shape in shapes(pipeline.system.generator, 2).items()}
        eye = embedder(pipeline.system)
        seen = np.stack([eye.embed(uniform(WALK), [(0, len(WALK))])[0], rng.normal(size=eye.width)])
        seen /= np.linalg.norm(seen, axis=1, keepdims=True)
        made = f"2026-11-30T00:00:0{number}+00:00"
        facts = {"name": name, "base": base, "eye": eye.mark, "made": made, "words": words}
        save(place(name), ModelCard(**{**CARD.__dict__, **facts}), {**adapters, WORDS: seen})

    return write


def made(pipeline: Pipeline, *models: str) -> np.ndarray:
    return pipeline.generate(GenerateRequest("walk", 2.0, seed=1, models=models)).joints


def test_a_taught_model_makes_other_motion_and_the_bundled_one_the_same_as_ever(
    pipeline: Pipeline, teach: Teach
) -> None:
    before = made(pipeline)
    teach("Hero moves", pipeline.base)
    assert not np.array_equal(made(pipeline, "hero moves"), before)
    for name in ("", "Bundled", " bundled"):
        np.testing.assert_array_equal(made(pipeline, name), before)


def test_edits_know_taught_models_too(pipeline: Pipeline, teach: Teach) -> None:
    teach("Hero moves", pipeline.base)
    request = EditRequest(walk(4.0).astype(np.float32), "regenerate", 20, 60, prompt="walk")
    sets = ((), ("Hero moves",), ("Hero moves", "Bows"))
    teach("Bows", pipeline.base, 1)
    plain, taught, both = (pipeline.edit(replace(request, models=models)).joints for models in sets)
    assert not np.array_equal(plain, taught)
    assert not np.array_equal(both, taught)
    np.testing.assert_array_equal(plain[:, :20], taught[:, :20])
    np.testing.assert_array_equal(plain[:, :20], both[:, :20])


def test_edits_together_are_of_the_same_models(pipeline: Pipeline, teach: Teach) -> None:
    teach("Hero moves", pipeline.base)
    request = EditRequest(WALK.astype(np.float32), "regenerate", 20, 60, prompt="walk", models=("Hero moves",))
    for one in pipeline.edit_all([request, request]):
        np.testing.assert_array_equal(one.joints, pipeline.edit(request).joints)
    with pytest.raises(ValueError, match="unpack"):
        pipeline.edit_all([request, replace(request, models=())])


def test_a_model_that_is_not_there_or_of_other_weights_is_one_sentence(pipeline: Pipeline, teach: Teach) -> None:
    with pytest.raises(UserError) as caught:
        made(pipeline, "Hero moves")
    assert caught.value.code == "no_model"
    teach("Hero moves", "of other weights")
    with pytest.raises(UserError) as caught:
        made(pipeline, "Hero moves")
    assert caught.value.code == "other_base"
    assert "Teach it again" in caught.value.hint


def test_the_order_in_which_models_are_named_changes_nothing(pipeline: Pipeline, teach: Teach) -> None:
    names = ("Hero moves", "Bows", "Salutes")
    for number, name in enumerate(names):
        teach(name, pipeline.base, number)
    first = made(Pipeline.load(pipeline.folder, "cpu"), *names)
    for order in permutations(names):
        np.testing.assert_array_equal(made(Pipeline.load(pipeline.folder, "cpu"), *order), first)


def test_what_cannot_be_used_together_is_one_sentence(pipeline: Pipeline, teach: Teach) -> None:
    def refused(code: str, *names: str) -> UserError:
        with pytest.raises(UserError) as caught:
            made(pipeline, *names)
        assert caught.value.code == code
        return caught.value

    teach("Hero moves", pipeline.base)
    teach("Bows", pipeline.base, 1)
    teach("A copy", pipeline.base)  # as of a model that was exported, renamed and imported again
    teach("Other", "of other weights", 2)
    assert "“Hero moves” is named twice" in refused("model_twice", "hero moves", "Bows", " Hero  moves").message
    assert "“A copy” and “Hero moves”" in refused("model_twice", "Hero moves", "Bows", "A copy").message
    assert "“Other” was taught to other weights" in refused("other_base", "Bows", "Other").message
    remove("Bows")
    assert "no taught model “Bows”" in refused("no_model", "Hero moves", "Bows").message
    refused("many_models", *"ABCDE")


def test_the_systems_that_were_used_last_are_kept(pipeline: Pipeline, teach: Teach) -> None:
    systems = TaughtSystems(pipeline.system, pipeline.folder)
    assert systems.of(()) is pipeline.system
    for number, name in enumerate("ABC"):
        teach(name, pipeline.base, number)
    both = systems.of(["A", "B"])
    assert systems.of(["b", "A", "Bundled"]) is both
    first = systems.of(["A"])
    assert first is not both
    assert systems.of(["A", "B"]) is both  # so that it is the younger one
    systems.of(["C"])
    assert KEPT == 2
    assert systems.of(["A", "B"]) is both
    assert systems.of(["A"]) is not first


def test_a_model_that_is_taught_again_is_read_again(pipeline: Pipeline, teach: Teach) -> None:
    teach("Hero moves", pipeline.base)
    teach("Bows", pipeline.base, 1)
    first = made(pipeline, "Hero moves", "Bows")
    remove("Bows")
    teach("Bows", pipeline.base, 2)
    assert not np.array_equal(made(pipeline, "Hero moves", "Bows"), first)


def test_taught_words_are_known_words(pipeline: Pipeline) -> None:
    text = pipeline.system.text
    texts = ("a person walks", "a person runs")
    phrases = Phrases(texts, encoded(text, texts), 1.2, np.zeros(2, dtype=bool))
    assert not phrases.knows("flourish")
    taught = with_words(phrases, ("flourish", "a person walks"), text)
    assert taught.knows("flourish")
    assert taught.features.shape == (len(taught.texts), phrases.features.shape[1])
    assert len(set(taught.texts)) == len(taught.texts)
    assert taught.warning("a person does a flourish", text) is None
    assert with_words(phrases, ("a person walks",), text).texts[:2] == texts


def test_the_words_of_all_models_that_act_together_are_known(pipeline: Pipeline, teach: Teach) -> None:
    texts = ("a person walks", "a person runs")
    phrases = Phrases(texts, encoded(pipeline.system.text, texts), 1.2, np.zeros(2, dtype=bool))
    systems = TaughtSystems(replace(pipeline.system, phrases=phrases), pipeline.folder)
    teach("Hero moves", pipeline.base, 0, ("a person flourishes", "a person walks"))
    teach("Bows", pipeline.base, 1, ("someone curtsies", "a person flourishes"))
    known = {
        names: [word for word in ("flourishes", "curtsies") if found.phrases and found.phrases.knows(word)]
        for names in ((), ("Hero moves",), ("Hero moves", "Bows"))
        for found in [systems.of(names)]
    }
    assert known == {(): [], ("Hero moves",): ["flourishes"], ("Hero moves", "Bows"): ["flourishes", "curtsies"]}


def test_label_and_find_know_what_was_taught_as_long_as_its_file_is_there(pipeline: Pipeline, teach: Teach) -> None:
    def first() -> str:
        return pipeline.label(WALK, whole=True)[0][0].labels[0].label

    before, by_words = first(), pipeline.embed_text("a person bows")
    assert before in pipeline.system.labels
    teach("Hero moves", "of other weights")  # the recognizer is the same
    assert first() == "a person bows"
    assert pipeline.label(WALK, ["run", "someone bows"], whole=True)[0][0].labels[0].label == "someone bows"
    by_takes = pipeline.embed_text("A person bows")
    assert by_takes @ pipeline.embed_motion(WALK) > by_words @ pipeline.embed_motion(WALK)
    assert pipeline.read("a person bows") == ("a person bows", ())
    remove("Hero moves")
    assert first() == before
    np.testing.assert_array_equal(pipeline.embed_text("a person bows"), by_words)


def test_a_lesson_is_taught_in_a_process_of_its_own_whose_words_come_back(pipeline: Pipeline) -> None:
    """The random autoencoder of the tiny model shows no motion, and the child says so."""
    examples = tuple(
        Example(f"walk {n}", walk(2.5, turning=n).astype(np.float32), ("a person struts",)) for n in range(2)
    )
    phases: list[str] = []
    with pytest.raises(UserError) as caught:
        pipeline.teach(
            Lesson("Strut", examples), progress=lambda phase, _step, _of: phases.append(phase), decision=lambda: ""
        )
    assert caught.value.code == "bad_motion"
    assert phases == ["loading", "looking at the takes"]
    with pytest.raises(Cancelled):
        pipeline.teach(Lesson("Strut", examples), progress=lambda *_: None, decision=lambda: "drop")
    assert models() == ([], [])


@pytest.mark.parametrize("device", ["cpu", "cuda", "cuda:1", "mps"])
def test_a_lesson_goes_to_the_card_that_was_chosen(
    device: str, pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[str] = []

    def teach_in_child(_command: object, options: list[str], *_rest: object) -> Outcome:
        given.extend(options)
        return Outcome("Strut")

    monkeypatch.setattr("coamd.backend.motion.pipeline.teach_in_child", teach_in_child)
    chosen = Pipeline(pipeline.system, torch.device(device), pipeline.folder)
    examples = (Example("walk", walk(2.5).astype(np.float32), ("a person struts",)),)
    chosen.teach(Lesson("Strut", examples), progress=lambda *_: None, decision=lambda: "")
    parser = argparse.ArgumentParser()
    configure(parser)  # what the child reads them with
    assert parser.parse_args(given).device == device


def test_a_name_that_is_taken_begins_no_process(pipeline: Pipeline, teach: Teach) -> None:
    teach("Strut", pipeline.base)
    with pytest.raises(UserError) as caught:
        pipeline.teach(Lesson("strut", ()), progress=lambda *_: None, decision=lambda: "")
    assert caught.value.code == "same_model"


def test_descriptions_of_the_same_takes_are_one_action_where_this_recognizer_saw_them(
    pipeline: Pipeline, teach: Teach
) -> None:
    teach("Hero moves", pipeline.base, words=("A person bows.", "someone curtsies"))
    taught = TaughtSystems(pipeline.system, pipeline.folder).of(["Hero moves"]).taught
    assert taught is not None
    assert taught.names == ("A person bows", "someone curtsies"), "their takes differ"
    assert taught.action_of("a man bows") == taught.action_of("A PERSON BOWS.") == 0
    assert taught.view_of("someone curtsies") is not None
    with torch.no_grad():
        next(pipeline.system.recognizer.parameters()).add_(0.1)
    unseen = TaughtSystems(pipeline.system, pipeline.folder).of(["Hero moves"]).taught
    assert unseen is not None
    assert unseen.names == taught.names
    assert unseen.view_of("a person bows") is None
