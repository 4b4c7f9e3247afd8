# SPDX-License-Identifier: GPL-3.0-or-later
"""Rotations on arrays: matrices (..., 3, 3) acting on columns, quaternions (..., 4) as (w, x, y, z), Euler angles.

All angles are radians. Every function works on any number of leading axes.
"""

from __future__ import annotations

import numpy as np

_AXIS = {"X": 0, "Y": 1, "Z": 2}
_TINY = 1e-12


def normalised(vectors: np.ndarray) -> np.ndarray:
    """Unit vectors; a zero vector stays zero."""
    return vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), _TINY)


def perpendicular(vectors: np.ndarray, axes: np.ndarray) -> np.ndarray:
    """The part of ``vectors`` (..., 3) at right angles to the unit ``axes`` (..., 3), not normalised."""
    return vectors - (vectors * axes).sum(-1, keepdims=True) * axes


def transpose(matrices: np.ndarray) -> np.ndarray:
    """Transposed matrices, which for rotations are the inverses."""
    return np.swapaxes(matrices, -1, -2)


def frame(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Rotation matrices whose first column is ``first`` and whose second is as near to ``second`` as it can be.

    Args:
        first: (..., 3), any length but zero.
        second: (..., 3), not parallel to ``first``.
    """
    x = normalised(first)
    y = normalised(perpendicular(second, x))
    return np.stack(np.broadcast_arrays(x, y, np.cross(x, y)), axis=-1)


def swing(start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """The shortest rotation (..., 3, 3) that turns the unit vectors ``start`` onto ``end``.

    With v = start x end and c = start . end it is I + [v] + [v]^2 / (1 + c). Opposite vectors have no shortest way:
    near c = -1 the result is the half turn about an axis that is at right angles to ``start``.
    """
    start, end = np.broadcast_arrays(start, end)
    v = np.cross(start, end)
    c = (start * end).sum(-1)
    cross = skew(v)
    out = np.eye(3) + cross + cross @ cross / np.maximum(1.0 + c, 1e-9)[..., None, None]
    opposite = c < -1.0 + 1e-9
    if np.any(opposite):
        s = start[opposite]
        axis = normalised(np.cross(s, np.eye(3)[np.abs(s).argmin(-1)]))
        out[opposite] = 2.0 * axis[..., :, None] * axis[..., None, :] - np.eye(3)
    return out


def skew(v: np.ndarray) -> np.ndarray:
    """Matrices (..., 3, 3) with ``skew(v) @ u == cross(v, u)``."""
    zero = np.zeros_like(v[..., 0])
    x, y, z = v[..., 0], v[..., 1], v[..., 2]
    return np.stack([zero, -z, y, z, zero, -x, -y, x, zero], axis=-1).reshape(*v.shape, 3)


def about(axis: np.ndarray, angle: np.ndarray) -> np.ndarray:
    """Rotation matrices by ``angle`` (...) about the unit ``axis`` (..., 3): I + sin [a] + (1 - cos) [a]^2."""
    k = skew(np.asarray(axis, dtype=np.float64))
    angle = np.asarray(angle, dtype=np.float64)[..., None, None]
    return np.eye(3) + np.sin(angle) * k + (1.0 - np.cos(angle)) * (k @ k)


def quaternion_from_matrix(matrices: np.ndarray) -> np.ndarray:
    """Quaternions (..., 4) of rotation matrices.

    The four squared components are found from the diagonal, and the others are taken relative to the largest, so
    that no division by a small number happens (Shepperd's method).
    """
    m = matrices
    xx, yy, zz = m[..., 0, 0], m[..., 1, 1], m[..., 2, 2]
    ones = np.ones_like(xx)
    squares = np.stack([ones + xx + yy + zz, ones + xx - yy - zz, ones - xx + yy - zz, ones - xx - yy + zz], axis=-1)
    wx, wy, wz = m[..., 2, 1] - m[..., 1, 2], m[..., 0, 2] - m[..., 2, 0], m[..., 1, 0] - m[..., 0, 1]
    xy, xz, yz = m[..., 0, 1] + m[..., 1, 0], m[..., 0, 2] + m[..., 2, 0], m[..., 1, 2] + m[..., 2, 1]
    w, x, y, z = np.moveaxis(squares, -1, 0)
    rows = _stacked([[w, wx, wy, wz], [wx, x, xy, xz], [wy, xy, y, yz], [wz, xz, yz, z]])
    largest = squares.argmax(-1)[..., None, None]
    return normalised(np.take_along_axis(rows, largest, axis=-2)[..., 0, :])


def rotation_of(matrices: np.ndarray) -> np.ndarray:
    """The rotations (..., 3, 3) nearest to matrices (..., 3 or 4, 3 or 4) that may be scaled."""
    u, _, v = np.linalg.svd(matrices[..., :3, :3])
    sign = np.linalg.det(u @ v)
    u[..., :, 2] *= sign[..., None]
    return u @ v


def matrix_from_quaternion(q: np.ndarray) -> np.ndarray:
    """Rotation matrices (..., 3, 3) of quaternions, which need not be of unit length."""
    w, x, y, z = np.moveaxis(normalised(q), -1, 0)
    return _stacked(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
            [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
            [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
        ]
    )


def _stacked(rows: list[list[np.ndarray]]) -> np.ndarray:
    """Matrices (..., n, m) of their elements (...)."""
    return np.stack([np.stack(row, axis=-1) for row in rows], axis=-2)


def continuous(q: np.ndarray) -> np.ndarray:
    """The same rotations (F, ..., 4) with signs chosen so that neighbours in time are on one side."""
    if len(q) < 2:
        return q
    flips = np.where((q[1:] * q[:-1]).sum(-1) < 0.0, -1.0, 1.0)
    return np.concatenate([q[:1], q[1:] * np.cumprod(flips, axis=0)[..., None]])


def multiplied(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Products of quaternions (..., 4): the rotation ``b``, then ``a``; lengths are multiplied."""
    w, v, x, u = a[..., :1], a[..., 1:], b[..., :1], b[..., 1:]
    return np.concatenate([w * x - (v * u).sum(-1, keepdims=True), w * u + x * v + np.cross(v, u)], axis=-1)


def slerp(a: np.ndarray, b: np.ndarray, t: np.ndarray | float) -> np.ndarray:
    """Quaternions on the shorter great arc from ``a`` to ``b`` (..., 4) at ``t`` (...) in 0..1."""
    dot = (a * b).sum(-1, keepdims=True)
    b = np.where(dot < 0.0, -b, b)
    angle = np.arccos(np.clip(np.abs(dot), 0.0, 1.0))
    t = np.asarray(t, dtype=np.float64)[..., None]
    sine = np.sin(angle)
    near = sine < 1e-6
    safe = np.where(near, 1.0, sine)
    first = np.where(near, 1.0 - t, np.sin((1.0 - t) * angle) / safe)
    second = np.where(near, t, np.sin(t * angle) / safe)
    return normalised(first * a + second * b)


def between(a: np.ndarray, b: np.ndarray, t: np.ndarray | float) -> np.ndarray:
    """Rotation matrices on the shorter way from ``a`` to ``b`` (..., 3, 3) at ``t`` in 0..1."""
    return matrix_from_quaternion(slerp(quaternion_from_matrix(a), quaternion_from_matrix(b), t))


def angle_between(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """The angle (...) in 0..pi of the rotation between two rotation matrices (..., 3, 3).

    From the chord: |a - b|^2 = 8 sin^2(angle / 2), which is exact for small angles too.
    """
    chord = np.linalg.norm(a - b, axis=(-2, -1))
    return 2.0 * np.arcsin(np.clip(chord / np.sqrt(8.0), 0.0, 1.0))


def angle_of(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """The angle (...) in 0..pi between two vectors (..., 3) of any length."""
    return np.arctan2(np.linalg.norm(np.cross(a, b), axis=-1), (a * b).sum(-1))


def twist_angle(q: np.ndarray, axis: np.ndarray) -> np.ndarray:
    """The signed angle (...) in -pi..pi that ``q`` (..., 4) turns about ``axis`` (3,), the swing taken away."""
    angle = 2.0 * np.arctan2(q[..., 1:] @ axis, q[..., 0])
    return (angle + np.pi) % (2.0 * np.pi) - np.pi


def matrix_from_euler(angles: np.ndarray, order: str) -> np.ndarray:
    """Rotation matrices of Euler angles (..., 3), given as (x, y, z) whatever the order.

    The order is Blender's: ``'XYZ'`` turns about X first, so the matrix is Rz Ry Rx.
    """
    out = np.eye(3)
    for letter in order:
        axis = _AXIS[letter]
        out = about(np.eye(3)[axis], angles[..., axis]) @ out
    return out


def quaternion_to_euler(q: np.ndarray, order: str, before: np.ndarray | None = None) -> np.ndarray:
    """Euler angles (F, ..., 3) as (x, y, z) of rotations (F, ..., 4), without jumps in time.

    For the order ijk the matrix is R = Rk(c) Rj(b) Ri(a). With e = 1 for an even order and -1 for an odd one,
    R[k,i] = -e sin b, R[k,j] = e cos b sin a and R[k,k] = cos b cos a give a and b, and R Ri(a)^-1 = Rk(c) Rj(b), whose
    column j is that of Rk(c), gives c. (a + pi, pi - b, c + pi) is the same rotation; each frame takes whichever
    of the two is nearer to the frame before. Where cos b vanishes only a sum of a and c is defined, and a stays.
    ``before`` (..., 3) are the angles before the first frame, zero if not given.
    """
    i, j, k = (_AXIS[letter] for letter in order)
    e = 1.0 if (j - i) % 3 == 1 else -1.0
    m = matrix_from_quaternion(q)
    cosine = np.hypot(m[..., k, j], m[..., k, k])
    b = np.arctan2(-e * m[..., k, i], cosine)
    a = np.arctan2(e * m[..., k, j], m[..., k, k])
    out = np.zeros((*q.shape[:-1], 3))
    before = np.zeros((*q.shape[1:-1], 3)) if before is None else np.asarray(before, dtype=np.float64)
    unit = np.eye(3)[i]
    for f in range(len(q)):
        first = np.where(cosine[f] < 1e-6, before[..., i], a[f])
        rest = m[f] @ transpose(about(unit, first))
        c = np.arctan2(-e * rest[..., i, j], rest[..., j, j])
        found = np.zeros((2, *before.shape))
        found[0][..., i], found[0][..., j], found[0][..., k] = first, b[f], c
        found[1][..., i], found[1][..., j], found[1][..., k] = first + np.pi, np.pi - b[f], c + np.pi
        found += 2.0 * np.pi * np.round((before - found) / (2.0 * np.pi))
        cost = np.abs(found - before).sum(-1)
        before = np.where((cost[0] <= cost[1])[..., None], found[0], found[1])
        out[f] = before
    return out
