# SPDX-License-Identifier: GPL-3.0-or-later
"""What ``coamd benchmark retarget`` asks of Blender, as one line of JSON: Rigify's rigs, and its own way to retarget.

Run as a module with ``rigs`` or ``bake``, a Blender process of its own; leaves with 1 where there is no bpy module.
"""

from __future__ import annotations

import importlib.util
import json
import os
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from ...rigs.detection import detect
from ...rigs.retarget import retarget
from ...rigs.skeleton import FPS, MAX_FRAMES


def rest_poses() -> dict[str, list[dict[str, Any]]]:
    """Bones by rig: Rigify's two human metarigs, and what it generates from them."""
    import bpy

    from ...blender_addon import armature

    out: dict[str, list[dict[str, Any]]] = {}

    def note(name: str) -> None:
        rig = armature.rest_rig(bpy.context.view_layer.objects.active)
        out[name] = [
            {
                "name": bone.name,
                "parent": bone.parent,
                "matrix": bone.matrix.tolist(),
                "length": bone.length,
                "inherit": bone.inherit_rotation,
                "connected": bone.connected,
            }
            for bone in rig.bones
        ]

    for name, add in (("human", "armature_human_metarig_add"), ("basic human", "armature_basic_human_metarig_add")):
        bpy.ops.wm.read_factory_settings(use_empty=True)
        bpy.ops.preferences.addon_enable(module="rigify")
        getattr(bpy.ops.object, add)()
        note(f"Rigify {name} metarig")
        bpy.ops.pose.rigify_generate()
        note(f"Rigify {name} generated")
    return out


def bake(frames: int = MAX_FRAMES) -> dict[str, float]:
    """Seconds of processor time to have a motion on a rig of 60 bones, keys included.

    ``blender`` is the way of add-ons that retarget with Blender's means: constraints from an armature that moves
    already to one like it, then baking. ``ours`` is solving the joints and writing the curves.
    """
    import bpy

    from ...blender_addon import action, armature
    from ..evaluation import sample_rig
    from .benchmark import make_armature

    source = make_armature(sample_rig.bone_rows())
    rig = armature.rest_rig(source)
    mapping = detect(rig)
    joints = np.repeat(sample_rig.t_pose()[None][..., [0, 2, 1]] * (1.0, 1.0, -1.0), frames, axis=0)
    joints[:, :, 2] += np.linspace(0.0, 5.0, frames)[:, None]

    def ours() -> None:
        curves = retarget(joints, rig, mapping, fps=FPS)
        channels = action.channels(source, curves, np.arange(1.0, frames + 1.0))
        action.assign(source, action.new_action(source, "ours", channels))

    took = [_seconds(ours) for _ in range(4)][1:]
    target = bpy.data.objects.new("target", source.data.copy())
    bpy.context.scene.collection.objects.link(target)
    bpy.context.view_layer.update()
    for name in mapping.bones.values():
        kinds = ("COPY_ROTATION", "COPY_LOCATION") if name == mapping.bones["pelvis"] else ("COPY_ROTATION",)
        for kind in kinds:
            constraint = target.pose.bones[name].constraints.new(kind)
            constraint.target, constraint.subtarget = source, name
    bpy.ops.object.select_all(action="DESELECT")
    target.select_set(True)
    bpy.context.view_layer.objects.active = target
    bpy.ops.object.mode_set(mode="POSE")
    bpy.ops.pose.select_all(action="SELECT")
    options = {"frame_start": 1, "frame_end": frames, "visual_keying": True, "bake_types": {"POSE"}}
    return {"ours": min(took), "blender": _seconds(lambda: bpy.ops.nla.bake(**options))}


def _seconds(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


if __name__ == "__main__":
    if importlib.util.find_spec("bpy") is None:
        sys.exit(1)
    print(json.dumps(rest_poses() if sys.argv[1] == "rigs" else bake()), flush=True)
    os._exit(0)  # Blender's own exit hangs in 4.5 after add-ons were enabled
