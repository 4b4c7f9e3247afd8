# SPDX-License-Identifier: GPL-3.0-or-later
"""Unreal's mannequins, UE4 and UE5, and rigs in their names such as MPFB's game engine rig."""

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
    twists={
        "shoulder": ("upperarmtwist01", "upperarmtwist02", "upperarmtwist03"),
        "elbow": ("lowerarmtwist01", "lowerarmtwist02", "lowerarmtwist03"),
        "hip": ("thightwist01", "thightwist02", "thightwist03"),
        "knee": ("calftwist01", "calftwist02", "calftwist03"),
    },
)
