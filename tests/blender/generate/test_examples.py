# SPDX-License-Identifier: GPL-3.0-or-later
"""Words that help a newcomer: examples to begin with, English asked for in time, known phrases a click away."""

from __future__ import annotations

from typing import Any

import bpy
import pytest
from coamd.backend.client.backend_process import BackendProcess
from coamd.backend.requests.generate import GenerateRequest
from coamd.backend.requests.limits import check
from coamd.blender_addon.generate import examples, panel, prompt_menus
from coamd.blender_addon.generate.operators import order_of
from coamd.blender_addon.generate.prompt_language import is_english
from coamd.blender_addon.session.session import Session
from coamd.blender_addon.ui import notices
from coamd.blender_addon.ui.notices import EDIT, ERROR, WARNING, Notice
from test_registration import Paper, draw

EVERY = [each for group in examples.GROUPS for each in group.prompts]


@pytest.mark.parametrize("example", [examples.FIRST, *EVERY], ids=lambda example: example.prompt)
def test_an_example_can_be_generated_and_is_taken_for_english(example: Any) -> None:
    check(GenerateRequest(prompt=example.prompt, seconds=example.seconds, seed=example.seed))
    assert is_english(example.prompt)
    assert example.seed >= 0


def test_a_new_file_begins_with_the_first_example_and_the_menu_has_them_all(addon: Session) -> None:
    settings = bpy.context.scene.coamd
    assert (settings.prompt, settings.seconds, settings.seed) == (
        examples.FIRST.prompt,
        examples.FIRST.seconds,
        examples.FIRST.seed,
    )
    assert draw(prompt_menus.COAMD_MT_prompts), "a newcomer's menu is not empty"
    offered = [text for menu in prompt_menus.EXAMPLE_MENUS for text in draw(menu)]
    assert offered.count("coamd.use_prompt") == len(EVERY) > 20
    assert len({each.prompt for each in EVERY}) == len(EVERY)


def test_a_chosen_example_brings_its_length_and_seed(addon: Session) -> None:
    settings = bpy.context.scene.coamd
    settings.use_steps = True
    bpy.ops.coamd.use_prompt(prompt="a person jumps", seconds=3.0, seed=7)
    assert (settings.prompt, settings.seconds, settings.seed, settings.use_steps) == ("a person jumps", 3.0, 7, False)
    bpy.ops.coamd.use_prompt(prompt="a person runs")
    assert (settings.prompt, settings.seconds, settings.seed) == ("a person runs", 3.0, 7)
    bpy.ops.coamd.use_prompt(prompt="a person bows", edit=True)
    assert (settings.edit.prompt, settings.prompt) == ("a person bows", "a person runs")


@pytest.mark.parametrize(
    "prompt",
    [
        "eine Person geht nach vorne und winkt",
        "une personne marche vers l'avant",
        "una persona camina hacia adelante",
        "een persoon loopt naar voren",
        "人が歩く",
        "человек идёт вперёд",
    ],
)
def test_another_language_is_told_before_anything_is_made(addon: Session, character: Any, prompt: str) -> None:
    settings = bpy.context.scene.coamd
    settings.prompt = prompt
    assert "English" in " ".join(draw(panel.COAMD_PT_generate))
    settings.prompt = "a person walks forward with the right arm raised"
    assert "English" not in " ".join(draw(panel.COAMD_PT_generate))


def test_the_phrases_that_a_warning_names_can_be_clicked() -> None:
    text = "The model has not learnt 'chess'. It knows: 'a person's arm waves', 'a man sits', 'someone throws'."
    assert notices.known_phrases(text) == ["a person's arm waves", "a man sits", "someone throws"]
    assert not notices.known_phrases("The model has not learnt 'chess'.")


def test_a_warnings_phrases_are_buttons_for_the_panel_that_shows_it(addon: Session) -> None:
    drawn: list[str] = []
    hint = "The model has not learnt 'chess'. It knows: 'a man sits', 'someone throws'."
    notices.draw(Paper(drawn), Notice("Done.", hint, WARNING, about=EDIT), 280.0)
    assert drawn.count("coamd.use_prompt") == 2 and "a man sits" in drawn


@pytest.mark.parametrize(
    ("quality", "candidates", "steps"),
    [("DRAFT", 1, 4), ("SINGLE", 1, None), ("STANDARD", None, None), ("CUSTOM", 6, None)],
)
def test_quality_is_a_number_of_candidates_and_of_steps(
    addon: Session, character: Any, quality: str, candidates: int | None, steps: int | None
) -> None:
    settings = bpy.context.scene.coamd
    settings.quality, settings.candidates = quality, 6
    request = order_of(bpy.context.scene, character).request
    assert (request.candidates, request.steps) == (candidates, steps)


def test_what_was_said_goes_when_it_is_undone(addon: Session, backend: BackendProcess, character: Any) -> None:
    bpy.ops.ed.undo_push(message="before")
    bpy.context.scene.coamd.seconds = 1.0
    bpy.ops.coamd.generate(wait=True)
    bpy.ops.ed.undo_push(message="after")
    assert "is on" in addon.message.text
    bpy.ops.ed.undo()
    assert addon.message is None
    addon.message = Notice("“Hero” was deleted.", "Undo that, or choose another character.", ERROR)
    bpy.ops.ed.redo()
    assert addon.message is None, "an error whose remedy is to undo has done its work"
    addon.message = Notice("The backend has ended.", "Press Start Backend.", ERROR)
    bpy.ops.ed.undo()
    assert addon.message is not None, "another one says on what is wrong"
