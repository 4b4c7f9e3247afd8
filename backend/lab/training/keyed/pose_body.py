# SPDX-License-Identifier: GPL-3.0-or-later
"""A whole body from its key poses over time: forward kinematics, planted hands and feet, limbs laid on the floor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from .....rigs.body.bone_lengths import fix_bone_lengths
from .....rigs.body.rotations import normalised, perpendicular
from .....rigs.body.skeleton import ARM_PARTS, BONE_LENGTHS, INDEX, LEG_PARTS, PARENTS
from .....rigs.body.smoothing import blur
from .....rigs.solve.two_bone_ik import two_bones
from ..sentences.wordings import OTHER

GIVES_WAY = 0.15  # share of a bone by which it is turned aside where it would stand in the floor
LEAST, ROUNDS = 0.0, 4  # metres above which joints are brought, and in how many goes
# Metres above the floor at which recorded joints rest; a toe and a hand lie flat, the trunk has flesh below its joints.
CLEARANCE = {
    "pelvis": 0.10, "hip": 0.09, "knee": 0.055, "ankle": 0.05, "foot": 0.02, "spine1": 0.09, "spine2": 0.09,
    "spine3": 0.09, "neck": 0.08, "collar": 0.08, "head": 0.09, "shoulder": 0.075, "elbow": 0.04, "wrist": 0.03,
}  # fmt: skip
_CLEAR = np.array([CLEARANCE[name.removeprefix("left_").removeprefix("right_")] for name in INDEX])
_REST = {  # bones of the trunk in a quiet stance, in the frame of what they hang on
    "left_hip": (1.0, -0.04, 0.0), "spine1": (0.0, 0.99, -0.1), "spine2": (0.0, 1.0, -0.07),
    "spine3": (0.0, 1.0, 0.01), "neck": (0.0, 1.0, -0.08), "left_collar": (0.4, 0.91, -0.07),
    "head": (0.0, 0.94, 0.34), "left_shoulder": (1.0, 0.02, -0.03),
}  # fmt: skip
_SHOULDER_FOLLOWS = 0.22  # how much of the upper arm's direction the collar bone takes over
_TRUNK = [at for name, at in INDEX.items() if not name.endswith(("knee", "ankle", "foot", "elbow", "wrist"))]
_PARTS = {"arm": ARM_PARTS, "leg": LEG_PARTS}


@dataclass(frozen=True)
class PoseTrack:
    """An action over time: angles of the trunk by name (F,), where the pelvis is, and what each limb does (F, 16)."""

    angles: dict[str, np.ndarray]
    height: np.ndarray  # (F,)
    rests: np.ndarray  # (F,) share to which the pelvis rests on the floor instead
    ground: np.ndarray  # (F, 2) metres to the left and ahead
    limbs: dict[str, np.ndarray]  # upper, lower, planted share, place, toe where free, toe where planted


def turn(axis: int, degrees: np.ndarray) -> np.ndarray:
    """Rotations (F, 3, 3) about one axis by angles (F,)."""
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    result = np.zeros((len(degrees), 3, 3))
    i, j = (axis + 1) % 3, (axis + 2) % 3
    result[:, axis, axis], result[:, i, i], result[:, j, j] = 1.0, c, c
    result[:, i, j], result[:, j, i] = -s, s
    return result


def bone(name: str, frame: np.ndarray, direction: np.ndarray | None = None) -> np.ndarray:
    """The bone (F, 3) that ends at a joint: as in a quiet stance, or in a direction (F, 3), in a frame (F, 3, 3)."""
    if direction is None:
        rest = np.array(_REST[name.replace("right_", "left_")])
        direction = rest * ([-1.0, 1.0, 1.0] if name.startswith("right_") else 1.0)
        direction = np.broadcast_to(direction, (len(frame), 3))
    along: np.ndarray = BONE_LENGTHS[INDEX[name]] * np.einsum("fij,fj->fi", frame, normalised(direction))
    return along


def body(motion: PoseTrack) -> np.ndarray:
    """Joints (F, 22, 3) of a track."""
    angle = motion.angles
    pelvis = turn(1, angle["yaw"]) @ turn(0, angle["pitch"]) @ turn(2, -angle["tilt"]) @ turn(1, angle["roll"])
    third = turn(0, angle["bend"] / 3) @ turn(1, angle["twist"] / 3) @ turn(2, -angle["side"] / 3)
    low, middle = pelvis @ third, pelvis @ third @ third
    chest = middle @ third
    head = chest @ turn(0, angle["nod"]) @ turn(1, angle["look"])
    joints = np.zeros((len(pelvis), len(PARENTS), 3))
    joints[:, 0, [0, 2]] = motion.ground

    def hang(name: str, frame: np.ndarray, direction: np.ndarray | None = None) -> None:
        j = INDEX[name]
        joints[:, j] = joints[:, PARENTS[j]] + bone(name, frame, direction)

    for name, frame in (("spine1", pelvis), ("spine2", low), ("spine3", middle), ("neck", chest), ("head", head)):
        hang(name, frame)
    for side in OTHER:
        arm, leg = motion.limbs[f"{side}_arm"], motion.limbs[f"{side}_leg"]
        hang(f"{side}_hip", pelvis)
        hang(f"{side}_collar", chest)
        rest = np.array(_REST["left_shoulder"]) * (1.0 if side == "left" else -1.0, 1.0, 1.0)
        hang(f"{side}_shoulder", chest, rest + _SHOULDER_FOLLOWS * (normalised(arm[:, :3]) - (0.0, -1.0, 0.0)))
        hang(f"{side}_elbow", chest, arm[:, :3])
        hang(f"{side}_wrist", chest, arm[:, 3:6])
        hang(f"{side}_knee", pelvis, leg[:, :3])
        hang(f"{side}_ankle", pelvis, leg[:, 3:6])
        hang(f"{side}_foot", pelvis, leg[:, 10:13])
    joints[..., 1] += at_height(joints, motion)[:, None]
    frames = {"arm": chest, "leg": pelvis}
    whole = on_its_limbs(joints, motion, frames)
    for _ in range(ROUNDS):  # where an elbow or a knee that bends to a planted end is under the floor, the body rises
        lacking = np.maximum(LEAST - whole[..., 1], 0.0).max(axis=1)
        if not lacking.any():
            break
        joints[..., 1] += np.maximum(blur(1.5 * lacking[:, None], 1.0), lacking[:, None])
        whole = on_its_limbs(joints, motion, frames)
    return fix_bone_lengths(whole)


def on_its_limbs(joints: np.ndarray, motion: PoseTrack, frames: Mapping[str, np.ndarray]) -> np.ndarray:
    """The joints (F, 22, 3) with planted hands and feet in their places; ``frames``: (F, 3, 3) of chest and pelvis."""
    result = joints.copy()
    for side in OTHER:
        for kind, hinge in (("arm", -1.0), ("leg", 1.0)):
            out = frames[kind][:, :, 0] * (1.0 if side == "left" else -1.0)
            laid(result, side, kind, motion.limbs[f"{side}_{kind}"], out)
            planted(result, side, kind, motion.limbs[f"{side}_{kind}"], hinge * frames[kind][:, :, 0])
        toes(result, side, motion.limbs[f"{side}_leg"], frames["leg"])
    return result


def at_height(joints: np.ndarray, motion: PoseTrack) -> np.ndarray:
    """Height (F,) of the pelvis of joints (F, 22, 3) that are keyed about a pelvis at 0.

    The trunk alone lies: limbs that would be in the floor are laid on it.
    """
    resting = (_CLEAR - joints[..., 1])[:, _TRUNK].max(axis=1)
    height: np.ndarray = np.maximum((1.0 - motion.rests) * motion.height + motion.rests * resting, resting)
    return height


def laid(joints: np.ndarray, side: str, kind: str, values: np.ndarray, out: np.ndarray) -> None:
    """Turn the upper bone of a free limb of the joints (F, 22, 3) so that elbow or knee is not in the floor.

    An upper bone that points straight down gives way to the side, ``out`` (F, 3).
    """
    root, middle, end = (INDEX[f"{side}_{name}"] for name in _PARTS[kind])
    lower = joints[:, end] - joints[:, middle]
    length = BONE_LENGTHS[middle]
    least = (_CLEAR[middle] - joints[:, root, 1]) / length - 2.0 * np.clip(values[:, 6], 0.0, 1.0)
    upper = risen((joints[:, middle] - joints[:, root]) / length, least, out)
    joints[:, middle] = joints[:, root] + length * upper
    joints[:, end] = joints[:, middle] + lower


def risen(along: np.ndarray, least: np.ndarray, aside: np.ndarray) -> np.ndarray:
    """Unit vectors (F, 3), those that point lower than ``least`` (F,) turned up to it, upright ones ``aside``."""
    up = np.clip(np.maximum(along[:, 1], least), -0.99, 0.99)[:, None]
    level = normalised((along + GIVES_WAY * aside) * (1.0, 0.0, 1.0)) * np.sqrt(1.0 - up**2) + up * (0.0, 1.0, 0.0)
    # from where it is low enough on it is turned by degrees, not at once
    share = np.clip((least[:, None] - along[:, 1:2]) / GIVES_WAY, 0.0, 1.0)
    free = normalised(along * (1.0, 0.0, 1.0)) * np.sqrt(1.0 - up**2) + up * (0.0, 1.0, 0.0)
    result: np.ndarray = np.where(
        along[:, 1:2] < least[:, None], normalised((1.0 - share) * free + share * level), along
    )
    return result


def planted(joints: np.ndarray, side: str, kind: str, values: np.ndarray, hinge: np.ndarray) -> None:
    """Bend a limb of the joints (F, 22, 3) so that its end is where it is planted, and never under the floor."""
    root, middle, end = (INDEX[f"{side}_{name}"] for name in _PARTS[kind])
    share = np.clip(values[:, 6:7], 0.0, 1.0)
    goal = (1.0 - share) * joints[:, end] + share * values[:, 7:10]
    goal[:, 1] = np.maximum(goal[:, 1], _CLEAR[end])
    bent = np.linalg.norm(goal - joints[:, end], axis=-1) > 1e-9
    upper, lower = joints[:, middle] - joints[:, root], joints[:, end] - joints[:, middle]
    line = normalised(upper + lower)
    # a limb bends to the side to which it is keyed; the joint's own hinge tells that of a straight one
    aside = perpendicular(upper, line) / BONE_LENGTHS[middle] + 0.05 * np.cross(line, hinge)
    first, second = two_bones(upper, lower, goal - joints[:, root], normalised(np.cross(aside, line)))
    joints[bent, middle] = (joints[:, root] + first)[bent]
    joints[bent, end] = (joints[:, root] + first + second)[bent]


def toes(joints: np.ndarray, side: str, values: np.ndarray, pelvis: np.ndarray) -> None:
    """Put the toe of a foot in the joints (F, 22, 3) where it is keyed, not in the floor."""
    ankle, toe = INDEX[f"{side}_ankle"], INDEX[f"{side}_foot"]
    free = np.einsum("fij,fj->fi", pelvis, normalised(values[:, 10:13]))
    share, length = np.clip(values[:, 6:7], 0.0, 1.0), BONE_LENGTHS[toe]
    along = normalised((1.0 - share) * free + share * normalised(values[:, 13:16]))
    joints[:, toe] = joints[:, ankle] + length * risen(
        along, (_CLEAR[toe] - joints[:, ankle, 1]) / length, pelvis[:, :, 2]
    )
