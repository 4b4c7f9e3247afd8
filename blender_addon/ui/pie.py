# SPDX-License-Identifier: GPL-3.0-or-later
"""The pie menu of the 3D viewport, and its key."""

from __future__ import annotations

from typing import Any

import bpy

from ..session.timer import session

# Free in Blender's own keymap and in Industry Compatible; K is what keys are inserted with.
KEY = {"type": "K", "value": "PRESS", "ctrl": True, "shift": True}
_items: list[tuple[Any, Any]] = []


class COAMD_MT_pie(bpy.types.Menu):  # noqa: N801 (Blender's naming rule)
    """The operators that are used most."""

    bl_idname = "COAMD_MT_pie"
    bl_label = "CoAMD Motion"

    def draw(self, _context: Any) -> None:
        """West, east, south, north, north-west, north-east, south-west, south-east."""
        pie = self.layout.menu_pie()
        pie.operator("coamd.step_result", text="Previous Result", icon="TRIA_LEFT").way = "PREVIOUS"
        pie.operator("coamd.step_result", text="Next Result", icon="TRIA_RIGHT").way = "NEXT"
        pie.operator("coamd.generate", icon="ARMATURE_DATA")
        pie.operator("coamd.edit", icon="ACTION_TWEAK")
        pie.operator("coamd.generate", text="Another Take", icon="FILE_REFRESH").another = True
        pie.operator("coamd.play_result", icon="PLAY")
        if session.busy:
            pie.operator("coamd.cancel", icon="X")
        else:
            pie.operator("coamd.recall_result", icon="RECOVER_LAST")
        pie.operator("coamd.delete_result", icon="TRASH")


CLASSES = (COAMD_MT_pie,)


def register() -> None:
    """Put the key into the add-ons' keymap, where users see and change it (Preferences > Keymap, "CoAMD")."""
    keys = bpy.context.window_manager.keyconfigs.addon
    if keys is None:  # background mode
        return
    keymap = keys.keymaps.new(name="3D View", space_type="VIEW_3D")
    item = keymap.keymap_items.new("wm.call_menu_pie", **KEY)
    item.properties.name = COAMD_MT_pie.bl_idname
    _items.append((keymap, item))


def unregister() -> None:
    """Undo register()."""
    for keymap, item in _items:
        keymap.keymap_items.remove(item)
    _items.clear()
