# SPDX-License-Identifier: GPL-3.0-or-later
"""A backend on another machine: the SSH command that makes it reachable from this one."""

from __future__ import annotations

from typing import Any

import bpy

from ..preferences import stored_preferences
from ..ui.notices import INFO
from .timer import installation


def tunnel_command(port: int, host: str) -> str:
    """The SSH command that brings a backend on another machine, listening on its own loopback, to this one."""
    return f"ssh -N -L {port}:127.0.0.1:{port} {host or 'USER@HOST'}"


class COAMD_OT_copy_tunnel(bpy.types.Operator):  # noqa: N801 (Blender's naming rule)
    """Copy the command that brings the backend of the connection file to this machine. Keep it running in a terminal"""

    bl_idname = "coamd.copy_tunnel"
    bl_label = "Copy SSH Command"

    @classmethod
    def poll(cls, _context: Any) -> bool:
        return installation.view is not None and installation.view.port > 0

    def execute(self, context: Any) -> set[str]:
        stored = stored_preferences()
        assert installation.view is not None
        context.window_manager.clipboard = tunnel_command(installation.view.port, stored.host if stored else "")
        self.report({INFO}, "The SSH command is in the clipboard.")
        return {"FINISHED"}


CLASSES = (COAMD_OT_copy_tunnel,)
