# SPDX-License-Identifier: GPL-3.0-or-later
"""Skeletons of the CMU motion capture database, in the names of its usual BVH conversion and of its ASF files."""

from __future__ import annotations

from .family import Family

FAMILY = Family(
    name="CMU",
    middle={"pelvis": ("hips", "root"), "head": ("head",)},
    sides={
        "hip": ("upleg", "femur"),
        "knee": ("leg", "tibia"),
        "ankle": ("foot",),
        "foot": ("toebase", "toes"),
        "collar": ("shoulder", "clavicle"),
        "shoulder": ("arm", "humerus"),
        "elbow": ("forearm", "radius"),
        "wrist": ("hand",),
    },
    spine=(("lowerback", "spine", "spine1"), ("lowerback", "upperback", "thorax")),
    neck=(("neck", "neck1"), ("lowerneck", "upperneck")),
)
