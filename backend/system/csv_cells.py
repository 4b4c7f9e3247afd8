# SPDX-License-Identifier: GPL-3.0-or-later
"""Texts of others in tables that a spreadsheet opens: a cell that begins like a formula is kept from being one."""

from __future__ import annotations

import re

# What spreadsheets take for a formula, or skip before one; quotes in front of it, so that reading can undo it.
_FORMULA = re.compile(r"'*[=+\-@\t\r\n]")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")


def guarded(text: str) -> str:
    """``text`` for a cell: with a quotation mark in front where it begins like a formula and is not a number."""
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text


def unguarded(text: str) -> str:
    """What was given to `guarded`."""
    return text[1:] if text.startswith("'") and guarded(text[1:]) == text else text
