# SPDX-License-Identifier: GPL-3.0-or-later
"""The settings of the Export panel, which live in the scene (``scene.coamd.export``)."""

from __future__ import annotations

import bpy
from bpy.props import BoolProperty, EnumProperty, StringProperty

from ...backend.requests.export import BVH, FBX, GLTF
from ...rigs.body.game_skeleton import IN_PLACE, KEEP, ROOT

FORMATS = (
    (FBX.upper(), "FBX", "For Unreal, Unity and most other programs"),
    (GLTF.upper(), "glTF", "One .glb file, for Godot, the web and others"),
    (BVH.upper(), "BVH", "The skeleton and its motion alone"),
)
TRAVELS = (
    (KEEP.upper(), "As Made", "The bones that carry the travel in Blender carry it in the file"),
    (
        ROOT.upper(),
        "Root Motion",
        "The root bone carries the travel over the ground, or the armature object where the rig has no root bone",
    ),
    (IN_PLACE.upper(), "In Place", "The character moves on the spot"),
)


class COAMD_PG_export(bpy.types.PropertyGroup):  # noqa: N801 (Blender's naming rule)
    """What files are made of results, and where."""

    format: EnumProperty(name="Format", description="The kind of file", items=FORMATS, default=FBX.upper())
    travel: EnumProperty(
        name="Travel", description="What carries the character over the ground in the file", items=TRAVELS
    )
    meshes: BoolProperty(
        name="Meshes", description="Put the character's visible meshes into the file too; BVH holds none", default=True
    )
    folder: StringProperty(
        name="Folder",
        description="Where the files go, each named as its action. Empty: Export asks for it",
        subtype="DIR_PATH",
        default="",
    )
    replace: BoolProperty(
        name="Replace Files", description="Replace files of the same name that are there already", default=False
    )


CLASSES = (COAMD_PG_export,)
