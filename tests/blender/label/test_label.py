# SPDX-License-Identifier: GPL-3.0-or-later
"""Labelling takes: which are named, what the list holds, and what cannot be read.

The backend of these tests gives every two seconds the names sway, stand and fall, in this order.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import bpy
import numpy as np
import pytest
from coamd.backend.client.backend_process import BackendProcess
from coamd.blender_addon.label import panel as label_panel
from coamd.blender_addon.session.session import Session
from coamd.blender_addon.takes import takes
from coamd.rigs.body.resample import sampled
from labels import act, apply, joints_of, label, listed, refused, settings
from test_registration import draw

from tests import shapes
from tests.motions import sit, walk

SLOTS = bpy.app.version >= (4, 4, 0)


def test_the_active_action_is_cut_and_named(addon: Session, backend: BackendProcess, walker: Any) -> None:
    found = label()
    assert [(item.first, item.label, item.use) for item in found] == [(0, "sway", True), (40, "sway", True)]
    assert found[0].confidence == pytest.approx(0.665, abs=1e-3)
    assert found[0].others.splitlines() == ["sway", "stand", "fall"]
    assert "2 segments of 1 take" in addon.message.text
    bpy.ops.coamd.choose_label(label="fall")
    assert listed()[0].label == "fall"
    assert listed()[0].confidence == pytest.approx(0.09, abs=1e-2)
    drawn = draw(label_panel.COAMD_PT_label)
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
    span = (take.last - take.first) * 20.0 / take.fps  # which is not a whole number of frames
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


# What is refused


def test_what_cannot_be_read(addon: Session, backend: BackendProcess, character: Any) -> None:
    assert refused(addon, bpy.ops.coamd.label, wait=True) == "no_action"
    settings().source = "FILE"
    assert refused(addon, bpy.ops.coamd.label, wait=True) == "no_action"
    settings().source = "ACTIVE"
    act(character, "Half", walk(0.5))
    assert refused(addon, bpy.ops.coamd.label, wait=True) == "too_short"
    bpy.context.scene.render.fps_base = 1e5  # the ten keys last for nine hours
    bpy.context.scene.render.fps = 24
    assert refused(addon, bpy.ops.coamd.label, wait=True) == "too_long"
    bpy.context.scene.render.fps_base = 1.0
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


@pytest.mark.usefixtures("little_at_a_time")
def test_cancelling_leaves_nothing(
    addon: Session, backend: BackendProcess, walker: Any, tick_until: Callable[[Callable[[], object]], None]
) -> None:
    scenes = len(bpy.data.scenes)
    bpy.ops.coamd.label()
    tick_until(lambda: len(bpy.data.scenes) > scenes)
    bpy.ops.coamd.cancel()
    assert len(bpy.data.scenes) == scenes
    assert not listed()


def test_progress_is_that_of_all_takes(
    addon: Session, backend: BackendProcess, walker: Any, tick_until: Callable[..., None]
) -> None:
    """Reading begins again with every take; the bar never goes back."""
    act(walker, "Sits", sit(3.0))
    settings().source = "FILE"
    bpy.ops.coamd.label()
    job, seen, numbers = addon.jobs[-1], [0.0], set()

    def over() -> bool:
        if job.parts is not None:
            seen.append(job.factor)
            numbers.add((job.parts.number, len(job.parts.lengths)))
        return job.over

    tick_until(over)
    assert seen == sorted(seen)
    assert seen[-1] > 0.7
    assert numbers == {(1, 2), (2, 2)}
