# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be chosen about putting motion on a rig, and what cannot."""

from __future__ import annotations

import pytest
from coamd.rigs.errors import UserError
from coamd.rigs.solve.settings import DEFAULTS, RetargetSettings


def test_feet_are_held_and_the_hips_carry_the_travel_by_default() -> None:
    assert RetargetSettings(foot_lock=1.0, root="hips", limbs="fk") == DEFAULTS


@pytest.mark.parametrize(
    "wrong", [{"foot_lock": 1.5}, {"foot_lock": float("nan")}, {"root": "pelvis"}, {"limbs": "both"}]
)
def test_other_values_are_refused(wrong: dict) -> None:
    with pytest.raises(UserError) as caught:
        RetargetSettings(**wrong)
    assert caught.value.code == "bad_setting"
    assert caught.value.hint
