# SPDX-License-Identifier: GPL-3.0-or-later
"""The backend's index: kept up to date and asked by clients. It knows no model but an `Embedder`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from ...rigs.errors import UserError
from ..motion_file import read_motion
from .embedding import Embedder
from .files import SCENES, motion_files
from .index import Index, Library, Take, below
from .request import Moment, Offer, Skipped
from .scenes import read_scenes
from .tables import shown

OFFERED = "open:"  # before the file of offered takes, which need not be as they are on the disk
MOST_SKIPPED = 200  # named in one answer

Told = Callable[[int, int], None]  # files done, of


class Librarian:
    """One index file."""

    def __init__(self, embedder: Embedder, path: Path) -> None:
        self._index, note = Index.open(path, embedder)
        self._path = path
        self._notes = [note] if note else []

    @property
    def takes(self) -> int:
        """How many takes can be searched."""
        return len(self._index.takes)

    def notes(self) -> tuple[str, ...]:
        """What the user should know about the index, once."""
        said, self._notes = tuple(self._notes), []
        return said

    def read(self, places: Sequence[str], told: Told, stopped: Callable[[], None]) -> tuple[Skipped, ...]:
        """Bring it up to date with files and folders; what could not be read. UserError as ``motion_files``."""
        folders = [Path(place) for place in places]
        missing = [
            Skipped(str(folder), "There is no such file or folder.") for folder in folders if not folder.exists()
        ]
        folders = [folder for folder in folders if folder.exists()]
        files = motion_files(folders) if folders else []
        done = 0

        def one() -> None:
            nonlocal done
            done += 1
            told(done, len(files))

        try:
            update = self._index.update(files, folders, one, stopped)
        finally:  # what was read before a stop need not be read again
            self._index.save(self._path)
        skipped = missing + [Skipped(name[:4000], reason[:4000]) for name, reason in update.skipped]
        if len(skipped) > MOST_SKIPPED:
            self._notes.append(f"{len(skipped)} files or takes were skipped; {MOST_SKIPPED} of them are named.")
        return tuple(skipped[:MOST_SKIPPED])

    def take(
        self, origin: str, offers: Sequence[Offer], all_offers: bool, stopped: Callable[[], None]
    ) -> tuple[tuple[str, ...], tuple[Skipped, ...]]:
        """Take in what a client offers; the names whose joints are needed, and what cannot be read."""
        index, key = self._index, OFFERED + origin
        wanted, skipped = [], []
        changed = False
        if all_offers:
            names = {offer.name for offer in offers}
            for path, name in [place for place in index.takes if place[0] == key and place[1] not in names]:
                del index.takes[path, name]
                changed = True
        for offer in offers:
            there = index.takes.get((key, offer.name))
            if offer.joints is None:
                if there is None or there.contents != offer.mark:
                    wanted.append(offer.name)
                continue
            stopped()
            changed = True
            try:
                index.takes[key, offer.name] = index.embedded(key, offer.name, offer.mark, offer.joints)
            except UserError as problem:
                index.takes.pop((key, offer.name), None)
                skipped.append(Skipped(offer.name, problem.message))
        if changed:
            index.save(self._path)
        return tuple(wanted), tuple(skipped)

    def find(
        self, wanted: np.ndarray, places: Sequence[str], origin: str, offered: bool, top: int
    ) -> tuple[Moment, ...]:
        """The nearest moments to a unit vector (D,). UserError ``nothing_indexed``."""
        inside = below(Path(place) for place in places)
        key = OFFERED + origin

        def meant(take: Take) -> bool:
            return (offered and take.path == key) or inside(take.path)

        library = Library([take for take in self._index.takes.values() if meant(take)])
        if not len(library):
            raise UserError(
                "There is no take to search.", "Choose a place with takes, and update the index.", "nothing_indexed"
            )
        return tuple(
            Moment("" if m.path == key else m.path, m.name, m.score, m.first, m.end, m.poses)
            for m in library.nearest(wanted, top)
        )

    def example(self, joints: np.ndarray) -> np.ndarray:
        """The unit vector (D,) of a whole take (F, 22, 3). UserError as ``segments.checked``."""
        return self._index.vector(joints)

    def fetch(self, path: str, name: str, stopped: Callable[[], None]) -> np.ndarray:
        """Joints (F, 22, 3) of an indexed take, from its file. UserError ``unknown_take``, ``take_gone``."""
        if (path, name) not in self._index.takes or path.startswith(OFFERED):
            raise UserError("This take is not in the index.", "Search again.", "unknown_take")
        if Path(path).suffix.lower() not in SCENES:
            return read_motion(path)
        for _, found in read_scenes([Path(path)], stopped):
            for there, joints in found.takes:
                if there == name:
                    return joints
        raise UserError(f"{shown(path, name)} is no longer there.", "Update the index and search again.", "take_gone")
