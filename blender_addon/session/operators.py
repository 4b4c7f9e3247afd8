# SPDX-License-Identifier: GPL-3.0-or-later
"""Start and stop the backend."""

from __future__ import annotations

import time
from typing import Any

import bpy

from ..preferences import backend_settings
from ..ui.notices import BACKEND, ERROR
from .backend_link import READY
from .queueing import wait_property
from .timer import redraw, session, wake

_PAUSE = 0.01  # seconds between ticks while a script waits


class COAMD_OT_start_backend(bpy.types.Operator):  # noqa: N801 (Blender's naming rule)
    """Start the process with the model. Generate starts it too when it is needed"""

    bl_idname = "coamd.start_backend"
    bl_label = "Start Backend"

    wait: wait_property("Return only when the model is loaded (for scripts and background mode)")

    def execute(self, _context: Any) -> set[str]:
        session.message = None
        session.link.start(backend_settings())
        wake()
        while self.wait and session.link.running and session.link.state != READY:
            session.tick()
            time.sleep(_PAUSE)
        redraw()
        if self.wait and session.link.state != READY:
            self.report({ERROR}, str(session.message or "The backend did not start."))
            return {"CANCELLED"}
        return {"FINISHED"}


class COAMD_OT_stop_backend(bpy.types.Operator):  # noqa: N801
    """End the process with the model and free its memory. Jobs on their way are dropped"""

    bl_idname = "coamd.stop_backend"
    bl_label = "Stop Backend"

    @classmethod
    def poll(cls, _context: Any) -> bool:
        return session.link.wanted

    def execute(self, _context: Any) -> set[str]:
        session.stop()
        session.say("The backend is stopped.", about=BACKEND)
        redraw()
        return {"FINISHED"}


class COAMD_OT_copy_log(bpy.types.Operator):  # noqa: N801
    """Copy the end of the backend's log to the clipboard"""

    bl_idname = "coamd.copy_log"
    bl_label = "Copy Log"

    def execute(self, context: Any) -> set[str]:
        context.window_manager.clipboard = session.link.log_tail(100)
        return {"FINISHED"}


CLASSES = (COAMD_OT_start_backend, COAMD_OT_stop_backend, COAMD_OT_copy_log)
