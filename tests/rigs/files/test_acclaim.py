# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading Acclaim: the same takes exist as BVH, which is a second way to the same positions."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from coamd.rigs.errors import UserError
from coamd.rigs.files.acclaim import CMU_UNIT, read_amc, read_asf

ASF = """:version 1.10
:units
  length 0.45
  angle deg
:root
  order TX TY TZ RX RY RZ
  axis XYZ
  position 0 0 0
  orientation 0 0 0
:bonedata
  begin
    name thigh
    direction 0 -1 0
    length 4
    axis 0 0 0 XYZ
    dof rx ry rz
  end
  begin
    name shin
    direction 0 -1 0
    length 3
    axis 0 0 90 XYZ
    dof rx
  end
:hierarchy
  begin
    root thigh
    thigh shin
  end
"""
AMC = (
    ":FULLY-SPECIFIED\n:DEGREES\n1\nroot 1 2 3 0 0 0\nthigh 0 0 0\nshin 0\n2\nroot 1 2 3 0 0 0\nthigh 90 0 0\nshin 90\n"
)


@pytest.fixture
def leg(tmp_path: Path) -> Path:
    (tmp_path / "leg.asf").write_text(ASF)
    (tmp_path / "leg.amc").write_text(AMC)
    return tmp_path


def test_a_leg_hangs_then_kicks(leg: Path) -> None:
    ends = read_amc(leg / "leg.amc", read_asf(leg / "leg.asf"))
    np.testing.assert_allclose(ends["root"], [[1, 2, 3]] * 2)
    np.testing.assert_allclose(ends["shin"][0], [1, -5, 3], atol=1e-12)
    # +90 degrees about X takes -Y to -Z
    np.testing.assert_allclose(ends["thigh"][1], [1, 2, -1], atol=1e-12)
    # the shin's own axes are turned by 90 degrees about Z, so its rx is a turn about the thigh's Y: with C = Rz(90),
    # C Rx(90) C^-1 = Ry(90), which leaves the direction -Y alone
    np.testing.assert_allclose(ends["shin"][1], [1, 2, -4], atol=1e-12)


def test_a_bone_that_was_not_tracked_stays_at_rest(leg: Path) -> None:
    (leg / "leg.amc").write_text(AMC.replace("shin 0\n", "").replace("shin 90\n", ""))
    ends = read_amc(leg / "leg.amc", read_asf(leg / "leg.asf"))
    np.testing.assert_allclose(ends["shin"][1], [1, 2, -4], atol=1e-12)


@pytest.mark.parametrize("cut", [ASF.index("root thigh"), ASF.index("length 4"), 0])
def test_a_cut_skeleton_is_refused(leg: Path, cut: int) -> None:
    (leg / "leg.asf").write_text(ASF[:cut])
    with pytest.raises(UserError, match=r"leg\.asf is not a complete Acclaim file"):
        read_asf(leg / "leg.asf")


def test_a_root_without_a_place_is_refused(leg: Path) -> None:
    (leg / "leg.asf").write_text(ASF.replace("TX", "LX").replace("tx", "lx"))
    with pytest.raises(UserError, match="no root order"):
        read_asf(leg / "leg.asf")


@pytest.mark.parametrize("direction", ["1", "0 1", "0 0 0", "0 nan 1", "0 inf 0", "0 one 0"])
def test_a_bone_without_a_direction_is_refused(leg: Path, direction: str) -> None:
    (leg / "leg.asf").write_text(ASF.replace("direction 0 -1 0", f"direction {direction}", 1))
    with pytest.raises(UserError, match="not a complete Acclaim file"):
        read_asf(leg / "leg.asf")


def test_a_bone_that_is_called_like_the_root_is_refused(leg: Path) -> None:
    (leg / "leg.asf").write_text(ASF.replace("name shin", "name root").replace("thigh shin", "thigh root"))
    with pytest.raises(UserError, match="called root"):
        read_asf(leg / "leg.asf")


def test_frames_with_missing_bones_are_refused(leg: Path) -> None:
    (leg / "leg.amc").write_text(AMC.replace("shin 90\n", ""))
    with pytest.raises(UserError, match="frames with missing bones"):
        read_amc(leg / "leg.amc", read_asf(leg / "leg.asf"))


def test_values_that_are_no_numbers_are_refused(leg: Path) -> None:
    (leg / "leg.amc").write_text(AMC.replace("thigh 90 0 0", "thigh nan 0 0"))
    with pytest.raises(UserError, match="not numbers"):
        read_amc(leg / "leg.amc", read_asf(leg / "leg.asf"))


def test_real_takes_stand_on_the_floor_at_human_size(shared: Path) -> None:
    cmu = shared / "mocap" / "cmu"
    ends = read_amc(cmu / "amc" / "01_01.amc", read_asf(cmu / "asf" / "01.asf"))
    heights = np.stack(list(ends.values()), axis=1)[..., 1] * CMU_UNIT
    assert -0.1 < heights.min() < 0.1
    assert 1.5 < heights.max() < 2.5  # the jump of the take included
