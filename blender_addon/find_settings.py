# SPDX-License-Identifier: GPL-3.0-or-later
"""The settings of the Find panel, which live in the scene (``scene.coamd.find``), and the list of what was found, which
lives in the window manager (``window_manager.coamd_find``)."""

from __future__ import annotations

from typing import Any

import bpy
from bpy.props import BoolProperty, CollectionProperty, EnumProperty, FloatProperty, IntProperty, StringProperty

from ..rigs.skeleton import FPS

QUERIES = (
    ("TEXT", "Text", "Takes that do what the text says"),
    ("EXAMPLE", "Example", "Takes like the character's present action"),
)


class COAMD_PG_folder(bpy.types.PropertyGroup):  # noqa: N801 (Blender's naming rule)
    """A folder to look through."""

    path: StringProperty(
        name="Folder", description="Folder with .bvh, .fbx, .blend, .glb or .npz files", subtype="DIR_PATH", default=""
    )


class COAMD_PG_find(bpy.types.PropertyGroup):  # noqa: N801
    """What to look for, and where."""

    by: EnumProperty(name="Find by", description="What the takes are compared with", items=QUERIES, default="TEXT")
    query: StringProperty(
        name="Text", description="What the person does, in English: somebody climbs stairs", default=""
    )
    this_file: BoolProperty(name="This File", description="Look through the actions of this file", default=True)
    libraries: BoolProperty(
        name="Asset Libraries",
        description="Look through the asset libraries of the preferences",
        default=False,
    )
    folders: CollectionProperty(name="Folders", description="Folders to look through", type=COAMD_PG_folder)
    folder: IntProperty(name="Folder", description="The chosen folder", default=0)
    top: IntProperty(name="Results", description="How many takes to list", default=8, min=1, max=100)
    moment_only: BoolProperty(
        name="Only the Moment",
        description="Use puts the found moment on the character instead of the whole take",
        default=False,
    )


class COAMD_PG_moment(bpy.types.PropertyGroup):  # noqa: N801
    """One found moment."""

    path: StringProperty(name="File", description="The file of the take. Empty: this file", default="")
    take: StringProperty(name="Take", description="The take in its file", default="")
    score: FloatProperty(name="Score", description="How near the moment is to what was asked for", default=0.0)
    first: IntProperty(name="First", description="First frame at 20 per second", default=0)
    end: IntProperty(name="End", description="Frame at 20 per second after the last", default=0)

    @property
    def title(self) -> str:
        """What it is called in the list."""
        return self.take or str(bpy.path.display_name_from_filepath(self.path))

    @property
    def seconds(self) -> tuple[float, float]:
        """From and to."""
        return self.first / FPS, self.end / FPS


class COAMD_PG_found(bpy.types.PropertyGroup):  # noqa: N801
    """What was found last, best first."""

    moments: CollectionProperty(name="Moments", description="What was found, best first", type=COAMD_PG_moment)
    moment: IntProperty(name="Moment", description="The chosen moment", default=0)


CLASSES = (COAMD_PG_folder, COAMD_PG_find, COAMD_PG_moment, COAMD_PG_found)


def found_moments() -> Any:
    """The list of what was found."""
    return bpy.context.window_manager.coamd_find
