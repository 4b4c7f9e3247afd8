# SPDX-License-Identifier: GPL-3.0-or-later
"""The tree of bones that an engine gets, and poses carried over to it."""

from __future__ import annotations

import numpy as np
from coamd.rigs.body.game_skeleton import Channels, channels, ground_travel, tree
from coamd.rigs.body.rest_rig import RestBone, RestRig, rest_matrix
from coamd.rigs.body.rotations import about, matrix_from_quaternion, normalised


def bone(name: str, parent: str | None, head: tuple[float, ...], tail: tuple[float, ...]) -> RestBone:
    ends = np.array(head), np.array(tail)
    return RestBone(name, parent, rest_matrix(*ends), float(np.linalg.norm(ends[1] - ends[0])))


def control_rig() -> RestRig:
    """As generated rigs are: bones that deform hang on mechanism bones, which lie on other bones that deform."""
    hips, chest, hand = (0.0, 0.0, 1.0), (0.0, 0.0, 1.5), (0.5, 0.0, 1.5)
    bones = (
        bone("root", None, (0, 0, 0), (0, 1, 0)),
        bone("ORG-hips", "root", hips, chest),
        bone("ORG-chest", "ORG-hips", chest, (0, 0, 2)),
        bone("DEF-hips", "root", hips, (0.0, 0.0, 1.2)),
        bone("DEF-chest", "DEF-hips", chest, (0, 0, 2)),
        bone("ORG-arm", "ORG-chest", chest, hand),
        bone("DEF-arm", "ORG-arm", chest, hand),
        bone("DEF-hand", "DEF-arm", hand, (0.7, 0, 1.5)),
    )
    return RestRig(bones, np.eye(4))


DEFORMING = {"DEF-hips", "DEF-chest", "DEF-arm", "DEF-hand"}


def test_bones_that_deform_make_one_tree() -> None:
    assert tree(control_rig(), DEFORMING) == {
        "DEF-hips": None,
        "DEF-chest": "DEF-hips",
        "DEF-arm": "DEF-chest",  # its own parent lies on it, and the next one on the chest
        "DEF-hand": "DEF-arm",
    }


def test_the_root_stays_and_a_rig_without_deforming_bones_stays_whole() -> None:
    rig = control_rig()
    with_root = tree(rig, DEFORMING, "root")
    assert with_root["root"] is None
    assert with_root["DEF-hips"] == "root"
    assert tree(rig, ()) == {b.name: b.parent for b in rig.bones}


def test_parents_come_first_and_nothing_hangs_on_itself() -> None:
    """A bone that deforms above the mechanism that it also lies on must not become its own ancestor."""
    up = ((0.0, 0.0, 0.0), (0.0, 0.0, 1.0))
    rig = RestRig((bone("a", None, *up), bone("mechanism", "a", *up), bone("b", "mechanism", *up)), np.eye(4))
    assert list(tree(rig, {"a", "b"}).items()) == [("a", None), ("b", "a")]


def posed(local: Channels, rests: np.ndarray, parents: np.ndarray) -> np.ndarray:
    """Forward kinematics, link by link."""
    turns = matrix_from_quaternion(local.rotations) * local.scales[..., None, :]
    out = np.empty((*local.locations.shape[:2], 4, 4))
    for frame in range(len(out)):
        for i, parent in enumerate(parents):
            own = np.eye(4)
            own[:3, :3], own[:3, 3] = turns[frame, i], local.locations[frame, i]
            above = rests[i] if parent < 0 else out[frame, parent] @ np.linalg.inv(rests[parent]) @ rests[i]
            out[frame, i] = above @ own
    return out


def scattered(stretch: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Poses (7, bones, 4, 4) without any order, the hips' bone stretched; rest matrices; parents."""
    rng, rig = np.random.default_rng(5), control_rig()
    parents = tree(rig, DEFORMING)
    names = list(parents)
    places = np.array([names.index(p) if p else -1 for p in parents.values()])
    poses = np.tile(np.eye(4), (7, len(names), 1, 1))
    poses[..., :3, :3] = about(normalised(rng.normal(size=(7, len(names), 3))), rng.uniform(-3, 3, (7, len(names))))
    poses[..., :3, 3] = rng.normal(size=(7, len(names), 3))
    poses[:, 0, :3, 1] *= stretch
    return poses, np.stack([rig.bone(name).matrix for name in names]), places


def test_a_plain_tree_takes_the_poses() -> None:
    poses, rests, parents = scattered(1.0)
    local = channels(poses, rests, parents)
    assert np.allclose(posed(local, rests, parents), poses)
    assert (local.scales == 1.0).all()


def test_below_a_stretched_bone_the_heads_are_where_they_were() -> None:
    """The turns cannot be exact there: the tree would have to shear."""
    poses, rests, parents = scattered(1.3)
    local = channels(poses, rests, parents)
    again = posed(local, rests, parents)
    assert np.allclose(again[..., :3, 3], poses[..., :3, 3])
    assert np.allclose(local.scales[:, 0], [1.0, 1.3, 1.0])


def test_stretching_that_nobody_meant_is_none() -> None:
    poses, rests, parents = scattered(1.02)
    local = channels(poses, rests, parents)
    assert (local.scales == 1.0).all()
    assert np.allclose(posed(local, rests, parents)[..., :3, 3], poses[..., :3, 3])


def test_travel_is_over_the_ground_and_begins_with_nothing() -> None:
    travel = ground_travel(np.array([[1.0, 2.0, 0.9], [1.5, 1.0, 0.2]]))
    assert np.allclose(travel[0], np.eye(4))
    assert travel[1, :3, 3].tolist() == [0.5, -1.0, 0.0]
