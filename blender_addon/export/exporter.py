# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes clips of a character for other programs, in a Blender in the background.

The poses are taken as Blender shows them, with all constraints and drivers, and baked onto the bones that deform. What
is changed is this Blender's copy of the character, which nobody sees again.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import bpy
import numpy as np

from ...backend.requests.export import BVH, CHARACTER, JOINTS, ExportedClip, ExportOrder, tell_done, tell_problem
from ...backend.system.atomic_write import replacing
from ...rigs.body.game_skeleton import IN_PLACE, KEEP, ROOT, Channels, channels, ground_travel, tree
from ...rigs.errors import UserError
from ...rigs.solve.retarget import retarget
from ..character import armature, mannequin
from ..character.bone_choice import map_bones
from ..keys import action as actions
from ..takes.hidden_scene import PlayedAction, PoseSampler
from . import writers

_STILL = 1e-5  # a channel that is nearer to rest gets no keys


@dataclass(frozen=True)
class _SampledClip:
    """A clip as it shows: poses (F, bones, 4, 4) in armature space, and the armature (F, 4, 4) in the world."""

    clip: ExportedClip
    bones: list[str]
    poses: np.ndarray
    world: np.ndarray


def run(folder: Path) -> None:
    """Do what the order in ``folder`` says, and say there how far it went."""
    try:
        _export(ExportOrder.read(folder), folder)
    except UserError as error:
        tell_problem(folder, error)
    except Exception as error:
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
        tell_problem(folder, UserError(f"The export failed: {reason}", "Try another format.", "export_failed"))


def _export(order: ExportOrder, folder: Path) -> None:
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    writers.enable(order.format)
    scene = bpy.context.scene
    scene.render.fps = max(round(order.fps), 1)
    scene.render.fps_base = scene.render.fps / order.fps
    rig_object, clips = (_bring if order.character else _mannequin)(order, folder)
    takes = [_play(rig_object, clip) for clip in clips]
    root = order.root if order.travel == ROOT and order.root in rig_object.data.bones else None
    _strip(rig_object, root)
    for take in takes:
        _write(order, rig_object, take, root)
        tell_done(folder)


def _bring(order: ExportOrder, folder: Path) -> tuple[Any, tuple[ExportedClip, ...]]:
    """The character, its meshes and actions out of the file beside the order."""
    names = (order.character, *order.meshes)
    with bpy.data.libraries.load(str(folder / CHARACTER), link=False) as (_, into):
        into.objects, into.actions = list(names), [clip.name for clip in order.clips]
    scene = bpy.context.scene
    for obj in into.objects:
        scene.collection.objects.link(obj)
        obj.hide_viewport = obj.hide_render = False
        obj.hide_set(False)
    return into.objects[0], order.clips


def _mannequin(order: ExportOrder, folder: Path) -> tuple[Any, tuple[ExportedClip, ...]]:
    """The mannequin, with an action for each clip's joints."""
    rig_object = mannequin.add_mannequin(bpy.context.scene.collection)
    rig = armature.rest_rig(rig_object)
    mapping = map_bones(rig_object, rig)
    clips = []
    for number, clip in enumerate(order.clips):
        with np.load(folder / JOINTS.format(number), allow_pickle=False) as arrays:
            curves = retarget(arrays["joints"], rig, mapping, fps=order.fps)
        frames = np.arange(len(curves[0].rotations), dtype=np.float32)
        action = actions.new_action(rig_object, clip.name, actions.channels(rig_object, curves, frames))
        clips.append(replace(clip, name=action.name))  # Blender cuts what is too long
    return rig_object, tuple(clips)


def _play(rig_object: Any, clip: ExportedClip) -> _SampledClip:
    """What an action shows, at every frame of it."""
    action = bpy.data.actions.get(clip.name)
    if action is None:
        raise UserError(f"“{clip.name}” is not in the file any more.", "Export it again.", "take_gone")
    slot = clip.slot
    if slot is None and hasattr(action, "slots"):
        slot = action.slots[0].handle
    first, last = action.frame_range
    frames = np.arange(math.floor(first), math.ceil(last) + 1, dtype=np.float64)
    sampler = PoseSampler(rig_object.name, frames, played=PlayedAction(action.name, None, slot))
    sampler.work(math.inf)
    return _SampledClip(clip, sampler.bones, sampler.matrices, sampler.world)


