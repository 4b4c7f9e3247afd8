# SPDX-License-Identifier: GPL-3.0-or-later
"""Motions of .blend, .fbx and glTF files, read by a Blender of its own in the background.

Blender itself evaluates them (F-curves, constraints, drivers) and writes joints to a folder for us. A file may bring it
down or hang it: then that file is skipped, and another Blender goes on with the next.
"""

from __future__ import annotations

import json
import queue
import subprocess
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from ...rigs.errors import UserError
from ..system.background_blender import INSTALL, READ, blender, start
from ..system.temporary_folder import temporary_folder
from .embedding import StopCheck
from .motion_folders import Motions

MARK = "coamd-scene: "  # before the number of each file that is read
PATIENCE = 300.0  # seconds for one file, its import included
_LOOK_SECONDS = 0.2
NEEDS = UserError(
    "Blender reads these files, and there is none here.",
    f"{INSTALL}, or use CoAMD's panel in Blender.",
    "needs_blender",
)


def read_scenes(files: Sequence[Path], check_stop: StopCheck = lambda: None) -> Iterator[tuple[Path, Motions]]:
    """Each file with its motions. ``check_stop`` is called while Blender works and may raise, which ends it."""
    left = list(files)
    command = blender(READ)
    while left:
        if command is None:
            yield left[0], Motions((), (("", f"Only Blender reads {left[0].name}, and there is none here."),))
            left = left[1:]
            continue
        with temporary_folder("scenes") as folder:
            done = 0
            for number in _run(command, left, folder, check_stop):
                yield left[number], _load(left[number], folder / f"{number}.npz")
                done = number + 1
            if done < len(left):
                reason = f"Blender cannot read {left[done].name}: it ended or gave no answer."
                yield left[done], Motions((), (("", reason),))
                done += 1
            left = left[done:]


def _run(command: list[str], files: Sequence[Path], folder: Path, check_stop: StopCheck) -> Iterator[int]:
    """Numbers of the files in their order, as Blender is done with them."""
    (folder / "files.json").write_text(json.dumps([str(path.resolve()) for path in files]), encoding="utf-8")
    child = start(command, folder, subprocess.PIPE)
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
            check_stop()
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
        assert child.stdin is not None and child.stdout is not None
        child.stdin.close()
        child.stdout.close()


def _load(scene: Path, path: Path) -> Motions:
    try:
        with np.load(path, allow_pickle=False) as arrays:
            said = json.loads(arrays["said"].tobytes())
            takes = tuple((name, arrays[str(number)]) for number, name in enumerate(said["takes"]))
        return Motions(takes, tuple((name, reason) for name, reason in said["problems"]))
    except Exception as error:  # a full disk, say, or more takes than there is memory for: this file's fault alone
        return Motions((), (("", f"What Blender read of {scene.name} did not arrive ({type(error).__name__})."),))
