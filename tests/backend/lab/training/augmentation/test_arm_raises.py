# SPDX-License-Identifier: GPL-3.0-or-later
"""One arm goes up, the other one hangs, and the words name the one that goes up."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from coamd.backend.lab.training.augmentation.arm_raises import Raise, raised, raising_clips, raising_texts, shows
from coamd.backend.training.data import Clip
from coamd.rigs.body.skeleton import BONE_LENGTHS, INDEX, PARENTS

from tests.motions import still

HIGH = Raise("left", 0.3, 0.8, (0.2, 1.0, 0.1), False)


def clip(joints: np.ndarray, group: str = "stand and idle") -> Clip:
    return Clip("s", "train", joints.astype(np.float32), ("a person stands",), ("stand",), group)


@pytest.mark.parametrize("side", ["left", "right"])
def test_only_that_arm_moves_and_no_bone_is_stretched(side: str) -> None:
    joints = still(4.0)
    how = replace(HIGH, side=side)
    made = raised(joints, how)
    kept = [j for name, j in INDEX.items() if name not in (f"{side}_elbow", f"{side}_wrist")]
    np.testing.assert_allclose(made[:, kept], joints[:, kept], atol=1e-6)
    lengths = np.linalg.norm(made[:, 1:] - made[:, list(PARENTS[1:])], axis=-1)
    np.testing.assert_allclose(lengths, np.tile(BONE_LENGTHS[1:], (len(made), 1)), atol=1e-6)
    assert made[-1, INDEX[f"{side}_wrist"], 1] > made[-1, INDEX["head"], 1]
    assert shows(made, how)


def test_an_arm_that_is_lowered_ends_where_it_hung() -> None:
    joints = still(5.0)
    made = raised(joints, replace(HIGH, lowers=True))
    np.testing.assert_allclose(made[-1], joints[-1], atol=1e-3)
    assert made[:, INDEX["left_wrist"], 1].max() > made[:, INDEX["head"], 1].max()


def test_the_gate_refuses_two_raised_arms_the_other_arm_and_none() -> None:
    joints = still(4.0)
    made = raised(joints, HIGH)
    other = replace(HIGH, side="right")
    assert not shows(raised(made, other), HIGH)
    assert not shows(made, other)
    assert not shows(joints, HIGH)
    level = Raise("left", 0.3, 0.8, (1.0, 0.05, 0.1), False)
    assert shows(raised(joints, level), level)
    assert not shows(made, level)
    assert not shows(joints, level)


def test_words_name_that_side_and_no_other() -> None:
    for seed in range(20):
        how = Raise.draw(np.random.default_rng(seed))
        other = "right" if how.side == "left" else "left"
        assert all(how.side in text and other not in text for text in raising_texts(how))
        assert any("above the head" in text for text in raising_texts(how)) == how.high


def test_made_clips_pass_their_own_gate() -> None:
    made = raising_clips([clip(still(6.0))], 1)
    assert len(made) > 40
    wrists = [[one.joints[:, INDEX[f"{side}_wrist"], 1].max() for side in ("left", "right")] for one in made]
    for one, (left, right) in zip(made, wrists, strict=True):
        assert (left > right) == ("left" in one.texts[0])
        assert len(one.joints) % 4 == 0


def test_people_who_do_not_stand_or_hold_an_arm_up_are_left_out() -> None:
    assert raising_clips([clip(still(6.0), "walk")], 1) == []
    assert raising_clips([clip(still(1.0))], 1) == []
    both = raised(raised(still(6.0), HIGH), Raise("right", 0.0, 0.1, (0.2, 1.0, 0.1), False))
    assert raising_clips([clip(both[30:])], 1) == []
