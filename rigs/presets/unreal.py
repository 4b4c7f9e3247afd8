# SPDX-License-Identifier: GPL-3.0-or-later
"""Unreal's mannequins and rigs in their names: UE4, UE5, MPFB's game engine rig, Mesh2Motion."""

from __future__ import annotations

from .family import Family

FAMILY = Family(
    name="Unreal",
    middle={"pelvis": ("pelvis",), "head": ("head",)},
    sides={
        "hip": ("thigh",),
        "knee": ("calf",),
        "ankle": ("foot",),
        "foot": ("ball",),
        "collar": ("clavicle",),
        "shoulder": ("upperarm",),
        "elbow": ("lowerarm",),
        "wrist": ("hand",),
    },
    spine=(("spine01", "spine02", "spine03", "spine04", "spine05"),),
    neck=(("neck01", "neck02"),),
)
