# SPDX-License-Identifier: GPL-3.0-or-later
"""Rest poses: Blender's bone axes from heads, tails and rolls, and tables of bones."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from coamd.rigs.body.rest_rig import RestRig, rest_matrix
from coamd.rigs.errors import UserError
from hypothesis import given
from hypothesis import strategies as st

ZERO = np.zeros(3)


def test_a_bone_along_y_without_roll_has_the_axes_of_the_armature() -> None:
    assert np.allclose(rest_matrix(ZERO, np.array([0.0, 2.0, 0.0])), np.eye(4))


def test_a_bone_that_points_up_has_x_to_the_right_and_z_to_the_front() -> None:
    """What Blender shows for a bone from the floor up: X stays X, and Z points along -Y."""
    matrix = rest_matrix(ZERO, np.array([0.0, 0.0, 1.0]))
    assert np.allclose(matrix[:3, 0], [1, 0, 0])
    assert np.allclose(matrix[:3, 2], [0, -1, 0])


def test_roll_turns_about_the_bone() -> None:
    matrix = rest_matrix(ZERO, np.array([0.0, 1.0, 0.0]), roll=np.pi / 2)
    assert np.allclose(matrix[:3, 0], [0, 0, -1])


@given(st.tuples(*[st.floats(-1.0, 1.0)] * 3), st.floats(-4.0, 4.0))
def test_axes_are_right_handed_and_y_lies_along_the_bone(tail: tuple[float, float, float], roll: float) -> None:
    way = np.array(tail)
    if np.linalg.norm(way) < 1e-3:
        return
    matrix = rest_matrix(ZERO, way, roll=roll)[:3, :3]
    assert np.allclose(matrix @ matrix.T, np.eye(3), atol=1e-5)
    assert np.linalg.det(matrix) > 0.9
    assert np.allclose(matrix[:, 1], way / np.linalg.norm(way), atol=1e-3)


def test_x_axis_says_the_same_as_a_roll() -> None:
    tail = np.array([0.3, -0.5, 0.8])
    by_roll = rest_matrix(ZERO, tail, roll=0.7)
    assert np.allclose(rest_matrix(ZERO, tail, x_axis=by_roll[:3, 0]), by_roll)


def table(tmp_path: Path, rows: object) -> Path:
    path = tmp_path / "rig.json"
    path.write_text(json.dumps({"bones": rows}), encoding="utf-8")
    return path


def row(name: str, parent: str | None) -> dict[str, object]:
    return {"name": name, "parent": parent, "head": [0, 0, 0], "tail": [0, 0, 1], "roll": 0.0}


def test_a_table_may_list_children_first(tmp_path: Path) -> None:
    rig = RestRig.from_table(table(tmp_path, [row("hand", "arm"), row("arm", "chest"), row("chest", None)]))
    assert [bone.name for bone in rig.bones] == ["chest", "arm", "hand"]
    assert rig.parents == (-1, 0, 1)
    assert rig.ancestors("hand") == ["arm", "chest"]


@pytest.mark.parametrize(
    "rows",
    [
        [row("a", "gone")],
        [row("a", "b"), row("b", "a")],
        [row("a", None), row("a", None)],
        [{"name": "a"}],
        [row("a", None) | {"head": [0, 0]}],
        [row("a", None) | {"tail": [0, 0, float("nan")]}],
        5,
    ],
)
def test_a_broken_table_is_refused_in_one_sentence(tmp_path: Path, rows: object) -> None:
    with pytest.raises(UserError) as caught:
        RestRig.from_table(table(tmp_path, rows))
    assert caught.value.code == "broken_rig"
    assert caught.value.hint


def test_a_bone_that_hangs_on_another_of_its_own_name_is_refused(tmp_path: Path) -> None:
    """The walk from the root down would come to it for ever."""
    with pytest.raises(UserError, match="two of one name"):
        RestRig.from_table(table(tmp_path, [row("root", None), row("spine", "root"), row("spine", "spine")]))


def test_a_bone_without_length_is_left_out_and_its_children_move_up(tmp_path: Path) -> None:
    point = row("point", "root") | {"tail": [0, 0, 0]}
    rig = RestRig.from_table(table(tmp_path, [row("root", None), point, row("leaf", "point")]))
    assert [bone.name for bone in rig.bones] == ["root", "leaf"]
    assert rig.bone("leaf").parent == "root"


def test_a_missing_table_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"none\.json"):
        RestRig.from_table(tmp_path / "none.json")


def test_rewired_changes_parents_and_keeps_them_first(tmp_path: Path) -> None:
    rig = RestRig.from_table(table(tmp_path, [row("root", None), row("copy", "root"), row("control", "root")]))
    wired = rig.rewired([("copy", "control"), ("absent", "control")])
    assert [bone.name for bone in wired.bones] == ["root", "control", "copy"]
    assert wired.bone("copy").parent == "control"
    assert rig.rewired([]) is rig


def test_every_table_of_real_rigs_can_be_read(shared: Path) -> None:
    paths = sorted((shared / "rigs").glob("*.json"))
    assert paths
    for path in paths:
        rig = RestRig.from_table(path)
        assert np.allclose(np.linalg.det(rig.matrices[:, :3, :3]), 1.0)
