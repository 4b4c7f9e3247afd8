# SPDX-License-Identifier: GPL-3.0-or-later
"""The file that marks a folder as an installed backend, tells whether it is whole, and allows its removal.

It is written twice: unfinished before anything is put into the folder, and complete after the last check. It holds a
random id, and so does a small file in each folder that the installer makes beside it (`claim`). Only what has such a
file is ours to change or to remove: a folder of the user's may have any name.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from ...rigs.errors import UserError
from ...rigs.files.regular_file import read_regular
from ..system.process_lifetime import birth
from ..system.user_files import private_folder, write_private
from .python_finder import in_environment
from .requirements import TORCH, pinned

NAME = "coamd_backend.json"
OWNER = "coamd_owner"  # in each folder that we made: the installation's id, and nothing else
FORMAT = 1
_LARGEST = 65536  # bytes of either file
_ID = re.compile(r"[0-9a-f]{32}")

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
    id: str  # 32 hexadecimal digits, the same as in the folders that belong to it
    complete: bool = False
    torch: str = ""  # as torch itself says
    gpu: bool = False  # torch sees the GPU it was installed for
    format: int = FORMAT


@dataclass(frozen=True)
class InstallState:
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


def new_id() -> str:
    """The id of a new installation."""
    return secrets.token_hex(16)


def id_of(part: Path) -> str:
    """The id of the installation that made a folder; "" for a folder that the installer did not make."""
    try:
        text = read_regular(part / OWNER, _LARGEST).decode("ascii").strip()
    except (OSError, ValueError):
        return ""
    return text if not part.is_symlink() and _ID.fullmatch(text) else ""


def claim(part: Path, id: str) -> None:
    """Make the folder ``part`` for the installation ``id``, or find it made already.

    UserError "not_ours" for a folder with contents that it did not make; OSError as it comes.
    """
    if id_of(part) == id:
        return
    if part.is_symlink() or (part.exists() and (not part.is_dir() or any(part.iterdir()))):
        raise UserError(
            f"{part} is there already and was not made by this add-on, so it is left as it is.",
            "Choose an empty folder to install into.",
            "not_ours",
        )
    private_folder(part)
    write_private(part / OWNER, id.encode())


def read(folder: Path) -> Sentinel | None:
    """The sentinel of a folder; None when it has none, or one that cannot be understood."""
    try:
        values = json.loads(read_regular(folder / NAME, _LARGEST))
        if values.keys() != {field.name for field in fields(Sentinel)} or values["format"] != FORMAT:
            return None
        kinds = {"requirements": list, "pid": int, "complete": bool, "gpu": bool, "format": int}
        if not all(isinstance(value, kinds.get(name, str)) for name, value in values.items()):
            return None
        if not _ID.fullmatch(values["id"]):
            return None
        return Sentinel(**{**values, "requirements": tuple(map(str, values["requirements"]))})
    except (OSError, ValueError, AttributeError, RecursionError):
        return None


def write(folder: Path, sentinel: Sentinel) -> None:
    """Replace the sentinel in one step; OSError as it comes."""
    write_private(folder / NAME, json.dumps(asdict(sentinel), indent=2).encode())


def state(folder: Path) -> InstallState:
    """How the installation in ``folder`` is, as far as its files tell: nothing is started. Takes about 0.1 ms."""
    found = read(folder)
    if found is None:
        if id_of(environment_of(folder)):
            text = f"The backend in {folder} has no mark of a whole installation."
            return InstallState(UNMARKED, text, "Repair it, or choose another folder.")
        return InstallState(NONE)
    return _of_complete(folder, found) if found.complete else _of_unfinished(found)


def _of_unfinished(found: Sentinel) -> InstallState:
    if birth(found.pid) == found.born:
        return InstallState(WORKING, f"The backend is being installed by process {found.pid}.", "Wait for it.", found)
    return InstallState(UNFINISHED, "The installation of the backend was interrupted.", "Go on with it.", found)


def _of_complete(folder: Path, found: Sentinel) -> InstallState:
    # No file as well: a link to an interpreter that was removed, or an environment that somebody else has put there.
    if not python_of(folder).is_file() or id_of(environment_of(folder)) != found.id:
        text = f"The Python that the backend was installed with is gone ({found.base})."
        return InstallState(GONE, text, "Repair the installation.", found)
    if found.requirements != pinned(TORCH + (f"+{found.tag}" if found.tag else "")):
        text = "The installed backend is of another version than this add-on."
        return InstallState(OUTDATED, text, "Repair the installation: only what differs is downloaded.", found)
    return InstallState(WHOLE, sentinel=found)


def owner_of(folder: Path, parts: Iterable[str]) -> str:
    """The id of the installation in a folder: the sentinel's, else that of the first part that has one, else ""."""
    found = read(folder)
    ids = [found.id] if found is not None else [id_of(folder / name) for name in parts]
    return next(filter(None, ids), "")


def check_ours(folder: Path, parts: Iterable[str]) -> None:
    """UserError "not_ours" unless we installed into the folder: nothing else may be removed."""
    if not owner_of(folder, parts):
        raise UserError(
            f"{folder} was not made by this add-on, so nothing in it is removed.",
            "Choose the folder that the backend was installed into.",
            "not_ours",
        )
