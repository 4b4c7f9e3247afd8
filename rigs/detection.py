# SPDX-License-Identifier: GPL-3.0-or-later
"""Which bone of a rig is which joint: every preset is scored, and what cannot carry a human motion is refused."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from .errors import UserError
from .names import normal_name
from .presets import FAMILIES
from .presets.family import Family, Switch
from .rest import RestRig
from .rotations import angle_of

__all__ = ["REQUIRED", "Mapping", "Switch", "detect"]

_ARMS = tuple(f"{side}_{part}" for part in ("shoulder", "elbow") for side in ("left", "right"))
_LEGS = tuple(f"{side}_{part}" for part in ("hip", "knee", "ankle") for side in ("left", "right"))
# Without these a rig cannot carry the motion of a whole body.
REQUIRED: tuple[str, ...] = ("pelvis", "spine1", *_LEGS, *_ARMS)
# What a rig may lack; the place of the joint is then filled in from its neighbours.
OPTIONAL: tuple[str, ...] = (
    *(f"{side}_{part}" for part in ("wrist", "foot", "collar") for side in ("left", "right")),
    "neck",
    "head",
)
_FOUR_LEGS = re.compile(
    r"front_?-?(leg|thigh|paw|foot|toe|hoof|shin)|fore_?-?(leg|paw|foot)|hind_?-?leg|paw|hoof", re.I
)


@dataclass(frozen=True)
class Mapping:
    """Roles of a rig's bones.

    ``bones`` maps a role to the name of the bone whose head is that joint: the names of the 22 joints that
    the rig has, ``spine4``, ``spine5``... where its spine has more bones, ``neck2``... likewise. ``missing`` are the
    optional joints it lacks. ``score`` in 0..1 is the share of roles that were found. ``switches`` are the
    properties to set so that these bones drive the rig; ``moved_by`` is for ``RestRig.rewired``.
    """

    family: str
    score: float
    bones: dict[str, str]
    missing: tuple[str, ...]
    switches: tuple[Switch, ...] = ()
    moved_by: tuple[tuple[str, str], ...] = ()


def detect(rig: RestRig) -> Mapping:
    """The mapping of the best preset.

    Raises:
        UserError: ``no_bones``, ``zero_scale``, ``quadruped``, ``half_body`` or ``no_mapping``; the message says
            what about the rig does not fit.
    """
    check_scale(rig)
    if len(rig.bones) < 2:
        raise UserError(
            "The armature has no bones to animate.", "Select the armature that moves the character.", "no_bones"
        )
    mapping = max((_match(family, rig) for family in FAMILIES), key=lambda found: (found.score, len(found.bones)))
    lacking = [role for role in REQUIRED if role not in mapping.bones]
    hint = "Rename the bones after Mixamo, Rigify, Unreal or CMU, or select another armature."
    if _quadruped_names(rig) or (not lacking and _quadruped_shape(rig, mapping)):
        raise UserError(
            "The rig is a four-legged creature, and the model knows human motion only.",
            "Select a rig with two arms and two legs.",
            "quadruped",
        )
    if lacking and mapping.score >= 0.3:
        arms = all(role in mapping.bones for role in _ARMS)
        legs = all(role in mapping.bones for role in _LEGS)
        if arms != legs or (not arms and not legs):
            part = "legs" if arms else "arms" if legs else "arms and legs"
            raise UserError(
                f"The rig is only a part of a body: no complete {part} were found ({mapping.family} names).",
                "Use the rig of a whole body, with two arms and two legs.",
                "half_body",
            )
    if lacking:
        named = ", ".join(role.replace("_", " ") for role in lacking[:4])
        raise UserError(
            f"The bones of this rig are not those of a human body that is known here (no {named}).", hint, "no_mapping"
        )
    return mapping


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


def _match(family: Family, rig: RestRig) -> Mapping:
    known: dict[str, str] = {}
    for bone in rig.bones:
        known.setdefault(normal_name(bone.name), bone.name)
    bones: dict[str, str] = {}

    def place(role: str, names: tuple[str, ...]) -> None:
        for name in names:
            if name in known and known[name] not in bones.values():
                bones[role] = known[name]
                return

    for role, names in family.middle.items():
        place(role, names)
    for role, names in family.sides.items():
        for side in ("left", "right"):
            place(f"{side}_{role}", tuple(f"{side[0]}.{name}" for name in names))
    for role, spellings in (("spine", family.spine), ("neck", family.neck)):
        found = max(([known[n] for n in names if n in known] for names in spellings), key=len, default=[])
        for i, bone_name in enumerate(name for name in found if name not in bones.values()):
            bones["neck" if role == "neck" and i == 0 else f"{role}{i + 1}"] = bone_name
    wanted = (*REQUIRED, *OPTIONAL)
    here = {bone.name for bone in rig.bones}
    return Mapping(
        family.name,
        sum(role in bones for role in wanted) / len(wanted),
        bones,
        tuple(role for role in OPTIONAL if role not in bones),
        tuple(switch for switch in family.switches if switch.bone in here),
        tuple(pair for pair in family.moved_by if here.issuperset(pair)),
    )


def _quadruped_names(rig: RestRig) -> bool:
    return sum(bool(_FOUR_LEGS.search(bone.name)) for bone in rig.bones) >= 2


def _quadruped_shape(rig: RestRig, mapping: Mapping) -> bool:
    """A trunk that does not stand on the legs: more than 50 degrees between it and the line up from the feet."""
    head = {role: rig.bone(name).head for role, name in mapping.bones.items()}
    shoulders = 0.5 * (head["left_shoulder"] + head["right_shoulder"])
    hips = 0.5 * (head["left_hip"] + head["right_hip"])
    ankles = 0.5 * (head["left_ankle"] + head["right_ankle"])
    return bool(angle_of(shoulders - hips, hips - ankles) > np.radians(50.0))
