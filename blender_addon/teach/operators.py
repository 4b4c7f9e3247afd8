# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists takes with suggested words, teaches them, and keeps the taught models in order.

Scripts set ``scene.coamd.teach`` and call the operators in turn::

    bpy.context.scene.coamd.teach.name = "Hero moves"
    bpy.ops.coamd.list_examples(wait=True)
    bpy.ops.coamd.suggest_words(wait=True)  # for those whose names say nothing
    for example in bpy.context.window_manager.coamd_teach.examples:
        example.words = "a person bows"
    bpy.ops.coamd.teach(wait=True)
    bpy.ops.coamd.choose_model(model="Hero moves")
    bpy.ops.coamd.generate(wait=True)
"""

from __future__ import annotations

from typing import Any

import bpy
from bpy.props import IntProperty

from ...backend.requests.lesson import checked_name, described, suggested
from ...backend.taught.library import place
from ...rigs.errors import UserError
from ..character import armature
from ..find.settings import found_moments
from ..session.queueing import PanelButton, queueing, wait_property
from ..session.tasks import Task
from ..session.timer import redraw, session
from ..takes import takes
from ..ui.notices import TEACH
from .listing import FetchedTake, ListJob
from .settings import listed_examples
from .suggestion import SuggestJob
from .task import TeachJob, TeachOrder


def order_of(context: Any) -> TeachOrder:
    """The order that the panel and its list make; UserError where they make none."""
    settings, listed = context.scene.coamd.teach, listed_examples()
    name = checked_name(settings.name)
    if not session.link.elsewhere:
        place(name)  # a name that is taken is refused before anything is read
    known = listed_takes()
    chosen = []
    for example in listed.examples:
        words = described(example.words.split(";"))
        if not example.use or example.take not in known:
            continue
        if not words:
            raise UserError(f"“{example.take}” has no words.", "Say in English what happens in it.", "no_words")
        chosen.append((known[example.take], words))
    if not chosen:
        raise UserError("No take is ticked.", "Tick at least one, better four or more of each action.", "no_takes")
    return TeachOrder(name, tuple(chosen), settings.mirror)


def listed_takes() -> dict[str, takes.Take | FetchedTake]:
    """The takes of the list by their names; UserError where there is none."""
    number = listed_examples().job
    job = next((job for job in session.jobs if job.number == number and isinstance(job, ListJob)), None)
    if job is None:
        raise UserError("No takes are listed.", "Press List Takes first.", "old_list")
    return {take.name: take for take in job.takes}


def list_job(context: Any) -> ListJob:
    """The job that lists what the panel names; UserError if it names nothing."""
    source = context.scene.coamd.teach.source
    rig_object = armature.character(context)
    where = (context.scene.name, rig_object.name if rig_object is not None else "")
    if source == "FOUND":
        moments = found_moments().moments
        if not len(moments):
            raise UserError("Find lists no takes.", "Press Find first, or choose other takes.", "no_takes")
        here = frozenset(moment.take for moment in moments if not moment.path)
        elsewhere = dict.fromkeys((moment.path, moment.take) for moment in moments if moment.path)
        return ListJob([], *where, whole_file=bool(here), only=here, elsewhere=tuple(elsewhere))
    if source == "FILE":
        return ListJob([], *where, whole_file=True)
    return ListJob([takes.active(context)] if source == "ACTIVE" else list(takes.of_strips(context.scene)), *where)


class COAMD_OT_list_examples(PanelButton, bpy.types.Operator):  # noqa: N801 (Blender's naming rule)
    """List the takes, each with words that its name or its asset description suggests. Nothing is taught yet"""

    bl_idname = "coamd.list_examples"
    bl_label = "List Takes"

    wait: wait_property("Return only when the list is there (for scripts and background mode)")

    @queueing(TEACH)
    def execute(self, context: Any) -> Task:
        """The job that lists what the panel names."""
        return list_job(context)


class COAMD_OT_show_examples(bpy.types.Operator):  # noqa: N801
    """List the takes that can be taught. Called by the session"""

    bl_idname = "coamd.show_examples"
    bl_label = "Show Takes"
    bl_options = {"INTERNAL"}

    job: IntProperty(options={"HIDDEN", "SKIP_SAVE"})

    def execute(self, _context: Any) -> set[str]:
        """Fill the list; words that were typed for a take before stay."""
        job, listed = session.job(self.job), listed_examples()
        assert isinstance(job, ListJob)
        before = {example.take: example.words for example in listed.examples}
        listed.examples.clear()
        for take in job.takes:
            item = listed.examples.add()
            item.take, item.seconds = take.name, take.seconds
            item.words = before.get(take.name) or words_of(take)
        listed.example, listed.job = 0, job.number
        return {"FINISHED"}


def words_of(take: takes.Take | FetchedTake) -> str:
    """Words from a take's asset description or its name."""
    if isinstance(take, FetchedTake):
        return suggested(take.name)
    action = bpy.data.actions.get(take.played.action)
    asset = action.asset_data if action is not None else None
    described_as = " ".join(asset.description.split()) if asset is not None else ""
    return described_as or suggested(take.name)


