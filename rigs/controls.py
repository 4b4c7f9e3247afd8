# SPDX-License-Identifier: GPL-3.0-or-later
"""Other controls for the same motion: IK targets and poles for limbs, and a root bone that carries the travel.

Everything is solved for the bones of the mapping first. What is here then asks where those bones are, by forward
kinematics, and moves the other controls to where they bring about the same pose.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from .curves import BoneCurves
from .figure import Figure
from .mapping import IkLimb, Mapping, Switch
from .pose import pose
from .rest import RestRig
from .rotations import about, continuous, normalised, perpendicular, quaternion_from_matrix, transpose
from .settings import IK, ROOT, RetargetSettings

# Upper, middle and end joint of the limb that ends at ...
CHAIN = {"wrist": ("shoulder", "elbow", "wrist"), "ankle": ("hip", "knee", "ankle")}
# Shares of a limb's length by which its middle joint is off the line from end to end. Below the first the limb is as
# good as straight and the roll of its upper bone says where it bends; above the second the joint itself does.
STRAIGHT, BENT = 0.03, 0.10


def switches(mapping: Mapping, limbs: str) -> tuple[Switch, ...]:
    """The properties to set for FK or IK ``limbs``; those of IK take the place of the mapping's own."""
    wanted = {(switch.bone, switch.property): switch for switch in mapping.switches}
    if limbs == IK:
        wanted |= {(switch.bone, switch.property): switch for limb in mapping.ik for switch in limb.switches}
    return tuple(wanted.values())


def carrier_of(rig: RestRig, name: str) -> str:
    """The bone that carries the travel: the nearest, from the pelvis ``name`` up, that may be moved.

    Blender ignores the location of a connected bone. Where all are locked, the nearest that is not connected has to.
    """
    chain = [bone for bone in map(rig.bone, (name, *rig.ancestors(name))) if not bone.connected or bone.parent is None]
    return next((bone.name for bone in chain if bone.moves), chain[0].name)


def root_bone(rig: RestRig, mapping: Mapping) -> str | None:
    """The bone above all others that move the figure, where there is one above the one that moves the hips."""
    wired = rig.rewired(mapping.moved_by)
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
    """Sentences for the user about what the rig cannot do of the settings; ``root`` is that of ``root_bone``."""
    out = []
    if settings.root == ROOT and root is None:
        out.append("The rig has no root bone above the hips, so the hips carry the travel.")
    if settings.limbs == IK and not mapping.ik:
        out.append("The rig has no IK controls that are known here, so the limbs have FK keys.")
    return tuple(out)


def root_curves(rig: RestRig, name: str, travel: np.ndarray) -> BoneCurves:
    """The root bone carrying ``travel`` (F, 3), armature space; its rotation is left alone."""
    still = np.tile([1.0, 0.0, 0.0, 0.0], (len(travel), 1))
    return BoneCurves(name, still, travel @ rig.bone(name).matrix[:3, :3], turns=False)


def with_ik(figure: Figure, curves: tuple[BoneCurves, ...]) -> tuple[BoneCurves, ...]:
    """The same motion with the limbs on their IK controls, as far as the mapping knows these."""
    rig, mapping = figure.rig, figure.mapping
    limbs = [limb for limb in mapping.ik if limb.limb in mapping.bones]
    controls = [name for limb in limbs for name in (limb.target, limb.pole, limb.toes) if name]
    chain = part(rig, [*mapping.bones.values(), *controls])
    posed = pose(chain, curves)
    made: list[BoneCurves] = []
    replaced: set[str] = set()
    for limb in limbs:
        side, _, end = limb.limb.partition("_")
        roles = [f"{side}_{joint}" for joint in CHAIN[end]]
        made += _limb_controls(chain, posed, mapping, limb, roles)
        replaced |= {mapping.bones[role] for role in roles}
        if limb.toes:
            replaced.add(mapping.bones.get(f"{side}_foot", limb.toes))
    return (*(curve for curve in curves if curve.bone not in replaced), *made)


