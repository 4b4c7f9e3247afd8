# SPDX-License-Identifier: GPL-3.0-or-later
"""The joint of a motion file that stands in for each of the 22 joints, for the families of the training data.

A stand-in is a joint name, alternatives joined by ``|``, or a mix ``A+B`` (the midpoint of the two).
Spine, neck and collars are approximations: the families cut the trunk at different heights.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..body.skeleton import JOINTS, PARENTS
from ..body.up_axis import motion_turn
from ..errors import UserError
from .acclaim import CMU_UNIT, read_amc, read_asf
from .bvh import Bvh, read_bvh

# The END of the named bone; the wrist is the end of lwrist, because lradius is two thirds of the forearm.
ACCLAIM = dict(
    zip(
        JOINTS,
        "root lhipjoint rhipjoint lowerback lfemur rfemur upperback ltibia rtibia thorax lfoot rfoot lowerneck "
        "thorax+lclavicle thorax+rclavicle head lclavicle rclavicle lhumerus rhumerus lwrist rwrist".split(),
        strict=True,
    )
)
# CMU takes as BVH with 38 joints; the second name is the variant of subjects 102 and 131.
CMU_BVH = dict(
    zip(
        JOINTS,
        "Hips LeftUpLeg|LeftHip RightUpLeg|RightHip Spine|Chest LeftLeg|LeftKnee RightLeg|RightKnee Spine1|Chest2 "
        "LeftFoot|LeftAnkle RightFoot|RightAnkle Neck|lowerneck LeftToeBase|LeftToe RightToeBase|RightToe Neck1|Neck "
        "LeftShoulder|LeftCollar+LeftArm|LeftShoulder RightShoulder|RightCollar+RightArm|RightShoulder Head_End "
        "LeftArm|LeftShoulder RightArm|RightShoulder LeftForeArm|LeftElbow RightForeArm|RightElbow "
        "LeftFingerBase|lhand RightFingerBase|rhand".split(),
        strict=True,
    )
)
# The 43-joint character of subjects 60, 61 and 94: no toes (the end of the foot), two trunk joints only.
CHARACTER_BVH = dict(
    zip(
        JOINTS,
        "hip lThigh rThigh abdomen lShin rShin abdomen+chest lFoot rFoot chest lFoot_End rFoot_End neck "
        "lCollar rCollar head lShldr rShldr lForeArm rForeArm lHand rHand".split(),
        strict=True,
    )
)
SMPL_BVH = {name: name for name in JOINTS}
TABLES = (SMPL_BVH, CMU_BVH, CHARACTER_BVH)


@dataclass(frozen=True)
class SourceMotion:
    """Stand-in positions of the 22 joints as read from a file."""

    joints: np.ndarray  # (F, 22, 3) metres, Y up, the file's own proportions, floor and heading
    fps: float
    remark: str = ""  # a sentence about contents that contradict the header


def _pick(names: dict[str, np.ndarray], stand_in: str, second: bool) -> np.ndarray:
    """Positions (F, 3) of one stand-in; ``second`` takes the second of two alternative names."""
    parts = [part.split("|")[-1 if second else 0] for part in stand_in.split("+")]
    return np.mean([names[part] for part in parts], axis=0)


def stand_ins(names: dict[str, np.ndarray], table: dict[str, str]) -> np.ndarray | None:
    """(F, 22, 3) if every stand-in of the table exists, under its first or its second name; else None."""
    for second in (False, True):
        try:
            return np.stack([_pick(names, table[joint], second) for joint in JOINTS], axis=1)
        except KeyError:
            continue
    return None


def is_whole(joints: np.ndarray) -> bool:
    """Whether all bones of joints (F, 22, 3) have a length: conversions of CMU's takes often lose the thorax."""
    lengths = np.linalg.norm(joints[0, 1:] - joints[0, list(PARENTS[1:])], axis=-1)
    return bool(lengths.min() > 1e-3 * lengths.max())


def joints_of_bvh(bvh: Bvh, name: str) -> SourceMotion:
    """The 22 joints of a BVH file of a known family.

    The unit is inferred from the size of the figure: the sum of both thighs and shins of a human is 1.2 to
    2.2 m, which separates metres, CMU's unit and centimetres by more than a factor of five each.

    Raises:
        UserError: the joint names belong to no known family, or joints of it lie in one place.
    """
    positions = bvh.positions()
    named = {joint: positions[:, j] for j, joint in enumerate(bvh.names)}
    for table in TABLES:
        joints = stand_ins(named, table)
        if joints is not None and is_whole(joints):
            break
    else:
        raise UserError(
            f"{name} has a skeleton that is not known (its root is {bvh.names[0]!r}).",
            "Use a BVH with CMU, ACCAD or SMPL joint names, or retarget it in Blender first.",
            "unknown_skeleton",
        )
    legs = sum(
        np.median(np.linalg.norm(joints[:, a] - joints[:, b], axis=1)) for a, b in ((1, 4), (4, 7), (2, 5), (5, 8))
    )
    scale = next((s for s in (1.0, CMU_UNIT, 0.01, 0.0254, 0.001) if 0.7 <= legs * s <= 2.8), None)
    if scale is None:
        raise UserError(
            f"The legs of {name} measure {legs:.3g} units in all, which fits no unit of length.",
            "Export it in metres or centimetres.",
            "unknown_unit",
        )
    turn, remark = motion_turn(joints)
    return SourceMotion(joints @ turn.T * scale, bvh.fps, bvh.remark or remark)


def read_source(path: str | Path, asf: str | Path | None = None, amc_fps: float = 30.0) -> SourceMotion:
    """Read a .bvh, or an .amc with its .asf (found beside it or given); AMC files carry no frame rate.

    Raises:
        UserError: unreadable, broken, or of an unknown family.
    """
    path = Path(path)
    if path.suffix.lower() == ".bvh":
        return joints_of_bvh(read_bvh(path), path.name)
    if path.suffix.lower() != ".amc":
        raise UserError(f"{path.name} is neither .bvh nor .amc.", "Convert it to BVH first.", "unknown_format")
    subject = f"{path.stem.split('_')[0]}.asf"
    places = [Path(asf)] if asf else [path.with_name(subject), path.parent.parent / "asf" / subject]
    found = next((place for place in places if place.is_file()), None)
    if found is None:
        raise UserError(f"{path.name} needs its skeleton {subject}.", "Put the .asf file beside it.", "no_asf")
    ends = {name: values * CMU_UNIT for name, values in read_amc(path, read_asf(found)).items()}
    joints = stand_ins(ends, ACCLAIM)
    if joints is None:
        raise UserError(f"{path.name} lacks bones of the CMU skeleton.", "Convert it to BVH first.", "unknown_skeleton")
    return SourceMotion(joints, amc_fps)
