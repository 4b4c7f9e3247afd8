# SPDX-License-Identifier: GPL-3.0-or-later
"""What the add-on tells the user: one sentence and the remedy."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from typing import Any

from ..rigs.errors import UserError

INFO, WARNING, ERROR = "INFO", "WARNING", "ERROR"  # as Operator.report takes them
_ICONS = {INFO: "INFO", WARNING: "ERROR", ERROR: "CANCEL"}
_UNITS_PER_LETTER = 7.0  # a sidebar letter at interface scale 1, measured


@dataclass(frozen=True)
class Message:
    """The last thing worth saying; ``code`` is the stable short word of a UserError."""

    text: str
    hint: str = ""
    level: str = INFO
    code: str = ""

    @classmethod
    def of(cls, error: UserError) -> Message:
        """The message of a mistake or failure."""
        return cls(error.message, error.hint, ERROR, error.code)

    def __str__(self) -> str:
        return f"{self.text} {self.hint}".strip()


def draw(layout: Any, message: Message, width: float) -> None:
    """Draw a message wrapped to ``width`` pixels."""
    letters = max(16, int(width / _UNITS_PER_LETTER) - 6)
    column = layout.box().column(align=True)
    column.alert = message.level == ERROR
    icon = _ICONS[message.level]
    for line in textwrap.wrap(message.text, letters):
        column.label(text=line, icon=icon)
        icon = "BLANK1"
    column = column.column(align=True)
    column.alert = False
    for line in textwrap.wrap(message.hint, letters):
        column.label(text=line, icon="BLANK1")
