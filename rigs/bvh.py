# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading BVH: a hierarchy of offsets and channels, then one row of channel values per frame."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .errors import UserError

_AXES = {"X": 0, "Y": 1, "Z": 2}
_HINT = "Export the motion again as BVH, or open the file in the program that wrote it."
MAX_JOINTS = 2000
MAX_FRAMES = 2_000_000
LARGEST = 1e9  # of any length or angle: a thousand kilometres in millimetres; their squares must not overflow
MAX_POSES = 20_000_000  # joints times frames: 2 GB of places and rotations


@dataclass(frozen=True)
class Bvh:
    """One motion file. Lengths are the file's own unit, angles were degrees, Y is usually up.

    End sites are joints of their own, named ``<parent>_End``, without channels.
    """

    names: tuple[str, ...]
    parents: tuple[int, ...]  # -1 for a root; parents come before their children
    offsets: np.ndarray  # (J, 3)
    channels: tuple[tuple[str, ...], ...]  # per joint, in the file's order
    frames: np.ndarray  # (F, C) channel values
    frame_time: float  # seconds

    @property
    def fps(self) -> float:
        """Frames per second, with the rounding of ``Frame Time: 0.033333`` undone."""
        fps = 1.0 / self.frame_time
        return float(round(fps)) if abs(fps - round(fps)) < 0.01 * fps else fps

    def positions(self) -> np.ndarray:
        """Joint positions (F, J, 3) in the file's unit and axes, by forward kinematics."""
        return self.world()[0]

    def world(self) -> tuple[np.ndarray, np.ndarray]:
        """Positions (F, J, 3) and rotations (F, J, 3, 3) of the joints in the file's unit and axes."""
        frames = len(self.frames)
        rotations = np.empty((frames, len(self.names), 3, 3))
        positions = np.empty((frames, len(self.names), 3))
        column = 0
        for j, (parent, channels) in enumerate(zip(self.parents, self.channels, strict=True)):
            local = np.broadcast_to(np.eye(3), (frames, 3, 3))
            translation = np.broadcast_to(self.offsets[j], (frames, 3)).copy()
            for channel in channels:
                value, axis = self.frames[:, column], _AXES[channel[0]]
                if channel.endswith("position"):
                    translation[:, axis] = value
                else:
                    local = local @ axis_rotation(np.radians(value), axis)
                column += 1
            if parent < 0:
                rotations[:, j], positions[:, j] = local, translation
            else:
                above = rotations[:, parent]
                rotations[:, j] = above @ local
                positions[:, j] = positions[:, parent] + (above @ translation[..., None])[..., 0]
        return positions, rotations


def axis_rotation(angles: np.ndarray, axis: int) -> np.ndarray:
    """Rotation matrices (..., 3, 3) by ``angles`` (...) radians about coordinate axis 0, 1 or 2."""
    c, s = np.cos(angles), np.sin(angles)
    i, k = (axis + 1) % 3, (axis + 2) % 3
    matrix = np.zeros((*np.shape(angles), 3, 3))
    matrix[..., axis, axis] = 1.0
    matrix[..., i, i] = c
    matrix[..., k, k] = c
    matrix[..., i, k] = -s
    matrix[..., k, i] = s
    return matrix


def read_bvh(path: str | Path) -> Bvh:
    """Read one file.

    Raises:
        UserError: the file is missing, is no BVH, or breaks off; the message names the line.
    """
    path = Path(path)
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError as error:
        raise UserError(f"{path.name} cannot be read: {error.strerror}.", "Check the path.", "unreadable") from error
    return parse_bvh(lines, path.name)


class _Hierarchy:
    """The joints as the lines of a file name them, one after the other."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.parents: list[int] = []
        self.offsets: list[list[float]] = []
        self.channels: list[tuple[str, ...]] = []
        self.stack: list[int] = []
        self.ends: set[int] = set()

    def take(self, words: list[str]) -> None:
        """One line; ValueError or IndexError where it makes no sense."""
        match words[0].upper():
            case "ROOT" | "JOINT" | "END":
                self._joint(words)
            case "{":
                self.stack.append(len(self.names) - 1)
            case "}":
                self.stack.pop()
            case "OFFSET":
                self.offsets[self.stack[-1]] = [float(words[1]), float(words[2]), float(words[3])]
            case "CHANNELS":
                listed = tuple(word[0].upper() + word[1:].lower() for word in words[2 : 2 + int(words[1])])
                if any(c[0] not in _AXES or c[1:] not in ("position", "rotation") for c in listed):
                    raise ValueError("unknown channel")
                self.channels[self.stack[-1]] = listed
            case "HIERARCHY":
                pass
            case _:
                raise ValueError(f"unexpected word {words[0][:20]!r}")

    def _joint(self, words: list[str]) -> None:
        parent = self.stack[-1] if self.stack else -1
        if parent in self.ends:
            raise ValueError("a joint within an end site")
        ends = words[0].upper() == "END"
        if ends:
            self.ends.add(len(self.names))
        self.names.append(f"{self.names[parent]}_End" if ends else " ".join(words[1:]))
        self.parents.append(parent)
        self.offsets.append([0.0, 0.0, 0.0])
        self.channels.append(())
        if len(self.names) > MAX_JOINTS:
            raise ValueError(f"more than {MAX_JOINTS} joints")


def _check(values: np.ndarray) -> None:
    if not np.isfinite(values).all():
        raise ValueError("a value is not a finite number")
    if np.abs(values).max(initial=0.0) > LARGEST:
        raise ValueError(f"a value is larger than {LARGEST:g}")


def parse_bvh(lines: list[str], name: str = "the BVH text") -> Bvh:
    """The same from the lines of a file; ``name`` is used in messages."""
    tree = _Hierarchy()
    row = 0
    try:
        for row, line in enumerate(lines):  # noqa: B007  (row is where the motion part begins, and for messages)
            words = line.split()
            if words and words[0].upper() == "MOTION":
                break
            if words:
                tree.take(words)
        else:
            raise ValueError("no MOTION part")
        if tree.stack or not tree.names:
            raise ValueError("the hierarchy is not closed")
        count = int(lines[row + 1].split()[1])
        frame_time = float(lines[row + 2].split()[2])
        if not 0 < count <= MAX_FRAMES or not 0 < frame_time < 10:
            raise ValueError("impossible frame count or frame time")
        if count * len(tree.names) > MAX_POSES:
            raise ValueError(f"{count} frames of {len(tree.names)} joints are too many at once")
        width = sum(map(len, tree.channels))
        values = np.array(" ".join(lines[row + 3 :]).split(), dtype=np.float64)
        if values.size < count * width:
            raise ValueError(f"{count} frames are announced, {values.size // max(width, 1)} are there")
        frames = values[: count * width].reshape(count, width)
        offsets = np.array(tree.offsets)
        _check(frames)
        _check(offsets)
    except (ValueError, IndexError) as error:
        why = "a word is missing" if isinstance(error, IndexError) else error
        raise UserError(f"{name} is not a whole BVH file (line {row + 1}: {why}).", _HINT, "broken_bvh") from error
    return Bvh(tuple(tree.names), tuple(tree.parents), offsets, tuple(tree.channels), frames, frame_time)
