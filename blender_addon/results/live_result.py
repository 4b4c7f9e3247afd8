# SPDX-License-Identifier: GPL-3.0-or-later
"""A result of Live, which the next one replaces unless somebody has changed or used it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import bpy

from ..keys import key_range
from ..keys.action import curves_of

_COUNTED = " (2)"  # what a name gets while the action of that name is still there


@dataclass(frozen=True)
class LiveResult:
    """An action as it was made: its name, and a number that changes with any of its keys."""

    action: str
    content: int

    @classmethod
    def of(cls, name: str) -> LiveResult:
        """Of an action that is there."""
        return cls(name, _content(bpy.data.actions[name]))

    def make_room(self, newer: Any) -> None:
        """Remove the action, which is no longer on its character, and give its name to the ``newer`` one.

        An action that was changed or is used elsewhere stays.
        """
        action = bpy.data.actions.get(self.action)
        if action is None or action == newer or not action.coamd.made or _content(action) != self.content:
            return
        if action.users - int(action.use_fake_user):
            return
        bpy.data.actions.remove(action)
        if newer.name == self.action + _COUNTED:
            newer.name = self.action


def _content(action: Any) -> int:
    return hash(tuple((curve.data_path, curve.array_index, key_range.shape(curve)) for curve in curves_of(action)))
