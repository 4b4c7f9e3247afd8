# SPDX-License-Identifier: GPL-3.0-or-later
"""The result of an evaluation: rows of figures beside each other, as text, Markdown and JSON."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from ..report import facts_line, json_text, markdown_table
from .metrics import Estimate

DOWN, UP, NEAR = "lower is better", "higher is better", "as near to real as possible"
GENERATED, UNGUIDED, NEAREST, REAL = "generated", "unguided", "nearest", "real"
COLUMNS = (GENERATED, UNGUIDED, NEAREST, REAL)
HEADINGS = {
    GENERATED: "generated",
    UNGUIDED: "without the recognizer",
    NEAREST: "nearest training clip by text",
    REAL: "real held-out motion",
}


@dataclass(frozen=True)
class EvaluationRow:
    """One figure in every column that has it; ``group`` is the heading that it stands under."""

    key: str
    name: str
    values: Mapping[str, Estimate]
    wanted: str
    digits: int = 3
    group: str = ""

    def text(self, column: str) -> str:
        """Mean and interval of a column, or a dash."""
        estimate = self.values.get(column)
        if estimate is None or not math.isfinite(estimate.mean):
            return "-"
        text = f"{estimate.mean:.{self.digits}f}"
        return f"{text} ± {estimate.half_width:.{self.digits}f}" if estimate.half_width else text

    @property
    def ratio(self) -> float:
        """Generated over real; nan where one of them is missing or real is 0."""
        made, real = self.values.get(GENERATED), self.values.get(REAL)
        return made.mean / real.mean if made and real and real.mean else math.nan


@dataclass(frozen=True)
class EvaluationReport:
    """All rows, and the facts that one needs to repeat them."""

    rows: tuple[EvaluationRow, ...]
    facts: dict[str, str | int | float | None] = field(default_factory=dict)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns in which there is any figure."""
        return tuple(name for name in COLUMNS if any(name in row.values for row in self.rows))

    def cells(self, headings: Mapping[str, str] | None = None) -> list[tuple[str, ...]]:
        """The table with its heading; the last columns are the ratio to real and what is wanted."""
        headings = headings or {name: name for name in COLUMNS}
        lines = [("", *(headings[name] for name in self.columns), "ratio", "")]
        for row in self.rows:
            ratio = f"{row.ratio:.2f}" if math.isfinite(row.ratio) else "-"
            lines.append((row.name, *map(row.text, self.columns), ratio, row.wanted))
        return lines

    def markdown(self) -> str:
        """The table for a model card, with the facts below it."""
        heading, *rows = self.cells(HEADINGS)
        lines = markdown_table(heading, rows, left=(0, len(heading) - 1))
        return "\n".join(lines) + f"\n\nMeasured with `coamd evaluate`: {self.said()}.\n"

    def said(self) -> str:
        """The facts in one line."""
        return facts_line(self.facts)

    def json(self) -> str:
        """Everything, for scripts; a figure without a value is null."""
        rows = {row.key: {"name": row.name, "wanted": row.wanted} | self._values(row) for row in self.rows}
        return json_text({"facts": self.facts, "figures": rows})

    def _values(self, row: EvaluationRow) -> dict[str, dict[str, float] | None]:
        return {
            name: asdict(row.values[name]) if name in row.values and math.isfinite(row.values[name].mean) else None
            for name in self.columns
        }
