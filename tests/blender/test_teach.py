# SPDX-License-Identifier: GPL-3.0-or-later
"""The Teach panel: takes are listed with suggested words, taught beside other jobs, and their model can be chosen.

The backend of these tests teaches in fifty quick steps; a model with "for ever" in its name never ends.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import bpy
import numpy as np
import pytest
from coamd.backend.client.backend_process import BackendProcess
from coamd.backend.files.motion_file import write_motion
from coamd.backend.taught.library import place
from coamd.backend.taught.model_file import save
from coamd.blender_addon.session.session import Session
from coamd.blender_addon.teach import panel as teach_panel
from coamd.blender_addon.teach.chosen_models import names_in
from labels import act
from test_registration import draw

from tests.motions import sit, walk
from tests.taught import CARD, arrays

TickUntil = Callable[[Callable[[], object]], None]


def settings() -> Any:
    return bpy.context.scene.coamd.teach


def listed() -> list[Any]:
    return list(bpy.context.window_manager.coamd_teach.examples)


def list_takes(source: str = "FILE") -> list[Any]:
    settings().source = source
    assert bpy.ops.coamd.list_examples(wait=True) == {"FINISHED"}
    return listed()


@pytest.fixture
def two_takes(walker: Any) -> Any:
    """The walker, with a second action whose name and description tell what it is."""
    action = act(walker, "Sit_Down.003", sit(3.0))
    action.asset_mark()
    action.asset_data.description = "a person sits\ndown"
    act(walker, "Hero_Strut", walk(3.0))
    return walker


def test_takes_are_listed_with_words_of_their_description_or_name(
    addon: Session, backend: BackendProcess, two_takes: Any
) -> None:
    words = {item.take: item.words for item in list_takes()}
    assert words["Sit_Down.003"] == "a person sits down"
    assert words["Hero_Strut"] == "hero strut"
    assert words["Take 001"] == ""
    assert "3 takes are listed" in addon.message.text
    listed()[0].words = "my own words"
    assert list_takes()[0].words == "my own words"  # what was typed stays


def test_the_recognizer_suggests_words_where_names_say_nothing(
    addon: Session, backend: BackendProcess, two_takes: Any
) -> None:
    assert not bpy.ops.coamd.suggest_words.poll()
    list_takes()
    assert "coamd.suggest_words" in draw(teach_panel.COAMD_PT_teach)
    assert bpy.ops.coamd.suggest_words(wait=True) == {"FINISHED"}
    words = {item.take: item.words for item in listed()}
    assert words["Take 001"].startswith("a figure ")
    assert words["Hero_Strut"] == "hero strut"
    assert "Words for 1 take are suggested" in addon.message.text
    assert not bpy.ops.coamd.suggest_words.poll()


def test_takes_that_find_lists_are_taught_from_their_files(
    addon: Session, backend: BackendProcess, two_takes: Any, tmp_path: Path
) -> None:
    settings().source = "FOUND"
    with pytest.raises(RuntimeError, match="Find lists no takes"):
        bpy.ops.coamd.list_examples(wait=True)
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        write_motion(tmp_path / folder / "hero_stride.npz", walk(3.0).astype(np.float32))
        bpy.context.scene.coamd.find.folders.add().path = str(tmp_path / folder)
    bpy.context.scene.coamd.find.query = "goes ahead"
    assert bpy.ops.coamd.find(wait=True) == {"FINISHED"}
    found = {item.take: item for item in list_takes("FOUND")}
    assert set(found) == {"Take 001", "Hero_Strut", "Sit_Down.003", "hero_stride", "hero_stride (2)"}
    assert found["hero_stride"].words == "hero stride"
    assert found["hero_stride"].seconds == pytest.approx(3.0, abs=0.06)
    for name, item in found.items():
        item.use = name.startswith("hero_stride")
    settings().name = "Strides"
    assert bpy.ops.coamd.teach(wait=True) == {"FINISHED"}
    assert "“Strides” is learnt" in addon.message.text


def test_what_is_taught_can_be_chosen_and_generated_with(
    addon: Session, backend: BackendProcess, two_takes: Any
) -> None:
    for item in list_takes():
        item.words = "a person struts; someone struts"
    settings().name = "Hero moves"
    assert bpy.ops.coamd.teach(wait=True) == {"FINISHED"}
    assert "“Hero moves” is learnt" in addon.message.text
    assert "25%" in addon.message.text
    bpy.ops.coamd.choose_model(model="Hero moves")
    bpy.context.scene.coamd.seconds = 1.0
    assert bpy.ops.coamd.generate(wait=True) == {"FINISHED"}
    settings().name = "Bows"
    assert bpy.ops.coamd.teach(wait=True) == {"FINISHED"}
    bpy.context.scene.coamd.models.add().name = "Bows"
    assert bpy.ops.coamd.generate(wait=True) == {"FINISHED"}
    bpy.context.scene.coamd.models.add().name = "Unknown"
    with pytest.raises(RuntimeError, match="no taught model “Unknown”"):
        bpy.ops.coamd.generate(wait=True)
    bpy.ops.coamd.choose_model()
    assert bpy.ops.coamd.generate(wait=True) == {"FINISHED"}
    made = sorted((note for note in (action.coamd for action in bpy.data.actions) if note.made), key=lambda n: n.number)
    assert [names_in(note.models) for note in made] == [("Hero moves",), ("Hero moves", "Bows"), ()]


def test_only_ticked_takes_are_taught_and_one_is_told(addon: Session, backend: BackendProcess, two_takes: Any) -> None:
    first, *others = list_takes()
    first.words, settings().name = "a person struts", "One"
    for item in others:
        item.use = False
    assert bpy.ops.coamd.teach(wait=True) == {"FINISHED"}
    assert "One take is shown" in addon.message.hint


def test_generation_goes_on_beside_teaching_which_can_be_ended_early(
    addon: Session, backend: BackendProcess, two_takes: Any, tick_until: TickUntil
) -> None:
    for item in list_takes():
        item.words = "a person struts"
    settings().name = "for ever"
    assert bpy.ops.coamd.teach() == {"FINISHED"}
    job = addon.jobs[-1]
    tick_until(lambda: job.phase == "learning")
    assert "coamd.enough" in draw(teach_panel.COAMD_PT_teach)
    assert addon.current is job
    bpy.context.scene.coamd.seconds = 1.0
    assert bpy.ops.coamd.generate() == {"FINISHED"}
    made = addon.jobs[-1]
    assert addon.current is made  # what the status bar shows, and Cancel means
    tick_until(lambda: made.over)
    assert made.state == "done"
    assert not job.over
    assert bpy.ops.coamd.enough() == {"FINISHED"}
    tick_until(lambda: job.over)
    assert job.state == "done"
    assert not bpy.ops.coamd.enough.poll()


def test_cancelling_leaves_nothing(
    addon: Session, backend: BackendProcess, two_takes: Any, tick_until: TickUntil
) -> None:
    for item in list_takes():
        item.words = "a person struts"
    settings().name = "for ever"
    bpy.ops.coamd.teach()
    job = addon.jobs[-1]
    tick_until(lambda: job.phase == "learning")
    bpy.ops.coamd.cancel(job=job.number)
    assert job.state == "cancelled"
    assert "Nothing was changed" in addon.message.text


def refused(code: str, addon: Session) -> None:
    with pytest.raises(RuntimeError):
        bpy.ops.coamd.teach(wait=True)
    assert addon.message is not None
    assert addon.message.code == code


def test_mistakes_are_said_before_anything_is_read(addon: Session, backend: BackendProcess, two_takes: Any) -> None:
    refused("bad_name", addon)
    settings().name = "Hero moves"
    refused("old_list", addon)
    items = list_takes()
    items[-1].words = " ;"
    refused("no_words", addon)
    for item in items:
        item.use = False
    refused("no_takes", addon)
    save(place("Hero moves"), CARD, arrays())
    items[0].use, items[0].words = True, "a person struts"
    refused("same_model", addon)
