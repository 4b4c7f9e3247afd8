# SPDX-License-Identifier: GPL-3.0-or-later
"""A body from its key poses: how it stands, lies and keeps out of the floor."""

from __future__ import annotations

import numpy as np
import pytest
from coamd.backend.lab.training.keyed.pose import Limb, Pose
from coamd.backend.lab.training.keyed.pose_body import CLEARANCE, body, risen, turn
from coamd.backend.lab.training.keyed.posed_actions import track
from coamd.rigs.body.canonical import facing
from coamd.rigs.body.skeleton import INDEX

STRAIGHT = Limb((0.1, -1.0, 0.0), (0.0, -1.0, 0.0))
WRISTS = [INDEX["left_wrist"], INDEX["right_wrist"]]


def held(pose: Pose, side: str = "left") -> np.ndarray:
    """A second and a half (F, 22, 3) of one pose."""
    return body(track([pose, pose], side, 1.0, 1.0, (0.0, 0.5), np.random.default_rng(3)))


def test_who_stands_has_the_feet_under_the_hips_and_looks_ahead() -> None:
    stands = held(Pose(1.0))
    assert abs(float(np.median(facing(stands)))) < 0.1
    assert stands[:, INDEX["head"], 1].min() > 1.4
    for side in ("left", "right"):
        under = stands[:, INDEX[f"{side}_ankle"]] - stands[:, INDEX[f"{side}_hip"]]
        assert np.abs(under[:, [0, 2]]).max() < 0.12


@pytest.mark.parametrize(("pitch", "up"), [(90.0, -1.0), (-90.0, 1.0)])
def test_who_rests_lies_on_the_floor_with_all_limbs(pitch: float, up: float) -> None:
    lies = held(Pose(1.0, None, pitch, arm=Limb((0.4, -0.9, 0.0), (0.1, -1.0, 0.0)), leg=STRAIGHT))
    assert lies[..., 1].min() > 0.015
    assert lies[..., 1].max() < 0.45
    across = lies[:, INDEX["left_hip"]] - lies[:, INDEX["right_hip"]]
    front = np.cross(across, lies[:, INDEX["neck"]] - lies[:, 0])
    assert (up * front[:, 1] > 0.0).all()


def test_an_arm_that_would_hang_into_the_floor_lies_on_it() -> None:
    low = held(Pose(1.0, 0.25, 90.0, arm=Limb((0.1, 0.0, 1.0), (0.0, 0.0, 1.0)), leg=STRAIGHT))
    assert low[:, WRISTS, 1].min() > CLEARANCE["wrist"] - 0.01
    assert low[:, [INDEX["left_elbow"], INDEX["right_elbow"]], 1].min() > 0.0


def test_the_acting_side_is_the_one_that_is_named() -> None:
    pose = Pose(1.0, arm=Limb((0.1, 1.0, 0.0), (0.0, 1.0, 0.0)), other_arm=STRAIGHT)
    for side, other in (("left", "right"), ("right", "left")):
        raised = held(pose, side)
        assert (raised[:, INDEX[f"{side}_wrist"], 1] > raised[:, INDEX[f"{other}_wrist"], 1] + 0.5).all()


def test_what_points_into_the_floor_is_turned_up_to_it_and_nothing_else() -> None:
    angle = np.linspace(0.0, np.pi, 40)
    along = np.stack([np.zeros(40), -np.sin(angle), np.cos(angle)], axis=-1)
    turned = risen(along, np.full(40, -0.5), np.tile([1.0, 0.0, 0.0], (40, 1)))
    np.testing.assert_allclose(np.linalg.norm(turned, axis=-1), 1.0, atol=1e-6)
    assert turned[:, 1].min() > -0.53
    free = along[:, 1] > -0.5
    np.testing.assert_allclose(turned[free], along[free])
    assert np.linalg.norm(np.diff(turned, axis=0), axis=-1).max() < 0.6, "it goes round by the side"


def test_turns_are_right_handed() -> None:
    np.testing.assert_allclose(turn(0, np.array([90.0]))[0] @ (0.0, 1.0, 0.0), (0.0, 0.0, 1.0), atol=1e-12)
    np.testing.assert_allclose(turn(1, np.array([90.0]))[0] @ (0.0, 0.0, 1.0), (1.0, 0.0, 0.0), atol=1e-12)
