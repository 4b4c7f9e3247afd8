# SPDX-License-Identifier: GPL-3.0-or-later
"""One edit, from the click to the changes of the bones' channels.

The motion is read at 20 frames a second, with context on both sides of the range, and once more in the scene's frames
of the range. Frame ``start`` of the range is a frame of both.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial

import numpy as np

from ..backend.editing.checks import check
from ..backend.editing.request import EditRequest, Mode, Segment, Target, limb
from ..backend.protocol import Edit, Request
from ..rigs.canonical import floor_height
from ..rigs.curves import Change
from ..rigs.driven import shown_pose
from ..rigs.errors import UserError
from ..rigs.feet import UP
from ..rigs.figure import Figure
from ..rigs.relative import Reach, Take, misses, relative
from ..rigs.sampling import LEG, joints_from_pose
from ..rigs.skeleton import FPS, INDEX, MAX_FRAMES
from .edit_order import EditOrder
from .jobs import READING, Job
from .messages import EDIT
from .solving import Solving
from .stage import Stage

LEAST_CONTEXT = 20  # frames at 20 fps on each side, also of a range that is longer than one window
PATH_STEP = 5  # frames at 20 fps from point to point of a path
PATH_AWAY = 0.5  # metres: as far from the character a path may begin or end where there is something it must fit
REACH_FADE = 0.3  # seconds in which a hand goes from its own way to its target
SHORT = 0.01  # metres by which a hand may miss its target without a word
_ENDS = (("wrist", "shoulder"), ("ankle", "hip"))
_KINDS: dict[str, Mode] = {"INBETWEEN": "inbetween", "EXTEND": "extend", "LOOP": "loop", "REFINE": "refine"}
_ROOTS = {
    "left_wrist": "left_shoulder",
    "right_wrist": "right_shoulder",
    "left_ankle": "left_hip",
    "right_ankle": "right_hip",
}


@dataclass
class EditJob(Job):
    """An edit on its way."""

    order: EditOrder
    state: str = field(default=READING, kw_only=True)
    phase: str = field(default="reading the pose", kw_only=True)
    takes: tuple[str, ...] = ()  # names of the actions to choose from, the first is how it was before
    shown: int = 0  # which of them is on the character
    context: tuple[int, int] = field(init=False)  # frames at 20 fps before ``start``, and from it on, less one
    _stage: Stage | None = field(init=False, default=None)
    _understood: Solving | None = field(init=False, default=None)  # what was read, being made into ``asked``
    _joints: np.ndarray = field(init=False, repr=False)  # (K, 22, 3)
    _floor: float = field(init=False, default=0.0)
    _matrices: np.ndarray = field(init=False, repr=False)  # (F, bones, 4, 4) in the scene's frames of the range
    _reach: tuple[Reach, ...] = field(init=False, default=())
    asked: EditRequest = field(init=False, repr=False)  # of the backend, once the pose is read

    def __post_init__(self) -> None:
        order = self.order
        step = order.fps / FPS  # scene frames
        inside = int(np.ceil((order.end - order.start) / step - 1e-6))
        room = max(MAX_FRAMES - inside - 1, 2 * LEAST_CONTEXT)
        before = int(np.floor(max(order.start - order.first, 0) / step + 1e-6))
        after = int(np.floor(max(order.last - order.start, 0) / step + 1e-6)) - inside
        before, after = max(before, 0), max(after, 0)
        half = room // 2
        used_before = min(before, max(half, room - after))
        used_after = min(after, room - used_before)
        self.context = (used_before, inside + used_after)

    @property
    def button(self) -> str:
        return EDIT

    @property
    def writer(self) -> str:
        return "apply_edit"

    @property
    def writes_in_tweak_mode(self) -> bool:
        return self.order.same_action

    @property
    def frames(self) -> np.ndarray:
        """The scene's frames (F,) of the range, both borders included."""
        return np.arange(self.order.start, self.order.end + 1)

    def _number(self, frame: float) -> float:
        """Place of a scene frame among those at 20 fps."""
        return (frame - self.order.start) * FPS / self.order.fps + self.context[0]

    def read(self, budget: float) -> bool:
        order = self.order
        grid = order.start + np.arange(-self.context[0], self.context[1] + 1) * (order.fps / FPS)
        if self._stage is None:
            places = np.unique(np.concatenate([grid, self.frames]).round(6))
            others = (order.reaching.target,) if order.reaching else ()
            self._stage = Stage(order.character, places, others)
            self.of = len(places)
        stage = self._stage
        if self._understood is None:
            if stage.work(budget):
                self._understood = Solving(partial(self._understand, stage, grid))
            self.step = stage.done
            return False
        if not self._understood.over:
            return False
        understood, self._understood, self._stage = self._understood, None, None
        self.asked = understood.result()
        return True

    def _understand(self, stage: Stage, grid: np.ndarray) -> EditRequest:
        """What was read, as the model knows it, and what to ask; runs beside Blender's main thread."""
        order = self.order
        order_of_bones = [stage.bones.index(bone.name) for bone in self.rig.bones]
        # What the object itself does counts as motion of the character.
        moved = np.linalg.inv(self.rig.matrix_world) @ stage.world
        matrices = shown_pose(stage.matrices[:, order_of_bones], self.rig, self.mapping, order.driven)
        matrices = moved[:, None] @ matrices
        on_grid = np.searchsorted(stage.frames, grid - 1e-5)
        on_scene = np.searchsorted(stage.frames, self.frames - 1e-5)
        self._joints = joints_from_pose(matrices[on_grid], self.rig, self.mapping)
        self._floor = floor_height(self._joints)
        self._joints[..., 1] -= self._floor
        self._matrices = matrices[on_scene]
        asked = self._ask({name: places[on_scene] for name, places in stage.others.items()})
        check(asked)
        return asked

    def _ask(self, goals: dict[str, np.ndarray]) -> EditRequest:
        order, joints = self.order, self._joints.astype(np.float32)
        first, last = self._span()
        before = after = 0
        if order.mode == "EXTEND":
            if order.closed_start:  # forwards: the border is frame ``start``
                joints, after = joints[:first], last - first
            else:
                joints, before = joints[last:], last
            first = last = 0
        return EditRequest(
            joints=joints,
            mode=_KINDS.get(order.mode, "regenerate"),
            start=first,
            end=last,
            before=before,
            after=after,
            parts=order.parts,
            prompt=order.prompt,
            segments=tuple(self._segment(segment.prompt, segment.start, segment.end) for segment in order.segments),
            keep_poses=self._kept(first, last),
            path=self._path(first, last) if order.path else None,
            targets=self._targets(goals),
            strength=order.strength,
            seed=order.seed,
            variations=order.variations,
        )

    def _span(self) -> tuple[int, int]:
        """The frames at 20 fps that may change, half-open. A border that must fit keeps its pose."""
        order = self.order
        first = self.context[0] + int(order.closed_start and order.mode != "LOOP")
        end = self._number(order.end)
        closed = order.closed_end and order.mode != "LOOP"
        return first, int(np.ceil(end - 1e-6)) + int(not closed)

    def _segment(self, prompt: str, start: int, end: int) -> Segment:
        first, last = self._span()
        places = np.clip(np.round([self._number(start), self._number(end)]).astype(int), first, last)
        return Segment(prompt, int(places[0]), int(places[1]))

    def _kept(self, first: int, last: int) -> tuple[int, ...]:
        """The poses to hit between the borders, which stay anyway."""
        if self.order.mode != "INBETWEEN":
            return ()
        found = {round(self._number(frame)) for frame in self.order.poses}
        return tuple(sorted(frame for frame in found if first <= frame < last))

    def _path(self, first: int, last: int) -> np.ndarray:
        """(K, 3) frame, x, z: the curve at even speed."""
        order = self.order
        figure = Figure(self.rig.rewired(self.mapping.moved_by), self.mapping)
        points = np.array(order.path)
        to_armature = np.linalg.inv(self.rig.matrix_world)
        local = figure.point(points @ to_armature[:3, :3].T + to_armature[:3, 3])
        local = (local - figure.hips * (1.0, 0.0, 1.0)) * (LEG / figure.leg)
        for closed, end, frame, word in (
            (order.closed_start, local[0], first, "begins"),
            (order.closed_end, local[-1], last - 1, "ends"),
        ):
            away = float(np.hypot(*(end - self._joints[frame, 0])[[0, 2]]))
            if closed and away > PATH_AWAY:
                raise UserError(
                    f"The path {word} {away:.1f} m away from where the character is.",
                    f"Draw it so that it {word} at the character, or let the range reach to the end of the action.",
                    "path_away",
                )
        frames = np.unique(np.append(np.arange(first, last, PATH_STEP), last - 1))
        share = (frames - first) / max(last - 1 - first, 1) * (len(local) - 1)
        return np.column_stack([frames, *(np.interp(share, np.arange(len(local)), local[:, k]) for k in (0, 2))])

    def _targets(self, goals: dict[str, np.ndarray]) -> tuple[Target, ...]:
        """Targets for the model's arm or leg, which is as far stretched as the rig's, and for the rig's own."""
        reaching = self.order.reaching
        if reaching is None:
            return ()
        figure = Figure(self.rig.rewired(self.mapping.moved_by), self.mapping)
        to_armature = np.linalg.inv(self.rig.matrix_world)
        places = (to_armature @ goals[reaching.target])[:, :3, 3]  # (F, 3) armature space
        away = np.maximum(reaching.start - self.frames, self.frames - reaching.end) / (REACH_FADE * self.order.fps)
        t = np.clip(1.0 - away, 0.0, 1.0)
        self._reach = (Reach(reaching.joint, places, t * t * (3.0 - 2.0 * t)),)
        root = _ROOTS[reaching.joint]
        bone, _ = figure.anchor(root)
        at = self._matrices[:, self.rig.index[bone], :3, 3]
        way = figure.point(places - at) * (_length(reaching.joint) / _rig_length(figure, reaching.joint))
        found = []
        for k in range(round(self._number(reaching.start)), round(self._number(reaching.end)) + 1):
            frame = self.order.start + (k - self.context[0]) * self.order.fps / FPS
            offset = way[min(round(frame) - self.order.start, len(way) - 1)]
            x, y, z = self._joints[k, INDEX[root]] + offset
            found.append(Target(reaching.joint, k, (float(x), float(y), float(z))))
        return tuple(found)

    def message(self, id: str) -> Request:
        return Edit(id, self.asked)

    def solve(self, take: np.ndarray) -> tuple[Change, ...]:
        order = self.order
        if take.shape != self._joints.shape:
            raise UserError(
                f"The backend sent {len(take)} frames instead of {len(self._joints)}.",
                "Stop and start the backend, then edit again.",
                "bad_joints",
            )
        take = np.asarray(take, dtype=np.float64) + UP * self._floor
        before = self._joints + UP * self._floor
        stays = [k for k in range(len(take)) if not self._changes(k)]
        # What stays came back in float32, which is not what was read.
        take[stays] = before[stays]
        count = len(self.frames)
        anchors = {int(frame) - order.start: int(frame) - order.start for frame in order.poses}
        if order.closed_start:
            anchors[0] = 0
        if order.closed_end:
            anchors[count - 1] = 0 if order.mode == "LOOP" else count - 1
        at = np.minimum(self._number(0.0) + self.frames * FPS / order.fps, len(take) - 1)
        old = Take(before, at, self._matrices, order.fps, anchors, order.parts, self._reach, order.driven)
        scale = float(np.cbrt(abs(np.linalg.det(self.rig.matrix_world[:3, :3]))))
        for role, away in misses(old, take, self.rig, self.mapping).items():
            if away * scale > SHORT:
                text = f"The {role.replace('_', ' ')} stays {away * scale * 100:.0f} cm short of its target."
                self.warnings = (*self.warnings, text)
        return relative(old, take, self.rig, self.mapping)

    def _changes(self, k: int) -> bool:
        first, last = self._span()
        return first <= k < last

    def report(self) -> str:
        first, last, name, more = self.order.start, self.order.end, self.order.character, len(self.takes) - 2
        if more < 1:
            return f"Frames {first} to {last} of “{name}” are edited."
        if more == 1:
            return f"Frames {first} to {last} of “{name}” are edited; 1 more variation is kept."
        return f"Frames {first} to {last} of “{name}” are edited; {more} more variations are kept."

    def end(self, state: str) -> None:
        super().end(state)
        if self._stage is not None:
            self._stage.drop()
        self._stage = self._understood = None
        self._joints = self._matrices = np.empty(0)


def _length(joint: str) -> float:
    return limb(INDEX[joint])[1]


def _rig_length(figure: Figure, joint: str) -> float:
    """Length of a limb of the rig from its root to its end, armature units."""
    side, _, end = joint.partition("_")
    parts = ("shoulder", "elbow", "wrist") if end == "wrist" else ("hip", "knee", "ankle")
    a, b, c = (figure.place(f"{side}_{part}") for part in parts)
    return float(np.linalg.norm(b - a) + np.linalg.norm(c - b))
