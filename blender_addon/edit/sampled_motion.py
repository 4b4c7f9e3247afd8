# SPDX-License-Identifier: GPL-3.0-or-later
"""The part of a motion that the model sees for an edit: its frames and the poses there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...rigs.body.canonical import floor_height
from ...rigs.body.rest_rig import RestRig
from ...rigs.body.skeleton import FPS, MAX_FRAMES
from ...rigs.detect.mapping import Mapping
from ...rigs.edits.ik_changes import visual_pose
from ...rigs.solve.rig_to_joints import joints_from_pose
from ..takes.hidden_scene import PoseSampler
from .order import EditOrder

LEAST_CONTEXT = 20  # frames at 20 fps on each side, also of a range that is longer than one window


@dataclass(frozen=True)
class FrameGrid:
    """The frames at 20 a second that the model sees, around the range from ``start`` to ``end`` of the scene."""

    start: int
    end: int
    fps: float  # of the scene
    before: int  # frames at 20 fps before ``start``
    behind: int  # and from it on, less one

    @classmethod
    def of(cls, order: EditOrder) -> FrameGrid:
        """As much context on both sides as exists and fits into one window of the model."""
        step = order.fps / FPS  # scene frames
        inside = int(np.ceil((order.end - order.start) / step - 1e-6))
        room = max(MAX_FRAMES - inside - 1, 2 * LEAST_CONTEXT)
        before = int(np.floor(max(order.start - order.first, 0) / step + 1e-6))
        after = int(np.floor(max(order.last - order.start, 0) / step + 1e-6)) - inside
        before, after = max(before, 0), max(after, 0)
        half = room // 2
        used_before = min(before, max(half, room - after))
        used_after = min(after, room - used_before)
        return cls(order.start, order.end, order.fps, used_before, inside + used_after)

    @property
    def frames(self) -> np.ndarray:
        """Those frames (K,), in the scene's."""
        return self.start + np.arange(-self.before, self.behind + 1) * (self.fps / FPS)

    @property
    def scene_frames(self) -> np.ndarray:
        """The scene's own frames (F,) of the range, both borders included."""
        return np.arange(self.start, self.end + 1)

    def number(self, frame: float) -> float:
        """Place of a scene frame among those at 20 fps."""
        return (frame - self.start) * FPS / self.fps + self.before

    def frame(self, number: float) -> float:
        """The inverse of ``number``."""
        return self.start + (number - self.before) * self.fps / FPS


@dataclass(frozen=True, eq=False)
class SampledMotion:
    """A character's motion as sampled for an edit. ``source`` identifies it, so that later edits can reuse it."""

    source: tuple[object, ...]
    joints: np.ndarray  # (K, 22, 3) on the floor
    floor: float  # metres from the joints' floor to the world's
    matrices: np.ndarray  # (F, bones, 4, 4) in the scene's frames of the range
    moved: np.ndarray  # (F, 4, 4) what the object itself does there

    @staticmethod
    def source_of(order: EditOrder, rig: RestRig) -> tuple[object, ...]:
        """What identifies the sampled motion; other settings of an edit make no difference to it."""
        frames = (order.start, order.end, order.first, order.last, order.fps)
        whose = (order.character_id, order.source, order.fingerprint, order.driven)
        return (*frames, *whose, rig.matrix_world.tobytes())

    @classmethod
    def from_sampler(
        cls, sampler: PoseSampler, grid: FrameGrid, order: EditOrder, rig: RestRig, mapping: Mapping
    ) -> SampledMotion:
        """What a sampler has read, as the model sees it. Does not touch bpy."""
        order_of_bones = [sampler.bones.index(bone.name) for bone in rig.bones]
        # What the object itself does counts as motion of the character.
        moved = np.linalg.inv(rig.matrix_world) @ sampler.world
        matrices = visual_pose(sampler.matrices[:, order_of_bones], rig, mapping, order.driven)
        matrices = moved[:, None] @ matrices
        on_grid = np.searchsorted(sampler.frames, grid.frames - 1e-5)
        on_scene = np.searchsorted(sampler.frames, grid.scene_frames - 1e-5)
        joints = joints_from_pose(matrices[on_grid], rig, mapping)
        floor = floor_height(joints)
        joints[..., 1] -= floor
        return cls(cls.source_of(order, rig), joints, floor, matrices[on_scene], moved[on_scene])
