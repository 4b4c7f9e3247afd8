# SPDX-License-Identifier: GPL-3.0-or-later
"""One clip on one rig, measured: against its joints, against the take's own rotations, and there and back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from ....rigs.body.forward_kinematics import pose
from ....rigs.body.resample import resample
from ....rigs.body.rest_rig import RestRig
from ....rigs.body.rotations import about, angle_between, angle_of
from ....rigs.body.skeleton import BONE_LENGTHS, FPS, INDEX, JOINTS, MAX_FRAMES, MIRROR, PARENTS
from ....rigs.detect.detection import Mapping, detect
from ....rigs.files.bvh_rig import pose_matrices, standing_rig
from ....rigs.files.motion_sources import joints_of_bvh
from ....rigs.solve.retarget import retarget
from ....rigs.solve.rig_to_joints import joints_from_pose
from ....rigs.solve.settings import DEFAULTS, RetargetSettings
from ..timing import median_times
from . import posed_rig as measure
from .clips import RealClip, load_bvh
from .posed_rig import LIMBS, PosedRig
from .sample_rig import rest_rig

UNLOCKED = RetargetSettings(foot_lock=0.0)
# What of a take's own rotations 22 positions can show; the twist of a forearm cannot be seen in them.
SEEN = ("shoulder", "hip", "knee")
# Metres from the ankles to the head's joint of the model's skeleton when it stands.
TALL = float(BONE_LENGTHS[[INDEX[n] for n in "left_knee left_ankle spine1 spine2 spine3 neck head".split()]].sum())


@dataclass(frozen=True)
class ClipFigures:
    """One clip on one rig, with the feet locked as users get it; ``free`` are figures without the lock.

    Angles are degrees, lengths cm of the source, shares percent; ``nan`` where a clip has nothing to measure.
    """

    clip: str
    group: str
    direction: float
    free_direction: float
    stretch: float
    gap: float
    flatness: float
    off_ground: float
    twist: dict[str, float]
    wrong_bends: float
    step: float
    slide: float
    free_slide: float
    source_slide: float


def solved(joints: np.ndarray, rig: RestRig, mapping: Mapping, settings: RetargetSettings = DEFAULTS) -> PosedRig:
    """The pose that users get of a clip (F, 22, 3), at 20 fps, of the rig as its constraints move it."""
    curves = retarget(joints, rig, mapping, fps=FPS, settings=settings)
    moved = rig.rewired(mapping.moved_by)
    return PosedRig(moved, mapping, pose(moved, curves))


def clip_figures(clip: RealClip, rig: RestRig, mapping: Mapping) -> ClipFigures:
    """Everything about one clip on one rig."""
    locked, free = (solved(clip.joints, rig, mapping, settings) for settings in (DEFAULTS, UNLOCKED))
    slide, source_slide, _ = measure.travels(locked, clip.joints)
    return ClipFigures(
        clip=clip.id,
        group=clip.group,
        direction=measure.direction_error(locked, clip.joints),
        free_direction=measure.direction_error(free, clip.joints),
        stretch=measure.stretch(locked),
        gap=measure.gap(locked),
        flatness=measure.flatness(locked, clip.joints),
        off_ground=measure.off_ground(locked, clip.joints),
        twist=measure.twists(locked),
        wrong_bends=100.0 * measure.wrong_bends(locked),
        step=measure.unexplained_step(locked, clip.joints),
        slide=100.0 * slide,
        free_slide=100.0 * measure.travels(free, clip.joints)[0],
        source_slide=100.0 * source_slide,
    )


@dataclass(frozen=True)
class Fidelity:
    """A take of a skeleton, turned into 22 joints and solved on the same skeleton, beside the take itself."""

    clip: str
    errors: dict[str, np.ndarray]  # (F,) distances in cm by joint
    direction: float  # degrees, mean over limbs
    direction_all: float  # degrees, mean over all bones between mapped joints
    turns: dict[str, float]  # mean degrees including twist, by part


def fidelity(clip: RealClip, settings: RetargetSettings = DEFAULTS) -> Fidelity:
    """How near a take comes back. The result may be moved and turned about the vertical as a whole."""
    truth, unit = take_of(clip)
    made = solved(clip.joints, truth.rig, truth.mapping, settings)
    fps, count = load_bvh(clip.path).fps, len(clip.joints)
    roles = [role for role in JOINTS if role in truth.mapping.bones]

    def window(path: np.ndarray) -> np.ndarray:
        return resample(path, fps, FPS)[clip.first : clip.first + count]

    wanted = np.stack([window(truth.point(role)) for role in roles], axis=1)
    found = np.stack([made.point(role) for role in roles], axis=1)
    middle = found.mean(axis=(0, 1))
    yaw = _yaw(found - middle, wanted - wanted.mean(axis=(0, 1)))
    found = (found - middle) @ yaw.T + wanted.mean(axis=(0, 1))
    pairs = [
        (roles.index(JOINTS[PARENTS[j]]), roles.index(name))
        for j, name in enumerate(JOINTS)
        if name in roles and j and JOINTS[PARENTS[j]] in roles
    ]
    limbs = [(roles.index(a), roles.index(b)) for a, b in LIMBS if b in roles]

    def error(bones: list[tuple[int, int]]) -> float:
        ways = [points[:, [b for _, b in bones]] - points[:, [a for a, _ in bones]] for points in (found, wanted)]
        return float(np.degrees(angle_of(ways[0], ways[1])).mean())

    # Rotations are compared at the frames of the take that fall on frames of the result.
    at = (clip.first + np.arange(count)) * fps / FPS
    known = np.isclose(at, np.round(at)) & (at < len(truth.matrices) - 0.5)
    turns: dict[str, list[float]] = {}
    for role, _ in LIMBS:
        now = yaw @ made.end_turn(role)[known]
        angle = np.degrees(angle_between(now, truth.end_turn(role)[np.round(at[known]).astype(int)]))
        turns.setdefault(role.partition("_")[2], []).append(float(angle.mean()))
    distances = np.linalg.norm(found - wanted, axis=-1) * unit * 100.0
    return Fidelity(
        clip.id,
        dict(zip(roles, distances.T, strict=True)),
        error(limbs),
        error(pairs),
        {part: float(np.mean(angles)) for part, angles in turns.items()},
    )


def take_of(clip: RealClip) -> tuple[PosedRig, float]:
    """The whole take of a clip as poses of its own skeleton, and the metres in its unit."""
    bvh = load_bvh(clip.path)
    rig, mapping = standing_rig(bvh)
    truth = PosedRig(rig, mapping, pose_matrices(bvh, rig))
    return truth, measure.leg_length(joints_of_bvh(bvh, clip.path.name).joints) / truth.leg


def _yaw(points: np.ndarray, goals: np.ndarray) -> np.ndarray:
    """The turn (3, 3) about Z that takes centred points (..., 3) as near as possible to their goals."""
    sine = (points[..., 0] * goals[..., 1] - points[..., 1] * goals[..., 0]).sum()
    cosine = (points[..., 0] * goals[..., 0] + points[..., 1] * goals[..., 1]).sum()
    return about(np.array([0.0, 0.0, 1.0]), np.arctan2(sine, cosine))


@dataclass(frozen=True)
class RoundTrip:
    """Rig to joints and back: mean distance of the limbs' joints, mean angles of limb bones in degrees.

    The distance is in cm of a figure that is as tall as the model's, from the ankles to the head's joint.
    """

    clip: str
    place: float
    direction: float
    turn: float  # including roll


def round_trip(clip: str, before: PosedRig, rig: RestRig) -> RoundTrip:
    """An animated rig through the 22 joints and back, without the feet's lock, which would move them on purpose."""
    order = [before.rig.index[bone.name] for bone in rig.bones]  # constraints may have given bones another place
    armature = (np.linalg.inv(rig.matrix_world) @ before.matrices)[:, order]
    joints = joints_from_pose(armature, rig, before.mapping)
    after = solved(joints, rig, before.mapping, UNLOCKED)
    tall = [float(before.at_rest(role)[2]) for role in ("head", "left_ankle")]
    scale = TALL / (tall[0] - tall[1])
    places = [np.linalg.norm(after.point(end) - before.point(end), axis=-1).mean() for _, end in LIMBS]
    turns = [np.degrees(angle_between(after.end_turn(start), before.end_turn(start))).mean() for start, _ in LIMBS]
    direction = np.degrees(angle_of(after.directions(), before.directions())).mean()
    return RoundTrip(clip, float(np.mean(places)) * scale * 100.0, float(direction), float(np.mean(turns)))


