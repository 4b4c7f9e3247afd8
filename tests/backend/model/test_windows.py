# SPDX-License-Identifier: GPL-3.0-or-later
"""How windows cover a length, and how one is laid onto the end of the motion before it."""

from __future__ import annotations

import numpy as np
from coamd.backend.windows import MAX_TOKENS, OVERLAP, SPARE, joined, placed, window_tokens
from coamd.rigs.canonical import turned
from hypothesis import given
from hypothesis import strategies as st

FRAMES = 4 * OVERLAP


def walk(frames: int, seed: int = 0) -> np.ndarray:
    """Random joints (1, F, 22, 3) that travel."""
    rng = np.random.default_rng(seed)
    steps = rng.normal(scale=0.05, size=(frames, 1, 3)).cumsum(axis=0) * [1, 0, 1]
    return (rng.normal(scale=0.4, size=(1, 22, 3)) + rng.normal(scale=0.02, size=(frames, 22, 3)) + steps)[None]


@given(st.integers(1, 300))
def test_windows_cover_every_token_and_fit_the_generator(tokens: int) -> None:
    count, length = window_tokens(tokens)
    assert count * (length - OVERLAP) + OVERLAP >= tokens
    assert length + (SPARE if count > 1 else 0) <= MAX_TOKENS
    if count > 1:
        assert length >= MAX_TOKENS // 2  # none is a stub
        assert count * (length - OVERLAP) + OVERLAP - tokens < count


@given(st.floats(-3.1, 3.1), st.floats(-5, 5), st.floats(-5, 5), st.integers(0, 9))
def test_a_window_that_repeats_the_end_lands_on_it(angle: float, x: float, z: float, seed: int) -> None:
    """A long motion, and its last part from elsewhere: joined they are the motion again."""
    motion = walk(90, seed)
    done = motion[:, :60]
    window = turned(motion[:, 60 - FRAMES :], angle) + np.array([x, 0.0, z])
    assert np.allclose(placed(window, window, done), motion[:, 60 - FRAMES :], atol=1e-6)
    assert np.allclose(joined(done, window), motion, atol=1e-6)


def test_a_seam_has_no_jump() -> None:
    """Even where the window does not repeat the end exactly, no frame moves further than the two motions do."""
    done, window = walk(60, 1), walk(60, 1)[:, -FRAMES:]
    window = np.concatenate([window, window[:, -1:].repeat(20, axis=1)], axis=1)
    window = window + np.random.default_rng(2).normal(scale=0.02, size=(1, 1, 22, 3))
    whole = joined(done, window)
    steps = np.linalg.norm(np.diff(whole, axis=1), axis=-1)
    own = max(np.linalg.norm(np.diff(part, axis=1), axis=-1).max() for part in (done, window))
    assert steps.max() < own + 0.03
    assert np.array_equal(whole[:, : 60 - FRAMES], done[:, : 60 - FRAMES])
