# SPDX-License-Identifier: GPL-3.0-or-later
"""A BVH file that is edited on its own skeleton: its joints, and the edited motion back in its own channels.

The edit is carried over as a difference (`coamd.rigs.edits.relative`), so fingers, twist and style stay. Numbers of
frames outside the range and of joints that do not change are copied digit by digit.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from ...rigs.body.body_parts import PARTS
from ...rigs.body.bone_curves import Change
from ...rigs.body.canonical import floor_height
from ...rigs.body.rotations import (
    matrix_from_euler,
    matrix_from_quaternion,
    quaternion_from_matrix,
    quaternion_to_euler,
)
from ...rigs.body.skeleton import FPS, INDEX, UP
from ...rigs.edits.relative import OriginalTake, relative
from ...rigs.errors import UserError
from ...rigs.files.bvh import Bvh, read_bvh_text
from ...rigs.files.bvh_rig import pose_matrices, standing_rig, turn_of_motion
from ...rigs.files.motion_sources import SourceMotion
from ...rigs.solve.rig_to_joints import joints_from_pose
from ..requests.edit import EditRequest
from ..system.atomic_write import replacing
from .motion_file import check_length
from .source_motion import OwnMotion, looped_times, sampled_at

HIPS = [INDEX["left_hip"], INDEX["right_hip"]]


class OwnBvh(OwnMotion):
    """A file with the skeleton of any rig that is detected; its 22 joints have the model's proportions.

    Raises UserError: as ``read_bvh`` and ``detect``.
    """

    def __init__(self, path: Path) -> None:
        self.written = read_bvh_text(path)
        self.bvh: Bvh = self.written.bvh
        check_length(path.name, len(self.bvh.frames), self.bvh.fps)
        self.rig, self.mapping = standing_rig(self.bvh)
        self.matrices = pose_matrices(self.bvh, self.rig)
        self._turn, remark = turn_of_motion(self.matrices, self.rig, self.mapping)  # from the file's axes
        self.matrices[..., :3, :] = self._turn @ self.matrices[..., :3, :]
        joints = joints_from_pose(self.matrices, self.rig, self.mapping)
        self._ground = floor_height(joints)  # the floor that the rest pose tells is often not the one that is walked on
        super().__init__(SourceMotion(joints - self._ground * UP, self.bvh.fps, self.bvh.remark or remark))

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
        numbers = np.arange(-before, len(self.bvh.frames) + after)
        rows = np.clip(numbers, 0, len(self.bvh.frames) - 1)
        at = np.clip(numbers * step, -added[0], len(self.joints) - 1 + added[1])  # in frames of ``joints``
        words = [[word.decode("ascii") for word in self.written.words[row]] for row in rows]
        values = self.bvh.frames[rows].copy()
        # What is added may begin and end between two of the model's frames.
        meant = (rows != numbers) | np.array([request.within(frame + 1e-6) for frame in at])
        for first, last in _runs(meant):
            for change, frames, inside in self._changes(request, edited, rows, at, first, last):
                for column in self._change(values, change, frames, inside):
                    for f in range(first, last):
                        words[f][column] = f"{values[f, column]:.6f}"
        head = [f"{self.written.hierarchy}MOTION", f"Frames: {len(words)}", f"Frame Time: {self.written.seconds}"]
        text = "\n".join([*head, *map(" ".join, words)]) + "\n"
        with replacing(path) as part:
            part.write_bytes(text.encode(self.written.encoding, "replace"))

    def _changes(
        self, request: EditRequest, edited: np.ndarray, rows: np.ndarray, at: np.ndarray, first: int, last: int
    ) -> Iterator[tuple[Change, np.ndarray, slice]]:
        """The changes in the frames from ``first`` to before ``last``, with the frames (F,) that they are for, and
        which of these are meant.

        Frames beside the range are looked at too, as they tie the range to what goes on there. Behind a loop nothing
        goes on: its last frame is its first one.
        """
        loops, added = request.mode == "loop", _added(request)
        frames = np.arange(max(first - 1, 0), last if loops else min(last + 1, len(at)))
        inside = slice(first - frames[0], last - frames[0])
        anchors = {k: k for k, f in enumerate(frames) if not first <= f < last}
        anchors |= {k: k for k, f in enumerate(frames) if any(abs(at[f] - p) < 1e-6 for p in request.keep_poses)}
        # One frame more than there is, as the file's last frame may lie between two of the model's.
        grid = np.arange(len(edited) + 1.0)
        meant = grid
        if loops:
            anchors |= {inside.start: inside.start, inside.stop - 1: inside.start}
            meant = looped_times(request, grid, at[last - 1])
        was, now = sampled_at(self.joints, grid - added[0]), sampled_at(edited, meant)
        if any(added):  # the file's last frame, which is held there, may lie behind the last of ``joints``
            last_at = (len(self.bvh.frames) - 1) * FPS / self.bvh.fps
            was = sampled_at(edited, np.clip(grid, added[0], added[0] + last_at))
        take = OriginalTake(
            was, at[frames] + added[0], self.matrices[rows[frames]], self.bvh.fps, anchors, request.parts or PARTS
        )
        for change in relative(take, now, self.rig, self.mapping):
            yield change, frames, inside

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
            moved = change.shift[inside] @ rest.T
            values[rows[:, None], axes] += moved @ self._turn if self.bvh.parents[joint] < 0 else moved
            columns += axes
        return columns


def _added(request: EditRequest) -> tuple[int, int]:
    """Frames that an edit adds before the first and after the last one."""
    return (request.before, request.after) if request.mode == "extend" else (0, 0)


def _runs(flags: np.ndarray) -> list[tuple[int, int]]:
    """First frames and ends of the runs that are set."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]]).astype(int)))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]
