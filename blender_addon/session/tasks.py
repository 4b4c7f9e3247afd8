# SPDX-License-Identifier: GPL-3.0-or-later
"""One request, from the click to the keys. Names are kept, never references into Blender's data."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import Any

import bpy
import numpy as np

from ...backend.requests.generate import GenerateRequest
from ...backend.wire.messages import Generate, Reply, Request, Result
from ...rigs.body.rest_rig import RestRig
from ...rigs.detect.detection import Mapping
from ...rigs.errors import UserError
from ...rigs.solve.key_reduction import Tolerance
from ...rigs.solve.retarget import retarget
from ...rigs.solve.settings import DEFAULTS, RetargetSettings
from ..results.live_result import LiveResult
from ..ui.notices import GENERATE
from .identity import Identity
from .part_progress import PartProgress
from .solver_thread import SolverThread

READING, WAITING, RUNNING, SOLVING = "reading", "waiting", "running", "solving"
DONE, FAILED, CANCELLED = "done", "failed", "cancelled"


@dataclass(frozen=True)
class Order:
    """What was asked for, and of whom, at the moment of the click."""

    request: GenerateRequest
    character_id: Identity  # of the armature object
    scene_id: Identity
    start: int  # scene frame of the first pose
    fps: float  # the scene's rate
    settings: RetargetSettings = DEFAULTS
    tolerance: Tolerance | None = None  # of reduced keys; None: a key on every frame
    as_strip: bool = False  # on a new NLA track; the character's action is left alone
    replaces: LiveResult | None = None  # an earlier result of Live

    @property
    def character(self) -> str:
        """Name of the armature object."""
        return self.character_id.name

    def target(self) -> tuple[Any, Any] | None:
        """Scene and armature object as they are now; None when one of them is gone."""
        scene = self.scene_id.find(bpy.data.scenes)
        rig_object = self.character_id.find(scene.objects) if scene else None
        return (scene, rig_object) if rig_object is not None and rig_object.type == "ARMATURE" else None


@dataclass(kw_only=True)
class Task:
    """A running request, with what is known of it so far.

    READING looks at the scene, WAITING sends ``message`` when the backend can be reached, and ``take`` says what its
    last reply leads to. SOLVING calls ``work`` until it is done; then the operator ``writer`` ends the task.
    """

    number: int = 0  # counts the session's tasks
    state: str = WAITING
    request: str | None = None  # id of the request once it is sent
    phase: str = "waiting for the backend"
    step: int = 0
    of: int = 0
    preview: np.ndarray | None = None  # (V, F, 22, 3) what it looks like so far, as the joints will be
    warnings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()  # what else was done, each a sentence of its own
    live: bool = False  # one of many that Live makes
    advice: str = ""  # code of the remedy that the message offers, besides those of errors
    obstacle: str = ""  # what has to end before Blender's data may be touched
    refusal: UserError | None = None  # why the result could not be written

    @property
    def over(self) -> bool:
        """True when nothing more happens to this task."""
        return self.state in (DONE, FAILED, CANCELLED)

    @property
    def is_solved(self) -> bool:
        """True when ``work`` has nothing more to do, and the result can be written."""
        return True

    @property
    def parts(self) -> PartProgress | None:
        """Where it is in all that it has to do, where that is the same for several things."""
        return None

    @property
    def factor(self) -> float:
        """Progress from 0 to 1 for the bar."""
        if self.parts is not None:
            return self.parts.of_all
        return self.step / self.of if self.of else 0.0

    @property
    def button(self) -> str:
        """The button that starts it; the panel of that name shows its progress and its message."""
        raise NotImplementedError

    @property
    def writer(self) -> str:
        """The operator ``bpy.ops.coamd.*`` that writes the result."""
        raise NotImplementedError

    @property
    def character(self) -> str:
        """Name of the armature object that is read or written; "" while there is none."""
        return ""

    @property
    def looks_at_poses(self) -> bool:
        """Whether ``read`` evaluates poses, which has to wait for the end of a transform."""
        return True

    @property
    def beside(self) -> bool:
        """Whether it runs for minutes in the background, so that the status bar and Cancel prefer other jobs."""
        return False

    @property
    def is_silent(self) -> bool:
        """Whether nobody asked for it, so that no panel reports on it."""
        return False

    @property
    def writes_in_tweak_mode(self) -> bool:
        """Whether the result can be written while an NLA strip of the character is open for tweaking."""
        return False

    def read(self, _budget: float) -> bool:
        """Read what it needs from the scene for at most ``budget`` seconds; True when done."""
        return True

    def message(self, id: str) -> Request:
        """What to ask of the backend."""
        raise NotImplementedError

    def take(self, reply: Reply) -> None:
        """Take in the last reply to the request."""
        raise NotImplementedError

    def refused(self, error: UserError) -> None:
        """Take in why the backend could not answer; raising it fails the task."""
        raise error

    def solve_on(self) -> None:
        """Do one piece of what is left once the backend has answered, without touching Blender's data."""

    def report(self) -> str:
        """The sentence about what was written."""
        raise NotImplementedError

    def end(self, state: str) -> None:
        """End the task and release what it holds."""
        self.state = state


