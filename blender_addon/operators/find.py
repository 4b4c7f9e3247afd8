# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds takes by a text or by an example, and puts one on the character.

Scripts set ``scene.coamd.find`` and call the operators in turn::

    find = bpy.context.scene.coamd.find
    find.query, find.folders.add().path = "somebody climbs stairs", "/takes"
    bpy.ops.coamd.find(wait=True)
    for moment in bpy.context.window_manager.coamd_find.moments:
        print(moment.score, moment.title, moment.seconds)
    bpy.ops.coamd.use_found(number=0, wait=True)
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import bpy
from bpy.props import IntProperty

from ...rigs.errors import UserError
from .. import armature, takes, thumbnails
from ..find_job import FindJob, FindOrder, UseJob
from ..find_settings import found_moments
from ..messages import FIND
from ..timer import session
from .generate import order_of as generate_order
from .queueing import PanelButton, queued, refused, wait_property
from .rows import remove_chosen


def order_of(context: Any) -> FindOrder:
    """The order that the panel's settings make; UserError where they make none."""
    settings = context.scene.coamd.find
    query, by_text = settings.query.strip(), settings.by == "TEXT"
    if by_text and not query:
        raise UserError("The text to look for is empty.", "Say what the person does.", "empty_prompt")
    places = [bpy.path.abspath(folder.path) for folder in settings.folders if folder.path.strip()]
    if settings.libraries:
        places += [library.path for library in context.preferences.filepaths.asset_libraries if library.path]
    if not places and not settings.this_file:
        raise UserError(
            "There is no place to look through.", "Choose this file, asset libraries or a folder.", "no_place"
        )
    if places and session.link.elsewhere:
        raise UserError(
            "The backend runs on another machine and does not see these folders.",
            "Use a backend of this machine, or look through this file alone.",
            "elsewhere",
        )
    rig_object = armature.character(context)
    return FindOrder(
        scene=context.scene.name,
        character=rig_object.name if rig_object is not None else "",
        origin=bpy.data.filepath,
        places=tuple(dict.fromkeys(places)),
        this_file=settings.this_file,
        query=query if by_text else "",
        example=None if by_text else takes.active(context),
        top=settings.top,
    )


class COAMD_OT_find(PanelButton, bpy.types.Operator):  # noqa: N801 (Blender's naming rule)
    """List the takes that fit. New and changed ones are read first, which takes a while the first time"""

    bl_idname = "coamd.find"
    bl_label = "Find"

    wait: wait_property()

    def execute(self, context: Any) -> set[str]:
        """Check what is asked for, and queue it."""
        try:
            order = order_of(context)
        except UserError as error:
            return refused(self, error, FIND)
        return queued(self, FindJob(order), self.wait)


class COAMD_OT_show_found(bpy.types.Operator):  # noqa: N801
    """List what was found. Called by the session"""

    bl_idname = "coamd.show_found"
    bl_label = "Show Found"
    bl_options = {"INTERNAL"}

    job: IntProperty(options={"HIDDEN", "SKIP_SAVE"})

    def execute(self, _context: Any) -> set[str]:
        """Fill the list of the panel, and its pictures."""
        job = session.job(self.job)
        assert isinstance(job, FindJob)
        listed = found_moments()
        listed.moments.clear()
        for moment in job.moments:
            item = listed.moments.add()
            item.path, item.take, item.score = moment.path, moment.name, moment.score
            item.first, item.end = moment.first, moment.end
        listed.moment = 0
        thumbnails.show(job.pictures)
        return {"FINISHED"}


class COAMD_OT_use_found(PanelButton, bpy.types.Operator):  # noqa: N801
    """Put this take on the character as a new action, from the current frame on. Its own action is kept"""

    bl_idname = "coamd.use_found"
    bl_label = "Use"

    number: IntProperty(name="Number", description="Place in the list, from 0", default=0, min=0)
    wait: wait_property()

    @classmethod
    def poll(cls, _context: Any) -> bool:
        """Whether there is a list."""
        return len(found_moments().moments) > 0

    def execute(self, context: Any) -> set[str]:
        """Queue it as a job that writes what Generate writes."""
        moments, settings = found_moments().moments, context.scene.coamd.find
        try:
            if self.number >= len(moments):
                raise UserError("There is no such take in the list.", "Choose one of the list.", "no_take")
            item = moments[self.number]
            rig_object, rig, mapping = armature.read(context)
            start, end = item.seconds
            seconds = end - start if settings.moment_only else end
            order = replace(generate_order(context, rig_object), prompt=item.title, seconds=seconds, variations=1)
        except UserError as error:
            return refused(self, error, FIND)
        span = (item.first, item.end) if settings.moment_only else None
        return queued(self, UseJob(order, rig, mapping, path=item.path, name=item.take, span=span), self.wait)


class COAMD_OT_add_folder(bpy.types.Operator):  # noqa: N801
    """Add a folder to look through"""

    bl_idname = "coamd.add_folder"
    bl_label = "Add Folder"
    bl_options = {"UNDO", "INTERNAL"}

    def execute(self, context: Any) -> set[str]:
        """Add an empty row."""
        settings = context.scene.coamd.find
        settings.folders.add()
        settings.folder = len(settings.folders) - 1
        return {"FINISHED"}


class COAMD_OT_remove_folder(bpy.types.Operator):  # noqa: N801
    """Remove the chosen folder from the list. The folder itself stays"""

    bl_idname = "coamd.remove_folder"
    bl_label = "Remove Folder"
    bl_options = {"UNDO", "INTERNAL"}

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Whether there is one."""
        return len(context.scene.coamd.find.folders) > 0

    def execute(self, context: Any) -> set[str]:
        """Remove it and choose its neighbour."""
        remove_chosen(context.scene.coamd.find, "folders", "folder")
        return {"FINISHED"}


CLASSES = (COAMD_OT_find, COAMD_OT_show_found, COAMD_OT_use_found, COAMD_OT_add_folder, COAMD_OT_remove_folder)
