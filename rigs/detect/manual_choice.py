# SPDX-License-Identifier: GPL-3.0-or-later
"""Roles that the user gives to bones by hand, over what was detected."""

from __future__ import annotations

from collections.abc import Mapping as Roles
from collections.abc import Sequence
from dataclasses import replace

from ..body.rest_rig import RestRig
from ..errors import UserError
from .attachment import attached
from .detection import detect, guess
from .mapping import REQUIRED, Mapping, chain_role, missing_of, score_of

BY_HAND = "Chosen by hand"  # the family of a rig in which nothing was detected


def map_rig(rig: RestRig, own: Sequence[Mapping] = (), chosen: Roles[str, str] | None = None) -> Mapping:
    """The mapping of a rig as detected, with the bones that the user chose by hand.

    Raises:
        UserError: as ``detect`` where nothing was chosen, and as ``with_choice``.
    """
    if not chosen:
        return detect(rig, own)
    try:
        found: Mapping | None = detect(rig, own)
    except UserError as error:
        if error.code in ("no_bones", "zero_scale"):
            raise
        # What a quadruped has in common with a person is not a base to continue from.
        found = None if error.code == "quadruped" else guess(rig)
    return with_choice(found, chosen, rig)


def with_choice(found: Mapping | None, chosen: Roles[str, str], rig: RestRig) -> Mapping:
    """The mapping with the user's own choice of bones.

    Args:
        found: what was detected, or None where the rig was refused.
        chosen: names of bones by role; "" says that the rig has no such joint. A bone that is given a role by hand
            loses the one that was detected for it.
        rig: the rest pose.

    Raises:
        UserError: ``bad_choice`` (a role or bone that is not there, one bone for two roles), ``incomplete`` (a joint
            without which no motion can be carried has no bone), ``torn`` (a bone cannot follow
            what carries it in a body).
    """
    check_bones(chosen, rig)
    given = {role: bone for role, bone in chosen.items() if bone}
    detected = {} if found is None else found.bones
    kept = {role: bone for role, bone in detected.items() if role not in chosen and bone not in given.values()}
    bones = _closed_up({**kept, **given})
    lacking = [role for role in REQUIRED if role not in bones]
    if lacking:
        some = ", ".join(role.replace("_", " ") for role in lacking[:4])
        raise UserError(
            f"These joints have no bone yet: {some}{' ...' if len(lacking) > 4 else ''}.",
            "Choose their bones in the Bones panel.",
            "incomplete",
        )
    base = found or Mapping(BY_HAND, 0.0, {}, ())
    used = set(bones.values())
    made = replace(
        base,
        hung=(),
        score=score_of(bones),
        bones=bones,
        missing=missing_of(bones),
        twists=tuple(twist for twist in base.twists if twist.bone not in used),
        ik=tuple(limb for limb in base.ik if used.isdisjoint(limb.controls) and limb.limb not in chosen),
    )
    return attached(rig, made, given=chosen.keys())


def check_bones(bones: Roles[str, str], rig: RestRig) -> None:
    """Raise UserError ``bad_choice`` where a role or a bone is not known, or one bone has two roles."""
    holder: dict[str, str] = {}
    for role, bone in bones.items():
        if chain_role(role) is None:
            raise UserError(f"There is no joint called {role!r}.", "Choose the bones again.", "bad_choice")
        if bone and bone not in rig.index:
            raise UserError(
                f"The bone {bone!r}, chosen for the {role.replace('_', ' ')}, is not in the armature.",
                "Choose another bone, or detect the bones again.",
                "bad_choice",
            )
        if bone and holder.setdefault(bone, role) != role:
            raise UserError(
                f"The bone {bone!r} is chosen for both {holder[bone].replace('_', ' ')} and {role.replace('_', ' ')}.",
                "Give each joint a bone of its own.",
                "bad_choice",
            )


def _closed_up(bones: dict[str, str]) -> dict[str, str]:
    """The bones with spines and necks counted without gaps."""
    out = {role: bone for role, bone in bones.items() if not role.startswith(("spine", "neck"))}
    for chain in ("spine", "neck"):
        roles = sorted((role for role in bones if role.startswith(chain)), key=lambda role: chain_role(role) or 0)
        out |= {chain if (chain, i) == ("neck", 0) else f"{chain}{i + 1}": bones[role] for i, role in enumerate(roles)}
    return out
