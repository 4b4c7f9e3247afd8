# SPDX-License-Identifier: GPL-3.0-or-later
"""A stick figure in the viewport while a motion is being made: its motion so far, looped in real time.

It stands where the keys will be. Each preview's points are computed once, each frame's lines become a batch once, and a
redraw is asked for only when the next of its frames is due.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any

import bpy
import numpy as np

from ...rigs.body.rest_rig import RestRig
from ...rigs.body.skeleton import FPS, PARENTS
from ...rigs.detect.detection import Mapping
from ...rigs.detect.rest_figure import Figure
from ...rigs.solve.retarget import leg_scale
from ..session.tasks import Job, Task

STICK = (0.25, 0.85, 1.0, 0.95)  # neither the orange of what is selected nor the blue of posed bones
OTHER = (0.25, 0.85, 1.0, 0.30)  # further variations
PATH = (0.25, 0.85, 1.0, 0.50)  # path of the hips on the ground
STICK_PIXELS, PATH_PIXELS = 3.0, 1.5
_SHADER = "POLYLINE_UNIFORM_COLOR"


def on_rig(joints: np.ndarray, rig: RestRig, mapping: Mapping, in_place: bool = False) -> np.ndarray:
    """Joints (V, F, 22, 3), metres, Y up, as points of the armature's space in its units.

    The floor, the start and the heading are those of the rig at rest and the size is that of its legs, as `retarget`
    has them; the proportions stay the model's.
    """
    figure = Figure(rig.rewired(mapping.wiring), mapping)
    points = joints.astype(np.float64) * leg_scale(joints[0].astype(np.float64), figure)
    if in_place:
        points = points - points[:, :, :1] * (1.0, 0.0, 1.0)
    points = points + figure.hips * (1.0, 0.0, 1.0) + np.array([0.0, figure.floor, 0.0])
    return points @ figure.basis.T


def sticks(points: np.ndarray) -> np.ndarray:
    """Line ends (V, F, 42, 3) of points (V, F, 22, 3): joint to parent, joint to parent..."""
    children = np.arange(1, len(PARENTS))
    pairs = np.stack([children, np.array(PARENTS)[1:]], axis=1).ravel()
    return points[:, :, pairs].astype(np.float32)


class Ghost:
    """One preview of one job, ready to be drawn."""

    def __init__(self, job: Job, preview: np.ndarray) -> None:
        self.job, self.source = job.number, preview
        self.character = job.order.character
        in_place = job.order.settings.root == "in_place"
        points = on_rig(preview, job.rig, job.mapping, in_place)
        self.lines = sticks(points)  # (V, F, 42, 3) armature space
        floor = points[0].reshape(-1, 3) @ _up(job.rig)
        hips = points[0, :, 0]
        up = _up(job.rig)
        self.path = (hips - np.outer(hips @ up - floor.min(), up)).astype(np.float32)  # (F, 3) on the ground
        self._batches: dict[object, Any] = {}

    @property
    def frames(self) -> int:
        """How many it has, at 20 a second."""
        return int(self.lines.shape[1])

    def frame_at(self, seconds: float) -> int:
        """The frame to show after so many seconds."""
        return int(seconds * FPS) % self.frames

    def draw(self, frame: int) -> None:
        """Draw into the 3D view that is being drawn."""
        import gpu

        rig_object = bpy.context.scene.objects.get(self.character)
        if rig_object is None:
            return
        region = bpy.context.region
        shader = gpu.shader.from_builtin(_SHADER)
        shader.bind()
        shader.uniform_float("viewportSize", (region.width, region.height))
        scale = bpy.context.preferences.system.pixel_size
        gpu.state.blend_set("ALPHA")
        gpu.state.depth_test_set("NONE")
        with gpu.matrix.push_pop():
            gpu.matrix.multiply_matrix(rig_object.matrix_world)
            self._strokes(shader, PATH, PATH_PIXELS * scale, self._batch(shader, "path", self.path, "LINE_STRIP"))
            others = self.lines[1:, frame].reshape(-1, 3)
            if len(others):
                batch = self._batch(shader, ("others", frame), others, "LINES")
                self._strokes(shader, OTHER, STICK_PIXELS * scale, batch)
            batch = self._batch(shader, frame, self.lines[0, frame], "LINES")
            self._strokes(shader, STICK, STICK_PIXELS * scale, batch)
        gpu.state.depth_test_set("LESS_EQUAL")
        gpu.state.blend_set("NONE")

    def _batch(self, shader: Any, key: object, points: np.ndarray, kind: str) -> Any:
        if key not in self._batches:
            from gpu_extras.batch import batch_for_shader

            self._batches[key] = batch_for_shader(shader, kind, {"pos": points})
        return self._batches[key]

    @staticmethod
    def _strokes(shader: Any, colour: tuple[float, ...], width: float, batch: Any) -> None:
        shader.uniform_float("color", colour)
        shader.uniform_float("lineWidth", width)
        batch.draw(shader)


def _up(rig: RestRig) -> np.ndarray:
    """The world's up (3,) as a direction of armature space."""
    up = np.linalg.inv(rig.matrix_world[:3, :3]) @ np.array([0.0, 0.0, 1.0])
    return np.asarray(up / np.linalg.norm(up))


class Preview:
    """The ghost of the job on its way, and the draw handler that exists only as long as there is one."""

    def __init__(self) -> None:
        self.ghost: Ghost | None = None
        self._handler: Any = None
        self._began = 0.0
        self._frame = -1

    @property
    def drawing(self) -> bool:
        """Whether a draw handler is in the viewport."""
        return self._handler is not None

    def look(self, jobs: Iterable[Task], wanted: bool = True) -> bool:
        """Take in what the jobs have to show; True when the viewports need a redraw. Called at every tick."""
        visible = (job for job in jobs if isinstance(job, Job) and (job.draft or not job.over))
        moving = (job for job in visible if job.preview is not None)
        job = next(moving, None) if wanted else None
        if job is None or job.preview is None:
            return self.clear()
        ghost = self.ghost
        if ghost is None or ghost.job != job.number:
            self._began = time.monotonic()
        if ghost is None or ghost.source is not job.preview:
            self.ghost = ghost = Ghost(job, job.preview)
            self._frame = -1
        if self._handler is None and not bpy.app.background:
            self._handler = bpy.types.SpaceView3D.draw_handler_add(self._draw, (), "WINDOW", "POST_VIEW")
        frame = ghost.frame_at(time.monotonic() - self._began)
        changed, self._frame = frame != self._frame, frame
        return changed

    def clear(self) -> bool:
        """Nothing is drawn any more; True when something was."""
        had, self.ghost = self.ghost is not None, None
        if self._handler is not None:
            bpy.types.SpaceView3D.draw_handler_remove(self._handler, "WINDOW")
            self._handler = None
        return had

    def _draw(self) -> None:
        if self.ghost is not None:
            self.ghost.draw(max(self._frame, 0) % self.ghost.frames)


preview = Preview()
