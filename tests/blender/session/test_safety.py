# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever the user does while a job runs: undo, other files, saving, other modes. Nothing is lost, nothing is left."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bpy
import pytest
import snapshot
from coamd.backend.client.backend_process import BackendProcess
from coamd.backend.server.job_queue import QUEUE_LIMIT
from coamd.blender_addon.session import obstacles
from coamd.blender_addon.session.backend_link import READY
from coamd.blender_addon.session.session import Session
from coamd.blender_addon.session.tasks import DONE, FAILED
from coamd.blender_addon.takes import hidden_scene
from ordering import TickUntil, begin, end_of


def walking(character: Any) -> None:
    """Keys to edit: an arm that swings through 40 frames."""
    bone = character.pose.bones["mixamorig:LeftArm"]
    for frame in (1, 20, 40):
        bone.rotation_quaternion = (1.0, frame / 100, 0.0, 0.0)
        bone.keyframe_insert("rotation_quaternion", frame=frame)
    bpy.context.scene.frame_set(1)
    settings = bpy.context.scene.coamd.edit
    settings.range_from, settings.frame_start, settings.frame_end = "TYPED", 10, 30


# Undo and redo


@pytest.mark.parametrize("state", ["sent", "sampling", "solved"])
def test_an_undo_while_a_job_runs_takes_back_the_users_step_and_not_the_job(
    addon: Session, backend: BackendProcess, character: Any, tick_until: TickUntil, state: str
) -> None:
    name = character.name
    bpy.ops.ed.undo_push(message="before")
    character.location.x = 3.0
    bpy.ops.ed.undo_push(message="moved")
    begin("sway slowly" if state == "sampling" else "sway")
    job = addon.jobs[-1]
    tick_until({"sent": lambda: job.request, "sampling": lambda: job.step > 0, "solved": lambda: job.is_solved}[state])
    bpy.ops.ed.undo()
    assert bpy.data.objects[name].location.x == 0.0
    assert end_of(addon, tick_until).state == DONE
    action = bpy.data.objects[name].animation_data.action
    assert (action.name,) == job.actions and action.coamd.prompt == job.order.request.prompt
    assert bpy.data.objects[name].location.x == 0.0


def test_an_undo_that_takes_the_character_away_is_said_and_its_return_is_seen(
    addon: Session, backend: BackendProcess, tick_until: TickUntil
) -> None:
    bpy.ops.ed.undo_push(message="empty")
    bpy.ops.coamd.add_mannequin()
    bpy.ops.ed.undo_push(message="mannequin")
    begin()
    tick_until(lambda: addon.jobs[-1].is_solved)
    bpy.ops.ed.undo()
    before = snapshot.of_file()
    assert end_of(addon, tick_until).state == FAILED
    assert addon.message and addon.message.code == "no_armature"
    assert snapshot.of_file() == before and not bpy.data.actions
    bpy.ops.ed.redo()
    begin()
    tick_until(lambda: addon.jobs[-1].is_solved)
    bpy.ops.ed.undo()
    bpy.ops.ed.redo()
    assert end_of(addon, tick_until).state == DONE, "the character is back before its motion is written"


def test_what_was_undone_is_not_offered_any_more_until_it_is_redone(
    addon: Session, backend: BackendProcess, character: Any, tick_until: TickUntil
) -> None:
    name = character.name
    bpy.context.scene.coamd.variations = 2
    bpy.ops.ed.undo_push(message="before")
    begin()
    second = end_of(addon, tick_until).actions[1]
    bpy.ops.ed.undo()
    assert not bpy.data.actions
    with pytest.raises(RuntimeError, match="gone"):
        bpy.ops.coamd.use_take(character=name, action=second)
    bpy.ops.ed.redo()
    bpy.ops.coamd.use_take(character=name, action=second)
    assert bpy.data.objects[name].animation_data.action.name == second


def test_an_undo_while_an_edit_reads_or_waits_leaves_one_armature_and_one_scene(
    addon: Session, backend: BackendProcess, character: Any, tick_until: TickUntil
) -> None:
    name = character.name
    walking(character)
    bpy.ops.ed.undo_push(message="keys")
    bpy.ops.ed.undo_push(message="something")
    bpy.ops.coamd.edit()
    addon.tick()
    bpy.ops.ed.undo()
    job = end_of(addon, tick_until)
    assert job.state == DONE, addon.message
    assert len(bpy.data.scenes) == 1 and [o.name for o in bpy.data.objects if o.type == "ARMATURE"] == [name]
    assert bpy.data.objects[name].animation_data.action.name == job.takes[1]


# Files


