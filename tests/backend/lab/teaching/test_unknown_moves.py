# SPDX-License-Identifier: GPL-3.0-or-later
"""Hand-animated takes: limbs are where they were asked to be, bones keep their lengths, and each family is itself."""

from __future__ import annotations

import numpy as np
import pytest
from coamd.backend.lab.teaching.posing import aimed, bent, ground, pulse, shifted, stood, times, trunk
from coamd.backend.lab.teaching.takes import bases, takes_of, write_takes
from coamd.backend.lab.teaching.unknown_moves import FAMILIES, MoveFamily
from coamd.backend.training.data import Clip
from coamd.rigs.body.canonical import at_origin
from coamd.rigs.body.rotations import normalised
from coamd.rigs.body.skeleton import BONE_LENGTHS, INDEX, PARENTS
from coamd.rigs.errors import UserError

from tests.motions import still, walk

SWEEP = (np.array([-0.9, 0.1, 0.4]), np.array([0.9, 0.2, 0.3]))


def family(name: str) -> MoveFamily:
    return next(one for one in FAMILIES if one.name == name)


def take(name: str, left: bool = False, seed: int = 0) -> np.ndarray:
    one = family(name)
    base = still(5.0) if one.over == "stand" else walk(5.0)
    return one.take(base.astype(np.float32), np.random.default_rng(seed), left)


def lengths(joints: np.ndarray) -> np.ndarray:
    return np.linalg.norm(joints - joints[:, list(PARENTS)], axis=-1)[:, 1:]


def angle(joints: np.ndarray, above: str, joint: str, below: str) -> np.ndarray:
    """Degrees between the two bones at a joint; 180 is straight."""
    a, b, c = (joints[:, INDEX[name]] for name in (above, joint, below))
    return np.degrees(np.arccos(np.clip((normalised(a - b) * normalised(c - b)).sum(-1), -1, 1)))


def test_an_arm_points_where_it_was_aimed_and_nothing_else_moves() -> None:
    joints = still(2.0)
    out = aimed(joints, "right", *SWEEP, np.ones(len(joints)))
    upper = normalised(out[:, INDEX["right_elbow"]] - out[:, INDEX["right_shoulder"]])
    np.testing.assert_allclose(np.einsum("fji,fj->fi", trunk(out), upper), normalised(SWEEP[0])[None] + 0 * upper)
    np.testing.assert_allclose(lengths(out), lengths(joints))
    arm = [INDEX["right_elbow"], INDEX["right_wrist"]]
    np.testing.assert_array_equal(np.delete(out, arm, axis=1), np.delete(joints, arm, axis=1))
    np.testing.assert_allclose(aimed(joints, "right", *SWEEP, np.zeros(len(joints))), joints, atol=1e-9)


def test_a_bent_trunk_turns_by_its_angle() -> None:
    joints = still(2.0)
    out = bent(joints, "spine1", "pelvis", ground(joints)[..., 0], np.full(len(joints), np.pi / 2))
    was, now = (some[:, INDEX["head"]] - some[:, 0] for some in (joints, out))
    np.testing.assert_allclose(now[:, 1], -was[:, 2], atol=1e-6)
    np.testing.assert_allclose(now[:, 2], was[:, 1], atol=1e-6)
    np.testing.assert_array_equal(out[:, INDEX["left_ankle"]], joints[:, INDEX["left_ankle"]])


def test_feet_stay_where_the_body_moves_over_them() -> None:
    joints = still(2.0)
    out = shifted(joints, np.tile([0.05, -0.1, 0.0], (len(joints), 1)))
    for side in ("left", "right"):
        np.testing.assert_allclose(out[:, INDEX[f"{side}_ankle"]], joints[:, INDEX[f"{side}_ankle"]], atol=1e-9)
    np.testing.assert_allclose(out[:, 0], joints[:, 0] + [0.05, -0.1, 0.0])
    np.testing.assert_allclose(lengths(out), lengths(joints))


def test_a_leg_does_not_stretch_to_what_it_cannot_reach() -> None:
    joints = still(2.0)
    out = stood(joints, "left", joints[:, INDEX["left_ankle"]] - [0.0, 1.0, 0.0])
    np.testing.assert_allclose(lengths(out), lengths(joints))
    assert (angle(out, "left_hip", "left_knee", "left_ankle") > 170).all()


def test_a_pulse_rises_holds_and_falls() -> None:
    t = times(still(4.0))
    weight = pulse(t, 1.0, 0.5, 1.0, 0.5)
    assert (weight[t <= 1.0] == 0).all()
    np.testing.assert_allclose(weight[(t >= 1.5) & (t <= 2.5)], 1.0)
    np.testing.assert_allclose(weight[t >= 3.0], 0.0, atol=1e-9)


