# SPDX-License-Identifier: GPL-3.0-or-later
"""A motion in the form of its file, and the same in the form in which it is edited.

A file has its own proportions, frame rate and floor; the model has one skeleton, 20 fps and a floor at 0. An edit is
brought back as a difference: what the edit changed is added to the file's own frames. So frames outside the range and
joints that the edit left alone stay bit for bit, and what happens between two frames of the model is not lost.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np

from ...rigs.body.canonical import floor_height, to_skeleton
from ...rigs.body.resample import resample, sampled
from ...rigs.body.skeleton import FPS, PARENTS
from ...rigs.errors import UserError
from ...rigs.files.motion_sources import SourceMotion
from ..requests.edit import EditRequest

SAME = 1e-4  # metres; joints that are so near to the model's skeleton are on it
LOOP_TAIL = 32.0  # frames at the end of a loop that are stretched to where it ends in the file, at most half of it
FLOOR = 0.05  # metres; a floor that is so near to 0 is left where it is


class OwnMotion:
    """A file's motion; ``source.joints`` (F, 22, 3). UserError where it is not a human figure."""

    def __init__(self, source: SourceMotion) -> None:
        self.source = source
        with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
            if not np.isfinite(self._on_skeleton).all():  # legs without length have no scale
                raise UserError("The motion holds no human figure.", "Give a motion of a whole body.", "wrong_values")

    @cached_property
    def _on_skeleton(self) -> np.ndarray:
        """The file's frames (F, 22, 3) on the model's skeleton, its own floor."""
        moved = to_skeleton(self.source.joints)
        return self.source.joints if np.abs(moved - self.source.joints).max() <= SAME else moved

    @cached_property
    def scale(self) -> float:
        """Metres of the model for a metre of the file."""
        own = np.abs(self.source.joints[:, 0]).max()
        return float(np.abs(self._on_skeleton[:, 0]).max() / own) if own > 0 else 1.0

    @cached_property
    def _lift(self) -> np.ndarray:
        """What is added to a place on the model's skeleton to set the floor to 0."""
        floor = floor_height(self._on_skeleton)
        return np.array([0.0, 0.0 if abs(floor) <= FLOOR else -floor, 0.0])

    @cached_property
    def joints(self) -> np.ndarray:
        """The motion as it is edited: (F20, 22, 3) float32 at 20 fps on the model's skeleton, the file's place."""
        joints = self._on_skeleton
        if self.source.fps != FPS:
            joints = to_skeleton(resample(joints, self.source.fps, FPS))  # between frames an arc's corners are cut
        return (joints + self._lift).astype(np.float32)

    def place(self, position: np.ndarray) -> np.ndarray:
        """A place (..., 3) of the file's world in the world of ``joints``."""
        return position * self.scale + self._lift

    def back(self, request: EditRequest, edited: np.ndarray) -> np.ndarray:
        """What became of ``joints`` by an edit of them, (F20', 22, 3), in the file's form: (F', 22, 3) at its rate."""
        own, fps = self.source.joints, self.source.fps
        if fps == FPS and np.array_equal(own, self.joints):
            return edited
        start, end = request.span
        before, after = max(-start, 0), max(end - len(self.joints), 0)
        first, last = -round(before * fps / FPS), len(own) + round(after * fps / FPS)
        numbers = np.arange(first, last)
        nearest = np.clip(numbers, 0, len(own) - 1)
        result, at = own[nearest], numbers * (FPS / fps)  # at: in frames of ``joints``
        if before or after:
            changed, was = numbers != nearest, sampled_at(edited, nearest * (FPS / fps) + before)
        else:
            changed, was = (at >= start - 1e-6) & (at < end - 1e-6), sampled_at(self.joints, at)
        meant = at if request.mode != "loop" or not changed.any() else looped_times(request, at, at[changed][-1])
        moved = ((sampled_at(edited, meant + before) - was) / self.scale)[changed]
        lengths = np.linalg.norm(own - own[:, list(PARENTS)], axis=-1)[nearest[changed]]
        result[changed] = _with_lengths(result[changed], moved, lengths)
        return result


def sampled_at(joints: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Joints at the frames ``at``, which need not be whole; the ends are held."""
    return sampled(joints, np.clip(at, 0, len(joints) - 1))


def looped_times(request: EditRequest, at: np.ndarray, last: float) -> np.ndarray:
    """Times (N,) in frames of the model, with the last one of a loop at that of the file's last frame in the range.

    That frame may lie up to one of the model's frames behind the last pose, which is the first one again. The end of
    the loop is stretched to reach it.
    """
    end = request.end - 1.0
    begin = max(end - LOOP_TAIL, 0.5 * (request.start + end))
    share = (end - begin) / max(last - begin, 1e-9)
    return np.where((at > begin) & (at < last + 1.0), begin + (at - begin) * share, at)


def _with_lengths(own: np.ndarray, moved: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """Joints (F, 22, 3) moved by ``moved`` with bones of ``lengths`` (F, 22); what hangs on nothing moved stays."""
    goal, shifted = own + moved, (moved != 0.0).any(axis=-1)
    out = np.where(shifted[..., None], goal, own)
    for j, parent in enumerate(PARENTS[1:], start=1):
        shifted[:, j] |= shifted[:, parent]
        way = goal[:, j] - goal[:, parent]
        way *= (lengths[:, j] / np.maximum(np.linalg.norm(way, axis=-1), 1e-9))[:, None]
        out[:, j] = np.where(shifted[:, j : j + 1], out[:, parent] + way, own[:, j])
    return out
