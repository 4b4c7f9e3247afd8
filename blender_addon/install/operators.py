# SPDX-License-Identifier: GPL-3.0-or-later
"""Install, repair and remove the backend's Python, cancel that, and reach a backend on another machine."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import bpy
from bpy.props import EnumProperty, StringProperty

from ...backend.install import install_marker
from ...backend.install.plan import place, size
from ...rigs.errors import UserError
from ..preferences import backend_settings, default_folder, stored_preferences
from ..session.queueing import wait_property
from ..session.timer import installation, redraw, session, tick_installation, wake
from ..ui.notices import ERROR
from .installation import INSTALL, REMOVE, REPAIR, InstallRequest

_PAUSE = 0.05  # seconds between ticks while a script waits
_DIALOG_WIDTH = 460

DEVICES = (
    ("auto", "Automatic", "The best that this machine has: the first of those below that was found"),
    ("cuda", "NVIDIA GPU", "A graphics card of NVIDIA with a current driver"),
    ("rocm", "AMD GPU", "A graphics card of AMD, on Linux"),
    ("mps", "Apple GPU", "The GPU of an Apple computer with an M processor"),
    ("cpu", "Processor", "No GPU: the smallest download, and a clip takes some seconds"),
)


def _carry_out(operator: Any, request: InstallRequest, wait: bool) -> set[str]:
    """Start the installer; with ``wait``, return only when it is over and the result was looked at."""
    settings = backend_settings()
    try:
        if request.action != INSTALL or install_marker.read(request.folder) is not None:
            session.stop()  # on Windows the files of a running backend cannot be replaced
        installation.start(request, settings)
    except UserError as error:
        installation.problem = error
        redraw()
        operator.report({ERROR}, str(error))
        return {"CANCELLED"}
    wake()
    redraw()
    if not wait:
        return {"FINISHED"}
    _wait_for_it()
    if installation.problem is not None:
        operator.report({ERROR}, str(installation.problem))
        return {"CANCELLED"}
    return {"FINISHED"}


def _wait_for_it() -> None:
    try:
        while installation.busy or installation.looking:
            tick_installation()
            time.sleep(_PAUSE)
    except KeyboardInterrupt:
        installation.cancel()
        raise


class COAMD_OT_install_backend(bpy.types.Operator):  # noqa: N801 (Blender's naming rule)
    """Install what the model needs to run: a Python of its own with PyTorch. Blender's stays as it is"""

    bl_idname = "coamd.install_backend"
    bl_label = "Install Backend"

    device: EnumProperty(name="Device", description="What the model computes on", items=DEVICES, default="auto")
    folder: StringProperty(
        name="Folder",
        description="Where to install. A folder that holds something already gets one of its own in it. "
        "Empty: the one in the preferences",
        subtype="DIR_PATH",
    )
    wheels: StringProperty(
        name="Offline Files",
        description="Folder with the downloaded packages (.whl files), to install without a network. Empty: download",
        subtype="DIR_PATH",
    )
    proxy: StringProperty(
        name="Proxy",
        description="Proxy for the download: http://user:password@host:port. Empty: the system's (HTTPS_PROXY)",
        options={"SKIP_SAVE"},
    )
    wait: wait_property()

    @classmethod
    def poll(cls, _context: Any) -> bool:
        return not installation.busy

    def invoke(self, context: Any, _event: Any) -> set[str]:
        settings = backend_settings()
        self.folder, self.wheels, self.proxy = settings.folder, settings.wheels, settings.proxy
        if installation.view is None:
            installation.check(settings)
            wake()
        return context.window_manager.invoke_props_dialog(self, width=_DIALOG_WIDTH, confirm_text="Install")

    def draw(self, context: Any) -> None:
        """What will be done, before it is."""
        layout = self.layout
        layout.use_property_split = True
        layout.use_property_decorate = False
        layout.prop(self, "device")
        view = installation.view
        found = layout.column(align=True)
        if view is None:
            found.label(text="Looking at this machine...", icon="SORTTIME")
        elif view.unfit is not None:
            found.label(text=view.unfit.message, icon="ERROR")
            found.label(text=view.unfit.hint, icon="BLANK1")
        else:
            chosen = next((b for b in view.offered if b.device == self.device), None)
            build = view.offered[0] if self.device == "auto" else chosen
            if build is None:
                found.label(text="This machine has no such device.", icon="ERROR")
            else:
                load = "nothing to download" if self.wheels else f"about {size(build.load)} to download"
                found.label(text=f"{build.label}: {load}, {size(build.disk)} on the disk", icon="CHECKMARK")
                for part in build.note.split(". "):
                    if part:
                        found.label(text=part, icon="INFO", translate=False)
            for other in view.offered:
                if other is not build:
                    found.label(text=f"Also possible: {other.label}", icon="BLANK1")
        layout.prop(self, "folder")
        layout.prop(self, "wheels", placeholder="none: download")
        if not self.wheels:
            layout.prop(self, "proxy", placeholder="the system's")
            if not bpy.app.online_access:
                column = layout.column(align=True)
                column.label(text="Blender is set to stay offline. The download needs this:", icon="INTERNET_OFFLINE")
                column.prop(context.preferences.system, "use_online_access", text="Allow Online Access")

    def execute(self, _context: Any) -> set[str]:
        settings, stored = backend_settings(), stored_preferences()
        absolute, given = bpy.path.abspath, self.properties.is_property_set  # an emptied field means: none
        folder = place(Path(absolute(self.folder) or settings.folder))
        wheels = absolute(self.wheels) if given("wheels") else settings.wheels
        proxy = self.proxy if given("proxy") else settings.proxy
        if stored is not None:  # what was chosen here is where the backend is looked for later
            stored.folder = "" if folder == default_folder() else str(folder)
            stored.wheels, stored.proxy = wheels, proxy
            bpy.context.preferences.is_dirty = True
        request = InstallRequest(INSTALL, folder, self.device, Path(wheels) if wheels else None, proxy)
        return _carry_out(self, request, self.wait)


