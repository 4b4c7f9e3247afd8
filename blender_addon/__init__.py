# SPDX-License-Identifier: GPL-3.0-or-later
"""The Blender side of CoAMD Motion: all that imports bpy, and nothing else."""

from __future__ import annotations


def register() -> None:
    """Add classes, settings and handlers to Blender."""
    import bpy

    from . import (
        mapping,
        operators,
        own_blender,
        panels,
        preferences,
        prompts,
        properties,
        results,
        stage,
        status,
        thumbnails,
        timer,
        translations,
    )
    from .panels import pie

    for cls in (
        *mapping.CLASSES,
        *results.CLASSES,
        *properties.CLASSES,
        *preferences.CLASSES,
        *operators.CLASSES,
        *panels.CLASSES,
    ):
        bpy.utils.register_class(cls)
    mapping.register()
    properties.register()
    results.register()
    prompts.load()
    stage.register()
    thumbnails.register()
    own_blender.register()
    timer.register()
    status.register()
    pie.register()
    translations.register()


def unregister() -> None:
    """Stop the backend and take everything out of Blender again."""
    import bpy

    from . import (
        mapping,
        operators,
        own_blender,
        panels,
        preferences,
        properties,
        results,
        stage,
        status,
        thumbnails,
        timer,
        translations,
    )
    from .panels import pie

    translations.unregister()
    pie.unregister()
    status.unregister()
    timer.unregister()
    own_blender.unregister()
    thumbnails.unregister()
    stage.unregister()
    results.unregister()
    properties.unregister()
    mapping.unregister()
    for cls in reversed(
        (
            *mapping.CLASSES,
            *results.CLASSES,
            *properties.CLASSES,
            *preferences.CLASSES,
            *operators.CLASSES,
            *panels.CLASSES,
        )
    ):
        bpy.utils.unregister_class(cls)
