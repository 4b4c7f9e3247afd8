# SPDX-License-Identifier: GPL-3.0-or-later
"""Auto-Rig Pro's control rig: the FK controls, and the IK controls with their switches.

``c_root_master.x`` carries both ``c_root.x``, on which the legs hang, and the spine. The property ik_fk_switch of the
controls of hands and feet is 0 for IK and 1 for FK.
"""

from __future__ import annotations

from ..mapping import IkLimb, Switch
from .family import Family

_CONTROLS = {"wrist": ("c_hand_ik", "c_arms_pole"), "ankle": ("c_foot_ik", "c_leg_pole")}


def _ik(end: str, side: str) -> IkLimb:
    target, pole = (f"{name}.{side[0]}" for name in _CONTROLS[end])
    switches = (Switch(target, "ik_fk_switch", 0.0), Switch(target, "auto_stretch", 0.0))
    return IkLimb(f"{side}_{end}", target, pole, switches)


FAMILY = Family(
    name="Auto-Rig Pro",
    middle={"pelvis": ("crootmasterx",), "head": ("cheadx",)},
    sides={
        "hip": ("cthighfk",),
        "knee": ("clegfk",),
        "ankle": ("cfootfk",),
        "foot": ("ctoesfk",),
        "collar": ("cshoulder",),
        "shoulder": ("carmfk",),
        "elbow": ("cforearmfk",),
        "wrist": ("chandfk",),
    },
    spine=(("cspine01x", "cspine02x", "cspine03x", "cspine04x", "cspine05x"),),
    neck=(("cneckx",), ("csubneck1x", "csubneck2x", "cneckx")),
    switches=tuple(
        Switch(f"{target}.{letter}", "ik_fk_switch", 1.0) for target, _ in _CONTROLS.values() for letter in "lr"
    ),
    ik=tuple(_ik(end, side) for end in _CONTROLS for side in ("left", "right")),
)
