# SPDX-License-Identifier: GPL-3.0-or-later
"""The parent of a mapped bone, in the body and in the rig.

Game rigs parent feet to the root, for IK, and hips beside the legs to a bone of the body. A bone whose joint has
another parent in a body is moved as if it had that one: it gets location keys.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import numpy as np

from ..body.rest_rig import RestRig
from ..errors import UserError
from .mapping import Mapping, chain_role, missing_of, score_of

# A bone that carries trunk and legs is the pelvis if it is within this share of a leg of the point between the hips.
PELVIS = 0.45
# Shares of a leg's length: largest distances of joints from their parents in a body.
FARTHEST = {"pelvis": 1.0, "spine": 0.8, "neck": 1.0, "head": 0.8, "collar": 0.8, "shoulder": 0.9, "hip": 0.6}
LIMB = 1.0
_LIMBS = {"elbow": "shoulder", "wrist": "elbow", "knee": "hip", "ankle": "knee", "foot": "ankle"}


def attached(rig: RestRig, mapping: Mapping, given: Collection[str] = ()) -> Mapping:
    """The mapping with the pelvis that carries trunk and legs, and with bones of other parents in ``hung``.

    Args:
        given: roles whose bones the user has chosen, which stay.

    Raises:
        UserError: ``cannot_follow``: a bone cannot follow its parent in a body.
    """
    wired = rig.rewired(mapping.moved_by)
    if "pelvis" not in given:
        mapping = _with_pelvis(wired, mapping)
    hung: list[tuple[str, str]] = []
    for role in sorted(mapping.bones, key=_depth):
        bearer = bearer_of(role, mapping)
        if bearer is None or _hangs(wired, mapping, role, bearer):
            continue
        bone, carrier = mapping.bones[role], mapping.bones[bearer]
        if bone in wired.ancestors(carrier):
            raise cannot_follow(bone, carrier, f"“{carrier}” hangs on it instead")
        if wired.bone(bone).connected:
            raise cannot_follow(bone, carrier, f"it is connected to “{wired.bone(bone).parent}”")
        hung.append((bone, carrier))
    return replace(mapping, hung=tuple(hung)) if hung else mapping


def cannot_follow(bone: str, carrier: str, why: str) -> UserError:
    """The refusal of a rig in which a bone cannot follow its parent in a body."""
    return UserError(
        f"The bone “{bone}” cannot follow “{carrier}”, its parent in a body: {why}.",
        "Change its parent in Edit Mode, or choose other bones in the Bones panel.",
        "torn",
    )


def bearer_of(role: str, mapping: Mapping) -> str | None:
    """The role of the bone that carries a joint in a body, as far as the rig has one; None for the pelvis."""
    side, _, part = role.partition("_")
    here = mapping.bones
    if role == "pelvis":
        return None
    spine = sorted((r for r in here if r.startswith("spine")), key=lambda r: chain_role(r) or 0)
    necks = sorted((r for r in here if r.startswith("neck")), key=lambda r: chain_role(r) or 0)
    if role in spine or role in necks or role == "head":
        line = ["pelvis", *spine, *necks, "head"]
        return line[line.index(role) - 1]
    if part == "hip":
        return "pelvis"
    if part in ("collar", "shoulder"):
        collar = f"{side}_collar"
        return collar if part == "shoulder" and collar in here else (spine[-1] if spine else "pelvis")
    return f"{side}_{_LIMBS[part]}"


def _depth(role: str) -> tuple[int, int]:
    order = ("pelvis", "spine", "neck", "head", "collar", "shoulder", "elbow", "wrist", "hip", "knee", "ankle", "foot")
    part = role.partition("_")[2] or role.rstrip("0123456789")
    return order.index(part), chain_role(role) or 0


def _hangs(rig: RestRig, mapping: Mapping, role: str, bearer: str) -> bool:
    """Whether a bone follows its parent in a body: no other mapped bone is between them."""
    mapped = set(mapping.bones.values())
    nearest = next((name for name in rig.ancestors(mapping.bones[role]) if name in mapped), None)
    if nearest == mapping.bones[bearer]:
        return True
    part = role.partition("_")[2] or role
    if part in ("collar", "shoulder", "head") or part.startswith("neck"):  # on any bone of the trunk above the pelvis
        return nearest in {name for other, name in mapping.bones.items() if other.startswith(("spine", "neck"))}
    return False


def _with_pelvis(rig: RestRig, mapping: Mapping) -> Mapping:
    """The mapping with the bone at the hips that carries spine and legs as its pelvis, if there is one."""
    bones = mapping.bones
    legs = [bones["left_hip"], bones["right_hip"]]
    if all(bones["pelvis"] in rig.ancestors(name) for name in legs):
        return mapping
    lines = [[name, *rig.ancestors(name)] for name in (*legs, bones["pelvis"])]
    shared = next((name for name in lines[0] if all(name in line for line in lines[1:])), None)
    if shared is None or shared in bones.values():
        return mapping
    hips = 0.5 * (rig.bone(legs[0]).head + rig.bone(legs[1]).head)
    if np.linalg.norm(rig.bone(shared).head - hips) > PELVIS * leg_length(rig, bones):
        return mapping
    spine = [name for role, name in sorted(bones.items(), key=lambda item: _depth(item[0])) if role.startswith("spine")]
    if bones["pelvis"] in rig.ancestors(spine[0]):
        spine.insert(0, bones["pelvis"])
    kept = {role: name for role, name in bones.items() if role != "pelvis" and not role.startswith("spine")}
    found = {"pelvis": shared, **{f"spine{i + 1}": name for i, name in enumerate(spine)}, **kept}
    return replace(mapping, bones=found, missing=missing_of(found), score=score_of(found))


def leg_length(rig: RestRig, bones: dict[str, str]) -> float:
    """Mean length of the legs, hip to knee to ankle, armature units."""
    steps = [
        rig.bone(bones[f"{side}_{end}"]).head - rig.bone(bones[f"{side}_{start}"]).head
        for side in ("left", "right")
        for start, end in (("hip", "knee"), ("knee", "ankle"))
    ]
    return 0.5 * float(np.linalg.norm(steps, axis=1).sum())


def joints_in_place(rig: RestRig, mapping: Mapping) -> bool:
    """Whether each joint is where a body has it: none is far from its parent in a body, whatever its bone's parent."""
    leg = leg_length(rig, mapping.bones)
    for role, name in mapping.bones.items():
        bearer = bearer_of(role, mapping)
        if bearer is None or bearer not in mapping.bones:
            continue
        part = role.partition("_")[2] or role.rstrip("0123456789")
        away = float(np.linalg.norm(rig.bone(name).head - rig.bone(mapping.bones[bearer]).head))
        if away > FARTHEST.get(part, LIMB) * leg:
            return False
    return True