def test_another_file_ends_the_jobs_and_keeps_the_backend(
    addon: Session, backend: BackendProcess, character: Any, tick_until: TickUntil
) -> None:
    bpy.ops.coamd.start_backend(wait=True)
    pid = backend.pid
    begin("sway for ever")
    tick_until(lambda: addon.jobs[-1].step > 0)
    bpy.ops.wm.read_homefile(use_empty=True)
    assert not addon.busy and addon.jobs == [] and addon.message is None
    assert addon.link.state == READY and backend.pid == pid and backend.poll() == "ready"
    bpy.ops.coamd.add_mannequin()
    bpy.context.scene.coamd.prompt = "sway"
    assert bpy.ops.coamd.generate(wait=True) == {"FINISHED"}, "the job of the other file does not hold it up"
    assert backend.pid == pid


def test_a_file_that_cannot_be_opened_ends_nothing(
    addon: Session, backend: BackendProcess, character: Any, tick_until: TickUntil, tmp_path: Path
) -> None:
    begin()
    (tmp_path / "broken.blend").write_bytes(b"BLENDER-v405 and nothing else")
    with pytest.raises(RuntimeError):
        bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "broken.blend"))
    assert end_of(addon, tick_until).state == DONE


def test_a_file_that_is_opened_while_a_pose_is_read_holds_no_stage(
    addon: Session, backend: BackendProcess, character: Any, tmp_path: Path
) -> None:
    walking(character)
    path = tmp_path / "scene.blend"
    bpy.ops.wm.save_as_mainfile(filepath=str(path))
    before = snapshot.of_file()
    bpy.ops.coamd.edit()
    addon.jobs[-1].read(0.0)
    assert hidden_scene.NAME in bpy.data.scenes
    bpy.ops.wm.open_mainfile(filepath=str(path))
    addon.tick()
    assert snapshot.of_file() == before and not addon.jobs


def test_saving_while_a_job_runs_saves_the_users_work_alone(
    addon: Session, backend: BackendProcess, character: Any, tick_until: TickUntil, tmp_path: Path
) -> None:
    walking(character)
    before = snapshot.of_file()
    bpy.ops.coamd.edit()
    addon.jobs[-1].read(0.0)
    path = tmp_path / "saved.blend"
    bpy.ops.wm.save_as_mainfile(filepath=str(path))
    assert end_of(addon, tick_until).state == DONE
    bpy.ops.wm.open_mainfile(filepath=str(path))
    assert snapshot.of_file() == before


# Names, modes, frames


def test_a_job_finds_its_character_under_its_new_name(
    addon: Session, backend: BackendProcess, character: Any, tick_until: TickUntil
) -> None:
    begin()
    tick_until(lambda: addon.jobs[-1].is_solved)
    character.name, bpy.context.scene.name = "Hero", "Shot 12"
    impostor = bpy.data.objects.new("Mannequin", bpy.data.armatures.new("Other"))
    bpy.context.scene.collection.objects.link(impostor)
    assert end_of(addon, tick_until).state == DONE, addon.message
    assert character.animation_data.action and impostor.animation_data is None
    assert addon.message and "“Hero”" in addon.message.text


def test_a_character_that_was_resynced_is_found_by_its_name(
    addon: Session, backend: BackendProcess, character: Any, tick_until: TickUntil
) -> None:
    """Resyncing a library override puts another data-block of the same name and bones in its place."""
    begin()
    tick_until(lambda: addon.jobs[-1].is_solved)
    name, copy = character.name, character.copy()
    bpy.context.scene.collection.objects.link(copy)
    bpy.data.objects.remove(character)
    copy.name = name
    assert end_of(addon, tick_until).state == DONE, addon.message
    assert copy.animation_data.action


def test_a_result_waits_for_the_end_of_edit_mode(
    addon: Session, backend: BackendProcess, character: Any, tick_until: TickUntil
) -> None:
    begin()
    bpy.ops.object.mode_set(mode="EDIT")
    tick_until(lambda: addon.jobs[-1].obstacle)
    for _ in range(20):
        addon.tick()
    assert addon.busy and "Edit Mode" in addon.jobs[-1].obstacle
    assert not bpy.data.actions
    bpy.ops.object.mode_set(mode="POSE")
    assert end_of(addon, tick_until).state == DONE
    assert character.animation_data.action and character.mode == "POSE"


