# SPDX-License-Identifier: GPL-3.0-or-later
"""The HTML report: one file with its plots and pictures inside, which asks the network for nothing."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from html import escape
from itertools import groupby
from pathlib import Path

from ..control.figure_table import FigureTable
from .fixed_prompts import PromptMotion
from .report import COLUMNS, HEADINGS, EvaluationReport, EvaluationRow
from .strange_texts import TextReport
from .sweep import KEYS, Sweep

STYLE = """
:root { color-scheme: light dark; --ink: #343a46; --paper: #fbfbf9; --quiet: #8c919a; --line: #d9d9d4; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e6e2; --paper: #1d1f23; --quiet: #9a9fa8; --line: #3a3d44; } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); margin: 2rem auto;
       max-width: 76rem; padding: 0 1rem; }
h1, h2 { font-weight: 600; } table { border-collapse: collapse; margin: 0.5rem 0 1.5rem; }
td, th { padding: 0.2rem 0.8rem; border-bottom: 1px solid var(--line); text-align: right; font-weight: normal; }
td:first-child, th:first-child { text-align: left; } th { color: var(--quiet); } .quiet { color: var(--quiet); }
.plots { display: grid; grid-template-columns: repeat(auto-fill, minmax(21rem, 1fr)); gap: 0.5rem 1.5rem; }
.plots svg { width: 100%; height: auto; } svg text { fill: var(--ink); font: 12px system-ui, sans-serif; }
svg .quiet { fill: var(--quiet); } svg line { stroke: var(--ink); } figure { margin: 0 0 1.2rem; }
figure img { width: 100%; border-radius: 4px; }
"""
COLOURS = {"generated": "#2f80cd", "unguided": "#9cc4ea", "nearest": "#e87334", "real": "#2da080"}
WIDTH, LABEL, VALUE, BAR = 340, 76, 92, 20  # pixels of a plot, of its names, of its numbers, of a bar


def page(
    report: EvaluationReport | None,
    sweep: Sweep | None,
    prompts: Sequence[PromptMotion] = (),
    pictures: Sequence[Path] = (),
    texts: TextReport | None = None,
    tables: Mapping[str, FigureTable] | None = None,
) -> str:
    """The whole report; parts that were not measured are left out. ``pictures`` are the prompts' contact sheets,
    ``tables`` figures beside recorded ones by their heading.
    """
    parts = [
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>CoAMD evaluation</title><style>{STYLE}'
    ]
    parts.append("</style></head><body><h1>How good the model is</h1>")
    if report is not None:
        parts += [f'<p class="quiet">{escape(report.said())}</p>', *_figures(report)]
    if sweep is not None:
        parts += ["<h2>Settings</h2>", _table(sweep.cells()), f'<p class="quiet">{escape(sweep.said)}</p>']
        parts += [
            '<div class="plots">',
            *(_sweep_plot(sweep, key) for key in ("r_precision_top3", "labels", "skating")),
        ]
        parts.append("</div>")
    if prompts:
        parts += _prompts(prompts, pictures)
    if texts is not None:
        parts += ["<h2>Prompts beyond what it learnt, and with typing errors</h2>", _table(texts.cells())]
        parts.append(f'<p class="quiet">{escape(texts.said)}</p>')
    for heading, found in (tables or {}).items():
        parts += [f"<h2>{escape(heading)}</h2>", _table(found.cells()), f'<p class="quiet">{escape(found.said)}</p>']
    return "\n".join([*parts, "</body></html>\n"])


def _figures(report: EvaluationReport) -> list[str]:
    parts = []
    for group, rows in groupby(report.rows, key=lambda row: row.group):
        chosen = tuple(rows)
        parts += [f"<h2>{escape(group)}</h2>", '<div class="plots">', *(bars(row) for row in chosen), "</div>"]
        parts.append(_table(EvaluationReport(chosen).cells(HEADINGS)))
    return parts


def _table(cells: Sequence[Sequence[str]]) -> str:
    heading, *rows = cells
    lines = ["<table><tr>", *(f"<th>{escape(cell)}</th>" for cell in heading), "</tr>"]
    for row in rows:
        lines += ["<tr>", *(f"<td>{escape(cell)}</td>" for cell in row), "</tr>"]
    return "".join([*lines, "</table>"])


def bars(row: EvaluationRow) -> str:
    """A bar for each column with its 95 % interval, as SVG; nothing for a row with a single column."""
    columns = [name for name in COLUMNS if name in row.values and row.text(name) != "-"]
    if len(columns) < 2:
        return ""
    lines = [(name, row.values[name].mean, row.values[name].half_width, row.text(name)) for name in columns]
    return _plot(row.name, row.wanted, lines)


def _sweep_plot(sweep: Sweep, key: str) -> str:
    lines = [(name, values[key], 0.0, f"{values[key]:.3g}") for name, values in sweep.lines if key in values]
    return _plot(KEYS[key], "", lines, label=150)


def _plot(title: str, note: str, lines: Sequence[tuple[str, float, float, str]], label: int = LABEL) -> str:
    """Horizontal bars from 0: (name, value, half width of its interval, the value in words)."""
    room = WIDTH - label - VALUE
    scale = room / (max([value + half for _, value, half, _ in lines], default=0.0) or 1.0)
    height = 42 + BAR * len(lines)
    parts = [f'<svg viewBox="0 0 {WIDTH} {height}" role="img"><text x="0" y="14">{escape(title)}</text>']
    parts.append(f'<text class="quiet" x="0" y="29">{escape(note)}</text>')
    for i, (name, value, half, said) in enumerate(lines):
        top, width = 36 + BAR * i, max(value, 0.0) * scale
        middle = top + BAR / 2 - 2
        colour = COLOURS.get(name, COLOURS["real"] if name.startswith("real") else COLOURS["generated"])
        parts.append(f'<text class="quiet" x="0" y="{middle + 4}">{escape(_short(name))}</text>')
        parts.append(f'<rect x="{label}" y="{top}" width="{width:.1f}" height="{BAR - 5}" fill="{colour}"/>')
        if half:
            left, right = label + (value - half) * scale, label + (value + half) * scale
            parts.append(f'<line x1="{left:.1f}" x2="{right:.1f}" y1="{middle}" y2="{middle}"/>')
        parts.append(f'<text x="{label + width + half * scale + 5:.1f}" y="{middle + 4}">{escape(said)}</text>')
    return "".join([*parts, "</svg>"])


def _short(name: str) -> str:
    return name if len(name) <= 24 else name.split(" (")[0][:24]


def _prompts(items: Sequence[PromptMotion], pictures: Sequence[Path]) -> list[str]:
    """The contact sheets inside the page, and below them what can be measured of each prompt."""
    parts = ["<h2>Forty prompts</h2>"]
    for path in pictures:
        data = base64.b64encode(path.read_bytes()).decode()
        parts.append(f'<figure><img src="data:image/png;base64,{data}" alt=""></figure>')
    rows = [
        (
            f"{number}. {item.prompt.text}",
            f"{item.physics.skating:.0f}",
            f"{item.physics.jerk:.0f}",
            ", ".join(item.faults),
        )
        for number, item in enumerate(items, start=1)
    ]
    return [*parts, _table([("prompt", "skating, cm/s", "jerk, m/s³", "unasked"), *rows])]
