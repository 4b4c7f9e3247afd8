# SPDX-License-Identifier: GPL-3.0-or-later
"""The correction after sampling: nearly nothing on motion that is right, and a remedy for each fault made by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from coamd.backend.lab.evaluation.physics import airborne, foot_skating, jerk
from coamd.backend.motion.finishing import finished, grounded, on_its_steps, settled, slide_and_pace, steadied
from coamd.rigs.body.canonical import canonical
from coamd.rigs.body.skeleton import BONE_LENGTHS, INDEX, PARENTS
from coamd.rigs.files.motion_sources import read_source
from torch import Tensor

from tests.motions import lie, still, walk

WALK = "walk.bvh"


def clip() -> np.ndarray:
    return canonical(walk(6.0), 20.0).astype(np.float64)


def test_a_good_walk_is_left_alone_to_a_centimetre() -> None:
    moved = np.linalg.norm(steadied(clip()) - clip(), axis=-1)
    assert moved.mean() < 0.015
    np.testing.assert_allclose(steadied(clip())[-1, 0, [0, 2]], clip()[-1, 0, [0, 2]], atol=0.1)


def test_a_trembling_figure_becomes_steady_and_stays_near() -> None:
    rng = np.random.default_rng(0)
    trembling = clip() + rng.normal(0, 0.01, clip().shape)
    assert jerk(steadied(trembling)) < 0.35 * jerk(trembling)
    assert np.linalg.norm(steadied(trembling) - clip(), axis=-1).mean() < 0.03


def test_a_path_that_wobbles_between_tokens_is_put_back_on_its_feet(shared: Path) -> None:
    source = read_source(shared / "mocap" / "accad" / "female1" / WALK)
    real = canonical(source.joints, source.fps).astype(np.float64)
    real = real[: len(real) // 4 * 4]
    rng = np.random.default_rng(1)
    wobble = np.repeat(rng.normal(0, 0.05, (len(real) // 4, 3)), 4, axis=0) * [1, 0, 1]
    wobbling = real + wobble[:, None]
    assert foot_skating(wobbling) > 3 * foot_skating(real)
    assert foot_skating(steadied(wobbling)) < 0.4 * foot_skating(wobbling)
    assert np.linalg.norm(steadied(real) - real, axis=-1).mean() < 0.02


def test_where_nobody_stands_the_path_is_only_smoothed() -> None:
    lying = canonical(lie(4.0), 20.0).astype(np.float64)
    sliding = lying + np.linspace(0, 1, len(lying))[:, None, None] * [1.0, 0.0, 0.0]
    assert np.linalg.norm(steadied(sliding) - sliding, axis=-1).mean() < 0.03


@pytest.mark.parametrize("speed", [2.0, 3.0])
def test_a_figure_that_glides_goes_as_far_as_it_steps(speed: float) -> None:
    """The synthetic walk steps 1.2 m a second, whatever its path."""
    gliding = walk(6.0, speed=speed)
    slide, pace, steps = slide_and_pace(gliding)
    assert (round(slide + 1.1, 1), round(pace, 1), steps) == (speed, speed, 22)
    found = on_its_steps(gliding)
    length = np.linalg.norm(found[-1, 0] - found[0, 0])
    assert length / 6.0 == pytest.approx(1.3, abs=0.1)
    np.testing.assert_allclose(found - found[:, :1], gliding - gliding[:, :1], atol=1e-9)
    assert foot_skating(finished(gliding)) < 0.5 * foot_skating(gliding)


def riding() -> np.ndarray:
    """Somebody who stands on a board at 3 m/s, and trembles."""
    ahead = np.arange(120)[:, None, None] * np.array([0.0, 0.0, 0.15])
    return still(6.0) + ahead + np.random.default_rng(0).normal(0.0, 0.004, (120, 22, 3))


@pytest.mark.parametrize(
    "motion",
    [walk(6.0), walk(6.0, speed=0.6), walk(6.0, 0.8), still(4.0), lie(4.0), walk(0.5), walk(1.0)[:1], riding()],
)
def test_who_steps_as_far_as_he_goes_stays_on_his_path(motion: np.ndarray) -> None:
    assert on_its_steps(motion) is motion


def test_recorded_gaits_stay_on_their_paths(shared: Path) -> None:
    for name in ("accad/female1/walk.bvh", "accad/female1/run.bvh"):
        source = read_source(shared / "mocap" / name)
        real = canonical(source.joints, source.fps)
        assert on_its_steps(real) is real


def test_who_turns_a_cartwheel_or_crawls_is_no_gait() -> None:
    gliding = walk(6.0, speed=3.0)
    upside_down = gliding.copy()
    upside_down[60:70, INDEX["head"], 1] = gliding[60:70, 0, 1] - 0.5
    low = gliding - np.array([0.0, 0.4, 0.0])
    assert on_its_steps(upside_down) is upside_down
    assert on_its_steps(low) is low


def test_short_motion_is_returned_as_it_is() -> None:
    np.testing.assert_array_equal(steadied(clip()[:3]), clip()[:3])
    assert np.isfinite(steadied(clip()[:5])).all()


def test_a_figure_off_the_floor_is_put_on_it_and_one_that_hangs_is_not() -> None:
    for height, expected in ((0.1, 0.0), (-0.2, 0.0), (1.0, 1.0)):
        lowest = np.quantile(grounded(clip() + np.array([0.0, height, 0.0]))[..., 1].min(axis=1), 0.02)
        assert abs(lowest - expected) < 0.02


def test_only_who_may_stand_on_something_stays_above_the_floor() -> None:
    height = np.where(np.arange(120) > 60, 0.5, 0.0)[:, None, None] * np.array([0.0, 1.0, 0.0])
    stool = clip()[:120] + height
    assert airborne(finished(stool)) > 2.0
    assert airborne(finished(stool, raised=False)) < 1.0
    hanging = clip() + np.array([0.0, 1.0, 0.0])
    assert finished(hanging)[..., 1].min() > 0.9
    assert abs(np.quantile(finished(hanging, raised=False)[..., 1].min(axis=1), 0.02)) < 0.01


def test_a_good_walk_is_the_same_whether_or_not_it_may_leave_the_floor() -> None:
    np.testing.assert_allclose(finished(clip(), raised=False), finished(clip()), atol=0.03)


def test_what_the_user_gets_has_the_bone_lengths_of_the_skeleton() -> None:
    joints = finished(clip() * 1.02)
    lengths = np.linalg.norm(joints[:, 1:] - joints[:, list(PARENTS[1:])], axis=-1)
    np.testing.assert_allclose(lengths, np.tile(BONE_LENGTHS[1:], (len(joints), 1)), atol=1e-5)
    assert joints.dtype == np.float32


class Steps(torch.nn.Module):
    """Stands in for an autoencoder: each token is the mean of its four frames, so its motion goes in steps."""

    def encode(self, joints: Tensor) -> Tensor:
        return joints.unflatten(1, (-1, 4)).mean(2)

    def decode(self, latents: Tensor) -> Tensor:
        return latents.repeat_interleave(4, dim=1)


def test_jumps_between_tokens_are_settled_from_the_other_three_offsets() -> None:
    ramp = torch.arange(24.0)[None, :, None].expand(1, 24, 66)
    jumping = Steps().decode(Steps().encode(ramp))
    calm = settled(Steps(), jumping)  # type: ignore[arg-type]
    assert torch.diff(calm[:, 4:-4], dim=1).abs().max() < 0.5 * torch.diff(jumping, dim=1).abs().max()
    assert (calm - ramp).abs()[:, 4:-4].mean() < (jumping - ramp).abs().mean()


def test_a_standing_figure_stays_where_it_stands() -> None:
    standing = canonical(still(3.0), 20.0).astype(np.float64)
    feet = steadied(standing)[:, [INDEX["left_foot"], INDEX["right_foot"]]]
    assert np.abs(feet - feet[:1]).max() < 1e-6
