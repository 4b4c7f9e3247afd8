# SPDX-License-Identifier: GPL-3.0-or-later
"""Daz Genesis 3, 8 and 9. ``hip`` carries both ``pelvis``, on which the legs hang, and the spine.

Up to Genesis 8 the limbs run on through their twist bones (lThighBend, lThighTwist, lShin).
"""

from __future__ import annotations

from .family import Family

FAMILY = Family(
    name="Daz Genesis",
    middle={"pelvis": ("hip",), "head": ("head",)},
    sides={
        "hip": ("thighbend", "thigh"),
        "knee": ("shin",),
        "ankle": ("foot",),
        "foot": ("toe", "toes"),
        "collar": ("collar", "shoulder"),
        "shoulder": ("shldrbend", "upperarm"),
        "elbow": ("forearmbend", "forearm"),
        "wrist": ("hand",),
    },
    spine=(
        ("abdomenlower", "abdomenupper", "chestlower", "chestupper"),
        ("spine1", "spine2", "spine3", "spine4"),
    ),
    neck=(("necklower", "neckupper"), ("neck1", "neck2")),
    twists={
        "shoulder": ("shldrtwist", "upperarmtwist1", "upperarmtwist2"),
        "elbow": ("forearmtwist", "forearmtwist1", "forearmtwist2"),
        "hip": ("thightwist", "thightwist1", "thightwist2"),
    },
)
