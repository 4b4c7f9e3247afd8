# SPDX-License-Identifier: GPL-3.0-or-later
"""Bodies are found without their names: the oracle is what their names say."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import characters
import numpy as np
import pytest
import shapes
from coamd.rigs.body.rest_rig import RestRig
from coamd.rigs.detect.detection import BY_SHAPE, REQUIRED, detect
from coamd.rigs.errors import UserError
from coamd.rigs.files.bvh import read_bvh
from coamd.rigs.files.bvh_rig import rest_rig
from gates import TABLES
from hypothesis import given, settings
from hypothesis import strategies as st

SKELETONS = ("cmu/bvh/06_01", "cmu/bvh/102_01", "cmu/bvh/60_01", "accad/female1/crawl_backwards")


def found_by_shape(rig: RestRig, seed: int, scale: float = 1.0) -> dict[str, str]:
    """Roles of the rig without its names, in its own names."""
    bare, names = shapes.nameless(rig, seed, scale)
    mapping = detect(bare)
    assert mapping.family == BY_SHAPE
    return {role: names[bone] for role, bone in mapping.bones.items()}


@pytest.mark.parametrize("table", TABLES)
def test_real_rigs_without_their_names(shared: Path, table: str) -> None:
    rig = RestRig.from_table(shared / "rigs" / f"{table}.json")
    for seed, scale in enumerate((1.0, 0.01, 100.0)):
        assert found_by_shape(rig, seed, scale) == detect(rig).bones


@pytest.mark.parametrize("take", SKELETONS)
def test_skeletons_of_captures_without_their_names(shared: Path, take: str) -> None:
    rig = rest_rig(read_bvh(shared / "mocap" / f"{take}.bvh"))
    assert found_by_shape(rig, 0) == detect(rig).bones


@settings(max_examples=25, deadline=None)
@given(arms=st.floats(0.0, 1.35), seed=st.integers(0, 2**32 - 1))
def test_arms_at_any_angle_and_bones_of_any_roll(arms: float, seed: int) -> None:
    """From a T-pose to arms that hang."""
    rig = characters.mixamo(arms=arms, rolls=seed)
    assert found_by_shape(rig, seed) == detect(rig).bones


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_a_body_need_not_be_quite_symmetric(seed: int) -> None:
    """Joints that are up to a centimetre off, as in scans."""
    rig = characters.mixamo()
    rng = np.random.default_rng(seed)
    bones = []
    for bone in rig.bones:
        matrix = bone.matrix.copy()
        matrix[:3, 3] += rng.uniform(-0.01, 0.01, 3)
        bones.append(replace(bone, matrix=matrix))
    assert found_by_shape(RestRig(tuple(bones), np.eye(4)), seed) == detect(rig).bones


def test_hair_skirt_and_cape_are_no_limbs() -> None:
    """Long chains in pairs on head, hips and chest, as on VRoid's characters."""
    rig = characters.mixamo()
    extra = {}
    for part, bone, (x, y, z) in (
        ("hair", "mixamorig:Head", (0.06, 0.08, 1.7)),
        ("skirt", "mixamorig:Hips", (0.14, -0.1, 0.95)),
        ("skirt back", "mixamorig:Hips", (0.12, 0.12, 0.95)),
        ("cape", "mixamorig:Spine2", (0.1, 0.12, 1.4)),
    ):
        for side, sign in (("one", 1.0), ("two", -1.0)):
            for i in range(5):
                above = f"{side} {part} {i - 1}" if i else bone
                extra[f"{side} {part} {i}"] = (above, (sign * (x + 0.01 * i), y, z - 0.12 * i))
    heads = {bone.name: (bone.parent, tuple(bone.head)) for bone in rig.bones}
    dressed = shapes.made_of({**heads, **extra})
    assert found_by_shape(dressed, 3) == detect(rig).bones


def test_left_is_left_when_only_a_foot_tells() -> None:
    """A mirrored body is the same body: what was left is right."""
    rig = characters.mixamo()
    flip = np.diag([-1.0, 1.0, 1.0, 1.0])
    bones = tuple(replace(b, matrix=flip @ b.matrix @ flip) for b in rig.bones)
    mirrored = found_by_shape(RestRig(bones, np.eye(4)), 1)
    assert mirrored["left_knee"] == "mixamorig:RightLeg"
    assert mirrored["right_wrist"] == "mixamorig:LeftHand"


