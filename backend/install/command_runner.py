# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs one command and follows what it prints, until it ends or nobody wants it any more."""

from __future__ import annotations

import contextlib
import os
import queue
import subprocess
import threading
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO

from ...rigs.errors import UserError
from ..system.subprocesses import NO_WINDOW, environment
from .redaction import redacted, secrets

_LOOK_SECONDS = 0.2  # between two looks at whether somebody still waits
_KEPT = 400  # lines, from which the cause of a failure is read


def run(
    command: Sequence[str],
    *,
    temporary: Path,
    log: IO[str],
    alive: Callable[[], bool],
    on_line: Callable[[str], object] = lambda _line: None,
    on_pause: Callable[[], object] = lambda: None,
) -> tuple[int, list[str]]:
    """Run a command to its end; its exit code and its last lines.

    ``on_line`` gets every line, ``on_pause`` is called a few times a second. ``temporary`` is where the command puts
    its temporary files: a system's own folder may be too small for torch. Nothing that is kept, logged or passed on
    holds a password. UserError "cancelled" when ``alive`` says no: the command is ended first. OSError when it does
    not start.
    """
    hidden = secrets(os.environ)
    log.write(redacted(f"$ {' '.join(command)}", hidden) + "\n")
    log.flush()
    folder = str(temporary)
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
        creationflags=NO_WINDOW,
        env={**_without_targets(environment()), "TMPDIR": folder, "TEMP": folder, "TMP": folder},
    ) as child:
        assert child.stdout is not None
        lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        reader = threading.Thread(target=_read, args=(child.stdout, lines), daemon=True)
        kept: deque[str] = deque(maxlen=_KEPT)
        # Ctrl-C from here on must end the child: Popen's exit waits for the reader, and the reader for the child.
        try:
            reader.start()
            while True:
                if not alive():
                    raise cancelled()
                try:
                    line = lines.get(timeout=_LOOK_SECONDS)
                except queue.Empty:
                    on_pause()
                    continue
                if line is None:
                    break
                if not line.startswith("Progress "):  # thousands of them
                    line = redacted(line, hidden)
                    kept.append(line)
                    log.write(line + "\n")
                on_line(line)
        except BaseException:
            child.kill()
            raise
        finally:
            log.flush()
    return child.wait(), list(kept)


def cancelled() -> UserError:
    """What a cancelled installation says."""
    return UserError(
        "The installation was cancelled.", "Install again to go on: what is loaded already is kept.", "cancelled"
    )


def _read(stream: IO[str], lines: queue.SimpleQueue[str | None]) -> None:
    with contextlib.suppress(ValueError, OSError):  # closed under us, as nobody listens any more
        for line in stream:
            lines.put(line.rstrip("\r\n"))
    lines.put(None)


def _without_targets(variables: dict[str, str]) -> dict[str, str]:
    """Without what would make pip install somewhere else; proxies, certificates and mirrors stay."""
    elsewhere = {"PIP_USER", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_REQUIRE_VIRTUALENV", "PIP_DRY_RUN"}
    elsewhere |= {"PIP_NO_DEPS", "PIP_CONSTRAINT", "PIP_REQUIREMENT", "VIRTUAL_ENV", "PYTHONUSERBASE", "PIP_LOG"}
    quiet = {"PIP_QUIET", "PIP_VERBOSE", "PIP_PROGRESS_BAR"}
    return {name: value for name, value in variables.items() if name not in elsewhere | quiet} | {
        "PYTHONNOUSERSITE": os.environ.get("PYTHONNOUSERSITE", "1")
    }
