# SPDX-License-Identifier: GPL-3.0-or-later
"""The connection file: where a backend listens, and the keys that let a client in.

As Jupyter kernels do: the server writes a small JSON file that only its user can read (mode 0600), and who
can read it may connect. It holds the server's public CURVE key and one client key pair; the server's secret
never leaves its process. A backend on another machine is the same file with another address.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import stat
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from ..rigs.errors import UserError
from .home import home
from .lifetime import birth
from .messages import PROTOCOL_VERSION

_ENDPOINT = re.compile(r"tcp://[^\s/]+:\d{1,5}")
_KEY = re.compile(r"[0-9A-Za-z.\-:+=^!/*?&<>()\[\]{}@%$#]{40}")  # Z85
_START = "Start the backend again: it writes a new one."


def default_path() -> Path:
    """The connection file of a backend that was not told another."""
    return home() / "connection.json"


@dataclass(frozen=True)
class Connection:
    """One backend's address and keys. Keys are Z85 text of 40 characters."""

    endpoint: str  # tcp://HOST:PORT
    server_key: str  # public
    client_key: str  # public
    client_secret: str
    pid: int  # of the backend, on its own machine
    born: str  # `lifetime.birth` of that process
    version: int = PROTOCOL_VERSION

    def __repr__(self) -> str:
        return f"Connection({self.endpoint}, pid={self.pid})"  # no secret in logs and tracebacks

    @classmethod
    def read(cls, path: Path) -> Connection:
        """The connection in ``path``; UserError "no_backend", "connection_exposed", "connection_broken"."""
        try:
            with Path(path).open(encoding="utf-8") as file:
                mode = os.fstat(file.fileno()).st_mode
                text = file.read(65536)
        except FileNotFoundError:
            raise UserError(f"No backend has written {path}.", "Start the backend.", "no_backend") from None
        except (OSError, UnicodeDecodeError) as error:
            raise UserError(f"{path} cannot be read ({error}).", _START, "connection_broken") from error
        if os.name == "posix" and stat.S_IMODE(mode) & 0o077:
            hint = f"Run: chmod 600 '{path}'"
            raise UserError(f"Other users can read the keys in {path}.", hint, "connection_exposed")
        try:
            return cls(**_checked(json.loads(text)))
        except (ValueError, TypeError, RecursionError) as error:
            raise UserError(f"{path} is not a connection file ({error}).", _START, "connection_broken") from error

    def write(self, path: Path) -> None:
        """Replaces ``path`` in one step: readers see the old file or the whole new one, with mode 0600.

        UserError "home_unwritable" for a full disk or a forbidden folder.
        """
        path = Path(path)
        temporary = None
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            # mkstemp makes the file with mode 0600 from its first moment on.
            handle, name = tempfile.mkstemp(prefix=path.name, suffix=".new", dir=path.parent)
            temporary = Path(name)
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(asdict(self), file, indent=2)
            temporary.replace(path)
        except OSError as error:
            if temporary is not None:
                temporary.unlink(missing_ok=True)
            raise _unwritable(path, error) from error

    @property
    def is_local(self) -> bool:
        return self.endpoint.startswith(("tcp://127.", "tcp://localhost:"))

    def is_stale(self) -> bool:
        """Whether the backend behind it is gone. Of another machine's process nothing is known: not stale."""
        return self.is_local and birth(self.pid) != self.born


def live(path: Path) -> Connection | None:
    """The connection in ``path`` if its backend lives; None for no file, a broken one or a stale one."""
    try:
        connection = Connection.read(path)
    except UserError:
        return None
    return None if connection.is_stale() else connection


@contextlib.contextmanager
def claimed(path: Path) -> Iterator[None]:
    """Holds ``path`` for this process; UserError "second_backend" while another one does.

    A lock beside the file, which the system gives back when its holder ends in whatever way, so two backends
    started at the same moment cannot both win.
    """
    path = Path(path)
    with contextlib.ExitStack() as stack:
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            file = stack.enter_context((path.parent / (path.name + ".lock")).open("a+b"))
            _lock(file.fileno())
        except (BlockingIOError, PermissionError) as error:
            if isinstance(error, PermissionError) and error.filename:
                raise _unwritable(path, error) from error
            holder = live(path)
            whose = f" (process {holder.pid})" if holder else ""
            raise UserError(
                f"A backend{whose} is already running on {path}.",
                "Use that one, stop it first, or give another --connection-file.",
                "second_backend",
            ) from None
        except OSError as error:
            raise _unwritable(path, error) from error
        yield


def _unwritable(path: Path, error: OSError) -> UserError:
    text = f"The connection file {path} cannot be written ({error.strerror})."
    return UserError(text, "Make room there, or give another --connection-file.", "home_unwritable")


def _lock(handle: int) -> None:
    if sys.platform == "win32":
        import msvcrt

        os.lseek(handle, 0, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _checked(values: Any) -> dict[str, Any]:
    names = {field.name for field in fields(Connection)}
    if not isinstance(values, dict) or values.keys() != names:
        raise ValueError(f"it needs exactly {', '.join(sorted(names))}")
    for name in ("version", "pid"):
        if type(values[name]) is not int or not 0 <= values[name] < 1 << 32:
            raise ValueError(f"{name} is not a number")
    for name in ("server_key", "client_key", "client_secret"):
        if not isinstance(values[name], str) or not _KEY.fullmatch(values[name]):
            raise ValueError(f"{name} is not a key")
    if not isinstance(values["endpoint"], str) or not _ENDPOINT.fullmatch(values["endpoint"]):
        raise ValueError("endpoint is not tcp://HOST:PORT")
    if not isinstance(values["born"], str):
        raise ValueError("born is not text")
    return values
