# SPDX-License-Identifier: GPL-3.0-or-later
"""Rigify's human metarigs, before anything is generated from them."""

from __future__ import annotations

from .family import Family

FAMILY = Family(
    name="Rigify metarig",
    middle={"pelvis": ("spine",), "head": ("spine006", "head")},
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
    neck=(("spine004", "spine005"),),
)
