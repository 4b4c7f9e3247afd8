# SPDX-License-Identifier: GPL-3.0-or-later
"""The mannequin's body: what it is made of, and how it follows the bones. Metres, Z up, facing -Y.

Arms are written down as in a T-pose and then lowered to an A-pose: shoulders keep their shape best when the rest pose
lies in the middle of what arms do.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

Point = tuple[float, float, float]


SHOULDER = np.array([0.165, 0.0, 1.425])  # of the left arm
_LOWERED = np.radians(42.0)


@dataclass(frozen=True)
class Ball:
    """A sphere pulled from ``start`` to ``end``, with a radius at each end; ``squash`` scales it along x, y, z.

    ``arm``: it is lowered with the arm.
    """

    start: Point
    end: Point
    radii: tuple[float, float]
    squash: Point = (1.0, 1.0, 1.0)
    arm: bool = False


@dataclass(frozen=True)
class BodyPart:
    """Balls that melt into one surface. ``voxel`` is the size of its faces, ``smooth`` how often it is smoothed."""

    name: str
    colour: tuple[float, float, float]  # linear
    roughness: float
    voxel: float
    smooth: int
    balls: tuple[Ball, ...]  # those off the middle are mirrored
    floor: float | None = None  # lowest height of the surface


def lowered(points: np.ndarray) -> np.ndarray:
    """Points (..., 3) of the left arm in a T-pose, turned down about the shoulder."""
    c, s = np.cos(_LOWERED), np.sin(_LOWERED)
    return (points - SHOULDER) @ np.array([[c, 0.0, -s], [0.0, 1.0, 0.0], [s, 0.0, c]]) + SHOULDER


def _arm(start: Point, end: Point, radii: tuple[float, float], squash: Point = (1.0, 1.0, 1.0)) -> Ball:
    return Ball(start, end, radii, squash, arm=True)


def _round(centre: Point, radii: Point) -> Ball:
    return Ball(centre, centre, (1.0, 1.0), radii)


PARTS: tuple[BodyPart, ...] = (
    BodyPart(
        "Skin", (0.62, 0.29, 0.17), 0.55, 0.0085, 5,
        (
            Ball((0.0, 0.018, 1.42), (0.0, 0.0, 1.58), (0.054, 0.050)),
            _round((0.0, -0.005, 1.662), (0.082, 0.097, 0.108)),
            _round((0.0, -0.034, 1.606), (0.064, 0.066, 0.058)),
            Ball((0.0, -0.100, 1.655), (0.0, -0.112, 1.632), (0.009, 0.014)),
            _round((0.085, 0.004, 1.648), (0.012, 0.020, 0.028)),
            _arm((0.33, 0.026, 1.425), (0.46, 0.027, 1.425), (0.047, 0.046)),
            _arm((0.46, 0.027, 1.425), (0.685, 0.012, 1.425), (0.046, 0.030), (1.0, 1.0, 0.92)),
            _arm((0.705, 0.010, 1.425), (0.775, 0.004, 1.424), (0.034, 0.042), (1.0, 1.0, 0.55)),
            _arm((0.775, 0.006, 1.424), (0.850, 0.004, 1.418), (0.040, 0.026), (1.0, 1.0, 0.46)),
            _arm((0.715, -0.020, 1.421), (0.775, -0.058, 1.412), (0.016, 0.012)),
        ),
    ),
    BodyPart(
        "Shirt", (0.93, 0.14, 0.035), 0.75, 0.0150, 10,
        (
            _round((0.0, 0.010, 1.315), (0.168, 0.114, 0.165)),
            _round((0.0, 0.004, 1.160), (0.152, 0.110, 0.190)),
            _round((0.0, 0.002, 1.010), (0.164, 0.122, 0.120)),
            _round((0.055, -0.038, 1.335), (0.086, 0.064, 0.085)),
            Ball((0.0, 0.016, 1.420), (0.135, 0.018, 1.408), (0.066, 0.066)),
            _arm((0.165, 0.018, 1.425), (0.330, 0.026, 1.425), (0.062, 0.059)),
        ),
    ),
    BodyPart(
        "Trousers", (0.030, 0.055, 0.120), 0.8, 0.0150, 6,
        (
            _round((0.0, 0.000, 0.965), (0.150, 0.106, 0.090)),
            _round((0.070, 0.045, 0.905), (0.086, 0.080, 0.085)),
            Ball((0.090, 0.000, 0.900), (0.100, -0.006, 0.540), (0.097, 0.068)),
            Ball((0.100, -0.006, 0.540), (0.100, 0.014, 0.360), (0.067, 0.066)),
            Ball((0.100, 0.016, 0.360), (0.100, 0.018, 0.125), (0.066, 0.056)),
        ),
    ),
    BodyPart(
        "Shoes", (0.86, 0.85, 0.82), 0.5, 0.0100, 5,
        (
            Ball((0.100, 0.022, 0.110), (0.100, 0.034, 0.050), (0.050, 0.052)),
            Ball((0.100, 0.030, 0.050), (0.106, -0.125, 0.038), (0.050, 0.050)),
            Ball((0.106, -0.110, 0.036), (0.108, -0.165, 0.030), (0.050, 0.042)),
        ),
        0.0,
    ),
    BodyPart(
        "Hair", (0.045, 0.022, 0.012), 0.6, 0.0105, 5,
        (
            _round((0.0, 0.012, 1.698), (0.092, 0.108, 0.094)),
            _round((0.0, 0.040, 1.640), (0.084, 0.072, 0.080)),
            Ball((0.020, -0.060, 1.755), (-0.03, -0.070, 1.750), (0.040, 0.034)),
        ),
    ),
    BodyPart(
        "Eyes", (0.02, 0.015, 0.015), 0.25, 0.0035, 2, (_round((0.031, -0.0945, 1.668), (0.0095, 0.008, 0.0135)),),
    ),
)  # fmt: skip

_RINGS, _SEGMENTS = 16, 24


def _unit_sphere() -> tuple[np.ndarray, list[tuple[int, ...]]]:
    """Vertices (V, 3) on the unit sphere, poles on Z, and faces."""
    heights = np.linspace(0.0, np.pi, _RINGS + 1)[1:-1]
    turns = np.linspace(0.0, 2.0 * np.pi, _SEGMENTS, endpoint=False)
    rings = np.array([(np.sin(h) * np.cos(t), np.sin(h) * np.sin(t), np.cos(h)) for h in heights for t in turns])
    vertices = np.vstack([(0.0, 0.0, 1.0), rings, (0.0, 0.0, -1.0)])
    faces: list[tuple[int, ...]] = []
    for s in range(_SEGMENTS):
        n = (s + 1) % _SEGMENTS
        faces.append((0, 1 + s, 1 + n))
        for r in range(_RINGS - 2):
            a, b = 1 + r * _SEGMENTS, 1 + (r + 1) * _SEGMENTS
            faces.append((a + s, b + s, b + n, a + n))
        last = 1 + (_RINGS - 2) * _SEGMENTS
        faces.append((last + s, len(vertices) - 1, last + n))
    return vertices, faces


def shapes(part: BodyPart) -> tuple[np.ndarray, list[tuple[int, ...]]]:
    """All balls of a part with their mirror images: vertices (V, 3), faces; they overlap, not yet melted."""
    sphere, faces = _unit_sphere()
    vertices: list[np.ndarray] = []
    for ball in part.balls:
        one = _pulled(ball, sphere)
        one = lowered(one) if ball.arm else one
        vertices.append(one)
        if max(abs(ball.start[0]), abs(ball.end[0])) > 1e-6:
            vertices.append(one * (-1.0, 1.0, 1.0))
    joined: list[tuple[int, ...]] = []
    for i, one in enumerate(vertices):
        inside_out = np.sign(one[:, 0].mean()) < 0 and i % 2 == 1
        joined += [tuple(v + i * len(sphere) for v in (face[::-1] if inside_out else face)) for face in faces]
    return np.vstack(vertices), joined


def _pulled(ball: Ball, sphere: np.ndarray) -> np.ndarray:
    """The half sphere towards ``end`` goes there, the other stays at ``start``."""
    start, end = np.array(ball.start), np.array(ball.end)
    along = end - start
    length = float(np.linalg.norm(along))
    if length < 1e-9:
        return start + sphere * ball.radii[0] * np.array(ball.squash)
    z = along / length
    x = np.cross((0.0, 1.0, 0.0) if abs(z[1]) < 0.9 else (1.0, 0.0, 0.0), z)
    x /= np.linalg.norm(x)
    axes = np.stack([x, np.cross(z, x), z])  # rows
    upper = sphere[:, 2] >= 0.0
    radius = np.where(upper, ball.radii[1], ball.radii[0])[:, None]
    return np.where(upper[:, None], end, start) + (sphere * radius) @ axes * np.array(ball.squash)


def weights(
    vertices: np.ndarray, edges: np.ndarray, heads: np.ndarray, tails: np.ndarray, *, passes: int = 6
) -> np.ndarray:
    """How much each vertex follows each bone: (V, bones), rows sum to 1.

    Near bones pull with the sixth power of nearness; bones of one side leave the other side alone; then the weights
    spread along the edges so that joints bend softly.
    """
    along = tails - heads  # (bones, 3)
    offset = vertices[:, None] - heads  # (V, bones, 3)
    t = np.clip((offset * along).sum(-1) / (along**2).sum(-1), 0.0, 1.0)
    distance = np.linalg.norm(offset - t[..., None] * along, axis=-1)
    pull = 1.0 / (distance + 0.01) ** 6
    side = np.sign(np.where(np.abs(heads[:, 0]) > 0.01, heads[:, 0], 0.0))
    pull[(side * vertices[:, :1]) < 0.0] = 0.0
    result = pull / pull.sum(1, keepdims=True)
    both = np.vstack([edges, edges[:, ::-1]])
    both = both[np.argsort(both[:, 0], kind="stable")]
    first = np.searchsorted(both[:, 0], np.arange(len(vertices)))  # every vertex of a closed surface has edges
    for _ in range(passes):
        spread = result + np.add.reduceat(result[both[:, 1]], first, axis=0)
        result = spread / spread.sum(1, keepdims=True)
    result[result < 0.01] = 0.0
    return result / result.sum(1, keepdims=True)
