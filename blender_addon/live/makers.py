# SPDX-License-Identifier: GPL-3.0-or-later
"""What Live makes: the clip of Generate, or an edit of the motion that was there when it was turned on."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import bpy

from ...rigs.errors import UserError
from ..character import armature
from ..edit import order as edit_order
from ..edit.order import LiveBase
from ..edit.sampled_motion import SampledMotion
from ..edit.task import EditJob
from ..generate import operators as generate_operators
from ..generate.quality import DRAFT_STEPS
from ..keys import source_action as source_actions
from ..keys.scene_time import playhead
from ..results.live_result import LiveResult
from ..session.identity import Identity
from ..session.tasks import Job
from ..ui.notices import EDIT, GENERATE
from . import watched_settings
from .watched_settings import Watched


class _CharacterMaker:
    """What both makers know: whose motion it is, and their last result."""

    def __init__(self, context: Any, rig_object: Any) -> None:
        self._scene, self._rig_object = Identity.of(context.scene), Identity.of(rig_object)
        self._start = playhead(context.scene)
        self._made: LiveResult | None = None

    def target(self) -> tuple[Any, Any]:
        """Scene and character; UserError when Live cannot go on with them."""
        scene = self._scene.find(bpy.data.scenes)
        rig_object = self._rig_object.find(scene.objects) if scene is not None else None
        name = self._rig_object.name
        if scene is None or rig_object is None:
            raise UserError(
                f"“{name}” was deleted, so Live is off.", "Undo that, or choose another character.", "live_over"
            )
        chosen = scene.coamd.character
        if chosen is not None and chosen != rig_object:
            raise UserError(
                f"Another character is chosen, so Live is off for “{name}”.", "Turn it on for the new one.", "live_over"
            )
        return scene, rig_object

    def obstacle(self) -> str:
        """A render reads what would be written, and bones cannot be animated in Edit Mode."""
        if bpy.app.is_job_running("RENDER"):
            return "Live waits for the render to end"
        return "Live waits for you to leave Edit Mode" if self.target()[1].mode == "EDIT" else ""


class GenerateMaker(_CharacterMaker):
    """The clip that Generate makes, from the frame on at which the playhead was."""

    button = GENERATE

    def __init__(self, context: Any) -> None:
        rig_object, _, _ = armature.read(context)
        super().__init__(context, rig_object)
        self.watched()

    def watched(self) -> Watched:
        """What Generate would make."""
        scene, _ = self.target()
        if scene.coamd.start != "NEW":
            raise UserError(
                "Live makes a new action, so it is off.", "Choose Start: New, then turn it on.", "live_start"
            )
        return watched_settings.of_generate(scene)

    def job(self, draft: bool) -> Job:
        """A clip, as a draft or in full."""
        scene, rig_object = self.target()
        armature.check_writable(rig_object)
        job = generate_operators.job_of(scene, *edit_order.with_mapping(rig_object))
        request = replace(job.order.request, variations=1)
        if draft:
            request = replace(request, steps=DRAFT_STEPS, candidates=1)
        job.order = replace(job.order, request=request, start=self._start, replaces=self._made)
        job.live, job.draft = True, draft
        return job

    def written(self, job: Job) -> None:
        """Remember its action, which the next one replaces."""
        self._made = LiveResult.of(job.actions[0])


class EditMaker(_CharacterMaker):
    """An edit of the action that was on the character, however many have been made of it since."""

    button = EDIT

    def __init__(self, context: Any) -> None:
        rig_object, _, _ = edit_order.character(context)
        super().__init__(context, rig_object)
        source = source_actions.find(rig_object)
        if source.tweaked or context.scene.coamd.edit.same_action:
            raise UserError(
                "Live writes into a copy of the action.",
                "Turn In the Same Action off, and leave the NLA's tweak mode.",
                "live_same",
            )
        self._base = LiveBase(source, self._start)
        self._sampled: SampledMotion | None = None
        self._last: EditJob | None = None

    def watched(self) -> Watched:
        """What Edit would make."""
        scene, rig_object = self.target()
        data = rig_object.animation_data
        action = data.action.name if data is not None and data.action is not None else ""
        if action not in (self._base.source.action, "" if self._made is None else self._made.action):
            raise UserError(
                f"Another action is on “{rig_object.name}”, so Live is off.",
                "Turn it on to edit that one.",
                "live_over",
            )
        return watched_settings.of_edit(scene)

    def job(self, draft: bool) -> Job:
        """An edit, as a draft or in full; the motion that was sampled for the last one is reused."""
        _, rig_object = self.target()
        if self._last is not None and self._last.sampled is not None:
            self._sampled, self._last = self._last.sampled, None
        _, rig, mapping = edit_order.with_mapping(rig_object)
        order, mapping = edit_order.read(bpy.context, rig_object, rig, mapping, self._base)
        request = replace(order.request, variations=1, steps=DRAFT_STEPS if draft else order.request.steps)
        order = replace(order, request=request, replaces=self._made)
        job = EditJob(order, rig, mapping, sampled=self._sampled)
        job.live, job.draft = True, draft
        self._last = job
        return job

    def written(self, job: Job) -> None:
        """Remember its action, which the next one replaces."""
        assert isinstance(job, EditJob)
        self._made = LiveResult.of(job.takes[-1])
        self._sampled, self._last, job.sampled = job.sampled, None, None
