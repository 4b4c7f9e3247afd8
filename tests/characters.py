# SPDX-License-Identifier: GPL-3.0-or-later
"""Rest poses made in code, for tests that have no tables of real rigs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from coamd.rigs.body.rest_rig import RestBone, RestRig, rest_matrix
from coamd.rigs.body.rotations import about

_SIDE: dict[
    str, tuple[str, tuple[float, float, float]]
] = {  # name: (parent, head) of a Mixamo rig's left side in a T-pose, Blender's axes, metres
    "UpLeg": ("Hips", (0.09, 0.0, 0.93)),
    "Leg": ("UpLeg", (0.09, -0.01, 0.51)),
    "Foot": ("Leg", (0.09, 0.02, 0.09)),
    "ToeBase": ("Foot", (0.10, -0.11, 0.02)),
    "Shoulder": ("Spine2", (0.05, 0.0, 1.42)),
    "Arm": ("Shoulder", (0.17, 0.02, 1.42)),
    "ForeArm": ("Arm", (0.44, 0.03, 1.42)),
    "Hand": ("ForeArm", (0.69, 0.02, 1.42)),
}
_MIDDLE: dict[str, tuple[str | None, tuple[float, float, float]]] = {
    "Hips": (None, (0.0, 0.0, 1.0)),
    "Spine": ("Hips", (0.0, 0.01, 1.1)),
    "Spine1": ("Spine", (0.0, 0.015, 1.22)),
    "Spine2": ("Spine1", (0.0, 0.02, 1.33)),
    "Neck": ("Spine2", (0.0, 0.02, 1.48)),
    "Head": ("Neck", (0.0, 0.0, 1.57)),
}
_TAILS = {"Head": (0.0, 0.0, 1.75), "ToeBase": (0.10, -0.19, 0.02), "Hand": (0.78, 0.02, 1.42)}


def mixamo(arms: float = 0.0, prefix: str = "mixamorig:", rolls: int | None = None) -> RestRig:
    """A Mixamo rig.

    Args:
        arms: how far the arms are lowered from the T-pose, in radians.
        rolls: a seed for random bone rolls, so that no bone's axes mean anything.
    """
    heads: dict[str, tuple[str | None, np.ndarray]] = {n: (p, np.array(h)) for n, (p, h) in _MIDDLE.items()}
    tails = {"Head": np.array(_TAILS["Head"])}
    for side, sign in (("Left", 1.0), ("Right", -1.0)):
        down = about(np.array([0.0, 1.0, 0.0]), np.array(arms))
        pivot = np.array(_SIDE["Arm"][1])
        for name, (over, head) in _SIDE.items():
            at, tail = np.array(head), np.array(_TAILS.get(name, head))
            if name in ("ForeArm", "Hand"):
                at, tail = pivot + down @ (at - pivot), pivot + down @ (tail - pivot)
            above = over if over in _MIDDLE else side + over
            heads[side + name] = (above, at * (sign, 1.0, 1.0))
            if name in _TAILS:
                tails[side + name] = tail * (sign, 1.0, 1.0)
    aims = {"Hips": "Spine", "Spine2": "Neck"}
    rng = np.random.default_rng(rolls)
    bones = []
    for name, (on, at) in heads.items():
        child = aims.get(name) or next((n for n, (p, _) in heads.items() if p == name), None)
        tail = tails[name] if name in tails else heads[child][1]  # type: ignore[index]
        matrix = rest_matrix(at, tail, roll=0.0 if rolls is None else float(rng.uniform(-3.0, 3.0)))
        bones.append(
            RestBone(prefix + name, None if on is None else prefix + on, matrix, float(np.linalg.norm(tail - at)))
        )
    return RestRig(tuple(bones), np.eye(4))


def renamed(rig: RestRig, names: dict[str, str]) -> RestRig:
    """The rig with other bone names."""
    bones = [
        replace(b, name=names.get(b.name, b.name), parent=names.get(b.parent, b.parent) if b.parent else None)
        for b in rig.bones
    ]
    return RestRig(tuple(bones), rig.matrix_world)


def without(rig: RestRig, *parts: str) -> RestRig:
    """The rig without the bones whose names hold one of ``parts``, and without what hangs on them."""
    gone = {b.name for b in rig.bones if any(part in b.name for part in parts)}
    return RestRig(
        tuple(b for b in rig.bones if b.name not in gone and not gone.intersection(rig.ancestors(b.name))),
        rig.matrix_world,
    )


def placed(rig: RestRig, scale: float, rotation: np.ndarray, at: tuple[float, float, float] = (0, 0, 0)) -> RestRig:
    """The same character with the bones' data scaled and turned the other way round, as an import leaves it.

    The object has ``scale``, ``rotation`` (3, 3) and place ``at``; the world sees the rig as it was, moved to ``at``.
    """
    world = np.eye(4)
    world[:3, :3] = scale * rotation
    world[:3, 3] = at
    undo = np.eye(4)
    undo[:3, :3] = rotation.T
    bones = []
    for bone in rig.bones:
        matrix = undo @ bone.matrix
        matrix[:3, 3] /= scale
        bones.append(replace(bone, matrix=matrix, length=bone.length / scale))
    return RestRig(tuple(bones), world)
