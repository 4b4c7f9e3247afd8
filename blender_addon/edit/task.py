# SPDX-License-Identifier: GPL-3.0-or-later
"""One edit, from the click to the changes of the bones' channels.

The motion is read at 20 frames a second, with context on both sides of the range, and once more in the scene's frames
of the range. Frame ``start`` of the range is a frame of both.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import partial

import bpy
import numpy as np

from ...backend.requests.edit import EditRequest
from ...backend.wire.messages import Edit, Request
from ...rigs.body.bone_curves import Change
from ...rigs.body.rest_rig import RestBone, RestRig
from ...rigs.body.rotations import matrix_from_quaternion, rotation_of
from ...rigs.body.skeleton import FPS, UP
from ...rigs.edits.relative import OriginalTake, Reach, misses, relative
from ...rigs.errors import UserError
from ..session.solver_thread import SolverThread
from ..session.tasks import READING, Job
from ..takes.hidden_scene import PoseSampler
from ..ui.notices import EDIT, GENERATE
from .backend_request import RequestBuilder, span
from .draft_cropping import cropped
from .order import EditOrder
from .sampled_motion import FrameGrid, SampledMotion

OBJECT = "\0object"  # a name that no bone in Blender can have
SHORT = 0.01  # metres by which a hand may miss its target without a warning


@dataclass
class EditJob(Job):
    """An edit on its way."""

    order: EditOrder
    state: str = field(default=READING, kw_only=True)
    phase: str = field(default="reading the pose", kw_only=True)
    takes: tuple[str, ...] = ()  # names of the actions to choose from, the first is the one before the edit
    current_take: int = 0  # which of them is on the character
    rewritten: tuple[float, float] = (0.0, 0.0)  # frames of the action whose keys differ from take to take
    grid: FrameGrid = field(init=False)
    _sampler: PoseSampler | None = field(init=False, default=None)
    sampled: SampledMotion | None = field(default=None, repr=False, kw_only=True)  # None until it is read
    _in_thread: SolverThread | None = field(init=False, default=None)  # makes ``edit_request`` of what was sampled
    _reach: tuple[Reach, ...] = field(init=False, default=())
    edit_request: EditRequest = field(init=False, repr=False)  # of the backend, once the pose is read

    def __post_init__(self) -> None:
        self.grid = FrameGrid.of(self.order)
        source = SampledMotion.source_of(self.order, self.rig)
        if self.sampled is not None and (self.sampled.source != source or any(map(_moves, self._targets_read))):
            self.sampled = None

    @property
    def _read(self) -> SampledMotion:
        assert self.sampled is not None
        return self.sampled

    @property
    def looks_at_poses(self) -> bool:
        return self.sampled is None

    @property
    def button(self) -> str:
        return GENERATE if self.order.continues else EDIT

    @property
    def writer(self) -> str:
        return "apply_edit"

    @property
    def writes_in_tweak_mode(self) -> bool:
        return self.order.same_action

    @property
    def frames(self) -> np.ndarray:
        """The scene's frames (F,) of the range, both borders included."""
        return self.grid.scene_frames

    def read(self, budget: float) -> bool:
        if self._in_thread is None:
            if self.sampled is not None:
                self._in_thread = SolverThread(partial(self._ask, self._places_now()))
            elif self._read_poses(budget):
                assert self._sampler is not None
                self._in_thread = SolverThread(partial(self._request_from, self._sampler))
            return False
        if not self._in_thread.over:
            return False
        thread, self._in_thread, self._sampler = self._in_thread, None, None
        self.edit_request = thread.result()
        return True

    def _read_poses(self, budget: float) -> bool:
        """Look at the character's poses for ``budget`` seconds; True when all are seen."""
        order = self.order
        if self._sampler is None:
            places = np.unique(np.concatenate([self.grid.frames, self.frames]).round(6))
            self._sampler = PoseSampler(order.character, places, self._targets_read, order.played)
            self.of = len(places)
        done = self._sampler.work(budget)
        self.step = self._sampler.done
        return done

    @property
    def _targets_read(self) -> tuple[str, ...]:
        return tuple({reaching.target for reaching in self.order.reaches})

    def _places_now(self) -> dict[str, np.ndarray]:
        """Where the targets are, (F, 4, 4) by name, if they stay where they are now."""
        found = {}
        for name in self._targets_read:
            target = bpy.data.objects.get(name)
            if target is None:
                raise UserError(f"The target “{name}” is gone.", "Undo that, or choose another.", "no_target")
            found[name] = np.repeat(np.array(target.matrix_world)[None], len(self.frames), axis=0)
        return found

    def _request_from(self, sampler: PoseSampler) -> EditRequest:
        """The request made of the sampled motion; runs in a thread."""
        self.sampled = SampledMotion.from_sampler(sampler, self.grid, self.order, self.rig, self.mapping)
        on_scene = np.searchsorted(sampler.frames, self.frames - 1e-5)
        return self._ask({name: places[on_scene] for name, places in sampler.others.items()})

    def _ask(self, goals: dict[str, np.ndarray]) -> EditRequest:
        builder = RequestBuilder(self.order, self.rig, self.mapping, self.grid, self._read, goals)
        if builder.same_poses:
            self.notes = ("Both poses are the same, so little may happen between them.",)
        self._reach, request = builder.reaches, builder.request()
        return cropped(request) if self.draft else request

    def message(self, id: str) -> Request:
        return Edit(id, self.edit_request)

    def solve(self, take: np.ndarray) -> tuple[Change, ...]:
        order = self.order
        if take.shape != self._read.joints.shape:
            raise UserError(
                f"The backend sent {len(take)} frames instead of {len(self._read.joints)}.",
                "Stop and start the backend, then edit again.",
                "bad_joints",
            )
        take = np.asarray(take, dtype=np.float64) + UP * self._read.floor
        if order.in_place:
            take = take - (take[:, :1] - take[:1, :1]) * (1.0, 0.0, 1.0)
        before = self._read.joints + UP * self._read.floor
        stays = [k for k in range(len(take)) if not self._changes(k)]
        # Frames that stay came back rounded to float32.
        take[stays] = before[stays]
        count = len(self.frames)
        anchors = {int(frame) - order.start: int(frame) - order.start for frame in order.poses}
        if order.closed_start:
            anchors[0] = 0
        if order.closed_end:
            anchors[count - 1] = 0 if order.mode == "LOOP" else count - 1
        at = np.minimum(self.grid.number(0.0) + self.frames * FPS / order.fps, len(take) - 1)
        rig, matrices = on_object(self.rig, self._read.matrices, self._read.moved)
        old = OriginalTake(before, at, matrices, order.fps, anchors, order.parts, self._reach, order.driven)
        scale = float(np.cbrt(abs(np.linalg.det(self.rig.matrix_world[:3, :3]))))
        for role, away in misses(old, take, rig, self.mapping).items():
            if away * scale > SHORT:
                text = f"The {role.replace('_', ' ')} stays {away * scale * 100:.0f} cm short of its target."
                self.warnings = (*self.warnings, text)
        return relative(old, take, rig, self.mapping)

    def edited_rotations(self, changes: Iterable[Change], at: np.ndarray) -> dict[str, np.ndarray]:
        """Rotations (K, 3, 3) of bones against their parents after changes, in the frames numbered ``at`` (K,)."""
        out = {}
        for change in changes:
            i = self.rig.index[change.bone]
            before, above = self._read.matrices[at, i, :3, :3], self._read.matrices[at, self.rig.parents[i], :3, :3]
            out[change.bone] = rotation_of(np.linalg.inv(above) @ before) @ matrix_from_quaternion(change.turn[at])
        return out

    def _changes(self, k: int) -> bool:
        first, last = span(self.order, self.grid)
        return first <= k < last

    def report(self) -> str:
        first, last, name, more = self.order.start, self.order.end, self.order.character, len(self.takes) - 2
        if self.order.continues:
            return f"“{name}” goes on from frame {first} to {last}."
        if more < 1:
            return f"Frames {first} to {last} of “{name}” are edited."
        if more == 1:
            return f"Frames {first} to {last} of “{name}” are edited; 1 more variation is kept."
        return f"Frames {first} to {last} of “{name}” are edited; {more} more variations are kept."

    def end(self, state: str) -> None:
        super().end(state)
        if self._sampler is not None:
            self._sampler.drop()
        self._sampler = self._in_thread = None
        if not self.live:
            self.sampled = None


def on_object(rig: RestRig, matrices: np.ndarray, moved: np.ndarray) -> tuple[RestRig, np.ndarray]:
    """The rig below an extra root bone that carries the object's own motion, and its pose (F, bones, 4, 4).

    Where the object does not move, both stay as they are.
    """
    if np.ptp(moved, axis=0).max() < 1e-9 and np.abs(moved - np.eye(4)).max() < 1e-9:
        return rig, matrices
    carrier = RestBone(OBJECT, None, np.eye(4), 1.0, turns=(False, False, False), moves=False)
    hung = (replace(bone, parent=OBJECT, connected=False) if bone.parent is None else bone for bone in rig.bones)
    return RestRig((carrier, *hung), rig.matrix_world), np.concatenate([moved[:, None], matrices], axis=1)


def _moves(name: str) -> bool:
    """Whether an object may move over time."""
    obj = bpy.data.objects.get(name)
    return obj is None or obj.animation_data is not None or obj.parent is not None or len(obj.constraints) > 0
