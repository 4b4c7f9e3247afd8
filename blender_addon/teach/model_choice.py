# SPDX-License-Identifier: GPL-3.0-or-later
"""The menu Model of Generate, Edit and Teach: the bundled model, a taught one, or several that act together."""

from __future__ import annotations

from typing import Any

import bpy
from bpy.app.translations import pgettext_iface as iface
from bpy.props import CollectionProperty, StringProperty

from ...backend.requests.models import MOST_MODELS, checked_models
from ...backend.taught.library import models
from ..session.queueing import refusing
from ..session.timer import redraw
from ..ui.notices import GENERATE
from ..ui.tab import NAMES
from .chosen_models import COAMD_PG_model_row, put, shown


class COAMD_MT_models(bpy.types.Menu):  # noqa: N801 (Blender's naming rule)
    """The bundled model and the taught ones."""

    bl_idname = "COAMD_MT_models"
    bl_label = "Model"

    def draw(self, context: Any) -> None:
        """The bundled one first, several together last."""
        layout, chosen = self.layout, context.scene.coamd.chosen_models()
        layout.operator("coamd.choose_model", text="Bundled", icon=_icon(not chosen)).model = ""
        taught = [model.card.name for model in models()[0]]
        for name in taught:
            icon = _icon(chosen == (name,))
            layout.operator("coamd.choose_model", text=name, icon=icon, translate=False).model = name
        if len(taught) > 1:
            layout.separator()
            layout.operator("coamd.choose_models", text="Several...", icon=_icon(len(chosen) > 1))


def _icon(chosen: bool) -> str:
    return "RADIOBUT_ON" if chosen else "RADIOBUT_OFF"


def draw_model(layout: Any, context: Any) -> None:
    """The menu Model, as Generate and Edit have it."""
    row = layout.split(factor=NAMES, align=True)
    name = row.row()
    name.alignment = "RIGHT"
    name.label(text="Model")
    chosen = context.scene.coamd.chosen_models()
    if chosen:
        row.menu("COAMD_MT_models", text=shown(chosen), translate=False)
    else:
        row.menu("COAMD_MT_models", text="Bundled")


class COAMD_OT_choose_model(bpy.types.Operator):  # noqa: N801
    """Generate and edit with this model"""

    bl_idname = "coamd.choose_model"
    bl_label = "Choose Model"
    bl_options = {"UNDO", "INTERNAL"}

    model: StringProperty(name="Model", description="Name of a taught model. Empty: the bundled one")

    def execute(self, context: Any) -> set[str]:
        """Into the settings of the scene."""
        put(context.scene.coamd.models, checked_models([self.model]))
        redraw()
        return {"FINISHED"}


class COAMD_OT_choose_models(bpy.types.Operator):  # noqa: N801
    """Generate and edit with several taught models at once: what each has learnt is added up"""

    bl_idname = "coamd.choose_models"
    bl_label = "Several Models"
    bl_options = {"UNDO"}

    models: CollectionProperty(
        name="Models",
        description="For scripts: a list of dictionaries with the name of each model and whether to use it",
        type=COAMD_PG_model_row,
        options={"SKIP_SAVE"},
    )

    def invoke(self, context: Any, _event: Any) -> set[str]:
        """Ask which, those ticked that are chosen now."""
        chosen = {name.casefold() for name in context.scene.coamd.chosen_models()}
        self.models.clear()
        for model in models()[0]:
            row = self.models.add()
            row.name, row.use = model.card.name, model.card.name.casefold() in chosen
        done: set[str] = context.window_manager.invoke_props_dialog(self)
        return done

    def check(self, _context: Any) -> bool:
        """Draw the dialog again after a click, as the last tick may be spent."""
        return True

    def draw(self, _context: Any) -> None:
        """A tick for each model, as many as act together."""
        column = self.layout.column()
        spent = sum(row.use for row in self.models) >= MOST_MODELS
        for row in self.models:
            line = column.row()
            line.enabled = row.use or not spent
            line.prop(row, "use", text=row.name, translate=False)
        column.label(text=iface("Up to {} act together").format(MOST_MODELS), icon="INFO", translate=False)

    @refusing(GENERATE)
    def execute(self, context: Any) -> set[str]:
        """Into the settings of the scene."""
        put(context.scene.coamd.models, checked_models(row.name for row in self.models if row.use))
        redraw()  # Blender draws the panels under a dialog as they were
        return {"FINISHED"}


CLASSES = (COAMD_MT_models, COAMD_OT_choose_model, COAMD_OT_choose_models)
