# SPDX-License-Identifier: GPL-3.0-or-later
"""The taught models of this user: chosen for Generate and Edit, renamed, removed, exported and imported."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bpy
from bpy.props import StringProperty

from ...backend.requests.lesson import BUNDLED
from ...backend.taught.library import bring_in, export, models, remove, rename
from ...backend.taught.model_file import SUFFIX
from ..session.queueing import refusing
from ..session.timer import redraw, session
from ..ui.notices import TEACH
from ..ui.tab import NAMES


class COAMD_MT_models(bpy.types.Menu):  # noqa: N801 (Blender's naming rule)
    """The bundled model and the taught ones."""

    bl_idname = "COAMD_MT_models"
    bl_label = "Model"

    def draw(self, context: Any) -> None:
        """The bundled one first."""
        layout, chosen = self.layout, context.scene.coamd.model
        icon = "RADIOBUT_OFF" if chosen else "RADIOBUT_ON"
        layout.operator("coamd.choose_model", text="Bundled", icon=icon).model = ""
        for model in models()[0]:
            name = model.card.name
            icon = "RADIOBUT_ON" if name == chosen else "RADIOBUT_OFF"
            layout.operator("coamd.choose_model", text=name, icon=icon, translate=False).model = name


class COAMD_MT_model_actions(bpy.types.Menu):  # noqa: N801
    """What can be done with the chosen model."""

    bl_idname = "COAMD_MT_model_actions"
    bl_label = "Taught Model"

    def draw(self, context: Any) -> None:
        """All for a taught model; for the bundled one only the import."""
        layout, chosen = self.layout, context.scene.coamd.model
        if chosen:
            layout.operator("coamd.rename_model", icon="GREASEPENCIL")
            layout.operator("coamd.export_model", icon="EXPORT")
            layout.operator("coamd.remove_model", icon="TRASH")
        layout.operator("coamd.import_model", icon="IMPORT")


def draw_model(layout: Any, context: Any) -> None:
    """The menu Model, as Generate and Edit have it."""
    row = layout.split(factor=NAMES, align=True)
    name = row.row()
    name.alignment = "RIGHT"
    name.label(text="Model")
    chosen = context.scene.coamd.model
    if chosen:
        row.menu("COAMD_MT_models", text=chosen, translate=False)
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
        context.scene.coamd.model = "" if self.model.casefold() == BUNDLED.casefold() else self.model
        return {"FINISHED"}


class COAMD_OT_rename_model(bpy.types.Operator):  # noqa: N801
    """Give the chosen model another name"""

    bl_idname = "coamd.rename_model"
    bl_label = "Rename Model"

    new: StringProperty(name="New Name", description="What the chosen model is called from now on")

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Whether a taught one is chosen."""
        return bool(context.scene.coamd.model)

    def invoke(self, context: Any, _event: Any) -> set[str]:
        """Ask for the name."""
        self.new = context.scene.coamd.model
        done: set[str] = context.window_manager.invoke_props_dialog(self)
        return done

    @refusing(TEACH)
    def execute(self, context: Any) -> set[str]:
        """Replace its file in one step."""
        settings = context.scene.coamd
        rename(settings.model, self.new)
        settings.model = " ".join(self.new.split())
        return show_in_panel(f"It is called “{settings.model}” now.")


class COAMD_OT_remove_model(bpy.types.Operator):  # noqa: N801
    """Delete the file of the chosen model"""

    bl_idname = "coamd.remove_model"
    bl_label = "Remove Model"

    poll = COAMD_OT_rename_model.poll

    def invoke(self, context: Any, event: Any) -> set[str]:
        """Ask first."""
        done: set[str] = context.window_manager.invoke_confirm(self, event)
        return done

    @refusing(TEACH)
    def execute(self, context: Any) -> set[str]:
        """For good."""
        settings = context.scene.coamd
        name = settings.model
        remove(name)
        settings.model = ""
        return show_in_panel(f"“{name}” is removed.")


class _FileButton:
    """An operator that asks for a file."""

    filter_glob: StringProperty(default=f"*{SUFFIX}", options={"HIDDEN"})
    filepath: StringProperty(name="File", description="The file of the model", subtype="FILE_PATH")

    def invoke(self, context: Any, _event: Any) -> set[str]:
        """Open the file browser."""
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}


class COAMD_OT_export_model(_FileButton, bpy.types.Operator):  # noqa: N801
    """Copy the file of the chosen model, to give it to somebody"""

    bl_idname = "coamd.export_model"
    bl_label = "Export Model"

    poll = COAMD_OT_rename_model.poll

    @refusing(TEACH)
    def execute(self, context: Any) -> set[str]:
        """No file is replaced."""
        path = export(context.scene.coamd.model, Path(bpy.path.abspath(self.filepath)))
        return show_in_panel(f"The model is copied to {path}.")


class COAMD_OT_import_model(_FileButton, bpy.types.Operator):  # noqa: N801
    """Take in the file of a model that somebody taught, and choose it"""

    bl_idname = "coamd.import_model"
    bl_label = "Import Model"

    @refusing(TEACH)
    def execute(self, context: Any) -> set[str]:
        """Checked before it is copied."""
        model = bring_in(Path(bpy.path.abspath(self.filepath)))
        context.scene.coamd.model = model.card.name
        return show_in_panel(f"“{model.card.name}” is imported and chosen.")


def show_in_panel(text: str) -> set[str]:
    """Show a message in the Teach panel."""
    session.say(text, about=TEACH)
    redraw()
    return {"FINISHED"}


CLASSES = (
    COAMD_MT_models,
    COAMD_MT_model_actions,
    COAMD_OT_choose_model,
    COAMD_OT_rename_model,
    COAMD_OT_remove_model,
    COAMD_OT_export_model,
    COAMD_OT_import_model,
)
