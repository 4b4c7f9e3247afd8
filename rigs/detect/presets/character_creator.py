# SPDX-License-Identifier: GPL-3.0-or-later
"""Reallusion's Character Creator, AccuRig and iClone: ``CC_Base_Hip``, ``CC_Base_L_Thigh``.

``Hip`` carries both ``Pelvis``, on which the legs hang, and ``Waist``. The bones of the neck are called twists.
"""

from __future__ import annotations

from .family import Family

FAMILY = Family(
    name="Character Creator",
    middle={"pelvis": ("hip",), "head": ("head",)},
    sides={
        "hip": ("thigh",),
        "knee": ("calf",),
        "ankle": ("foot",),
        "foot": ("toebase",),
        "collar": ("clavicle",),
        "shoulder": ("upperarm",),
        "elbow": ("forearm",),
        "wrist": ("hand",),
    },
    spine=(("waist", "spine01", "spine02"),),
    neck=(("necktwist01", "necktwist02"),),
    twists={
        "shoulder": ("upperarmtwist01", "upperarmtwist02"),
        "elbow": ("forearmtwist01", "forearmtwist02"),
        "hip": ("thightwist01", "thightwist02"),
        "knee": ("calftwist01", "calftwist02"),
    },
)
