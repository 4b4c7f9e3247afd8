# SPDX-License-Identifier: GPL-3.0-or-later
"""Prompts for taught actions in other words than theirs, by the bundled text encoder."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib.resources import files

import numpy as np
import pytest
from coamd.backend.lab.teaching.unknown_moves import FAMILIES
from coamd.backend.language.familiarity import encoded, plain
from coamd.backend.language.prompt import understood
from coamd.backend.language.taught_reading import acting, read_as_taught
from coamd.backend.language.wordings import wordings
from coamd.backend.model.taught_actions import TaughtActions
from coamd.backend.model.weights import System, load_system
from coamd.backend.motion.pipeline import BUNDLED
from coamd.backend.motion.taught_system import with_words, words_of_their_own

NAMES = [family.words[0] for family in FAMILIES]


@pytest.fixture(scope="module")
def system() -> System:
    """The bundled model with the words, not the motion, of six actions that it does not know."""
    loaded = load_system(BUNDLED, "cpu")
    assert loaded.phrases is not None
    owners = {
        plain(said): number
        for number, family in enumerate(FAMILIES)
        for text in family.words
        for said in wordings(text)
    }
    taught = TaughtActions(
        names=tuple(NAMES),
        wordings=tuple(owners),
        actions=np.array(list(owners.values())),
        features=encoded(loaded.text, tuple(owners)),
        stems=words_of_their_own(owners, loaded.phrases),
        takes=np.zeros((len(FAMILIES), loaded.config.recognizer.feature), np.float32),
        untaught=loaded.generator,
    )
    words = tuple(text for family in FAMILIES for text in family.words)
    return replace(loaded, taught=taught, phrases=with_words(loaded.phrases, words, loaded.text))


def read(system: System, prompt: str) -> str:
    assert system.taught is not None
    assert system.phrases is not None
    return read_as_taught(system.taught, system.phrases, system.text, prompt)[0]


def test_other_words_are_read_as_the_description_that_was_taught(system: System) -> None:
    found = [(read(system, prompt), family.words[0]) for family in FAMILIES for prompt in family.prompts]
    assert np.mean([said == right for said, right in found]) >= 0.8
    assert not [said for said, right in found if said in NAMES and said != right]


def test_prompts_for_known_actions_stay_as_they_are(system: System) -> None:
    table = json.loads(files("coamd.backend.lab.evaluation").joinpath("natural_prompts.json").read_text("utf-8"))
    prompts = [text for texts in table.values() for text in texts]
    assert np.mean([read(system, text) == text for text in prompts]) >= 0.97
    for text in ("a person walks forward", "runs, then jumps", "waves with the left hand. Then sits down"):
        assert understood(system, text) == (text, ())


def test_of_several_actions_each_is_read_by_itself(system: System) -> None:
    said = read(system, "the old sailor squeezes his accordion, then walks forward and then swings his lasso")
    assert said == f"{NAMES[0]}, then walks forward and then swings a lasso"


def test_the_user_is_told_of_words_that_were_not_taught_and_of_no_others(system: System) -> None:
    _, notes = understood(system, "an accordionist on stage")
    assert notes == (f"“an accordionist on stage” is read as “{NAMES[0]}”, which was taught.",)
    assert understood(system, FAMILIES[0].words[1]) == (NAMES[0], ()), "all descriptions are of one action"
    assert understood(system, f"  {NAMES[0].upper()}") == (NAMES[0], ())


@pytest.mark.parametrize(
    "prompt",
    [
        "swings a lasso with the left hand",
        "swings a lasso twice",
        "a person does not swing a lasso",
        "swings a lasso while walking",
    ],
)
def test_a_side_a_number_and_a_negation_that_were_not_taught_are_not_lost(system: System, prompt: str) -> None:
    assert read(system, prompt) == prompt


def test_a_description_of_two_actions_or_with_a_full_stop_is_itself(system: System) -> None:
    assert system.taught is not None
    assert system.phrases is not None
    said = "draws the katana, then bows"
    both = replace(
        system.taught, names=(said,), wordings=(said,), actions=np.zeros(1, int), features=system.taught.features[:1]
    )
    for typed in (said, said + ".", said.upper()):
        assert read_as_taught(both, system.phrases, system.text, typed) == (said, ())
    assert read(system, NAMES[0] + ".") == NAMES[0]


def test_a_word_that_only_a_taught_action_has_tells_it_from_all_others(system: System) -> None:
    assert system.taught is not None
    assert system.taught.stems["lasso"] == {2}
    assert "walk" not in system.taught.stems
    assert read(system, "a rodeo rider with a lasso") == NAMES[2]
    assert system.phrases is not None
    without = replace(system.taught, stems={})
    assert read_as_taught(without, system.phrases, system.text, "a rodeo rider with a lasso")[0] != NAMES[2]


def test_what_means_nothing_that_was_taught_is_made_by_the_bundled_generator(system: System) -> None:
    assert system.taught is not None
    bundled = system.taught.untaught
    for prompts in (["sits down on a chair"], ["", "claps the hands"], ["jumps twice, then salutes"]):
        found, notes = acting(system, prompts)
        assert found.generator is bundled
        assert found.taught is None
        assert NAMES[0] in notes[0]
    for prompts in ([NAMES[2]], [f"walks, then {NAMES[2]}"], ["jumps", NAMES[1]], [""], []):
        assert acting(system, prompts) == (system, ())
    plain = replace(system, taught=None)
    assert acting(plain, ["jumps"]) == (plain, ())
