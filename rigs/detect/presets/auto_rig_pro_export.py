# SPDX-License-Identifier: GPL-3.0-or-later
"""Auto-Rig Pro's exported skeletons. In some the thigh and the upper arm begin with their twist bone."""

from __future__ import annotations

from .family import Family

FAMILY = Family(
    name="Auto-Rig Pro export",
    middle={"pelvis": ("rootx",), "head": ("headx",)},
    sides={
        "hip": ("thighstretch",),
        "knee": ("legstretch",),
        "ankle": ("foot",),
        "foot": ("toes01",),
        "collar": ("shoulder",),
        "shoulder": ("armstretch",),
        "elbow": ("forearmstretch",),
        "wrist": ("hand",),
    },
    spine=(("spine01x", "spine02x", "spine03x", "spine04x", "spine05x"),),
    neck=(("neckx",), ("subneck1x", "subneck2x", "neckx")),
    twists={
        "shoulder": ("armtwist", "carmtwistoffset"),
        "elbow": ("forearmtwist",),
        "hip": ("thightwist",),
        "knee": ("legtwist",),
    },
)
