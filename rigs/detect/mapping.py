# SPDX-License-Identifier: GPL-3.0-or-later
"""Which bone of a rig is which joint, and what else a rig has that moves with its limbs."""

from __future__ import annotations

from dataclasses import dataclass

from ..body.skeleton import JOINTS, LEG_PARTS

ARMS = tuple(f"{side}_{part}" for part in ("shoulder", "elbow") for side in ("left", "right"))
LEGS = tuple(f"{side}_{part}" for part in LEG_PARTS for side in ("left", "right"))
# Without these a rig cannot carry the motion of a whole body.
REQUIRED: tuple[str, ...] = ("pelvis", "spine1", *LEGS, *ARMS)
# What a rig may lack; the place of the joint is then filled in from its neighbours.
OPTIONAL: tuple[str, ...] = (
    *(f"{side}_{part}" for part in ("wrist", "foot", "collar") for side in ("left", "right")),
    "neck",
    "head",
)
# The segments of limbs that twist: the joint at which each starts, and the one at which it ends.
SEGMENTS: dict[str, str] = {"shoulder": "elbow", "elbow": "wrist", "hip": "knee", "knee": "ankle"}
LONGEST_CHAIN = 64  # bones of a spine or a neck


@dataclass(frozen=True)
class Switch:
    """A property of a pose bone, custom or Blender's own, that must have ``value`` for the bones to drive the rig."""

    bone: str
    property: str
    value: float


@dataclass(frozen=True)
class Twist:
    """A bone that takes a part of the twist of a limb.

    ``segment`` is the role of the joint at which its segment starts: ``left_shoulder`` for the upper arm,
    ``left_elbow`` for the forearm, ``left_hip`` and ``left_knee``. ``share`` in 0..1 is how much of the segment's
    twist it shows, 0 at the start and 1 at the end: that of its head where it hangs on the limb (Unreal's), that of
    its end where the limb runs on through it (Daz).
    """

    bone: str
    segment: str
    share: float


@dataclass(frozen=True)
class IkLimb:
    """Controls that pose a limb from its end.

    ``limb`` is the role at that end, ``left_wrist`` or ``left_ankle``. The bone ``target`` is put where the hand or
    foot is and turns with it; ``pole`` is the bone that the elbow or knee points at; ``toes`` is the bone that turns
    the toes meanwhile. ``switches`` make these drive the limb instead of FK; they take the place of the mapping's own
    switches of the same bone and property.

    For edits of what IK moves: ``shown`` are the bones that show root, middle, end and toes of the limb whatever moves
    it, none where they are not known. Where ``poled`` is a switch, the pole counts while it is on, and else the bone
    ``swivel`` turns the limb about the line from root to end.
    """

    limb: str
    target: str
    pole: str | None = None
    switches: tuple[Switch, ...] = ()
    toes: str | None = None
    shown: tuple[str, ...] = ()
    swivel: str | None = None
    poled: Switch | None = None

    @property
    def controls(self) -> set[str]:
        """The bones that pose the limb."""
        return {bone for bone in (self.target, self.pole, self.toes) if bone is not None}


@dataclass(frozen=True)
class Mapping:
    """Roles of a rig's bones.

    ``bones`` maps a role to the name of the bone whose head is that joint: the names of the 22 joints that
    the rig has, ``spine4``, ``spine5``... where its spine has more bones, ``neck2``... likewise. ``missing`` are the
    optional joints it lacks. ``score`` in 0..1 is the share of roles that were found. ``switches`` are the
    properties to set so that these bones drive the rig; ``moved_by`` is for ``RestRig.rewired``. ``hung`` lists mapped
    bones with another parent than in a body, each with its parent there, which they are moved to follow.
    ``twists`` and ``ik`` hold only bones that the rig has and that ``bones`` does not name.
    """

    family: str
    score: float
    bones: dict[str, str]
    missing: tuple[str, ...]
    switches: tuple[Switch, ...] = ()
    moved_by: tuple[tuple[str, str], ...] = ()
    twists: tuple[Twist, ...] = ()
    ik: tuple[IkLimb, ...] = ()
    hung: tuple[tuple[str, str], ...] = ()

    @property
    def wiring(self) -> tuple[tuple[str, str], ...]:
        """Parents of bones while a motion is solved, where they differ from the rig's; for ``RestRig.rewired``."""
        return (*self.moved_by, *self.hung)


def chain_role(role: str) -> int | None:
    """The place of a role in its chain: 4 for ``spine4``, 1 for ``neck``, 0 for a joint of neither spine
    nor neck; None if there is no such role."""
    if role in JOINTS and not role.startswith(("spine", "neck")):
        return 0
    if role == "neck":
        return 1
    for chain, first in (("spine", 1), ("neck", 2)):
        number = role.removeprefix(chain)
        if number != role and number.isascii() and number.isdigit() and first <= int(number) <= LONGEST_CHAIN:
            return int(number)
    return None


def score_of(bones: dict[str, str]) -> float:
    """The share in 0..1 of the joints that a rig can have that are mapped."""
    wanted = (*REQUIRED, *OPTIONAL)
    return sum(role in bones for role in wanted) / len(wanted)


def missing_of(bones: dict[str, str]) -> tuple[str, ...]:
    """The optional joints that are not mapped."""
    return tuple(role for role in OPTIONAL if role not in bones)
