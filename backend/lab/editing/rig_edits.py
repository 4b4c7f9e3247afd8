# SPDX-License-Identifier: GPL-3.0-or-later
"""Edits on animated rigs, without Blender: rig to joints, edit, and the difference back onto the rig's own pose."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from ....rigs.body.body_parts import PART_JOINTS, part_of
from ....rigs.body.bone_curves import BoneCurves, Change
from ....rigs.body.forward_kinematics import pose
from ....rigs.body.resample import resample
from ....rigs.body.rest_rig import RestRig
from ....rigs.body.rotations import continuous, multiplied
from ....rigs.body.skeleton import FPS, INDEX
from ....rigs.detect.detection import Mapping, detect
from ....rigs.edits.relative import OriginalTake, relative
from ....rigs.errors import UserError
from ....rigs.solve.retarget import retarget
from ....rigs.solve.rig_to_joints import joints_from_pose
from ...motion.pipeline import Pipeline
from ...requests.edit import EditRequest
from ...training.data import Clip
from ..retargeting import sample_rig
from . import measures
from .cases import ARMS, END, FRAMES, START
from .report import EditFigure

RATE = 30.0  # of the scene
CLIPS_EACH = 2
# Families whose tables of rest poses are wanted: a part of the file's name, and what it stands for.
FAMILIES = {
    "mpfb_mixamo.": "Mixamo",
    "rigify_metarig": "Rigify metarig",
    "game_engine": "Unreal",
    "kaykit": "KayKit",
}
LIMBS = [
    (f"{side}_{start}", f"{side}_{end}")
    for side in ("left", "right")
    for start, end in (("shoulder", "elbow"), ("elbow", "wrist"), ("hip", "knee"), ("knee", "ankle"))
]


def rigs(folder: Path | None) -> dict[str, RestRig]:
    """A rig of each family found in ``folder`` by its name, else the built-in one. UserError where there is none."""
    if folder is None:
        return {"built-in": sample_rig.rest_rig()}
    found = {
        name: RestRig.from_table(path)
        for part, name in FAMILIES.items()
        for path in sorted(folder.glob("*.json"))
        if part in path.name
    }
    if not found:
        raise UserError(
            f"{folder} has no tables of rest poses.", "Leave --rigs away to use the built-in rig.", "no_data"
        )
    return found


def figures(pipeline: Pipeline, rigs: dict[str, RestRig], clips: Sequence[Clip]) -> list[EditFigure]:
    """What edits of the first clips say on every rig."""
    values: dict[str, list[float]] = defaultdict(list)
    tries = [
        animated(rig, clip.joints[:FRAMES], parts, number)
        for rig in rigs.values()
        for number, clip in enumerate(clips[:CLIPS_EACH])
        for parts in ((), ARMS)
    ]
    for one, made in zip(tries, pipeline.edit_all([one.request for one in tries]), strict=True):
        for key, value in measured(one, made.joints[0].astype(np.float64)).items():
            values[key].append(value)
    said = f"{', '.join(rigs)}: "
    return [
        EditFigure(said + "changed bones outside the parts", tuple(values["strangers"]), "", 0),
        EditFigure(said + "differing bits of their channels", tuple(values["bits"]), "", 0),
        EditFigure(said + "speed jump of limbs at borders, times P95", tuple(values["speed"]), "x", 1.5),
        EditFigure(said + "position jump of limbs at borders", tuple(values["gap"]), "cm", 1.0),
        EditFigure(said + "limb directions against the edited joints", tuple(values["limbs"]), "deg", judged="mean"),
        EditFigure(said + "the same of the clip before", tuple(values["limbs before"]), "deg", judged="mean"),
    ]


@dataclass(frozen=True)
class AnimatedRig:
    """A rig that a clip was put on: its channels by bone, its pose and its joints at the scene's rate, and the edit."""

    rig: RestRig
    mapping: Mapping
    curves: dict[str, BoneCurves]
    matrices: np.ndarray
    scene: np.ndarray
    request: EditRequest


def animated(rig: RestRig, joints: np.ndarray, parts: tuple[str, ...], seed: int) -> AnimatedRig:
    """A clip on a rig, and the edit of 2 s of what the rig then says."""
    mapping = detect(rig)
    curves = {curve.bone: curve for curve in retarget(joints, rig, mapping, fps=RATE)}
    matrices = pose(rig, curves.values())
    scene = joints_from_pose(matrices, rig, mapping)
    own = resample(scene, RATE, FPS).astype(np.float32)
    request = EditRequest(own, "regenerate", START, END, parts=parts, prompt="a person raises both arms", seed=seed)
    return AnimatedRig(rig, mapping, curves, matrices, scene, request)


def measured(one: AnimatedRig, made: np.ndarray) -> dict[str, float]:
    """The figures of an edit whose joints are ``made`` (K, 22, 3)."""
    rig, mapping, curves, matrices, scene = one.rig, one.mapping, one.curves, one.matrices, one.scene
    own, parts = one.request.joints, one.request.parts
    first, last = round(START * RATE / FPS), round(END * RATE / FPS)  # the frames that get keys
    frames = np.arange(first - 1, last + 1)  # and one on each side that keeps its pose
    take = OriginalTake(
        own.astype(np.float64),
        frames * FPS / RATE,
        matrices[frames],
        RATE,
        {0: 0, len(frames) - 1: len(frames) - 1},
        parts or tuple(PART_JOINTS),
    )
    changes = relative(take, made, rig, mapping)
    now = {**curves, **{c.bone: changed(curves[c.bone], c, slice(first - 1, last + 1)) for c in changes}}
    after = joints_from_pose(pose(rig, now.values()), rig, mapping)
    role = {bone: role for role, bone in mapping.bones.items()}
    chosen = {bone for bone in curves if not parts or part_of(role.get(bone, "pelvis")) in parts}
    outside = [bone for bone in curves if bone not in chosen]
    usual, gap = measures.usual_change(scene), measures.usual_gap(scene)
    borders = (first, last)
    inside = slice(first, last)
    return {
        "strangers": float(len({c.bone for c in changes} - chosen)),
        "bits": float(sum(measures.differing_bits(now[bone].rotations, curves[bone].rotations) for bone in outside)),
        "speed": measures.border_speed(after, borders, usual),
        "gap": measures.border_gap(after, borders, gap),
        "limbs": _limb_error(after[inside], resample(made, FPS, RATE)[inside]),
        "limbs before": _limb_error(scene[inside], resample(own, FPS, RATE)[inside]),
    }


def changed(curve: BoneCurves, change: Change, frames: slice) -> BoneCurves:
    """A bone's channels with a change in some of their frames."""
    rotations, locations = curve.rotations.copy(), curve.locations
    rotations[frames] = continuous(multiplied(rotations[frames], change.turn))
    if change.shift is not None and locations is not None:
        locations = locations.copy()
        locations[frames] += change.shift
    return replace(curve, rotations=rotations, locations=locations)


def _limb_error(joints: np.ndarray, wanted: np.ndarray) -> float:
    """Mean angle in degrees between the limbs of two motions (F, 22, 3)."""
    ways = [np.stack([m[:, INDEX[b]] - m[:, INDEX[a]] for a, b in LIMBS], axis=1) for m in (joints, wanted)]
    ways = [way / np.linalg.norm(way, axis=-1, keepdims=True) for way in ways]
    return float(np.degrees(np.arccos(np.clip((ways[0] * ways[1]).sum(-1), -1.0, 1.0))).mean())
