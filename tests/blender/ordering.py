# SPDX-License-Identifier: GPL-3.0-or-later
"""Orders a motion as the user does, and waits for it as Blender's timer does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import bpy
from coamd.blender_addon.session.session import Session

TickUntil = Callable[[Callable[[], object]], None]


def begin(prompt: str = "sway") -> None:
    """Press Generate."""
    bpy.context.scene.coamd.prompt = prompt
    bpy.ops.coamd.generate()


def end_of(addon: Session, tick_until: TickUntil) -> Any:
    """The last job, when it is over."""
    tick_until(lambda: not addon.busy)
    return addon.jobs[-1]
