# SPDX-License-Identifier: GPL-3.0-or-later
"""A character made in code: a Mixamo-named armature in an A-pose, and a body with soft joints.

For who has no rig at hand, for the demo and for tests. Metres, Z up, facing -Y, 1.78 m tall.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import bpy
import numpy as np

from .mannequin_body import PARTS, BodyPart, Point, lowered, shapes, weights

PREFIX = "mixamorig:"
# name, parent, head, tail; those named Left get a mirror image. Arms as in a T-pose, see mannequin_body.
BONES: tuple[tuple[str, str, Point, Point], ...] = (
    ("Hips", "", (0.0, 0.0, 0.97), (0.0, 0.0, 1.07)),
    ("Spine", "Hips", (0.0, 0.0, 1.07), (0.0, 0.005, 1.19)),
    ("Spine1", "Spine", (0.0, 0.005, 1.19), (0.0, 0.015, 1.31)),
    ("Spine2", "Spine1", (0.0, 0.015, 1.31), (0.0, 0.02, 1.46)),
    ("Neck", "Spine2", (0.0, 0.02, 1.47), (0.0, 0.0, 1.57)),
    ("Head", "Neck", (0.0, 0.0, 1.57), (0.0, -0.005, 1.77)),
    ("LeftShoulder", "Spine2", (0.035, 0.01, 1.425), (0.165, 0.02, 1.425)),
    ("LeftArm", "LeftShoulder", (0.165, 0.02, 1.425), (0.44, 0.028, 1.425)),
    ("LeftForeArm", "LeftArm", (0.44, 0.028, 1.425), (0.69, 0.012, 1.425)),
    ("LeftHand", "LeftForeArm", (0.69, 0.012, 1.425), (0.86, 0.0, 1.42)),
    ("LeftUpLeg", "Hips", (0.095, 0.0, 0.93), (0.1, -0.008, 0.52)),
    ("LeftLeg", "LeftUpLeg", (0.1, -0.008, 0.52), (0.1, 0.022, 0.09)),
    ("LeftFoot", "LeftLeg", (0.1, 0.022, 0.09), (0.105, -0.115, 0.03)),
    ("LeftToeBase", "LeftFoot", (0.105, -0.115, 0.03), (0.108, -0.19, 0.025)),
)

_ARM = ("LeftArm", "LeftForeArm", "LeftHand")


def bone_rows() -> list[tuple[str, str, Point, Point]]:
    """Every bone with its prefix, parents first: name, parent ("" for none), head, tail."""
    rows: list[tuple[str, str, Point, Point]] = []
    for name, parent, head, tail in BONES:
        ends = [_point(lowered(np.array(end))) for end in (head, tail)] if name in _ARM else [head, tail]
        rows.append((PREFIX + name, PREFIX + parent if parent else "", ends[0], ends[1]))
    mirrored = [row for row in rows if "Left" in row[0]]
    for name, parent, head, tail in mirrored:
        words = name.replace("Left", "Right"), parent.replace("Left", "Right")
        rows.append((*words, (-head[0], *head[1:]), (-tail[0], *tail[1:])))
    return rows


def _point(place: np.ndarray) -> Point:
    return (float(place[0]), float(place[1]), float(place[2]))


def add_mannequin(collection: Any, location: Sequence[float] = (0.0, 0.0, 0.0), name: str = "Mannequin") -> Any:
    """Add the mannequin to a collection; returns its armature object. Needs Object Mode."""
    rig_object = _add_armature(collection, name)
    rig_object.location = location
    body = _add_body(collection, name)
    body.parent = rig_object
    modifier = body.modifiers.new("Armature", "ARMATURE")
    modifier.object = rig_object
    modifier.use_deform_preserve_volume = True
    return rig_object


def _add_armature(collection: Any, name: str) -> Any:
    data = bpy.data.armatures.new(name)
    data.display_type = "STICK"
    rig_object = bpy.data.objects.new(name, data)
    rig_object.show_in_front = True
    collection.objects.link(rig_object)
    view_layer = bpy.context.view_layer
    before = view_layer.objects.active
    view_layer.objects.active = rig_object
    bpy.ops.object.mode_set(mode="EDIT")
    for bone_name, parent, head, tail in bone_rows():
        bone = data.edit_bones.new(bone_name)
        bone.head, bone.tail = head, tail
        bone.parent = data.edit_bones[parent] if parent else None
        sideways = abs(tail[0] - head[0]) > abs(tail[2] - head[2])
        bone.align_roll((0.0, 0.0, 1.0) if sideways else (0.0, 1.0, 0.0))
    bpy.ops.object.mode_set(mode="OBJECT")
    view_layer.objects.active = before
    return rig_object


def _add_body(collection: Any, name: str) -> Any:
    surfaces = [_surface(part) for part in PARTS]
    vertices = np.vstack([vertices for vertices, _ in surfaces])
    faces: list[list[int]] = []
    materials: list[int] = []
    start = 0
    for i, (part_vertices, part_faces) in enumerate(surfaces):
        faces += [[v + start for v in face] for face in part_faces]
        materials += [i] * len(part_faces)
        start += len(part_vertices)
    mesh = bpy.data.meshes.new(f"{name} Body")
    mesh.from_pydata(vertices.tolist(), [], faces)
    mesh.polygons.foreach_set("material_index", np.array(materials, dtype=np.int32))
    mesh.polygons.foreach_set("use_smooth", np.ones(len(faces), dtype=bool))
    for part in PARTS:
        mesh.materials.append(_material(part))
    mesh.update()
    body = bpy.data.objects.new(f"{name} Body", mesh)
    collection.objects.link(body)
    _bind(body, vertices)
    return body


def _surface(part: BodyPart) -> tuple[np.ndarray, list[list[int]]]:
    """The part's balls melted into one smooth surface: vertices (V, 3) and faces."""
    mesh = bpy.data.meshes.new("CoAMD part")
    vertices, faces = shapes(part)
    mesh.from_pydata(vertices.tolist(), [], faces)
    part_object = bpy.data.objects.new("CoAMD part", mesh)
    bpy.context.scene.collection.objects.link(part_object)
    remesh = part_object.modifiers.new("Remesh", "REMESH")
    remesh.mode, remesh.voxel_size = "VOXEL", part.voxel
    smooth = part_object.modifiers.new("Smooth", "SMOOTH")
    smooth.factor, smooth.iterations = 0.5, part.smooth
    try:
        melted = part_object.evaluated_get(bpy.context.evaluated_depsgraph_get()).to_mesh()
        flat = np.empty(3 * len(melted.vertices), dtype=np.float32)
        melted.vertices.foreach_get("co", flat)
        result = flat.reshape(-1, 3).astype(np.float64)
        polygons = [list(polygon.vertices) for polygon in melted.polygons]
    finally:
        bpy.data.objects.remove(part_object)
        bpy.data.meshes.remove(mesh)
    if part.floor is not None:
        result[:, 2] = np.maximum(result[:, 2], part.floor)
    return result, polygons


