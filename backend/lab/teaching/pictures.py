# SPDX-License-Identifier: GPL-3.0-or-later
"""Sheets of what a taught model makes, for people to judge: alone, joined to a walk, and as the end of a walk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ...files.motion_pictures import sheet
from .unknown_moves import MoveFamily

if TYPE_CHECKING:
    from ...model.weights import System

WALK = ", then walks forward"
JOINED = 8.0  # seconds of a motion that does both
FIRST, END = 40, 140  # frames of the walk that are edited: its end, as most actions are done standing
ALONE = 4  # motions of a family that a sheet shows


def joined_prompts(family: MoveFamily) -> tuple[str, ...]:
    """A description and a prompt of a family, each followed by a walk."""
    return family.words[0] + WALK, family.prompts[0] + WALK


def write_sheets(
    folder: Path,
    families: Sequence[MoveFamily],
    alone: Mapping[str, list[np.ndarray]],
    then_walks: Mapping[str, list[np.ndarray]],
    edited: Mapping[str, np.ndarray],
) -> None:
    """alone.png, then_walks.png and edited.png in ``folder``, of motions (F, 22, 3) by family."""
    rows = [pair for one in families for pair in list(zip(one.prompts, alone[one.name], strict=False))[:ALONE]]
    sheet(rows, folder / "alone.png", poses=8)
    both = [pair for one in families for pair in zip(joined_prompts(one), then_walks[one.name], strict=True)]
    sheet(both, folder / "then_walks.png", poses=10)
    sheet([(f"edited: {one.words[0]}", edited[one.name]) for one in families], folder / "edited.png", poses=10)


def edit_of(system: System, walk: np.ndarray, prompt: str) -> np.ndarray:
    """The walk (F, 22, 3) whose end became what the prompt says."""
    from ...editing.execution import edit
    from ...requests.edit import EditRequest

    joints = walk[:END].astype(np.float32)
    return edit(system, EditRequest(joints, "regenerate", FIRST, len(joints), prompt=prompt)).joints[0]
