# SPDX-License-Identifier: GPL-3.0-or-later
"""Blender's own exporters, with the options that game engines want."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bpy

from ...backend.requests.export import BVH, FBX, GLTF
from ...rigs.errors import UserError


@dataclass(frozen=True)
class Writer:
    """An exporter: what it is called, the add-on that brings it, its operator, and options beside path and range."""

    name: str
    addon: str
    operator: tuple[str, str]  # module and name in bpy.ops
    options: tuple[tuple[str, Any], ...]


WRITERS = {
    FBX: Writer(
        "FBX",
        "io_scene_fbx",
        ("export_scene", "fbx"),
        (
            ("apply_scale_options", "FBX_SCALE_ALL"),  # else engines see an armature that is 100 times too large
            ("add_leaf_bones", False),
            ("bake_anim_use_all_bones", True),
            ("bake_anim_use_nla_strips", False),
            ("bake_anim_use_all_actions", False),
            ("bake_anim_simplify_factor", 0.0),
            ("path_mode", "COPY"),
            ("embed_textures", True),
        ),
    ),
    GLTF: Writer(
        "glTF",
        "io_scene_gltf2",
        ("export_scene", "gltf"),
        (
            ("export_format", "GLB"),
            ("export_animation_mode", "ACTIONS"),
            ("export_force_sampling", True),
            ("export_optimize_animation_size", False),
            ("export_morph_animation", False),
        ),
    ),
    BVH: Writer("BVH", "io_anim_bvh", ("export_anim", "bvh"), (("root_transform_only", True),)),
}


def enable(format: str) -> None:
    """See that an exporter is there; UserError ``no_exporter`` where Blender has none."""
    import addon_utils

    writer = WRITERS[format]
    if not _is_there(writer):
        addon_utils.enable(writer.addon)
    if not _is_there(writer):
        raise UserError(
            f"This Blender has no {writer.name} exporter.",
            "Choose another format, or use Blender from blender.org, which has it.",
            "no_exporter",
        )


def _is_there(writer: Writer) -> bool:
    module, name = writer.operator
    return name in dir(getattr(bpy.ops, module))


def write(format: str, path: Path, last: int) -> None:
    """Write the scene, which plays from 0 to ``last``; UserError ``export_failed``."""
    writer = WRITERS[format]
    operator = getattr(getattr(bpy.ops, writer.operator[0]), writer.operator[1])
    known = operator.get_rna_type().properties
    options = {name: value for name, value in writer.options if name in known}  # they differ between Blenders
    if format == BVH:
        options |= {"frame_start": 0, "frame_end": last}
    try:
        done = operator(filepath=str(path), **options)
    except RuntimeError as error:  # how an operator's report of an error reaches its caller
        reason = str(error).strip().splitlines()[-1][:200]
        raise UserError(f"Blender's {writer.name} exporter failed: {reason}", "", "export_failed") from error
    if done != {"FINISHED"} or not path.is_file():
        raise UserError(f"Blender's {writer.name} exporter wrote no file.", "Try another format.", "export_failed")
