# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the add-on installs nothing: a Python is found or named, and the panel says how to have one."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import bpy
import pytest
from coamd.blender_addon.install import interpreter
from coamd.blender_addon.own_python import no_python, operators, panel
from coamd.blender_addon.own_python.installation import Installation, MachineView
from coamd.blender_addon.preferences import BackendSettings
from coamd.blender_addon.session.session import Session
from test_registration import draw

PATIENCE = 30.0  # seconds


def looked(settings: BackendSettings) -> Installation:
    """What is known once a look is over."""
    found = Installation()
    assert found.view is None and not found.needed, "before a look nothing is asked for"
    found.check(settings)
    deadline = time.monotonic() + PATIENCE
    while found.looking:
        assert time.monotonic() < deadline
        found.tick(settings)
        time.sleep(0.01)
    return found


def test_a_named_python_is_used(tmp_path: Path) -> None:
    python = next((path for path in interpreter.candidates() if interpreter.suits(path)), None)
    if python is None:
        pytest.skip("no Python with torch (set COAMD_PYTHON to one)")
    found = looked(BackendSettings(python=str(python)))
    assert found.view is not None and found.view.python == python
    assert not found.needed
    assert looked(BackendSettings(python=str(tmp_path / "nowhere"))).needed


def test_with_a_connection_file_no_python_is_needed(tmp_path: Path) -> None:
    broken = tmp_path / "connection.json"
    broken.write_text("{}")
    broken.chmod(0o600)
    found = looked(BackendSettings(python=str(tmp_path / "nowhere"), connection=str(broken)))
    assert found.needed and found.view is not None
    assert found.view.broken_file is not None, "and what is wrong with the file is said"


@pytest.fixture
def shown(addon: Session, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The panel's own buttons registered, and no Python found."""
    buttons = (operators.COAMD_OT_how_to_python, operators.COAMD_OT_copy_packages)
    for button in buttons:
        bpy.utils.register_class(button)
    monkeypatch.setattr(panel, "installation", SimpleNamespace(view=MachineView(), needed="python"))
    yield
    for button in buttons:
        bpy.utils.unregister_class(button)


def test_the_panel_says_what_is_missing_and_how_to_have_it(shown: None) -> None:
    assert panel.COAMD_PT_install.poll(bpy.context)
    drawn = draw(panel.COAMD_PT_install)
    assert "The model runs in a Python with" in " ".join(drawn)
    assert {"coamd.check_backend", "coamd.copy_packages", "coamd.how_to_python"} <= set(drawn)
    assert no_python().code == "python_missing"
    draw(panel.COAMD_PT_installation)


def test_the_command_names_every_library_at_its_version() -> None:
    command = operators.packages_command()
    assert command.startswith("python -m pip install torch==")
    assert all("==" in word for word in command.split()[4:])
