# SPDX-License-Identifier: GPL-3.0-or-later
"""A repository of extensions that a Blender adds by its address and updates from: a folder of zips with an index.

The entries of our zips are made by Blender's own tool; what the folder lists of other extensions stays. Any web server
can serve the folder, and Blender reads it from there (Preferences > Get Extensions > Repositories > Add Remote).
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

INDEX = "index.json"
_LOCK = ".index.lock"  # Blender's tool and ours skip names with a dot
_EMPTY: dict[str, Any] = {"version": "v1", "blocklist": [], "data": []}


class BuildError(Exception):
    """Why nothing was made, in one sentence."""


def publish(zips: Sequence[Path], folder: Path, tool: Path) -> Path:
    """Put the zips of one version into a repository and list them; the path of the index.

    Zips of earlier versions stay in the folder and leave the list. The index is replaced in one step, after the zips
    that it names are there.

    Args:
        tool: Blender's ``blender_ext.py``.

    Raises:
        BuildError: the folder cannot be written, another build is at work in it, or its index is none.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _alone(folder):
            index = _read(folder / INDEX)
            ours = _entries(zips, tool)
            names = {entry["id"] for entry in ours}
            index["data"] = [*(entry for entry in index["data"] if entry.get("id") not in names), *ours]
            for path in zips:
                part = folder / f".{path.name}.part"
                shutil.copyfile(path, part)
                part.replace(folder / path.name)
            part = folder / f".{INDEX}.part"
            part.write_text(json.dumps(index, indent=2) + "\n", "utf-8")
            part.replace(folder / INDEX)
    except OSError as error:
        raise BuildError(f"The repository {folder} cannot be written: {error.strerror or error}.") from error
    return folder / INDEX


def _entries(zips: Sequence[Path], tool: Path) -> list[dict[str, Any]]:
    """What Blender's tool lists of these zips, by file name."""
    with tempfile.TemporaryDirectory(prefix="coamd-repository-") as place:
        for path in zips:
            shutil.copyfile(path, Path(place, path.name))
        command = [sys.executable, str(tool), "server-generate", "--repo-dir", place]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        listed = Path(place, INDEX)
        found: list[dict[str, Any]] = json.loads(listed.read_text("utf-8"))["data"] if listed.is_file() else []
    if done.returncode or len(found) != len(zips):
        raise BuildError(f"Blender lists {len(found)} of {len(zips)} zips: {(done.stdout + done.stderr).strip()}")
    return sorted(found, key=lambda entry: str(entry["archive_url"]))


def _read(path: Path) -> dict[str, Any]:
    """The index that is there, or an empty one."""
    if not path.exists():
        return dict(_EMPTY)
    try:
        index = json.loads(path.read_text("utf-8"))
    except ValueError:
        index = None
    if not isinstance(index, dict) or not isinstance(index.get("data"), list):
        raise BuildError(f"{path} is not an index of Blender extensions; choose another folder, or move it away.")
    return index


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Nobody else of ours writes into the folder meanwhile; the system gives the lock back, however we end."""
    with (folder / _LOCK).open("a+b") as file:
        try:
            _lock(file)
        except OSError as error:
            raise BuildError(f"Another build is at work in {folder}; wait until it is done.") from error
        yield


def _lock(file: IO[bytes]) -> None:
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
