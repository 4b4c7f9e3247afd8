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
from ..character import armature
from ..generate.operators import order_of as generate_order
from ..session.queueing import PanelButton, queueing, wait_property
from ..session.tasks import Task
from ..session.timer import session
from ..takes import takes
from ..ui.list_rows import RemoveRow
from ..ui.notices import FIND, GENERATE
from . import thumbnails
from .offer import PICTURE, OfferJob
from .settings import fill, found_moments, places_of
from .task import FindJob, FindOrder, UseJob


def order_of(context: Any) -> FindOrder:
    """The order that the panel's settings make; UserError where they make none."""
    settings = context.scene.coamd.find
    query, by_text = settings.query.strip(), settings.by == "TEXT"
    if by_text and not query:
        raise UserError("The search text is empty.", "Say what the person does.", "empty_prompt")
    places = places_of(context)
    if not places and not settings.this_file:
        raise UserError("There is nowhere to search.", "Choose this file, asset libraries or a folder.", "no_place")
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
        places=places,
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

    @queueing(FIND)
    def execute(self, context: Any) -> Task:
        """The search that the panel asks for."""
        return FindJob(order_of(context))


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
            fill(listed.moments.add(), moment)
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

    @queueing(FIND)
    def execute(self, context: Any) -> Task:
        """A job that writes the take as Generate writes a motion."""
        moments, settings = found_moments().moments, context.scene.coamd.find
        if self.number >= len(moments):
            raise UserError("There is no such take in the list.", "Choose one of the list.", "no_take")
        return _use(context, moments[self.number], settings.moment_only)


def _use(context: Any, item: Any, moment_only: bool) -> UseJob:
    """The job that puts a listed take on the character; UserError where there is none to put it on."""
    rig_object, rig, mapping = armature.read(context)
    start, end = item.seconds
    seconds = end - start if moment_only else end
    order = generate_order(context.scene, rig_object)
    request = replace(order.request, prompt=item.title, seconds=seconds, variations=1, models=())
    span = (item.first, item.end) if moment_only else None
    return UseJob(replace(order, request=request), rig, mapping, path=item.path, name=item.take, span=span)


class COAMD_OT_show_offer(bpy.types.Operator):  # noqa: N801
    """Show a recorded take that fits the prompt. Called by the session"""

    bl_idname = "coamd.show_offer"
    bl_label = "Show Offer"
    bl_options = {"INTERNAL"}

    job: IntProperty(options={"HIDDEN", "SKIP_SAVE"})

    def execute(self, _context: Any) -> set[str]:
        """Fill the offer under Generate."""
        job = session.job(self.job)
        assert isinstance(job, OfferJob) and job.moment is not None and job.image is not None
        offered = found_moments().offered
        offered.clear()
        item = offered.add()
        fill(item, job.moment)
        item.prompt = job.prompt
        thumbnails.show([job.image], PICTURE)
        return {"FINISHED"}


class COAMD_OT_use_offer(PanelButton, bpy.types.Operator):  # noqa: N801
    """Put this recorded take on the character as a new action, from the current frame on. Its own action is kept"""

    bl_idname = "coamd.use_offer"
    bl_label = "Use"

    wait: wait_property()

    @classmethod
    def poll(cls, _context: Any) -> bool:
        """Whether a take is offered."""
        return len(found_moments().offered) > 0

    @queueing(GENERATE)
    def execute(self, context: Any) -> Task:
        """The same job as of Find's Use."""
        return _use(context, found_moments().offered[0], moment_only=False)


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


class COAMD_OT_remove_folder(RemoveRow, bpy.types.Operator):  # noqa: N801
    """Remove the chosen folder from the list. The folder itself stays"""

    bl_idname = "coamd.remove_folder"
    bl_label = "Remove Folder"
    bl_options = {"UNDO", "INTERNAL"}

    group, rows, chosen = "find", "folders", "folder"


CLASSES = (
    COAMD_OT_find,
    COAMD_OT_show_found,
    COAMD_OT_use_found,
    COAMD_OT_show_offer,
    COAMD_OT_use_offer,
    COAMD_OT_add_folder,
    COAMD_OT_remove_folder,
)