@dataclass
class Job(Task):
    """An order for motion on its way."""

    order: Order
    rig: RestRig
    mapping: Mapping
    joints: np.ndarray | None = field(default=None, kw_only=True)  # (V, F, 22, 3) metres, Y up, 20 fps
    solved: list[Any] = field(default_factory=list, kw_only=True)  # what ``solve`` gives, one per take
    solving: SolverThread | None = field(default=None, kw_only=True)  # the next of them on its way
    actions: tuple[str, ...] = field(default=(), kw_only=True)  # names of the actions made, one per variation
    keyed: tuple[int, int] = field(default=(0, 0), kw_only=True)  # frames and bones of the first of them
    draft: bool = field(default=False, kw_only=True)  # it ends as a preview, and no keys are made of it

    @property
    def button(self) -> str:
        return GENERATE

    @property
    def writer(self) -> str:
        return "apply"

    def message(self, id: str) -> Request:
        return Generate(id, self.order.request)

    def take(self, reply: Reply) -> None:
        if isinstance(reply, Result) and reply.joints is not None and self.draft:
            self.state, self.preview = DONE, reply.joints
        elif isinstance(reply, Result) and reply.joints is not None:
            self.state, self.joints, self.warnings = SOLVING, reply.joints, reply.warnings
            self.phase, self.step, self.of = "solving", 0, len(reply.joints) + 1

    @property
    def is_solved(self) -> bool:
        return self.joints is not None and len(self.solved) == len(self.joints)

    @property
    def character(self) -> str:
        return self.order.character

    def solve(self, take: np.ndarray) -> Any:
        """One take (F, 22, 3) of the result as curves of the rig."""
        return retarget(take, self.rig, self.mapping, fps=self.order.fps, settings=self.order.settings)

    def solve_on(self) -> None:
        """Begin with the next take, or take over what has been solved of it; waits for nothing.

        Raises what ``solve`` raised.
        """
        assert self.joints is not None
        if self.solving is None:
            self.solving = SolverThread(partial(self.solve, self.joints[len(self.solved)]))
        elif self.solving.over:
            done, self.solving = self.solving, None
            self.solved.append(done.result())
            self.step = len(self.solved)

    def report(self) -> str:
        made, character, more = self.actions[0], self.order.character, len(self.actions) - 1
        frames, bones = self.keyed
        if self.order.as_strip:
            return f"“{made}” is a strip of “{character}”: {frames} frames, {bones} bones."
        if not more:
            return f"“{made}” is on “{character}”: {frames} frames, {bones} bones."
        if more == 1:
            return f"“{made}” is on “{character}”: {frames} frames, {bones} bones; 1 more take is kept."
        return f"“{made}” is on “{character}”: {frames} frames, {bones} bones; {more} more takes are kept."

    def end(self, state: str) -> None:
        super().end(state)
        self.joints, self.preview, self.solved, self.solving = None, None, [], None
