# SPDX-License-Identifier: GPL-3.0-or-later
"""Progress of a job that handles several things one after the other."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class PartProgress:
    """The length of each part in any unit, how many are done, and the share of the current one that is."""

    lengths: tuple[float, ...]
    over: int
    share: float = 0.0

    @property
    def number(self) -> int:
        """The number of the current one, from 1."""
        return min(self.over + 1, len(self.lengths))

    @property
    def of_all(self) -> float:
        """The share of all of them that is done, from 0 to 1."""
        done = sum(self.lengths[: self.over])
        if self.over < len(self.lengths):
            done += self.share * self.lengths[self.over]
        return done / max(sum(self.lengths), 1e-9)
