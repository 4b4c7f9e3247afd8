# SPDX-License-Identifier: GPL-3.0-or-later
"""The result of an evaluation: rows of generated beside real, as text, Markdown and JSON."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass, field

from .metrics import Estimate

DOWN, UP, NEAR = "lower is better", "higher is better", "as near to real as possible"


@dataclass(frozen=True)
class Row:
    """One figure. ``real`` is the same figure for real held-out motion; None where there is none."""

    key: str
    name: str
    generated: Estimate | None
    real: Estimate | None
    wanted: str
    digits: int = 3

    def cells(self) -> tuple[str, str, str, str]:
        """Name, generated, real, what is wanted."""
        return self.name, self._text(self.generated), self._text(self.real), self.wanted

    def _text(self, estimate: Estimate | None) -> str:
        if estimate is None or not math.isfinite(estimate.mean):
            return "-"
        text = f"{estimate.mean:.{self.digits}f}"
        return f"{text} ± {estimate.half_width:.{self.digits}f}" if estimate.half_width else text


@dataclass(frozen=True)
class Report:
    """All rows, and the facts that one needs to repeat them."""

    rows: tuple[Row, ...]
    facts: dict[str, str | int | float | None] = field(default_factory=dict)

    def cells(self) -> list[tuple[str, str, str, str]]:
        """The table with its heading."""
        return [("", "generated", "real", ""), *(row.cells() for row in self.rows)]

    def markdown(self) -> str:
        """The table for a model card, with the facts below it."""
        lines = ["| | generated | real held-out motion | |", "|---|---:|---:|---|"]
        lines += [f"| {' | '.join(row.cells())} |" for row in self.rows]
        facts = ", ".join(
            f"{name.replace('_', ' ')} {value}" for name, value in self.facts.items() if value is not None
        )
        return "\n".join(lines) + f"\n\nMeasured with `coamd evaluate`: {facts}.\n"

    def json(self) -> str:
        """Everything, for scripts; a figure without a value is null."""
        rows = {row.key: {"name": row.name, "wanted": row.wanted} | self._values(row) for row in self.rows}
        return json.dumps({"facts": self.facts, "figures": rows}, indent=2, ensure_ascii=False, allow_nan=False) + "\n"

    @staticmethod
    def _values(row: Row) -> dict[str, dict[str, float] | None]:
        pairs = {"generated": row.generated, "real": row.real}
        return {
            name: asdict(value) if value is not None and math.isfinite(value.mean) else None
            for name, value in pairs.items()
        }
