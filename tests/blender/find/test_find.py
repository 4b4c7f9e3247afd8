# SPDX-License-Identifier: GPL-3.0-or-later
"""Finding takes: what is looked through and read again, what the list holds, and that Use puts a take on the rig.

The backend of these tests has a true index, but knows a motion only by the way it travels: "left" or ahead.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import bpy
import numpy as np
import pytest
import snapshot
from coamd.backend.client.backend_process import BackendProcess
from coamd.blender_addon.find import panel as find_panel
from coamd.blender_addon.find import thumbnails
from coamd.blender_addon.keys.action import curves_of
from coamd.blender_addon.session.session import Session
from coamd.blender_addon.takes import take_reader
from labels import act, refused
from test_registration import draw

from tests.motions import sit, walk


def sideways(seconds: float) -> np.ndarray:
    """A walk that travels to its left, as the backend's compass sees it."""
    joints = walk(seconds)
    joints[..., 0] += np.linspace(0.0, 6.0, len(joints))[:, None] - 0.0
    joints[..., 2] -= joints[:, :1, 2]
    return joints


@pytest.fixture
def shelf(character: Any, addon: Session) -> Any:
    """The mannequin with three actions; it plays the last one."""
    act(character, "Ahead", walk(4.0))
    act(character, "Tiny", walk(0.4))
    act(character, "Left", sideways(3.0))
    bpy.context.view_layer.update()
    return character


def settings() -> Any:
    return bpy.context.scene.coamd.find


def listed() -> list[Any]:
    return list(bpy.context.window_manager.coamd_find.moments)


