# SPDX-License-Identifier: GPL-3.0-or-later
"""The bones of a character in the panel: chosen by hand, remembered by the file, kept as presets of the user's own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import bpy
import pytest
from coamd.blender_addon.character import armature, bone_choice, bone_mapping
from coamd.blender_addon.character.bone_mapping import COAMD_PG_bones, mapping_of
from coamd.blender_addon.session.session import Session
from coamd.rigs.detect.mapping import Mapping
from coamd.rigs.errors import UserError


@pytest.fixture(autouse=True)
def nothing_known(addon: Session) -> None:
    """Every test begins without characters or presets in memory."""
    bone_choice.load()
    bone_mapping.forget()


def found(rig_object: Any) -> Mapping:
    result = mapping_of(rig_object)
    assert isinstance(result, Mapping), result
    return result


def test_the_panel_lists_what_was_detected(character: Any) -> None:
    assert character.coamd_bones.left_knee == "mixamorig:LeftLeg"
    assert character.coamd_bones.spine3 == "mixamorig:Spine2"
    assert character.coamd_bones.neck2 == ""


def test_what_is_no_armature_has_no_bones_also_as_a_library_override(
    character: Any, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Blender compares all properties of an override with those of the file that it is linked from."""
    (body,) = character.children
    assert body.coamd_bones.left_knee == ""
    body.coamd_bones.left_knee = "Bone"
    assert body.coamd_bones.left_knee == "" and character.coamd_bones.left_knee == "mixamorig:LeftLeg"
    bpy.data.libraries.write(str(tmp_path / "body.blend"), {character, body})
    bpy.ops.wm.read_homefile(use_empty=True)
    with bpy.data.libraries.load(str(tmp_path / "body.blend"), link=True) as (there, into):
        into.objects = list(there.objects)
    for linked in list(into.objects):
        bpy.context.scene.collection.objects.link(linked.override_create())
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "scene.blend"))
    assert {obj.type for obj in bpy.data.objects if obj.override_library} == {"ARMATURE", "MESH"}
    said = capfd.readouterr()
    assert "Traceback" not in said.out + said.err


def test_every_role_explains_itself() -> None:
    for prop in COAMD_PG_bones.bl_rna.properties:
        if prop.identifier not in ("name", "rna_type"):
            assert len(prop.description) > 10


def test_a_role_that_is_emptied_has_no_bone(character: Any) -> None:
    character.coamd_bones.head = ""
    assert "head" not in found(character).bones
    assert "head" in found(character).missing
    _, _, used = armature.read(bpy.context)
    assert used == found(character), "what is animated is what the panel shows"


def test_a_bone_that_is_chosen_leaves_its_old_role(character: Any) -> None:
    character.coamd_bones.neck = "mixamorig:Head"
    assert found(character).bones["neck"] == "mixamorig:Head"
    assert "head" not in found(character).bones


def test_the_file_remembers_the_choice(character: Any, tmp_path: Path) -> None:
    character.coamd_bones.head = ""
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "kept.blend"))
    bpy.ops.wm.read_homefile(use_empty=True)
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "kept.blend"))
    bone_mapping.forget()
    again = bpy.data.objects["Mannequin"]
    assert bone_choice.chosen(again) == {"head": ""}
    assert "head" in found(again).missing


@pytest.mark.parametrize("override", [False, True], ids=["linked", "overridden"])
def test_a_rig_from_another_file_keeps_its_choice_too(mannequin_file: Path, tmp_path: Path, override: bool) -> None:
    """Blender saves no new properties of linked and overridden objects, so the scene holds them."""
    with bpy.data.libraries.load(str(mannequin_file), link=True) as (_, into):
        into.objects = ["Mannequin"]
    rig_object = into.objects[0].override_create() if override else into.objects[0]
    bpy.context.scene.collection.objects.link(rig_object)
    rig_object.coamd_bones.head = ""
    assert "head" in found(rig_object).missing
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "linking.blend"))
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "linking.blend"))
    bone_mapping.forget()
    again = bpy.context.scene.objects["Mannequin"]
    assert "head" in found(again).missing
    bone_choice.forget_choice(again)
    assert found(again).missing == ()


def test_detecting_again_forgets_the_choice(character: Any) -> None:
    character.coamd_bones.left_knee = ""
    assert isinstance(mapping_of(character), UserError)
    bpy.ops.coamd.detect_bones()
    assert found(character).bones["left_knee"] == "mixamorig:LeftLeg"
    assert bone_choice.chosen(character) == {}


def test_without_a_needed_bone_the_panel_says_which(character: Any) -> None:
    character.coamd_bones.left_knee = ""
    result = mapping_of(character)
    assert isinstance(result, UserError)
    assert "left knee" in result.message
    assert character.coamd_bones.right_knee == "mixamorig:RightLeg", "the others stay listed"


def test_an_unknown_rig_can_be_told_by_hand(character: Any) -> None:
    """Names that say nothing, and a shape that is not a body's: all bones hang on the hips."""
    wanted = found(character).bones
    bpy.ops.object.mode_set(mode="EDIT")
    for bone in character.data.edit_bones:
        bone.use_connect = False
        bone.parent = None
    bpy.ops.object.mode_set(mode="OBJECT")
    numbers = {bone.name: f"Bone.{i:03}" for i, bone in enumerate(character.data.bones)}
    for bone in character.data.bones:
        bone.name = numbers[bone.name]
    bone_mapping.forget()
    assert isinstance(mapping_of(character), UserError)
    for role, bone in wanted.items():
        setattr(character.coamd_bones, role, numbers[bone])
    assert found(character).bones == {role: numbers[bone] for role, bone in wanted.items()}


def test_a_preset_is_kept_used_first_and_removed(character: Any) -> None:
    character.coamd_bones.head = ""
    assert bpy.ops.coamd.save_preset(name="House rig") == {"FINISHED"}
    path = bone_choice.folder() / "House_rig.json"
    assert json.loads(path.read_text())["name"] == "House rig"
    bpy.ops.coamd.detect_bones()
    assert found(character).family == "House rig"
    assert "head" not in found(character).bones
    assert bpy.ops.coamd.remove_preset(name="House rig") == {"FINISHED"}
    assert not path.exists()
    assert found(character).family == "Mixamo"


def test_only_the_preset_of_that_name_is_deleted(character: Any) -> None:
    """Another Blender has deleted it; the file that its name would have is another preset's."""
    bpy.ops.coamd.save_preset(name="House rig")
    with pytest.raises(RuntimeError, match="cannot be deleted"):
        bpy.ops.coamd.remove_preset(name="House rig!")
    assert [preset.family for preset in bone_choice.own.values()] == ["House rig"]


def test_a_damaged_preset_is_left_out_with_a_word_about_it(character: Any) -> None:
    bone_choice.folder().mkdir(parents=True, exist_ok=True)
    (bone_choice.folder() / "damaged.json").write_text("{")
    bpy.ops.coamd.check_character()
    assert [error.code for error in bone_choice.broken] == ["broken_preset"]
    assert found(character).family == "Mixamo"


def test_removing_what_is_not_there_is_an_error() -> None:
    with pytest.raises(RuntimeError, match="cannot be deleted"):
        bpy.ops.coamd.remove_preset(name="Nothing")
