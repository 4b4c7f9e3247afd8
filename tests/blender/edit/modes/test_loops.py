# SPDX-License-Identifier: GPL-3.0-or-later
"""A loop is one for Blender too: frame range, cyclic flag, Cycles; on its way or over one spot."""

from __future__ import annotations

from typing import Any

import numpy as np
from coamd.backend.client.backend_process import BackendProcess
from coamd.blender_addon.keys.action import curves_of
from coamd.blender_addon.session.session import Session
from edits import action_of, bone_head, edit, refused, typed

FIRST, LAST = 11, 105  # keys of the walker


def test_the_whole_action_goes_on_repeating_and_travelling(
    addon: Session, backend: BackendProcess, walker: Any
) -> None:
    typed(FIRST, LAST, mode="LOOP")
    edit()
    made = action_of(walker)
    assert (made.use_frame_range, made.use_cyclic, made.frame_start, made.frame_end) == (True, True, FIRST, LAST)
    kinds = {curve.data_path.rpartition(".")[2]: curve.modifiers[0].mode_after for curve in curves_of(made)}
    assert kinds["location"] == "REPEAT_OFFSET" and kinds["rotation_quaternion"] == "REPEAT"
    length = LAST - FIRST
    for bone in ("Hips", "LeftFoot"):
        once, again = (bone_head(walker, bone, frame) for frame in (30, 30 + length))
        travelled = bone_head(walker, "Hips", LAST) - bone_head(walker, "Hips", FIRST)
        assert (again - once - travelled).length < 1e-3, bone


def test_in_place_it_stays_over_one_spot(addon: Session, backend: BackendProcess, walker: Any) -> None:
    before = np.ptp([bone_head(walker, "Hips", frame).y for frame in range(FIRST, LAST, 8)])
    typed(FIRST, LAST, mode="LOOP", in_place=True)
    edit()
    after = np.ptp([bone_head(walker, "Hips", frame).y for frame in range(FIRST, LAST, 8)])
    assert before > 2.0 and after < 0.05


def test_a_part_of_an_action_gets_its_range_and_nothing_beyond_it(
    addon: Session, backend: BackendProcess, walker: Any
) -> None:
    typed(30, 80, mode="LOOP")
    edit()
    made = action_of(walker)
    assert made.use_cyclic and (made.frame_start, made.frame_end) == (30, 80)
    assert not any(len(curve.modifiers) for curve in curves_of(made))
    typed(30, 80, mode="LOOP", in_place=True)
    assert "can loop in place" in refused()


def test_without_repeat_only_the_keys_change(addon: Session, backend: BackendProcess, walker: Any) -> None:
    typed(FIRST, LAST, mode="LOOP", cycle=False)
    edit()
    made = action_of(walker)
    assert not made.use_frame_range and not made.use_cyclic
    assert not any(len(curve.modifiers) for curve in curves_of(made))