@pytest.mark.parametrize("one", FAMILIES, ids=lambda one: one.name)
def test_takes_are_sound_and_differ(one: MoveFamily) -> None:
    first, second = take(one.name), take(one.name, seed=1)
    for joints in (first, second):
        assert np.isfinite(joints).all()
        np.testing.assert_allclose(lengths(joints), BONE_LENGTHS[None, 1:] + 0 * lengths(joints), atol=1e-4)
        np.testing.assert_allclose(joints, at_origin(joints), atol=1e-5)
        assert -0.1 < joints[..., 1].min() < 0.1
    assert np.linalg.norm(first - second, axis=-1).mean() > 0.01
    assert len(one.prompts) == 10
    assert not set(one.prompts) & set(one.words)


def test_each_family_shows_what_it_is_called() -> None:
    bellows = take("accordion")[30:]
    apart = np.linalg.norm(bellows[:, INDEX["right_wrist"]] - bellows[:, INDEX["left_wrist"]], axis=-1)
    assert np.ptp(apart) > 0.2
    tipped = take("tipping")
    assert tipped[:, INDEX["left_ankle"], 1].max() > 0.25 > tipped[:, INDEX["right_ankle"], 1].max()
    for left, side in ((False, "right"), (True, "left")):
        rope = take("lasso", left)[30:]
        assert (rope[:, INDEX[f"{side}_wrist"], 1] > rope[:, INDEX["head"], 1]).all()
        turned = rope[:, INDEX[f"{side}_wrist"]] - rope[:, INDEX[f"{side}_shoulder"]]
        assert (np.ptp(turned[:, ::2], axis=0) > 0.2).all()


def test_the_hips_circle_in_a_hoop_and_neither_feet_nor_shoulders_do() -> None:
    hoop = take("hula hoop")[30:]
    place = hoop[:, :, ::2] - hoop[:, :, ::2].mean(axis=0)
    circling = np.ptp(place[:, 0], axis=0)
    assert (circling > 0.1).all()
    for joint in ("left_ankle", "right_ankle", "neck"):
        assert (np.ptp(place[:, INDEX[joint]], axis=0) < 0.6 * circling).all()


def test_recorded_legs_stay_below_other_arms() -> None:
    legs = [INDEX[f"{side}_{joint}"] for side in ("left", "right") for joint in ("hip", "knee", "ankle", "foot")]
    for name in ("egyptian walk", "speed skating"):
        base = at_origin(walk(5.0)).astype(np.float32)
        made = family(name).take(base, np.random.default_rng(0), left=False)
        np.testing.assert_allclose(made[:, legs] - made[:, :1], base[:, legs] - base[:, :1], atol=5e-3)
    painted = take("egyptian walk")[30:]
    rise = painted[:, [INDEX["left_wrist"], INDEX["right_wrist"]], 1]
    rise = rise - painted[:, [INDEX["left_elbow"], INDEX["right_elbow"]], 1]
    assert (rise.max(axis=1) > 0.15).mean() > 0.7
    assert (rise.min(axis=1) < -0.1).mean() > 0.7
    skater = take("speed skating")[30:]
    hands = skater[:, [INDEX["left_wrist"], INDEX["right_wrist"]]] - skater[:, [INDEX["spine2"]]]
    left, right = np.einsum("fij,fsi->sfj", ground(skater), hands)
    assert (left[:, 2] < 0.0).all(), "one hand is on the back"
    assert np.ptp(right[:, 2]) > 0.4, "the other arm swings"
    assert (skater[:, INDEX["neck"], 1] < take("egyptian walk")[30:40, INDEX["neck"], 1].mean() - 0.05).all()


def recorded(split: str, joints: np.ndarray, group: str) -> Clip:
    return Clip(f"{split} {group}", split, at_origin(joints).astype(np.float32), ("a",), (), group)


def test_held_out_takes_are_over_recordings_that_were_never_trained_on() -> None:
    clips = [recorded("train", still(5.0), "stand and idle"), recorded("test", still(5.0, 0.2), "stand and idle")]
    clips += [recorded("train", walk(5.0), "walk"), recorded("test", still(5.0, 1.4), "stand and idle")]
    assert len(bases(clips, "stand", train=True)) == 1
    assert len(bases(clips, "stand", train=False)) == 1  # arms that are spread are no standing
    assert len(bases(clips, "walk", train=True)) == 1
    with pytest.raises(UserError) as caught:
        bases(clips, "walk", train=False)
    assert caught.value.code == "no_clips"


def test_takes_are_written_as_teach_reads_them(tmp_path: object) -> None:
    from pathlib import Path

    from coamd.backend.cli.teach import examples_of, read_captions

    folder = Path(str(tmp_path))
    clips = [recorded("train", still(5.0), "stand and idle"), recorded("val", still(5.0), "stand and idle")]
    takes = takes_of(family("lasso"), clips, 8.0, 3, seed=1)
    assert len(takes.held_out) == 3
    assert sum(map(len, takes.shown)) >= 160
    table = write_takes(folder, [takes])
    examples, skipped = examples_of([folder], read_captions(table), ())
    assert not skipped
    assert [example.words for example in examples] == [family("lasso").words] * len(takes.shown)
    np.testing.assert_allclose(examples[0].joints, takes.shown[0], atol=2e-3)
