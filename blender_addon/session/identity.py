# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds a data-block again after the user may have renamed, deleted or undone it.

References into Blender's data die with every undo step, so names are kept, and beside them the number that Blender
itself keeps through renaming and undoing (``session_uid``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Identity:
    """Name and session number of a data-block."""

    name: str
    number: int

    @classmethod
    def of(cls, block: Any) -> Identity:
        """Of a data-block."""
        return cls(block.name, block.session_uid)

    def find(self, blocks: Any) -> Any | None:
        """The block, whatever its name is now; else the one of its name, as after a resync; else None."""
        named = blocks.get(self.name)
        if named is not None and named.session_uid == self.number:
            return named
        return next((block for block in blocks if block.session_uid == self.number), named)
