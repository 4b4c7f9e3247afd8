# SPDX-License-Identifier: GPL-3.0-or-later
"""The Blender side of CoAMD Motion: all that imports bpy, and nothing else."""

from __future__ import annotations


def register() -> None:
    """Add classes, settings and handlers to Blender."""
    import bpy

    from . import mapping, operators, panels, preferences, properties, stage, timer

    for cls in (*mapping.CLASSES, *properties.CLASSES, *preferences.CLASSES, *operators.CLASSES, *panels.CLASSES):
        bpy.utils.register_class(cls)
    mapping.register()
    properties.register()
    stage.register()
    timer.register()


def unregister() -> None:
    """Stop the backend and take everything out of Blender again."""
    import bpy

    from . import mapping, operators, panels, preferences, properties, stage, timer

    timer.unregister()
    stage.unregister()
    properties.unregister()
    mapping.unregister()
    for cls in reversed(
        (*mapping.CLASSES, *properties.CLASSES, *preferences.CLASSES, *operators.CLASSES, *panels.CLASSES)
    ):
        bpy.utils.unregister_class(cls)
