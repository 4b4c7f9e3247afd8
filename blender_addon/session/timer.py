# SPDX-License-Identifier: GPL-3.0-or-later
"""The one session of this Blender and the one timer that drives it."""

from __future__ import annotations

import atexit
import time
from typing import Any, Protocol

import bpy

from ..find.settings import found_moments
from ..install.installation import REMOVE, Installation
from ..label.settings import found_labels
from ..preferences import backend_settings, changed
from ..ui.notices import ERROR
from ..ui.preview import preview
from ..ui.progress import clock
from .obstacles import obstacle
from .panel_redraws import PanelRedraws
from .session import Session
from .tasks import READING, Task

_BUSY_SECONDS = 0.03
_READING_SECONDS = 0.002  # between ticks while poses are read
_WATCHING_SECONDS = 0.01  # while Live is on: three ticks lie between a move of the mouse and its draft
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


class Watcher(Protocol):
    """Something that reads the scene at every tick while it is on; ``tick`` is True when the panel has changed."""

    @property
    def on(self) -> bool: ...

    def tick(self, now: float) -> bool: ...


session = Session(_apply, obstacle)
watchers: list[Watcher] = []
installation = Installation()
drawn = PanelRedraws()


def tick_installation() -> bool:
    """Advance an installation, and report when it is over; True when something the panel shows has changed."""
    busy = installation.busy
    changed = installation.tick(backend_settings())
    if busy and not installation.busy and installation.problem is None and installation.request is not None:
        removed = installation.request.action == REMOVE
        session.say("The backend is removed." if removed else "The backend is installed. Press Generate.")
    return changed


def _watch() -> bool:
    """Tick the watchers, in a window as ``_apply`` does, as a timer has none of its own."""
    on = [watcher for watcher in watchers if watcher.on]
    windows = bpy.context.window_manager.windows
    if not on:
        return False
    with bpy.context.temp_override(window=bpy.context.window or (windows[0] if windows else None)):
        return any([watcher.tick(time.monotonic()) for watcher in on])


def _on_timer() -> float | None:
    installing = installation.busy or installation.looking
    changed = installing and tick_installation()
    changed = session.tick() or changed
    changed = _watch() or changed
    changed = drawn.due(changed, session.steps, time.monotonic())
    clock.look(session.jobs)
    settings = getattr(bpy.context.scene, "coamd", None)
    if preview.look(session.jobs, settings is None or settings.preview):
        redraw("WINDOW")
    if changed:
        redraw()
    watching = any(watcher.on for watcher in watchers)
    if session.idle and not watching:
        return _CALM_SECONDS / 2 if installing else None
    if any(job.state == READING for job in session.jobs):
        return _READING_SECONDS
    if watching:
        return _WATCHING_SECONDS
    calm = not session.busy and session.link.state == "ready"
    return _CALM_SECONDS if calm else _BUSY_SECONDS


def wake() -> None:
    """Make sure that the timer runs; it ends when nothing is left to do. Background mode has none."""
    if not bpy.app.background and not bpy.app.timers.is_registered(_on_timer):
        bpy.app.timers.register(_on_timer, first_interval=0.0, persistent=True)  # goes on in another file


def check_installation() -> None:
    """Check the backend's installation: after Blender's start, and when the preferences change."""
    installation.check(backend_settings())
    wake()


def redraw(region_type: str = "UI") -> None:
    """Draw the sidebars (or other regions) of every 3D viewport again, and with the sidebars the status bar."""
    if region_type == "UI":
        _redraw_status_bar()
    for window in bpy.context.window_manager.windows:
        for area in window.screen.areas:
            if area.type == "VIEW_3D":
                for region in area.regions:
                    if region.type == region_type:
                        region.tag_redraw()


def _redraw_status_bar() -> None:
    """It is not an area of the screen that could be tagged, but setting its text draws it; with a tool at work, the
    text there is the tool's, and the bar is drawn with its next step."""
    for window in bpy.context.window_manager.windows:
        if not any(True for _ in window.modal_operators):
            window.workspace.status_text_set_internal(None)


@bpy.app.handlers.persistent
def _on_load(_path: Any = None, _unused: Any = None) -> None:
    """Another file was opened: its jobs are dropped, and the backend, which took seconds to load, keeps running."""
    session.drop()
    found_labels().segments.clear()
    found_moments().moments.clear()


@bpy.app.handlers.persistent
def _on_undo(_scene: Any = None, _unused: Any = None) -> None:
    """The result that a message reports may be undone; an error stays, except one whose remedy is to undo."""
    message = session.message
    if message is not None and (message.level != ERROR or message.hint.startswith("Undo that")):
        session.message = None


_HANDLERS = (("load_post", _on_load), ("undo_post", _on_undo), ("redo_post", _on_undo))


def register() -> None:
    """Watch for changed preferences, for other files, for undoing and for the end of Blender."""
    changed.append(check_installation)
    for name, handler in _HANDLERS:
        getattr(bpy.app.handlers, name).append(handler)
    atexit.register(session.close)
    atexit.register(installation.stop)
    if not bpy.app.background:
        bpy.app.timers.register(check_installation, first_interval=_LOOK_SECONDS, persistent=True)


def unregister() -> None:
    """Undo register() and stop everything."""
    for timer in (_on_timer, check_installation):
        if bpy.app.timers.is_registered(timer):
            bpy.app.timers.unregister(timer)
    session.close()
    session.drop()
    preview.clear()
    installation.stop()
    changed.remove(check_installation)
    atexit.unregister(session.close)
    atexit.unregister(installation.stop)
    for name, handler in _HANDLERS:
        handlers = getattr(bpy.app.handlers, name)
        if handler in handlers:
            handlers.remove(handler)
