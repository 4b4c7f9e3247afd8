# SPDX-License-Identifier: GPL-3.0-or-later
"""How operators refuse jobs or queue them, and wait for them if a script asks for that."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from bpy.props import BoolProperty

from ...rigs.errors import UserError
from ..preferences import backend_settings
from ..ui.notices import ERROR, WARNING, Notice
from .tasks import DONE, Task
from .timer import redraw, session, wake

_PAUSE = 0.005  # seconds between ticks while a script waits


def wait_property(description: str = "Return only when it is done (for scripts and background mode)") -> Any:
    """The property with which scripts wait until the job is done."""
    return BoolProperty(name="Wait", description=description, default=False, options={"SKIP_SAVE"})


class PanelButton:
    """An operator whose refusals are shown in its panel.

    Blender opens a window under the mouse for an error, which would cover the panel's sentence and, from 5.0 on, take
    the click on the button that helps. After a click on the panel's button it is shown there; for keys, menus, the
    search and scripts it stays an error.
    """

    execute: Any  # of the operator
    beside = False  # whether the panel is where the mouse is

    def invoke(self, context: Any, event: Any) -> set[str]:
        """Execute, and note whether the mouse is on the panel: its buttons run in the area's main region."""
        for region in context.area.regions if context.area else ():
            if region.type == "UI":
                across, up = event.mouse_x - region.x, event.mouse_y - region.y
                self.beside = 0 <= across < region.width and 0 <= up < region.height
        done: set[str] = self.execute(context)
        return done


def refused(operator: Any, error: UserError, button: str) -> set[str]:
    """Report the refusal in the panel of the button and to scripts."""
    session.message = Notice.of(error, button)
    redraw()
    operator.report({WARNING if getattr(operator, "beside", False) else ERROR}, str(error))
    return {"CANCELLED"}


def refusing(button: str) -> Callable[[Callable[..., set[str]]], Callable[[Any, Any], set[str]]]:
    """Decorates an ``execute`` whose UserError the panel of the button shows."""

    def decorate(execute: Callable[..., set[str]]) -> Callable[[Any, Any], set[str]]:
        @wraps(execute)
        def checked(operator: Any, context: Any) -> set[str]:
            try:
                return execute(operator, context)
            except UserError as error:
                return refused(operator, error, button)

        return checked

    return decorate


def queueing(button: str) -> Callable[[Callable[..., Task]], Callable[[Any, Any], set[str]]]:
    """Decorates a function that makes an operator's job into its ``execute``, which queues the job or refuses it."""

    def decorate(make: Callable[..., Task]) -> Callable[[Any, Any], set[str]]:
        @refusing(button)
        @wraps(make)
        def execute(operator: Any, context: Any) -> set[str]:
            return queued(operator, make(operator, context), operator.wait)

        return execute

    return decorate


def queued(operator: Any, job: Task, wait: bool, needs_backend: bool = True) -> set[str]:
    """Start the backend if need be and queue the job; with ``wait``, return only when it is over."""
    if needs_backend:
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
