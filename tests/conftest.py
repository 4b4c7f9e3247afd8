# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the real data is, for tests that read some of it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

# a busy machine is not a failure: examples have no time limit
settings.register_profile("coamd", deadline=None)
settings.load_profile("coamd")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with motion capture, rig tables and reference vectors: beside the checkout, or COAMD_SHARED."""
    folder = Path(os.environ.get("COAMD_SHARED", Path(__file__).resolve().parents[2] / "shared"))
    if not (folder / "mocap" / "manifest.csv").is_file():
        pytest.skip("needs the shared data folder beside the checkout (or COAMD_SHARED)")
    return folder
