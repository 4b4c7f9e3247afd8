# SPDX-License-Identifier: GPL-3.0-or-later
"""IK targets and poles for the same motion, and a root bone that carries the travel.

Motion is solved for the bones of the mapping first. Then forward kinematics gives their pose, and the other controls
are moved to where they produce the same one.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from ..body.bone_curves import BoneCurves
from ..body.forward_kinematics import pose
from ..body.rest_rig import RestRig
from ..body.rotations import about, continuous, normalised, perpendicular, quaternion_from_matrix, transpose
from ..body.skeleton import LIMB_PARTS
from ..body.smoothing import smoothstep
from ..detect.mapping import IkLimb, Mapping, Switch
from ..detect.rest_figure import Figure
from .settings import FK, IK, IK_LEGS, ROOT, RetargetSettings

# Shares of a limb's length by which its middle joint is off the line from end to end. Below the first the limb is
# nearly straight and the roll of its upper bone sets its bend direction; above the second the joint itself does.
STRAIGHT, BENT = 0.03, 0.10


def on_ik(mapping: Mapping, limbs: str) -> tuple[IkLimb, ...]:
    """The limbs that IK moves under the setting ``limbs``."""
    wanted = {IK: ("_wrist", "_ankle"), IK_LEGS: ("_ankle",)}.get(limbs, ())
    return tuple(limb for limb in mapping.ik if limb.limb.endswith(wanted) and limb.limb in mapping.bones)


def usual_limbs(mapping: Mapping) -> str:
    """The default of a rig: IK for legs whose controls an edit can change too, FK for all else."""
    legs = [limb for limb in mapping.ik if limb.limb.endswith("_ankle")]
    return IK_LEGS if len(legs) == 2 and all(limb.shown for limb in legs) else FK


def switches(mapping: Mapping, limbs: str) -> tuple[Switch, ...]:
    """The properties to set for FK or IK ``limbs``; those of IK take the place of the mapping's own.

    The controls of limbs on FK follow their hands and feet. Their own switches are set too, so that a limb that is
    switched to IK later keeps its pose.
    """
    own = {(switch.bone, switch.property): switch for switch in mapping.switches}
    moved = {limb.limb for limb in on_ik(mapping, limbs)}
    wanted = dict(own)
    for limb in mapping.ik:
        these = {(switch.bone, switch.property): switch for switch in limb.switches}
        wanted |= {key: switch for key, switch in these.items() if limb.limb in moved or key not in own}
    return tuple(wanted.values())


def carrier_of(rig: RestRig, name: str) -> str:
    """The bone that carries the travel: the nearest, from the pelvis ``name`` up, that may be moved.

    Blender ignores the location of a connected bone. If all are locked, it is the nearest that is not connected.
    """
    chain = [bone for bone in map(rig.bone, (name, *rig.ancestors(name))) if not bone.connected or bone.parent is None]
    return next((bone.name for bone in chain if bone.moves), chain[0].name)


def root_bone(rig: RestRig, mapping: Mapping) -> str | None:
    """The topmost ancestor of the bone that moves the hips, if it has one."""
    wired = rig.rewired(mapping.wiring)
    above = wired.ancestors(carrier_of(wired, mapping.bones["pelvis"]))
    return above[-1] if above else None


def bearing_bones(rig: RestRig, mapping: Mapping) -> set[str]:
    """The bones that decide where the feet are, by FK or by IK; ``rig`` is rewired as the mapping says."""
    legs = {role: name for role, name in mapping.bones.items() if role.endswith(("_hip", "_knee", "_ankle"))}
    feet = [limb for limb in mapping.ik if limb.limb.endswith("_ankle")]
    controls = {name for limb in feet for name in (limb.target, limb.pole) if name}
    pelvis = mapping.bones["pelvis"]
    return {pelvis, *legs.values(), *controls, carrier_of(rig, pelvis), *rig.ancestors(pelvis)}


def remarks(mapping: Mapping, settings: RetargetSettings, root: str | None) -> tuple[str, ...]:
    """Sentences for the user about settings that the rig does not support; ``root`` is that of ``root_bone``."""
    out = []
    if settings.root == ROOT and root is None:
        out.append("The rig has no root bone above the hips, so the hips carry the travel.")
    if settings.limbs != FK and not mapping.ik:
        out.append("The rig has no IK controls that are known here, so the limbs have FK keys.")
    return tuple(out)


def root_curves(rig: RestRig, name: str, travel: np.ndarray) -> BoneCurves:
    """The root bone carrying ``travel`` (F, 3), armature space; its rotation is left alone."""
    still = np.tile([1.0, 0.0, 0.0, 0.0], (len(travel), 1))
    return BoneCurves(name, still, travel @ rig.bone(name).matrix[:3, :3], turns=False)


def with_ik(figure: Figure, curves: tuple[BoneCurves, ...], limbs: str = IK) -> tuple[BoneCurves, ...]:
    """The same motion with limbs on their IK controls, where the mapping knows these and ``limbs`` asks for them.

    The controls of limbs that stay on FK get curves too, so that they follow the hands and feet.
    """
    rig, mapping = figure.rig, figure.mapping
    known = [limb for limb in mapping.ik if limb.limb in mapping.bones]
    moved = on_ik(mapping, limbs)
    controls = [name for limb in known for name in (limb.target, limb.pole, limb.toes) if name]
    chain = part(rig, [*mapping.bones.values(), *controls])
    pose_matrices = pose(chain, curves)
    made: list[BoneCurves] = []
    replaced: set[str] = set()
    for limb in known:
        side, _, end = limb.limb.partition("_")
        roles = [f"{side}_{joint}" for joint in LIMB_PARTS[end]]
        made += _limb_controls(chain, pose_matrices, mapping, limb, roles)
        if limb not in moved:
            continue
        replaced |= {mapping.bones[role] for role in roles}
        if limb.toes:
            replaced.add(mapping.bones.get(f"{side}_foot", limb.toes))
    return (*(curve for curve in curves if curve.bone not in replaced), *made)


def as_parented(rig: RestRig, figure: Figure, curves: tuple[BoneCurves, ...]) -> tuple[BoneCurves, ...]:
    """The same motion in channels relative to the parents in ``rig``, where the mapping's ``hung`` bones follow other
    bones: these get a location."""
    hung = [name for name, _ in figure.mapping.hung]
    if not hung:
        return curves
    above = [name for bone in hung for name in (bone, *rig.ancestors(bone))]
    chain = part(figure.rig, [*above, *figure.mapping.bones.values()])
    pose_matrices = pose(chain, curves)
    parented = RestRig(tuple(rig.bone(bone.name) for bone in chain.bones), rig.matrix_world)
    made = {name: channels_of(parented, pose_matrices, name, pose_matrices[:, chain.index[name]]) for name in hung}
    there = {curve.bone for curve in curves}
    return (*(made.get(curve.bone, curve) for curve in curves), *(made[name] for name in hung if name not in there))


def part(rig: RestRig, names: Iterable[str]) -> RestRig:
    """Those bones of a rig and their ancestors."""
    wanted = {name for bone in names for name in (bone, *rig.ancestors(bone))}
    return RestRig(tuple(bone for bone in rig.bones if bone.name in wanted), rig.matrix_world)


def _limb_controls(
    rig: RestRig, pose_matrices: np.ndarray, mapping: Mapping, limb: IkLimb, roles: list[str]
) -> list[BoneCurves]:
    """The curves of a limb's controls; ``pose_matrices`` (F, bones, 4, 4) is the pose in which they are at rest."""
    out = []

    def moved(name: str, by: str) -> np.ndarray:
        """Pose (F, 4, 4) of a bone that follows the bone ``by`` rigidly from rest."""
        i, k = rig.index[name], rig.index[by]
        return pose_matrices[:, k] @ np.linalg.inv(rig.bones[k].matrix) @ rig.bones[i].matrix

    end = mapping.bones[roles[2]]
    target = moved(limb.target, end)
    out.append(channels_of(rig, pose_matrices, limb.target, target))
    if limb.pole is not None:
        heads = [pose_matrices[:, rig.index[mapping.bones[role]], :3, 3] for role in roles]
        rest = [rig.bone(mapping.bones[role]).head for role in roles]
        upper = rig.index[mapping.bones[roles[0]]]
        turn = pose_matrices[:, upper, :3, :3] @ rig.bones[upper].matrix[:3, :3].T
        place = pose_matrices[:, rig.index[limb.pole]].copy()
        place[:, :3, 3] = pole_path(heads, rest, rig.bone(limb.pole).head, turn)
        out.append(channels_of(rig, pose_matrices, limb.pole, place, turns=False))
    toes = mapping.bones.get(f"{roles[2].partition('_')[0]}_foot")
    if limb.toes is not None and toes is not None:
        # The control hangs on the target, which is not in ``pose_matrices`` yet: its base is where the target takes it.
        i, k = rig.index[limb.toes], rig.index[limb.target]
        base = target @ np.linalg.inv(rig.bones[k].matrix) @ rig.bones[i].matrix
        local = transpose(base[:, :3, :3]) @ moved(limb.toes, toes)[:, :3, :3]
        out.append(BoneCurves(limb.toes, continuous(quaternion_from_matrix(local)), None))
    return out


