# SPDX-License-Identifier: GPL-3.0-or-later
"""The one session of this Blender and the one timer that drives it."""

from __future__ import annotations

import atexit
from typing import Any

import bpy

from .find_settings import found_moments
from .holding import obstacle
from .installation import REMOVE, Installation
from .jobs import READING, Task
from .label_settings import found_labels
from .preferences import backend_settings
from .preview import preview
from .progress import clock
from .session import Session

_BUSY_SECONDS = 0.03
_READING_SECONDS = 0.002  # while a pose is read, a tick works for 3 ms, and Blender gets the rest of the time
_CALM_SECONDS = 0.5  # nothing on its way: only watch that the backend lives
_LOOK_SECONDS = 1.0  # after Blender's start, until the backend's installation is looked at


def _apply(job: Task) -> None:
    """Write a result through its operator, as one undo step."""
    windows = bpy.context.window_manager.windows
    # A timer has no window of its own, and the undo system asks for one.
    window = bpy.context.window or (windows[0] if windows else None)
    try:
        with bpy.context.temp_override(window=window):
            getattr(bpy.ops.coamd, job.writer)("EXEC_DEFAULT", True, job=job.number)
    except RuntimeError as error:  # how an operator's report of an error reaches its caller
        if job.refusal is None:
            raise
        raise job.refusal from error


session = Session(_apply, obstacle)
installation = Installation()


def tick_installation() -> bool:
    """Move an installation on, and say when it is over; True when something the panel shows has changed."""
    busy = installation.busy
    changed = installation.tick(backend_settings())
    if busy and not installation.busy and installation.problem is None and installation.wish is not None:
        removed = installation.wish.action == REMOVE
        session.say("The backend is removed." if removed else "The backend is installed. Press Generate.")
    return changed


def _on_timer() -> float | None:
    installing = installation.busy or installation.looking
    changed = installing and tick_installation()
    changed = session.tick() or changed
    clock.look(session.jobs)
    shown = getattr(bpy.context.scene, "coamd", None)
    if preview.look(session.jobs, shown is None or shown.preview):
        redraw("WINDOW")
    if changed:
        redraw()
    if session.idle:
        return _CALM_SECONDS / 2 if installing else None
    if any(job.state == READING for job in session.jobs):
        return _READING_SECONDS
    calm = not session.busy and session.link.state == "ready"
    return _CALM_SECONDS if calm else _BUSY_SECONDS


def wake() -> None:
    """See that the timer runs; it ends by itself when nothing is left to do. Background mode has none."""
    if not bpy.app.background and not bpy.app.timers.is_registered(_on_timer):
        bpy.app.timers.register(_on_timer, first_interval=0.0, persistent=True)  # goes on in another file


def _first_look() -> None:
    """See whether the backend is there and whole, once Blender has started."""
    installation.check(backend_settings())
    wake()


def redraw(region_type: str = "UI") -> None:
    """Draw the sidebars (or other regions) of every 3D viewport again, and with the sidebars the status bar."""
    if region_type == "UI":
        from .status import redraw as redraw_status  # it draws the session, so it is imported late

        redraw_status()
    for window in bpy.context.window_manager.windows:
        for area in window.screen.areas:
            if area.type == "VIEW_3D":
                for region in area.regions:
                    if region.type == region_type:
                        region.tag_redraw()


@bpy.app.handlers.persistent
def _on_load(_path: Any = None, _unused: Any = None) -> None:
    """Another file: jobs speak of what is not in it. The backend, which took seconds to load, goes on."""
    session.drop()
    found_labels().segments.clear()
    found_moments().moments.clear()


def register() -> None:
    """Watch for other files and for the end of Blender."""
    bpy.app.handlers.load_post.append(_on_load)
    atexit.register(session.close)
    atexit.register(installation.stop)
    if not bpy.app.background:
        bpy.app.timers.register(_first_look, first_interval=_LOOK_SECONDS, persistent=True)


def unregister() -> None:
    """Undo register() and stop everything."""
    for timer in (_on_timer, _first_look):
        if bpy.app.timers.is_registered(timer):
            bpy.app.timers.unregister(timer)
    session.close()
    session.drop()
    preview.clear()
    installation.stop()
    atexit.unregister(session.close)
    atexit.unregister(installation.stop)
    if _on_load in bpy.app.handlers.load_post:
        bpy.app.handlers.load_post.remove(_on_load)
