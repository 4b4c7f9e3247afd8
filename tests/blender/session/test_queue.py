# SPDX-License-Identifier: GPL-3.0-or-later
"""Several characters, one after the other: what the panel shows of them, and that one's end is not another's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import bpy
import pytest
from coamd.backend.client.backend_process import BackendProcess
from coamd.blender_addon.edit import panel as edit_panel
from coamd.blender_addon.generate import panel as generate_panel
from coamd.blender_addon.session.session import Session
from coamd.blender_addon.session.tasks import DONE, FAILED
from coamd.blender_addon.ui.notices import GENERATE
from test_registration import draw

FOR_EVER = "sway for ever"  # the small engine ends when it is cancelled


@pytest.fixture
def others(character: Any, addon: Session) -> list[Any]:
    """The mannequin and two more; the first is the active one, and none is selected."""
    made = [character]
    for name in ("Ann", "Bob"):
        twin = character.copy()
        twin.name = name
        bpy.context.scene.collection.objects.link(twin)
        made.append(twin)
    choose(character)
    return made


def choose(*rig_objects: Any) -> None:
    """Select them, the first as the active one."""
    for obj in bpy.context.scene.objects:
        obj.select_set(obj in rig_objects)
    bpy.context.view_layer.objects.active = rig_objects[0]


def drawn() -> list[str]:
    return draw(generate_panel.COAMD_PT_generate)


def test_while_one_is_made_another_can_be_asked_for(
    addon: Session, backend: BackendProcess, others: list[Any], tick_until: Callable[..., None]
) -> None:
    first, second, _ = others
    bpy.ops.coamd.start_backend(wait=True)
    bpy.context.scene.coamd.prompt = FOR_EVER
    bpy.ops.coamd.generate()
    tick_until(lambda: addon.jobs[-1].step > 0)
    assert "coamd.generate" not in drawn(), "its own motion is on its way"
    choose(second)
    assert {"coamd.generate", "coamd.cancel", first.name} <= set(drawn())
    bpy.context.scene.coamd.prompt = "a person sways"
    bpy.ops.coamd.generate()
    assert "Next: Ann" in drawn()
    assert "coamd.generate" not in drawn()
    bpy.ops.coamd.cancel(job=addon.going(GENERATE)[0].number)
    tick_until(lambda: not addon.busy)
    assert first.animation_data is None
    assert second.animation_data.action.name.startswith("Ann sways")
    assert f"is on “{second.name}”" in addon.message.text


def test_all_selected_characters_move_each_with_its_own_seed(
    addon: Session, backend: BackendProcess, others: list[Any], tick_until: Callable[..., None]
) -> None:
    choose(*others)
    bpy.context.scene.coamd.seed = 7
    assert "Generate on 3 Characters" in drawn()
    assert bpy.ops.coamd.generate(selected=True) == {"FINISHED"}
    assert [text for text in drawn() if text.startswith("Next: ")] == ["Next: Bob", "Next: Mannequin"]
    tick_until(lambda: not addon.busy)
    made = {rig.name: rig.animation_data.action for rig in others}
    assert {name: action.coamd.seed for name, action in made.items()} == {"Ann": 7, "Bob": 8, "Mannequin": 9}
    assert bpy.context.scene.coamd.seed == 7


def test_a_chosen_character_that_is_not_selected_stands_above_the_selection(addon: Session, others: list[Any]) -> None:
    bpy.context.scene.coamd.character = others[1]
    choose(others[0], others[2])
    assert not any("Characters" in text for text in drawn())
    choose(others[0], others[1])
    assert "Generate on 2 Characters" in drawn()


def test_if_one_cannot_be_animated_none_is_begun(addon: Session, backend: BackendProcess, others: list[Any]) -> None:
    broken = bpy.data.objects.new("Chair", bpy.data.armatures.new("Chair"))
    bpy.context.scene.collection.objects.link(broken)
    choose(*others, broken)
    with pytest.raises(RuntimeError):
        bpy.ops.coamd.generate(selected=True)
    assert not addon.busy


def test_a_character_that_is_deleted_meanwhile_takes_no_other_along(
    addon: Session, backend: BackendProcess, others: list[Any], tick_until: Callable[..., None]
) -> None:
    choose(others[0], others[1])
    bpy.ops.coamd.start_backend(wait=True)
    bpy.ops.coamd.generate(selected=True)
    bpy.data.objects.remove(others[1])
    told: list[str] = []

    def over() -> bool:
        told.append(str(addon.message or ""))
        return not addon.busy

    tick_until(over)
    assert [job.state for job in addon.jobs if job.button == GENERATE] == [FAILED, DONE]
    assert any("“Ann” was deleted" in text for text in told)
    assert others[0].animation_data.action.name.startswith("Mannequin ")


def test_edit_queues_another_character_too(
    addon: Session, backend: BackendProcess, others: list[Any], tick_until: Callable[..., None]
) -> None:
    choose(others[0], others[1])
    assert bpy.ops.coamd.generate(selected=True, wait=True) == {"FINISHED"}
    settings = bpy.context.scene.coamd.edit
    settings.range_from, settings.frame_start, settings.frame_end = "TYPED", 30, 60
    bpy.ops.coamd.edit()
    assert "coamd.edit" not in draw(edit_panel.COAMD_PT_edit)
    choose(others[1])
    assert "coamd.edit" in draw(edit_panel.COAMD_PT_edit)
    bpy.ops.coamd.edit()
    assert "Next: Ann" in draw(edit_panel.COAMD_PT_edit)
    tick_until(lambda: not addon.busy)
    assert [job.state for job in addon.jobs[-2:]] == [DONE, DONE]
