# SPDX-License-Identifier: GPL-3.0-or-later
"""A folder of small wheels, and a plan that installs them with this Python."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import wheels
from coamd.backend.install import installer
from coamd.backend.install import plan as plans
from coamd.backend.install.plan import Plan
from install_plans import plan_for


@pytest.fixture(scope="package", autouse=True)
def wheelhouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Stand-ins for everything that the backend needs, and their lock in place of ours."""
    yield from wheels.locked(tmp_path_factory.mktemp("wheels"))


@pytest.fixture(scope="session", autouse=True)
def unpacked_pip(tmp_path_factory: pytest.TempPathFactory) -> object:
    """pip out of its wheel: in there Python compiles it at every start, which takes a second."""
    wheel = plans.pip_wheel()
    folder = tmp_path_factory.mktemp("pip") / wheel.stem
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    patch = pytest.MonkeyPatch()
    patch.setattr(installer, "pip_wheel", lambda: folder)
    patch.setattr(plans, "_KEEP_FREE", 0)
    yield
    patch.undo()


@pytest.fixture
def plan(tmp_path: Path, wheelhouse: Path) -> Plan:
    """An installation that is not made yet."""
    return plan_for(tmp_path / "backend", wheelhouse)
