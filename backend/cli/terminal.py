# SPDX-License-Identifier: GPL-3.0-or-later
"""What is printed on a terminal: names, prompts and paths of others must not move its cursor or change its title."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from typing import IO, Any

SECONDS_BETWEEN_LINES = 5.0  # of progress where there is no terminal
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def printable(text: str) -> str:
    """``text`` with control characters but for tabs and line ends as they are written in code: ``\\x1b``.

    A carriage return at either end stays: progress bars write their line over with it.
    """
    inner = text.strip("\r")
    start = text[: len(text) - len(text.lstrip("\r"))]
    end = text[len(start) + len(inner) :]
    return start + _CONTROLS.sub(lambda found: ascii(found[0])[1:-1], inner) + end


class Terminal:
    """A text stream to a terminal."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write what is `printable` of a text."""
        self._stream.write(printable(text))
        return len(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


@contextmanager
def safe_terminal() -> Iterator[None]:
    """Both output streams, where a person looks at them; a pipe or a file gets every character as it is."""
    out: Any = Terminal(sys.stdout) if sys.stdout.isatty() else sys.stdout
    err: Any = Terminal(sys.stderr) if sys.stderr.isatty() else sys.stderr
    with redirect_stdout(out), redirect_stderr(err):
        yield
