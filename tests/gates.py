# SPDX-License-Identifier: GPL-3.0-or-later
"""Clips and rigs that tests judge retargeting by, with the measures and limits of the benchmark."""

from __future__ import annotations

import motions
import numpy as np
from coamd.backend.lab.retargeting import posed_rig
from coamd.backend.lab.retargeting.limits import TWIST
from coamd.backend.lab.retargeting.posed_rig import LIMBS, UP, direction_error, steps, tilt, twists
from coamd.rigs.body.forward_kinematics import pose
from coamd.rigs.body.rest_rig import RestRig
from coamd.rigs.detect.detection import Mapping, detect
from coamd.rigs.solve.retarget import retarget
from coamd.rigs.solve.settings import RetargetSettings

__all__ = ["CLIPS", "LIMBS", "TABLES", "TWIST", "UP", "Posed", "direction_error", "largest_step", "tilt", "twists"]

CLIPS = {
    "walk": motions.walk(3.0),
    "circle": motions.walk(6.0, 2.0 * np.pi / 6.0),
    "T-pose": motions.still(1.0, spread=np.pi / 2 - 0.15),
    "straight": motions.still(1.0),
    "sit": motions.sit(),
    "lie": motions.lie(),
}
TABLES = (
    "kaykit_knight",
    "mesh2motion_human",
    "mpfb_cmu",
    "mpfb_default",
    "mpfb_game_engine",
    "mpfb_mixamo",
    "mpfb_mixamo_unity",
    "mpfb_rigify_metarig",
)


def largest_step(posed: posed_rig.PosedRig) -> float:
    """The largest turn of any mapped bone from one frame to the next, in degrees."""
    return max(float(step.max()) for step in steps(posed).values())


class Posed(posed_rig.PosedRig):
    """A rig that was given a clip, at 20 fps."""

    def __init__(
        self, joints: np.ndarray, rig: RestRig, mapping: Mapping | None = None, foot_lock: float = 0.0
    ) -> None:
        mapping = mapping or detect(rig)
        self.curves = retarget(joints, rig, mapping, fps=20.0, settings=RetargetSettings(foot_lock))
        super().__init__(rig, mapping, pose(rig, self.curves))
