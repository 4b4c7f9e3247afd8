# SPDX-License-Identifier: GPL-3.0-or-later
"""Bones chosen by hand, over what was detected."""

from __future__ import annotations

from dataclasses import replace

import characters
import pytest
import shapes
from coamd.rigs.detect.detection import detect
from coamd.rigs.detect.manual_choice import map_rig, with_choice
from coamd.rigs.detect.mapping import IkLimb, Twist
from coamd.rigs.errors import UserError

RIG = characters.mixamo(prefix="")
FOUND = detect(RIG)


def test_without_a_choice_it_is_what_was_detected() -> None:
    assert map_rig(RIG, chosen={}) == FOUND


def test_a_choice_takes_the_place_of_what_was_detected() -> None:
    mapping = with_choice(FOUND, {"left_collar": "", "head": "Neck"}, RIG)
    assert "left_collar" in mapping.missing
    assert mapping.bones["head"] == "Neck"
    assert "neck" not in mapping.bones, "a bone has one role"
    assert mapping.score == pytest.approx(18 / 20)


def test_a_spine_has_no_gaps() -> None:
    mapping = with_choice(FOUND, {"spine1": ""}, RIG)
    assert (mapping.bones["spine1"], mapping.bones["spine2"]) == ("Spine1", "Spine2")
    assert "spine3" not in mapping.bones


def test_twists_and_ik_of_other_bones_stay() -> None:
    twist, limb = Twist("Head", "left_hip", 0.5), IkLimb("left_wrist", "Neck")
    both = replace(FOUND, bones={r: b for r, b in FOUND.bones.items() if r not in ("neck", "head")}, twists=(twist,))
    both = replace(both, ik=(limb,))
    assert with_choice(both, {"left_foot": ""}, RIG).twists == (twist,)
    assert with_choice(both, {"head": "Head"}, RIG).twists == ()
    assert with_choice(both, {"left_foot": ""}, RIG).ik == (limb,)
    assert with_choice(both, {"neck": "Neck"}, RIG).ik == ()


def test_half_a_rig_is_completed_by_hand() -> None:
    """A thigh whose name is not known, in a body whose shape is none: the arm hangs on the head."""
    rig = characters.renamed(RIG, {"LeftUpLeg": "Ham"})
    bones = [replace(bone, parent="Head") if bone.name == "LeftShoulder" else bone for bone in rig.bones]
    bones.sort(key=lambda bone: "Left" in bone.name and "Leg" not in bone.name)
    rig = replace(rig, bones=tuple(bones))
    with pytest.raises(UserError):
        detect(rig)
    assert map_rig(rig, chosen={"left_hip": "Ham"}).bones == FOUND.bones | {"left_hip": "Ham"}


@pytest.mark.parametrize(
    ("chosen", "code", "word"),
    [
        ({"tail": "Head"}, "bad_choice", "tail"),
        ({"head": "Nothing"}, "bad_choice", "Nothing"),
        ({"head": "Neck", "neck": "Neck"}, "bad_choice", "both"),
        ({"left_knee": ""}, "incomplete", "left knee"),
    ],
)
def test_bad_choices(chosen: dict[str, str], code: str, word: str) -> None:
    with pytest.raises(UserError) as caught:
        map_rig(RIG, chosen=chosen)
    assert caught.value.code == code
    assert word in caught.value.message
    assert caught.value.hint


def test_four_legs_are_no_base_for_a_choice() -> None:
    with pytest.raises(UserError) as caught:
        map_rig(shapes.dog(), chosen={"pelvis": "pelvis"})
    assert caught.value.code == "incomplete"
