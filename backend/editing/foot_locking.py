# SPDX-License-Identifier: GPL-3.0-or-later
"""Feet of an edited stretch: they stand where they carry, and go over into poses that are given without a seam.

What meets known poses bends the whole figure for about a second, and its feet with it. Planting the feet
afterwards, as is done for whole clips, would leave the given poses or jump beside them. So the given poses are taken
in: a contact that holds one stands where the foot stands there, and the way of a foot is changed by the smoothest
offset that is none in given poses and exact in contacts. The body goes along with what its carrying feet are moved
by, so that the legs keep their bend; a straight knee would pop out for a millimetre.

All functions work on joints (F, 22, 3) in metres, float64, floor at 0, 20 fps.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ...rigs.body.contacts import SIDES, Contact, Stance, find_contacts, find_stance, speed
from ...rigs.body.rotations import normalised
from ...rigs.body.skeleton import FPS, INDEX, UP
from ...rigs.body.smoothing import smoothstep
from ...rigs.solve.feet import JOINTS, upright
from ...rigs.solve.foot_planting import FLOOR, SWING_SPEED, Sole, envelope, flat_direction
from .reaching import reached
from .smooth_curves import offset_curve, smoothest

SLACK = 0.01  # metres that toes may stand off the height of the clip's stance
FOLLOWS = 10.0  # weight of |second differences|^2 of the body's way beside 1 for each foot that carries
REST = 0.02  # and of going nowhere, where no foot carries
CLEAR = 3.0  # frames around given poses and contacts within which nothing is lifted off the floor


@dataclass(frozen=True)
class Way:
    """What a foot is moved by: ankle and toes (F, 3), and when it carries (F,) bool."""

    ankle: np.ndarray
    toe: np.ndarray
    carries: np.ndarray


def footed(joints: np.ndarray, known: np.ndarray, sides: Sequence[str] = SIDES, follows: bool = True) -> np.ndarray:
    """Joints whose feet stand still in their contacts; those of ``known`` (F,) bool are returned as they are.

    Args:
        sides: whose legs may move.
        follows: whether the body may go along.
    """
    stance = find_stance(joints)
    contacts = dict(zip(SIDES, find_contacts(joints, stance), strict=True))
    ways = {side: _way(joints, side, contacts[side], stance, known) for side in sides}
    shift = np.zeros((len(joints), 3))
    if follows:
        weights = np.stack([way.carries for way in ways.values()]) * upright(joints)
        shift = followed(np.stack([way.ankle for way in ways.values()]), weights, known)
    out = joints + shift[:, None]
    for side, way in ways.items():
        ankle, toe = INDEX[f"{side}_ankle"], INDEX[f"{side}_foot"]
        out = reached(out, f"{side}_ankle", way.ankle - shift)
        foot = joints[:, toe] + way.toe - joints[:, ankle] - way.ankle
        length = np.linalg.norm(joints[:, toe] - joints[:, ankle], axis=-1, keepdims=True)
        out[:, toe] = out[:, ankle] + length * normalised(foot)
    return np.where(known[:, None, None], joints, out)


def _way(joints: np.ndarray, side: str, contacts: list[Contact], stance: Stance, known: np.ndarray) -> Way:
    ankle, toe = joints[:, INDEX[f"{side}_ankle"]], joints[:, INDEX[f"{side}_foot"]]
    foot = toe - ankle
    length = float(np.median(np.linalg.norm(foot, axis=-1)))
    sole = Sole(stance.toe, 0.0, length * np.cos(stance.slope), length * np.sin(stance.slope))
    held, flat = known.copy(), known.copy()
    moved, turned = np.zeros_like(toe), np.zeros_like(toe)
    carries = np.zeros(len(toe), dtype=bool)
    for contact in contacts:
        span = slice(contact.start, contact.end)
        held[span] = carries[span] = True
        place = np.median(toe[span], axis=0)
        height = stance.toe + contact.base
        place[1] = np.clip(place[1], height - SLACK, height + SLACK)
        moved[span] = given(toe[span], known[span], place) - toe[span]
        rest = slice(contact.flat, contact.lifted)
        if contact.flat < contact.lifted:
            flat[rest] = True
            turned[rest] = given(foot[rest], known[rest], flat_direction(foot[rest], sole)) - foot[rest]
    toes = offset_curve(held, moved)
    way = foot + offset_curve(flat, turned)
    way *= np.linalg.norm(foot, axis=-1, keepdims=True) / np.maximum(np.linalg.norm(way, axis=-1, keepdims=True), 1e-9)
    ankles = toes + foot - way
    pace = speed((toe + toes) * FLOOR, FPS)
    lowest = stance.toe + JOINTS.clearance * (1.0 - np.exp(-pace / SWING_SPEED))
    sunk = np.maximum(lowest - (toe + toes)[:, 1], 0.85 * stance.ankle - (ankle + ankles)[:, 1])
    lift = UP * (envelope(np.maximum(sunk, 0.0), 2.0) * _apart(held))[:, None]
    return Way(ankles + lift, toes + lift, carries)


def given(points: np.ndarray, known: np.ndarray, place: np.ndarray) -> np.ndarray:
    """Where (K, 3) a foot is that stands: ``place`` (3,), or where it is in ``known`` frames (K,), evenly between."""
    at = np.flatnonzero(known)
    if not len(at):
        return np.broadcast_to(place, points.shape)
    frames = np.arange(len(points))
    return np.stack([np.interp(frames, at, points[at, axis]) for axis in range(points.shape[1])], axis=-1)


def followed(moves: np.ndarray, weights: np.ndarray, known: np.ndarray) -> np.ndarray:
    """The way (F, 3) of a body whose feet are moved by ``moves`` (2, F, 3) and carry by ``weights`` (2, F).

    None in ``known`` frames (F,), else what minimises weights |s - move|^2 + FOLLOWS |s''|^2 + REST |s|^2.
    """
    frames = len(known)
    matrix = np.diag(weights.sum(axis=0)) + FOLLOWS * smoothest(frames) + REST * np.eye(frames)
    wanted = (weights[..., None] * moves).sum(axis=0)
    out = np.zeros_like(wanted)
    free = ~known
    if free.any():
        out[free] = np.linalg.solve(matrix[np.ix_(free, free)], wanted[free])
    return out


def _apart(flags: np.ndarray) -> np.ndarray:
    """0 (F,) in flagged frames (F,), 1 in those that are further than ``CLEAR`` from all of them."""
    away = np.abs(np.arange(len(flags))[:, None] - np.flatnonzero(flags)).min(axis=1, initial=len(flags))
    return smoothstep(away / CLEAR)
