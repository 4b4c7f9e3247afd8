# SPDX-License-Identifier: GPL-3.0-or-later
"""A picture strip and a film of a character with an action. Metres, Z up."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import bpy
import numpy as np

from . import studio

Say = Callable[[str], None]
POSES = 7  # figures of the strip
STRIP_SIZE = (1600, 600)
SAMPLES = 24  # with denoising, more cannot be told apart
FILM_SIZE = (720, 480)
_SPACING = 0.92  # metres between two figures of the strip
_STANDING = 1.84  # metres, with the step's rise
_TURN = np.radians(38.0)  # figures that face the reader are turned this far to their travel's side
LENS = 70.0
_SENSOR = 36.0  # Blender's sensor width in millimetres


def root_path(rig_object: Any, frames: np.ndarray) -> np.ndarray:
    """Where the hips are over the ground: (F, 3) in the world."""
    scene = bpy.context.scene
    places = []
    hips = next(bone for bone in rig_object.pose.bones if bone.parent is None)
    for frame in frames:
        scene.frame_set(int(frame))
        places.append(np.array(rig_object.matrix_world @ hips.head))
    return np.array(places)


def heading(rig_object: Any, frame: int) -> float:
    """The angle about Z by which the hips face away from -Y, in radians."""
    bpy.context.scene.frame_set(frame)
    hips = next(bone for bone in rig_object.pose.bones if bone.parent is None)
    turn = np.array(hips.matrix.to_3x3()) @ np.array(hips.bone.matrix_local.to_3x3()).T
    ahead = turn @ np.array([0.0, -1.0, 0.0])
    return float(np.arctan2(ahead[0], -ahead[1]))


def strip(scene: Any, rig_object: Any, body: Any, frames: range, path: Path, *, caption: str) -> None:
    """Render moments of the action side by side, in one light, with Cycles (needs no display)."""
    chosen = np.linspace(frames[0], frames[-1], POSES).round().astype(int)
    places = root_path(rig_object, chosen)
    turn = _TURN - heading(rig_object, int(chosen[0]))
    rotation = np.array([[np.cos(turn), -np.sin(turn), 0.0], [np.sin(turn), np.cos(turn), 0.0], [0.0, 0.0, 1.0]])
    copies, top = [], 0.0
    for i, (frame, place) in enumerate(zip(chosen, places, strict=True)):
        scene.frame_set(int(frame))
        vertices, mesh = _posed(body)
        vertices = (vertices - place * (1.0, 1.0, 0.0)) @ rotation.T
        vertices[:, 0] += (i - (POSES - 1) / 2.0) * _SPACING
        top = max(top, float(vertices[:, 2].max()))
        mesh.vertices.foreach_set("co", vertices.astype(np.float32).ravel())
        mesh.update()
        copy = bpy.data.objects.new("Pose", mesh)
        scene.collection.objects.link(copy)
        copies.append(copy)
    body.hide_render = True
    width = POSES * _SPACING + 0.15
    words = studio.add_caption(scene, caption, (0.0, -1.25, 0.008), width * 0.8)
    # The picture is high enough for somebody who stands; who jumps gets more room.
    more = max(0.0, top - _STANDING)
    distance = width * LENS / _SENSOR * (1.0 + more * STRIP_SIZE[0] / STRIP_SIZE[1] / width)
    studio.look(scene.camera, (0.0, -0.25, 0.72 + more / 2.0), distance, 0.0, np.radians(13.0))
    scene.render.engine = "CYCLES"
    scene.cycles.samples, scene.cycles.use_denoising, scene.cycles.max_bounces = SAMPLES, True, 3
    scene.render.resolution_x, scene.render.resolution_y = STRIP_SIZE
    scene.render.filepath = str(path)
    bpy.ops.render.render(write_still=True)
    for made in (*copies, words):
        bpy.data.objects.remove(made)
    body.hide_render = False


def _posed(body: Any) -> tuple[np.ndarray, Any]:
    """A copy of the body as it is now: vertices (V, 3) in the world, and its mesh."""
    evaluated = body.evaluated_get(bpy.context.evaluated_depsgraph_get())
    mesh = bpy.data.meshes.new_from_object(evaluated)
    flat = np.empty(3 * len(mesh.vertices), dtype=np.float32)
    mesh.vertices.foreach_get("co", flat)
    world = np.array(evaluated.matrix_world)
    return flat.reshape(-1, 3) @ world[:3, :3].T + world[:3, 3], mesh


def follow(scene: Any, rig_object: Any, frames: range) -> None:
    """Key the camera so that it goes along with the character, smoothly, and shows it from the front quarter."""
    path = root_path(rig_object, np.array(frames))
    window = np.hanning(2 * max(2, len(frames) // 4) + 1)
    half = len(window) // 2
    padded = np.pad(path, ((half, half), (0, 0)), mode="edge")
    smooth = np.stack([np.convolve(padded[:, axis], window / window.sum(), mode="valid") for axis in range(3)], axis=1)
    azimuth = heading(rig_object, frames[0]) - np.radians(48.0)
    for frame, place in zip(frames, smooth, strict=True):
        studio.look(scene.camera, (place[0], place[1], 0.86), 6.4, azimuth, np.radians(19.0))
        scene.camera.keyframe_insert("location", frame=frame)
        scene.camera.keyframe_insert("rotation_euler", frame=frame)


def film_frames(scene: Any, frames: range, folder: Path, say: Say) -> list[Path]:
    """Render every frame with Workbench (needs EGL); returns the pictures."""
    scene.render.engine = "BLENDER_WORKBENCH"
    shading = scene.display.shading
    shading.light, shading.color_type = "STUDIO", "MATERIAL"
    shading.show_shadows, shading.shadow_intensity = True, 0.45
    shading.show_cavity, shading.cavity_type = True, "SCREEN"
    scene.display.light_direction = (-0.45, 0.80, 0.40)  # Workbench has the second axis up here
    scene.display.render_aa = "FXAA"  # samples would cost a software renderer eight times as much
    shading.background_type, shading.background_color = "VIEWPORT", studio.SKY
    scene.view_settings.view_transform, scene.view_settings.exposure = "Standard", 1.3
    scene.render.resolution_x, scene.render.resolution_y = FILM_SIZE
    pictures = []
    for i, frame in enumerate(frames):
        scene.frame_set(frame)
        picture = folder / f"{frame:05d}.png"
        scene.render.filepath = str(picture)
        bpy.ops.render.render(write_still=True)
        pictures.append(picture)
        if i % 20 == 19:
            say(f"film: {i + 1} of {len(frames)} frames")
    return pictures
