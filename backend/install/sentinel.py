# SPDX-License-Identifier: GPL-3.0-or-later
"""The file that marks a folder as an installed backend, tells whether it is whole, and allows its removal.

It is written twice: unfinished before anything is put into the folder, and complete after the last check.
"""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from ...rigs.errors import UserError
from ..lifetime import birth
from .pythons import in_environment
from .requirements import TORCH, pinned

NAME = "coamd_backend.json"
FORMAT = 1

# How an installation can be.
NONE, WHOLE = "none", "whole"
UNMARKED, UNFINISHED, WORKING = "unmarked", "unfinished", "working"
OUTDATED, GONE, BROKEN = "outdated", "gone", "broken"


@dataclass(frozen=True)
class Sentinel:
    """What was installed, and by whom."""

    device: str
    tag: str  # of torch's build
    requirements: tuple[str, ...]  # exact
    base: str  # the Python that the environment was made with
    python: str  # its version
    pid: int  # of the installer, while it works
    born: str  # `lifetime.birth` of that process
    complete: bool = False
    torch: str = ""  # as torch itself says
    gpu: bool = False  # torch sees the GPU it was installed for
    format: int = FORMAT


@dataclass(frozen=True)
class State:
    """How an installation is, with a sentence about what is wrong with it."""

    code: str
    text: str = ""
    hint: str = ""
    sentinel: Sentinel | None = None

    @property
    def whole(self) -> bool:
        return self.code == WHOLE

    @property
    def to_repair(self) -> bool:
        """True when something is there and it cannot be used as it is."""
        return self.code not in (NONE, WHOLE, WORKING)


def environment_of(folder: Path) -> Path:
    """The virtual environment in an installation's folder."""
    return folder / "venv"


def python_of(folder: Path) -> Path:
    """The interpreter of an installation."""
    return in_environment(environment_of(folder))


def read(folder: Path) -> Sentinel | None:
    """The sentinel of a folder; None when it has none, or one that cannot be understood."""
    try:
        values = json.loads((folder / NAME).read_text("utf-8"))
        if values.keys() != {field.name for field in fields(Sentinel)} or values["format"] != FORMAT:
            return None
        kinds = {"requirements": list, "pid": int, "complete": bool, "gpu": bool, "format": int}
        if not all(isinstance(value, kinds.get(name, str)) for name, value in values.items()):
            return None
        return Sentinel(**{**values, "requirements": tuple(map(str, values["requirements"]))})
    except (OSError, ValueError, AttributeError, RecursionError):
        return None


def write(folder: Path, sentinel: Sentinel) -> None:
    """Replace the sentinel in one step; OSError as it comes."""
    folder.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=NAME, suffix=".new", dir=folder)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(asdict(sentinel), file, indent=2)
        Path(name).replace(folder / NAME)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise


def state(folder: Path) -> State:
    """How the installation in ``folder`` is, as far as its files tell: nothing is started. Takes about 0.1 ms."""
    found = read(folder)
    if found is None:
        if environment_of(folder).exists() or (folder / NAME).exists():
            text = f"The backend in {folder} has no mark of a whole installation."
            return State(UNMARKED, text, "Repair it, or choose another folder.")
        return State(NONE)
    return _of_complete(folder, found) if found.complete else _of_unfinished(found)


def _of_unfinished(found: Sentinel) -> State:
    if birth(found.pid) == found.born:
        return State(WORKING, f"The backend is being installed by process {found.pid}.", "Wait for it.", found)
    return State(UNFINISHED, "The installation of the backend was interrupted.", "Go on with it.", found)


def _of_complete(folder: Path, found: Sentinel) -> State:
    if not python_of(folder).is_file():  # false as well for a link to an interpreter that was removed
        text = f"The Python that the backend was installed with is gone ({found.base})."
        return State(GONE, text, "Repair the installation.", found)
    if found.requirements != pinned(TORCH + (f"+{found.tag}" if found.tag else "")):
        text = "The installed backend is of another version than this add-on."
        return State(OUTDATED, text, "Repair the installation: only what differs is downloaded.", found)
    return State(WHOLE, sentinel=found)


def check_ours(folder: Path) -> None:
    """UserError "not_ours" unless the folder holds our sentinel: nothing else may be removed."""
    if not (folder / NAME).is_file():
        raise UserError(
            f"{folder} was not made by this add-on, so nothing in it is removed.",
            "Choose the folder that the backend was installed into.",
            "not_ours",
        )
