# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading BVH: positions by hand-made chains, and clear words for files that break off."""

from __future__ import annotations

import numpy as np
import pytest
from coamd.rigs.errors import UserError
from coamd.rigs.files.bvh import axis_rotation, parse_bvh
from hypothesis import given
from hypothesis import strategies as st

ARM = """HIERARCHY
ROOT upper arm
{
  OFFSET 0 1 0
  CHANNELS 6 Xposition Yposition Zposition Zrotation Yrotation Xrotation
  JOINT lower
  {
    OFFSET 2 0 0
    CHANNELS 3 Zrotation Xrotation Yrotation
    End Site
    {
      OFFSET 1 0 0
    }
  }
}
MOTION
Frames: 2
Frame Time: 0.033333
0 0 0  0 0 0  0 0 0
1 2 3  90 0 0  90 0 0
"""


def arm(text: str = ARM) -> list[str]:
    return text.splitlines()


def test_a_bent_arm_is_where_a_drawing_puts_it() -> None:
    bvh = parse_bvh(arm())
    assert bvh.names == ("upper arm", "lower", "lower_End")
    assert bvh.fps == 30.0
    straight, bent = bvh.positions()
    # at rest every joint is at the sum of the offsets; a root with positions takes these instead of its offset
    np.testing.assert_allclose(straight, [[0, 0, 0], [2, 0, 0], [3, 0, 0]], atol=1e-12)
    # a quarter turn about Z takes +X to +Y, a second one to -X
    np.testing.assert_allclose(bent, [[1, 2, 3], [1, 4, 3], [0, 4, 3]], atol=1e-12)


@given(st.lists(st.floats(-180, 180), min_size=3, max_size=3))
def test_channels_turn_in_the_order_of_the_file(angles: list[float]) -> None:
    text = ARM.replace("1 2 3  90 0 0  90 0 0", "0 0 0  0 0 0  " + " ".join(f"{a:.6f}" for a in angles))
    z, x, y = np.radians([round(a, 6) for a in angles])
    turn = axis_rotation(z, 2) @ axis_rotation(x, 0) @ axis_rotation(y, 1)
    hand = parse_bvh(arm(text)).positions()[1, 2]
    np.testing.assert_allclose(hand, np.array([2.0, 0, 0]) + turn @ [1.0, 0, 0], atol=1e-6)


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        ("MOTION", "", "unexpected word 'Frames:'"),
        (ARM[ARM.index("MOTION") :], "", "no MOTION part"),
        ("Frames: 2", "Frames: 1999999999", "impossible frame count"),
        ("Frames: 2", "Frames: two", "line 17: .Frames: <number>. is missing"),
        ("Frame Time: 0.033333", "Frame Time: 20", "line 18: '20' seconds from frame to frame are impossible"),
        ("1 2 3  90", "1 2 nan  90", "line 20: a value is not a finite number"),
        ("1 2 3  90", "1 2 x  90", "line 20: 'x' is not a number"),
        ("0 0 0  0 0 0  0 0 0\n1 2 3  90 0 0  90 0 0\n", "", "2 frames are announced, but there are none"),
        ("OFFSET 2 0 0", "OFFSET 2 0", "line 8"),
        ("OFFSET 2 0 0", "OFFSET 2 0 nan", "not a finite number"),
        ("OFFSET 2 0 0", "OFFSET 2 0 1e300", "larger than 1e\\+09"),
        ("1 2 3  90", "1 2 -1e10  90", "larger than 1e\\+09"),
        ("Zrotation Xrotation Yrotation", "Zrotation Xrotation Wrotation", "unknown channel"),
        ("  JOINT lower", "  LIMB lower", "unexpected word"),
        ("  JOINT lower", "  End Site", "a joint within an end site"),
    ],
)
def test_a_broken_file_says_where_and_why(old: str, new: str, word: str) -> None:
    with pytest.raises(UserError, match=word) as caught:
        parse_bvh(arm(ARM.replace(old, new)), "arm.bvh")
    assert "arm.bvh" in caught.value.message
    assert caught.value.hint


def test_a_small_file_that_would_fill_the_memory_is_refused() -> None:
    """Joints without channels need no numbers: a few lines could announce millions of poses."""
    joints = "".join(f"JOINT j{k}\n{{\nOFFSET 0 1 0\n" for k in range(99)) + "}\n" * 99
    text = f"HIERARCHY\nROOT r\n{{\nOFFSET 0 0 0\n{joints}}}\nMOTION\nFrames: 1000000\nFrame Time: 0.01"
    with pytest.raises(UserError, match="1000000 frames of 100 joints are too many at once"):
        parse_bvh(text.splitlines())


@given(st.integers(0, len(ARM)), st.text(max_size=8))
def test_damage_anywhere_is_a_sentence_or_still_a_motion(at: int, junk: str) -> None:
    try:
        bvh = parse_bvh(arm(ARM[:at] + junk + ARM[at + len(junk) :]))
    except UserError as error:
        assert error.code == "broken_bvh"
    else:
        assert np.isfinite(bvh.positions()).all() or not np.isfinite(bvh.offsets).all()
