# SPDX-License-Identifier: GPL-3.0-or-later
"""From the prompt to a job, and cancelling it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import bpy
from bpy.props import BoolProperty, IntProperty

from ...backend.requests.generate import GenerateRequest
from ...backend.requests.limits import check
from ...rigs.body.rest_rig import RestRig
from ...rigs.detect.mapping import Mapping
from ...rigs.solve.settings import RetargetSettings
from ..character import armature
from ..edit import order as edit_order
from ..edit.modes import continuation
from ..edit.task import EditJob
from ..find import offer
from ..keys.scene_time import playhead, usable_rate
from ..session.identity import Identity
from ..session.queueing import PanelButton, queued, refusing, wait_property
from ..session.tasks import Job, Order
from ..session.timer import redraw, session
from ..ui.notices import GENERATE
from . import prompt_history
from .steps import joined_prompt, prompts_and_seconds
from .steps_task import StepsJob


def request_of(settings: Any) -> GenerateRequest:
    """What the panel's settings ask of the model."""
    return GenerateRequest(
        settings.prompt.strip(),
        round(settings.seconds, 4),  # 4.0 comes out of a float property as it went in, 4.1 does not
        settings.seed,
        settings.variations,
        settings.chosen_models(),
        steps=settings.sampler_steps(),
        candidates=settings.most_candidates(),
    )


def order_of(scene: Any, rig_object: Any) -> Order:
    """The order that the panel's settings make, beginning at the current frame."""
    settings = scene.coamd
    return Order(
        request_of(settings),
        character_id=Identity.of(rig_object),
        scene_id=Identity.of(scene),
        start=playhead(scene),
        fps=usable_rate(scene),
        as_strip=settings.start == "STRIP",
        settings=RetargetSettings(round(settings.foot_lock, 4), settings.root.lower(), settings.limbs.lower()),
        tolerance=settings.tolerance(),
    )


def _job(context: Any, rig_object: Any | None = None) -> Job:
    """What the panel asks for, of the character or of an armature; UserError where that cannot be made."""
    settings = context.scene.coamd
    if settings.start != "CONTINUE":
        return job_of(context.scene, *armature.read(context, rig_object))
    if not settings.use_steps:
        check(request_of(settings))
    rig_object, rig, mapping = edit_order.character(context, rig_object)
    order, mapping = continuation.read(context, rig_object, rig, mapping)
    return EditJob(order, rig, mapping)


def _jobs(context: Any, selected: bool) -> list[Job]:
    """One job, or one for each selected character: from seed to seed, as a crowd that moves as one looks copied."""
    if not selected:
        return [_job(context)]
    jobs = [_job(context, rig_object) for rig_object in armature.selected(context) or [None]]
    for place, job in enumerate(jobs):
        request = job.order.request
        job.order = replace(job.order, request=replace(request, seed=(request.seed + place) % 2**31))
    return jobs


def job_of(scene: Any, rig_object: Any, rig: RestRig, mapping: Mapping) -> Job:
    """What the settings ask for as a new action; UserError where that cannot be made."""
    order = order_of(scene, rig_object)
    if not scene.coamd.use_steps:
        check(order.request)
        return Job(order, rig, mapping)
    steps = prompts_and_seconds(scene.coamd)
    request = replace(order.request, prompt=joined_prompt(steps), seconds=sum(seconds for _, seconds in steps))
    return StepsJob(replace(order, request=request), rig, mapping, steps=steps)


class COAMD_OT_generate(PanelButton, bpy.types.Operator):  # noqa: N801 (Blender's naming rule)
    """Make the motion that the prompt describes, from the current frame on, as a new action of the character"""

    bl_idname = "coamd.generate"
    bl_label = "Generate"

    wait: wait_property("Return only when the keys are written (for scripts and background mode)")
    another: BoolProperty(
        name="Another Take",
        description="Add one to the seed first, which gives another motion for the same prompt",
        default=False,
        options={"SKIP_SAVE"},
    )
    mannequin: BoolProperty(
        name="On a Mannequin",
        description="Add the mannequin first where the scene has no armature at all",
        default=False,
        options={"SKIP_SAVE"},
    )

    selected: BoolProperty(
        name="All Selected",
        description="Make a motion for each selected character, one after the other, each with the next seed",
        default=False,
        options={"SKIP_SAVE"},
    )

    @classmethod
    def description(cls, _context: Any, properties: Any) -> str:
        """What this button does."""
        if properties.selected:
            return "Make a motion for each selected character, one after the other, each with the next seed"
        if properties.another:
            return "Make another take of the same prompt: the seed goes up by one"
        if properties.mannequin:
            return "Add a mannequin and make the motion that the prompt describes on it"
        return cls.__doc__ or ""

    @refusing(GENERATE)
    def execute(self, context: Any) -> set[str]:
        """Check what is asked for, and queue it."""
        if self.mannequin and not armature.any_in(context.scene):
            bpy.ops.coamd.add_mannequin()
        if self.another:
            context.scene.coamd.seed = (context.scene.coamd.seed + 1) % 2**31
        jobs = _jobs(context, self.selected)
        prompt = jobs[0].order.request.prompt
        prompt_history.remember(prompt)
        if not self.wait:
            offer.look_for_offer(context, prompt)
        done = [queued(self, job, self.wait) for job in jobs]
        return next((one for one in done if one != {"FINISHED"}), {"FINISHED"})


class COAMD_OT_cancel(bpy.types.Operator):  # noqa: N801
    """Stop the job that is on its way. Nothing is written"""

    bl_idname = "coamd.cancel"
    bl_label = "Cancel"

    job: IntProperty(name="Job", description="Number of the job. 0: the oldest on its way", default=0, min=0)

    @classmethod
    def poll(cls, _context: Any) -> bool:
        return session.busy

    def execute(self, _context: Any) -> set[str]:
        """Cancel it; one that is over by now stays as it is."""
        job = next((job for job in session.jobs if job.number == self.job), session.current if not self.job else None)
        if job is not None:
            session.cancel(job)
        redraw()
        return {"FINISHED"}


CLASSES = (COAMD_OT_generate, COAMD_OT_cancel)
