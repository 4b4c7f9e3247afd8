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
from importlib.machinery import SOURCE_SUFFIXES, FileFinder, SourceFileLoader
from pathlib import Path

OLDEST = (3, 11)


class _Unwritten(SourceFileLoader):
    """Loads a module and writes no __pycache__: an installed extension's folder belongs to Blender.

    PYTHONDONTWRITEBYTECODE would hold for torch too, whose thousand modules would be compiled at every start where the
    installer has left that to Python.
    """

    def set_data(self, *_args: object, **_kwargs: object) -> None:
        pass


def mount(folder: Path) -> None:
    """Make ``coamd`` the package whose parts lie in ``folder``."""

    def finder(entry: str) -> FileFinder:
        place = Path(entry).resolve()
        ours = {folder / "backend", folder / "rigs"}  # a virtual environment may lie in the same folder
        if place != folder and ours.isdisjoint((place, *place.parents)):
            raise ImportError("not a part of coamd", path=entry)
        return FileFinder(entry, (_Unwritten, SOURCE_SUFFIXES))

    sys.path_hooks.insert(0, finder)
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
