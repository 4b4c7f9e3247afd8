# SPDX-License-Identifier: GPL-3.0-or-later
"""A script for a Blender in the background, which runs this file alone: mounts the package and reads scene files."""

import importlib
import importlib.util
import os
import sys
from pathlib import Path


def mount() -> None:
    """Make ``coamd`` importable, wherever this file lies, and write nothing beside it."""
    sys.dont_write_bytecode = True
    root = Path(__file__).resolve().parents[1]
    spec = importlib.util.spec_from_file_location("coamd_bootstrap", root / "backend" / "bootstrap.py")
    assert spec is not None
    assert spec.loader is not None
    bootstrap = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(bootstrap)
    bootstrap.mount(root)


if __name__ == "__main__":
    mount()
    importlib.import_module("coamd.blender_addon.scene_reader").read_files(Path(sys.argv[-1]))
    sys.stdout.flush()
    os._exit(0)  # Blender's own exit hangs in 4.5 after importers were enabled