def find(query: str = "goes ahead", **others: Any) -> list[Any]:
    """Press Find and wait; what the list holds."""
    for name, value in {"query": query, **others}.items():
        setattr(settings(), name, value)
    assert bpy.ops.coamd.find(wait=True) == {"FINISHED"}
    return listed()


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the takes that are read off the rig."""
    names: list[str] = []
    begin = take_reader.TakeReader.__init__

    def watched(self: Any, take: Any) -> None:
        names.append(take.name)
        begin(self, take)

    monkeypatch.setattr(take_reader.TakeReader, "__init__", watched)
    return names


def test_the_actions_of_the_file_are_ranked(addon: Session, backend: BackendProcess, shelf: Any) -> None:
    before = snapshot.of_file()
    found = find("goes to the left")
    assert [item.title for item in found] == ["Left", "Ahead"]
    assert found[0].score > 0.7 > found[1].score
    assert (found[0].path, found[0].first, found[0].end) == ("", 0, 59)
    assert "2 takes are listed" in addon.message.text
    assert "Tiny: 0.3 s" in addon.message.hint
    find("zigzag to the left")
    assert "has not learnt 'zigzag'" in addon.message.hint
    settings().query = ""
    assert snapshot.of_file() == before
    drawn = draw(find_panel.COAMD_PT_find)
    assert "coamd.use_found" in drawn


def test_only_takes_that_changed_are_read_again(backend: BackendProcess, shelf: Any, read: list[str]) -> None:
    find()
    assert sorted(read) == ["Ahead", "Left"]
    read.clear()
    find("goes to the left")
    assert read == []
    curve = curves_of(bpy.data.actions["Ahead"])[0]
    curve.keyframe_points[3].co.y += 0.01
    bpy.data.actions["Left"].name = "Renamed"
    found = find()
    assert sorted(read) == ["Ahead", "Renamed"]
    assert {item.title for item in found} == {"Ahead", "Renamed"}, "the old name is gone from the index"


def test_an_example_finds_itself(backend: BackendProcess, shelf: Any) -> None:
    found = find(by="EXAMPLE")
    assert found[0].title == "Left"
    assert found[0].score == pytest.approx(1.0, abs=1e-3)


def test_a_take_of_the_file_is_put_on_another_character(
    addon: Session, backend: BackendProcess, shelf: Any, mannequin_file: Path
) -> None:
    find()
    with bpy.data.libraries.load(str(mannequin_file)) as (_, into):
        into.objects = ["Mannequin"]
    other = into.objects[0]
    bpy.context.scene.collection.objects.link(other)
    bpy.context.scene.coamd.character = other
    bpy.context.scene.frame_set(5)
    assert bpy.ops.coamd.use_found(number=0, wait=True) == {"FINISHED"}
    action = other.animation_data.action
    assert action.name == f"{other.name} Ahead 5-{round(action.frame_range[1])}"
    assert shelf.animation_data.action.name == "Left"
    assert action.frame_range[0] == 5
    hips = other.pose.bones["mixamorig:Hips"]
    bpy.context.scene.frame_set(5)
    start = hips.head.copy()
    bpy.context.scene.frame_set(int(action.frame_range[1]))
    assert (hips.head - start).length > 2.0, "it walks"


def test_only_the_moment(backend: BackendProcess, shelf: Any) -> None:
    act(shelf, "Long", walk(14.0))
    (first, *_) = find(moment_only=True)
    number = next(k for k, item in enumerate(listed()) if item.title == "Long")
    moment = listed()[number]
    assert moment.end - moment.first <= 196
    assert bpy.ops.coamd.use_found(number=number, wait=True) == {"FINISHED"}
    frames = shelf.animation_data.action.frame_range
    seconds = (frames[1] - frames[0]) / bpy.context.scene.render.fps
    assert seconds == pytest.approx((moment.end - moment.first) / 20, abs=0.1)
    assert first.title in ("Long", "Ahead")


def test_folders_are_read_by_the_backend(
    addon: Session, backend: BackendProcess, shelf: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """BVH files by itself, .blend files through a Blender of its own; broken ones are named."""
    from coamd.rigs.files.bvh_writer import write_bvh
    from coamd.rigs.files.joints_bvh import joints_bvh

    folder = tmp_path / "takes"
    folder.mkdir()
    write_bvh(folder / "stroll.bvh", joints_bvh(walk(3.0)))
    (folder / "cut.bvh").write_text("HIERARCHY")
    (folder / "bad.blend").write_bytes(b"BLENDER or not")
    bpy.ops.wm.save_as_mainfile(filepath=str(folder / "shelf.blend"), copy=True)
    settings().folders.add().path = str(folder)
    found = find(this_file=False)
    assert {item.title for item in found} == {"stroll", "Ahead", "Left"}
    assert {Path(item.path).name for item in found} == {"stroll.bvh", "shelf.blend"}
    said = str(addon.message)
    assert "Skipped: 3." in said
    assert "cut.bvh" in said
    assert "bad.blend" in said
    number = next(k for k, item in enumerate(found) if item.title == "Ahead")
    assert bpy.ops.coamd.use_found(number=number, wait=True) == {"FINISHED"}
    action = shelf.animation_data.action
    first, last = (round(frame) for frame in action.frame_range)
    assert action.name == f"Mannequin Ahead {first}-{last}"
    (folder / "stroll.bvh").unlink()
    number = next(k for k, item in enumerate(found) if item.title == "stroll")
    assert refused(addon, bpy.ops.coamd.use_found, number=number, wait=True) == "no_file"
    assert {item.title for item in find()} == {"Ahead", "Left"}


def test_what_cannot_be_asked(addon: Session, backend: BackendProcess, character: Any) -> None:
    assert refused(addon, bpy.ops.coamd.find, wait=True) == "empty_prompt"
    settings().query = "walks"
    assert refused(addon, bpy.ops.coamd.find, wait=True) == "nothing_indexed"
    settings().this_file = False
    assert refused(addon, bpy.ops.coamd.find, wait=True) == "no_place"
    settings().this_file, settings().by = True, "EXAMPLE"
    assert refused(addon, bpy.ops.coamd.find, wait=True) == "no_action"


def test_an_index_of_other_weights_is_made_anew_and_said(
    addon: Session, backend: BackendProcess, shelf: Any, tmp_path: Path
) -> None:
    (tmp_path / "home").mkdir()
    zeros = {"vectors": np.zeros((0, 2)), "poses": np.zeros((0, 5, 22, 3)), "places": np.zeros((0, 3))}
    np.savez(tmp_path / "home" / "takes.npz", fingerprint=np.array("others"), version=np.array(2), **zeros)
    find()
    assert "is of other weights; it is rebuilt" in str(addon.message)


@pytest.mark.usefixtures("little_at_a_time")
def test_cancelling_leaves_the_scene(
    addon: Session, backend: BackendProcess, shelf: Any, tick_until: Callable[[Callable[[], object]], None]
) -> None:
    scenes = len(bpy.data.scenes)
    settings().query = "walks"
    bpy.ops.coamd.find()
    tick_until(lambda: len(bpy.data.scenes) > scenes)
    bpy.ops.coamd.cancel()
    assert len(bpy.data.scenes) == scenes
    assert not listed()


# Pictures


def test_a_picture_shows_a_figure_in_the_colours_of_its_sides() -> None:
    joints = sit(3.0)
    image = thumbnails.picture(joints[np.linspace(0, len(joints) - 1, 5).round().astype(int)])
    assert image.shape == (thumbnails.SIZE, thumbnails.SIZE, 4)
    assert image.dtype == np.float32
    assert ((image >= 0.0) & (image <= 1.0)).all()
    blue = (image[..., 2] - image[..., 0] > 0.3).sum()
    orange = (image[..., 0] - image[..., 2] > 0.3).sum()
    assert blue > 50
    assert orange > 50
    assert (np.abs(image[..., :3] - image[0, -1, :3]).max(-1) < 0.05).mean() > 0.5, "most of it is paper"


def test_pictures_become_icons(addon: Session) -> None:
    """Without a window Blender gives no icons away, but it keeps the pictures."""
    image = np.linspace(0.0, 1.0, 128 * 128 * 4, dtype=np.float32).reshape(128, 128, 4)
    thumbnails.show([np.zeros_like(image)] * 3)
    thumbnails.show([np.zeros_like(image), image])
    assert set(thumbnails._previews) == {"0", "1"}
    kept = thumbnails._previews["1"]
    assert tuple(kept.image_size) == (128, 128)
    assert np.allclose(np.array(kept.image_pixels_float).reshape(image.shape), image, atol=1 / 255)
    assert thumbnails.icon(2) == 0


def test_the_backend_is_told_which_blender_reads_for_it(addon: Session) -> None:
    assert os.environ["COAMD_BLENDER"] == (bpy.app.binary_path or sys.executable)
