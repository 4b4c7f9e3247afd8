# SPDX-License-Identifier: GPL-3.0-or-later
"""Why a rig cannot carry the motion of a person."""

from __future__ import annotations

import re
from itertools import combinations

import numpy as np

from ..body.rest_rig import RestRig
from ..body.rotations import angle_of, normalised
from ..errors import UserError
from .attachment import leg_length
from .body_shape import LimbPair, find_limbs
from .bone_tree import Tree
from .family_matching import roles_in_any_family
from .mapping import ARMS, LEGS, REQUIRED, Mapping
from .straightening import up_of

_FOUR_LEGS = re.compile(
    r"(front|fore|hind|rear|back)[_ .-]?(leg|thigh|shin|paw|hoof)|(?<![a-z])(paw|hoof|hock)(?![a-z])", re.I
)
_FEET = tuple(re.compile(rf"({place})[_ .-]?foot", re.I) for place in ("front|fore", "hind|rear|back"))
LEVEL = np.radians(40.0)  # deviation from a right angle between the trunk and the legs of an animal
UPRIGHT = np.radians(40.0)  # a trunk closer to the vertical is a person's
CROUCHED = 0.75  # hips to ankles, as a share of the legs' length; below, the knees are bent too far for standing
REACHES = 0.6  # share of the height down to the ankles that forelegs reach at least
LIMB = 4.0  # cost up to which a pair of chains without the rest of a body is taken for arms or legs
HALF = 0.25  # share of the rig's size that the limbs of half a body have at least


def check_scale(rig: RestRig) -> None:
    """Raise UserError ``zero_scale`` where the object's scale is zero in some direction, or not a number."""
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
    """Raise UserError ``quadruped`` where names speak of four legs; a forefoot alone is the front of a foot."""
    names = [bone.name for bone in rig.bones]
    feet = all(any(pattern.search(name) for name in names) for pattern in _FEET)
    if feet or sum(bool(_FOUR_LEGS.search(name)) for name in names) >= 2:
        raise quadruped()


def check_stance(rig: RestRig, bones: dict[str, str]) -> None:
    """Raise UserError ``quadruped`` for an animal in the names of a person: a level trunk on arms that reach down
    as far as the legs. A person who sits or crouches at rest is not an animal, nor are bones in no order."""
    head = {role: rig.bone(name).head for role, name in bones.items()}

    def middle(*parts: str) -> np.ndarray:
        part = next(part for part in parts if f"left_{part}" in head and f"right_{part}" in head)
        return 0.5 * (head[f"left_{part}"] + head[f"right_{part}"])

    hips, shoulders, ankles = middle("hip"), middle("shoulder"), middle("ankle")
    trunk, legs, arms = shoulders - hips, ankles - hips, middle("wrist", "elbow") - shoulders
    reach = float(np.linalg.norm(legs))
    level = abs(float(angle_of(trunk, legs)) - 0.5 * np.pi) < LEVEL
    across = normalised(head["left_hip"] - head["right_hip"]) @ normalised(
        head["left_shoulder"] - head["right_shoulder"]
    )
    if not level or across < 0.5 or float(angle_of(arms, legs)) > np.radians(60.0):
        return
    if float(angle_of(trunk, up_of(rig))) < UPRIGHT or reach < CROUCHED * leg_length(rig, bones):
        return
    if float((arms + trunk) @ normalised(legs)) > REACHES * reach:
        raise quadruped()


def refusal(tree: Tree, named: Mapping) -> UserError:
    """Why a rig without a body is refused, by its names where they are known, else by its shape."""
    said = roles_in_any_family(tree.rig)
    arms, legs = (all(role in said for role in roles) for roles in (ARMS, LEGS))
    if stands_on_four(tree):
        return quadruped()
    limbs = find_limbs(tree)
    if named.score >= 0.3 and not (arms and legs):
        return _half("legs" if arms else "arms" if legs else "arms and legs", f"{named.family} names")
    if limbs and limbs[0].cost < LIMB and limbs[0].length > HALF * tree.size:
        return _half("arms" if limbs[0].kind == "legs" else "legs", "by its shape")
    if tree.common([limb.paths[side][0] for limb in limbs for side in (0, 1)]) < 0 and len(tree.children[-1]) > 1:
        return UserError(
            "The skeleton has several roots, and no bone carries both the trunk and the legs.",
            "Give its parts one parent in Edit Mode, or choose its bones by hand in the Bones panel.",
            "no_mapping",
        )
    return incomplete(said)


def incomplete(bones: dict[str, str]) -> UserError:
    """The refusal of a rig that lacks joints without which no motion can be carried."""
    lacking = [role for role in REQUIRED if role not in bones]
    some = ", ".join(role.replace("_", " ") for role in lacking[:4])
    message = (
        f"The bones of this rig are not those of a human body (no {some})."
        if lacking
        else "The bone names of this rig are not known, and its bones are not placed as in a human body."
    )
    return UserError(
        message,
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
    """Whether two pairs of limbs of similar length point the same way, at right angles to the line between them."""
    return any(
        tree.parents[first.paths[0][0]] != tree.parents[other.paths[0][0]] and _two_pairs_of_legs(first, other)
        for first, other in combinations(find_limbs(tree), 2)
    )


def _two_pairs_of_legs(first: LimbPair, other: LimbPair) -> bool:
    between = first.middle - other.middle
    across = abs(float(first.across[2])), abs(float(other.across[2]))
    if abs(float(normalised(between)[2])) > np.cos(0.5 * UPRIGHT) and max(across) < np.sin(0.25 * UPRIGHT):
        return False  # one pair is over the other, and both are level: it stands upright
    length = float(np.linalg.norm(between))
    directions = normalised(first.direction), normalised(other.direction)
    return (
        float(directions[0] @ directions[1]) > 0.7
        and abs(float((directions[0] + directions[1]) @ between)) < 1.2 * length
        and abs(float(directions[0] @ first.across)) < 0.6
        and length > 0.4 * first.length
        and other.length > 0.5 * first.length
    )
