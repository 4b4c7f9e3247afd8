# SPDX-License-Identifier: GPL-3.0-or-later
"""What a preset says about a family of rigs."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..mapping import IkLimb, Switch


@dataclass(frozen=True)
class Family:
    """Bone names of one family.

    Names are in the normal form of ``names.normal_name``. ``middle`` and ``sides`` give, for each of the 22 joints
    that is the head of some bone, the names in use, the best first; ``sides`` says ``left_hip`` and ``right_hip`` as
    ``hip``, with names without their side mark. ``spine`` and ``neck`` list the bones of those chains from the
    pelvis up, in one or more spellings; the spelling that finds most bones is taken whole. ``switches`` are set and
    ``moved_by`` counts where the rig has those bones; both carry real names. ``moved_by`` lists bones that
    constraints move as if they hung on another bone than their parent, which then stands second. ``twists`` says by the
    joint at which a segment starts (``shoulder``, ``elbow``, ``hip``, ``knee``) which bones twist with it, without
    their side mark. ``ik`` has real names, for both sides. ``mark`` is a regular expression that finds a real name in
    rigs of this family alone.
    """

    name: str
    middle: dict[str, tuple[str, ...]]
    sides: dict[str, tuple[str, ...]]
    spine: tuple[tuple[str, ...], ...]
    neck: tuple[tuple[str, ...], ...]
    switches: tuple[Switch, ...] = ()
    moved_by: tuple[tuple[str, str], ...] = ()
    twists: dict[str, tuple[str, ...]] = field(default_factory=dict)
    ik: tuple[IkLimb, ...] = ()
    mark: str = ""
