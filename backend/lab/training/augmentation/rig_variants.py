# SPDX-License-Identifier: GPL-3.0-or-later
"""Training clips as they are read back from characters of other builds: the recognizer learns a motion on any rig.

A take that is labelled in Blender has been put on a rig: it was solved on that rig's proportions, its feet were
planted, and it is read back in the posture that all rigs are read in (`coamd.rigs.body.posture.OWN`). The rigs here are
made of numbers: people from child to giant in a T-pose or an A-pose, some without collars, neck or part of the spine.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from .....rigs.body.canonical import canonical, mirrored
from .....rigs.body.forward_kinematics import pose
from .....rigs.body.rest_rig import RestBone, RestRig, rest_matrix
from .....rigs.body.rotations import about
from .....rigs.body.skeleton import BONE_LENGTHS, FPS, JOINTS, PARENTS
from .....rigs.detect.detection import Mapping, detect
from .....rigs.solve.retarget import retarget
from .....rigs.solve.rig_to_joints import joints_from_pose
from ....training.data import Clip

# Mixamo's bone for each joint; the joint is the bone's head.
BONES = {
    "pelvis": "Hips",
    "spine1": "Spine",
    "spine2": "Spine1",
    "spine3": "Spine2",
    "neck": "Neck",
    "head": "Head",
    "collar": "Shoulder",
    "shoulder": "Arm",
    "elbow": "ForeArm",
    "wrist": "Hand",
    "hip": "UpLeg",
    "knee": "Leg",
    "ankle": "Foot",
    "foot": "ToeBase",
}
# How far the lengths of a build are from the model's, as the deviation of their logarithm.
BUILD = {"hip": 0.15, "knee": 0.12, "ankle": 0.12, "foot": 0.2, "collar": 0.25, "shoulder": 0.25, "elbow": 0.12}
BUILD |= {"wrist": 0.12, "spine1": 0.2, "spine2": 0.2, "spine3": 0.2, "neck": 0.15, "head": 0.3}
LOWERED = np.radians(50.0)  # arms of an A-pose
LACKING = {"collar": 0.15, "spine2": 0.3, "spine3": 0.15, "neck": 0.1}  # how often a rig has no bone for a joint


def random_rig(rng: np.random.Generator) -> tuple[RestRig, Mapping]:
    """A character of random build with Mixamo's names, Z up, facing -Y, in armature units of a random size."""
    lacking = {part for part, share in LACKING.items() if rng.random() < share}
    joints = standing({part: float(np.exp(rng.normal(0.0, spread))) for part, spread in BUILD.items()}, rng)
    joints = joints * float(np.exp(rng.normal(0.0, 0.3)))
    bones = []
    for j, name in enumerate(JOINTS):
        if part_of(name) in lacking:
            continue
        above = PARENTS[j]
        while above >= 0 and part_of(JOINTS[above]) in lacking:
            above = PARENTS[above]
        children = [i for i, parent in enumerate(PARENTS) if parent == j]
        along = joints[j] - joints[PARENTS[j]] if j else np.array([0.0, 0.0, 0.1])
        tail = joints[children[0]] if len(children) == 1 else joints[j] + 0.5 * along
        matrix = rest_matrix(joints[j], tail, roll=float(rng.uniform(-3.0, 3.0)))
        length = float(np.linalg.norm(tail - joints[j]))
        bones.append(RestBone(bone_of(name), bone_of(JOINTS[above]) if above >= 0 else None, matrix, length))
    rig = RestRig(tuple(bones), np.eye(4))
    return rig, detect(rig)


def standing(build: dict[str, float], rng: np.random.Generator) -> np.ndarray:
    """(22, 3) a figure at rest, Z up, facing -Y, its soles at 0; ``build`` scales the lengths to the joints."""
    lowered = LOWERED * rng.random() if rng.random() < 0.5 else 0.0
    slope = rng.uniform(0.15, 0.8)
    joints = np.zeros((len(JOINTS), 3))
    for j, name in enumerate(JOINTS[1:], start=1):
        part, sign = part_of(name), -1.0 if name.startswith("right_") else 1.0
        if part == "hip":
            way = np.array([sign, 0.0, -0.6])
        elif part in ("collar", "shoulder"):
            way = np.array([sign, 0.0, 1.2 if part == "collar" else 0.0])
        elif part in ("elbow", "wrist"):
            way = about(np.array([0.0, sign, 0.0]), np.array(lowered)) @ np.array([sign, 0.0, 0.0])
        elif part in ("knee", "ankle"):
            way = np.array([0.0, 0.0, -1.0])
        elif part == "foot":
            way = np.array([0.0, -np.cos(slope), -np.sin(slope)])
        else:
            way = np.array([0.0, 0.0, 1.0])
        joints[j] = joints[PARENTS[j]] + BONE_LENGTHS[j] * build[part] * way / np.linalg.norm(way)
    joints[:, 2] -= joints[:, 2].min()
    return joints


def part_of(joint: str) -> str:
    """A joint's name without its side."""
    return joint.rpartition("_")[2]


def bone_of(joint: str) -> str:
    """Mixamo's name of the bone whose head a joint is."""
    side, _, part = joint.rpartition("_")
    return f"mixamorig:{side.capitalize()}{BONES[part]}"


def read_back(joints: np.ndarray, rig: RestRig, mapping: Mapping) -> np.ndarray:
    """A canonical clip (F, 22, 3) put on a rig and read off it again, canonical, as that character's takes are read."""
    back = joints_from_pose(pose(rig, retarget(joints, rig, mapping, fps=FPS)), rig, mapping)
    return canonical(back, FPS)


def rig_variants(clips: Sequence[Clip], seed: int, tick: Callable[[], object] = lambda: None) -> list[Clip]:
    """Each clip once more, in the same order, on a rig of its own; a mirrored clip is its original's mirrored."""
    made: dict[str, np.ndarray] = {}
    out = []
    for number, clip in enumerate(clips):
        name = clip.id.removeprefix("M") if clip.mirrored else clip.id
        if name not in made:
            rng = np.random.default_rng([seed, number])
            joints = mirrored(clip.joints) if clip.mirrored else clip.joints
            made[name] = read_back(joints, *random_rig(rng))
            tick()
        back = mirrored(made[name]) if clip.mirrored else made[name]
        out.append(replace(clip, joints=back.astype(np.float32)))
    return out
