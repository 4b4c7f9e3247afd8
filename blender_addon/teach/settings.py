# SPDX-License-Identifier: GPL-3.0-or-later
"""The settings of the Teach panel, which live in the scene (``scene.coamd.teach``), and the list of takes with their
words, which lives in the window manager (``window_manager.coamd_teach``): undo leaves it alone and no file holds it."""

from __future__ import annotations

from typing import Any

import bpy
from bpy.props import BoolProperty, CollectionProperty, EnumProperty, FloatProperty, IntProperty, StringProperty

SOURCES = (
    ("ACTIVE", "Active Action", "What the character plays now"),
    ("FILE", "All Actions", "Every action of the file that moves bones, each on its own armature"),
    ("STRIPS", "Selected Strips", "The selected NLA strips of the scene's characters"),
    ("FOUND", "Found Takes", "What Find lists now: takes of asset libraries, folders and this file"),
)


class COAMD_PG_teach(bpy.types.PropertyGroup):  # noqa: N801 (Blender's naming rule)
    """What to teach."""

    name: StringProperty(
        name="Name", description="What the taught model is called in the menu Model: Hero moves", default=""
    )
    source: EnumProperty(name="Takes", description="Which takes are listed", items=SOURCES, default="FILE")
    mirror: BoolProperty(
        name="Mirror Too",
        description="Learn the takes' mirror images as well. Turn it off where left and right differ",
        default=True,
    )


class COAMD_PG_example(bpy.types.PropertyGroup):  # noqa: N801
    """One take of the list."""

    use: BoolProperty(name="Teach", description="Teach this take", default=True)
    words: StringProperty(
        name="Words",
        description="What happens in the take, in plain English: a person bows. Separate several with semicolons",
        default="",
    )
    take: StringProperty(name="Take", description="The take in this file", default="")
    seconds: FloatProperty(name="Length", description="How long the take is, in seconds", default=0.0)


class COAMD_PG_examples(bpy.types.PropertyGroup):  # noqa: N801
    """The takes that were listed last."""

    examples: CollectionProperty(name="Takes", description="The takes with their words", type=COAMD_PG_example)
    example: IntProperty(name="Take", description="The chosen take", default=0)
    job: IntProperty(name="Job", description="Number of the job that listed them", default=0)


CLASSES = (COAMD_PG_teach, COAMD_PG_example, COAMD_PG_examples)


def listed_examples() -> Any:
    """The list of takes."""
    return bpy.context.window_manager.coamd_teach
