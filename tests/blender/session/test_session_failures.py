# SPDX-License-Identifier: GPL-3.0-or-later
"""What can go wrong gets one sentence and its remedy, and nothing the user had is lost or changed."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import bpy
import pytest
import snapshot
from coamd.backend.client.backend_process import BackendProcess
from coamd.backend.requests.generate import GenerateRequest
from coamd.backend.wire.connection import Connection
from coamd.blender_addon.preferences import BackendSettings
from coamd.blender_addon.session.backend_link import FAILED, LAUNCHING, READY, BackendLink
from coamd.blender_addon.session.session import Session
from coamd.blender_addon.session.tasks import Job
from coamd.blender_addon.ui import notices
from test_registration import Paper

ENGINES = Path(__file__).resolve().parents[2] / "backend" / "engines.py"
QUADRUPED = ("root", "spine", "neck", "head", "front_leg.L", "front_leg.R", "hind_leg.L", "hind_leg.R", "tail")


@contextmanager
def refused(code: str, sentence: str) -> Iterator[None]:
    """The operator reports the sentence with a remedy, the panel has it too, and the file is as it was."""
    from coamd.blender_addon.session.timer import session

    before = snapshot.of_file()
    with pytest.raises(RuntimeError, match=sentence):
        yield
    message = session.message
    assert message is not None
    assert message.code == code
    assert message.text.endswith(".")
    assert message.hint
    assert not session.busy
    assert snapshot.of_file() == before


def test_no_armature(addon: Session) -> None:
    bpy.ops.mesh.primitive_cube_add()
    with refused("no_armature", "no character"):
        bpy.ops.coamd.generate(wait=True)
    assert not addon.link.running, "no backend is started for nothing"


def test_two_armatures_and_none_chosen(addon: Session, character: Any) -> None:
    bpy.ops.object.armature_add()
    bpy.context.view_layer.objects.active = None
    with refused("no_armature", "no character"):
        bpy.ops.coamd.generate(wait=True)


def test_a_quadruped(addon: Session) -> None:
    bpy.ops.object.armature_add(enter_editmode=True)
    bones = bpy.context.object.data.edit_bones
    for i, name in enumerate(QUADRUPED):
        bone = bones.new(name)
        bone.head, bone.tail = (0.1 * i, 0.0, 0.5), (0.1 * i, 0.0, 0.9)
    bpy.ops.object.mode_set(mode="OBJECT")
    with refused("quadruped", "four-legged"):
        bpy.ops.coamd.generate(wait=True)


def test_zero_scale(addon: Session, character: Any) -> None:
    character.scale = (0.0, 0.0, 0.0)
    bpy.context.view_layer.update()
    with refused("zero_scale", "scale of zero"):
        bpy.ops.coamd.generate(wait=True)


def test_edit_mode(addon: Session, character: Any) -> None:
    bpy.ops.object.mode_set(mode="EDIT")
    with refused("edit_mode", "Edit Mode"):
        bpy.ops.coamd.generate(wait=True)
    bpy.ops.object.mode_set(mode="OBJECT")


def test_an_nla_strip_that_is_being_tweaked(addon: Session, character: Any) -> None:
    data = character.animation_data_create()
    strip = data.nla_tracks.new().strips.new("strip", 1, bpy.data.actions.new("mine"))
    strip.id_data.animation_data.nla_tracks[0].select = strip.select = True
    data.nla_tracks.active = data.nla_tracks[0]
    data.use_tweak_mode = True
    assert data.use_tweak_mode
    with refused("tweak_mode", "in tweak mode"):
        bpy.ops.coamd.generate(wait=True)


def test_a_character_linked_from_another_file(addon: Session, character: Any, tmp_path: Path) -> None:
    library = tmp_path / "library.blend"
    bpy.data.libraries.write(str(library), {character})
    bpy.ops.wm.read_homefile(use_empty=True)
    with bpy.data.libraries.load(str(library), link=True) as (_, into):
        into.objects = ["Mannequin"]
    linked = into.objects[0]
    bpy.context.scene.collection.objects.link(linked)
    bpy.context.view_layer.objects.active = linked
    with refused("linked", "linked from another file"):
        bpy.ops.coamd.generate(wait=True)


@pytest.mark.parametrize(
    ("wish", "code", "sentence"),
    [
        ({"prompt": "  "}, "empty_prompt", "prompt is empty"),
        ({"prompt": "walk " * 2000}, "long_prompt", "has 9999 characters"),
        ({"seconds": 0.0}, "bad_length", "0 seconds"),
        ({"seconds": 3600.0}, "bad_length", "3600 seconds"),
    ],
)
def test_what_cannot_be_made(addon: Session, character: Any, wish: dict[str, object], code: str, sentence: str) -> None:
    for name, value in wish.items():
        setattr(bpy.context.scene.coamd, name, value)
    with refused(code, sentence):
        bpy.ops.coamd.generate(wait=True)
    assert not addon.link.running, "no backend is started for nothing"


def test_what_the_backend_refuses(addon: Session, backend: BackendProcess, character: Any) -> None:
    """The backend's own sentence reaches the panel, and it goes on."""
    from coamd.blender_addon.character import armature
    from coamd.blender_addon.generate.operators import order_of

    rig_object, rig, mapping = armature.read(bpy.context)
    bpy.ops.coamd.start_backend(wait=True)
    order = replace(order_of(bpy.context.scene, rig_object), request=GenerateRequest(" "))
    job = addon.submit(Job(order, rig, mapping))
    while not job.over:
        addon.tick()
    assert addon.message
    assert addon.message.code == "empty_prompt"
    assert addon.message.hint
    assert addon.link.state == READY


