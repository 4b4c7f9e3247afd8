# SPDX-License-Identifier: GPL-3.0-or-later
"""Results as files for other programs: read back, the joints are where they were; and nothing of the user's changes.

A real Blender in the background writes the files, and another one reads them into an empty file.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import bpy
import numpy as np
import pytest
import snapshot
from coamd.backend.client.backend_process import BackendProcess
from coamd.blender_addon.export import panel as export_panel
from coamd.blender_addon.export import writers
from coamd.blender_addon.export.order import file_name
from coamd.blender_addon.export.task import ExportJob
from coamd.blender_addon.session.session import Session
from coamd.rigs.errors import UserError
from labels import act
from reading_back import heads_of, read_back
from test_registration import draw

from tests.motions import walk

FRAMES = 25  # of the clip of a second at 24 fps
NEAR = 2e-3  # metres; BVH holds angles to a millionth of a degree and FBX single numbers


def heads(rig_object: Any, first: int) -> dict[str, np.ndarray]:
    """Where the heads of all bones are in the world, (F, 3), for the frames of the clip."""
    return heads_of(rig_object, first, FRAMES)


def result(rig_object: Any, name: str, start: int = 11) -> Any:
    """A walk of a second that is noted as made by us."""
    action = act(rig_object, name, walk(1.0), start)
    note = action.coamd
    note.made, note.character, note.number = True, rig_object.name, len(bpy.data.actions)
    note.first, note.last = (round(frame) for frame in action.frame_range)
    return action


def export(folder: Path, **settings: Any) -> set[str]:
    """Press Export with these settings and wait."""
    which = settings.pop("which", "ONE")
    for name, value in settings.items():
        setattr(bpy.context.scene.coamd.export, name, value)
    done: set[str] = bpy.ops.coamd.export(directory=str(folder), which=which, wait=True)
    return done


@pytest.fixture
def hero(character: Any, addon: Session) -> Any:
    """The mannequin under another name, out of the middle, turned, larger, and walking."""
    character.name, character.location, character.rotation_euler[2] = "Hero", (1.0, -2.0, 0.0), 0.7
    character.scale = (1.5, 1.5, 1.5)
    result(character, "Hero walks 11-35")
    return character


def worst(found: dict[str, np.ndarray], wanted: dict[str, np.ndarray]) -> float:
    return max(float(np.abs(found[name] - wanted[name]).max()) for name in wanted)


@pytest.mark.parametrize("format", ["FBX", "GLTF", "BVH"])
def test_read_back_the_joints_are_where_they_were(hero: Any, tmp_path: Path, format: str) -> None:
    wanted = heads(hero, 11)
    place = np.array(hero.matrix_world)
    assert export(tmp_path, format="GLB" if format == "GLTF" else format) == {"FINISHED"}
    (path,) = tmp_path.glob("Hero walks 11-35.*")
    again = read_back(path, FRAMES)
    found = again.heads
    if format == "BVH":  # which has no object, only the skeleton's own space
        found = {name: rows @ place[:3, :3].T + place[:3, 3] for name, rows in found.items()}
    assert found.keys() == wanted.keys()
    assert worst(found, wanted) < NEAR
    assert max(float(np.ptp(rows, axis=0).max()) for rows in wanted.values()) > 0.5, "it walks"
    assert again.meshes == ([] if format == "BVH" else ["Mannequin Body"])
    if format != "BVH":
        assert "Hero walks 11-35" in again.action


@pytest.mark.parametrize("travel", ["ROOT", "IN_PLACE"])
def test_the_travel_goes_to_the_armature_or_nowhere(hero: Any, tmp_path: Path, travel: str) -> None:
    """The mannequin has no root bone, so that its object carries the travel; the figure is the same in both."""
    wanted = heads(hero, 11)
    hips = wanted["mixamorig:Hips"]
    away = (hips - hips[:1]) * (1.0, 1.0, 0.0)
    export(tmp_path, format="GLB", travel=travel)
    again = read_back(next(tmp_path.iterdir()), FRAMES)
    found, travelled = again.heads, again.travel - again.travel[0]
    assert np.abs(travelled - (away if travel == "ROOT" else 0.0)).max() < NEAR
    assert worst(found, {name: rows - (0.0 if travel == "ROOT" else away) for name, rows in wanted.items()}) < NEAR


def test_of_a_control_rig_only_the_bones_that_deform_are_written(
    generated: Any, addon: Session, tmp_path: Path
) -> None:
    """706 bones with constraints become one tree; with root motion its root bone carries the travel."""
    result(generated, "rig walks 11-35")
    wanted = heads(generated, 11)
    deforming = {bone.name for bone in generated.data.bones if bone.use_deform}
    assert export(tmp_path, format="FBX", travel="ROOT") == {"FINISHED"}
    again = read_back(next(tmp_path.iterdir()), FRAMES)
    found = again.heads
    assert set(again.parents) == deforming | {"root"}
    assert [name for name, parent in again.parents.items() if not parent] == ["root"]
    assert again.parents["DEF-thigh.L"] == "DEF-spine"
    assert worst(found, {name: wanted[name] for name in deforming}) < NEAR
    torso = wanted["DEF-spine"]
    assert np.abs(found["root"] - wanted["root"] - (torso - torso[:1]) * (1.0, 1.0, 0.0)).max() < 0.05


def test_nothing_of_the_users_changes(hero: Any, tmp_path: Path) -> None:
    scene, body = bpy.context.scene, hero.children[0]
    other = result(hero, "Hero waits 1-25", 1)
    track = hero.animation_data.nla_tracks.new()
    track.strips.new("under", 40, other)
    hero.animation_data.action = bpy.data.actions["Hero walks 11-35"]
    scene.frame_start, scene.frame_end, scene.frame_current = 5, 77, 20
    bpy.context.view_layer.update()
    hero.pose.bones[3].rotation_quaternion = (0.8, 0.6, 0.0, 0.0)  # a pose that is not keyed yet
    body.select_set(True)
    bpy.context.view_layer.objects.active = body

    def picture() -> tuple[object, ...]:
        chosen = [(obj.name, obj.select_get()) for obj in bpy.context.view_layer.objects]
        lists = [(name, sorted(getattr(bpy.data, name).keys())) for name in ("objects", "meshes", "scenes", "actions")]
        return snapshot.of_file(), chosen, bpy.context.view_layer.objects.active.name, lists, scene.coamd.character

    scene.coamd.character, scene.coamd.export.folder = hero, str(tmp_path)
    before = picture()
    assert export(tmp_path, format="BVH") == {"FINISHED"}
    assert picture() == before


def test_all_kept_results_are_written_each_by_its_name(hero: Any, addon: Session, tmp_path: Path) -> None:
    result(hero, "Hero: turns / left?", 1)
    lost = result(hero, "Hero lost 1-25", 1)
    hero.animation_data.action = bpy.data.actions["Hero walks 11-35"]
    lost.use_fake_user = False
    assert lost.users == 0
    assert export(tmp_path, format="BVH", which="KEPT") == {"FINISHED"}
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {"Hero walks 11-35.bvh", "Hero_ turns _ left_.bvh"}
    assert f"2 files are in {tmp_path}." in str(addon.message)


def test_a_file_that_is_there_stays_unless_it_may_be_replaced(hero: Any, tmp_path: Path) -> None:
    path = tmp_path / "Hero walks 11-35.bvh"
    path.write_text("mine")
    with pytest.raises(
        RuntimeError, match=r"Hero walks 11-35\.bvh already exists in the folder\. Turn on Replace Files"
    ):
        export(tmp_path, format="BVH")
    assert path.read_text() == "mine"
    assert export(tmp_path, format="BVH", replace=True) == {"FINISHED"}
    assert path.read_text().startswith("HIERARCHY")
    assert list(tmp_path.iterdir()) == [path]


def test_what_is_cancelled_leaves_nothing(
    hero: Any, addon: Session, tmp_path: Path, tick_until: Callable[[Callable[[], object]], None]
) -> None:
    assert bpy.ops.coamd.export(directory=str(tmp_path)) == {"FINISHED"}
    (job,) = addon.jobs
    held = job._folder  # type: ignore[attr-defined]
    assert held.is_dir()
    bpy.ops.coamd.cancel()
    tick_until(lambda: not held.exists())
    assert not list(tmp_path.iterdir())
    assert "Cancelled" in str(addon.message)


def test_a_motion_does_not_wait_for_an_export(
    hero: Any, backend: BackendProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that takes for ever stands for a large character."""
    monkeypatch.setattr(ExportJob, "is_solved", False)
    assert bpy.ops.coamd.export(directory=str(tmp_path)) == {"FINISHED"}
    assert bpy.ops.coamd.generate(wait=True) == {"FINISHED"}
    assert hero.animation_data.action.name != "Hero walks 11-35"
    bpy.ops.coamd.cancel()


