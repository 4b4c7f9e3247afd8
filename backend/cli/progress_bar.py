# SPDX-License-Identifier: GPL-3.0-or-later
"""Progress on the command line: a bar on a terminal, a line every few seconds in a log or a pipe."""

from __future__ import annotations

import sys
from typing import Any

from tqdm import tqdm

from .terminal import SECONDS_BETWEEN_LINES


class ProgressLines(tqdm):
    """Progress in a log or a pipe: a line of text every few seconds instead of a bar that is written over.

    A task that is done before the first line is due prints nothing.
    """

    disable: bool  # tqdm has no types: whether nothing is shown, and whether it is closed

    def __init__(self, **options: Any) -> None:
        self._due: float | None = None  # when the next line is printed
        self._last = ""  # the line that was printed last
        super().__init__(**{"miniters": 1, "mininterval": 0.0, **options})

    def display(self, msg: str | None = None, pos: int | None = None) -> bool:  # noqa: ARG002
        """Print the line if it is due; True as tqdm wants it."""
        now = self._time()
        if self._due is None:
            self._due = now + SECONDS_BETWEEN_LINES
        elif now >= self._due:
            self._due = now + SECONDS_BETWEEN_LINES
            self._print()
        return True

    def close(self) -> None:
        """The last line, where there were others; the second call does nothing."""
        if self.disable:
            return
        self.disable = True
        self._decr_instances(self)
        if self._last and self._last != self._line():
            self._print()

    def _print(self) -> None:
        self._last = self._line()
        self.fp.write(self._last + "\n")
        self.fp.flush()

    def _line(self) -> str:
        facts = self.format_dict
        words = str(facts["prefix"]).removesuffix(": ")
        if facts["bar_format"] == "{desc}":
            return words
        count = f"{facts['n']}" if facts["total"] is None else f"{facts['n']} of {facts['total']}"
        unit = f" {facts['unit']}s" if facts["unit"] else ""
        spent = tqdm.format_interval(facts["elapsed"])
        return f"{words}: {count}{unit} after {spent}"


def progress_bar(**options: Any) -> tqdm:
    """tqdm's bar (with its options) on a terminal, else `ProgressLines`; both write to standard error."""
    return tqdm(**options) if sys.stderr.isatty() else ProgressLines(**options)
