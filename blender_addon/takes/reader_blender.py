# SPDX-License-Identifier: GPL-3.0-or-later
"""Names this Blender to the backend, as the one that reads scene files in the background."""

from __future__ import annotations

import os
import sys

import bpy

_NAME = "COAMD_BLENDER"  # the backend inherits it; what the user has set stays
_set: list[str] = []


def register() -> None:
    """Name this Blender, or the Python that has it as a module."""
    if not os.environ.get(_NAME):
        _set.append(bpy.app.binary_path or sys.executable)
        os.environ[_NAME] = _set[0]


def unregister() -> None:
    """Undo register()."""
    if _set and os.environ.get(_NAME) == _set.pop():
        del os.environ[_NAME]
