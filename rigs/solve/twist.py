# SPDX-License-Identifier: GPL-3.0-or-later
"""Twist: the roll of turns about a bone, twist bones that share it, and bones with locked axes.

Turns are rotations (F, 3, 3) in the figure's axes that take a bone from its rest pose to its pose.
"""

from __future__ import annotations

import numpy as np

from ..body.rotations import about, normalised, quaternion_from_matrix, transpose, twist_angle
from ..detect.mapping import SEGMENTS
from ..detect.rest_figure import Figure


def limb_twists(figure: Figure, turns: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Turns by bone name of the rig's twist bones, and of the limb bones whose twist they take over.

    With D the turn of a segment, a its direction at rest and t(s) the twist that is still to come at the share s, a
    twist bone turns by D R(a, -t(s)). An upper arm or thigh twists between its two ends against what it hangs on: of
    that twist (1 - s) is still to come. A forearm or shin turns about its hinge alone, so what twists in it comes
    from the hand or foot, and -s of that has been. Where the limb runs on through its twist bones, the first bone of
    the segment has none of the twist, and each rolls about its own direction, so that the limb's end stays in place.
    """
    rig, bones = figure.rig, figure.mapping.bones
    out: dict[str, np.ndarray] = {}
    for twist in figure.mapping.twists:
        side, _, start = twist.segment.partition("_")
        end = f"{side}_{SEGMENTS[start]}"
        if twist.segment not in turns or end not in turns or end not in bones:
            continue
        first, last, turn = bones[twist.segment], bones[end], turns[twist.segment]
        whole = normalised(figure.place(end) - figure.place(twist.segment))
        if start in ("shoulder", "hip"):
            angle = _angle(turns[_above(figure, side, start)], turn, whole)
            shares = {first: -1.0, twist.bone: twist.share - 1.0}
        else:
            angle = _angle(turn, turns[end], whole)
            shares = {twist.bone: twist.share}
        chain = [last, *rig.ancestors(last)]
        runs_on = twist.bone in chain and first in chain
        for name, share in shares.items():
            if runs_on:
                onward = rig.bone(chain[chain.index(name) - 1]).head - rig.bone(name).head
                out[name] = turn @ about(normalised(figure.point(figure.stand_turn(name) @ onward)), share * angle)
            elif name == twist.bone:
                out[name] = turn @ about(whole, share * angle)
    return out


def _above(figure: Figure, side: str, start: str) -> str:
    """The role of the parent of an upper arm or a thigh."""
    if start == "hip":
        return "pelvis"
    collar = f"{side}_collar"
    return collar if collar in figure.mapping.bones else figure.spine_roles[-1]


def _angle(above: np.ndarray, turns: np.ndarray, axis: np.ndarray) -> np.ndarray:
    """Radians (F,), without jumps in time, by which turns twist about ``axis`` (3,) against those above them."""
    return np.unwrap(twist_angle(quaternion_from_matrix(transpose(above) @ turns), axis))


def within_locks(rotations: np.ndarray, free: tuple[bool, bool, bool]) -> np.ndarray:
    """The part of a bone's own rotations (F, 4) (w, x, y, z) about the axes X, Y, Z that are free.

    One free axis leaves the twist about it. One locked axis takes the twist about it away: q = swing twist, so
    swing = q twist⁻¹.
    """
    if all(free):
        return rotations
    keep = np.array([True, *free])
    if sum(free) < 2:
        kept = np.where(keep, rotations, 0.0)
        return np.where(np.linalg.norm(kept, axis=-1, keepdims=True) > 1e-9, normalised(kept), (1.0, 0.0, 0.0, 0.0))
    axis = np.eye(3)[free.index(False)]
    half = 0.5 * twist_angle(rotations, axis)[:, None]
    w, v, c, u = rotations[:, :1], rotations[:, 1:], np.cos(half), -np.sin(half) * axis
    return np.concatenate([w * c - (v * u).sum(-1, keepdims=True), w * u + c * v + np.cross(v, u)], axis=-1)
