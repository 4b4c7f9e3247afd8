# SPDX-License-Identifier: GPL-3.0-or-later
"""Cells of tables: no text becomes a formula, and every text comes back as it was."""

from __future__ import annotations

import pytest
from coamd.backend.system.csv_cells import guarded, unguarded
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize("text", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "'=1"])
def test_what_a_spreadsheet_would_compute_is_text(text: str) -> None:
    assert guarded(text)[0] == "'" and guarded(text)[1:] == text


@pytest.mark.parametrize("text", ["walk", "-0.5", "+3", "1e-5", "", "it's", "'quoted'", "a=b"])
def test_everything_else_stays_as_it_is(text: str) -> None:
    assert guarded(text) == text


@given(st.text(st.sampled_from("'=+-@\t1.a"), max_size=6) | st.text())
def test_every_text_comes_back(text: str) -> None:
    assert unguarded(guarded(text)) == text