def channels_of(
    rig: RestRig, pose_matrices: np.ndarray, name: str, wanted: np.ndarray, turns: bool = True
) -> BoneCurves:
    """The channels that bring a bone to ``wanted`` (F, 4, 4) from its parent's pose."""
    i = rig.index[name]
    bone, parent = rig.bones[i], rig.parents[i]
    base = np.broadcast_to(bone.matrix, wanted.shape)
    if parent >= 0:
        base = pose_matrices[:, parent] @ (np.linalg.inv(rig.bones[parent].matrix) @ bone.matrix)
    location = (transpose(base[:, :3, :3]) @ (wanted[:, :3, 3] - base[:, :3, 3])[..., None])[..., 0]
    axes = base[:, :3, :3] if bone.inherit_rotation else bone.matrix[:3, :3]
    local = np.swapaxes(axes, -1, -2) @ wanted[:, :3, :3]
    if not turns:
        local = np.broadcast_to(np.eye(3), local.shape)
    return BoneCurves(name, continuous(quaternion_from_matrix(local)), location, turns=turns)


def pole_path(heads: list[np.ndarray], rest: list[np.ndarray], pole: np.ndarray, turn: np.ndarray) -> np.ndarray:
    """The path (F, 3) of a pole that keeps the middle joint in place.

    It keeps its distance from the middle joint, and lies off the line from the limb's root to its end on the side on
    which the joint is; for a nearly straight limb the roll of its upper bone gives that side.

    Args:
        heads: (F, 3) each, root, middle and end of the limb.
        rest: (3,) each, the same at rest.
        pole: (3,) at rest.
        turn: (F, 3, 3) from rest to pose of the upper bone.
    """
    line, along = normalised(heads[2] - heads[0]), normalised(rest[2] - rest[0])
    length = np.linalg.norm(rest[1] - rest[0]) + np.linalg.norm(rest[2] - rest[1])
    away = pole - rest[1]
    side = perpendicular(away, along)
    rolled = normalised(perpendicular(turn @ side, line))
    bend = perpendicular(heads[1] - heads[0], line)
    bend_at_rest = perpendicular(rest[1] - rest[0], along)
    if np.linalg.norm(bend_at_rest) > 0.002 * length:  # the pole may stand off the plane of the limb
        angle = np.arctan2(np.cross(bend_at_rest, side) @ along, bend_at_rest @ side)
        bend = (about(line, np.full(len(line), angle)) @ bend[..., None])[..., 0]
    share = smoothstep((np.linalg.norm(bend, axis=-1, keepdims=True) / length - STRAIGHT) / (BENT - STRAIGHT))
    direction = normalised((1.0 - share) * rolled + share * normalised(bend))
    path: np.ndarray = heads[1] + np.linalg.norm(side) * direction + float(away @ along) * line
    return path
