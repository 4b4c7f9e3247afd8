# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the backend comes from: which Python, device, weights, or a connection file of another machine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bpy
from bpy.props import EnumProperty, StringProperty

from ..backend.system.user_folder import home
from .install import INSTALLS

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
    """The preferences that a backend is started with; empty strings mean "automatic"."""

    python: str = ""
    device: str = "auto"
    weights: str = ""
    connection: str = ""
    online: bool = False  # Blender may use the network beyond this machine
    folder: str = ""  # where the backend is installed, or would be
    wheels: str = ""  # folder of wheels to install from, without any network
    proxy: str = ""  # for the download


changed: list[Callable[[], None]] = []  # called when a setting changes; the timer, which reads them, is above this file


def _call_changed(_preferences: Any, _context: Any) -> None:
    for call in changed:
        call()


class COAMD_preferences(bpy.types.AddonPreferences):  # noqa: N801 (Blender's naming rule)
    """Preferences of the extension."""

    bl_idname = PACKAGE

    python: StringProperty(
        name="Python",
        description="The Python that runs the backend: one with torch. Empty: the installed one",
        subtype="FILE_PATH",
        update=_call_changed,
    )
    device: EnumProperty(name="Device", description="What the model computes on", items=DEVICES, default="auto")
    weights: StringProperty(
        name="Weights",
        description="Folder of other weights. Empty: the bundled model",
        subtype="DIR_PATH",
    )
    connection: StringProperty(
        name="Connection File",
        description="Connection file of a running backend, on this or another machine. Empty: start one here",
        subtype="FILE_PATH",
        update=_call_changed,
    )
    host: StringProperty(
        name="SSH Host",
        description="The machine that the backend of the connection file runs on, as ssh knows it: user@host",
    )
    folder: StringProperty(
        name="Install Folder",
        description="Where the backend is installed. Empty: the extension's own folder in your user data",
        subtype="DIR_PATH",
        update=_call_changed,
    )
    wheels: StringProperty(
        name="Offline Files",
        description="Folder with the downloaded packages (.whl files), to install without a network. Empty: download",
        subtype="DIR_PATH",
    )
    proxy: StringProperty(
        name="Proxy",
        description="Proxy for the download: http://user:password@host:port. Empty: the system's (HTTPS_PROXY)",
    )

    def draw(self, _context: Any) -> None:
        """Draw in Edit > Preferences > Add-ons."""
        column = self.layout.column()
        local = column.column()
        local.enabled = not self.connection
        local.prop(self, "python", placeholder="the installed one")
        local.prop(self, "device")
        local.prop(self, "weights", placeholder="the bundled model")
        if INSTALLS:
            column.separator()
            column.prop(self, "folder", placeholder="the extension's own folder")
            column.prop(self, "wheels", placeholder="none: download")
            column.prop(self, "proxy", placeholder="the system's")
        column.separator()
        column.prop(self, "connection", placeholder="none: a backend is started on this machine")
        column.prop(self, "host", placeholder="user@host")


def stored_preferences() -> Any:
    """The add-on's preferences; None when it runs from a checkout."""
    addon = bpy.context.preferences.addons.get(PACKAGE)
    return addon.preferences if addon else None


def default_folder() -> Path:
    """Where the backend is installed that was not told otherwise."""
    try:
        return Path(bpy.utils.extension_path_user(PACKAGE, path="backend"))
    except ValueError:  # in a checkout, which is not an extension
        return home() / "installed"


def backend_settings() -> BackendSettings:
    """The stored preferences; defaults when the add-on runs from a checkout and has none."""
    stored = stored_preferences()
    if stored is None:
        return BackendSettings(online=bpy.app.online_access, folder=str(default_folder()))
    absolute = bpy.path.abspath
    return BackendSettings(
        absolute(stored.python),
        stored.device,
        absolute(stored.weights),
        absolute(stored.connection),
        bpy.app.online_access,
        absolute(stored.folder) or str(default_folder()),
        absolute(stored.wheels),
        stored.proxy,
    )


CLASSES = (COAMD_preferences,)
