# SPDX-License-Identifier: GPL-3.0-or-later
"""One Blender window for all tests of this folder, which go through it as a user does, one after the other.

``COAMD_WINDOW=trixie pytest tests/window`` runs them in Debian trixie's Blender 4.3, ``COAMD_WINDOW=sid`` in 5.2. They
need root for a chroot, and say so where it cannot be made. ``COAMD_PYTHON`` names the Python of the backend; this one
if unset. Pictures are kept in ``COAMD_SHOTS`` (else a temporary folder).
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from chroot import Chroot, why_not
from window import Window

import build_addon

SUITE = os.environ.get("COAMD_WINDOW", "")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Without the wish for a window or the means, these tests say why they do not run."""
    reason = why_not() if SUITE else "set COAMD_WINDOW=trixie or sid to test a real window (as root; takes minutes)"
    if reason:
        for item in items:
            if Path(__file__).parent in item.path.parents and "needs_window" in item.keywords:
                item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Window]:
    """The extension from its zip in a profile of its own; no Blender is open yet."""
    shots = Path(os.environ.get("COAMD_SHOTS") or tmp_path_factory.mktemp("shots"))
    chroot = Chroot(SUITE)
    chroot.make()
    shutil.rmtree(chroot.share, ignore_errors=True)
    archive = build_addon.pack(build_addon.here(), tmp_path_factory.mktemp("zip"))
    with chroot:
        window = Window(chroot, Path(os.environ.get("COAMD_PYTHON") or sys.executable), shots)
        try:
            window.install(archive)
            yield window
        finally:
            window.close()


@pytest.fixture(scope="session")
def window(installed: Window) -> Window:
    """Blender with the extension and a Python that has what the backend needs."""
    installed.close()
    installed.open()
    return installed
