# SPDX-License-Identifier: GPL-3.0-or-later
"""Which bone of a rig is which joint: by the names of every preset, else by shape; other creatures are refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from ..body.rest_rig import RestRig
from ..body.skeleton import ARM_PARTS, LEG_PARTS
from .anatomy import roles_of
from .attachment import attached, joints_in_place
from .body_shape import find_body
from .bone_tree import Tree
from .family_matching import best_by_name
from .mapping import OPTIONAL, REQUIRED, Mapping, Switch, missing_of, score_of
from .refusal import check_bones, check_names, check_scale, check_stance, incomplete, refusal, stands_on_four

__all__ = ["BY_SHAPE", "OPTIONAL", "REQUIRED", "Mapping", "Switch", "check_scale", "detect"]

BY_SHAPE = "Found by shape"  # stands for the family of a rig whose names are not known
DOUBTFUL = 6.0  # cost beyond which only the most stylised characters are bodies; cats with ears for arms are there too
# Limbs whose joints must be ancestors of each other, or the names are misleading.
_CHAINS = (LEG_PARTS, ARM_PARTS[:2])


def detect(rig: RestRig, own: Sequence[Mapping] = ()) -> Mapping:
    """The mapping of a rig.

    Args:
        rig: the rest pose.
        own: the user's own presets. The first whose bones the rig all has takes precedence.

    Raises:
        UserError: ``no_bones``, ``zero_scale``, ``quadruped``, ``half_body``, ``torn`` or ``no_mapping``; the message
            says what about the rig does not fit.
    """
    check_scale(rig)
    mine = next((preset for preset in own if rig.index.keys() >= set(preset.bones.values())), None)
    if mine is not None:
        return attached(rig, _as_far_as_there(mine, rig))
    check_bones(rig)
    named = best_by_name(rig)
    if set(REQUIRED) <= named.bones.keys() and _hangs_together(rig, named):
        check_stance(rig, named.bones)
        return attached(rig, named)
    check_names(rig)
    tree = Tree(rig)
    body = find_body(tree)
    if body is None or (body.cost > DOUBTFUL and stands_on_four(tree)):
        raise refusal(tree, named)
    bones = roles_of(tree, body)
    if not set(REQUIRED) <= bones.keys():
        raise incomplete(bones)
    return attached(rig, Mapping(BY_SHAPE, score_of(bones), bones, missing_of(bones)))


def guess(rig: RestRig) -> Mapping | None:
    """The mapping by names alone of a rig that ``detect`` refused, to complete by hand; None if names match nothing."""
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
    """Whether the names fit the hierarchy: limbs are chains, or if one is not, its joints are where a body has them and
    carry nothing else."""
    whole, limbs = True, set(mapping.bones.values()) - {mapping.bones["pelvis"]}
    for side in ("left", "right"):
        for chain in _CHAINS:
            names = [mapping.bones[f"{side}_{part}"] for part in chain]
            for upper, lower in pairwise(names):
                if upper in rig.ancestors(lower):
                    continue
                whole = False
                if not limbs.isdisjoint(rig.ancestors(lower)) or lower in rig.ancestors(upper):
                    return False
    return whole or joints_in_place(rig, mapping)
