# SPDX-License-Identifier: GPL-3.0-or-later
"""Prompts of before and favourites: kept from one Blender to the next, and never in anybody's way."""

from __future__ import annotations

from typing import Any

import bpy
from coamd.backend.process import BackendProcess
from coamd.blender_addon import panels, prompts
from coamd.blender_addon.session import Session
from test_registration import draw


def test_what_is_generated_is_remembered_newest_first(addon: Session, backend: BackendProcess, character: Any) -> None:
    for prompt in ("a person sways", "a person stands", "a person sways"):
        bpy.context.scene.coamd.prompt = prompt
        bpy.ops.coamd.generate(wait=True)
    assert prompts.recent == ["a person sways", "a person stands"]
    prompts.recent.clear()
    prompts.load()
    assert prompts.recent == ["a person sways", "a person stands"], "another Blender reads them"


def test_favourites_come_first_in_the_menu_and_survive_clearing(addon: Session) -> None:
    prompts.remember("a person runs")
    bpy.context.scene.coamd.prompt = "a person sits down"
    bpy.ops.coamd.favourite_prompt()
    drawn = draw(panels.generate.COAMD_MT_prompts)
    assert drawn.count("coamd.use_prompt") == 2
    bpy.ops.coamd.clear_prompts()
    assert prompts.recent == []
    assert prompts.favourites == ["a person sits down"]
    bpy.ops.coamd.favourite_prompt()
    assert prompts.favourites == []
    bpy.ops.coamd.use_prompt(prompt="a person runs")
    assert bpy.context.scene.coamd.prompt == "a person runs"


def test_only_so_many_are_kept(addon: Session) -> None:
    for number in range(prompts.MAX_RECENT + 5):
        prompts.remember(f"prompt {number}")
    prompts.remember("walk " * 2000)
    assert len(prompts.recent) == prompts.MAX_RECENT
    assert prompts.recent[0] == f"prompt {prompts.MAX_RECENT + 4}"


def test_a_damaged_file_is_put_aside_and_nothing_of_it_is_lost(addon: Session) -> None:
    prompts.file().parent.mkdir(parents=True, exist_ok=True)
    for damage in ("{", "[]", '{"recent": [1], "favourites": []}', '{"recent": "walk", "favourites": []}'):
        prompts.file().write_text(damage, "utf-8")
        prompts.load()
        assert prompts.recent == []
        assert prompts.file().with_name("prompts.damaged.json").read_text("utf-8") == damage
        prompts.remember("a person walks")
        prompts.load()
        assert prompts.recent == ["a person walks"]


def test_a_folder_that_cannot_be_written_stops_nobody(addon: Session, monkeypatch: Any) -> None:
    blocked = prompts.file().parent.parent / "a file"
    blocked.write_text("", "utf-8")
    monkeypatch.setenv("COAMD_HOME", str(blocked))
    prompts.load()
    prompts.remember("a person walks")
    assert prompts.recent == ["a person walks"]