def captured_round_trip(clip: RealClip) -> RoundTrip:
    """The same for a take's own animation of its skeleton."""
    truth, _ = take_of(clip)
    fps = load_bvh(clip.path).fps
    first = round(clip.first * fps / FPS)
    part = slice(first, first + round(len(clip.joints) * fps / FPS), round(fps / FPS + 0.4))
    matrices = np.linalg.inv(truth.rig.matrix_world) @ truth.matrices[part]
    return round_trip(clip.id, PosedRig(truth.rig, truth.mapping, matrices), truth.rig)


def sabotaged(mapping: Mapping) -> dict[str, Mapping]:
    """Wrong mappings that the gates must catch: all sides swapped, and the legs alone (the pelvis faces back)."""
    twin = {role: JOINTS[MIRROR[INDEX[role]]] if role in INDEX else role for role in mapping.bones}
    swapped = {role: mapping.bones.get(twin[role], bone) for role, bone in mapping.bones.items()}
    legs = {
        role: swapped[role] if role.endswith(("hip", "knee", "ankle", "foot")) else bone
        for role, bone in mapping.bones.items()
    }
    bare = replace(mapping, twists=(), ik=())
    return {
        "swapped": replace(bare, bones=swapped),
        "legs swapped": replace(bare, bones=legs),
    }


def backwards(clip: RealClip, rig: RestRig, mapping: Mapping) -> float:
    """Direction error in degrees of a character that does everything with its back to where the source faces."""
    made = solved(clip.joints, rig, mapping)
    half_turn = np.diag([-1.0, -1.0, 1.0, 1.0])
    made.matrices = half_turn @ made.matrices
    return measure.direction_error(made, clip.joints)


@dataclass(frozen=True)
class Speed:
    """Milliseconds of processor time for ``MAX_FRAMES`` frames onto a rig of 60 bones: at once, and frame by frame."""

    at_once: float
    by_frame: float
    bones: int


def speed(joints: np.ndarray, runs: int = 5) -> Speed:
    """Medians, on one core: the time of the processor, which other programs do not lengthen."""
    joints = joints[np.arange(MAX_FRAMES) % len(joints)]
    rig = rest_rig()
    mapping = detect(rig)
    at_once = _milliseconds(lambda: retarget(joints, rig, mapping, fps=FPS), runs)
    single = _milliseconds(lambda: retarget(joints[:1], rig, mapping, fps=FPS), 3 * runs)
    return Speed(at_once, single * MAX_FRAMES, len(rig.bones))


def _milliseconds(work: Callable[[], object], runs: int) -> float:
    return median_times(work, runs).processor * 1000.0
