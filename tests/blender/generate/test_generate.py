# SPDX-License-Identifier: GPL-3.0-or-later
"""From the prompt to keys through the operators, with a real second process."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import bpy
import numpy as np
import pytest
import snapshot
from coamd.backend.client.backend_process import BackendProcess
from coamd.blender_addon.install import interpreter
from coamd.blender_addon.keys.action import curves_of
from coamd.blender_addon.session import tasks
from coamd.blender_addon.session.backend_link import READY
from coamd.blender_addon.session.session import Session
from coamd.blender_addon.session.tasks import CANCELLED, DONE, SOLVING
from coamd.rigs.errors import UserError

WEIGHTS = Path(__file__).resolve().parents[3] / "backend" / "weights"


def settings() -> Any:
    return bpy.context.scene.coamd


def test_a_script_waits_for_its_keys(
    addon: Session, backend: BackendProcess, character: Any, tick_until: Callable[..., None]
) -> None:
    scene = bpy.context.scene
    scene.frame_current, scene.frame_end = 11, 50
    settings().prompt, settings().seconds = "a person sways", 2.0
    assert bpy.ops.coamd.generate(wait=True) == {"FINISHED"}
    made = character.animation_data.action
    assert made.name == f"Mannequin sways 11-{round(made.frame_range[1])}"
    keys = {key.co[0] for curve in curves_of(made) for key in curve.keyframe_points}
    assert min(keys) == 11
    # 40 frames at 20 per second last 1.95 s from the first to the last.
    assert max(keys) == 11 + math.floor(1.95 * scene.render.fps)
    assert scene.frame_end == max(keys)
    assert f"“{made.name}” is on “{character.name}”" in addon.message.text
    assert addon.link.state == READY, "whoever answers is ready"
    tick_until(lambda: addon.link.model)  # which the backend may tell after its first result
    assert "Sway" in addon.link.model


def test_blender_goes_on_while_the_backend_works(
    addon: Session, backend: BackendProcess, character: Any, tick_until: Callable[..., None]
) -> None:
    """Without ``wait`` the operator returns at once, and ticks bring the result."""
    assert bpy.ops.coamd.generate() == {"FINISHED"}
    assert addon.busy
    assert character.animation_data is None
    phases = set()
    tick_until(lambda: phases.add(addon.jobs[-1].phase) or not addon.busy)
    assert "sampling" in phases
    assert addon.jobs[-1].state == DONE
    assert character.animation_data.action


def test_each_variation_is_an_action_and_the_first_is_on(
    addon: Session, backend: BackendProcess, character: Any
) -> None:
    settings().variations = 3
    bpy.ops.coamd.generate(wait=True)
    takes = [bpy.data.actions[name] for name in addon.jobs[-1].actions]
    assert len(takes) == 3
    assert character.animation_data.action == takes[0]
    assert all(take.use_fake_user for take in takes[1:])
    assert len({snapshot.of_action(take)[1] for take in takes}) == 3
    bpy.ops.coamd.use_take(character=character.name, action=takes[2].name)
    assert character.animation_data.action == takes[2]
    assert takes[0].use_fake_user


def test_the_same_seed_is_the_same_motion(addon: Session, backend: BackendProcess, character: Any) -> None:
    made = []
    for seed in (7, 7, 8):
        settings().seed = seed
        bpy.ops.coamd.generate(wait=True)
        made.append(snapshot.of_action(character.animation_data.action)[1])
    assert made[0] == made[1] != made[2]


def test_one_undo_takes_everything_back_and_one_redo_brings_it_again(
    addon: Session, backend: BackendProcess, character: Any, tick_until: Callable[..., None]
) -> None:
    settings().variations = 2
    name = character.name
    bpy.ops.coamd.start_backend(wait=True)
    bpy.ops.ed.undo_push(message="before")
    before = snapshot.of_file()
    bpy.ops.coamd.generate()
    tick_until(lambda: not addon.busy)
    after = snapshot.of_file()
    assert after != before
    bpy.ops.ed.undo()
    assert snapshot.of_file() == before
    bpy.ops.ed.redo()
    assert snapshot.of_file() == after
    assert bpy.data.objects[name].animation_data.action.name in addon.jobs[-1].actions


def test_a_cancelled_job_writes_nothing(
    addon: Session, backend: BackendProcess, character: Any, tick_until: Callable[..., None]
) -> None:
    bpy.ops.coamd.start_backend(wait=True)
    before = snapshot.of_file()
    settings().prompt = "sway for ever"
    bpy.ops.coamd.generate()
    tick_until(lambda: addon.jobs[-1].step > 0)
    bpy.ops.coamd.cancel()
    assert not addon.busy
    assert "Nothing was changed" in addon.message.text
    settings().prompt = "a person sways"
    for _ in range(20):
        addon.tick()
    assert snapshot.of_file()[1] == before[1]
    assert bpy.ops.coamd.generate(wait=True) == {"FINISHED"}, "the next job is free to run"


def test_takes_are_solved_beside_the_main_thread_and_written_in_a_tick_of_its_own(
    addon: Session,
    backend: BackendProcess,
    character: Any,
    tick_until: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Blender draws in between, and a tick that finds nothing solved yet is over at once."""
    threads: list[int] = []
    hold = threading.Event()
    real = tasks.retarget

    def slow(*args: Any, **options: Any) -> Any:
        threads.append(threading.get_ident())
        assert hold.wait(60.0)
        return real(*args, **options)

    monkeypatch.setattr(tasks, "retarget", slow)
    settings().variations = 4
    bpy.ops.coamd.generate()
    job = addon.jobs[-1]
    tick_until(lambda: job.solving is not None)
    for _ in range(5):
        addon.tick()
    assert (job.state, len(job.solved)) == (SOLVING, 0)
    hold.set()
    tick_until(lambda: len(job.solved) == 4)
    assert len(threads) == 4 and threading.get_ident() not in threads
    assert not bpy.data.actions
    addon.tick()
    assert len(bpy.data.actions) == 4
    assert job.state == DONE