def _bind(body: Any, vertices: np.ndarray) -> None:
    """Vertex groups named after the bones."""
    edges = np.empty(2 * len(body.data.edges), dtype=np.int32)
    body.data.edges.foreach_get("vertices", edges)
    rows = bone_rows()
    follow = weights(vertices, edges.reshape(-1, 2), np.array([r[2] for r in rows]), np.array([r[3] for r in rows]))
    for i, (name, *_) in enumerate(rows):
        group = body.vertex_groups.new(name=name)
        # In steps of 1/255 one call serves many vertices; Blender normalises the sum while it deforms.
        levels = np.round(follow[:, i] * 255.0).astype(int)
        for level in np.unique(levels[levels > 0]):
            group.add(np.flatnonzero(levels == level).tolist(), level / 255.0, "REPLACE")


def _material(part: BodyPart) -> Any:
    material = bpy.data.materials.new(f"Mannequin {part.name}")
    material.diffuse_color = (*part.colour, 1.0)
    material.roughness = part.roughness
    if bpy.app.version < (5, 0, 0):  # later versions always use them
        material.use_nodes = True
    shader = next(node for node in material.node_tree.nodes if node.type == "BSDF_PRINCIPLED")
    shader.inputs["Base Color"].default_value = (*part.colour, 1.0)
    shader.inputs["Roughness"].default_value = part.roughness
    return material
