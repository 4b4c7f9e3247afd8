# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading BVH: a hierarchy of offsets and channels, then one row of channel values per frame."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..errors import UserError
from .bvh_text import LineError, Rows, decoded, frame_seconds, is_empty, lines_of, number, rows_of
from .regular_file import read_regular

_AXES = {"X": 0, "Y": 1, "Z": 2}
_HINT = "Export the motion again as BVH, or open the file in the program that wrote it."
MAX_JOINTS = 2000
MAX_FRAMES = 2_000_000
_MOTION = re.compile(r"(?:.*})?\s*(MOTION)\b", re.IGNORECASE)
_FRAMES = re.compile(r"\s*frames\s*:?\s*(\d{1,12})(?!\d)", re.IGNORECASE)
_TIME = re.compile(r"\s*frame\s*time\s*:?\s*([^\s:]+)", re.IGNORECASE)
MAX_POSES = 20_000_000  # joints times frames: 2 GB of places and rotations
MAX_BYTES = 2**30
_MAX_LINES = 4_000_000
_MAX_HIERARCHY = 2**22  # letters before the motion: 2000 joints have 0.4 million
_MAX_HEADER = 1000  # letters of the lines "Frames" and "Frame Time"


@dataclass(frozen=True)
class Bvh:
    """One motion file. Lengths are the file's own unit, angles were degrees, Y is usually up.

    End sites are joints of their own, named ``<parent>_End``, without channels. ``remark`` is a sentence about contents
    that contradict the header, else "".
    """

    names: tuple[str, ...]
    parents: tuple[int, ...]  # -1 for a root; parents come before their children
    offsets: np.ndarray  # (J, 3)
    channels: tuple[tuple[str, ...], ...]  # per joint, in the file's order
    frames: np.ndarray  # (F, C) channel values
    frame_time: float  # seconds, with the rounding of ``Frame Time: 0.033333`` undone
    remark: str = ""

    @property
    def fps(self) -> float:
        """Frames per second."""
        fps = 1.0 / self.frame_time
        return float(round(fps)) if abs(fps - round(fps)) < 1e-9 * fps else fps

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


@dataclass(frozen=True)
class BvhText:
    """A file with its text, for rewriting only a part of it."""

    bvh: Bvh
    hierarchy: str  # everything before the word MOTION
    words: np.ndarray  # (F, C) the numbers of ``bvh.frames``, as ASCII text
    seconds: str  # the frame time
    encoding: str = "utf-8"


def read_bvh(path: str | Path) -> Bvh:
    """Read one file.

    Raises:
        UserError: the file is missing or is not a BVH; the message names the line.
    """
    return _read(Path(path), words=False).bvh


def read_bvh_text(path: str | Path) -> BvhText:
    """Read one file together with its text; raises as ``read_bvh``."""
    return _read(Path(path), words=True)


def _read(path: Path, words: bool) -> BvhText:
    try:
        text, encoding = decoded(read_regular(path, MAX_BYTES))
    except OSError as error:
        why = error.strerror or "it is not a regular file"
        raise UserError(f"{path.name} cannot be read: {why}.", "Check the path.", "unreadable") from error
    except ValueError as error:
        raise UserError(f"{path.name} is too large: {error}.", _HINT, "broken_bvh") from error
    if text.count("\n") + text.count("\r") - text.count("\r\n") > _MAX_LINES:
        raise UserError(f"{path.name} has more than {_MAX_LINES} lines.", _HINT, "broken_bvh")
    lines = lines_of(text)
    del text
    return _parsed(lines, path.name, encoding, words)


def parse_bvh(lines: list[str], name: str = "the BVH text") -> Bvh:
    """The same from the lines of a file; ``name`` is used in messages."""
    return _parsed(lines, name, "utf-8", words=False).bvh


