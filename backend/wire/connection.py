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
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from ...rigs.errors import UserError
from ...rigs.files.regular_file import read_regular
from ..system.process_lifetime import birth
from ..system.user_files import locked, sweep, write_private
from ..system.user_folder import home
from .messages import PROTOCOL_VERSION

_ENDPOINT = re.compile(r"tcp://[^\s/]+:\d{1,5}")
_KEY = re.compile(r"[0-9A-Za-z.\-:+=^!/*?&<>()\[\]{}@%$#]{40}")  # Z85
LARGEST = 65536  # bytes of a connection file
LEAVING_SECONDS = 8.0  # that a backend which ends may still hold its file
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
            mode = Path(path).stat().st_mode
            text = read_regular(path, LARGEST).decode("utf-8")
        except FileNotFoundError:
            raise UserError(f"No backend has written {path}.", "Start the backend.", "no_backend") from None
        except (OSError, ValueError) as error:
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
        try:
            write_private(Path(path), json.dumps(asdict(self), indent=2).encode())
        except OSError as error:
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
    started at the same moment cannot both win. Where nobody lives on it its holder may be one that ends: it takes its
    file away first and the lock goes with its last thread, and whoever shared it starts another at once.
    """
    path = Path(path)
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(locked(path, 0.0 if live(path) else LEAVING_SECONDS))
        except BlockingIOError:
            holder = live(path)
            whose = f" (process {holder.pid})" if holder else ""
            raise UserError(
                f"A backend{whose} is already running on {path}.",
                "Use that one, stop it first, or give another --connection-file.",
                "second_backend",
            ) from None
        except OSError as error:
            raise _unwritable(path, error) from error
        sweep(path.parent)
        yield


def _unwritable(path: Path, error: OSError) -> UserError:
    text = f"The connection file {path} cannot be written ({error.strerror})."
    return UserError(text, "Make room there, or give another --connection-file.", "home_unwritable")


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
