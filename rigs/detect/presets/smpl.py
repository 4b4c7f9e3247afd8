# SPDX-License-Identifier: GPL-3.0-or-later
"""SMPL, SMPL-H and SMPL-X, in the names of the 22 joints (also ACCAD's BVH files and our own)."""

from __future__ import annotations

from .family import Family

FAMILY = Family(
    name="SMPL",
    middle={"pelvis": ("pelvis",), "head": ("head",)},
    sides={
        "hip": ("hip",),
        "knee": ("knee",),
        "ankle": ("ankle",),
        "foot": ("foot",),
        "collar": ("collar",),
        "shoulder": ("shoulder",),
        "elbow": ("elbow",),
        "wrist": ("wrist",),
    },
    spine=(("spine1", "spine2", "spine3"),),
    neck=(("neck",),),
)
