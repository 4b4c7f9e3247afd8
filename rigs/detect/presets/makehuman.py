# SPDX-License-Identifier: GPL-3.0-or-later
"""MakeHuman's and MPFB's default rig: two bones to each limb, and a spine that is counted from the top."""

from __future__ import annotations

from .family import Family

FAMILY = Family(
    name="MakeHuman",
    middle={"pelvis": ("root",), "head": ("head",)},
    sides={
        "hip": ("upperleg01",),
        "knee": ("lowerleg01",),
        "ankle": ("foot",),
        "foot": ("toe21",),
        "collar": ("clavicle",),
        "shoulder": ("upperarm01",),
        "elbow": ("lowerarm01",),
        "wrist": ("wrist",),
    },
    spine=(("spine05", "spine04", "spine03", "spine02", "spine01"),),
    neck=(("neck01", "neck02", "neck03"),),
    twists={
        "shoulder": ("upperarm02",),
        "elbow": ("lowerarm02",),
        "hip": ("upperleg02",),
        "knee": ("lowerleg02",),
    },
)
