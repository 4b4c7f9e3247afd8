# SPDX-License-Identifier: GPL-3.0-or-later
"""VRM and VRoid: ``J_Bip_C_Hips``, ``J_Bip_L_UpperLeg``; also rigs in the names of Unity's humanoid."""

from __future__ import annotations

from .family import Family

FAMILY = Family(
    name="VRM",
    middle={"pelvis": ("hips",), "head": ("head",)},
    sides={
        "hip": ("upperleg",),
        "knee": ("lowerleg",),
        "ankle": ("foot",),
        "foot": ("toebase", "toes", "toe"),
        "collar": ("shoulder",),
        "shoulder": ("upperarm",),
        "elbow": ("lowerarm",),
        "wrist": ("hand",),
    },
    spine=(("spine", "chest", "upperchest"),),
    neck=(("neck",),),
    mark=r"^J_Bip_",
)