def test_the_panel_shows_what_is_written_and_says_where_it_is(hero: Any, tmp_path: Path) -> None:
    drawn = draw(export_panel.COAMD_PT_export)
    assert {"format", "travel", "meshes", "folder", "replace", "coamd.export", "All Kept"} <= set(drawn)
    export(tmp_path, format="BVH")
    drawn = draw(export_panel.COAMD_PT_export)
    assert "meshes" not in drawn
    assert "Hero walks 11-35.bvh is in" in " ".join(drawn)


def test_without_a_character_there_is_nothing_to_export(addon: Session, tmp_path: Path) -> None:
    for which in ("ONE", "KEPT"):
        with pytest.raises(RuntimeError, match="There is no character to export"):
            export(tmp_path, which=which)


def test_without_a_result_there_is_nothing_to_export(character: Any, addon: Session, tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="There is no result to export"):
        export(tmp_path)


def test_a_result_whose_character_is_deleted(hero: Any, build: Callable[..., Any], tmp_path: Path) -> None:
    from coamd.rigs.body.rest_rig import RestBone, RestRig

    build(RestRig((RestBone("bone", None, np.eye(4), 1.0),), np.eye(4)), "Another")
    bpy.data.objects.remove(hero)
    with pytest.raises(RuntimeError, match="The character “Hero” of “Hero walks 11-35” was deleted"):
        bpy.ops.coamd.export(action="Hero walks 11-35", directory=str(tmp_path))
    assert not list(tmp_path.iterdir())


