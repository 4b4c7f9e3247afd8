# SPDX-License-Identifier: GPL-3.0-or-later
"""A BVH file that is edited on its own skeleton: its joints, and the edited motion back in its own channels.

The edit is carried over as a difference (`coamd.rigs.relative`), so fingers, twist and style stay. Numbers of frames
outside the range and of joints that do not change are copied digit by digit.
"""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

import numpy as np

from ..rigs.bvh import Bvh, parse_bvh
from ..rigs.bvh_rig import pose_matrices, standing_rig
from ..rigs.canonical import floor_height
from ..rigs.curves import Change
from ..rigs.errors import UserError
from ..rigs.relative import PARTS, Take, relative
from ..rigs.rotations import matrix_from_euler, matrix_from_quaternion, quaternion_from_matrix, quaternion_to_euler
from ..rigs.sampling import joints_from_pose
from ..rigs.skeleton import FPS, INDEX
from ..rigs.sources import SourceMotion
from .editing.request import EditRequest
from .motion_file import replacing
from .own_motion import OwnMotion, sampled_at

UP = np.array([0.0, 1.0, 0.0])
HIPS = [INDEX["left_hip"], INDEX["right_hip"]]


class OwnBvh(OwnMotion):
    """A file with the skeleton of any rig that is detected; its 22 joints have the model's proportions.

    Raises UserError: as ``parse_bvh`` and ``detect``.
    """

    def __init__(self, path: Path) -> None:
        self.lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
        self.bvh: Bvh = parse_bvh(self.lines, path.name)
        self.rig, self.mapping = standing_rig(self.bvh)
        self.matrices = pose_matrices(self.bvh, self.rig)
        joints = joints_from_pose(self.matrices, self.rig, self.mapping)
        self._ground = floor_height(joints)  # the floor that the rest pose tells is often not the one that is walked on
        super().__init__(SourceMotion(joints - self._ground * UP, self.bvh.fps))

    def place(self, position: np.ndarray) -> np.ndarray:
        """A place (3,) of the file, in its own axes and unit, in the world of ``joints``."""
        found: np.ndarray = self._hips_at(np.asarray(position)[None])[0] - self._ground * UP + self._lift
        return found

    def _hips_at(self, places: np.ndarray) -> np.ndarray:
        """Where the middle of the hips (N, 3) is, of a figure at rest whose hips are moved to places (N, 3)."""
        hips = np.mean([self.rig.bone(self.mapping.bones[f"{s}_hip"]).head for s in ("left", "right")], axis=0)
        matrices = np.repeat(self.rig.matrices[None], len(places), axis=0)
        matrices[:, :, :3, 3] += (places - hips)[:, None]
        middle: np.ndarray = joints_from_pose(matrices, self.rig, self.mapping)[:, HIPS].mean(axis=1)
        return middle

    def write(self, path: Path, request: EditRequest, edited: np.ndarray) -> None:
        """Write the file with an edit (F', 22, 3) of ``joints``. UserError where the disk or the skeleton refuses."""
        step, added = FPS / self.bvh.fps, _added(request)
        before, after = (round(frames / step) for frames in added)
        rows = np.clip(np.arange(-before, len(self.bvh.frames) + after), 0, len(self.bvh.frames) - 1)
        at = np.arange(-before, len(self.bvh.frames) + after) * step  # in frames of ``joints``
        tokens = [list(self._tokens[row]) for row in rows]
        values = self.bvh.frames[rows].copy()
        # One frame more than there is, as the file's last frame may lie between two of the model's.
        grid = np.arange(len(edited) + 1.0)
        was, now = sampled_at(self.joints, grid - added[0]), sampled_at(edited, grid)
        for first, last in _runs(np.array([request.within(frame + 1e-6) for frame in at])):
            frames = np.arange(max(first - 1, 0), min(last + 1, len(at)))
            anchors = {k: k for k, f in enumerate(frames) if not first <= f < last}
            anchors |= {k: k for k, f in enumerate(frames) if any(abs(at[f] - p) < 1e-6 for p in request.keep_poses)}
            take = Take(
                was,
                at[frames] + added[0],
                self.matrices[rows[frames]],
                self.bvh.fps,
                anchors,
                request.parts or PARTS,
            )
            inside = slice(first - frames[0], last - frames[0])
            for change in relative(take, now, self.rig, self.mapping):
                for column in self._change(values, change, frames, inside):
                    for f in range(first, last):
                        tokens[f][column] = f"{values[f, column]:.6f}"
        with replacing(path) as part:
            part.write_text("\n".join([*self._head(len(tokens)), *map(" ".join, tokens)]) + "\n", encoding="utf-8")

    def _change(self, values: np.ndarray, change: Change, frames: np.ndarray, inside: slice) -> list[int]:
        """Put a bone's change into the channel values (F, C) of ``frames[inside]``; the columns that change."""
        joint = self.bvh.names.index(change.bone)
        start = sum(len(channels) for channels in self.bvh.channels[:joint])
        listed = {channel: start + i for i, channel in enumerate(self.bvh.channels[joint])}
        rest = self.rig.bone(change.bone).matrix[:3, :3]
        rows, columns = frames[inside], []
        turning = [(name[0], column) for name, column in listed.items() if name.endswith("rotation")]
        moving = [listed.get(f"{axis}position") for axis in "XYZ"]
        if len(turning) != 3 or (change.shift is not None and None in moving):
            raise UserError(
                f"The joint {change.bone} cannot be moved in all directions by the channels of the file.",
                "Write an .npz, or a .bvh with another name of an .npz.",
                "few_channels",
            )
        # Channels apply in their order from the outside in, so the last one turns first.
        order = "".join(axis for axis, _ in reversed(turning))
        place = dict(turning)
        pick = [place[axis] for axis in "XYZ"]
        local = matrix_from_euler(np.radians(values[rows][:, pick]), order)
        turned = local @ rest @ matrix_from_quaternion(change.turn[inside]) @ rest.T
        last = np.radians(values[rows[0], pick])
        values[rows[:, None], pick] = np.degrees(quaternion_to_euler(quaternion_from_matrix(turned), order, last))
        columns += pick
        if change.shift is not None:
            axes = [column for column in moving if column is not None]
            values[rows[:, None], axes] += change.shift[inside] @ rest.T
            columns += axes
        return columns

    @cached_property
    def _motion_line(self) -> int:
        return next(i for i, line in enumerate(self.lines) if line.strip().upper() == "MOTION")

    @cached_property
    def _tokens(self) -> np.ndarray:
        """The numbers of the file as they are written, (F, C)."""
        shape = self.bvh.frames.shape
        words = " ".join(self.lines[self._motion_line + 3 :]).split()
        return np.array(words[: shape[0] * shape[1]], dtype=object).reshape(shape)

    def _head(self, frames: int) -> list[str]:
        """All lines before the numbers."""
        at = self._motion_line
        return [*self.lines[: at + 1], f"Frames: {frames}", self.lines[at + 2]]


def _added(request: EditRequest) -> tuple[int, int]:
    """Frames that an edit adds before the first and after the last one."""
    return (request.before, request.after) if request.mode == "extend" else (0, 0)


def _runs(flags: np.ndarray) -> list[tuple[int, int]]:
    """First frames and ends of the runs that are set."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]]).astype(int)))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]
