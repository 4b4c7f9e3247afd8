# SPDX-License-Identifier: GPL-3.0-or-later
"""Hand animation on joints: limbs aimed, trunks bent and legs solved over recorded clips (F, 22, 3), metres, Y up.

What is not posed keeps its recorded movement, so that a pose held for a second still sways as a person does.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ....rigs.body.rotations import about, frame, normalised, perpendicular, swing
from ....rigs.body.skeleton import BONE_LENGTHS, FPS, INDEX, PARENTS
from ....rigs.body.smoothing import smoothstep
from ..training.keyed.acted_gestures import rotated

LEFT, UP, FORWARD = np.eye(3)
REACH = 0.998  # of a leg's length, beyond which it is not stretched


def subtree(root: int) -> list[int]:
    """A joint and all that hang on it."""
    found = [root]
    for joint, parent in enumerate(PARENTS):
        if parent in found:
            found.append(joint)
    return found


def trunk(joints: np.ndarray) -> np.ndarray:
    """Frames (F, 3, 3) of the chest: columns to its left, up along the spine, and forward."""
    across = joints[:, INDEX["left_shoulder"]] - joints[:, INDEX["right_shoulder"]]
    return frame(across, joints[:, INDEX["neck"]] - joints[:, INDEX["spine1"]])


def ground(joints: np.ndarray) -> np.ndarray:
    """Frames (F, 3, 3) of the hips on the floor: columns to their left, up, and forward."""
    across = joints[:, INDEX["left_hip"]] - joints[:, INDEX["right_hip"]]
    up = np.broadcast_to(UP, across.shape)
    return frame(perpendicular(across, up), up)


def pulse(t: np.ndarray, start: float, rise: float, hold: float, fall: float) -> np.ndarray:
    """A weight (F,) over times ``t``: 0, from ``start`` up to 1 in ``rise`` seconds, held, and down again."""
    up = smoothstep(np.clip((t - start) / rise, 0.0, 1.0))
    down: np.ndarray = up - smoothstep(np.clip((t - start - rise - hold) / fall, 0.0, 1.0))
    return down


def stepped(t: np.ndarray, period: float, values: Sequence[float], quick: float = 0.25) -> np.ndarray:
    """Values (F,) that jump from one to the next every ``period`` seconds, within that share ``quick`` of it."""
    place = np.maximum(t / period, 0.0)
    number = np.floor(place).astype(int)
    share = smoothstep(np.clip((place - number) / quick, 0.0, 1.0))
    table = np.asarray(values)
    mixed: np.ndarray = (1 - share) * table[(number - 1) % len(table)] + share * table[number % len(table)]
    return mixed


def times(joints: np.ndarray) -> np.ndarray:
    """Seconds (F,) of the frames."""
    return np.arange(len(joints)) / FPS


def bent(joints: np.ndarray, root: str, pivot: str, axis: np.ndarray, angle: np.ndarray) -> np.ndarray:
    """``root`` and all that hangs on it turned by ``angle`` (F,) radians about ``axis`` (F, 3) through ``pivot``."""
    out, some = joints.copy(), subtree(INDEX[root])
    out[:, some] = rotated(joints[:, some], joints[:, INDEX[pivot]], axis, np.degrees(angle))
    return out


def curled(joints: np.ndarray, axis: np.ndarray, angle: np.ndarray) -> np.ndarray:
    """The spine bent by ``angle`` (F,) in all about ``axis`` (F, 3), most of it low."""
    for root, pivot, share in (("spine1", "pelvis", 0.5), ("spine2", "spine1", 0.3), ("spine3", "spine2", 0.2)):
        joints = bent(joints, root, pivot, axis, share * angle)
    return joints


def aimed(joints: np.ndarray, side: str, upper: np.ndarray, fore: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """An arm turned by ``weight`` (F,) from where it was to directions (3,) or (F, 3) in the frame of the chest."""
    out, chest = joints.copy(), trunk(joints)
    for name, parent, way in (("elbow", "shoulder", upper), ("wrist", "elbow", fore)):
        joint, above = INDEX[f"{side}_{name}"], INDEX[f"{side}_{parent}"]
        was = normalised(joints[:, joint] - joints[:, above])
        wanted = normalised(np.einsum("fij,fj->fi", chest, np.broadcast_to(way, was.shape)))
        out[:, joint] = out[:, above] + BONE_LENGTHS[joint] * _towards(was, wanted, weight)
    return out


def _towards(start: np.ndarray, end: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Unit vectors (F, 3) on the way from ``start`` to ``end``."""
    axis = normalised(np.cross(start, end))
    angle = np.arccos(np.clip((start * end).sum(-1), -1.0, 1.0))
    turned: np.ndarray = np.einsum("fij,fj->fi", about(axis, weight * angle), start)
    return turned


def stood(joints: np.ndarray, side: str, ankle: np.ndarray) -> np.ndarray:
    """A leg solved so that its ankle is at (F, 3), or as near as it reaches; the knee bends the way it did, the foot
    is carried along as it was."""
    out = joints.copy()
    hip, knee, end, toe = (INDEX[f"{side}_{name}"] for name in ("hip", "knee", "ankle", "foot"))
    thigh, shin = BONE_LENGTHS[knee], BONE_LENGTHS[end]
    way = ankle - joints[:, hip]
    far = np.linalg.norm(way, axis=-1, keepdims=True)
    reach = np.clip(far, 0.3, REACH * (thigh + shin))
    way = way / np.maximum(far, 1e-9)
    forward = ground(joints)[..., 2]
    bend = joints[:, knee] - (joints[:, hip] + joints[:, end]) / 2 + 0.05 * forward
    bend = normalised(perpendicular(bend, way))
    along = (thigh**2 - shin**2 + reach**2) / (2 * reach)
    out[:, knee] = joints[:, hip] + along * way + np.sqrt(np.maximum(thigh**2 - along**2, 0.0)) * bend
    out[:, end] = joints[:, hip] + reach * way
    out[:, toe] = out[:, end] + joints[:, toe] - joints[:, end]
    return out


def shifted(joints: np.ndarray, move: np.ndarray, feet: Sequence[str] = ("left", "right")) -> np.ndarray:
    """The body moved by (F, 3) over ``feet`` that stay where they are."""
    out = joints + move[:, None]
    for side in feet:
        out = stood(out, side, joints[:, INDEX[f"{side}_ankle"]])
    return out


def swung(joints: np.ndarray, side: str, way: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """A leg stretched and turned by ``weight`` (F,) from where it was to a direction (3,) in the frame of the hips."""
    out = joints.copy()
    hip, knee, ankle, toe = (INDEX[f"{side}_{name}"] for name in ("hip", "knee", "ankle", "foot"))
    wanted = normalised(np.einsum("fij,j->fi", ground(joints), way))
    for joint, above in ((knee, hip), (ankle, knee)):
        was = normalised(joints[:, joint] - joints[:, above])
        out[:, joint] = out[:, above] + BONE_LENGTHS[joint] * _towards(was, wanted, weight)
    turn = swing(normalised(joints[:, ankle] - joints[:, knee]), normalised(out[:, ankle] - out[:, knee]))
    out[:, toe] = out[:, ankle] + np.einsum("fij,fj->fi", turn, joints[:, toe] - joints[:, ankle])
    return out
