# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads a take off its armature, a few frames at a time, as the model's joints."""

from __future__ import annotations

from functools import partial
from typing import Any

import bpy
import numpy as np

from ...backend.requests.limits import LONGEST_HOURS
from ...rigs.errors import UserError
from ...rigs.solve.rig_to_joints import joints_from_pose
from ..character import armature
from ..character.bone_mapping import mapping_of
from ..session.solver_thread import SolverThread
from .hidden_scene import PoseSampler
from .takes import SHORTEST, Take

_CHUNK = 400  # frames at 20 per second: the poses of a big rig fill 36 MB, and solving them takes a few milliseconds


class TakeReader:
    """Joints (F, 22, 3) of one take at 20 frames per second, metres, Y up, once ``work`` has been true."""

    def __init__(self, take: Take) -> None:
        """UserError ``too_short``, ``rest_position``, ``object_gone`` or what the rig lacks to be understood."""
        self.take = take
        rig_object: Any = bpy.data.objects.get(take.character)
        if rig_object is None:
            raise UserError(f"“{take.character}” is gone.", "Undo that, or try again.", "object_gone")
        if take.seconds < SHORTEST - 1e-6:
            raise UserError(
                f"“{take.name}” has {take.seconds:.1f} s of motion, too short to be named.",
                f"Give at least {SHORTEST:g} s.",
                "too_short",
            )
        if take.seconds > 3600.0 * LONGEST_HOURS:  # at a slow rate of the scene, a few keys last for days
            raise UserError(
                f"“{take.name}” lasts {take.seconds / 3600.0:.1f} hours.",
                f"Cut it into takes of at most {LONGEST_HOURS:g} hours, or look at the scene's frame rate.",
                "too_long",
            )
        if rig_object.data.pose_position == "REST":
            raise UserError(
                f"The armature of “{rig_object.name}” shows its rest pose, so its motion cannot be read.",
                "Choose Pose Position (Armature properties, Pose), then try again.",
                "rest_position",
            )
        mapping = mapping_of(rig_object)
        if isinstance(mapping, UserError):
            raise mapping
        self._rig, self._mapping = armature.rest_rig(rig_object), mapping
        self._places = take.places()
        self._parts: list[np.ndarray] = []
        self._sampler: PoseSampler | None = None
        self._solving: SolverThread | None = None
        self._done = 0

    @property
    def of(self) -> int:
        """How many frames are read."""
        return len(self._places)

    @property
    def done(self) -> int:
        """How many of them are."""
        return self._done + (self._sampler.done if self._sampler else 0)

    @property
    def joints(self) -> np.ndarray:
        """(F, 22, 3) float32."""
        return np.concatenate(self._parts).astype(np.float32)

    def work(self, budget: float) -> bool:
        """Read for ``budget`` seconds; True when all is read. Poses are solved in a thread."""
        if self._solving is None:
            self._read(budget)
            return False
        if not self._solving.over:
            return False
        done, self._solving = self._solving, None
        self._parts.append(done.result())
        return self._done == len(self._places)

    def _read(self, budget: float) -> None:
        if self._sampler is None:
            frames = self._places[self._done : self._done + _CHUNK]
            self._sampler = PoseSampler(self.take.character, frames, played=self.take.played)
        if self._sampler.work(budget):
            sampler, self._sampler = self._sampler, None
            self._done += len(sampler.frames)
            self._solving = SolverThread(partial(self._solve, sampler))

    def _solve(self, sampler: PoseSampler) -> np.ndarray:
        order = [sampler.bones.index(bone.name) for bone in self._rig.bones]
        # What the object itself does counts as motion of the character.
        moved = np.linalg.inv(self._rig.matrix_world) @ sampler.world
        part = joints_from_pose(moved[:, None] @ sampler.matrices[:, order], self._rig, self._mapping)
        if not np.isfinite(part).all():
            raise UserError(
                f"“{self.take.name}” has poses that are not numbers.", "Look for scales of zero in it.", "bad_motion"
            )
        return part

    def drop(self) -> None:
        """Stop reading."""
        if self._sampler is not None:
            self._sampler.drop()
        self._sampler = self._solving = None
