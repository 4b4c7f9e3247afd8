# SPDX-License-Identifier: GPL-3.0-or-later
"""``python .../backend/bootstrap.py COMMAND``: the ``coamd`` command out of the folder that this file lies in.

The code may lie in a checkout (no folder named ``coamd`` there), in site-packages, or in an installed Blender
extension (where the package is called ``bl_ext.<repo>.coamd`` and its root imports bpy). A package object named
``coamd`` over the folder above makes all three the same, without running that root and without touching the
Python installation. It runs before anything else does, in any Python 3, so that one too old can say so.
"""

import importlib
import sys
import types
from pathlib import Path

OLDEST = (3, 11)


def mount(folder: Path) -> None:
    """Make ``coamd`` the package whose parts lie in ``folder``."""
    package = types.ModuleType("coamd", "CoAMD Motion")
    package.__path__ = [str(folder)]
    sys.modules["coamd"] = package


def main() -> int:
    if sys.version_info < OLDEST:
        print(
            "coamd: this is Python {}.{}, and the backend needs {}.{} or newer. ".format(*sys.version_info[:2], *OLDEST)
            + "Choose another Python for the backend.",
            file=sys.stderr,
        )
        return 2
    here = Path(__file__).resolve().parent
    # A script's own folder is the first on the path; names like "model" or "figures" there would hide others.
    sys.path[:] = [entry for entry in sys.path if not entry or Path(entry).resolve() != here]
    mount(here.parent)
    return int(importlib.import_module("coamd.backend.cli").main())


if __name__ == "__main__":
    sys.exit(main())