def _strip(rig_object: Any, root: str | None) -> None:
    """Leave only what an engine needs of the armature: bones that deform in one tree, moved by nothing but keys."""
    rig = armature.rest_rig(rig_object)
    parents = tree(rig, _deforming(rig_object), root)
    world = rig_object.matrix_world.copy()
    rig_object.animation_data_clear()
    rig_object.data.animation_data_clear()
    rig_object.constraints.clear()
    rig_object.parent = None
    rig_object.matrix_world = world
    rig_object.rotation_mode = "QUATERNION"
    rig_object.data.pose_position = "POSE"
    for pose_bone in rig_object.pose.bones:
        for constraint in list(pose_bone.constraints):
            pose_bone.constraints.remove(constraint)
        pose_bone.custom_shape = None
        pose_bone.lock_location = pose_bone.lock_rotation = pose_bone.lock_scale = (False,) * 3
        pose_bone.rotation_mode = "QUATERNION"
        pose_bone.matrix_basis.identity()
    bpy.context.view_layer.objects.active = rig_object
    bpy.ops.object.mode_set(mode="EDIT")
    bones = rig_object.data.edit_bones
    for bone in list(bones):
        if bone.name not in parents:
            bones.remove(bone)
    for name, parent in parents.items():
        bone = bones[name]
        bone.use_connect = False
        bone.parent = bones[parent] if parent else None
        bone.use_inherit_rotation, bone.inherit_scale = True, "FULL"
        bone.use_local_location, bone.use_relative_parent = True, False
        bone.bbone_segments = 1
    bpy.ops.object.mode_set(mode="OBJECT")


def _deforming(rig_object: Any) -> set[str]:
    """Bones that move meshes, by weights or as their parents."""
    carrying = {obj.parent_bone for obj in rig_object.children if obj.parent_type == "BONE"}
    return {bone.name for bone in rig_object.data.bones if bone.use_deform or bone.name in carrying}


def _write(order: ExportOrder, rig_object: Any, take: _SampledClip, root: str | None) -> None:
    """Bake one clip and write its file."""
    poses, world = _carried(order, take, root)
    names = [bone.name for bone in rig_object.data.bones]
    parents = np.array([names.index(bone.parent.name) if bone.parent else -1 for bone in rig_object.data.bones])
    rests = np.array([np.array(bone.matrix_local) for bone in rig_object.data.bones])
    local = channels(poses[:, [take.bones.index(name) for name in names]], rests, parents)
    keyed: list[actions.Channel] = []
    for i, name in enumerate(names):
        keyed += _keyed(local, i, name, actions.bone_path(name, ""))
    if order.travel == ROOT and root is None and order.format != BVH:
        keyed += _keyed(channels(world[:, None], np.eye(4)[None], np.array([-1])), 0, "Object", "")
    for old in list(bpy.data.actions):
        bpy.data.actions.remove(old)
    action = actions.new_action(rig_object, take.clip.name, keyed)
    scene, last = bpy.context.scene, len(poses) - 1
    rig_object.matrix_world = _matrix(world[0])
    actions.assign(rig_object, action)
    scene.name = take.clip.name  # what FBX calls the animation
    scene.frame_start, scene.frame_end = 0, last
    scene.frame_set(0)
    with replacing(Path(take.clip.path)) as part:
        writers.write(order.format, part, last)


def _carried(order: ExportOrder, take: _SampledClip, root: str | None) -> tuple[np.ndarray, np.ndarray]:
    """Poses and the armature's places, with the travel on what is to carry it.

    What the object did is the bones' then, apart from travel that goes to the object.
    """
    still = np.broadcast_to(take.world[0], take.world.shape)
    poses = np.linalg.inv(take.world[0]) @ take.world[:, None] @ take.poses
    if order.travel == KEEP:
        return poses, still
    hips = (take.world @ take.poses[:, take.bones.index(order.pelvis)])[:, :3, 3]
    travel = ground_travel(hips)
    inside = np.linalg.inv(take.world[0]) @ travel @ take.world[0]  # the same in armature space
    if order.travel == ROOT and root is not None:
        place = take.bones.index(root)
        poses[:, place] = inside @ poses[:1, place]
        return poses, still
    if order.travel == ROOT and order.format == BVH:  # which has no object that could carry it
        return poses, still
    poses = np.linalg.inv(inside)[:, None] @ poses
    return poses, still if order.travel == IN_PLACE else travel @ take.world[0]


def _keyed(local: Channels, i: int, group: str, prefix: str) -> list[actions.Channel]:
    """Keys of the channels of the bone at place ``i``; ``prefix`` is the path up to the property's name."""
    frames = np.arange(len(local.locations), dtype=np.float32)
    out = [actions.Channel(group, prefix + "rotation_quaternion", frames, local.rotations[:, i])]
    for name, values, rest in (("location", local.locations[:, i], 0.0), ("scale", local.scales[:, i], 1.0)):
        if np.abs(values - rest).max() > _STILL:
            out.append(actions.Channel(group, prefix + name, frames, values))
    return out


def _matrix(values: np.ndarray) -> Any:
    """Numbers (4, 4) as Blender takes them."""
    from mathutils import Matrix

    return Matrix(values.tolist())
