# SPDX-License-Identifier: GPL-3.0-or-later
"""Poser's names, as in Daz figures up to Genesis 2 and the BVH character of the CMU subjects 60, 61 and 94."""

from __future__ import annotations

from .family import Family

FAMILY = Family(
    name="Poser",
    middle={"pelvis": ("hip",), "head": ("head",)},
    sides={
        "hip": ("thigh",),
        "knee": ("shin",),
        "ankle": ("foot",),
        "foot": ("toe",),
        "collar": ("collar",),
        "shoulder": ("shldr",),
        "elbow": ("forearm",),
        "wrist": ("hand",),
    },
    spine=(("abdomen", "abdomen2", "chest"),),
    neck=(("neck",),),
)