def test_a_body_without_hands_feet_and_head_still_has_what_is_needed() -> None:
    rig = characters.without(characters.mixamo(), "Hand", "ToeBase", "Head", "Neck")
    bare, names = shapes.nameless(rig, 2)
    mapping = detect(bare)
    assert set(REQUIRED) <= set(mapping.bones)
    assert names[mapping.bones["left_elbow"]] == "mixamorig:LeftForeArm"
    assert set(mapping.missing) == {"left_wrist", "right_wrist", "left_foot", "right_foot", "neck", "head"}


def refused(rig: RestRig) -> UserError:
    with pytest.raises(UserError) as caught:
        detect(shapes.nameless(rig, 1)[0])
    assert caught.value.hint
    return caught.value


def test_a_dog_is_a_quadruped() -> None:
    assert refused(shapes.dog()).code == "quadruped"


def test_a_dog_with_the_names_of_a_human_is_a_quadruped() -> None:
    names = {"pelvis": "Hips", "loin": "Spine", "chest": "Spine1", "neck": "Neck", "head": "Head"}
    parts = {"thigh": "UpLeg", "shin": "Leg", "hock": "Foot", "paw": "ToeBase"}
    parts |= {"scapula": "Shoulder", "upper arm": "Arm", "lower arm": "ForeArm", "wrist": "Hand"}
    for side, mark in (("Left", ""), ("Right", "other ")):
        names |= {mark + part: side + name for part, name in parts.items()}
    with pytest.raises(UserError) as caught:
        detect(characters.renamed(shapes.dog(), names))
    assert caught.value.code == "quadruped"


def test_half_a_body_is_told_by_shape() -> None:
    rig = characters.mixamo()
    bust = refused(shapes.subtree(rig, "mixamorig:Spine"))
    assert (bust.code, "legs" in bust.message) == ("half_body", True)
    legs = refused(characters.without(rig, "Spine"))
    assert (legs.code, "arms" in legs.message) == ("half_body", True)
    assert refused(characters.without(rig, "LeftShoulder")).code == "half_body"


def test_props_and_parts_are_no_body(shared: Path) -> None:
    for rig in (shapes.chain(), shapes.car(), shapes.subtree(characters.mixamo(), "mixamorig:LeftUpLeg")):
        assert refused(rig).code == "no_mapping"
    person = RestRig.from_table(shared / "rigs" / "mpfb_default.json")
    for part in ("wrist.L", "head", "foot.R"):
        assert refused(shapes.subtree(person, part)).code == "no_mapping"


@settings(max_examples=150, deadline=None)
@given(
    parents=st.lists(st.integers(-1, 30), min_size=2, max_size=30),
    seed=st.integers(0, 2**32 - 1),
    kind=st.sampled_from(["anywhere", "all at one place", "on a line", "mirrored"]),
)
def test_any_tree_is_a_body_or_a_user_error(parents: list[int], seed: int, kind: str) -> None:
    rng = np.random.default_rng(seed)
    heads = rng.normal(size=(len(parents), 3)) * {"all at one place": 0.0}.get(kind, 1.0)
    if kind == "on a line":
        heads[:, 1:] = 0.0
    if kind == "mirrored":
        heads[1::2] = heads[: 2 * (len(heads) // 2) : 2] * (-1.0, 1.0, 1.0)
    names = [f"b{i}" for i in range(len(parents))]
    above = [names[parent % i] if i and parent >= 0 else None for i, parent in enumerate(parents)]
    rig = shapes.made_of({n: (a, tuple(h)) for n, a, h in zip(names, above, heads, strict=True)})
    try:
        mapping = detect(rig)
    except UserError as error:
        assert error.code in ("quadruped", "half_body", "no_mapping")
    else:
        assert set(REQUIRED) <= set(mapping.bones)
        assert len(set(mapping.bones.values())) == len(mapping.bones)
