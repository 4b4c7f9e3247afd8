# SPDX-License-Identifier: GPL-3.0-or-later
"""3ds Max's Biped, ``Bip01 L Thigh``, and Valve's rigs in its names."""

from __future__ import annotations

from .family import Family

FAMILY = Family(
    name="3ds Max Biped",
    middle={"pelvis": ("pelvis",), "head": ("head", "head1")},
    sides={
        "hip": ("thigh",),
        "knee": ("calf",),
        "ankle": ("foot",),
        "foot": ("toe0",),
        "collar": ("clavicle",),
        "shoulder": ("upperarm",),
        "elbow": ("forearm",),
        "wrist": ("hand",),
    },
    spine=(("spine", "spine1", "spine2", "spine3", "spine4"),),
    neck=(("neck", "neck1", "neck2"),),
    twists={
        "shoulder": ("uparmtwist", "uparmtwist1"),
        "elbow": ("foretwist", "foretwist1"),
        "hip": ("thightwist", "thightwist1"),
        "knee": ("calftwist", "calftwist1"),
    },
    mark=r"Bip\d+",
)
