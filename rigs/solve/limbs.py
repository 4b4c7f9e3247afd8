# SPDX-License-Identifier: GPL-3.0-or-later
"""Frames of arms and legs: they aim from joint to joint, and their roll comes from the body and the bend.

The hinge of a limb is the axis about which its middle joint bends, upper x lower. Its length is the sine of the
bend, so it defines the roll of a bent limb and says nothing about a straight one. That is filled in by where people
usually bend a limb of that direction: ``bend = table[0] + d @ table[1:]`` in the frame of the body
(left, up, forward) for the left limb's direction d; the right one is its mirror image.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..body.rotations import about, frame, normalised, perpendicular, swing, transpose
from ..body.skeleton import ARM_PARTS, INDEX, LEG_PARTS
from ..body.smoothing import blur, smoothstep

# Least squares over 73,000 bent elbows and 65,000 bent knees of the captured clips, all directions weighing alike. Half
# of them lie within 19 and 7 degrees of it, 99 % within 77 and 38; carrying the hinge of a T-pose along by the
# shortest rotation leaves 111 and 67, and turns elbows inside out over the head.
ARM = np.array([[-0.27, 0.22, 0.19], [-0.05, 0.16, 0.44], [-0.09, 0.21, -0.63], [-0.33, 0.60, -0.17]])
LEG = np.array([[-0.06, -0.25, -0.15], [-0.10, -0.34, 0.17], [0.02, -0.06, 0.89], [0.08, -0.74, 0.15]])
# A mesh is modelled so that at rest elbows bend forward and knees backward.
REST_ARM = np.array([[0.0, 0.0, 1.0], *np.zeros((3, 3))])
REST_LEG = -REST_ARM
# Squared sine of the bend at which the hinge weighs as much as that: 8 degrees. Straight limbs deviate sideways by
# as much, which must not be taken for a bend.
REFERENCE = 0.02
# Weight of the foot's direction for legs; it shows the roll of a straight leg.
FOOT = 0.04
# The same two at rest. Knees that are modelled a little in or out are not a bend, and the foot tells front from back.
REST_REFERENCE, REST_FOOT = 0.1, 0.12
# Feet point outwards by so much where the knee bends straight ahead; it is 5 (CMU) to 13 degrees (ACCAD) in T-poses.
TOES_OUT = np.radians(6.0)
# Weight and width in seconds of what neighbours in time add, so that a limb that straightens keeps its roll.
NEIGHBOURS = ((0.5, 0.15), (0.3, 0.6))
# Width in seconds over which neighbours share where a limb usually bends.
USUAL_WIDTH = 0.15
# Width in seconds over which a foot is made level: a kick passes the vertical in a frame or two.
LEVELLING = 0.15


@dataclass(frozen=True)
class Limb:
    """One limb over time; each frame (F, 3, 3) has the direction in its first column and the hinge in its second."""

    upper: np.ndarray
    lower: np.ndarray


def arm(joints: np.ndarray, chest: np.ndarray, side: str, fps: float | None = None, *, crease: float = 0.0) -> Limb:
    """One arm of joints (F, 22, 3) at ``fps``, or at rest (1, 22, 3) where that is None; ``chest`` is (F, 3, 3).

    At rest a straight arm bends forward, and upward by ``crease`` radians.
    """
    table = REST_ARM @ about(np.array([1.0, 0.0, 0.0]), np.array(crease)) if fps is None else ARM
    return limb(_points(joints, side, ARM_PARTS), chest, table if side == "left" else mirrored(table), fps)


def leg(joints: np.ndarray, pelvis: np.ndarray, side: str, fps: float | None = None) -> Limb:
    """One leg, in the same way."""
    points, table = _points(joints, side, LEG_PARTS), REST_LEG if fps is None else LEG
    direction = normalised(joints[:, INDEX[f"{side}_foot"]] - points[:, 2])
    lateral = np.cross(direction, normalised(points[:, 2] - points[:, 1]))
    inwards = about(normalised(points[:, 1] - points[:, 0]), np.array(TOES_OUT if side == "left" else -TOES_OUT))
    lateral = (inwards @ lateral[..., None])[..., 0]
    return limb(points, pelvis, table if side == "left" else mirrored(table), fps, lateral)


def foot(joints: np.ndarray, side: str, of: Limb, slope: float, fps: float | None = None) -> np.ndarray:
    """Frames (F, 3, 3) of a foot: forward along the ground, left and up, as they are while the foot stands flat.

    Args:
        joints: (F, 22, 3).
        of: the leg.
        slope: how far the line from ankle to toes points down, in radians, when the foot stands flat.
        fps: frames per second, None at rest.
    """
    direction = normalised(joints[:, INDEX[f"{side}_foot"]] - joints[:, INDEX[f"{side}_ankle"]])
    tilted = frame(direction, across_foot(joints, side, of, fps))
    return about(tilted[..., 1], np.full(len(direction), -slope)) @ tilted


def across_foot(joints: np.ndarray, side: str, of: Limb, fps: float | None = None) -> np.ndarray:
    """Unit vectors (F, 3) to the left at right angles to a foot.

    The knee's hinge is carried along by the shortest rotation from straight ahead of the shin to where the foot points.
    While the shin stands that is made level, as it is in a wide stance, unless it is far from level.
    """
    direction = normalised(joints[:, INDEX[f"{side}_foot"]] - joints[:, INDEX[f"{side}_ankle"]])
    hinge = of.lower[..., 1]
    carried = (swing(of.lower[..., 2], direction) @ hinge[..., None])[..., 0]
    level = np.cross((0.0, 1.0, 0.0), direction)
    upright = ramp(-of.lower[:, 1, :1], 0.3, 0.7)
    share = upright * ramp((level * carried).sum(-1, keepdims=True), 0.3, 0.9)
    if fps is not None:
        share = blur(share, LEVELLING * fps)
    return normalised(share * level + (1.0 - share) * carried)


def ramp(values: np.ndarray, start: float, end: float) -> np.ndarray:
    """0 below ``start``, 1 above ``end``, smooth between."""
    return smoothstep((values - start) / (end - start))


def _points(joints: np.ndarray, side: str, parts: tuple[str, str, str]) -> np.ndarray:
    return joints[:, [INDEX[f"{side}_{part}"] for part in parts]]


def limb(
    points: np.ndarray, body: np.ndarray, table: np.ndarray, fps: float | None, lateral: np.ndarray | None = None
) -> Limb:
    """Frames of a limb.

    Args:
        points: (F, 3, 3) its three joints: hip, knee, ankle or shoulder, elbow, wrist.
        body: (F, 3, 3) the frame that it hangs on, columns left, up, forward.
        table: (4, 3) where it bends; mirror its X for a limb on the right (``mirrored``).
        fps: frames per second, None at rest.
        lateral: (F, 3) for legs, the axis across the foot to the left, of any length up to 1.
    """
    first, second = normalised(points[:, 1] - points[:, 0]), normalised(points[:, 2] - points[:, 1])
    seen_from_body = (transpose(body) @ first[..., None])[..., 0]
    guess = (body @ (table[0] + seen_from_body @ table[1:])[..., None])[..., 0]
    guess = np.cross(first, guess)  # the hinge of a bend that way
    one = normalised(guess)
    other = np.cross(first, one)
    bend = np.cross(first, second)
    seen = np.stack([(bend * one).sum(-1), (bend * other).sum(-1)], axis=-1)  # (F, 2), length = sine of the bend
    size = np.linalg.norm(seen, axis=-1, keepdims=True)
    # A hinge far from the guess is rather noise, or a straight limb that is crooked sideways, than a bend; least of all
    # in a leg, whose knee leaves the guess by 38 degrees at most.
    cosine = seen[:, :1] / np.maximum(size, 1e-9)
    plausible = (0.5 + 0.5 * cosine) ** 2 if lateral is None else np.maximum(cosine, 0.05) ** 2
    trust = seen * size * plausible
    reference, foot_counts = (REST_REFERENCE, REST_FOOT) if fps is None else (REFERENCE, FOOT)
    usual = reference * np.linalg.norm(guess, axis=-1, keepdims=True) * np.array([1.0, 0.0])
    if lateral is not None:
        across = perpendicular(lateral, first)
        usual = usual + foot_counts * np.stack([(across * one).sum(-1), (across * other).sum(-1)], axis=-1)
    total = trust + usual
    if fps is not None:
        turned = carried_along(seen_from_body, (transpose(body) @ one[..., None])[..., 0])
        known, unknown = _rotated(trust, turned), _rotated(usual, turned)
        around = sum(weight * blur(known, width * fps) for weight, width in NEIGHBOURS)
        total = total + _rotated(around + blur(unknown, USUAL_WIDTH * fps), -turned)
    total = normalised(total)
    roll = total[:, :1] * one + total[:, 1:] * other
    carried = (swing(first, second) @ roll[..., None])[..., 0]
    return Limb(frame(first, roll), frame(second, carried))


def carried_along(directions: np.ndarray, across: np.ndarray) -> np.ndarray:
    """Angles (F,) about the unit vectors ``directions`` (F, 3) from an axis that is carried along without rolling to
    the unit vectors ``across`` (F, 3) at right angles to them.

    From frame to frame the shortest rotation carries the axis; the angles between that and ``across`` add up.
    """
    taken = (swing(directions[:-1], directions[1:]) @ across[:-1, :, None])[..., 0]
    sine = (np.cross(taken, across[1:]) * directions[1:]).sum(-1)
    steps = np.arctan2(sine, (taken * across[1:]).sum(-1))
    return np.concatenate([[0.0], np.cumsum(steps)])


def _rotated(pairs: np.ndarray, angles: np.ndarray) -> np.ndarray:
    """Vectors (F, 2) turned by angles (F,)."""
    c, s = np.cos(angles), np.sin(angles)
    return np.stack([c * pairs[:, 0] - s * pairs[:, 1], s * pairs[:, 0] + c * pairs[:, 1]], axis=-1)


def mirrored(table: np.ndarray) -> np.ndarray:
    """The table of the right limb: with M the reflection of X, bend = M (table[0] + (M d) @ table[1:])."""
    flip = np.array([-1.0, 1.0, 1.0])
    return table * flip * np.array([1.0, -1.0, 1.0, 1.0])[:, None]
