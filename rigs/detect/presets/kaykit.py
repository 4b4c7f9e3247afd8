# SPDX-License-Identifier: GPL-3.0-or-later
"""KayKit's characters: short limbs, a big head, no neck and no collars."""

from __future__ import annotations

from .family import Family

FAMILY = Family(
    name="KayKit",
    middle={"pelvis": ("hips",), "head": ("head",)},
    sides={
        "hip": ("upperleg",),
        "knee": ("lowerleg",),
        "ankle": ("foot",),
        "foot": ("toes",),
        "shoulder": ("upperarm",),
        "elbow": ("lowerarm",),
        "wrist": ("wrist", "hand"),
    },
    spine=(("spine", "chest"),),
    neck=(),
    mark=r"^handslot|^wrist\.[lr]$",
)
