# SPDX-License-Identifier: GPL-3.0-or-later
"""A plain studio around a character: floor with a grid, light, camera. Metres, Z up."""

from __future__ import annotations

from typing import Any

import bpy
import numpy as np
from mathutils import Vector

FLOOR = (0.60, 0.66, 0.74)
LINES = (0.44, 0.51, 0.60)
LETTERS = (0.10, 0.15, 0.24)
SKY = (0.78, 0.86, 1.0)
_REACH = 60  # metres of grid around the middle
_LINE = 0.010  # half a grid line's width


def empty_scene() -> Any:
    """A new scene's content: nothing."""
    bpy.ops.wm.read_homefile(use_empty=True)
    scene = bpy.context.scene
    scene.view_settings.view_transform = "AgX"
    scene.view_settings.look = "AgX - Medium High Contrast"
    return scene


def material(name: str, colour: tuple[float, float, float], roughness: float = 0.9) -> Any:
    """A matt material that looks the same in Workbench and Cycles."""
    made = bpy.data.materials.new(name)
    made.diffuse_color = (*colour, 1.0)
    made.roughness = roughness
    if bpy.app.version < (5, 0, 0):  # later versions always use them
        made.use_nodes = True
    shader = next(node for node in made.node_tree.nodes if node.type == "BSDF_PRINCIPLED")
    shader.inputs["Base Color"].default_value = (*colour, 1.0)
    shader.inputs["Roughness"].default_value = roughness
    return made


def add_floor(scene: Any) -> None:
    """A plane with a line every metre."""
    half = float(_REACH)
    corners = [(-half, -half, 0.0), (half, -half, 0.0), (half, half, 0.0), (-half, half, 0.0)]
    _add_mesh(scene, "Floor", corners, [(0, 1, 2, 3)], material("Floor", FLOOR))
    vertices: list[tuple[float, float, float]] = []
    faces: list[tuple[int, ...]] = []
    for i in range(-_REACH, _REACH + 1):
        # The two directions lie at different heights: surfaces in one plane would flicker where they cross.
        for height, low, high in (
            (0.003, (i - _LINE, -half), (i + _LINE, half)),
            (0.004, (-half, i - _LINE), (half, i + _LINE)),
        ):
            faces.append(tuple(range(len(vertices), len(vertices) + 4)))
            vertices += [(x, y, height) for x, y in (low, (high[0], low[1]), high, (low[0], high[1]))]
    _add_mesh(scene, "Grid", vertices, faces, material("Grid", LINES))


def _add_mesh(scene: Any, name: str, vertices: list[Any], faces: list[Any], surface: Any) -> Any:
    mesh = bpy.data.meshes.new(name)
    mesh.from_pydata(vertices, [], faces)
    mesh.materials.append(surface)
    made = bpy.data.objects.new(name, mesh)
    scene.collection.objects.link(made)
    return made


def add_light(scene: Any) -> None:
    """A warm sun from the upper left of a camera that looks along +Y, and a bluish sky."""
    sun = bpy.data.lights.new("Sun", "SUN")
    sun.energy, sun.angle, sun.color = 3.6, 0.10, (1.0, 0.93, 0.84)
    lamp = bpy.data.objects.new("Sun", sun)
    lamp.rotation_euler = Vector((0.55, 0.75, -1.25)).to_track_quat("-Z", "Y").to_euler()
    scene.collection.objects.link(lamp)
    world = scene.world or bpy.data.worlds.new("World")
    scene.world = world
    world.color = SKY
    if bpy.app.version < (5, 0, 0):  # later versions always use them
        world.use_nodes = True
    background = next(node for node in world.node_tree.nodes if node.type == "BACKGROUND")
    background.inputs["Color"].default_value = (*SKY, 1.0)
    background.inputs["Strength"].default_value = 0.75


def add_camera(scene: Any, lens: float) -> Any:
    """The scene's camera, to be placed with ``look``."""
    data = bpy.data.cameras.new("Camera")
    data.lens = lens
    camera = bpy.data.objects.new("Camera", data)
    scene.collection.objects.link(camera)
    scene.camera = camera
    return camera


def look(camera: Any, at: tuple[float, float, float], distance: float, azimuth: float, elevation: float) -> None:
    """Place the camera ``distance`` metres from a point. Azimuth 0 looks along +Y; angles in radians."""
    way = np.array([np.sin(azimuth) * np.cos(elevation), -np.cos(azimuth) * np.cos(elevation), np.sin(elevation)])
    camera.location = np.array(at) + distance * way
    camera.rotation_euler = Vector(-way).to_track_quat("-Z", "Y").to_euler()


def add_caption(scene: Any, text: str, centre: tuple[float, float, float], width: float) -> Any:
    """Letters flat on the floor, as wide as ``width`` metres at most, to be read along +Y."""
    data = bpy.data.curves.new("Caption", "FONT")
    data.body, data.align_x, data.size, data.extrude = text, "CENTER", 0.30, 0.001
    data.materials.append(material("Letters", LETTERS))
    caption = bpy.data.objects.new("Caption", data)
    caption.location, caption.scale.y = centre, 2.6  # from a low camera the letters then look upright
    scene.collection.objects.link(caption)
    bpy.context.view_layer.update()
    if caption.dimensions.x > width:
        data.size *= width / caption.dimensions.x
    return caption
