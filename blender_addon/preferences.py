# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the backend comes from: which Python, device, weights, or a connection file of another machine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import bpy
from bpy.props import EnumProperty, StringProperty

# "coamd" in a checkout, "bl_ext.<repository>.coamd" once installed
PACKAGE = (__package__ or "coamd.blender_addon").rpartition(".")[0]

DEVICES = (
    ("auto", "Automatic", "CUDA when there is one, then Apple's GPU, then the processor"),
    ("cuda", "NVIDIA or AMD GPU", "A GPU that torch calls cuda"),
    ("mps", "Apple GPU", "The GPU of an Apple computer"),
    ("cpu", "Processor", "No GPU"),
)


@dataclass(frozen=True)
class BackendSettings:
    """The preferences that a backend is started with; empty strings mean "by itself"."""

    python: str = ""
    device: str = "auto"
    weights: str = ""
    connection: str = ""
    online: bool = False  # Blender may use the network beyond this machine


class COAMD_preferences(bpy.types.AddonPreferences):  # noqa: N801 (Blender's naming rule)
    """Preferences of the extension."""

    bl_idname = PACKAGE

    python: StringProperty(
        name="Python",
        description="The Python that runs the backend: one with torch. Empty: found by itself",
        subtype="FILE_PATH",
    )
    device: EnumProperty(name="Device", description="What the model computes on", items=DEVICES, default="auto")
    weights: StringProperty(
        name="Weights",
        description="Folder of other weights. Empty: the bundled model",
        subtype="DIR_PATH",
    )
    connection: StringProperty(
        name="Connection File",
        description="Connection file of a backend that runs already, on this or another machine. Empty: start one here",
        subtype="FILE_PATH",
    )

    def draw(self, _context: Any) -> None:
        """Draw in Edit > Preferences > Add-ons."""
        column = self.layout.column()
        local = column.column()
        local.enabled = not self.connection
        local.prop(self, "python", placeholder="found by itself")
        local.prop(self, "device")
        local.prop(self, "weights", placeholder="the bundled model")
        column.separator()
        column.prop(self, "connection", placeholder="none: a backend is started on this machine")


def backend_settings() -> BackendSettings:
    """The stored preferences; defaults when the add-on runs from a checkout and has none."""
    addon = bpy.context.preferences.addons.get(PACKAGE)
    stored = addon.preferences if addon else None
    if stored is None:
        return BackendSettings(online=bpy.app.online_access)
    absolute = bpy.path.abspath
    return BackendSettings(
        absolute(stored.python),
        stored.device,
        absolute(stored.weights),
        absolute(stored.connection),
        bpy.app.online_access,
    )


CLASSES = (COAMD_preferences,)
