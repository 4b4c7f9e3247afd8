# SPDX-License-Identifier: GPL-3.0-or-later
"""Figures beside their limits, and the tables and JSON of the laboratory's reports."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from coamd.backend.lab.report import (
    Section,
    Verdict,
    as_json,
    as_markdown,
    as_text,
    failures,
    json_text,
    markdown_table,
    write_report,
)

SECTIONS = [Section("a", [Verdict("x", "x", 1.0, "", 0.5), Verdict("y", "y", 1.0, "", 0.5, least=True)])]


def test_a_missed_limit_is_said() -> None:
    assert failures(SECTIONS) == 1
    assert "FAIL" in as_text(SECTIONS, "facts")
    assert "| x | 1.000 | <= 0.5 | FAIL |" in as_markdown(SECTIONS, "facts")
    assert [figure["passed"] for figure in json.loads(as_json(SECTIONS, "facts"))["sections"][0]["figures"]] == [0, 1]


def test_what_could_not_be_measured_passes_nothing_and_is_null() -> None:
    missing = Verdict("x", "x", float("nan"), "", 0.5)
    assert missing.passed is None
    assert json.loads(as_json([Section("a", [missing])], ""))["sections"][0]["figures"][0]["value"] is None
    assert json.loads(json_text({"rows": [(np.float32("nan"), 1), {"x": float("inf")}]})) == {
        "rows": [[None, 1], {"x": None}]
    }


def test_columns_stand_to_the_right_unless_they_are_words() -> None:
    assert markdown_table(("", "value", "unit"), [("a", "1", "m")], left=(0, 2)) == [
        "|  | value | unit |",
        "|---|---:|---|",
        "| a | 1 | m |",
    ]


def test_a_report_is_two_files(tmp_path: Path) -> None:
    write_report(tmp_path / "new" / "folder", "{}\n", "# read\n")
    assert (tmp_path / "new" / "folder" / "report.json").read_text() == "{}\n"
    assert (tmp_path / "new" / "folder" / "report.md").read_text() == "# read\n"
