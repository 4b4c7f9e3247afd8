# SPDX-License-Identifier: GPL-3.0-or-later
"""How well a family's bone names match those of a rig, and the mapping they make."""

from __future__ import annotations

import re

import numpy as np

from ..body.rest_rig import RestRig
from ..body.rotations import normalised
from .bone_names import index_of
from .mapping import SEGMENTS, Mapping, Twist, missing_of, score_of
from .presets import FAMILIES
from .presets.family import Family

HIGH = 0.95  # of the height from hips to shoulders, above which bones are of the neck, even if they carry the collars


def best_by_name(rig: RestRig) -> Mapping:
    """The mapping of the family that finds most roles; of equals, the one whose mark is found."""
    known = index_of(bone.name for bone in rig.bones)
    found = [(_match(family, rig, known), _marked(family, rig)) for family in FAMILIES]
    return max(found, key=lambda pair: (pair[0].score, pair[1], len(pair[0].bones)))[0]


def roles_in_any_family(rig: RestRig) -> dict[str, str]:
    """Bones by role under any family's names, the best family first: joints that a refusal must not call missing."""
    known = index_of(bone.name for bone in rig.bones)
    out: dict[str, str] = {}
    for mapping in sorted((_match(family, rig, known) for family in FAMILIES), key=lambda found: -found.score):
        out |= {role: bone for role, bone in mapping.bones.items() if role not in out and bone not in out.values()}
    return out


def _marked(family: Family, rig: RestRig) -> bool:
    return bool(family.mark) and any(re.search(family.mark, bone.name) for bone in rig.bones)


def _match(family: Family, rig: RestRig, known: dict[str, str]) -> Mapping:
    bones = _placed(family, rig, known)
    here = {bone.name for bone in rig.bones}
    return Mapping(
        family.name,
        score_of(bones),
        bones,
        missing_of(bones),
        tuple(switch for switch in family.switches if switch.bone in here),
        tuple(pair for pair in family.moved_by if here.issuperset(pair)),
        _twists(family, rig, known, bones),
        tuple(limb for limb in family.ik if here >= limb.controls),
    )


def _placed(family: Family, rig: RestRig, known: dict[str, str]) -> dict[str, str]:
    bones: dict[str, str] = {}

    def place(role: str, names: tuple[str, ...]) -> None:
        for name in names:
            if name in known and known[name] not in bones.values():
                bones[role] = known[name]
                return

    for role, names in family.middle.items():
        place(role, names)
    for side in ("left", "right"):
        for role, names in family.sides.items():
            place(f"{side}_{role}", tuple(f"{side[0]}.{name}" for name in names))
        for start, names in family.twists.items():
            _start_at_twist(rig, bones, f"{side}_{start}", {known.get(f"{side[0]}.{name}", "") for name in names})
    chains = {}
    for role, spellings in (("spine", family.spine), ("neck", family.neck)):
        found = max(([known[n] for n in names if n in known] for names in spellings), key=len, default=[])
        chains[role] = [name for name in found if name not in bones.values()]
    _lower_neck(rig, bones, chains)
    for role, chain in chains.items():
        bones |= {"neck" if (role, i) == ("neck", 0) else f"{role}{i + 1}": name for i, name in enumerate(chain)}
    return bones


def _start_at_twist(rig: RestRig, bones: dict[str, str], role: str, twists: set[str]) -> None:
    """If a segment begins with a twist bone that is the parent of the bone of the joint's name, map the twist bone."""
    while role in bones and rig.bone(bones[role]).parent in twists:
        bones[role] = str(rig.bone(bones[role]).parent)


def _lower_neck(rig: RestRig, bones: dict[str, str], chains: dict[str, list[str]]) -> None:
    """Move bones named neck to the spine if they carry the collars well below the shoulders."""
    if not {"left_shoulder", "right_shoulder", "left_hip", "right_hip"} <= bones.keys():
        return
    heads = {role: rig.bone(name).head for role, name in bones.items()}
    hips = 0.5 * (heads["left_hip"] + heads["right_hip"])
    trunk = 0.5 * (heads["left_shoulder"] + heads["right_shoulder"]) - hips
    above = rig.ancestors(bones["left_shoulder"])
    while chains["neck"] and chains["spine"] and chains["neck"][0] in above:
        if (rig.bone(chains["neck"][0]).head - hips) @ normalised(trunk) > HIGH * np.linalg.norm(trunk):
            return
        chains["spine"].append(chains["neck"].pop(0))


def _twists(family: Family, rig: RestRig, known: dict[str, str], bones: dict[str, str]) -> tuple[Twist, ...]:
    """The twist bones of a family that the rig has, in the order of their shares."""
    found = []
    for side in ("left", "right"):
        for start, names in family.twists.items():
            first, last = bones.get(f"{side}_{start}"), bones.get(f"{side}_{SEGMENTS[start]}")
            forms = [f"{side[0]}.{name}" for name in (*names, *family.sides[start])]
            here = {known[form] for form in forms if form in known}
            if first is not None and last is not None:
                free = here.difference(bones.values())
                found += [Twist(name, f"{side}_{start}", twist_share(rig, name, first, last)) for name in free]
    return tuple(sorted(found, key=lambda twist: (twist.segment, twist.share, twist.bone)))


def twist_share(rig: RestRig, name: str, first: str, last: str) -> float:
    """The share of the twist bone ``name`` in 0..1 on the segment between the heads of two bones.

    Along the segment it is (p - a).(b - a) / |b - a|², with p the bone's head, or its end where ``last`` hangs on it.
    """
    a, b = rig.bone(first).head, rig.bone(last).head
    above = rig.ancestors(last)
    # A twist bone that is part of the limb's chain ends at the next bone of the limb.
    p = rig.bone((last, *above)[above.index(name)] if name in above else name).head
    return float(np.clip((p - a) @ (b - a) / max(float((b - a) @ (b - a)), 1e-12), 0.0, 1.0))
