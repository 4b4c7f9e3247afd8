# SPDX-License-Identifier: GPL-3.0-or-later
"""The settings of the Find panel, which live in the scene (``scene.coamd.find``), and the list of what was found, which
lives in the window manager (``window_manager.coamd_find``)."""

from __future__ import annotations

from typing import Any

import bpy
from bpy.props import BoolProperty, CollectionProperty, EnumProperty, FloatProperty, IntProperty, StringProperty

from ...backend.requests.label import Moment
from ...rigs.body.skeleton import FPS

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
    score: FloatProperty(name="Score", description="How well the moment matches the query", default=0.0)
    first: IntProperty(name="First", description="First frame at 20 per second", default=0)
    end: IntProperty(name="End", description="Frame at 20 per second after the last", default=0)
    prompt: StringProperty(name="Prompt", description="What it is offered for. Empty: it was looked for", default="")

    @property
    def title(self) -> str:
        """Its title in the list."""
        return self.take or str(bpy.path.display_name_from_filepath(self.path))

    @property
    def seconds(self) -> tuple[float, float]:
        """From and to."""
        return self.first / FPS, self.end / FPS


class COAMD_PG_found(bpy.types.PropertyGroup):  # noqa: N801
    """What was found last, best first."""

    moments: CollectionProperty(name="Moments", description="What was found, best first", type=COAMD_PG_moment)
    moment: IntProperty(name="Moment", description="The chosen moment", default=0)
    offered: CollectionProperty(
        name="Offered", description="The take that fits the prompt of Generate", type=COAMD_PG_moment
    )


CLASSES = (COAMD_PG_folder, COAMD_PG_find, COAMD_PG_moment, COAMD_PG_found)


def fill(item: Any, moment: Moment) -> None:
    """Fill a row of a list."""
    item.path, item.take, item.score = moment.path, moment.name, moment.score
    item.first, item.end = moment.first, moment.end


def places_of(context: Any) -> tuple[str, ...]:
    """The folders and libraries to search."""
    settings = context.scene.coamd.find
    places = [bpy.path.abspath(folder.path) for folder in settings.folders if folder.path.strip()]
    if settings.libraries:
        places += [library.path for library in context.preferences.filepaths.asset_libraries if library.path]
    return tuple(dict.fromkeys(places))


def found_moments() -> Any:
    """The list of found moments."""
    return bpy.context.window_manager.coamd_find
