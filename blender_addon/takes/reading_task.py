# SPDX-License-Identifier: GPL-3.0-or-later
"""The base of tasks that read takes off their armatures, one after the other."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..session.tasks import Task
from .take_reader import TakeReader


@dataclass
class TakeReadingTask(Task):
    """A task that reads takes. It reads copies of the characters and writes nothing to them."""

    _reader: TakeReader | None = field(init=False, default=None)  # of the take that is being read

    @property
    def character(self) -> str:
        return self._reader.take.character if self._reader is not None else ""

    @property
    def writes_in_tweak_mode(self) -> bool:
        return True

    def end(self, state: str) -> None:
        super().end(state)
        self._drop_reader()

    def _drop_reader(self) -> None:
        if self._reader is not None:
            self._reader.drop()
            self._reader = None
