# SPDX-License-Identifier: GPL-3.0-or-later
"""The switch of Live, and its place in the panels."""

from __future__ import annotations

from typing import Any

import bpy
from bpy.props import EnumProperty

from ...rigs.errors import UserError
from ..character import armature
from ..preferences import backend_settings
from ..session import timer
from ..session.queueing import PanelButton, refused
from ..session.timer import redraw, session, wake
from ..translations.sentences import sentence
from ..ui.notices import EDIT, GENERATE, draw_text
from ..ui.tab import width
from .live import Live
from .makers import EditMaker, GenerateMaker

live = Live(session, lambda: session.link.start(backend_settings()))


class COAMD_OT_live(PanelButton, bpy.types.Operator):  # noqa: N801 (Blender's naming rule)
    """Regenerate with every change: a draft while you drag, keys when you pause. Click again to turn it off"""

    bl_idname = "coamd.live"
    bl_label = "Live"

    about: EnumProperty(
        name="About",
        description="What is regenerated",
        items=((GENERATE, "Generate", "The clip of the Generate panel"), (EDIT, "Edit", "The edit of the Edit panel")),
        default=EDIT,
    )

    def execute(self, context: Any) -> set[str]:
        """On, or off where it is on for this panel."""
        if live.is_about(self.about):
            live.stop()
        else:
            try:
                live.start(GenerateMaker(context) if self.about == GENERATE else EditMaker(context))
            except UserError as error:
                return refused(self, error, self.about)
            wake()
        redraw()
        return {"FINISHED"}


def draw(layout: Any, context: Any, about: str) -> None:
    """The switch, and while it is on what it does."""
    on = live.is_about(about)
    row = layout.row(align=True)
    row.enabled = on or armature.character(context) is not None
    row.operator("coamd.live", icon="RADIOBUT_ON" if on else "RADIOBUT_OFF", depress=on).about = about
    if on:
        draw_text(layout, sentence(live.status), width(context), "INFO")


@bpy.app.handlers.persistent
def _on_undo(_scene: Any = None, _unused: Any = None) -> None:
    live.after_undo()


@bpy.app.handlers.persistent
def _on_load(_path: Any = None, _unused: Any = None) -> None:
    live.stop()


_HANDLERS = (("undo_post", _on_undo), ("redo_post", _on_undo), ("load_pre", _on_load))
CLASSES = (COAMD_OT_live,)


def register() -> None:
    """Let the timer call it, and watch for undoing and for other files."""
    timer.watchers.append(live)
    for name, handler in _HANDLERS:
        getattr(bpy.app.handlers, name).append(handler)


def unregister() -> None:
    """Undo register()."""
    live.stop()
    timer.watchers.remove(live)
    for name, handler in _HANDLERS:
        handlers = getattr(bpy.app.handlers, name)
        if handler in handlers:
            handlers.remove(handler)
