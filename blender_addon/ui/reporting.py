# SPDX-License-Identifier: GPL-3.0-or-later
"""Turns a UserError in an operator into its report."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from ...rigs.errors import UserError
from .notices import ERROR

Execute = Callable[[Any, Any], set[str]]


def reporting(execute: Execute) -> Execute:
    """The ``execute`` of an operator that is cancelled with its sentence where it raises a UserError."""

    @wraps(execute)
    def reported(self: Any, context: Any) -> set[str]:
        try:
            return execute(self, context)
        except UserError as error:
            self.report({ERROR}, str(error))
            return {"CANCELLED"}

    return reported
