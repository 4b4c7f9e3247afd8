# SPDX-License-Identifier: GPL-3.0-or-later
"""Rigify's human metarigs, and the deforming bones that are left of what it generates in a game export."""

from __future__ import annotations

from .family import Family

FAMILY = Family(
    name="Rigify metarig",
    middle={"pelvis": ("spine",), "head": ("spine006", "head", "face")},
    sides={
        "hip": ("thigh",),
        "knee": ("shin",),
        "ankle": ("foot",),
        "foot": ("toe",),
        "collar": ("shoulder",),
        "shoulder": ("upperarm",),
        "elbow": ("forearm",),
        "wrist": ("hand",),
    },
    spine=(("spine001", "spine002", "spine003"),),
    neck=(("spine004", "spine005"), ("neck",)),
    twists={
        "shoulder": ("upperarm001",),
        "elbow": ("forearm001",),
        "hip": ("thigh001",),
        "knee": ("shin001",),
    },
)
