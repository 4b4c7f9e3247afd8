# SPDX-License-Identifier: GPL-3.0-or-later
"""Skeletons of the CMU motion capture database: its two BVH conversions and its ASF files."""

from __future__ import annotations

from .family import Family

FAMILY = Family(
    name="CMU",
    middle={"pelvis": ("hips", "root"), "head": ("head",)},
    sides={
        "hip": ("upleg", "femur", "hip"),
        "knee": ("leg", "tibia", "knee"),
        "ankle": ("foot", "ankle"),
        "foot": ("toebase", "toes", "toe"),
        "collar": ("collar", "clavicle", "shoulder"),
        "shoulder": ("arm", "humerus", "shoulder"),
        "elbow": ("forearm", "radius", "elbow"),
        "wrist": ("wrist", "hand"),
    },
    spine=(
        ("lowerback", "spine", "spine1"),
        ("lowerback", "chest", "chest2"),
        ("lowerback", "upperback", "thorax"),
    ),
    neck=(("neck", "neck1"), ("lowerneck", "neck"), ("lowerneck", "upperneck")),
    mark=r"^LHipJoint$|^lowerback$",
)
