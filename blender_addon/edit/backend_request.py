# SPDX-License-Identifier: GPL-3.0-or-later
"""Builds the edit request for the backend: the order in the frames and metres of the model."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ...backend.requests.edit import EditRequest, Mode, PromptSegment, Target, limb
from ...backend.requests.edit_checks import check
from ...rigs.body.rest_rig import RestRig
from ...rigs.body.skeleton import INDEX, LIMB_PARTS
from ...rigs.body.smoothing import smoothstep
from ...rigs.detect.mapping import Mapping
from ...rigs.detect.rest_figure import Figure
from ...rigs.edits.relative import Reach
from ...rigs.errors import UserError
from ...rigs.solve.rig_to_joints import LEG
from .modes.reach import BODY, FADE, ReachTarget
from .modes.waypoints import path_through
from .order import EditOrder
from .sampled_motion import FrameGrid, SampledMotion

PATH_STEP = 5  # frames at 20 fps from point to point of a path
PATH_AWAY = 0.5  # metres: how far from the character a path may begin or end where the motion goes on beyond it
_KINDS: dict[str, Mode] = {"INBETWEEN": "inbetween", "EXTEND": "extend", "LOOP": "loop", "REFINE": "refine"}
_ROOTS = {
    "left_wrist": "left_shoulder",
    "right_wrist": "right_shoulder",
    "left_ankle": "left_hip",
    "right_ankle": "right_hip",
}


def span(order: EditOrder, grid: FrameGrid) -> tuple[int, int]:
    """The frames at 20 fps that may change, half-open. A border that must fit keeps its pose."""
    first = grid.before + int(order.closed_start and order.mode != "LOOP")
    closed = order.closed_end and order.mode != "LOOP"
    return first, int(np.ceil(grid.number(order.end) - 1e-6)) + int(not closed)


@dataclass(frozen=True, eq=False)
class RequestBuilder:
    """Builds the request of an order about a sampled motion.

    ``goals`` are the matrices (F, 4, 4) of its targets, by name.
    """

    order: EditOrder
    rig: RestRig
    mapping: Mapping
    grid: FrameGrid
    sampled: SampledMotion
    goals: dict[str, np.ndarray]

    @cached_property
    def span(self) -> tuple[int, int]:
        """The frames at 20 fps that may change, half-open."""
        return span(self.order, self.grid)

    @cached_property
    def same_poses(self) -> bool:
        """Whether the in-between is asked for between two equal poses."""
        alike = np.allclose(self.sampled.matrices[0], self.sampled.matrices[-1], atol=1e-4)
        return self.order.mode == "INBETWEEN" and not self._keep_poses() and bool(alike)

    @cached_property
    def reaches(self) -> tuple[Reach, ...]:
        """Targets of the rig's hands and feet, with weights per frame."""
        frames, found = self.grid.scene_frames, []
        for reaching in self.order.reaches:
            if reaching.joint != BODY:
                away = np.maximum(reaching.start - frames, frames - reaching.end) / (FADE * self.order.fps)
                found.append(Reach(reaching.joint, self._places(reaching), smoothstep(1.0 - away)))
        return tuple(found)

    def request(self) -> EditRequest:
        """The request; UserError if it is impossible."""
        order, joints = self.order, self.sampled.joints.astype(np.float32)
        first, last = self.span
        before = after = 0
        if order.mode == "EXTEND":
            if order.closed_start:  # forwards: the border is frame ``start``
                joints, after = joints[:first], last - first
            else:
                joints, before = joints[last:], last
            first = last = 0
        keep_poses = self._keep_poses()
        request = EditRequest(
            joints=joints,
            mode="regenerate" if order.mode == "INBETWEEN" and not keep_poses else _KINDS.get(order.mode, "regenerate"),
            start=first,
            end=last,
            before=before,
            after=after,
            parts=order.parts,
            prompt=order.request.prompt,
            segments=tuple(self._segment(segment.prompt, segment.start, segment.end) for segment in order.segments),
            keep_poses=keep_poses,
            path=self._path() if order.path else self._waypoints(),
            targets=tuple(target for reaching in order.reaches for target in self._targets(reaching)),
            strength=order.strength,
            seed=order.request.seed,
            variations=order.request.variations,
            steps=order.request.steps,
            models=order.request.models,
        )
        check(request)
        return request

    @cached_property
    def _figure(self) -> Figure:
        return Figure(self.rig.rewired(self.mapping.wiring), self.mapping)

    def _places(self, reaching: ReachTarget) -> np.ndarray:
        """Positions (F, 3) of a target in armature space."""
        return np.asarray((np.linalg.inv(self.rig.matrix_world) @ self.goals[reaching.target])[:, :3, 3])

    def _on_ground(self, places: np.ndarray) -> np.ndarray:
        """The model's pelvis positions (N, 3) for points (N, 3) of armature space."""
        figure = self._figure
        return np.asarray((figure.point(places) - figure.hips * (1.0, 0.0, 1.0)) * (LEG / figure.leg))

    def _segment(self, prompt: str, start: int, end: int) -> PromptSegment:
        first, last = self.span
        places = np.clip(np.round([self.grid.number(start), self.grid.number(end)]).astype(int), first, last)
        return PromptSegment(prompt, int(places[0]), int(places[1]))

    def _keep_poses(self) -> tuple[int, ...]:
        """Poses to keep between the borders, which stay anyway."""
        order, (first, last) = self.order, self.span
        if order.mode != "INBETWEEN":
            return ()
        found = {round(self.grid.number(frame)) for frame in order.poses if order.start < frame < order.end}
        return tuple(sorted(frame for frame in found if first <= frame < last))

    def _path(self) -> np.ndarray:
        """(K, 3) frame, x, z: the curve at even speed."""
        order, (first, last) = self.order, self.span
        points, to_armature = np.array(order.path), np.linalg.inv(self.rig.matrix_world)
        local = self._on_ground(points @ to_armature[:3, :3].T + to_armature[:3, 3])
        for closed, end, frame, word in (
            (order.closed_start, local[0], first, "begins"),
            (order.closed_end, local[-1], last - 1, "ends"),
        ):
            away = float(np.hypot(*(end - self.sampled.joints[frame, 0])[[0, 2]]))
            if closed and away > PATH_AWAY:
                raise UserError(
                    f"The path {word} {away:.1f} m away from where the character is.",
                    f"Draw it so that it {word} at the character, or let the range reach to the end of the action.",
                    "path_away",
                )
        frames = np.unique(np.append(np.arange(first, last, PATH_STEP), last - 1))
        share = (frames - first) / max(last - 1 - first, 1) * (len(local) - 1)
        return np.column_stack([frames, *(np.interp(share, np.arange(len(local)), local[:, k]) for k in (0, 2))])

    def _waypoints(self) -> np.ndarray | None:
        """(K, 3) frame, x, z: the body over its waypoints, between its places at the borders; None without any."""
        order, (first, last) = self.order, self.span
        body = [reaching for reaching in order.reaches if reaching.joint == BODY]
        if not body:
            return None
        joints, found = self.sampled.joints, dict[float, np.ndarray]()
        if order.closed_start:
            found[float(first - 1)] = joints[first - 1, 0]
        if order.closed_end:
            found[float(last)] = joints[min(last, len(joints) - 1), 0]
        for reaching in body:
            places = self._on_ground(self._places(reaching))
            found |= {self.grid.number(frame): places[frame - order.start] for frame in (reaching.start, reaching.end)}
        known = np.array(sorted(found))
        at = np.arange(max(first, int(np.ceil(known[0]))), min(last, int(known[-1]) + 1))
        return np.column_stack([at, path_through(known, np.stack([found[frame][[0, 2]] for frame in known]), at)])

    def _targets(self, reaching: ReachTarget) -> Iterator[Target]:
        """A target for each of the model's frames in which the place is held, scaled so that the model's limb is
        stretched as far as the rig's."""
        if reaching.joint == BODY:
            return
        places, root = self._places(reaching), _ROOTS[reaching.joint]
        bone, _ = self._figure.anchor(root)
        root_positions = self.sampled.matrices[:, self.rig.index[bone], :3, 3]
        longer = limb(INDEX[reaching.joint])[1] / _rig_length(self._figure, reaching.joint)
        offsets = self._figure.point(places - root_positions) * longer
        for k in range(round(self.grid.number(reaching.start)), round(self.grid.number(reaching.end)) + 1):
            offset = offsets[min(round(self.grid.frame(k)) - self.order.start, len(offsets) - 1)]
            x, y, z = self.sampled.joints[k, INDEX[root]] + offset
            yield Target(reaching.joint, k, (float(x), float(y), float(z)))


def _rig_length(figure: Figure, joint: str) -> float:
    """Length of a limb of the rig from its root to its end, armature units."""
    side, _, end = joint.partition("_")
    a, b, c = (figure.place(f"{side}_{part}") for part in LIMB_PARTS[end])
    return float(np.linalg.norm(b - a) + np.linalg.norm(c - b))