class COAMD_OT_suggest_words(PanelButton, bpy.types.Operator):  # noqa: N801
    """Let the recognizer say what happens in the ticked takes that have no words yet"""

    bl_idname = "coamd.suggest_words"
    bl_label = "Suggest Words"

    wait: wait_property()

    @classmethod
    def poll(cls, _context: Any) -> bool:
        """Whether a ticked take has no words."""
        return bool(wordless())

    @queueing(TEACH)
    def execute(self, _context: Any) -> Task:
        """The recognition of those takes."""
        known = listed_takes()
        return SuggestJob(tuple(known[name] for name in wordless() if name in known))


def wordless() -> list[str]:
    """Names of the ticked takes without words."""
    return [example.take for example in listed_examples().examples if example.use and not example.words.strip()]


class COAMD_OT_fill_words(bpy.types.Operator):  # noqa: N801
    """Show the words that were suggested. Called by the session"""

    bl_idname = "coamd.fill_words"
    bl_label = "Fill In Words"
    bl_options = {"INTERNAL"}

    job: IntProperty(options={"HIDDEN", "SKIP_SAVE"})

    def execute(self, _context: Any) -> set[str]:
        """What was typed meanwhile stays."""
        job = session.job(self.job)
        assert isinstance(job, SuggestJob)
        for example in listed_examples().examples:
            if not example.words.strip():
                example.words = job.found.get(example.take, "")
        redraw()
        return {"FINISHED"}


class COAMD_OT_teach(PanelButton, bpy.types.Operator):  # noqa: N801
    """Teach the ticked takes to the model. It takes some minutes, and Blender and Generate stay usable meanwhile"""

    bl_idname = "coamd.teach"
    bl_label = "Teach"

    wait: wait_property()

    @queueing(TEACH)
    def execute(self, context: Any) -> Task:
        """The lesson that the panel and its list make."""
        return TeachJob(order_of(context))


class COAMD_OT_enough(bpy.types.Operator):  # noqa: N801
    """End the teaching now and keep what is learnt so far"""

    bl_idname = "coamd.enough"
    bl_label = "End and Keep"

    @classmethod
    def poll(cls, _context: Any) -> bool:
        """Whether something is being taught."""
        return teaching() is not None

    def execute(self, _context: Any) -> set[str]:
        """Ask the backend; the job ends as usual."""
        job = teaching()
        if job is not None and job.request is not None:
            session.link.enough(job.request)
        redraw()
        return {"FINISHED"}


def teaching() -> TeachJob | None:
    """The job that the backend teaches now."""
    found = (job for job in session.jobs if isinstance(job, TeachJob) and not job.over and job.request is not None)
    return next(found, None)


class COAMD_OT_show_learnt(bpy.types.Operator):  # noqa: N801
    """Show what was learnt. Called by the session"""

    bl_idname = "coamd.show_learnt"
    bl_label = "Show What Was Learnt"
    bl_options = {"INTERNAL"}

    job: IntProperty(options={"HIDDEN", "SKIP_SAVE"})

    def execute(self, _context: Any) -> set[str]:
        """The menus read the folder anyway, and the job's report says the rest."""
        redraw()
        return {"FINISHED"}


CLASSES = (
    COAMD_OT_list_examples,
    COAMD_OT_show_examples,
    COAMD_OT_suggest_words,
    COAMD_OT_fill_words,
    COAMD_OT_teach,
    COAMD_OT_enough,
    COAMD_OT_show_learnt,
)
