# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes of the unknown moves over recorded clips: those that are shown to the model, and those that are held out."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ....rigs.body.skeleton import FPS, INDEX
from ....rigs.errors import UserError
from ...files.motion_file import write_motion
from ...training.data import Clip
from .unknown_moves import MoveFamily

SHORTEST = {"stand": 3.5, "walk": 3.5, "run": 2.0}  # seconds of a take: recordings of runs are short
LONGEST = 6.0
STILL = 0.25  # metres that a clip of standing travels at most
PACES = {"walk": (0.8, 1.5), "run": (2.0, 6.0)}  # m/s
UPRIGHT = 1.3  # metres that the head stays above
HANGING = 1.15  # metres that the hands stay below


@dataclass(frozen=True)
class FamilyTakes:
    """Takes (F, 22, 3) of a family that are shown, and held-out ones over recordings that the model never saw."""

    family: MoveFamily
    shown: tuple[np.ndarray, ...]
    held_out: tuple[np.ndarray, ...]


def bases(clips: Sequence[Clip], over: str, train: bool) -> list[np.ndarray]:
    """Recorded clips (F, 22, 3) in which a person only stands or walks, with hanging arms, or only runs.

    UserError ``no_clips`` where there are none.
    """
    found = [
        clip.joints
        for clip in clips
        if not clip.mirrored and (clip.split == "train") == train and _only(clip.joints, clip.group, over)
    ]
    if not found:
        part = "training" if train else "held-out"
        raise UserError(f"No {part} clip only shows people who {over}.", "Prepare all sources.", "no_clips")
    return found


def _only(joints: np.ndarray, group: str, over: str) -> bool:
    hands = joints[:, [INDEX["left_wrist"], INDEX["right_wrist"]], 1]
    if len(joints) < SHORTEST[over] * FPS or joints[:, INDEX["head"], 1].min() < UPRIGHT:
        return False
    if over != "run" and hands.max() > HANGING:
        return False
    place = joints[:, 0, ::2]
    if over == "stand":
        return group == "stand and idle" and bool(np.ptp(place, axis=0).max() < STILL)
    pace = float(np.linalg.norm(place[-1] - place[0])) / len(joints) * FPS
    return group == over and PACES[over][0] <= pace <= PACES[over][1]


def takes_of(family: MoveFamily, clips: Sequence[Clip], seconds: float, held_out: int, seed: int) -> FamilyTakes:
    """At least ``seconds`` of takes to show, and ``held_out`` other ones. UserError as ``bases``."""
    rng = np.random.default_rng([seed, *family.name.encode()])
    shown: list[np.ndarray] = []
    kept: list[np.ndarray] = []
    for made, train in ((shown, True), (kept, False)):
        some = bases(clips, family.over, train)
        order = rng.permutation(len(some))
        while (sum(map(len, shown)) < seconds * FPS) if train else (len(kept) < held_out):
            base = some[order[len(made) % len(order)]]
            frames = int(rng.uniform(SHORTEST[family.over], LONGEST) * FPS)
            first = int(rng.integers(max(1, len(base) - frames)))
            made.append(family.take(base[first : first + frames], rng, left=bool(len(made) % 2)))
    return FamilyTakes(family, tuple(shown), tuple(kept))


def write_takes(folder: Path, takes: Sequence[FamilyTakes]) -> Path:
    """The shown takes as files of a folder, and beside them their words as the table that ``coamd teach`` reads."""
    table = folder / "words.csv"
    with table.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("file", "words"))
        for some in takes:
            for number, joints in enumerate(some.shown):
                path = folder / f"{some.family.name.replace(' ', '_')}_{number}.npz"
                write_motion(path, joints)
                rows.writerows((path.name, words) for words in some.family.words)
    return table