class COAMD_OT_repair_backend(bpy.types.Operator):  # noqa: N801
    """Continue an interrupted installation, or repair a damaged or outdated one. Only what is missing is downloaded"""

    bl_idname = "coamd.repair_backend"
    bl_label = "Repair Backend"

    wait: wait_property()

    @classmethod
    def poll(cls, _context: Any) -> bool:
        return not installation.busy

    def execute(self, _context: Any) -> set[str]:
        settings = backend_settings()
        wheels = Path(settings.wheels) if settings.wheels else None
        return _carry_out(
            self, InstallRequest(REPAIR, Path(settings.folder), "auto", wheels, settings.proxy), self.wait
        )


class COAMD_OT_remove_backend(bpy.types.Operator):  # noqa: N801
    """Delete the installed backend and free its disk space. Only what this add-on has installed is deleted"""

    bl_idname = "coamd.remove_backend"
    bl_label = "Remove Backend"

    wait: wait_property()

    @classmethod
    def poll(cls, _context: Any) -> bool:
        return not installation.busy

    def invoke(self, context: Any, event: Any) -> set[str]:
        return context.window_manager.invoke_confirm(self, event)

    def execute(self, _context: Any) -> set[str]:
        return _carry_out(self, InstallRequest(REMOVE, Path(backend_settings().folder)), self.wait)


class COAMD_OT_cancel_install(bpy.types.Operator):  # noqa: N801
    """Stop the installation. What is already downloaded is kept, and Install continues with it"""

    bl_idname = "coamd.cancel_install"
    bl_label = "Cancel Installation"

    wait: wait_property()

    @classmethod
    def poll(cls, _context: Any) -> bool:
        return installation.busy

    def execute(self, _context: Any) -> set[str]:
        installation.cancel()
        wake()
        if self.wait:
            _wait_for_it()
        redraw()
        return {"FINISHED"}


class COAMD_OT_check_backend(bpy.types.Operator):  # noqa: N801
    """Look again whether the backend is installed and whole, and what this machine can compute on"""

    bl_idname = "coamd.check_backend"
    bl_label = "Check Installation"

    wait: wait_property()

    def execute(self, _context: Any) -> set[str]:
        installation.check(backend_settings())
        wake()
        if not self.wait:
            return {"FINISHED"}
        _wait_for_it()
        state = installation.view.state if installation.view else None
        if state is not None and state.to_repair:
            self.report({ERROR}, f"{state.text} {state.hint}")
            return {"CANCELLED"}
        return {"FINISHED"}


class COAMD_OT_copy_install_log(bpy.types.Operator):  # noqa: N801
    """Copy the log of the last installation to the clipboard"""

    bl_idname = "coamd.copy_install_log"
    bl_label = "Copy Installation Log"

    def execute(self, context: Any) -> set[str]:
        context.window_manager.clipboard = installation.log_tail()
        return {"FINISHED"}


CLASSES = (
    COAMD_OT_install_backend,
    COAMD_OT_repair_backend,
    COAMD_OT_remove_backend,
    COAMD_OT_cancel_install,
    COAMD_OT_check_backend,
    COAMD_OT_copy_install_log,
)
