# SPDX-License-Identifier: GPL-3.0-or-later
"""Run by a background Blender, as a script of its own: makes the package importable and does one job.

Its last two arguments are the name of the job and the folder with its instructions.
"""

import importlib
import importlib.util
import os
import sys
import threading
from pathlib import Path

JOBS = {"read": "takes.scene_reader", "export": "export.exporter"}  # modules with a function ``run(folder)``


def end_with_parent() -> None:
    """End this process as soon as the one that started it is gone: it holds the other end of this one's standard input.

    A thread cannot run during one long call of Blender, so on Linux the kernel is asked too.
    """

    def wait() -> None:
        while os.read(0, 4096):
            pass
        os._exit(3)

    if sys.platform == "linux":
        import ctypes
        import signal

        kill_with_parent = 1  # PR_SET_PDEATHSIG
        ctypes.CDLL(None).prctl(kill_with_parent, signal.SIGKILL)
    threading.Thread(target=wait, name="coamd-parent", daemon=True).start()


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
    end_with_parent()
    mount()
    importlib.import_module(f"coamd.blender_addon.{JOBS[sys.argv[-2]]}").run(Path(sys.argv[-1]))
    sys.stdout.flush()
    os._exit(0)  # Blender's own exit hangs in 4.5 after importers or exporters were enabled