def test_a_folder_that_cannot_be_written(hero: Any, tmp_path: Path) -> None:
    closed = Path("/proc") if Path("/proc").is_dir() else tmp_path / "closed"  # root may write anywhere else
    if closed.parent == tmp_path:
        closed.mkdir(mode=0o500)
    with pytest.raises(RuntimeError, match=f"No file can be written into {closed}"):
        export(closed)
    with pytest.raises(RuntimeError, match="There is no folder"):
        export(tmp_path / "nowhere")
    with pytest.raises(RuntimeError, match="relative to the file, which has not been saved yet"):
        bpy.ops.coamd.export(directory="//out/", wait=True)


def test_an_exporter_that_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that is switched off is switched on in the other Blender alone; one that is not there is told of."""
    none = writers.Writer("FBX", "no_such_addon", ("export_scene", "nothing"), ())
    monkeypatch.setitem(writers.WRITERS, "fbx", none)
    with pytest.raises(UserError, match="This Blender has no FBX exporter") as caught:
        writers.enable("fbx")
    assert caught.value.code == "no_exporter"


def test_an_exporter_that_is_switched_off_is_not_missed(hero: Any, tmp_path: Path) -> None:
    import addon_utils

    addon_utils.disable("io_anim_bvh")
    assert export(tmp_path, format="BVH") == {"FINISHED"}
    addon_utils.enable("io_anim_bvh")


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("Hero walks 1-95", "Hero walks 1-95"),
        ("läuft → 1", "läuft → 1"),
        ("a/b\\c:d", "a_b_c_d"),
        ("con", "_con"),
        ("..", "action"),
    ],
)
def test_names_are_kept_as_far_as_files_can_have_them(name: str, file: str) -> None:
    assert file_name(name) == file