def part(rig: RestRig, names: Iterable[str]) -> RestRig:
    """Those bones of a rig and all that they hang on."""
    wanted = {name for bone in names for name in (bone, *rig.ancestors(bone))}
    return RestRig(tuple(bone for bone in rig.bones if bone.name in wanted), rig.matrix_world)


def _limb_controls(
    rig: RestRig, posed: np.ndarray, mapping: Mapping, limb: IkLimb, roles: list[str]
) -> list[BoneCurves]:
    """The curves of a limb's controls; ``posed`` (F, bones, 4, 4) is the pose in which they stand at rest."""
    out = []

    def moved(name: str, by: str) -> np.ndarray:
        """Pose (F, 4, 4) of a bone that goes wherever the bone ``by`` takes it from rest."""
        i, k = rig.index[name], rig.index[by]
        return posed[:, k] @ np.linalg.inv(rig.bones[k].matrix) @ rig.bones[i].matrix

    end = mapping.bones[roles[2]]
    target = moved(limb.target, end)
    out.append(_channels(rig, posed, limb.target, target))
    if limb.pole is not None:
        heads = [posed[:, rig.index[mapping.bones[role]], :3, 3] for role in roles]
        rest = [rig.bone(mapping.bones[role]).head for role in roles]
        upper = rig.index[mapping.bones[roles[0]]]
        turn = posed[:, upper, :3, :3] @ rig.bones[upper].matrix[:3, :3].T
        place = posed[:, rig.index[limb.pole]].copy()
        place[:, :3, 3] = pole_path(heads, rest, rig.bone(limb.pole).head, turn)
        out.append(_channels(rig, posed, limb.pole, place, turns=False))
    toes = mapping.bones.get(f"{roles[2].partition('_')[0]}_foot")
    if limb.toes is not None and toes is not None:
        # The control hangs on the target, which is not in ``posed`` yet: its base is where the target takes it.
        i, k = rig.index[limb.toes], rig.index[limb.target]
        base = target @ np.linalg.inv(rig.bones[k].matrix) @ rig.bones[i].matrix
        local = transpose(base[:, :3, :3]) @ moved(limb.toes, toes)[:, :3, :3]
        out.append(BoneCurves(limb.toes, continuous(quaternion_from_matrix(local)), None))
    return out


def _channels(rig: RestRig, posed: np.ndarray, name: str, wanted: np.ndarray, turns: bool = True) -> BoneCurves:
    """The channels that bring a bone to ``wanted`` (F, 4, 4) from where its parent leaves it."""
    i = rig.index[name]
    bone, parent = rig.bones[i], rig.parents[i]
    base = np.broadcast_to(bone.matrix, wanted.shape)
    if parent >= 0:
        base = posed[:, parent] @ (np.linalg.inv(rig.bones[parent].matrix) @ bone.matrix)
    location = (transpose(base[:, :3, :3]) @ (wanted[:, :3, 3] - base[:, :3, 3])[..., None])[..., 0]
    axes = base[:, :3, :3] if bone.inherit_rotation else bone.matrix[:3, :3]
    local = np.swapaxes(axes, -1, -2) @ wanted[:, :3, :3]
    if not turns:
        local = np.broadcast_to(np.eye(3), local.shape)
    return BoneCurves(name, continuous(quaternion_from_matrix(local)), location, turns=turns)


def pole_path(heads: list[np.ndarray], rest: list[np.ndarray], pole: np.ndarray, turn: np.ndarray) -> np.ndarray:
    """Where (F, 3) a pole has to be for the middle joint to be where it is.

    It keeps its distance from the middle joint, and lies off the line from the limb's root to its end on the side on
    which the joint is; a limb that is as good as straight says that side by the roll of its upper bone.

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
    t = np.clip((np.linalg.norm(bend, axis=-1, keepdims=True) / length - STRAIGHT) / (BENT - STRAIGHT), 0.0, 1.0)
    share = t * t * (3.0 - 2.0 * t)
    way = normalised((1.0 - share) * rolled + share * normalised(bend))
    path: np.ndarray = heads[1] + np.linalg.norm(side) * way + float(away @ along) * line
    return path
