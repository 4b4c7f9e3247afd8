# SPDX-License-Identifier: GPL-3.0-or-later
"""Motions of .blend, .fbx and glTF files, read by a Blender of its own in the background.

Blender itself evaluates them (F-curves, constraints, drivers) and writes joints to a folder for us. A file may bring it
down or hang it: then that file is skipped, and another Blender goes on with the next. Scripts in files are not run.

Which Blender: the one that ``COAMD_BLENDER`` names (the add-on names its own), else the bpy module of this Python, else
``blender`` on the path.
"""

from __future__ import annotations

import importlib.util
import json
import os
import queue
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from ...rigs.errors import UserError
from .files import Motions

MARK = "coamd-scene: "  # before the number of each file that is read
PATIENCE = 300.0  # seconds for one file, its import included
_LOOK_SECONDS = 0.2
_SCRIPT = Path(__file__).resolve().parents[2] / "blender_addon" / "scene_script.py"
NEEDS = UserError(
    "Blender reads these files, and there is none here.",
    "Install it with: pip install bpy==4.5.15 - or name yours in COAMD_BLENDER, or use CoAMD's panel in Blender.",
    "needs_blender",
)


def blender() -> list[str] | None:
    """The command that runs a script in Blender; None where there is none."""
    chosen = os.environ.get("COAMD_BLENDER", "")
    if not chosen and importlib.util.find_spec("bpy") is not None:
        chosen = sys.executable
    chosen = chosen or shutil.which("blender") or ""
    if not chosen:
        return None
    if Path(chosen).stem.lower().startswith("python"):  # Blender as a module
        return [chosen, str(_SCRIPT)]
    return [chosen, "--background", "--factory-startup", "--disable-autoexec", "--python", str(_SCRIPT), "--"]


def read_scenes(files: Sequence[Path], stopped: Callable[[], None] = lambda: None) -> Iterator[tuple[Path, Motions]]:
    """Each file with its motions. ``stopped`` is called while Blender works and may raise, which ends it."""
    left = list(files)
    command = blender()
    while left:
        if command is None:
            yield left[0], Motions((), (("", f"Only Blender reads {left[0].name}, and there is none here."),))
            left = left[1:]
            continue
        with tempfile.TemporaryDirectory(prefix="coamd-scenes-") as folder:
            done = 0
            for number in _run(command, left, Path(folder), stopped):
                yield left[number], _load(Path(folder) / f"{number}.npz")
                done = number + 1
            if done < len(left):
                reason = f"Blender cannot read {left[done].name}: it ended or gave no answer."
                yield left[done], Motions((), (("", reason),))
                done += 1
            left = left[done:]


def _run(command: list[str], files: Sequence[Path], folder: Path, stopped: Callable[[], None]) -> Iterator[int]:
    """Numbers of the files in their order, as Blender is done with them."""
    (folder / "files.json").write_text(json.dumps([str(path.resolve()) for path in files]), encoding="utf-8")
    try:
        child = subprocess.Popen(
            [*command, str(folder)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
            errors="replace",
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            env={name: value for name, value in os.environ.items() if name not in ("PYTHONHOME", "PYTHONPATH")},
        )
    except OSError as error:
        raise UserError(
            f"Blender cannot be started ({error.strerror}).", "Mend the path in COAMD_BLENDER.", "needs_blender"
        ) from error
    lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()

    def listen() -> None:
        assert child.stdout is not None
        for line in child.stdout:
            if line.startswith(MARK):
                lines.put(line)
        lines.put(None)

    listener = threading.Thread(target=listen, name="coamd-scenes", daemon=True)
    listener.start()
    silent = 0.0
    try:
        while silent < PATIENCE:
            stopped()
            try:
                line = lines.get(timeout=_LOOK_SECONDS)
            except queue.Empty:
                silent += _LOOK_SECONDS
                continue
            if line is None:
                return
            silent = 0.0
            yield int(line.removeprefix(MARK))
    finally:
        child.kill()
        child.wait()
        listener.join()
        assert child.stdout is not None
        child.stdout.close()


def _load(path: Path) -> Motions:
    with np.load(path, allow_pickle=False) as arrays:
        said = json.loads(arrays["said"].tobytes())
        takes = tuple((name, arrays[str(number)]) for number, name in enumerate(said["takes"]))
    return Motions(takes, tuple((name, reason) for name, reason in said["problems"]))
