# SPDX-License-Identifier: GPL-3.0-or-later
"""What every operator does with a job: refuse it, or queue it and wait for it where a script asks for that."""

from __future__ import annotations

import time
from typing import Any

from bpy.props import BoolProperty

from ...rigs.errors import UserError
from ..jobs import DONE, Task
from ..messages import ERROR, WARNING, Message
from ..preferences import backend_settings
from ..timer import redraw, session, wake

_PAUSE = 0.005  # seconds between ticks while a script waits


def wait_property(description: str = "Return only when it is done (for scripts and background mode)") -> Any:
    """The switch for scripts, which want to go on only when all is done."""
    return BoolProperty(name="Wait", description=description, default=False, options={"SKIP_SAVE"})


class PanelButton:
    """An operator whose panel shows what is refused.

    Blender opens a window under the mouse for an error, which would cover the panel's sentence and, from 5.0 on, take
    the click on the button that helps. Who presses the panel's button reads it there; for keys, menus, the search and
    scripts it stays an error.
    """

    execute: Any  # of the operator
    beside = False  # whether the panel is where the mouse is

    def invoke(self, context: Any, event: Any) -> set[str]:
        """Execute, and know from where: a panel's buttons have the area's main region as theirs, so the mouse tells."""
        for region in context.area.regions if context.area else ():
            if region.type == "UI":
                across, up = event.mouse_x - region.x, event.mouse_y - region.y
                self.beside = 0 <= across < region.width and 0 <= up < region.height
        done: set[str] = self.execute(context)
        return done


def refused(operator: Any, error: UserError, button: str) -> set[str]:
    """Say why nothing is done, in the panel of the button and to scripts."""
    session.message = Message.of(error, button)
    redraw()
    operator.report({WARNING if operator.beside else ERROR}, str(error))
    return {"CANCELLED"}


def queued(operator: Any, job: Task, wait: bool) -> set[str]:
    """Start the backend if need be and queue the job; with ``wait``, return only when it is over."""
    session.link.start(backend_settings())
    session.submit(job)
    wake()
    redraw()
    if not wait:
        return {"FINISHED"}
    try:
        while not job.over:
            session.tick()
            time.sleep(_PAUSE)
    except KeyboardInterrupt:
        session.cancel(job)
        raise
    if job.state == DONE:
        return {"FINISHED"}
    operator.report({ERROR}, str(session.message or "Nothing was written."))
    return {"CANCELLED"}
