# SPDX-License-Identifier: GPL-3.0-or-later
"""One request for motion, from the click to the keys. Names are kept, never references into Blender's data."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from ..rigs.detection import Mapping
from ..rigs.errors import UserError
from ..rigs.rest import RestRig
from ..rigs.retarget import BoneCurves

WAITING, RUNNING, SOLVING, DONE, FAILED, CANCELLED = "waiting", "running", "solving", "done", "failed", "cancelled"


@dataclass(frozen=True)
class Order:
    """What was asked for, and of whom, at the moment of the click."""

    prompt: str
    seconds: float
    seed: int
    variations: int
    character: str  # name of the armature object
    scene: str
    start: int  # scene frame of the first pose
    fps: float  # the scene's rate
    extend_range: bool


@dataclass
class Job:
    """An order on its way, with what is known of it so far."""

    order: Order
    rig: RestRig
    mapping: Mapping
    number: int  # counts the session's jobs
    state: str = WAITING
    request: str | None = None  # id of the request once it is sent
    phase: str = "waiting for the backend"
    step: int = 0
    of: int = 0
    joints: np.ndarray | None = None  # (V, F, 22, 3) metres, Y up, 20 fps
    solved: list[tuple[BoneCurves, ...]] = field(default_factory=list)
    warnings: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()  # names of the actions made, one per variation
    refusal: UserError | None = None  # why the result could not be written

    @property
    def over(self) -> bool:
        """True when nothing more happens to this job."""
        return self.state in (DONE, FAILED, CANCELLED)

    @property
    def factor(self) -> float:
        """Progress from 0 to 1 for the bar."""
        return self.step / self.of if self.of else 0.0
