# SPDX-License-Identifier: GPL-3.0-or-later
"""Places in Blender's own menus. Its search (F3) looks through menus alone, so that all actions stand in one."""

from __future__ import annotations

from typing import Any

import bpy

PLACES = ("VIEW3D_MT_object", "VIEW3D_MT_pose")  # by the mode of the 3D view


class COAMD_MT_actions(bpy.types.Menu):  # noqa: N801 (Blender's naming rule)
    """All that the tab can do for the character"""

    bl_idname = "COAMD_MT_actions"
    bl_label = "CoAMD Motion"

    def draw(self, _context: Any) -> None:
        """In the order of work."""
        layout = self.layout
        layout.operator("coamd.generate", icon="ARMATURE_DATA")
        layout.operator("coamd.generate", text="Another Take", icon="FILE_REFRESH").another = True
        layout.operator("coamd.edit", icon="ACTION_TWEAK")
        layout.operator("coamd.draw_path", icon="GREASEPENCIL")
        layout.separator()
        layout.operator("coamd.play_result", icon="PLAY")
        layout.operator("coamd.step_result", text="Next Result", icon="TRIA_RIGHT").way = "NEXT"
        layout.operator("coamd.step_result", text="Previous Result", icon="TRIA_LEFT").way = "PREVIOUS"
        layout.operator("coamd.select_keys", icon="RESTRICT_SELECT_OFF")
        layout.operator("coamd.recall_result", icon="RECOVER_LAST")
        layout.operator("coamd.push_down", icon="NLA_PUSHDOWN")
        layout.operator("coamd.tweak_strip", icon="NLA")
        layout.operator("coamd.delete_result", icon="TRASH")
        layout.operator("coamd.export", text="Export Result", icon="EXPORT")
        layout.separator()
        layout.operator("coamd.label", icon="BOOKMARKS")
        layout.operator("coamd.find", icon="VIEWZOOM")
        layout.separator()
        layout.operator("coamd.start_backend", icon="PLAY")
        layout.operator("coamd.stop_backend", icon="PAUSE")
        layout.operator("coamd.copy_report", icon="COPYDOWN")
        layout.operator("coamd.copy_log", icon="TEXT")
        layout.operator("coamd.open_preferences", icon="PREFERENCES")


CLASSES = (COAMD_MT_actions,)


def _draw_actions(self: Any, _context: Any) -> None:
    self.layout.separator()
    self.layout.menu(COAMD_MT_actions.bl_idname)


def _draw_mannequin(self: Any, _context: Any) -> None:
    self.layout.operator("coamd.add_mannequin", text="Mannequin", icon="OUTLINER_OB_ARMATURE")


def register() -> None:
    """Into the menus of the 3D view."""
    for name in PLACES:
        getattr(bpy.types, name).append(_draw_actions)
    bpy.types.VIEW3D_MT_armature_add.append(_draw_mannequin)


def unregister() -> None:
    """Undo register()."""
    for name in PLACES:
        getattr(bpy.types, name).remove(_draw_actions)
    bpy.types.VIEW3D_MT_armature_add.remove(_draw_mannequin)
