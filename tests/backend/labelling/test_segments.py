# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a take is cut: exact change points against brute force, held poses, and bounds that move to the change."""

from __future__ import annotations

from itertools import combinations, pairwise

import numpy as np
import pytest
from coamd.backend.labelling.embedding import uniform, windows
from coamd.backend.labelling.segmentation import SHORTEST, change_points, cut, moving_runs
from coamd.rigs.body.posture import OWN, find_posture
from hypothesis import given
from hypothesis import strategies as st

from tests.motions import still, walk


def cost(cells: np.ndarray, edges: list[int], penalty: float) -> float:
    return sum(((cells[a:b] - cells[a:b].mean(axis=0)) ** 2).sum() + penalty for a, b in pairwise(edges))


@given(st.integers(0, 10_000), st.integers(2, 8), st.floats(0.05, 3.0))
def test_the_change_points_cost_least_of_all(seed: int, count: int, penalty: float) -> None:
    cells = np.random.default_rng(seed).normal(size=(count, 3)).round(1)
    every = [[0, *inner, count] for n in range(count) for inner in combinations(range(1, count), n)]
    best = min(cost(cells, edges, penalty) for edges in every)
    assert cost(cells, change_points(cells, penalty), penalty) == pytest.approx(best)


def test_no_segment_is_shorter_than_asked() -> None:
    cells = np.eye(3)[[0, 1, 0, 2, 2, 2, 1]]
    assert min(np.diff(change_points(cells, 0.01, 2))) == 2


@given(st.integers(1, 700), st.integers(1, 90), st.integers(1, 60))
def test_windows_cover_every_frame_and_nothing_else(frames: int, length: int, stride: int) -> None:
    found = windows(frames, length, min(stride, length))
    assert found[0][0] == 0
    assert found[-1][1] == frames
    assert all(b <= c for (_, c), (b, _) in pairwise(found))
    assert all(b - a == min(length, frames) for a, b in found)


@pytest.mark.parametrize("change", [47, 90, 133])
def test_a_clear_change_is_found_to_a_frame(change: int) -> None:
    """An embedding that is the share of a window's frames behind the change."""

    def embed(spans: list[tuple[int, int]]) -> np.ndarray:
        share = np.array([np.clip((b - change) / (b - a), 0.0, 1.0) for a, b in spans])
        return np.stack([np.cos(share * np.pi / 2), np.sin(share * np.pi / 2)], axis=1)

    (first, second) = cut((0, 200), embed)
    assert abs(first[1] - change) <= 1
    assert (first[0], second[1]) == (0, 200)


def test_one_action_stays_one_segment() -> None:
    assert cut((5, 205), lambda spans: np.tile([[0.6, 0.8]], (len(spans), 1))) == [(5, 205)]
    assert cut((0, 30), lambda spans: np.eye(2)[: len(spans)]) == [(0, 30)]


def test_held_poses_are_runs_of_their_own() -> None:
    moving = walk(3.0)
    held = np.repeat(moving[-1:], 60, axis=0)
    runs = moving_runs(np.concatenate([moving, held]))
    assert [moves for _, moves in runs] == [True, False]
    assert abs(runs[0][0][1] - 60) <= 10
    assert [moves for _, moves in moving_runs(np.concatenate([moving, held[:20], moving]))] == [True]


def test_a_still_take_has_no_motion_even_if_the_capture_trembles() -> None:
    trembling = still(4.0) + np.random.default_rng(0).normal(0.0, 0.0005, (80, 22, 3))
    assert moving_runs(trembling) == [((0, 80), False)]
    assert moving_runs(still(0.1)) == [((0, 2), False)]


def test_every_take_is_read_in_one_posture_with_its_floor_at_0() -> None:
    take = uniform(walk(4.0) + np.array([0.0, 0.7, 0.0]))
    assert find_posture(take) is OWN
    assert abs(np.quantile(take[..., 1].min(axis=1), 0.02)) < 0.01
    assert np.abs(uniform(take) - take).mean() < 3e-3, "read twice it is smoothed twice, and the same but for that"


def test_the_floor_does_not_follow_a_single_dip() -> None:
    take = walk(4.0)
    dipped = take.copy()
    dipped[40, 10, 1] -= 0.2
    assert abs(uniform(dipped)[0, 0, 1] - uniform(take)[0, 0, 1]) < 0.03
    assert np.allclose(uniform(take + np.array([0.0, 3.0, 0.0])), uniform(take))
    assert SHORTEST == 20
