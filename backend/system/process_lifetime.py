# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a process still lives, told by its id and the moment of its birth.

Ids are used again, so an id alone may name a stranger. The backend asks this about its parent, and who
reads a connection file asks it about the backend. One question takes microseconds on every system: it is
asked in the add-on's timer, where starting ``ps`` would already be too slow.
"""

from __future__ import annotations

import ctypes
import struct
import sys
from pathlib import Path
from typing import Any


def birth(pid: int) -> str | None:
    """A word that two processes with the same id do not share; None when no such process lives."""
    if pid <= 0:
        return None
    if sys.platform == "win32":
        return _birth_windows(pid)
    if sys.platform == "darwin":
        return _birth_mac(pid)
    return _birth_linux(pid)


def _birth_linux(pid: int) -> str | None:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    # The second field is the program's name in brackets and may itself hold blanks and brackets.
    fields = stat[stat.rfind(")") + 2 :].split()
    state, started = fields[0], fields[19]
    # A zombie has ended and only waits for its parent to look.
    return None if state in "ZX" else started


def _birth_mac(pid: int) -> str | None:
    # struct proc_bsdinfo of <sys/proc_info.h>: 136 bytes, the start in seconds and microseconds at its end.
    info = ctypes.create_string_buffer(136)
    library: Any = ctypes.CDLL("/usr/lib/libproc.dylib")
    if library.proc_pidinfo(pid, 3, ctypes.c_uint64(0), info, len(info)) != len(info):
        return None
    seconds, micros = struct.unpack_from("=QQ", info.raw, 120)
    return f"{seconds}.{micros:06d}"


def _birth_windows(pid: int) -> str | None:
    kernel: Any = ctypes.WinDLL("kernel32")  # type: ignore[attr-defined,unused-ignore]
    kernel.OpenProcess.restype = ctypes.c_void_p
    query_limited, still_active = 0x1000, 259
    handle = ctypes.c_void_p(kernel.OpenProcess(query_limited, False, pid))
    if not handle:
        return None
    try:
        code = ctypes.c_uint32()
        times = [ctypes.c_uint64() for _ in range(4)]  # created, ended, in the kernel, in user code
        if not kernel.GetExitCodeProcess(handle, ctypes.byref(code)) or code.value != still_active:
            return None
        if not kernel.GetProcessTimes(handle, *(ctypes.byref(one) for one in times)):
            return None
        return str(times[0].value)
    finally:
        kernel.CloseHandle(handle)
