# SPDX-License-Identifier: GPL-3.0-or-later
"""The buttons beside a list of the settings."""

from __future__ import annotations

from typing import Any


class RemoveRow:
    """An operator that removes the chosen row of a list in ``scene.coamd`` and chooses its neighbour."""

    group = ""  # the settings that hold the list: a property of ``scene.coamd``, or "" for itself
    rows = ""  # name of the list
    chosen = ""  # name of the property with the number of the chosen row

    @classmethod
    def _settings(cls, context: Any) -> Any:
        settings = context.scene.coamd
        return getattr(settings, cls.group) if cls.group else settings

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Whether there is a row."""
        return len(getattr(cls._settings(context), cls.rows)) > 0

    def execute(self, context: Any) -> set[str]:
        """Remove it and choose its neighbour."""
        settings = self._settings(context)
        items = getattr(settings, self.rows)
        items.remove(min(getattr(settings, self.chosen), len(items) - 1))
        setattr(settings, self.chosen, max(min(getattr(settings, self.chosen), len(items) - 1), 0))
        return {"FINISHED"}
