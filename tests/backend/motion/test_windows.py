# SPDX-License-Identifier: GPL-3.0-or-later
"""How windows cover a length, and how one is laid onto the end of the motion before it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pytest
import torch
from coamd.backend.model.sampler import Guide
from coamd.backend.motion.windows import (
    MAX_TOKENS,
    OVERLAP,
    SPARE,
    Windows,
    astray,
    joined,
    pace_of,
    placed,
    window_tokens,
)
from coamd.rigs.body.canonical import turned
from hypothesis import given
from hypothesis import strategies as st

from tests import motions

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


@dataclass(frozen=True)
class Retold(Windows):
    """Windows whose every new window is the next one of a list."""

    following: list[np.ndarray] = field(default_factory=list)

    def _window(self, *_: object) -> np.ndarray:
        return self.following.pop(0)[None]


def straight(seconds: float, speed: float) -> np.ndarray:
    return motions.walk(seconds, speed=speed)


def test_what_leaves_its_pace_or_heading_is_astray() -> None:
    assert pace_of(straight(6.0, 1.3)) == pytest.approx(1.3, rel=0.03)
    assert astray(straight(6.0, 1.3), 1.3) < 1.0
    assert astray(straight(6.0, 1.0), 1.3) > 1.0
    assert astray(motions.walk(6.0, turning=0.2, speed=1.3), 1.3) > 1.0


def test_a_window_that_slows_down_is_made_again_and_the_better_one_stays() -> None:
    slow, worse, right = (straight(6.0, speed) for speed in (0.9, 0.5, 1.25))
    fields = {
        "generator": None, "autoencoder": None, "sampling": None, "condition": torch.zeros(2, 1),
        "sources": [torch.Generator()] * 2, "guide": Guide(None, None, torch.zeros(2, 1)),  # type: ignore[arg-type]
    }  # fmt: skip
    both, tail = np.stack([slow, slow]), np.zeros((2, 36, 22, 3))
    first_time = Retold(**fields, following=[right])  # type: ignore[arg-type]
    kept = first_time._straightened(both, tail, {0: 1.3}, 30, lambda: False)
    assert np.array_equal(kept[0], right)
    assert np.array_equal(kept[1], slow), "nobody asked the other to be steady"
    never = Retold(**fields, following=[worse, worse])  # type: ignore[arg-type]
    assert np.array_equal(never._straightened(both, tail, {0: 1.3}, 30, lambda: False)[0], slow)
