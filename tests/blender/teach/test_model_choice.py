# SPDX-License-Identifier: GPL-3.0-or-later
"""The menu Model: the bundled model, a taught one alone, or several that are ticked in a dialog."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import bpy
import pytest
from coamd.backend.requests.models import MOST_MODELS
from coamd.backend.taught.library import place, remove
from coamd.backend.taught.model_file import save
from coamd.blender_addon.edit import panel as edit_panel
from coamd.blender_addon.generate import panel as generate_panel
from coamd.blender_addon.results import panel as results_panel
from coamd.blender_addon.session.session import Session
from coamd.blender_addon.teach import model_choice
from coamd.blender_addon.teach import panel as teach_panel
from test_registration import Context, draw

from tests.taught import CARD, arrays

Dialog = model_choice.COAMD_OT_choose_models
PANELS = (generate_panel.COAMD_PT_generate, edit_panel.COAMD_PT_edit, teach_panel.COAMD_PT_teach)


def write(*names: str) -> None:
    for name in names:
        save(place(name), replace(CARD, name=name), arrays())


def chosen() -> tuple[str, ...]:
    return bpy.context.scene.coamd.chosen_models()


def tick(**ticks: bool) -> set[str]:
    """What OK in the dialog does."""
    return bpy.ops.coamd.choose_models(models=[{"name": name, "use": use} for name, use in ticks.items()])


def test_the_menu_is_in_generate_edit_and_teach(addon: Session) -> None:
    for panel in PANELS:
        assert "Bundled" in draw(panel)
    write("Hero moves")
    drawn = draw(model_choice.COAMD_MT_models)
    assert "Hero moves" in drawn
    assert "Several..." not in drawn, "there is but one"
    bpy.ops.coamd.choose_model(model="Hero moves")
    assert chosen() == ("Hero moves",)
    for panel in PANELS:
        assert "Hero moves" in draw(panel)
    bpy.ops.coamd.choose_model(model="Bundled")
    assert chosen() == ()


def test_several_are_chosen_and_shown_together(addon: Session) -> None:
    write("Bows", "Kicks", "Salutes")
    assert "Several..." in draw(model_choice.COAMD_MT_models)
    assert tick(Bows=True, Kicks=False, Salutes=True) == {"FINISHED"}
    assert chosen() == ("Bows", "Salutes")
    for panel in PANELS:
        assert "Bows + Salutes" in draw(panel)
    bpy.ops.coamd.choose_model(model="Kicks")
    assert chosen() == ("Kicks",), "a click in the menu means this one alone"
    assert tick(Bows=False) == {"FINISHED"}
    assert chosen() == ()


def test_the_panels_are_drawn_again(addon: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """Blender does not do so by itself when a dialog ends."""
    drawn: list[tuple[str, ...]] = []
    monkeypatch.setattr(model_choice, "redraw", lambda: drawn.append(chosen()))
    bpy.ops.coamd.choose_model(model="Bows")
    tick(Bows=True, Kicks=True)
    assert drawn == [("Bows",), ("Bows", "Kicks")]


@pytest.mark.parametrize("names", [("A", "B", "C", "D", "E"), ("A", "B", " a")])
def test_what_cannot_act_together_changes_nothing(addon: Session, names: tuple[str, ...]) -> None:
    bpy.ops.coamd.choose_model(model="Bows")
    with pytest.raises(RuntimeError, match="cannot be used together" if len(names) > MOST_MODELS else "named twice"):
        tick(**dict.fromkeys(names, True))
    assert chosen() == ("Bows",)


class Rows(list[Any]):
    """A collection of rows, as the dialog has it."""

    def add(self) -> Any:
        self.append(SimpleNamespace(name="", use=True))
        return self[-1]


class Pen:
    """Notes which ticks can be clicked."""

    def __init__(self) -> None:
        self.enabled, self.lines = True, list[Pen]()
        self.text = ""

    def column(self) -> Pen:
        return self

    def row(self) -> Pen:
        self.lines.append(Pen())
        return self.lines[-1]

    def prop(self, _row: Any, _name: str, *, text: str, **_keywords: Any) -> None:
        self.text = text

    def label(self, **_keywords: Any) -> None:
        pass


@pytest.fixture
def dialog(addon: Session) -> Iterator[Any]:
    """The dialog, opened on six models, two of them and one that is gone chosen."""
    write(*"ABCDEF")
    for name in ("b", "gone", "E"):
        bpy.context.scene.coamd.models.add().name = name
    opened = SimpleNamespace(models=Rows(), layout=Pen())

    class Window(Context):
        window_manager = SimpleNamespace(invoke_props_dialog=lambda _operator: {"RUNNING_MODAL"})

    assert Dialog.invoke(opened, Window(), None) == {"RUNNING_MODAL"}
    yield opened


def test_the_dialog_lists_what_is_there_with_the_chosen_ones_ticked(dialog: Any) -> None:
    assert [(row.name, row.use) for row in dialog.models] == [(name, name in "BE") for name in "ABCDEF"]


def test_no_more_can_be_ticked_than_act_together(dialog: Any) -> None:
    def clickable() -> str:
        dialog.layout = Pen()
        Dialog.draw(dialog, None)
        return "".join(line.text for line in dialog.layout.lines if line.enabled)

    assert clickable() == "ABCDEF"
    dialog.models[0].use = dialog.models[2].use = True
    assert clickable() == "ABCE", "four are ticked, which can be unticked"
    dialog.models[4].use = False
    assert clickable() == "ABCDEF"


def test_a_result_shows_its_models_and_gives_them_back(addon: Session, character: Any) -> None:
    action = bpy.data.actions.new("Bows 1-40")
    character.animation_data_create().action = action
    action.coamd.made, action.coamd.character = True, character.name
    assert "Hero moves + Bows" not in draw(results_panel.COAMD_PT_results)
    for name in ("Hero moves", "Bows"):
        action.coamd.models.add().name = name
    assert "Hero moves + Bows" in draw(results_panel.COAMD_PT_results)
    assert bpy.ops.coamd.recall_result() == {"FINISHED"}
    assert chosen() == ("Hero moves", "Bows")
    action.coamd.models.clear()
    bpy.ops.coamd.recall_result()
    assert chosen() == ()


def test_a_model_that_is_removed_elsewhere_is_still_seen_as_chosen(addon: Session) -> None:
    write("Bows", "Kicks")
    tick(Bows=True, Kicks=True)
    remove("Kicks")
    assert "Bows + Kicks" in draw(generate_panel.COAMD_PT_generate)
