# SPDX-License-Identifier: GPL-3.0-or-later
"""Mixamo: ``mixamorig:Hips``, ``mixamorig:LeftUpLeg``; also HumanIK and exports with another prefix or none."""

from __future__ import annotations

from .family import Family

FAMILY = Family(
    name="Mixamo",
    middle={"pelvis": ("hips",), "head": ("head",)},
    sides={
        "hip": ("upleg",),
        "knee": ("leg",),
        "ankle": ("foot",),
        "foot": ("toebase", "toe", "forefoot"),
        "collar": ("shoulder",),
        "shoulder": ("arm",),
        "elbow": ("forearm",),
        "wrist": ("hand",),
    },
    spine=(("spine", "spine1", "spine2", "spine3"), ("spine", "chest", "upperchest")),
    neck=(("neck", "neck1"),),
    twists={
        "shoulder": ("armroll", "armtwist"),
        "elbow": ("forearmroll", "forearmtwist"),
        "hip": ("uplegroll", "uplegtwist"),
        "knee": ("legroll", "legtwist"),
    },
    mark=r"^mixamorig",
)
