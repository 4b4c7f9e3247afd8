# SPDX-License-Identifier: GPL-3.0-or-later
"""The Blender side of CoAMD Motion: all that imports bpy, and nothing else."""

from __future__ import annotations


def register() -> None:
    """Add classes, settings and handlers to Blender."""
    import bpy

    from . import operators, panels, preferences, properties, timer

    for cls in (*properties.CLASSES, *preferences.CLASSES, *operators.CLASSES, *panels.CLASSES):
        bpy.utils.register_class(cls)
    properties.register()
    timer.register()


def unregister() -> None:
    """Stop the backend and take everything out of Blender again."""
    import bpy

    from . import operators, panels, preferences, properties, timer

    timer.unregister()
    properties.unregister()
    for cls in reversed((*properties.CLASSES, *preferences.CLASSES, *operators.CLASSES, *panels.CLASSES)):
        bpy.utils.unregister_class(cls)
