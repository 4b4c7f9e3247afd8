# SPDX-License-Identifier: GPL-3.0-or-later
"""The body parts that an edit may change, in joints and in bones."""

from __future__ import annotations

from .skeleton import INDEX

_ARM, _LEG = ("collar", "shoulder", "elbow", "wrist"), ("knee", "ankle", "foot")
# The joints whose places each part changes. Hips move with the pelvis.
PART_JOINTS: dict[str, tuple[int, ...]] = {
    "root": (INDEX["pelvis"], INDEX["left_hip"], INDEX["right_hip"]),  # place and turn of the pelvis
    "trunk": tuple(INDEX[name] for name in ("spine1", "spine2", "spine3", "neck", "head")),
    "left_arm": tuple(INDEX[f"left_{part}"] for part in _ARM),
    "right_arm": tuple(INDEX[f"right_{part}"] for part in _ARM),
    "left_leg": tuple(INDEX[f"left_{part}"] for part in _LEG),
    "right_leg": tuple(INDEX[f"right_{part}"] for part in _LEG),
}
PARTS: tuple[str, ...] = tuple(PART_JOINTS)


def part_of(role: str) -> str:
    """The part that the bone of a role turns. The bone of a hip is the thigh, so that it is of the leg."""
    if role == "pelvis":
        return "root"
    side, _, joint = role.partition("_")
    if not joint:
        return "trunk"
    return f"{side}_{'arm' if joint in _ARM else 'leg'}"