def test_a_held_result_holds_up_no_other_and_can_be_cancelled(
    addon: Session, backend: BackendProcess, character: Any, tick_until: TickUntil
) -> None:
    begin()
    other = character.copy()
    other.name = "Other"
    bpy.context.scene.collection.objects.link(other)
    bpy.context.scene.coamd.character = other
    begin("sway again")
    other.data = character.data.copy()
    bpy.ops.object.mode_set(mode="EDIT")
    tick_until(lambda: addon.jobs[-1].over)
    held, done = (job for job in addon.jobs if not job.is_silent)
    assert done.state == DONE and other.animation_data.action
    assert held.obstacle
    bpy.ops.coamd.cancel()
    assert not addon.busy
    bpy.ops.object.mode_set(mode="OBJECT")
    addon.tick()
    assert character.animation_data is None


def test_a_result_waits_for_the_end_of_nla_tweaking(
    addon: Session, backend: BackendProcess, character: Any, tick_until: TickUntil
) -> None:
    walking(character)
    data = character.animation_data
    data.nla_tracks.new().strips.new("strip", 1, data.action)
    data.action = None
    begin()
    for track in data.nla_tracks:
        track.select = True
        track.strips[0].select = True
    data.use_tweak_mode = True
    tick_until(lambda: addon.jobs[-1].obstacle)
    assert "tweak mode" in addon.jobs[-1].obstacle
    data.use_tweak_mode = False
    assert end_of(addon, tick_until).state == DONE, addon.message


def test_a_result_waits_for_the_end_of_a_render_and_of_a_transform(
    addon: Session, backend: BackendProcess, character: Any, tick_until: TickUntil, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Background mode has neither as a running job, so Blender's two answers are given in its place."""

    class Operator:
        bl_idname = "TRANSFORM_OT_translate"

    class Window:
        modal_operators: tuple[Any, ...] = ()

    class Stub:
        data = bpy.data

        class context:  # noqa: N801
            class window_manager:  # noqa: N801
                windows = (Window(),)

        class app:  # noqa: N801
            rendering = True

            @classmethod
            def is_job_running(cls, kind: str) -> bool:
                return cls.rendering and kind == "RENDER"

    monkeypatch.setattr(obstacles, "bpy", Stub)
    assert not bpy.app.is_job_running("RENDER"), "Blender knows the word"
    begin()
    tick_until(lambda: addon.jobs[-1].obstacle)
    assert "render" in addon.jobs[-1].obstacle
    Stub.app.rendering = False
    Window.modal_operators = (Operator(),)
    addon.tick()
    assert "transform" in addon.jobs[-1].obstacle
    Window.modal_operators = ()
    assert end_of(addon, tick_until).state == DONE


def test_renders_and_other_frames_change_nothing_for_a_job(
    addon: Session, backend: BackendProcess, character: Any, tick_until: TickUntil
) -> None:
    """As in playback: the frame moves between two ticks, and the result begins where it was ordered."""
    scene = bpy.context.scene
    scene.render.engine, scene.render.resolution_x, scene.render.resolution_y = "BLENDER_WORKBENCH", 16, 16
    scene.camera = bpy.data.objects.new("Camera", bpy.data.cameras.new("Camera"))
    scene.collection.objects.link(scene.camera)
    scene.frame_set(7)
    begin()
    tick_until(lambda: addon.jobs[-1].step > 0)
    bpy.ops.render.render()
    frames = iter(range(8, 10_000))
    tick_until(lambda: scene.frame_set(next(frames)) or not addon.busy)
    assert addon.jobs[-1].state == DONE
    assert character.animation_data.action.frame_range[0] == 7
    assert scene.frame_current > 7


def test_more_jobs_than_the_queue_holds_are_refused_and_the_others_go_on(
    addon: Session, backend: BackendProcess, character: Any, tick_until: TickUntil
) -> None:
    bpy.ops.coamd.start_backend(wait=True)
    for _ in range(QUEUE_LIMIT + 2):
        begin("sway for ever")
    tick_until(lambda: addon.jobs[-1].over)
    assert addon.message and addon.message.code == "queue_full" and addon.message.hint
    assert sum(not job.over for job in addon.jobs) == QUEUE_LIMIT + 1
    while addon.busy:
        bpy.ops.coamd.cancel()
    bpy.context.scene.coamd.prompt = "sway"
    assert bpy.ops.coamd.generate(wait=True) == {"FINISHED"}


def test_a_result_that_has_come_outlives_its_backend(
    addon: Session, backend: BackendProcess, character: Any, tick_until: TickUntil
) -> None:
    begin()
    bpy.ops.object.mode_set(mode="EDIT")
    tick_until(lambda: addon.jobs[-1].obstacle)
    backend.kill()
    tick_until(lambda: addon.message is not None)
    assert addon.message and addon.message.code == "backend_died" and addon.busy
    bpy.ops.object.mode_set(mode="OBJECT")
    assert end_of(addon, tick_until).state == DONE
