# SPDX-License-Identifier: GPL-3.0-or-later
"""From the prompt to a job, and cancelling it."""

from __future__ import annotations

from typing import Any

import bpy
from bpy.props import BoolProperty

from ...backend.limits import check
from ...rigs.errors import UserError
from ...rigs.settings import RetargetSettings
from .. import armature
from ..identity import Identity
from ..jobs import Job, Order
from ..messages import ERROR, Message
from ..timer import redraw, session
from .queueing import queued


def order_of(context: Any, rig_object: Any) -> Order:
    """The order that the panel's settings make, beginning at the current frame."""
    scene, settings = context.scene, context.scene.coamd
    return Order(
        prompt=settings.prompt.strip(),
        seconds=round(settings.seconds, 4),  # 4.0 comes out of a float property as it went in, 4.1 does not
        seed=settings.seed,
        variations=settings.variations,
        character_id=Identity.of(rig_object),
        scene_id=Identity.of(scene),
        start=scene.frame_current,
        fps=scene.render.fps / scene.render.fps_base,
        extend_range=settings.extend_range,
        settings=RetargetSettings(round(settings.foot_lock, 4), settings.root.lower(), settings.limbs.lower()),
        tolerance=settings.tolerance(),
    )


class COAMD_OT_generate(bpy.types.Operator):  # noqa: N801 (Blender's naming rule)
    """Make the motion that the prompt describes, from the current frame on, as a new action of the character"""

    bl_idname = "coamd.generate"
    bl_label = "Generate"

    wait: BoolProperty(
        name="Wait",
        description="Return only when the keys are written (for scripts and background mode)",
        default=False,
        options={"SKIP_SAVE"},
    )

    def execute(self, context: Any) -> set[str]:
        try:
            rig_object, rig, mapping = armature.read(context)
            order = order_of(context, rig_object)
            check(order.prompt, order.seconds, order.variations)
        except UserError as error:
            session.message = Message.of(error)
            redraw()
            self.report({ERROR}, str(error))
            return {"CANCELLED"}
        return queued(self, Job(order, rig, mapping), self.wait)


class COAMD_OT_cancel(bpy.types.Operator):  # noqa: N801
    """Stop the job that is on its way. Nothing is written"""

    bl_idname = "coamd.cancel"
    bl_label = "Cancel"

    @classmethod
    def poll(cls, _context: Any) -> bool:
        return session.busy

    def execute(self, _context: Any) -> set[str]:
        job = session.current
        if job is not None:
            session.cancel(job)
        redraw()
        return {"FINISHED"}


CLASSES = (COAMD_OT_generate, COAMD_OT_cancel)
