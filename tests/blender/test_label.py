# SPDX-License-Identifier: GPL-3.0-or-later
"""Labelling takes: which are read, what the list holds, and that Apply writes what was asked for and nothing else.

The backend of these tests gives every two seconds the names sway, stand and fall, in this order.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import bpy
import numpy as np
import pytest
import snapshot
from coamd.backend.process import BackendProcess
from coamd.blender_addon import action as actions
from coamd.blender_addon import armature, panels, takes
from coamd.blender_addon.label_result import PROPERTY, cut
from coamd.blender_addon.session import Session
from coamd.blender_addon.take_reader import TakeReader
from coamd.rigs.resample import sampled
from coamd.rigs.retarget import retarget
from test_registration import draw

from tests import shapes
from tests.motions import sit, walk

SLOTS = bpy.app.version >= (4, 4, 0)


def act(rig_object: Any, name: str, joints: np.ndarray, start: int = 1) -> Any:
    """Put a motion on a character as a new action that it plays."""
    bpy.context.view_layer.objects.active = rig_object
    bpy.context.view_layer.update()
    _, rig, mapping = armature.read(bpy.context)
    curves = retarget(joints, rig, mapping, fps=bpy.context.scene.render.fps)
    frames = start + np.arange(len(curves[0].rotations), dtype=np.float32)
    action = actions.new_action(rig_object, name, actions.channels(rig_object, curves, frames))
    action.use_fake_user = True
    actions.assign(rig_object, action)
    return action


@pytest.fixture
def walker(character: Any, addon: Session) -> Any:
    """The mannequin on a walk of 4 s from frame 11 on."""
    act(character, "Take 001", walk(4.0), 11)
    return character


def settings() -> Any:
    return bpy.context.scene.coamd.label


def listed() -> list[Any]:
    return list(bpy.context.window_manager.coamd_label.segments)


def label(**others: Any) -> list[Any]:
    """Press Label and wait; what the list holds."""
    for name, value in others.items():
        setattr(settings(), name, value)
    assert bpy.ops.coamd.label(wait=True) == {"FINISHED"}
    return listed()


def apply(**others: Any) -> None:
    """Press Apply. By default nothing but what is named is written."""
    for name, value in {"markers": "NONE", **others}.items():
        setattr(settings(), name, value)
    assert bpy.ops.coamd.apply_labels() == {"FINISHED"}


def joints_of(take: takes.Take) -> np.ndarray:
    """The whole take, as it is sent to the backend."""
    reader = TakeReader(take)
    while not reader.work(10.0):
        pass
    return reader.joints


def refused(session: Session, operator: Any, **keywords: Any) -> str:
    """Press a button that says no, with a remedy, and leaves the file as it is."""
    bpy.context.view_layer.update()
    before = snapshot.of_file()
    with pytest.raises(RuntimeError):
        operator(**keywords)
    assert snapshot.of_file() == before
    assert session.message.level == "ERROR"
    assert session.message.hint
    return str(session.message.code)


# Reading


def test_a_take_is_read_as_the_joints_that_were_put_on(walker: Any) -> None:
    """The way back from the rig: positions to a centimetre, wherever on the timeline and whatever is assigned now."""
    wanted = walk(4.0)
    (take,) = [t for t in takes.of_file(bpy.context.scene) if isinstance(t, takes.Take)]
    walker.animation_data.action = None
    reader = TakeReader(take)
    while not reader.work(0.001):
        pass
    assert (reader.done, reader.of) == (len(reader.joints), len(reader.joints))
    away = np.linalg.norm(reader.joints - wanted[: len(reader.joints)], axis=-1)
    assert len(reader.joints) in (79, 80)
    assert away.mean() < 0.04, "the model has its own posture of spine and collars"
    assert away[:, 0].max() < 0.05


def test_a_long_take_is_read_in_pieces(walker: Any) -> None:
    act(walker, "Long", walk(45.0))
    reader = TakeReader(takes.active(bpy.context))
    while not reader.work(10.0):
        pass
    assert len(reader.joints) in (899, 900)
    assert np.linalg.norm(np.diff(reader.joints[:, 0], axis=0), axis=1).max() < 0.2, "no jump between two pieces"


def test_another_action_is_read_from_rest_not_on_top_of_this_one(walker: Any) -> None:
    """An action that turns only the head must not be read with the legs of the walk."""
    walker.animation_data.action = bpy.data.actions["Take 001"]
    walk_pose = walker.pose.bones["mixamorig:LeftUpLeg"]
    bpy.context.scene.frame_set(30)
    path = actions.bone_path("mixamorig:Head", "rotation_quaternion")
    channel = actions.Channel("Head", path, np.array([1.0, 40.0]), np.array([[1.0, 0, 0, 0]] * 2))
    nod = actions.new_action(walker, "Nod", [channel])
    found = {t.name: t for t in takes.of_file(bpy.context.scene) if isinstance(t, takes.Take)}
    reader = TakeReader(found["Nod"])
    while not reader.work(10.0):
        pass
    assert np.ptp(reader.joints, axis=0).max() < 1e-4
    assert abs(reader.joints[0, 4, 2] - reader.joints[0, 5, 2]) < 0.02, "both knees are side by side"
    assert walker.animation_data.action.name == "Take 001"
    assert not np.allclose(walk_pose.matrix_basis, np.eye(4)), "the user's pose is left alone"
    bpy.data.actions.remove(nod)


def test_the_scene_is_left_as_it_was(backend: BackendProcess, walker: Any) -> None:
    bpy.context.scene.frame_set(17, subframe=0.5)
    before = snapshot.of_file()
    label(source="FILE")
    assert snapshot.of_file() == before


# The list


def test_the_active_action_is_cut_and_named(addon: Session, backend: BackendProcess, walker: Any) -> None:
    found = label()
    assert [(item.first, item.label, item.use) for item in found] == [(0, "sway", True), (40, "sway", True)]
    assert found[0].confidence == pytest.approx(0.665, abs=1e-3)
    assert found[0].others.splitlines() == ["sway", "stand", "fall"]
    assert "2 segments of 1 take" in addon.message.text
    bpy.ops.coamd.choose_label(label="fall")
    assert listed()[0].label == "fall"
    assert listed()[0].confidence == pytest.approx(0.09, abs=1e-2)
    drawn = draw(panels.label.COAMD_PT_label)
    assert "coamd.apply_labels" in drawn


def test_own_words_and_phrases(addon: Session, backend: BackendProcess, walker: Any) -> None:
    found = label(words="OWN", own_words="hop, Hop,, skip", whole=True)
    assert [item.others.splitlines() for item in found] == [["hop", "skip"]]
    assert "1 that came twice and 1 without a name" in str(addon.message)
    (first, _) = label(words="DESCRIBE", whole=False)
    assert first.label == "a figure sways"
    assert first.confidence == -1.0


def test_all_actions_each_on_its_own_armature(
    addon: Session, backend: BackendProcess, walker: Any, mannequin_file: Path
) -> None:
    act(walker, "Sits", sit(3.0))
    with bpy.data.libraries.load(str(mannequin_file)) as (_, into):
        into.objects = ["Mannequin"]
    other = into.objects[0]
    bpy.context.scene.collection.objects.link(other)
    act(other, "Other", walk(3.0))
    stray = bpy.data.actions.new("Light")
    act(walker, "Blink", walk(0.5))
    bpy.data.objects["Mannequin"].animation_data.action = bpy.data.actions["Sits"]
    found = label(source="FILE", whole=True)
    job = addon.jobs[-1]
    assert [take.name for take, _ in job.found] == ["Other", "Sits", "Take 001"]
    assert {take.name: take.character for take, _ in job.found}["Other"] == other.name
    assert len(found) == 3
    assert "Skipped: 1.\n“Blink” has 0.4 s of motion" in addon.message.hint
    assert stray.name == "Light"


@pytest.mark.skipif(not SLOTS, reason="actions have slots from Blender 4.4 on")
def test_each_slot_of_an_action_is_a_take(backend: BackendProcess, walker: Any) -> None:
    """The slot that the character plays says what is read, not the first one."""
    action = walker.animation_data.action
    idle = action.slots.new(id_type="OBJECT", name="Idle")
    bag = action.layers[0].strips[0].channelbag(idle, ensure=True)
    for k, value in enumerate((1.0, 0.0, 0.0, 0.0)):
        curve = bag.fcurves.new('pose.bones["mixamorig:Head"].rotation_quaternion', index=k)
        for frame in (1, 49):
            curve.keyframe_points.insert(frame, value)
    found = {t.name: t for t in takes.of_file(bpy.context.scene) if isinstance(t, takes.Take)}
    assert set(found) == {"Take 001 / Mannequin", "Take 001 / Idle"}
    assert (found["Take 001 / Idle"].first, found["Take 001 / Idle"].last) == (1.0, 49.0)
    walker.animation_data.action_slot = idle
    assert takes.active(bpy.context).name == "Take 001 / Idle"
    (item,) = label()
    assert (item.label, item.use) == ("", False), "it stands still"


def test_strips_have_their_own_time(addon: Session, backend: BackendProcess, walker: Any) -> None:
    """A strip that plays twice as slow, twice, and one that is not selected."""
    data = walker.animation_data
    action, data.action = data.action, None
    track = data.nla_tracks.new()
    strip = track.strips.new("Slow", 101, action)
    if SLOTS:
        strip.action_slot = action.slots[0]
    strip.scale, strip.repeat = 2.0, 2.0
    other = track.strips.new("Other", 900, action)
    strip.select, other.select = True, False
    found = label(source="STRIPS")
    assert [item.first for item in found] == [0, 40, 80, 120], "8 s"
    apply(markers="TIMELINE")
    once = strip.action_frame_end - strip.action_frame_start
    wanted = [101 + k * 48 + again * 2 * once for again in range(2) for k in range(4)]
    assert sorted(m.frame for m in bpy.context.scene.timeline_markers) == pytest.approx(wanted, abs=0.51)
    strip.select = False
    assert refused(addon, bpy.ops.coamd.label, wait=True) == "no_strips"


def test_a_strip_backwards_is_the_take_backwards(addon: Session, backend: BackendProcess, walker: Any) -> None:
    """Read, it is the same poses in the other order; marked, its first segment begins where the later one begins."""
    data = walker.animation_data
    forwards = joints_of(takes.active(bpy.context))
    action, data.action = data.action, None
    strip = data.nla_tracks.new().strips.new("Back", 201, action)
    if SLOTS:
        strip.action_slot = action.slots[0]
    strip.use_reverse = strip.select = True
    (take,) = takes.of_strips(bpy.context.scene)
    assert take.backwards
    back = joints_of(take)
    span = (take.last - take.first) * 20.0 / take.fps  # which is no whole number of frames
    at = span - np.arange(len(back))
    inside = (at >= 0) & (at <= len(forwards) - 1)
    assert np.abs(back[inside] - sampled(forwards.astype(float), at[inside])).max() < 0.01
    label(source="STRIPS")
    apply(markers="POSE")
    assert sorted(m.frame for m in action.pose_markers) == pytest.approx([take.first, take.last - 48], abs=1.0)
    assert {m.name for m in action.pose_markers} == {"sway"}


def test_strips_in_a_meta_strip_are_takes_of_their_own(backend: BackendProcess, walker: Any) -> None:
    data = walker.animation_data
    action, data.action = data.action, None
    track = data.nla_tracks.new()
    inner = [track.strips.new(name, start, action) for name, start in (("One", 1), ("Two", 200))]
    track.strips.new("Outside", 600, action).select = False
    for strip in inner:
        strip.select = True
        if SLOTS:
            strip.action_slot = action.slots[0]
    window = bpy.context.window_manager.windows[0]
    area = window.screen.areas[0]
    kind, area.type = area.type, "NLA_EDITOR"
    walker.select_set(True)
    with bpy.context.temp_override(window=window, area=area, region=area.regions[-1]):
        bpy.ops.nla.meta_add()
    area.type = kind
    assert [strip.type for strip in track.strips] == ["META", "CLIP"]
    assert [(t.name, t.starts) for t in takes.of_strips(bpy.context.scene)] == [
        ("One (Take 001)", (1.0,)),
        ("Two (Take 001)", (200.0,)),
    ]


# Writing


def test_linked_actions_are_left_alone_and_said(
    addon: Session, backend: BackendProcess, walker: Any, tmp_path: Path
) -> None:
    library = tmp_path / "library.blend"
    bpy.data.libraries.write(str(library), {walker.animation_data.action}, fake_user=True)
    walker.animation_data.action = None
    bpy.data.actions.remove(bpy.data.actions["Take 001"])
    with bpy.data.libraries.load(str(library), link=True) as (_, into):
        into.actions = ["Take 001"]
    (linked,) = into.actions
    act(walker, "Mine", walk(3.0))
    label(source="FILE", whole=True)
    apply(markers="POSE", rename=True, asset=True, custom=True)
    assert "Linked from other files, so not changed: “Take 001 (library.blend)”." in str(addon.message)
    assert (linked.name, len(linked.pose_markers), linked.asset_data) == ("Take 001", 0, None)
    assert PROPERTY not in linked
    mine = walker.animation_data.action
    assert (mine.name, len(mine.pose_markers)) == ("Mine · sway", 1)
    apply(markers="TIMELINE")
    assert "Not on the timeline, so without markers: “Take 001 (library.blend)”." in str(addon.message)


def test_markers_on_the_timeline(backend: BackendProcess, walker: Any) -> None:
    markers = bpy.context.scene.timeline_markers
    markers.new("mine", frame=20)
    markers.new("camera", frame=30).camera = bpy.data.objects.new("C", bpy.data.cameras.new("C"))
    label()
    apply(markers="TIMELINE")
    there = {(m.name, m.frame) for m in markers}
    assert there == {("mine", 20), ("camera", 30), ("sway", 11), ("sway", 59)}
    apply(markers="TIMELINE")
    assert {(m.name, m.frame) for m in markers} == there
    assert len(markers) == 4, "the same marker is not written twice"
    apply(markers="TIMELINE", existing="REPLACE")
    assert {(m.name, m.frame) for m in markers} == there - {("mine", 20)}


def test_everything_an_action_can_hold(backend: BackendProcess, walker: Any, tmp_path: Path) -> None:
    action = walker.animation_data.action
    action.asset_mark()
    action.asset_data.tags.new("library")
    action.asset_data.description = "Shot 7"
    label(words="OWN", own_words="walk, stroll")
    listed()[1].label = "limp"
    apply(markers="POSE", rename=True, asset=True, custom=True, file=str(tmp_path / "labels.csv"))
    assert action.name == "Take 001 · walk"
    assert {(m.name, m.frame) for m in action.pose_markers} == {("walk", 11), ("limp", 59)}
    assert [tag.name for tag in action.asset_data.tags] == ["library", "walk", "limp"]
    assert action.asset_data.description.startswith("Shot 7\nwalk 0.0-2.0 s, limp 2.0-")
    first, second = json.loads(action[PROPERTY])
    assert (first["label"], first["start"], second["label"]) == ("walk", 11.0, "limp")
    rows = list(csv.DictReader((tmp_path / "labels.csv").read_text("utf-8").splitlines()))
    assert [(row["take"], row["start"], row["label"]) for row in rows] == [
        ("Take 001", "0.00", "walk"),
        ("Take 001", "2.00", "limp"),
    ]
    assert len(bpy.context.scene.timeline_markers) == 0
    listed()[0].use = False
    apply(rename=True, asset=True, custom=True, file=str(tmp_path / "labels.json"), existing="REPLACE")
    assert action.name == "limp"
    action.name = "Take 001 · walk"  # as after an undo step
    apply(markers="POSE")
    assert [tag.name for tag in action.asset_data.tags] == ["limp"]
    assert [entry["label"] for entry in json.loads(action[PROPERTY])] == ["limp"]
    assert json.loads((tmp_path / "labels.json").read_text("utf-8"))["files"][0]["segments"][0]["start"] == 2.0


def test_one_undo_step_takes_it_all_back_and_the_list_stays(backend: BackendProcess, walker: Any) -> None:
    label()
    for name, value in {"markers": "TIMELINE", "rename": True, "asset": True, "custom": True}.items():
        setattr(settings(), name, value)
    bpy.ops.ed.undo_push(message="before")
    bpy.ops.coamd.apply_labels("EXEC_DEFAULT", True)
    assert "Take 001 · sway" in bpy.data.actions
    bpy.ops.ed.undo()
    action = bpy.data.actions["Take 001"]
    assert action.asset_data is None
    assert PROPERTY not in action
    assert len(bpy.context.scene.timeline_markers) == 0
    assert len(listed()) == 2
    apply(markers="POSE", rename=False)
    assert len(bpy.data.actions["Take 001"].pose_markers) == 2


def test_a_long_name_is_cut_between_letters(backend: BackendProcess, walker: Any) -> None:
    long = "geht über die Straße " * 4
    label(words="OWN", own_words=long)
    apply(markers="TIMELINE", rename=True)
    name = " ".join(long.split())
    assert bpy.context.scene.timeline_markers[0].name == cut(name)
    assert len(cut("ß" * 40).encode()) == 62
    assert len(walker.animation_data.action.name.encode()) <= 63


# What is refused


def test_what_cannot_be_read(addon: Session, backend: BackendProcess, character: Any) -> None:
    assert refused(addon, bpy.ops.coamd.label, wait=True) == "no_action"
    settings().source = "FILE"
    assert refused(addon, bpy.ops.coamd.label, wait=True) == "no_action"
    settings().source = "ACTIVE"
    act(character, "Half", walk(0.5))
    assert refused(addon, bpy.ops.coamd.label, wait=True) == "too_short"
    character.data.pose_position = "REST"
    act(character, "Walk", walk(3.0))
    assert refused(addon, bpy.ops.coamd.label, wait=True) == "rest_position"
    character.data.pose_position = "POSE"
    settings().words, settings().own_words = "OWN", " , ,"
    assert refused(addon, bpy.ops.coamd.label, wait=True) == "no_labels"


def test_a_take_that_stands_still(addon: Session, backend: BackendProcess, character: Any) -> None:
    act(character, "Still", np.repeat(walk(1.0)[:1], 60, axis=0))
    (item, *_) = label()
    assert (item.label, item.use) == ("", False)
    assert "stands still: there is no motion to name" in addon.message.text
    assert refused(addon, bpy.ops.coamd.apply_labels) == "none_chosen"


@pytest.mark.parametrize(("made", "code"), [(shapes.car, "no_mapping"), (shapes.dog, "quadruped")])
def test_a_rig_that_is_not_understood(
    made: Callable[[], Any], code: str, addon: Session, backend: BackendProcess, build: Callable[..., Any], walker: Any
) -> None:
    """Alone it is refused; among the actions of the file it is skipped, named, and the rest done."""
    other = build(made(), "Other")
    bone = other.pose.bones[-1]
    for frame in (1, 60):
        bone.rotation_quaternion = (1.0, frame / 60, 0.0, 0.0)
        bone.keyframe_insert("rotation_quaternion", frame=frame)
    other.animation_data.action.name = "Drives"
    bpy.context.scene.coamd.character = other
    assert refused(addon, bpy.ops.coamd.label, wait=True) == code
    assert {item.take for item in label(source="FILE")} == {0}
    assert "Skipped: 1.\nDrives: The " in addon.message.hint


def test_what_cannot_be_written(addon: Session, backend: BackendProcess, walker: Any, tmp_path: Path) -> None:
    label(source="FILE")
    settings().markers = "NONE"
    assert refused(addon, bpy.ops.coamd.apply_labels) == "no_place"
    file = tmp_path / "labels.csv"
    file.write_text("mine")
    settings().file = str(file)
    assert refused(addon, bpy.ops.coamd.apply_labels) == "file_exists"
    assert file.read_text() == "mine"
    settings().file = str(tmp_path / "labels.txt")
    assert refused(addon, bpy.ops.coamd.apply_labels) == "unknown_suffix"
    settings().file = ""
    action = walker.animation_data.action
    action[PROPERTY] = "my own"
    settings().custom = True
    assert refused(addon, bpy.ops.coamd.apply_labels) == "property_taken"
    del action[PROPERTY]
    walker.animation_data.action = None
    label()
    settings().custom, settings().markers = False, "TIMELINE"
    assert refused(addon, bpy.ops.coamd.apply_labels) == "no_timeline"
    action.name = "Renamed"
    settings().markers = "POSE"
    assert refused(addon, bpy.ops.coamd.apply_labels) == "action_gone"


def test_cancelling_leaves_nothing(
    addon: Session, backend: BackendProcess, walker: Any, tick_until: Callable[[Callable[[], object]], None]
) -> None:
    scenes = len(bpy.data.scenes)
    bpy.ops.coamd.label()
    tick_until(lambda: len(bpy.data.scenes) > scenes)
    bpy.ops.coamd.cancel()
    assert len(bpy.data.scenes) == scenes
    assert not listed()
