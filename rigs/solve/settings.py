# SPDX-License-Identifier: GPL-3.0-or-later
"""The user's settings for putting motion on a rig."""

from __future__ import annotations

from dataclasses import dataclass

from ..errors import UserError

HIPS, ROOT, IN_PLACE = ROOTS = ("hips", "root", "in_place")
FK, IK_LEGS, IK = LIMBS = ("fk", "ik_legs", "ik")


@dataclass(frozen=True)
class RetargetSettings:
    """How motion is put on a rig.

    ``foot_lock`` is how firmly feet in contact stay in place, from 0 (as in the source) to 1. ``root`` says
    what carries the travel: the ``hips``, a ``root`` bone above them, or nothing, and the figure moves ``in_place``.
    ``limbs`` says whether arms and legs get keys on their ``fk`` or on their ``ik`` controls, where a rig has these, or
    the legs alone on theirs (``ik_legs``).

    Raises:
        UserError: ``bad_setting``.
    """

    foot_lock: float = 1.0
    root: str = HIPS
    limbs: str = FK

    def __post_init__(self) -> None:
        if not 0.0 <= self.foot_lock <= 1.0:
            raise UserError(
                f"The foot lock must be from 0 to 1, not {self.foot_lock:g}.",
                "Choose a value from 0 to 1.",
                "bad_setting",
            )
        for name, value, known in (("root", self.root, ROOTS), ("limbs", self.limbs, LIMBS)):
            if value not in known:
                raise UserError(
                    f"“{value}” is not a choice for {name}.", f"Choose one of: {', '.join(known)}.", "bad_setting"
                )


DEFAULTS = RetargetSettings()
