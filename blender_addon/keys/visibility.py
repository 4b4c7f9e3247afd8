# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the written keys are visible: the NLA, constraints and drivers may move the same bones otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from ...rigs.body.rest_rig import RestRig
from ...rigs.body.rotations import angle_between, matrix_from_quaternion, rotation_of
from ..takes.hidden_scene import PoseSampler
from .source_action import bone_of

APART = np.radians(3.0)  # rotation against its parent by which a bone may differ from its keys
_NAMED = 4  # bones that a sentence names
NLA = (
    "The NLA blends the action or shows another track instead: set its blending to Replace and its influence to 1, "
    "and turn solo off."
)


def nla_hides(rig_object: Any) -> bool:
    """Whether the NLA shows something else than the action that is assigned."""
    data = rig_object.animation_data
    if data is None or not data.use_nla or not len(data.nla_tracks):
        return False
    if any(track.is_solo for track in data.nla_tracks):
        return True
    return data.action_blend_type != "REPLACE" or data.action_influence != 1.0


def moved_otherwise(rig_object: Any, bones: Iterable[str]) -> tuple[str, ...]:
    """Those bones that constraints or drivers move beside their keys."""
    data = rig_object.animation_data
    driven = {bone_of(driver.data_path) for driver in data.drivers if not driver.mute} if data else set()
    constrained = {
        bone.name for bone in rig_object.pose.bones if any(not c.mute and c.influence > 0.0 for c in bone.constraints)
    }
    return tuple(name for name in bones if name in driven or name in constrained)


def turned_otherwise(
    rig_object: Any, rig: RestRig, wanted: Mapping[str, np.ndarray], frames: Sequence[int]
) -> set[str]:
    """The bones whose rotation against their parents differs from ``wanted``.

    Args:
        wanted: rotations (K, 3, 3) of a bone against its parent, in the scene's ``frames`` (K).
    """
    sampler = PoseSampler(rig_object.name, np.array(frames, dtype=np.float64))
    while not sampler.work(1.0):
        pass
    place = {name: i for i, name in enumerate(sampler.bones)}
    found = set()
    for name, turns in wanted.items():
        matrix, parent = sampler.matrices[:, place[name], :3, :3], rig.bone(name).parent
        relative = matrix if parent is None else np.linalg.inv(sampler.matrices[:, place[parent], :3, :3]) @ matrix
        if float(angle_between(rotation_of(relative), turns).max()) > APART:
            found.add(name)
    return found


def against_parent(rig: RestRig, name: str, rotations: np.ndarray) -> np.ndarray:
    """How a bone with channels (K, 4) wxyz is turned (K, 3, 3) against its parent."""
    bone = rig.bone(name)
    rest = bone.matrix[:3, :3]
    if bone.parent is not None:
        rest = np.linalg.inv(rig.bone(bone.parent).matrix[:3, :3]) @ rest
    return rotation_of(rest) @ matrix_from_quaternion(rotations)


def warnings(rig_object: Any, rig: RestRig, wanted: Mapping[str, np.ndarray], frames: Sequence[int]) -> tuple[str, ...]:
    """Sentences about bones that do not move as ``wanted``, with the cause and the remedy.

    Without such a cause the scene is not evaluated.
    """
    hidden, otherwise = nla_hides(rig_object), moved_otherwise(rig_object, wanted)
    if not hidden and not otherwise:
        return ()
    found = turned_otherwise(rig_object, rig, wanted, frames)
    said = [NLA] if hidden and found else []
    bones = [name for name in otherwise if name in found]
    if bones:
        more = f" and {len(bones) - _NAMED} more" if len(bones) > _NAMED else ""
        listed = ", ".join(f"“{name}”" for name in bones[:_NAMED]) + more
        said.append(f"Constraints or drivers move {listed}, so these do not show their keys: mute or remove them.")
    return tuple(said)
