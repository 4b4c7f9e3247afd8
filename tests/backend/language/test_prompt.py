# SPDX-License-Identifier: GPL-3.0-or-later
"""Prompts as they are typed, through the engine: what is read, and what comes back with the motion."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from coamd.backend.language.familiarity import learn
from coamd.backend.language.prompt import idling, mended, understood, understood_edit, unlearnt
from coamd.backend.language.spelling import MendedText
from coamd.backend.motion.pipeline import Pipeline
from coamd.backend.requests.edit import EditRequest, PromptSegment
from coamd.backend.requests.generate import GenerateRequest
from tiny_model import write_tiny_model

from tests.motions import walk

CAPTIONS = ("a person walks forward", "someone jumps up and down", "a person kicks with the right leg", "sits down")


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Pipeline:
    folder = tmp_path_factory.mktemp("tiny") / "weights"
    write_tiny_model(folder)
    return Pipeline.load(folder, "cpu")


@pytest.fixture(scope="module")
def pipeline(bare: Pipeline) -> Pipeline:
    phrases = replace(learn(CAPTIONS, (), bare.system.text), threshold=1.2)
    return Pipeline(replace(bare.system, phrases=phrases), bare._device)


def test_a_folder_without_phrases_takes_prompts_as_they_are(bare: Pipeline) -> None:
    assert understood(bare.system, "a persn plays chess") == ("a persn plays chess", ())
    assert bare.generate(GenerateRequest("a persn plays chess", 1.0, seed=1)).warnings == ()


def test_a_mended_prompt_makes_the_motion_of_the_right_one(pipeline: Pipeline) -> None:
    typed = pipeline.generate(GenerateRequest("a persn wlaks forwrad", 1.0, seed=3))
    meant = pipeline.generate(GenerateRequest("a person walks forward", 1.0, seed=3))
    assert np.array_equal(typed.joints, meant.joints)
    assert typed.warnings == ("Read 'persn' as 'person', 'wlaks' as 'walks' and 'forwrad' as 'forward'.",)
    assert meant.warnings == ()


def test_a_strange_prompt_is_made_and_warned_of(pipeline: Pipeline) -> None:
    made = pipeline.generate(GenerateRequest("xylophone quartet", 1.0, seed=3))
    assert made.joints.shape == (1, 20, 22, 3)
    assert len(made.warnings) == 1
    assert made.warnings[0].startswith("The model has not learnt anything like 'xylophone quartet'. It knows: '")


def test_a_search_is_mended_too(pipeline: Pipeline) -> None:
    assert mended(pipeline.system, "kiks with the rigth leg").text == "kicks with the right leg"
    assert np.array_equal(pipeline.embed_text("a persn wlaks forwrad"), pipeline.embed_text("a person walks forward"))


def test_labels_of_strange_words_are_named(pipeline: Pipeline, bare: Pipeline) -> None:
    labels = ("walk", "kick", "gehen", "moonwalk", "hip hop", "limp", "jump up")
    assert unlearnt(pipeline.system, labels[:2]) == ""
    assert unlearnt(bare.system, labels) == ""
    said = (
        "The model has not learnt the words of 'gehen', 'moonwalk', 'hip hop' and 1 more; what it calls so is a guess."
    )
    assert unlearnt(pipeline.system, labels) == said
    _, notes = pipeline.label(walk(3.0), ("walk", "Walk", "gehen"))
    assert notes == (
        "Of the labels, 1 that came twice were left out.",
        "The model has not learnt the words of 'gehen'; what it calls so is a guess.",
    )
    assert pipeline.label(walk(3.0))[1] == ()


def test_all_prompts_of_an_edit_are_read(pipeline: Pipeline) -> None:
    request = EditRequest(
        np.zeros((40, 22, 3), np.float32),
        prompt="",
        segments=(PromptSegment("a persn wlaks forwrad", 0, 20), PromptSegment("plays chess", 20, 40)),
    )
    read, notes = understood_edit(pipeline.system, request)
    assert [segment.prompt for segment in read.segments] == ["a person walks forward", "plays chess"]
    assert read.prompt == ""
    assert [note.split("'")[0] for note in notes] == ["Read ", "The model has not learnt anything like "]


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("breathing idle", "idle"),
        ("a tired idle, breathing", "a tired idle"),
        ("a person stands there and breathes", "a person stands idle"),
        ("Stands, breathing", "stands idle"),
        ("lies on the back, breathing", "lies on the back, breathing"),
        ("crouch idle, hands low", "crouch idle, hands low"),
        ("stands, breathing heavily after a run", "stands, breathing heavily after a run"),
    ],
)
def test_a_breathing_idle_is_an_idle(typed: str, read: str) -> None:
    assert idling(MendedText(typed)).text == read
    assert bool(idling(MendedText(typed)).changed) is (typed != read)
