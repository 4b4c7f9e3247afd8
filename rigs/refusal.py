# SPDX-License-Identifier: GPL-3.0-or-later
"""Why a rig cannot carry the motion of a person."""

from __future__ import annotations

import re
from itertools import combinations

import numpy as np

from .errors import UserError
from .mapping import ARMS, LEGS, REQUIRED, Mapping
from .rest import RestRig
from .rotations import angle_of, normalised
from .structure import Limb, find_limbs
from .tree import Tree

_FOUR_LEGS = re.compile(
    r"(front|fore|hind|rear|back)[_ .-]?(leg|thigh|shin|paw|foot|hoof)|(?<![a-z])(paw|hoof|hock)(?![a-z])", re.I
)
LIMB = 4.0  # cost up to which a pair of chains without the rest of a body is taken for arms or legs
HALF = 0.25  # share of the rig's size that the limbs of half a body have at least


def check_scale(rig: RestRig) -> None:
    """Raise UserError ``zero_scale`` where the object's scale is zero in some direction, or no number at all."""
    linear = rig.matrix_world[:3, :3]
    largest = float(np.linalg.norm(linear, axis=0).max())
    if not np.isfinite(largest) or abs(np.linalg.det(linear)) <= 1e-9 * largest**3:
        raise UserError(
            "The armature object has a scale of zero.",
            "Set its scale to 1 (Object properties, Transform).",
            "zero_scale",
        )


def check_bones(rig: RestRig) -> None:
    """Raise UserError ``no_bones`` where there is nothing to animate."""
    if len(rig.bones) < 2:
        raise UserError(
            "The armature has no bones to animate.", "Select the armature that moves the character.", "no_bones"
        )


def check_names(rig: RestRig) -> None:
    """Raise UserError ``quadruped`` where names speak of four legs."""
    if sum(bool(_FOUR_LEGS.search(bone.name)) for bone in rig.bones) >= 2:
        raise quadruped()


def check_stance(rig: RestRig, bones: dict[str, str]) -> None:
    """Raise UserError ``quadruped`` where the trunk does not stand on the legs: more than 50 degrees between it and the
    line up from the feet."""
    head = {role: rig.bone(name).head for role, name in bones.items()}
    shoulders = 0.5 * (head["left_shoulder"] + head["right_shoulder"])
    hips = 0.5 * (head["left_hip"] + head["right_hip"])
    ankles = 0.5 * (head["left_ankle"] + head["right_ankle"])
    if angle_of(shoulders - hips, hips - ankles) > np.radians(50.0):
        raise quadruped()


def refusal(tree: Tree, named: Mapping) -> UserError:
    """Why a rig without a body is refused, by its names as far as these are known, else by its shape."""
    arms, legs = (all(role in named.bones for role in roles) for roles in (ARMS, LEGS))
    if stands_on_four(tree):
        return quadruped()
    limbs = find_limbs(tree)
    if named.score >= 0.3 and not (arms and legs):
        return _half("legs" if arms else "arms" if legs else "arms and legs", f"{named.family} names")
    if limbs and limbs[0].cost < LIMB and limbs[0].length > HALF * tree.size:
        return _half("arms" if limbs[0].kind == "legs" else "legs", "by its shape")
    lacking = [role for role in REQUIRED if role not in named.bones]
    some = ", ".join(role.replace("_", " ") for role in lacking[:4])
    return UserError(
        f"The bones of this rig are not those of a human body (no {some}).",
        "Choose its bones by hand in the Bones panel, or select another armature.",
        "no_mapping",
    )


def quadruped() -> UserError:
    """The refusal of creatures that stand on four legs."""
    return UserError(
        "The rig is a four-legged creature, and the model knows human motion only.",
        "Select a rig with two arms and two legs.",
        "quadruped",
    )


def _half(part: str, how: str) -> UserError:
    return UserError(
        f"The rig is only a part of a body: no complete {part} were found ({how}).",
        "Use the rig of a whole body, with two arms and two legs.",
        "half_body",
    )


def stands_on_four(tree: Tree) -> bool:
    """Whether two pairs of limbs of about one length point the same way, at right angles to what lies between them."""
    return any(
        tree.parents[first.paths[0][0]] != tree.parents[other.paths[0][0]] and _two_pairs_of_legs(first, other)
        for first, other in combinations(find_limbs(tree), 2)
    )


def _two_pairs_of_legs(first: Limb, other: Limb) -> bool:
    between = first.middle - other.middle
    length = float(np.linalg.norm(between))
    ways = normalised(first.way), normalised(other.way)
    return (
        float(ways[0] @ ways[1]) > 0.7
        and abs(float((ways[0] + ways[1]) @ between)) < 1.2 * length
        and abs(float(ways[0] @ first.across)) < 0.6
        and length > 0.4 * first.length
        and other.length > 0.5 * first.length
    )
