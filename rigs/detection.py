# SPDX-License-Identifier: GPL-3.0-or-later
"""Which bone of a rig is which joint: by the names of every preset, else by shape; what is no person is refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from .anatomy import roles_of
from .mapping import OPTIONAL, REQUIRED, Mapping, Switch, missing_of, score_of
from .matching import best_by_name
from .refusal import check_bones, check_names, check_scale, check_stance, refusal, stands_on_four
from .rest import RestRig
from .structure import find_body
from .tree import Tree

__all__ = ["BY_SHAPE", "OPTIONAL", "REQUIRED", "Mapping", "Switch", "check_scale", "detect"]

BY_SHAPE = "Found by shape"  # stands for the family of a rig whose names are not known
DOUBTFUL = (
    6.0  # cost of a body above all but the most stylised characters; among these are cats with their ears for arms
)
# Limbs of which each joint must hang on the one before, or names alone have misled.
_CHAINS = (("hip", "knee", "ankle"), ("shoulder", "elbow"))


def detect(rig: RestRig, own: Sequence[Mapping] = ()) -> Mapping:
    """The mapping of a rig.

    Args:
        rig: the rest pose.
        own: the user's own presets. The first whose bones are all there is taken before any other.

    Raises:
        UserError: ``no_bones``, ``zero_scale``, ``quadruped``, ``half_body`` or ``no_mapping``; the message says
            what about the rig does not fit.
    """
    check_scale(rig)
    mine = next((preset for preset in own if rig.index.keys() >= set(preset.bones.values())), None)
    if mine is not None:
        return _as_far_as_there(mine, rig)
    check_bones(rig)
    named = best_by_name(rig)
    if set(REQUIRED) <= named.bones.keys() and _hangs_together(rig, named):
        check_stance(rig, named.bones)
        return named
    check_names(rig)
    tree = Tree(rig)
    body = find_body(tree)
    if body is None or (body.cost > DOUBTFUL and stands_on_four(tree)):
        raise refusal(tree, named)
    bones = roles_of(tree, body)
    return Mapping(BY_SHAPE, score_of(bones), bones, missing_of(bones))


def guess(rig: RestRig) -> Mapping | None:
    """What names alone say of a rig that ``detect`` refused, to go on from by hand; None where they say nothing."""
    named = best_by_name(rig)
    return named if named.score >= 0.3 else None


def _as_far_as_there(preset: Mapping, rig: RestRig) -> Mapping:
    """The preset without controls and twist bones that this rig lacks."""
    here = rig.index.keys()
    return replace(
        preset,
        switches=tuple(switch for switch in preset.switches if switch.bone in here),
        moved_by=tuple(pair for pair in preset.moved_by if here >= set(pair)),
        twists=tuple(twist for twist in preset.twists if twist.bone in here),
        ik=tuple(limb for limb in preset.ik if here >= limb.controls),
    )


def _hangs_together(rig: RestRig, mapping: Mapping) -> bool:
    for side in ("left", "right"):
        for chain in _CHAINS:
            names = [mapping.bones[f"{side}_{part}"] for part in chain]
            if any(upper not in rig.ancestors(lower) for upper, lower in pairwise(names)):
                return False
    return True
