# SPDX-License-Identifier: GPL-3.0-or-later
"""Installing from inside Blender: the operators, the panel through it, and the backend that starts from it."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import bpy
import pytest
import wheels
from coamd.backend.install import install_marker, machine, plan
from coamd.backend.install.machine import Machine
from coamd.backend.wire.connection import Connection
from coamd.blender_addon.install import interpreter
from coamd.blender_addon.install import panel as install_panel
from coamd.blender_addon.install.installation import INSTALL, REPAIR, Installation
from coamd.blender_addon.preferences import BackendSettings, backend_settings
from coamd.blender_addon.session import timer
from coamd.blender_addon.session.session import Session
from coamd.blender_addon.session.tunnel import tunnel_command
from coamd.rigs.errors import UserError
from test_registration import Context, Paper, draw

PATIENCE = 120.0  # seconds; only a broken installer needs them


@pytest.fixture
def installation(addon: Session, monkeypatch: pytest.MonkeyPatch) -> Iterator[Installation]:
    """The add-on's installation, as at Blender's start, on a machine whose other Pythons do not count."""
    monkeypatch.delenv("COAMD_PYTHON", raising=False)
    home, suits = backend_settings().folder, interpreter.suits
    monkeypatch.setattr(interpreter, "suits", lambda python: str(python).startswith(home) and suits(python))
    monkeypatch.setattr(machine, "look", lambda: Machine("linux", "x86_64"))
    one = timer.installation
    one.view, one.problem = None, None
    yield one
    one.stop()
    one.view, one.problem = None, None


@pytest.fixture(scope="module", autouse=True)
def wheelhouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    yield from wheels.locked(tmp_path_factory.mktemp("wheels"))


def follow(installation: Installation, until: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not until():
        assert time.monotonic() < deadline, f"waited in vain; the log says: {installation.log_tail(20)}"
        timer.tick_installation()
        time.sleep(0.01)


def test_from_an_empty_machine_to_an_installed_backend_and_back(
    installation: Installation, addon: Session, wheelhouse: Path
) -> None:
    folder = Path(backend_settings().folder)
    assert bpy.ops.coamd.check_backend(wait=True) == {"FINISHED"}
    assert installation.needed == INSTALL and install_panel.COAMD_PT_install.poll(bpy.context)
    shown = draw(install_panel.COAMD_PT_install)
    assert "coamd.install_backend" in shown and "About 267 MB to download" in " ".join(shown)
    # what Generate says meanwhile
    with pytest.raises(UserError, match="not installed yet") as caught:
        interpreter.find(folder=str(folder))
    assert caught.value.code == "no_python" and "Install Backend" in caught.value.hint

    assert bpy.ops.coamd.install_backend(device="cpu", wheels=str(wheelhouse)) == {"FINISHED"}
    assert installation.busy and not bpy.ops.coamd.install_backend.poll()
    seen: set[str] = set()

    def over() -> bool:
        seen.update(draw(install_panel.COAMD_PT_install) if installation.busy else ())
        return not installation.busy and not installation.looking

    follow(installation, over)
    assert installation.problem is None and "coamd.cancel_install" in seen
    assert addon.message is not None and "is installed" in addon.message.text
    assert any(text.startswith(("Reading", "Installing")) for text in seen)
    assert installation.view is not None and installation.view.state.whole and not installation.needed
    assert interpreter.find(folder=str(folder)) == install_marker.python_of(folder), "the backend starts from it"
    assert "Successfully installed" in installation.log_tail()
    assert any("PyTorch 2.13.0+cpu" in text for text in draw(install_panel.COAMD_PT_installation))
    assert not install_panel.COAMD_PT_install.poll(bpy.context)

    # broken, seen, repaired
    (folder / install_marker.NAME).unlink()
    with pytest.raises(RuntimeError, match="no mark of a whole installation"):
        bpy.ops.coamd.check_backend(wait=True)
    assert installation.needed == REPAIR and "coamd.repair_backend" in draw(install_panel.COAMD_PT_install)
    with pytest.raises(UserError, match="no mark") as caught:
        interpreter.find(folder=str(folder))
    assert caught.value.code == "broken_install" and "Repair Backend" in caught.value.hint
    assert bpy.ops.coamd.install_backend(device="cpu", wheels=str(wheelhouse), wait=True) == {"FINISHED"}

    assert bpy.ops.coamd.remove_backend(wait=True) == {"FINISHED"}
    assert not folder.exists() and installation.needed == INSTALL


def test_cancelled_while_the_file_changes(installation: Installation, tmp_path: Path) -> None:
    """Another file is no reason to stop; a click on Cancel is, and no process is left."""
    hanging = wheels.fill(tmp_path / "hanging", torch=wheels.HANGS)
    bpy.ops.coamd.install_backend(device="cpu", wheels=str(hanging))
    follow(installation, lambda: installation.progress.phase == "check")
    bpy.ops.wm.read_homefile(use_empty=True)
    assert installation.busy
    child = installation._child
    assert child is not None
    with pytest.raises(RuntimeError, match=r"is being installed|is running|poll"):
        bpy.ops.coamd.repair_backend(wait=True)
    assert bpy.ops.coamd.cancel_install(wait=True) == {"FINISHED"}
    assert child.poll() is not None and not installation.busy
    assert installation.problem is not None and installation.problem.code == "cancelled"
    assert installation.needed == REPAIR
    assert "cancelled" in " ".join(draw(install_panel.COAMD_PT_install))


def test_offline_nothing_is_downloaded_and_the_remedy_is_named(installation: Installation) -> None:
    settings = BackendSettings(online=False, folder=backend_settings().folder)
    assert not bpy.app.online_access, "Blender as a module is offline"
    with pytest.raises(RuntimeError, match="set to stay offline"):
        bpy.ops.coamd.install_backend(wait=True)
    assert installation.problem is not None and installation.problem.code == "offline"
    assert "Allow Online Access" in installation.problem.hint and "offline files" in installation.problem.hint
    assert not installation.busy and not Path(settings.folder).exists()


def test_an_installer_that_dies_is_one_sentence(
    installation: Installation, wheelhouse: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = [sys.executable, "-c", "import os; os._exit(9)"]
    monkeypatch.setattr(Installation, "_command", lambda _self, _wish: command)
    with pytest.raises(RuntimeError, match="ended unexpectedly with exit code 9"):
        bpy.ops.coamd.install_backend(wheels=str(wheelhouse), wait=True)
    assert installation.problem is not None and str(installation.log_path) in installation.problem.hint


def test_a_machine_that_torch_has_no_build_for(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "look", lambda: Machine("macos", "x86_64"))
    bpy.ops.coamd.check_backend(wait=True)
    drawn = " ".join(draw(install_panel.COAMD_PT_install))
    assert "Intel" in drawn and "connection file" in drawn and "coamd.install_backend" not in drawn


def test_a_backend_on_another_machine_needs_no_installation_but_a_tunnel(
    installation: Installation, tmp_path: Path
) -> None:
    path = tmp_path / "connection.json"
    Connection("tcp://127.0.0.1:40123", *3 * ["0" * 40], pid=2**22 + 1, born="1").write(path)
    settings = BackendSettings(connection=str(path), folder=str(tmp_path / "none"))
    assert installation.view is None
    installation.check(settings)
    follow(installation, lambda: not installation.looking)
    assert installation.view is not None and installation.view.port == 40123 and not installation.needed
    assert tunnel_command(40123, "me@render7") == "ssh -N -L 40123:127.0.0.1:40123 me@render7"
    assert "USER@HOST" in tunnel_command(40123, "")
    assert bpy.ops.coamd.copy_tunnel() == {"FINISHED"}
    path.write_text("{}")
    path.chmod(0o600)
    installation.check(settings)
    follow(installation, lambda: not installation.looking)
    assert installation.view.broken_file is not None and installation.view.broken_file.hint


def test_the_folder_that_is_chosen_is_not_mixed_with_what_is_in_it(installation: Installation, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    assert plan.place(tmp_path) == tmp_path / "coamd-backend"


def test_the_dialog_draws_in_every_state(installation: Installation) -> None:
    from coamd.blender_addon.install.operators import COAMD_OT_install_backend

    class Dialog:
        bl_rna: Any = bpy.ops.coamd.install_backend.get_rna_type()
        device, folder, wheels, proxy = "auto", "", "", ""
        layout: Any = None

    def shown() -> list[str]:
        drawn: list[str] = []
        Dialog.layout = Paper(drawn)
        COAMD_OT_install_backend.draw(Dialog(), Context())
        return drawn

    show = shown()
    assert any("Looking at this machine" in text for text in show) and "use_online_access" in show
    bpy.ops.coamd.check_backend(wait=True)
    show = shown()
    assert any("Processor: about 267 MB to download" in text for text in show)
    Dialog.device, Dialog.wheels = "cuda", "/wheels"
    assert any("no such device" in text for text in shown())
