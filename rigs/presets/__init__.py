# SPDX-License-Identifier: GPL-3.0-or-later
"""One flat file per rig family. Detection scores them all; where two score alike, the first listed wins."""

from __future__ import annotations

from . import cmu, kaykit, makehuman, mixamo, poser, rigify, rigify_generated, smpl, unreal
from .family import Family

FAMILIES: tuple[Family, ...] = (
    mixamo.FAMILY,
    rigify_generated.FAMILY,
    rigify.FAMILY,
    cmu.FAMILY,
    smpl.FAMILY,
    unreal.FAMILY,
    makehuman.FAMILY,
    kaykit.FAMILY,
    poser.FAMILY,
)
