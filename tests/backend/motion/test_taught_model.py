# SPDX-License-Identifier: GPL-3.0-or-later
"""Generating and editing with a taught model; without one nothing changes, bit for bit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from coamd.backend.labelling.embedding import embedder, uniform
from coamd.backend.language.familiarity import Phrases, encoded
from coamd.backend.model.adapters import shapes
from coamd.backend.model.sampler import Cancelled
from coamd.backend.motion.pipeline import Pipeline
from coamd.backend.motion.taught_system import with_words
from coamd.backend.requests.edit import EditRequest
from coamd.backend.requests.generate import GenerateRequest
from coamd.backend.requests.lesson import Example, Lesson, Outcome
from coamd.backend.taught.library import models, place, remove
from coamd.backend.taught.model_file import WORDS, ModelCard, save
from coamd.rigs.errors import UserError
from tiny_model import write_tiny_model

from tests.motions import walk
from tests.taught import CARD

Teach = Callable[[str, str], None]
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
    """Writes a model of that name and base with large random adapters, which knows "a person bows" by a walk."""

    def write(name: str, base: str) -> None:
        rng = np.random.default_rng(0)
        adapters = {key: rng.normal(size=shape) for key, shape in shapes(pipeline.system.generator, 2).items()}
        eye = embedder(pipeline.system)
        words = np.stack([eye.embed(uniform(WALK), [(0, len(WALK))])[0], rng.normal(size=eye.width)])
        words /= np.linalg.norm(words, axis=1, keepdims=True)
        card = ModelCard(**{**CARD.__dict__, "name": name, "base": base, "eye": eye.mark})
        save(place(name), card, {**adapters, WORDS: words})

    return write


def made(pipeline: Pipeline, model: str = "") -> np.ndarray:
    return pipeline.generate(GenerateRequest("walk", 2.0, seed=1, model=model)).joints


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
    plain, taught = (pipeline.edit(replace(request, model=model)).joints for model in ("", "Hero moves"))
    assert not np.array_equal(plain, taught)
    np.testing.assert_array_equal(plain[:, :20], taught[:, :20])


def test_a_model_that_is_not_there_or_of_other_weights_is_one_sentence(pipeline: Pipeline, teach: Teach) -> None:
    with pytest.raises(UserError) as caught:
        made(pipeline, "Hero moves")
    assert caught.value.code == "no_model"
    teach("Hero moves", "of other weights")
    with pytest.raises(UserError) as caught:
        made(pipeline, "Hero moves")
    assert caught.value.code == "other_base"
    assert "Teach it again" in caught.value.hint


def test_a_model_that_is_taught_again_is_read_again(pipeline: Pipeline, teach: Teach) -> None:
    teach("Hero moves", pipeline.base)
    first = pipeline.model("Hero moves")
    assert pipeline.model("Hero moves") is first
    for name in ("B", "C"):
        teach(name, pipeline.base)
        pipeline.model(name)
    assert pipeline.model("Hero moves") is not first  # no more than two are kept


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
    assert given[:2] == ["--device", device]


def test_a_name_that_is_taken_begins_no_process(pipeline: Pipeline, teach: Teach) -> None:
    teach("Strut", pipeline.base)
    with pytest.raises(UserError) as caught:
        pipeline.teach(Lesson("strut", ()), progress=lambda *_: None, decision=lambda: "")
    assert caught.value.code == "same_model"
