# SPDX-License-Identifier: GPL-3.0-or-later
"""Plans that the tests of the installer share."""

from __future__ import annotations

import sys
from pathlib import Path

from coamd.backend.install.machine import Machine
from coamd.backend.install.plan import Plan
from coamd.backend.install.torch_builds import build_for


def plan_for(folder: Path, wheelhouse: Path) -> Plan:
    """An installation of the stand-ins."""
    version = (*sys.version_info[:3],)
    return Plan(folder, build_for(Machine("linux", "x86_64")), Path(sys.executable), version, wheels=wheelhouse)
