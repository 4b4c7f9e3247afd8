# SPDX-License-Identifier: GPL-3.0-or-later
"""Fewer keys: Bezier curves through a few frames that stay within a tolerance of the full motion.

All channels of a bone are keyed on the same frames, so that keys at different times do not distort it.
Between two keys each channel is the cubic whose slopes at both ends fit the frames in between best. In Blender that is
a Bezier curve with handles at a third of the distance: its time is linear in the curve's parameter.

As in Ramer (1972), Douglas and Peucker (1973), each stretch that deviates too far gets a key where it deviates most;
here in all stretches of all bones at once. Then keys that are no longer needed are dropped, every second one at a time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..body.rotations import angle_between, matrix_from_euler, matrix_from_quaternion, normalised

# Rounds of adding keys; stretches that are still too far off are keyed on every frame.
ROUNDS = 24
# Passes of dropping needless keys; a third one drops 1 % more.
PASSES = 2
# Share of the tolerance that is used; the rest is for the single precision in which Blender keeps keys.
SHARE = 0.995
RIDGE = 1e-5  # keeps slopes finite where fewer than two frames determine them


@dataclass(frozen=True)
class Tolerance:
    """Largest deviation of reduced keys from the full motion: degrees for rotations, centimetres for locations."""

    degrees: float
    centimetres: float


@dataclass(frozen=True)
class BoneTrack:
    """The motion of one bone on every frame.

    ``rotations`` is (F, 4) for the ``mode`` QUATERNION (w, x, y, z) or AXIS_ANGLE (angle, x, y, z), and (F, 3) of x, y,
    z for Blender's Euler orders, in radians; None for a bone that does not turn. ``locations`` is (F, 3) or None.
    ``share`` is how much of the tolerance this bone may use.
    """

    mode: str
    rotations: np.ndarray | None
    locations: np.ndarray | None
    share: float = 1.0


@dataclass(frozen=True)
class ReducedKeys:
    """The frames (K,) of a track that are keyed, and the slopes per frame (K, C) with which its channels come to each
    key and leave it; the channels are those of the rotation, then those of the location."""

    frames: np.ndarray
    arriving: np.ndarray
    leaving: np.ndarray


def reduce(tracks: Sequence[BoneTrack], *, angle: float, length: float) -> list[ReducedKeys]:
    """The keys of each track that keep every frame within tolerance.

    Args:
        tracks: all with the same number of frames.
        angle: largest error of a rotation in radians; channels are interpolated one by one, as Blender does, and a
            quaternion is normalised before it is measured.
        length: largest error of a location, in its unit.
    """
    out: dict[int, ReducedKeys] = {}
    kinds = {(t.mode if t.rotations is not None else "", t.locations is not None) for t in tracks}
    for mode, moves in sorted(kinds):
        chosen = [
            i
            for i, t in enumerate(tracks)
            if (t.mode if t.rotations is not None else "", t.locations is not None) == (mode, moves)
        ]
        parts = [[p for p in (tracks[i].rotations, tracks[i].locations) if p is not None] for i in chosen]
        values = np.stack([np.concatenate(channels, axis=-1) for channels in parts])  # (B, F, C)
        shares = SHARE * np.array([tracks[i].share for i in chosen])
        out.update(zip(chosen, _Group(values, mode, angle, length, shares).keys(), strict=True))
    return [out[i] for i in range(len(tracks))]


def relative_error(made: np.ndarray, values: np.ndarray, mode: str, angle: float, length: float) -> np.ndarray:
    """Deviation of channels (..., C) from ``values`` (..., C), as a share (...) of the tolerances.

    The first channels are a rotation of ``mode`` unless that is empty, the last three a location if there are more.
    """
    turning = 0 if not mode else 4 if mode in ("QUATERNION", "AXIS_ANGLE") else 3
    share = np.zeros(values.shape[:-1])
    if mode == "QUATERNION":
        chord = np.linalg.norm(normalised(made[..., :4]) - normalised(values[..., :4]), axis=-1)
        share = 4.0 * np.arcsin(np.clip(0.5 * chord, 0.0, 1.0)) / angle
    elif turning:
        share = angle_between(_matrix(made[..., :turning], mode), _matrix(values[..., :turning], mode)) / angle
    if values.shape[-1] > turning:
        share = np.maximum(share, np.linalg.norm((made - values)[..., turning:], axis=-1) / length)
    return share


def _matrix(rotations: np.ndarray, mode: str) -> np.ndarray:
    if mode != "AXIS_ANGLE":
        return matrix_from_euler(rotations, mode)
    half = 0.5 * rotations[..., :1]
    return matrix_from_quaternion(
        np.concatenate([np.cos(half), np.sin(half) * normalised(rotations[..., 1:])], axis=-1)
    )


class _Group:
    """Bones of one kind, all at once: ``values`` (B, F, C), which may use these ``shares`` (B,) of the tolerances.

    ``keyed`` (B, F) are the keys so far.
    """

    def __init__(self, values: np.ndarray, mode: str, angle: float, length: float, shares: np.ndarray) -> None:
        self.values, self.mode, self.angle, self.length, self.shares = values, mode, angle, length, shares
        self.keyed = np.zeros(values.shape[:2], dtype=bool)
        self.keyed[:, [0, -1]] = True

    def keys(self) -> list[ReducedKeys]:
        """Choose, and read them out."""
        self._add()
        for turn in range(2 * PASSES):
            self._drop(turn % 2)
        out = []
        for values, row in zip(self.values, self.keyed, strict=True):
            frames = np.flatnonzero(row)
            _, leaving, arriving = fitted(values[None], row[None])
            gaps = np.diff(frames)[:, None]
            flat = np.zeros((1, values.shape[-1]))
            out.append(
                ReducedKeys(
                    frames,
                    np.concatenate([flat, arriving[: len(gaps)] / gaps]),
                    np.concatenate([leaving[: len(gaps)] / gaps, flat]),
                )
            )
        return out

    def _add(self) -> None:
        rows = np.arange(len(self.values))  # bones that deviate somewhere
        for _ in range(ROUNDS):
            far = self._far(rows, self.keyed[rows])
            strayed = far.max(axis=1) > 1.0
            rows, far = rows[strayed], far[strayed]
            if not len(rows):
                return
            self.keyed[rows] |= (far == largest(far, self.keyed[rows])) & (far > 1.0)
        self.keyed[rows] |= largest(self._far(rows, self.keyed[rows]), self.keyed[rows]) > 1.0

    def _drop(self, parity: int) -> None:
        """Drop every second inner key whose two stretches can be one."""
        inner = self.keyed.copy()
        inner[:, [0, -1]] = False
        order = np.cumsum(self.keyed, axis=1)
        without = self.keyed & ~(inner & (order % 2 == parity))
        rows = np.flatnonzero((without != self.keyed).any(axis=1))
        spoilt = largest(self._far(rows, without[rows]), without[rows]) > 1.0
        self.keyed[rows] &= without[rows] | spoilt

    def _far(self, rows: np.ndarray, keyed: np.ndarray) -> np.ndarray:
        """Deviations (R, F) of the curves of these bones with these keys (R, F)."""
        values = self.values[rows]
        far = relative_error(fitted(values, keyed)[0], values, self.mode, self.angle, self.length)
        far /= self.shares[rows, None]
        far[keyed] = 0.0
        return far


def largest(far: np.ndarray, keyed: np.ndarray) -> np.ndarray:
    """The largest (B, F) of ``far`` (B, F) in the stretch between keys (B, F) in which each frame is."""
    if not far.size:
        return far
    starts = np.flatnonzero(keyed)
    most = np.maximum.reduceat(far.ravel(), starts)
    return np.repeat(most, np.diff(np.append(starts, far.size))).reshape(far.shape)


def fitted(values: np.ndarray, keyed: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The curves (B, F, C) through the keys ``keyed`` (B, F) that are nearest to ``values`` (B, F, C).

    With r what is left of the values beside the straight line from key to key, the slopes are those of that line
    plus p and q, and p t(1-t)² - q t²(1-t) is to be nearest to r over the frames of the stretch: two linear equations
    for each stretch and channel.

    Returns:
        The curves, and for each key of each bone in turn how much its channels rise over the stretch that it starts if
        they went on as they leave it, and as they arrive at that stretch's end, (keys, C) each.
    """
    if not values.size:
        return values, values.reshape(-1, values.shape[-1]), values.reshape(-1, values.shape[-1])
    bones, frames, channels = values.shape
    flat = values.reshape(-1, channels)
    starts = np.flatnonzero(keyed)
    counts = np.diff(np.append(starts, bones * frames))
    # The last key of a bone is a stretch of its own, of one frame, that ends where it starts.
    ends = np.where(starts % frames == frames - 1, starts, np.append(starts[1:], 0))
    stretch = np.repeat(np.arange(len(starts)), counts)
    t = (np.arange(bones * frames) - starts[stretch]) / np.maximum(ends - starts, 1)[stretch]
    rise = flat[ends] - flat[starts]
    line = flat[starts][stretch] + t[:, None] * rise[stretch]
    a, b = t * (1.0 - t) ** 2, -t * t * (1.0 - t)
    left = flat - line
    sums = np.add.reduceat(np.column_stack([a * a, b * b, a * b, a[:, None] * left, b[:, None] * left]), starts, axis=0)
    aa, bb, ab = sums[:, :1] + RIDGE, sums[:, 1:2] + RIDGE, sums[:, 2:3]
    ar, br = sums[:, 3 : 3 + channels], sums[:, 3 + channels :]
    determinant = aa * bb - ab * ab
    p, q = (bb * ar - ab * br) / determinant, (aa * br - ab * ar) / determinant
    made = line + a[:, None] * p[stretch] + b[:, None] * q[stretch]
    return made.reshape(values.shape), rise + p, rise + q