class _Hierarchy:
    """Parses the hierarchy line by line."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.parents: list[int] = []
        self.offsets: list[list[float]] = []
        self.channels: list[tuple[str, ...]] = []
        self.stack: list[int] = []
        self.ends: set[int] = set()

    def take(self, line: str) -> None:
        """Parse one line; ValueError or IndexError where it is invalid."""
        for piece in re.split(r"([{}])", line):
            words = piece.split()
            while words and not words[0].startswith(("#", "//")):
                words = words[self._statement(words) :]

    def _statement(self, words: list[str]) -> int:
        """Parse one statement; the number of its words."""
        match words[0].upper():
            case "ROOT" | "JOINT" | "END" | "ENDSITE":
                self._joint(words)
                return len(words)
            case "{":
                self.stack.append(len(self.names) - 1)
            case "}":
                self.stack.pop()
            case "OFFSET":
                self.offsets[self.stack[-1]] = [number(words[1]), number(words[2]), number(words[3])]
                return 4
            case "CHANNELS":
                count = int(words[1])
                listed = tuple(word[0].upper() + word[1:].lower() for word in words[2 : 2 + count])
                if any(c[0] not in _AXES or c[1:] not in ("position", "rotation") for c in listed):
                    raise ValueError("unknown channel")
                self.channels[self.stack[-1]] = listed
                return 2 + count
            case "HIERARCHY":
                pass
            case _:
                raise ValueError(f"unexpected word {words[0][:20]!r}")
        return 1

    def _joint(self, words: list[str]) -> None:
        parent = self.stack[-1] if self.stack else -1
        if parent in self.ends:
            raise ValueError("a joint within an end site")
        ends = words[0].upper() != "ROOT" and words[0].upper() != "JOINT"
        if ends:
            self.ends.add(len(self.names))
        self.names.append(f"{self.names[parent]}_End" if ends else " ".join(words[1:]))
        self.parents.append(parent)
        self.offsets.append([0.0, 0.0, 0.0])
        self.channels.append(())
        if len(self.names) > MAX_JOINTS:
            raise ValueError(f"more than {MAX_JOINTS} joints")


def _parsed(lines: list[str], name: str, encoding: str, words: bool) -> BvhText:
    tree, row, size = _Hierarchy(), 0, 0
    try:
        for row, line in enumerate(lines):  # noqa: B007  (for messages, and the motion part begins there)
            size += len(line)
            if size > _MAX_HIERARCHY:
                raise ValueError(f"no MOTION part in the first {_MAX_HIERARCHY // 2**20} MB")
            found = _MOTION.match(line)
            tree.take(line[: found.start(1)] if found else line)
            if found:
                break
        else:
            raise ValueError("no MOTION part")
        if tree.stack or not tree.names:
            raise ValueError("the hierarchy is not closed")
        before = "\n".join([*lines[:row], lines[row][: found.start(1)]])
        row, count = _header(lines, row + 1, _FRAMES, "Frames: <number>")
        announced = int(count)
        row, seconds = _header(lines, row + 1, _TIME, "Frame Time: <seconds>")
        frame_time = frame_seconds(seconds)
        if max(announced, 1) > MAX_FRAMES:
            raise ValueError("impossible frame count")
        if announced * len(tree.names) > MAX_POSES:
            raise ValueError(f"{announced} frames of {len(tree.names)} joints are too many at once")
        width, most = sum(map(len, tree.channels)), min(MAX_FRAMES, MAX_POSES // len(tree.names))
        rows, remark = _frames(lines, row + 1, width, announced, most, words)
    except (ValueError, IndexError) as error:
        row = error.row if isinstance(error, LineError) else row
        why = "a word is missing" if isinstance(error, IndexError) else error
        raise UserError(f"{name} is not a complete BVH file (line {row + 1}: {why}).", _HINT, "broken_bvh") from error
    bvh = Bvh(
        tuple(tree.names),
        tuple(tree.parents),
        np.array(tree.offsets),
        tuple(tree.channels),
        rows.values,
        frame_time,
        remark,
    )
    return BvhText(bvh, before, rows.words, seconds, encoding)


def _header(lines: list[str], row: int, wanted: re.Pattern[str], form: str) -> tuple[int, str]:
    """The next line that is not empty, from ``row`` on, and its value."""
    while row < len(lines) and is_empty(lines[row]):
        row += 1
    found = wanted.match(lines[row][:_MAX_HEADER]) if row < len(lines) else None
    if found is None:
        raise LineError(min(row, len(lines) - 1), f'"{form}" is missing')
    return row, found[1]


def _frames(lines: list[str], first: int, width: int, announced: int, most: int, words: bool) -> tuple[Rows, str]:
    """The rows of numbers from the line ``first`` on, and a remark if their number differs from the header's."""
    if not width:
        return Rows(np.zeros((announced, 0), dtype="S1"), np.zeros((announced, 0))), ""
    rows = rows_of(lines, first, width, most, words)
    there = len(rows.values)
    if not there:
        raise LineError(len(lines) - 1, f"{announced} frames are announced, but there are none")
    if there == announced:
        return rows, ""
    return rows, f"The file announces {announced} frames and holds {there}; all complete ones are used."
