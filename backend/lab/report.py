# SPDX-License-Identifier: GPL-3.0-or-later
"""Figures of the laboratory beside their limits, and what all of its reports share: tables, JSON and the files."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np

COLUMNS = ("figure", "measured", "limit", "")


@dataclass(frozen=True)
class Verdict:
    """One figure beside its limit; a figure without a limit is for information.

    ``short`` heads its column in a table; ``clips`` are those that fail.
    """

    short: str
    name: str
    value: float
    unit: str
    limit: float | None = None
    least: bool = False  # the limit is the smallest value that passes
    clips: tuple[str, ...] = ()

    @property
    def passed(self) -> bool | None:
        """None for information, and for what could not be measured."""
        if self.limit is None or not np.isfinite(self.value):
            return None
        return self.value >= self.limit if self.least else self.value <= self.limit

    @property
    def cells(self) -> tuple[str, str, str, str]:
        """Name, value, limit and verdict."""
        digits = 1 if abs(self.value) >= 10 else 3
        value = f"{self.value:.{digits}f} {self.unit}".strip()
        limit = "" if self.limit is None else f"{'>=' if self.least else '<='} {self.limit:g}"
        return self.name, value, limit, verdict_word(self.passed)


@dataclass(frozen=True)
class Section:
    """Verdicts under one heading; ``kind`` heads the table of several sections, ``details`` are for scripts."""

    name: str
    verdicts: Sequence[Verdict]
    kind: str = ""
    notes: Sequence[str] = ()
    details: Sequence[Mapping[str, object]] = field(default=())


def verdict_word(passed: bool | None) -> str:
    """What stands in a table for a figure that passed, failed, or has no limit."""
    return {None: "", True: "pass", False: "FAIL"}[passed]


def failures(sections: Iterable[Section]) -> int:
    """How many figures miss their limit."""
    return sum(verdict.passed is False for section in sections for verdict in section.verdicts)


def verdict_sentence(sections: Sequence[Section], mark: str = "") -> str:
    """How many figures miss their limit, in words; ``mark`` says how a table shows them."""
    count = failures(sections)
    return f"{count} figures miss their limit{mark}" if count else "all figures keep their limits"


def markdown_table(heading: Sequence[str], rows: Iterable[Sequence[str]], left: Sequence[int] = (0,)) -> list[str]:
    """Lines of a table with its heading; columns stand to the right but for those that ``left`` counts."""
    ruler = ["---" if at in left else "---:" for at in range(len(heading))]
    return [_markdown_row(heading), f"|{'|'.join(ruler)}|", *map(_markdown_row, rows)]


def _markdown_row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def facts_line(facts: Mapping[str, object]) -> str:
    """The facts that one needs to repeat a measurement, in one line."""
    return ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in facts.items() if value is not None)


def json_text(whole: object) -> str:
    """A report for scripts; what could not be measured is null."""
    return json.dumps(without_nan(whole), indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def without_nan(value: object) -> object:
    """The same for JSON, which has no nan."""
    if isinstance(value, Mapping):
        return {key: without_nan(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [without_nan(item) for item in value]
    if isinstance(value, float | np.floating):
        return float(value) if np.isfinite(value) else None
    return value


def write_report(folder: Path, for_scripts: str, to_read: str) -> None:
    """``report.json`` and ``report.md`` in a folder, which is made."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "report.json").write_text(for_scripts, encoding="utf-8")
    (folder / "report.md").write_text(to_read, encoding="utf-8")


def as_text(sections: Sequence[Section], facts: str) -> str:
    """One table of all sections for a terminal."""
    from ..cli.options import table

    lines: list[tuple[str, ...]] = [COLUMNS]
    for section in sections:
        lines += [("", "", "", ""), (section.name, "", "", "")]
        lines += [(f"  {name}", *rest) for name, *rest in (verdict.cells for verdict in section.verdicts)]
    return f"{table(lines, right=(1, 2))}\n\n{facts}\n{verdict_sentence(sections)}"


def as_markdown(sections: Sequence[Section], facts: str) -> str:
    """One table of all sections to read, and the clips that fail."""
    rows: list[tuple[str, ...]] = []
    for section in sections:
        rows += [(f"**{section.name}**", "", "", ""), *(verdict.cells for verdict in section.verdicts)]
    lines = [*markdown_table(COLUMNS, rows, left=(0, 3)), "", f"{facts}; {verdict_sentence(sections)}.", ""]
    lines += [f"- {v.name}: {', '.join(v.clips)}" for s in sections for v in s.verdicts if v.clips]
    return "\n".join(lines) + "\n"


def as_json(sections: Sequence[Section], facts: str) -> str:
    """All sections for scripts."""
    figures = [{"name": section.name, "figures": verdict_records(section)} for section in sections]
    return json_text({"facts": facts, "sections": figures})


def verdict_records(section: Section) -> list[dict[str, object]]:
    """The verdicts of a section for JSON."""
    return [asdict(verdict) | {"passed": verdict.passed} for verdict in section.verdicts]
