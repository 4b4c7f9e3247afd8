# SPDX-License-Identifier: GPL-3.0-or-later
"""The one error that a user is meant to read."""

from __future__ import annotations


class UserError(Exception):
    """What went wrong, in one sentence, and what the user can do about it.

    The command line prints both and exits with 2; the backend sends both as an ``error`` reply;
    the panel shows both. ``code`` is a stable short word for scripts (``"empty_prompt"``).
    """

    def __init__(self, message: str, hint: str = "", code: str = "invalid") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.code = code

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()
