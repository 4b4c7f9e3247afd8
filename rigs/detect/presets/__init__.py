# SPDX-License-Identifier: GPL-3.0-or-later
"""One flat file per rig family. Detection scores them all; where two score alike, the one whose mark is found wins,
then the first listed."""

from __future__ import annotations

from . import (
    auto_rig_pro,
    auto_rig_pro_export,
    biped,
    character_creator,
    cmu,
    daz,
    kaykit,
    makehuman,
    mesh2motion,
    metahuman,
    mixamo,
    poser,
    quaternius,
    ready_player_me,
    rigify,
    rigify_generated,
    smpl,
    unreal,
    vrm,
)
from .family import Family

FAMILIES: tuple[Family, ...] = tuple(
    module.FAMILY
    for module in (
        mixamo,
        ready_player_me,
        rigify_generated,
        rigify,
        auto_rig_pro,
        auto_rig_pro_export,
        cmu,
        smpl,
        unreal,
        metahuman,
        mesh2motion,
        makehuman,
        vrm,
        kaykit,
        character_creator,
        daz,
        biped,
        poser,
        quaternius,
    )
)
