# SPDX-License-Identifier: GPL-3.0-or-later
"""The one maker of what lies in the user's folder: folders of mode 0700, files of mode 0600, written by one at a time.

Others on the machine can neither read there (prompts, paths and keys) nor hold a lock that we wait for. What was found
open is closed: a folder is given its mode back, a lock file is replaced, as who has it open keeps hold of it. Standard
library only, as Blender's Python and the installer need it too.
"""

from __future__ import annotations

import contextlib
import itertools
import logging
import os
import re
import stat
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from .process_lifetime import birth
from .user_folder import home

log = logging.getLogger(__name__)

POSIX = os.name == "posix"  # Windows keeps the user's folder private by its own rights
_OTHERS = 0o077
_LOOK_SECONDS = 0.01  # between two tries to take a lock
_GUARD_SECONDS = 5.0  # for another process of ours that replaces the same lock file
_PART = re.compile(r"\.(\d+)-\w+\.part(\.\w+)?$")
_numbers = itertools.count()


def private_folder(folder: Path) -> Path:
    """``folder`` with all that leads to it, for the user alone; OSError as it comes.

    Folders that are made here have mode 0700. The user's folder and what is in it get that mode where they lost it;
    other folders that are there already (the user may keep anything anywhere) stay as they are.
    """
    missing = [place for place in (folder, *folder.parents) if not place.exists()]
    root = home()
    for place in reversed(missing):
        inside = place == folder or root in (place, *place.parents)
        with contextlib.suppress(FileExistsError):  # another process was faster
            place.mkdir(mode=0o700 if inside else 0o777)
    for place in (root, folder):
        if root in (place, *place.parents):
            _close(place)
    return folder


def open_private(path: Path, mode: str, **options: Any) -> IO[Any]:
    """``open`` for a file that only its user may read, from its first moment on."""

    def opener(name: str, flags: int) -> int:
        return os.open(name, flags, 0o600)

    file: IO[Any] = open(path, mode, opener=opener, **options)  # noqa: SIM115 (Path.open takes no opener)
    if POSIX and os.fstat(file.fileno()).st_mode & _OTHERS:
        with contextlib.suppress(OSError):
            os.fchmod(file.fileno(), 0o600)
    return file


def part_of(path: Path) -> Path:
    """A name beside ``path`` that no other writer has, to write to before it takes the place of ``path``.

    The suffix is kept, because writers go by it; the process's id says whose it was (`sweep`). In a container the next
    process may have the id of the one that was killed: what that one has left is passed over.
    """
    while True:
        part = path.with_name(f".{path.stem}.{os.getpid()}-{next(_numbers)}.part{path.suffix}")
        if not os.path.lexists(part):
            return part


def write_private(path: Path, data: bytes) -> None:
    """Replace ``path`` in one step by a file of mode 0600; OSError as it comes, and the old file is then unchanged."""
    private_folder(path.parent)
    part = part_of(path)
    try:
        with open_private(part, "xb") as file:
            file.write(data)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def sweep(folder: Path) -> None:
    """Remove what writers that were killed have left in ``folder``."""
    with contextlib.suppress(OSError):
        for path in folder.glob(".*.part*"):
            found = _PART.search(path.name)
            if found is not None and birth(int(found[1])) is None:
                path.unlink(missing_ok=True)


@contextlib.contextmanager
def locked(path: Path, patience: float = 0.0) -> Iterator[None]:
    """Holds ``path`` for this thread of this process, by a lock file beside it; its folder is made.

    The system gives the lock back when its holder ends, however that happens. BlockingIOError after ``patience``
    seconds in which another process of ours had it; OSError as it comes.
    """
    private_folder(path.parent)
    name = path.parent / (path.name + ".lock")
    until = time.monotonic() + patience
    while True:
        handle = _open_lock(name)
        try:
            _take(handle, until)
            if _is_at(handle, name):
                yield
                return
        finally:
            os.close(handle)


def _open_lock(name: Path) -> int:
    """A lock file that nobody else has open; one that others could open is replaced."""
    while True:
        with contextlib.suppress(PermissionError):
            handle = os.open(name, os.O_RDWR | os.O_CREAT | getattr(os, "O_NONBLOCK", 0), 0o600)
            if _is_private(os.fstat(handle)):
                return handle
            os.close(handle)
        with contextlib.ExitStack() as stack:
            guard = os.open(name.with_name(name.name + ".new"), os.O_RDWR | os.O_CREAT, 0o600)
            stack.callback(os.close, guard)
            _take(guard, time.monotonic() + _GUARD_SECONDS)
            with contextlib.suppress(FileNotFoundError):
                facts = name.lstat()
                if not _is_private(facts):
                    log.warning("%s: a new one takes its place", _lock_warning(name, facts))
                    name.unlink()


def _lock_warning(name: Path, facts: os.stat_result) -> str:
    """Whose a lock is that is not ours alone, and who holds it, as far as the system says."""
    if facts.st_uid != os.geteuid():
        whose = f"the lock {name} belongs to {_user(facts.st_uid)}"
    else:
        whose = f"other users could hold the lock {name}"
    holders = [f"process {pid} of {_user(uid)}" for pid, uid in _holders(facts)]
    return f"{whose}, and {', '.join(holders)} holds it" if holders else whose


def _holders(facts: os.stat_result) -> list[tuple[int, int]]:
    """Processes that have locked a file, with their users; none where the system does not tell (Linux does)."""
    place = f"{os.major(facts.st_dev):02x}:{os.minor(facts.st_dev):02x}:{facts.st_ino}"
    found = []
    with contextlib.suppress(OSError, ValueError):
        for line in Path("/proc/locks").read_text("ascii").splitlines():
            words = line.split()
            if place in words and words[1] == "FLOCK":
                pid = int(words[words.index(place) - 1])
                with contextlib.suppress(OSError):
                    found.append((pid, Path(f"/proc/{pid}").stat().st_uid))
    return found


def _user(uid: int) -> str:
    try:
        import pwd

        return pwd.getpwuid(uid).pw_name
    except (ImportError, KeyError):
        return f"user {uid}"


def _take(handle: int, until: float) -> None:
    while True:
        try:
            _lock(handle)
        except (BlockingIOError, PermissionError):  # Windows says the second
            if time.monotonic() >= until:
                raise BlockingIOError("another process holds it") from None
            time.sleep(_LOOK_SECONDS)
        else:
            return


def _lock(handle: int) -> None:
    if sys.platform == "win32":
        import msvcrt

        os.lseek(handle, 0, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _is_at(handle: int, name: Path) -> bool:
    """Whether the file that is open still has that name; on Windows it cannot lose it."""
    try:
        return not POSIX or os.path.samestat(os.fstat(handle), name.lstat())
    except FileNotFoundError:
        return False


def _is_private(facts: os.stat_result) -> bool:
    if not POSIX:
        return True
    return stat.S_ISREG(facts.st_mode) and facts.st_uid == os.geteuid() and not facts.st_mode & _OTHERS


def _close(folder: Path) -> None:
    """Take away what others may do in a folder of ours. The home folder itself, and one that all share, are none."""
    with contextlib.suppress(OSError, RuntimeError):
        facts = folder.stat()
        shared = facts.st_mode & stat.S_ISVTX or folder == Path.home()
        if POSIX and facts.st_uid == os.geteuid() and facts.st_mode & _OTHERS and not shared:
            folder.chmod(0o700)
