# SPDX-License-Identifier: GPL-3.0-or-later
"""CoAMD's folder in the user's data. Nothing but the standard library is imported here: the installer needs it too."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def home() -> Path:
    """CoAMD's folder in the user's data: ``COAMD_HOME`` if set, else where the system keeps such things."""
    if chosen := os.environ.get("COAMD_HOME"):
        return Path(chosen)
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "coamd"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "coamd"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "coamd"