def test_a_bug_in_the_model(addon: Session, backend: BackendProcess, character: Any) -> None:
    bpy.context.scene.coamd.prompt = "sway and breaks"
    before = snapshot.of_file()
    with pytest.raises(RuntimeError):
        bpy.ops.coamd.generate(wait=True)
    assert snapshot.of_file() == before
    bpy.context.scene.coamd.prompt = "sway"
    assert bpy.ops.coamd.generate(wait=True) == {"FINISHED"}


def test_missing_weights(addon: Session, character: Any, tmp_path: Path) -> None:
    process = BackendProcess(sys.executable, tmp_path / "home", weights=tmp_path / "nowhere", script=ENGINES)
    addon.link.start(BackendSettings(), process)
    before = snapshot.of_file()
    with pytest.raises(RuntimeError, match="no weights"):
        bpy.ops.coamd.generate(wait=True)
    assert snapshot.of_file() == before
    assert addon.link.state == FAILED
    for _ in range(100):  # it is killed without waiting
        if process.poll() == "dead":
            break
        time.sleep(0.05)
    assert process.poll() == "dead", "or the next start would find this one again, whatever was mended"


def begin_for_ever(addon: Session, tick_until: Callable[..., None]) -> None:
    bpy.context.scene.coamd.prompt = "sway for ever"
    bpy.ops.coamd.generate()
    tick_until(lambda: addon.jobs[-1].step > 0)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_a_killed_backend(
    addon: Session, backend: BackendProcess, character: Any, tick_until: Callable[..., None]
) -> None:
    begin_for_ever(addon, tick_until)
    before = snapshot.of_file()
    assert backend.pid
    os.kill(backend.pid, signal.SIGKILL)
    tick_until(lambda: not addon.busy)
    assert addon.message
    assert addon.message.code == "backend_died"
    assert "Nothing was changed" in addon.message.text
    assert snapshot.of_file() == before
    tick_until(lambda: addon.link.state == READY)  # it is started again, but not within 5 s of the last start
    bpy.context.scene.coamd.prompt = "sway"
    assert bpy.ops.coamd.generate(wait=True) == {"FINISHED"}


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_a_backend_killed_before_it_told_its_state(
    addon: Session,
    backend: BackendProcess,
    character: Any,
    tick_until: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The first progress may come before the answer about the state; it is proof enough that the backend worked."""
    monkeypatch.setattr(BackendLink, "_ask", lambda _: None)
    begin_for_ever(addon, tick_until)
    assert addon.link.state == READY
    assert backend.pid
    os.kill(backend.pid, signal.SIGKILL)
    tick_until(lambda: not addon.busy)
    assert addon.link.state == LAUNCHING, "it is started again"


def test_a_lost_graphics_card(
    addon: Session, backend: BackendProcess, character: Any, tick_until: Callable[..., None]
) -> None:
    """The backend ends of it, and does not come back by itself; the panel offers the start, and that works."""
    bpy.context.scene.coamd.prompt = "sway and loses the card"
    before = snapshot.of_file()
    bpy.ops.coamd.generate()
    tick_until(lambda: not addon.busy and addon.link.state == FAILED)
    assert addon.message
    assert addon.message.code == "gpu_lost"
    assert "graphics card has stopped working" in addon.message.text
    assert snapshot.of_file() == before
    drawn: list[str] = []
    notices.draw(Paper(drawn), addon.message, 280.0)
    assert {text for text in drawn if text.startswith("coamd.")} == {"coamd.start_backend", "coamd.copy_report"}
    tick_until(lambda: backend.poll() == "dead")
    assert bpy.ops.coamd.start_backend(wait=True) == {"FINISHED"}
    bpy.context.scene.coamd.prompt = "sway"
    assert bpy.ops.coamd.generate(wait=True) == {"FINISHED"}


def test_a_backend_that_never_starts(addon: Session, character: Any, tmp_path: Path) -> None:
    process = BackendProcess(tmp_path / "no python here", tmp_path / "home")
    addon.link.start(BackendSettings(), process)
    with refused("python_missing", "cannot be started"):
        bpy.ops.coamd.generate(wait=True)
    assert addon.link.state == FAILED


def test_a_connection_file_that_is_not_there(addon: Session, character: Any, tmp_path: Path) -> None:
    addon.link.start(BackendSettings(connection=str(tmp_path / "connection.json")))
    addon.tick()
    assert addon.link.state == FAILED
    assert addon.message
    assert addon.message.code == "no_backend"
    assert "No backend has written" in addon.message.text
    assert addon.message.hint


def test_a_backend_elsewhere_while_blender_is_offline(addon: Session, tmp_path: Path) -> None:
    path = tmp_path / "connection.json"
    Connection("tcp://192.0.2.1:5555", *3 * ["0" * 40], pid=1, born="1").write(path)
    addon.link.start(BackendSettings(connection=str(path), online=False))
    addon.tick()
    assert addon.message
    assert addon.message.code == "offline"
    assert "Allow Online Access" in addon.message.hint


@pytest.mark.parametrize("way", ["delete", "unlink", "replace", "edit"])
def test_a_character_that_changes_while_its_motion_is_made(
    addon: Session, backend: BackendProcess, character: Any, tick_until: Callable[..., None], way: str
) -> None:
    """The job's own armature is found again, and only if it is what it was."""
    bpy.context.scene.coamd.seed = 7
    bpy.ops.coamd.generate()
    tick_until(lambda: addon.jobs[-1].joints is not None)
    if way == "delete":
        bpy.data.objects.remove(character)
    elif way == "unlink":
        bpy.context.scene.collection.objects.unlink(character)
    elif way == "replace":
        name = character.name
        bpy.data.objects.remove(character)
        bpy.ops.mesh.primitive_cube_add()
        bpy.context.object.name = name
    else:
        bpy.ops.object.mode_set(mode="EDIT")
        character.data.edit_bones["mixamorig:LeftHand"].tail.z += 0.1
        bpy.ops.object.mode_set(mode="OBJECT")
    before = snapshot.of_file()
    tick_until(lambda: not addon.busy)
    assert addon.message
    assert addon.message.code == ("bones_changed" if way == "edit" else "no_armature")
    assert "seed 7" in addon.message.hint
    assert snapshot.of_file() == before
    assert not bpy.data.actions


def test_a_write_that_fails_half_way_leaves_nothing(
    addon: Session, backend: BackendProcess, character: Any, tick_until: Callable[..., None]
) -> None:
    bpy.context.scene.coamd.variations = 2
    bpy.ops.coamd.generate()
    job = addon.jobs[-1]
    tick_until(lambda: len(job.solved) == 2)
    broken = job.solved[1][3]
    job.solved[1] = (*job.solved[1][:3], type(broken)("no such bone", broken.rotations, None), *job.solved[1][4:])
    before = snapshot.of_file()
    addon.tick()
    assert not addon.busy
    assert addon.message
    assert addon.message.code == "fault"
    assert "no such bone" in addon.message.text
    assert snapshot.of_file() == before
