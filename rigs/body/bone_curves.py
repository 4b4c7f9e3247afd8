# SPDX-License-Identifier: GPL-3.0-or-later
"""Channels of pose bones over time, as a solved clip has them, and the changes that an edit makes to them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class BoneCurves:
    """Channels of one pose bone.

    ``rotations`` (F, 4) are for rotation_quaternion (w, x, y, z), without sign jumps, and ``locations`` (F, 3) for
    location where the bone is moved, else None. ``turns`` is False for a bone that is only moved: its rotation is
    that at rest and needs no keys. ``bears`` is True for a bone that decides where a planted foot is, whose keys must
    be accurate.
    """

    bone: str
    rotations: np.ndarray
    locations: np.ndarray | None
    turns: bool = True
    bears: bool = False


@dataclass(frozen=True)
class Change:
    """What an edit does to a pose bone: its channel rotation q becomes q ``turn``, its location l + ``shift``.

    ``turn`` (F, 4) are quaternions (w, x, y, z) without sign jumps, ``shift`` (F, 3) is in the bone's rest axes, None
    where the bone does not carry the travel.
    """

    bone: str
    turn: np.ndarray
    shift: np.ndarray | None = None
