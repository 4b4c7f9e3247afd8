# SPDX-License-Identifier: GPL-3.0-or-later
"""Quaternius: ``Body`` carries ``Hips`` and both legs, and the feet hang on the root, where IK holds them."""

from __future__ import annotations

from .family import Family

FAMILY = Family(
    name="Quaternius",
    middle={"pelvis": ("body",), "head": ("head",)},
    sides={
        "hip": ("upperleg",),
        "knee": ("lowerleg",),
        "ankle": ("foot",),
        "foot": ("toes", "toe"),
        "collar": ("shoulder",),
        "shoulder": ("upperarm",),
        "elbow": ("lowerarm",),
        "wrist": ("hand", "wrist", "palm", "palm2", "fist"),
    },
    spine=(("hips", "abdomen", "torso", "chest"),),
    neck=(("neck",),),
)
