# SPDX-License-Identifier: GPL-3.0-or-later
"""Constant bone lengths: lengths are exact, directions stay."""

from __future__ import annotations

import numpy as np
from coamd.rigs.body.bone_lengths import fix_bone_lengths
from coamd.rigs.body.skeleton import BONE_LENGTHS, PARENTS
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

CHILDREN, THEIR_PARENTS = list(range(1, 22)), list(PARENTS[1:])
JOINTS = arrays(np.float64, (3, 22, 3), elements=st.floats(-5, 5))


def bones(joints: np.ndarray) -> np.ndarray:
    return joints[..., CHILDREN, :] - joints[..., THEIR_PARENTS, :]


@given(JOINTS)
def test_every_bone_has_its_length_and_the_pelvis_stays(joints: np.ndarray) -> None:
    fixed = fix_bone_lengths(joints)
    assert np.allclose(np.linalg.norm(bones(fixed), axis=-1), BONE_LENGTHS[1:], atol=1e-9)
    assert np.array_equal(fixed[:, 0], joints[:, 0])


@given(JOINTS)
def test_directions_stay(joints: np.ndarray) -> None:
    lengths = np.linalg.norm(bones(joints), axis=-1)
    along = np.einsum("fjk,fjk->fj", bones(joints), bones(fix_bone_lengths(joints)))
    long = lengths > 1e-3
    assert np.allclose(along[long], (lengths * BONE_LENGTHS[1:])[long], rtol=1e-6)


@given(JOINTS)
def test_right_lengths_are_left_alone(joints: np.ndarray) -> None:
    fixed = fix_bone_lengths(joints)
    assert np.allclose(fix_bone_lengths(fixed), fixed, atol=1e-9)
    assert fix_bone_lengths(joints.astype(np.float32)).dtype == np.float32
