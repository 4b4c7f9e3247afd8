# SPDX-License-Identifier: GPL-3.0-or-later
"""Which tokens are made: windows that cover every frame once with context around."""

from __future__ import annotations

import numpy as np
from coamd.backend.editing.edit_windows import windows
from coamd.rigs.body.skeleton import MAX_FRAMES, TOKEN_FRAMES
from hypothesis import given
from hypothesis import strategies as st


@given(st.integers(2, 900), st.data())
def test_every_frame_is_made_once_and_from_whole_tokens(frames: int, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, frames - 1))
    made = np.zeros(frames, dtype=bool)
    made[start : data.draw(st.integers(start + 1, frames))] = True
    cuts = data.draw(st.lists(st.integers(0, frames), max_size=3))
    count, done = np.zeros(frames, dtype=int), ~made
    for window in windows(made, cuts):
        assert window.frames % TOKEN_FRAMES == 0 and window.frames <= MAX_FRAMES
        there = window.start + np.flatnonzero(window.used)
        count[there] += 1
        context = window.start + np.flatnonzero(~window.made)
        assert done[context].all(), "context is there before it is used"
        done[there] = True
    assert (count == made).all()


def test_a_range_in_the_middle_has_context_on_both_sides_and_begins_with_a_token() -> None:
    made = np.zeros(400, dtype=bool)
    made[201:241] = True
    (window,) = windows(made)
    assert window.hidden.sum() == 10
    assert not window.made[:40].any() and not window.made[-40:].any()


def test_two_ranges_that_fit_are_made_at_once_and_another_prompt_begins_another_window() -> None:
    made = np.ones(120, dtype=bool)
    made[30:90] = False
    assert len(windows(made)) == 1
    assert [window.start + int(np.flatnonzero(window.used)[0]) for window in windows(made, [10])] == [0, 10, 90]
