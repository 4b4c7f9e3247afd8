# SPDX-License-Identifier: GPL-3.0-or-later
"""What ``coamd benchmark`` asks of Blender, as one line of JSON: Rigify's rigs, its own way to retarget, the ticks.

Run as a module with the name of one of ``TIMINGS``, a Blender process of its own; leaves with 1 where there is no bpy
module.
"""

from __future__ import annotations

import importlib.util
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from ....rigs.body.skeleton import FPS, MAX_FRAMES
from ....rigs.detect.detection import detect
from ....rigs.solve.retarget import retarget
from ..timing import timed

CLIP_FRAMES = 200
TICK_PAUSE = 0.005  # seconds; Blender's timer leaves as much


def rest_poses() -> dict[str, list[dict[str, Any]]]:
    """Bones by rig: Rigify's two human metarigs, and what it generates from them."""
    import bpy

    from ....blender_addon.character import armature

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

    from ....blender_addon.character import armature
    from ....blender_addon.keys import action
    from ..retargeting import sample_rig
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

    took = [timed(ours).processor for _ in range(4)][1:]
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
    return {"ours": min(took), "blender": timed(lambda: bpy.ops.nla.bake(**options)).processor}


def ticks(script: Path | None = None) -> dict[str, float]:
    """Seconds of the longest tick of the add-on by what it did, with a clip of 200 frames on 60 bones, then an edit.

    ``script`` serves another engine than the bundled model.
    """
    import bpy

    from ....blender_addon import register, unregister
    from ....blender_addon.preferences import BackendSettings
    from ....blender_addon.session.timer import session
    from ...client.backend_process import BOOTSTRAP, BackendProcess
    from ..retargeting import sample_rig
    from .benchmark import make_armature

    make_armature(sample_rig.bone_rows())
    register()
    scene = bpy.context.scene
    scene.coamd.prompt = "a person walks forward"
    scene.coamd.seconds = CLIP_FRAMES * scene.render.fps_base / scene.render.fps
    edit = scene.coamd.edit
    edit.range_from, edit.frame_start, edit.frame_end = "TYPED", CLIP_FRAMES // 4, CLIP_FRAMES // 2
    longest: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        process = BackendProcess(sys.executable, Path(folder), script=script or BOOTSTRAP)
        session.link.start(BackendSettings(), process)
        bpy.ops.coamd.start_backend(wait=True)
        for order in (bpy.ops.coamd.generate, bpy.ops.coamd.edit):
            order()
            while (job := session.current) is not None:
                doing, solved = "applying" if job.is_solved else job.state, len(job.solved)
                began = time.perf_counter()
                session.tick()
                took = time.perf_counter() - began
                doing = "solving" if len(job.solved) > solved else doing
                longest[doing] = max(longest.get(doing, 0.0), took)
                time.sleep(TICK_PAUSE)
            if session.jobs[-1].state != "done":
                raise RuntimeError(str(session.message))
        unregister()
    return longest


def enabling(runs: int = 3) -> dict[str, float]:
    """Seconds to import and register the add-on in a fresh Blender: ``first`` after it was installed, when Python
    compiles it, and ``enabling`` at each start after that, median."""
    package = __package__.partition(".backend")[0]
    code = f"""if True:
        import bpy, os, time
        began = time.perf_counter()
        from {package} import blender_addon
        blender_addon.register()
        print(time.perf_counter() - began, flush=True)
        os._exit(0)
    """
    command = [sys.executable, "-c", code]
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    with tempfile.TemporaryDirectory() as compiled:  # of this measurement alone, as what is there already may be stale
        environment["PYTHONPYCACHEPREFIX"] = compiled
        said = [
            subprocess.run(command, capture_output=True, text=True, check=True, env=environment).stdout
            for _ in range(runs + 1)
        ]
    first, *later = (float(text.split()[-1]) for text in said)
    return {"first": first, "enabling": statistics.median(later)}


TIMINGS: dict[str, Callable[[], object]] = {"rigs": rest_poses, "bake": bake, "ticks": ticks, "enabling": enabling}

if __name__ == "__main__":
    if importlib.util.find_spec("bpy") is None:
        sys.exit(1)
    print(json.dumps(TIMINGS[sys.argv[1]]()), flush=True)
    os._exit(0)  # Blender's own exit hangs in 4.5 after add-ons were enabled
