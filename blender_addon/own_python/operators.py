# SPDX-License-Identifier: GPL-3.0-or-later
"""Look for a Python again, read how to make one, and reach a backend on another machine."""

from __future__ import annotations

import time
from typing import Any

import bpy

from ...backend.install.requirements import pinned
from ..preferences import backend_settings
from ..session.queueing import wait_property
from ..session.timer import installation, tick_installation, wake
from ..ui.notices import ERROR, INFO
from . import no_python

GUIDE = "https://pytorch.org/get-started/locally/"
_PAUSE = 0.05  # seconds between ticks while a script waits


def packages_command() -> str:
    """What puts everything that the backend imports into a Python, each at the version that was tested."""
    return "python -m pip install " + " ".join(pinned())


class COAMD_OT_check_backend(bpy.types.Operator):  # noqa: N801 (Blender's naming rule)
    """Look again for a Python that can run the model"""

    bl_idname = "coamd.check_backend"
    bl_label = "Look for Python"

    wait: wait_property()

    def execute(self, _context: Any) -> set[str]:
        """In a thread; with ``wait``, return only when it is over."""
        installation.check(backend_settings())
        wake()
        while self.wait and installation.looking:
            tick_installation()
            time.sleep(_PAUSE)
        if self.wait and installation.needed:
            self.report({ERROR}, str(no_python()))
            return {"CANCELLED"}
        return {"FINISHED"}


class COAMD_OT_how_to_python(bpy.types.Operator):  # noqa: N801
    """Open the page of PyTorch that says how to get it"""

    bl_idname = "coamd.how_to_python"
    bl_label = "How to Get One"

    def execute(self, _context: Any) -> set[str]:
        """In the user's browser."""
        bpy.ops.wm.url_open(url=GUIDE)
        return {"FINISHED"}


class COAMD_OT_copy_packages(bpy.types.Operator):  # noqa: N801
    """Copy the command that puts all that the model needs into a Python, to be run in a terminal"""

    bl_idname = "coamd.copy_packages"
    bl_label = "Copy Command"

    def execute(self, context: Any) -> set[str]:
        """Into the clipboard."""
        context.window_manager.clipboard = packages_command()
        self.report({INFO}, "The command is in the clipboard.")
        return {"FINISHED"}


CLASSES = (COAMD_OT_check_backend, COAMD_OT_how_to_python, COAMD_OT_copy_packages)
