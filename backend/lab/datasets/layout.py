# SPDX-License-Identifier: GPL-3.0-or-later
"""What every data set has: a name, a place where the user gets it, a shape on disk, splits and a reader."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ....rigs.errors import UserError


@dataclass(frozen=True)
class Recording:
    """One labelled or captioned piece of motion."""

    id: str
    split: str  # train, val or test
    joints: np.ndarray  # (F, 22, 3) Y up, in any unit, place and heading
    fps: float
    texts: tuple[str, ...]
    labels: tuple[str, ...]
    mirrored: bool = False  # a mirrored copy that the data set itself brings


@dataclass(frozen=True)
class Layout:
    """One data set. ``read`` yields what could be read, and a ``UserError`` in the place of a file that could not."""

    name: str
    title: str
    where: str  # the user gets it
    tree: str  # how the folder must look
    splits: tuple[str, ...]
    read: Callable[[Path, str], Iterator[Recording | UserError]]
    brings_mirrored: bool = False

    def needs(self, folder: Path, names: Sequence[str]) -> None:
        """UserError ``bad_layout`` where one of the names is missing in the folder."""
        missing = [name for name in names if not (folder / name).exists()]
        if missing:
            raise UserError(
                f"{folder} is not laid out like {self.title}: {', '.join(missing)} is missing.",
                f"Get the data from {self.where} and lay it out so: {self.tree}",
                "bad_layout",
            )


def recordings(layout: Layout, folder: Path, split: str) -> Iterator[Recording | UserError]:
    """All recordings of a folder by one of the layout's splits (empty: the first).

    UserError ``bad_layout`` for a folder that is laid out otherwise, ``bad_split`` for a split it does not have.
    """
    if split and split not in layout.splits:
        known = ", ".join(layout.splits)
        raise UserError(f"{layout.title} has no split '{split}'.", f"Its splits are: {known}.", "bad_split")
    yield from layout.read(folder, split or layout.splits[0])
