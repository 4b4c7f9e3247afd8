# SPDX-License-Identifier: GPL-3.0-or-later
"""A hand gets to its target by its arm, then a lean, then a step, and the feet stay where they stand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from coamd.backend.editing.correction import offset_curve
from coamd.backend.editing.reaching import missed, on_targets, reached
from coamd.backend.requests.edit import EditRequest, Target
from coamd.rigs.body.skeleton import INDEX, PARENTS

from tests import motions

STANDS = motions.still(4.0)
FRAME = 40
KNOWN = (np.arange(len(STANDS)) < 20) | (np.arange(len(STANDS)) >= 60)
SHOULDER, WRIST = INDEX["right_shoulder"], INDEX["right_wrist"]
FEET = [INDEX["left_ankle"], INDEX["right_ankle"], INDEX["left_foot"], INDEX["right_foot"]]


def request(offset: tuple[float, float, float], parts: tuple[str, ...] = ()) -> EditRequest:
    """The right hand at the shoulder plus ``offset`` in metres."""
    x, y, z = (STANDS[FRAME, SHOULDER] + np.array(offset)).tolist()
    targets = (Target("right_wrist", FRAME, (x, y, z)),)
    return EditRequest(STANDS.astype(np.float32), "regenerate", 20, 60, parts=parts, targets=targets)


def after(asked: EditRequest) -> np.ndarray:
    return on_targets(STANDS.astype(np.float64), asked, 0, KNOWN, offset_curve)


def lengths(joints: np.ndarray) -> np.ndarray:
    result: np.ndarray = np.linalg.norm(joints[:, 1:] - joints[:, list(PARENTS[1:])], axis=-1)
    return result


@pytest.mark.parametrize(
    "offset", [(-0.1, 0.2, 0.3), (0.0, 0.4, 0.1), (0.0, 0.1, 0.65), (-0.2, 0.0, 1.2), (0.0, -0.9, 0.5)]
)
def test_a_hand_gets_there_and_the_figure_stays_on_the_floor(offset: tuple[float, float, float]) -> None:
    asked = request(offset)
    out = after(asked)
    assert out[FRAME, WRIST] == pytest.approx(np.array(asked.targets[0].position), abs=2e-3)
    assert out[:, 0, 1].max() < STANDS[:, 0, 1].max() + 1e-6, "nobody is lifted"
    assert np.array_equal(out[KNOWN], STANDS[KNOWN].astype(np.float64))
    assert lengths(out) == pytest.approx(lengths(STANDS), abs=5e-3)
    assert missed(asked, out[None]) == ()


def test_what_the_arm_can_do_the_arm_does() -> None:
    out = after(request((-0.1, 0.2, 0.3)))
    others = [joint for joint in range(22) if joint not in (INDEX["right_elbow"], WRIST)]
    assert out[:, others] == pytest.approx(STANDS[:, others], abs=1e-9)


def test_feet_stay_while_the_body_leans_over() -> None:
    out = after(request((0.0, 0.1, 0.75)))
    assert out[:, FEET] == pytest.approx(STANDS[:, FEET], abs=5e-3)


def test_a_target_that_cannot_be_reached_is_said() -> None:
    asked = request((0.0, 0.2, 0.9), parts=("right_arm",))
    (sentence,) = missed(asked, after(asked)[None])
    assert "right wrist misses its target at frame 40" in sentence
    assert missed(replace(asked, targets=()), after(asked)[None]) == ()


def test_a_foot_without_a_limb_to_bend_is_moved_alone() -> None:
    move = np.full((len(STANDS), 3), 0.01)
    out = reached(STANDS.astype(np.float64), "left_foot", move)
    assert out[:, INDEX["left_foot"]] == pytest.approx(STANDS[:, INDEX["left_foot"]] + move)
