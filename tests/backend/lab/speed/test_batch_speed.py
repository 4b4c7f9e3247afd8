# SPDX-License-Identifier: GPL-3.0-or-later
"""The table that is timed and what is said of it. How fast it is, is not tested: that depends on the machine."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest
from coamd.backend.batch.table import Row, read_rows
from coamd.backend.lab.evaluation.fixed_prompts import PROMPTS
from coamd.backend.lab.speed.batch import Shift, report, worked, write_table
from coamd.backend.requests.generate import GenerateRequest
from coamd.rigs.errors import UserError
from tiny_model import write_tiny_model


def test_the_table_has_as_many_motions_as_asked_for_no_two_the_same(tmp_path: Path) -> None:
    write_table(tmp_path / "prompts.csv", 2 * len(PROMPTS) + 3)
    rows = read_rows(tmp_path / "prompts.csv", Row("", GenerateRequest("")))
    assert len({(row.request.prompt, row.request.seed) for row in rows}) == len(rows) == 2 * len(PROMPTS) + 3
    assert not any(row.fault for row in rows)
    assert {row.request.seconds for row in rows} == {4.0}


@pytest.mark.parametrize(("seconds", "said"), [(59.0, "0.59 (ok: <= 0.6)"), (61.0, "0.61 (over: <= 0.6)")])
def test_two_workers_are_judged_by_the_time_of_one(seconds: float, said: str) -> None:
    lines = report(200, [Shift(1, 100.0, 200), Shift(2, seconds, 200)]).splitlines()
    assert lines[2].split() == ["1", "100.0", "2.00", "1.00", "200"]
    assert said in lines[3]


def test_more_than_two_are_not_judged() -> None:
    assert "0.90  " in report(200, [Shift(1, 100.0, 200), Shift(4, 90.0, 200)])


def test_a_batch_that_does_not_run_says_why() -> None:
    with pytest.raises(UserError, match="The batch did not run"):
        worked(2, 1, ["--device", "abacus"])


@pytest.mark.skipif(importlib.util.find_spec("ray") is None, reason="needs coamd[cluster]")
def test_every_row_of_a_shift_is_made(tmp_path: Path) -> None:
    write_tiny_model(tmp_path)
    shift = worked(5, 2, ["--weights", str(tmp_path)])
    assert (shift.workers, shift.done) == (2, 5)
    assert shift.seconds > 0
