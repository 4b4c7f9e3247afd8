# SPDX-License-Identifier: GPL-3.0-or-later
"""The list of what was made: put on, kept, deleted, and never anything that is not ours or that others use."""

from __future__ import annotations

from typing import Any

import bpy
import pytest
import snapshot
from coamd.backend.client.backend_process import BackendProcess
from coamd.blender_addon.results import results
from coamd.blender_addon.session.session import Session


@pytest.fixture
def takes(addon: Session, backend: BackendProcess, character: Any) -> list[Any]:
    """Two takes, after an action of the user's own, which is kept."""
    character.animation_data_create().action = bpy.data.actions.new("mine")
    settings = bpy.context.scene.coamd
    settings.prompt, settings.variations, settings.seed = "a person sways", 2, 7
    bpy.ops.coamd.generate(wait=True)
    return results.of(character.name)


def test_each_take_notes_what_it_was_made_from(takes: list[Any], character: Any) -> None:
    assert [take.coamd.number for take in takes] == [1, 2]
    for take in takes:
        note = take.coamd
        assert (note.prompt, note.seed, note.kind, note.before) == ("a person sways", 7, "GENERATED", "mine")
    assert not bpy.data.actions["mine"].coamd.made
    assert [results.short_name(take) for take in takes] == ["1 · sways 1-119", "2 · sways 1-119"]


def test_the_chosen_row_is_the_one_on_the_character(takes: list[Any], character: Any) -> None:
    scene = bpy.context.scene
    assert bpy.data.actions[scene.coamd_result] == takes[0]
    scene.coamd_result = bpy.data.actions.find(takes[1].name)
    assert character.animation_data.action == takes[1]
    assert takes[0].use_fake_user, "what leaves the character is kept"
    bpy.ops.coamd.step_result(way="NEXT")
    assert character.animation_data.action == takes[0]
    bpy.ops.coamd.play_result(action=takes[1].name)
    assert character.animation_data.action == takes[1]


def test_the_list_holds_the_characters_own_newest_first(takes: list[Any], character: Any) -> None:
    class List:
        filter_name, bitflag_filter_item = "", 1

    def shown(text: str = "") -> list[str]:
        list_ = List()
        list_.filter_name = text
        flags, places = results.COAMD_UL_results.filter_items(list_, bpy.context, bpy.data, "actions")
        rows = sorted(zip(places, flags, bpy.data.actions, strict=True), key=lambda row: row[0])
        return [action.name for _, flag, action in rows if flag]

    assert shown() == [takes[1].name, takes[0].name]
    assert shown("take 1") == [takes[0].name]
    takes[0].coamd.character = bpy.data.objects.new("Another", character.data).name
    assert shown() == [takes[1].name]


def test_deleting_the_take_on_the_character_brings_back_what_was_before(takes: list[Any], character: Any) -> None:
    bpy.ops.coamd.delete_result(action=takes[0].name)
    assert character.animation_data.action == bpy.data.actions["mine"]
    assert "mine" in bpy.data.actions
    assert len(results.of(character.name)) == 1


def test_one_undo_brings_a_deleted_take_back(takes: list[Any], character: Any) -> None:
    name, rig_object = takes[0].name, character.name
    before = snapshot.of_action(takes[0])
    bpy.ops.ed.undo_push(message="before")
    bpy.ops.coamd.delete_result(action=name)
    bpy.ops.ed.undo_push(message="after")
    bpy.ops.ed.undo()
    assert snapshot.of_action(bpy.data.actions[name]) == before
    assert bpy.data.objects[rig_object].animation_data.action.name == name


@pytest.mark.parametrize("way", ["foreign", "strip", "other character"])
def test_what_is_not_ours_or_is_used_elsewhere_stays(takes: list[Any], character: Any, way: str) -> None:
    name = takes[1].name
    if way == "foreign":
        name = "mine"
    elif way == "strip":
        character.animation_data.nla_tracks.new().strips.new("strip", 1, takes[1])
    else:
        other = bpy.data.objects.new("Other", character.data)
        bpy.context.scene.collection.objects.link(other)
        other.animation_data_create().action = takes[1]
    bpy.context.view_layer.update()
    before = snapshot.of_file()
    with pytest.raises(RuntimeError, match="not made by CoAMD" if way == "foreign" else "is used in 1 other place"):
        bpy.ops.coamd.delete_result(action=name)
    assert snapshot.of_file() == before


def test_a_result_gives_its_prompt_and_seed_back(takes: list[Any]) -> None:
    settings = bpy.context.scene.coamd
    settings.prompt, settings.seed = "something else", 99
    bpy.ops.coamd.recall_result(action=takes[1].name)
    assert (settings.prompt, settings.seed) == ("a person sways", 7)


def test_another_take_is_another_seed(takes: list[Any], character: Any) -> None:
    bpy.ops.coamd.generate(another=True, wait=True)
    assert bpy.context.scene.coamd.seed == 8
    newest = results.of(character.name)[-1]
    assert newest.coamd.seed == 8
    assert newest.coamd.number == 4
