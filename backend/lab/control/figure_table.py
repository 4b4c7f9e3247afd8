# SPDX-License-Identifier: GPL-3.0-or-later
"""Figures of generated motion beside those of recorded clips and the range in which they should lie."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby

from ..report import facts_line, json_text, markdown_table, verdict_word

HEADING = ("", "generated", "clips", "recorded", "clips", "should be", "")
ROUNDING = 1e-9
Facts = Mapping[str, str | int | float | None]


@dataclass(frozen=True)
class ComparedFigure:
    """One row; ``low`` and ``high`` bound what passes, a row without bounds is for information."""

    group: str
    name: str
    made: float  # nan where nothing could be measured
    real: float = math.nan
    low: float | None = None
    high: float | None = None
    unit: str = ""
    made_clips: int = 0
    real_clips: int = 0

    @property
    def passed(self) -> bool | None:
        """None for information, and for what could not be measured."""
        if (self.low is None and self.high is None) or not math.isfinite(self.made):
            return None
        above = self.low is None or self.made >= self.low - ROUNDING
        return bool(above and (self.high is None or self.made <= self.high + ROUNDING))

    @property
    def wanted(self) -> str:
        """The range in words."""
        if self.low is not None and self.high is not None:
            return f"{self.low:.2g}" if self.low == self.high else f"{self.low:.2f} to {self.high:.2f}"
        if self.low is not None:
            return f"at least {self.low:g}"
        return "" if self.high is None else f"at most {self.high:g}"

    def cells(self) -> tuple[str, ...]:
        """Name, generated, recorded, how many clips are behind each, the range and the verdict."""
        values = (_number(self.made, self.unit), str(self.made_clips or ""))
        real = (_number(self.real, self.unit), str(self.real_clips or ""))
        return self.name, *values, *real, self.wanted, verdict_word(self.passed)


@dataclass(frozen=True)
class FigureTable:
    """Rows in groups, and the facts that one needs to repeat them."""

    rows: tuple[ComparedFigure, ...]
    facts: Facts

    @property
    def failures(self) -> int:
        """How many rows are outside their range."""
        return sum(row.passed is False for row in self.rows)

    @property
    def said(self) -> str:
        """The facts and the verdict in one line."""
        judged = sum(row.passed is not None for row in self.rows)
        return f"{facts_line(self.facts)}; {judged - self.failures} of {judged} figures within their range"

    def cells(self) -> list[tuple[str, ...]]:
        """The table with its heading and a line for each group."""
        lines: list[tuple[str, ...]] = [HEADING]
        for group, rows in groupby(self.rows, key=lambda row: row.group):
            lines.append((group.upper(), *[""] * (len(HEADING) - 1)))
            lines += [row.cells() for row in rows]
        return lines

    def markdown(self) -> str:
        """The same for the docs."""
        lines: list[tuple[str, ...]] = []
        for group, rows in groupby(self.rows, key=lambda row: row.group):
            lines.append((f"**{group}**", *[""] * (len(HEADING) - 1)))
            lines += [row.cells() for row in rows]
        table = "\n".join(markdown_table(HEADING, lines, left=(0, 6)))
        return f"{table}\n\nMeasured with `coamd evaluate`: {self.said}.\n"

    def json(self) -> str:
        """The same for scripts; what could not be measured is null."""
        rows = [asdict(row) | {"passed": row.passed} for row in self.rows]
        return json_text({"facts": dict(self.facts), "figures": rows})


def table_of(rows: Sequence[ComparedFigure], facts: Facts) -> FigureTable:
    """Rows as a table."""
    return FigureTable(tuple(rows), dict(facts))


def _number(value: float, unit: str) -> str:
    if not math.isfinite(value):
        return "-"
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2
    text = f"{value:.{digits}f}"
    return f"{text}{unit}" if unit == "°" else f"{text} {unit}".rstrip()