def test_a_job_that_is_cancelled_while_it_is_solved_writes_nothing(
    addon: Session,
    backend: BackendProcess,
    character: Any,
    tick_until: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hold, real = threading.Event(), tasks.retarget
    monkeypatch.setattr(tasks, "retarget", lambda *args, **options: hold.wait(60.0) and real(*args, **options))
    bpy.ops.coamd.generate()
    job = addon.jobs[-1]
    tick_until(lambda: job.solving is not None)
    thread = job.solving
    bpy.ops.coamd.cancel()
    hold.set()
    tick_until(lambda: thread.over)
    addon.tick()
    assert job.state == CANCELLED and not bpy.data.actions and character.animation_data is None


def test_what_fails_while_a_take_is_solved_is_said(
    addon: Session, backend: BackendProcess, character: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_args: Any, **_options: Any) -> Any:
        raise UserError("The bone Hips is not in the armature.", "Detect the mapping again.", "bad_mapping")

    monkeypatch.setattr(tasks, "retarget", refuse)
    with pytest.raises(RuntimeError, match="Hips"):
        bpy.ops.coamd.generate(wait=True)
    assert addon.message.code == "bad_mapping" and not bpy.data.actions


def test_the_character_is_found_from_its_mesh(addon: Session, backend: BackendProcess, character: Any) -> None:
    bpy.context.view_layer.objects.active = character.children[0]
    bpy.ops.object.armature_add()  # a second armature, so that the only one is not taken
    bpy.context.view_layer.objects.active = character.children[0]
    assert bpy.ops.coamd.generate(wait=True) == {"FINISHED"}
    assert character.animation_data.action


def test_the_bundled_model_moves_the_character(addon: Session, character: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The whole way, with the real model in the Python that has torch."""
    python = next((path for path in interpreter.candidates() if interpreter.suits(path)), None)
    if python is None:
        pytest.skip("no Python with torch (set COAMD_PYTHON to one)")
    if not (WEIGHTS / "config.json").is_file():
        pytest.skip("the bundled weights are not in backend/weights")
    monkeypatch.setenv("COAMD_PYTHON", str(python))
    settings().prompt, settings().seconds = "a person walks forward", 4.0
    assert bpy.ops.coamd.generate(wait=True) == {"FINISHED"}
    hips = [curve for curve in curves_of(character.animation_data.action) if curve.data_path.endswith("location")]
    places = np.array([[key.co[1] for key in curve.keyframe_points] for curve in hips])
    assert np.ptp(places, axis=1).max() > 0.3, "walking goes somewhere"
