# SPDX-License-Identifier: GPL-3.0-or-later
"""The report of the editing benchmark: figures of many edits beside their limits, as text, Markdown and JSON."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

import numpy as np

from ..report import facts_line, json_text, markdown_table, verdict_word


@dataclass(frozen=True)
class EditFigure:
    """One figure of many edits. The limit is for the worst of them, for their mean, or a least one for their mean."""

    name: str
    values: tuple[float, ...]
    unit: str = ""
    limit: float | None = None
    judged: str = "worst"  # worst, mean or least
    real: float | None = None  # the same of the clips as they were

    @property
    def value(self) -> float:
        """What the limit is for; nan where nothing could be measured."""
        known = [value for value in self.values if math.isfinite(value)]
        if not known:
            return float("nan")
        return max(known) if self.judged == "worst" else float(np.mean(known))

    @property
    def passed(self) -> bool | None:
        """None without a limit, and where nothing was measured."""
        if self.limit is None or not math.isfinite(self.value):
            return None
        return self.value >= self.limit if self.judged == "least" else self.value <= self.limit

    def cells(self) -> tuple[str, ...]:
        """Name, median, value, share within, real, limit, verdict."""
        known = np.array([value for value in self.values if math.isfinite(value)])
        several = len(known) > 1
        sign = ">=" if self.judged == "least" else "<="
        within = "" if self.limit is None or self.judged != "worst" else f"{100 * np.mean(known <= self.limit):.0f} %"
        return (
            self.name,
            _said(float(np.median(known))) if several else "",
            f"{_said(self.value)} {self.unit}".strip() if len(known) else "-",
            within if several else "",
            "" if self.real is None else _said(self.real),
            "" if self.limit is None else f"{sign} {self.limit:g} {self.unit} ({self.judged})".replace("least", "mean"),
            verdict_word(self.passed),
        )


HEADINGS = ("", "median", "measured", "within", "real clips", "limit", "")


def _said(value: float) -> str:
    return f"{value:.0f}" if abs(value) >= 100 or value == 0 else f"{value:.3g}"


@dataclass(frozen=True)
class EditSection:
    """A part of the report."""

    name: str
    figures: list[EditFigure]
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class EditReport:
    """All sections, the table of benchmark tasks, and the facts that one needs to repeat them."""

    sections: Sequence[EditSection]
    tasks: Sequence[Sequence[str]]
    facts: dict[str, str | int | float]

    @property
    def failed(self) -> list[str]:
        """Names of the figures that miss their limit."""
        return [f.name for section in self.sections for f in section.figures if f.passed is False]

    def text(self) -> str:
        """For the terminal."""
        from ...cli.options import table

        rows: list[Sequence[str]] = [HEADINGS]
        for section in self.sections:
            rows += [(section.name, *[""] * 6), *(("  " + f.cells()[0], *f.cells()[1:]) for f in section.figures)]
            rows += [(f"  note: {note}", *[""] * 6) for note in section.notes]
        end = (
            f"{len(self.failed)} limits are missed: {'; '.join(self.failed)}" if self.failed else "all limits are kept"
        )
        parts = [table(rows, right=(1, 2, 3, 4))]
        parts += [table(self.tasks, right=range(1, len(self.tasks[0])))] if self.tasks else []
        return "\n\n".join([*parts, self._said(), end])

    def markdown(self) -> str:
        """To read."""
        lines = ["# Editing, measured", "", self._said(), ""]
        for section in self.sections:
            rows = [figure.cells() for figure in section.figures]
            lines += [f"## {section.name}", "", *markdown_table(HEADINGS, rows, left=(0, 5, 6))]
            lines += ["", *(f"- {note}" for note in section.notes), ""]
        if self.tasks:
            first, *rest = self.tasks
            lines += ["## Benchmark tasks", "", *markdown_table(first, rest)]
        return "\n".join(lines) + "\n"

    def json(self) -> str:
        """Everything, for scripts; what could not be measured is null."""
        whole = {
            "facts": self.facts,
            "failed": self.failed,
            "sections": {
                section.name: [
                    asdict(figure) | {"value": figure.value, "passed": figure.passed} for figure in section.figures
                ]
                for section in self.sections
            },
            "tasks": [dict(zip(self.tasks[0], row, strict=True)) for row in self.tasks[1:]],
        }
        return json_text(whole)

    def _said(self) -> str:
        return f"Measured with `coamd benchmark edit`: {facts_line(self.facts)}."
