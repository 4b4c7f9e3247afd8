# SPDX-License-Identifier: GPL-3.0-or-later
"""The Blender side of CoAMD Motion: all that imports bpy, and nothing else."""

from __future__ import annotations


def register() -> None:
    """Add classes, settings and handlers to Blender."""
    import bpy

    from . import classes, properties
    from .character import bone_mapping, rig_choice
    from .find import thumbnails
    from .generate import prompt_history
    from .live import operators as live_operators
    from .results import results
    from .session import timer
    from .takes import hidden_scene, reader_blender
    from .translations import catalogue
    from .ui import menus, pie, status_bar

    for cls in classes.CLASSES:
        bpy.utils.register_class(cls)
    bone_mapping.register()
    rig_choice.register()
    properties.register()
    results.register()
    prompt_history.load()
    hidden_scene.register()
    thumbnails.register()
    reader_blender.register()
    timer.register()
    live_operators.register()
    status_bar.register()
    pie.register()
    menus.register()
    catalogue.register()


def unregister() -> None:
    """Stop the backend and remove everything from Blender."""
    import bpy

    from . import classes, properties
    from .character import bone_mapping, rig_choice
    from .find import thumbnails
    from .generate import prompt_history
    from .live import operators as live_operators
    from .results import results
    from .session import timer
    from .takes import hidden_scene, reader_blender
    from .translations import catalogue
    from .ui import menus, pie, status_bar

    prompt_history.unregister()
    catalogue.unregister()
    menus.unregister()
    pie.unregister()
    status_bar.unregister()
    live_operators.unregister()
    timer.unregister()
    reader_blender.unregister()
    thumbnails.unregister()
    hidden_scene.unregister()
    results.unregister()
    properties.unregister()
    rig_choice.unregister()
    bone_mapping.unregister()
    for cls in reversed(classes.CLASSES):
        bpy.utils.unregister_class(cls)
