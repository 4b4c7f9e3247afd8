# SPDX-License-Identifier: GPL-3.0-or-later
"""The measures of edits, each on motion whose figure is known, and on a fault that it must see."""

from __future__ import annotations

import numpy as np
import pytest
from coamd.backend.lab.editing import measures
from coamd.backend.lab.editing.cases import PROMPTS, next_prompt
from coamd.backend.lab.editing.report import EditFigure
from coamd.backend.training.data import Clip
from coamd.rigs.body.canonical import turned

from tests.motions import still, walk


def sliding(frames: int = 40, speed: float = 0.05) -> np.ndarray:
    """A rigid figure that goes ``speed`` metres a frame along X."""
    pose = still(1.0)[:1]
    return pose + np.arange(frames)[:, None, None] * np.array([speed, 0.0, 0.0])


def test_bits_are_counted() -> None:
    one = walk(1.0).astype(np.float32)
    other = one.copy()
    assert measures.differing_bits(one, other) == 0
    other[3, 2, 1] = np.nextafter(other[3, 2, 1], np.float32(9))
    assert 1 <= measures.differing_bits(one, other) <= 32
    assert measures.differing_bits(np.float32([0.0]), np.float32([-0.0])) == 1, "equal numbers, another bit"


def test_motion_at_one_speed_has_no_border() -> None:
    assert measures.border_gap(sliding(), [20]) == pytest.approx(0.0, abs=1e-9)
    assert measures.speed_change(sliding()).max() == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize("apart", [0.01, 0.2])
def test_a_gap_is_how_far_two_pieces_are_apart(apart: float) -> None:
    cut = sliding()
    cut[20:, :, 2] += apart
    assert measures.border_gap(cut, [20]) == pytest.approx(100 * apart)
    assert measures.border_gap(cut, [10]) == pytest.approx(0.0, abs=1e-9)
    assert measures.border_gap(cut, [20], usual=measures.usual_gap(sliding())) == pytest.approx(100 * apart)
    assert measures.border_gap(cut, [20], usual=measures.usual_gap(walk(4.0))) < 100 * apart


def test_a_change_of_speed_is_seen_at_its_border_alone() -> None:
    bent = sliding()
    bent[20:, :, 0] += 0.03 * np.arange(1, 21)[:, None]
    assert measures.border_speed(bent, [20], usual=0.01) == pytest.approx(3.0)
    assert measures.border_speed(bent, [25], usual=0.01) == pytest.approx(0.0, abs=1e-9)
    assert np.isnan(measures.border_speed(bent, [0], usual=0.01))


def test_the_usual_change_of_a_walk_is_seldom_passed() -> None:
    clip = walk(6.0)
    change = measures.speed_change(clip)
    assert np.mean(change <= measures.usual_change(clip)) == pytest.approx(0.95, abs=0.01)


def test_kept_joints_are_seen_from_a_root_that_moves_and_turns() -> None:
    clip = walk(2.0)
    moved = turned(clip + np.array([1.0, 0.2, -3.0]), 0.7)
    kept = [3, 6, 9, 12, 18]
    assert measures.kept_error(moved, clip, kept).max() == pytest.approx(0.0, abs=1e-6)
    moved[:, 18, 1] += 0.05
    assert measures.kept_error(moved, clip, kept)[:, 4].mean() == pytest.approx(5.0, abs=0.5)


def test_a_period_of_a_walk_is_a_loop_and_a_piece_of_it_is_not() -> None:
    clip = walk(4.0)
    period = next(
        n for n in range(10, 60) if np.linalg.norm(clip[n] - clip[n, :1] - clip[0] + clip[0, :1], axis=-1).max() < 0.02
    )
    pose, speed = measures.loop_errors(clip[: period + 1])
    assert pose < 1.0 and speed < 10.0
    pose, _ = measures.loop_errors(clip[: period // 2 + 1])
    assert pose > 2.0


def test_a_path_is_missed_by_how_far_it_is_away() -> None:
    clip = sliding()
    path = np.stack([[5.0, 30.0], clip[[5, 30], 0, 0], clip[[5, 30], 0, 2]], axis=-1)
    assert measures.path_error(clip, path) == pytest.approx(0.0, abs=1e-6)
    path[:, 2] += 0.12
    assert measures.path_error(clip, path) == pytest.approx(12.0)


def test_a_figure_is_judged_by_its_worst_or_its_mean() -> None:
    values = (0.5, 0.5, 2.0)
    assert EditFigure("gap", values, "cm", 1.0).passed is False
    assert EditFigure("gap", values, "cm", 1.0, "mean").passed is True
    assert EditFigure("rises", (100.0, 0.0), "%", 80.0, "least").passed is False
    assert EditFigure("gap", (float("nan"),), "cm", 1.0).passed is None
    assert EditFigure("gap", values, "cm", 1.0).cells()[3] == "67 %"


def test_a_prompt_is_not_what_the_clip_does_already() -> None:
    for number in range(len(PROMPTS)):
        clip = Clip("a", "test", walk(1.0), ("a person walks",), ("walk", "jump"))
        assert not any(word in next_prompt(clip, number) for word in clip.labels)
