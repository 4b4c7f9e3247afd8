# SPDX-License-Identifier: GPL-3.0-or-later
"""From the prompt to a job, and cancelling it."""

from __future__ import annotations

from typing import Any

import bpy
from bpy.props import BoolProperty, IntProperty

from ...backend.limits import check
from ...rigs.errors import UserError
from ...rigs.settings import RetargetSettings
from .. import armature, prompts
from ..identity import Identity
from ..jobs import Job, Order
from ..messages import GENERATE
from ..timer import redraw, session
from .queueing import PanelButton, queued, refused, wait_property


def order_of(context: Any, rig_object: Any) -> Order:
    """The order that the panel's settings make, beginning at the current frame."""
    scene, settings = context.scene, context.scene.coamd
    return Order(
        prompt=settings.prompt.strip(),
        seconds=round(settings.seconds, 4),  # 4.0 comes out of a float property as it went in, 4.1 does not
        seed=settings.seed,
        variations=settings.variations,
        candidates=settings.candidates or None,
        character_id=Identity.of(rig_object),
        scene_id=Identity.of(scene),
        start=scene.frame_current,
        fps=scene.render.fps / scene.render.fps_base,
        extend_range=settings.extend_range,
        settings=RetargetSettings(round(settings.foot_lock, 4), settings.root.lower(), settings.limbs.lower()),
        tolerance=settings.tolerance(),
    )


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

    @classmethod
    def description(cls, _context: Any, properties: Any) -> str:
        """What this button does."""
        if properties.another:
            return "Make another take of the same prompt: the seed goes up by one"
        if properties.mannequin:
            return "Add a mannequin and make the motion that the prompt describes on it"
        return cls.__doc__ or ""

    def execute(self, context: Any) -> set[str]:
        """Check what is asked for, and queue it."""
        if self.mannequin and not armature.any_in(context.scene):
            bpy.ops.coamd.add_mannequin()
        if self.another:
            context.scene.coamd.seed = (context.scene.coamd.seed + 1) % 2**31
        try:
            rig_object, rig, mapping = armature.read(context)
            order = order_of(context, rig_object)
            check(order.prompt, order.seconds, order.variations)
        except UserError as error:
            return refused(self, error, GENERATE)
        prompts.remember(order.prompt)
        return queued(self, Job(order, rig, mapping), self.wait)


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
