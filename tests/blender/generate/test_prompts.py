# SPDX-License-Identifier: GPL-3.0-or-later
"""Prompts of before and favourites: kept from one Blender to the next, and never in anybody's way."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import bpy
from coamd.backend.client.backend_process import BackendProcess
from coamd.backend.system.user_files import locked
from coamd.blender_addon.generate import prompt_history, prompt_menus
from coamd.blender_addon.session.session import Session
from test_registration import draw


def test_what_is_generated_is_remembered_newest_first(addon: Session, backend: BackendProcess, character: Any) -> None:
    for prompt in ("a person sways", "a person stands", "a person sways"):
        bpy.context.scene.coamd.prompt = prompt
        bpy.ops.coamd.generate(wait=True)
    assert prompt_history.recent == ["a person sways", "a person stands"]
    prompt_history.recent.clear()
    prompt_history.load()
    assert prompt_history.recent == ["a person sways", "a person stands"], "another Blender reads them"


def test_favourites_come_first_in_the_menu_and_survive_clearing(addon: Session) -> None:
    prompt_history.remember("a person runs")
    bpy.context.scene.coamd.prompt = "a person sits down"
    bpy.ops.coamd.favourite_prompt()
    drawn = draw(prompt_menus.COAMD_MT_prompts)
    assert drawn.count("coamd.use_prompt") == 2
    bpy.ops.coamd.clear_prompts()
    assert prompt_history.recent == []
    assert prompt_history.favourites == ["a person sits down"]
    bpy.ops.coamd.favourite_prompt()
    assert prompt_history.favourites == []
    bpy.ops.coamd.use_prompt(prompt="a person runs")
    assert bpy.context.scene.coamd.prompt == "a person runs"


def test_only_so_many_are_kept(addon: Session) -> None:
    for number in range(prompt_history.MAX_RECENT + 5):
        prompt_history.remember(f"prompt {number}")
    prompt_history.remember("walk " * 2000)
    assert len(prompt_history.recent) == prompt_history.MAX_RECENT
    assert prompt_history.recent[0] == f"prompt {prompt_history.MAX_RECENT + 4}"


def test_a_damaged_file_is_put_aside_and_nothing_of_it_is_lost(addon: Session) -> None:
    prompt_history.file().parent.mkdir(parents=True, exist_ok=True)
    for damage in ("{", "[]", '{"recent": [1], "favourites": []}', '{"recent": "walk", "favourites": []}'):
        prompt_history.file().write_text(damage, "utf-8")
        prompt_history.load()
        assert prompt_history.recent == []
        assert prompt_history.file().with_name("prompts.damaged.json").read_text("utf-8") == damage
        prompt_history.remember("a person walks")
        prompt_history.load()
        assert prompt_history.recent == ["a person walks"]


def test_a_whole_file_that_another_blender_puts_there_meanwhile_is_not_put_aside(
    addon: Session, monkeypatch: Any
) -> None:
    prompt_history.file().parent.mkdir(parents=True, exist_ok=True)
    prompt_history.file().write_text("{", "utf-8")

    @contextmanager
    def locked_late(path: Path, patience: float = 0.0) -> Iterator[None]:
        path.write_text('{"recent": [], "favourites": ["a person bows"]}', "utf-8")
        yield

    monkeypatch.setattr(prompt_history, "locked", locked_late)
    prompt_history.load()
    assert prompt_history.favourites == ["a person bows"] and prompt_history.file().exists()


def test_a_folder_that_cannot_be_written_stops_nobody(addon: Session, monkeypatch: Any) -> None:
    blocked = prompt_history.file().parent.parent / "a file"
    blocked.write_text("", "utf-8")
    monkeypatch.setenv("COAMD_HOME", str(blocked))
    prompt_history.load()
    prompt_history.remember("a person walks")
    assert prompt_history.recent == ["a person walks"]


def test_what_another_blender_kept_out_is_written_when_this_one_ends(addon: Session) -> None:
    with locked(prompt_history.file()):  # another that has just stopped while it writes
        assert prompt_history.toggle("a person waits")
        prompt_history.load()
        assert prompt_history.favourites == []
    prompt_history.unregister()
    prompt_history.favourites.clear()
    prompt_history.load()
    assert prompt_history.favourites == ["a person waits"]
