# SPDX-License-Identifier: GPL-3.0-or-later
"""Names takes: from the panel to a job, from its answer to a list, and from the list into the file.

Scripts set ``scene.coamd.label`` and call the operators in turn::

    label = bpy.context.scene.coamd.label
    label.source, label.markers, label.asset = "FILE", "POSE", True
    bpy.ops.coamd.label(wait=True)
    for segment in bpy.context.window_manager.coamd_label.segments:
        print(segment.seconds, segment.label, segment.confidence)
    bpy.ops.coamd.apply_labels()
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bpy
from bpy.props import BoolProperty, IntProperty, StringProperty

from ...backend.requests.label import read_labels
from ...rigs.errors import UserError
from ..character import armature
from ..session.queueing import PanelButton, queueing, refusing, wait_property
from ..session.tasks import Task
from ..session.timer import redraw, session
from ..takes import takes
from ..ui.notices import INFO, LABEL, WARNING
from . import result as label_result
from .settings import found_labels
from .task import LabelJob, LabelOrder


def order_of(context: Any) -> tuple[LabelOrder, str]:
    """The order that the panel's settings make, and what the user should know of it; UserError where they make none."""
    settings = context.scene.coamd.label
    labels, note = read_labels(settings.own_words) if settings.words == "OWN" else ((), "")
    found: tuple[takes.Take, ...] = ()
    if settings.source == "ACTIVE":
        found = (takes.active(context),)
    elif settings.source == "STRIPS":
        found = tuple(takes.of_strips(context.scene))
    rig_object = armature.character(context)
    name = rig_object.name if rig_object is not None else ""
    describe = settings.words == "DESCRIBE"
    return LabelOrder(found, context.scene.name, name, labels, describe, settings.whole), note


class COAMD_OT_label(PanelButton, bpy.types.Operator):  # noqa: N801 (Blender's naming rule)
    """Read the takes, cut them where the action changes, and list what they are. Nothing is written yet"""

    bl_idname = "coamd.label"
    bl_label = "Label"

    wait: wait_property("Return only when the list is there (for scripts and background mode)")

    @queueing(LABEL)
    def execute(self, context: Any) -> Task:
        """The labelling that the panel asks for."""
        order, note = order_of(context)
        return LabelJob(order, warnings=(note,) if note else ())


class COAMD_OT_show_labels(bpy.types.Operator):  # noqa: N801
    """List what was found. Called by the session"""

    bl_idname = "coamd.show_labels"
    bl_label = "Show Labels"
    bl_options = {"INTERNAL"}

    job: IntProperty(options={"HIDDEN", "SKIP_SAVE"})

    def execute(self, _context: Any) -> set[str]:
        """Fill the list of the panel."""
        job = session.job(self.job)
        assert isinstance(job, LabelJob)
        label_result.fill(found_labels(), job)
        return {"FINISHED"}


class COAMD_OT_choose_label(bpy.types.Operator):  # noqa: N801
    """Call the chosen segment this"""

    bl_idname = "coamd.choose_label"
    bl_label = "Choose Label"
    bl_options = {"INTERNAL"}

    label: StringProperty(name="Label", description="One of the labels of the chosen segment")

    def execute(self, _context: Any) -> set[str]:
        """Change the list."""
        listed = found_labels()
        job = label_result.listed_by(session.jobs, listed)
        if job is None or not listed.segment < len(listed.segments):
            return {"CANCELLED"}
        item = listed.segments[listed.segment]
        segment = next(s for s in job.found[item.take][1] if s.first == item.first)
        named = next((named for named in segment.labels if named.label == self.label), None)
        if named is not None:
            label_result.choose(item, named)
            item.use = True
        return {"FINISHED"}


class COAMD_OT_tick_labels(bpy.types.Operator):  # noqa: N801
    """Tick all segments of the list that have a label, or none of them"""

    bl_idname = "coamd.tick_labels"
    bl_label = "Tick All"
    bl_options = {"INTERNAL"}

    use: BoolProperty(name="Tick", description="Whether to tick them", default=True)

    def execute(self, _context: Any) -> set[str]:
        """Change the list."""
        for item in found_labels().segments:
            item.use = self.use and bool(item.label)
        return {"FINISHED"}


class COAMD_OT_apply_labels(PanelButton, bpy.types.Operator):  # noqa: N801
    """Write the ticked segments to the chosen places, in one undo step"""

    bl_idname = "coamd.apply_labels"
    bl_label = "Apply Labels"
    bl_options = {"UNDO"}

    @classmethod
    def poll(cls, _context: Any) -> bool:
        """Whether there is a list."""
        return len(found_labels().segments) > 0

    @refusing(LABEL)
    def execute(self, context: Any) -> set[str]:
        """Write, all or nothing."""
        settings = context.scene.coamd.label
        file = Path(bpy.path.abspath(settings.file)) if settings.file else None
        places = label_result.LabelPlaces(
            settings.markers,
            settings.rename,
            settings.asset,
            settings.custom,
            file,
            settings.existing == "REPLACE",
        )
        listed = found_labels()
        job = label_result.listed_by(session.jobs, listed)
        if job is None:
            raise UserError("The list belongs to a file that has been closed.", "Press Label again.", "old_list")
        written = label_result.chosen(listed, job)
        said = label_result.write(job, written, context.scene, places)
        count = len(written)
        text = f"{count} label{'s are' if count > 1 else ' is'} written."
        session.say(text, "\n".join(said), WARNING if said else INFO, LABEL)
        redraw()
        return {"FINISHED"}


CLASSES = (
    COAMD_OT_label,
    COAMD_OT_show_labels,
    COAMD_OT_choose_label,
    COAMD_OT_tick_labels,
    COAMD_OT_apply_labels,
)
