# SPDX-License-Identifier: GPL-3.0-or-later
"""Apply writes the labels that are listed where it was asked to, and nothing else.

The backend of these tests gives every two seconds the names sway, stand and fall, in this order.
"""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import bpy
from coamd.backend.client.backend_process import BackendProcess
from coamd.blender_addon.label.result import PROPERTY, cut
from coamd.blender_addon.session.session import Session
from labels import act, apply, label, listed, refused, settings

from tests.motions import walk


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
