# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be done with the taught models of this user: they are renamed, removed, exported and imported."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bpy
from bpy.props import StringProperty

from ...backend.taught.library import bring_in, export, remove, rename
from ...backend.taught.model_file import SUFFIX
from ..session.queueing import refusing
from ..session.timer import redraw, session
from ..ui.notices import TEACH
from .chosen_models import names_in, put


class COAMD_MT_model_actions(bpy.types.Menu):  # noqa: N801 (Blender's naming rule)
    """What can be done with the chosen model."""

    bl_idname = "COAMD_MT_model_actions"
    bl_label = "Taught Model"

    def draw(self, context: Any) -> None:
        """All for a taught model that is chosen alone; else only the import."""
        layout, chosen = self.layout, context.scene.coamd.chosen_models()
        if len(chosen) > 1:
            layout.label(text="Choose one alone to change it", icon="INFO")
        elif chosen:
            layout.operator("coamd.rename_model", icon="GREASEPENCIL")
            layout.operator("coamd.export_model", icon="EXPORT")
            layout.operator("coamd.remove_model", icon="TRASH")
        layout.operator("coamd.import_model", icon="IMPORT")


class COAMD_OT_rename_model(bpy.types.Operator):  # noqa: N801
    """Give the chosen model another name"""

    bl_idname = "coamd.rename_model"
    bl_label = "Rename Model"

    new: StringProperty(name="New Name", description="What the chosen model is called from now on")

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Whether a taught one is chosen, and no other with it."""
        return len(context.scene.coamd.models) == 1

    def invoke(self, context: Any, _event: Any) -> set[str]:
        """Ask for the name."""
        self.new = _chosen(context)
        done: set[str] = context.window_manager.invoke_props_dialog(self)
        return done

    @refusing(TEACH)
    def execute(self, context: Any) -> set[str]:
        """Replace its file in one step."""
        name, new = _chosen(context), " ".join(self.new.split())
        rename(name, new)
        _replace(name, (new,))
        return show_in_panel(f"It is called “{new}” now.")


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
        name = _chosen(context)
        remove(name)
        _replace(name, ())
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
        path = export(_chosen(context), Path(bpy.path.abspath(self.filepath)))
        return show_in_panel(f"The model is copied to {path}.")


class COAMD_OT_import_model(_FileButton, bpy.types.Operator):  # noqa: N801
    """Take in the file of a model that somebody taught, and choose it"""

    bl_idname = "coamd.import_model"
    bl_label = "Import Model"

    @refusing(TEACH)
    def execute(self, context: Any) -> set[str]:
        """Checked before it is copied."""
        model = bring_in(Path(bpy.path.abspath(self.filepath)))
        put(context.scene.coamd.models, [model.card.name])
        return show_in_panel(f"“{model.card.name}” is imported and chosen.")


def _chosen(context: Any) -> str:
    """The name of the model that is chosen alone."""
    (name,) = context.scene.coamd.chosen_models()
    return str(name)


def _replace(name: str, new: tuple[str, ...]) -> None:
    """Write ``new`` for a model's name wherever it is chosen, whatever its letters' case."""
    for scene in bpy.data.scenes:
        chosen = names_in(scene.coamd.models)
        if name.casefold() in (one.casefold() for one in chosen):
            kept = ((one,) if one.casefold() != name.casefold() else new for one in chosen)
            put(scene.coamd.models, [one for several in kept for one in several])


def show_in_panel(text: str) -> set[str]:
    """Show a message in the Teach panel."""
    session.say(text, about=TEACH)
    redraw()
    return {"FINISHED"}


CLASSES = (
    COAMD_MT_model_actions,
    COAMD_OT_rename_model,
    COAMD_OT_remove_model,
    COAMD_OT_export_model,
    COAMD_OT_import_model,
)
