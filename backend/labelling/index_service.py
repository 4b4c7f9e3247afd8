# SPDX-License-Identifier: GPL-3.0-or-later
"""The backend's index: kept up to date and asked by clients. It knows no model but an `Embedder`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from ...rigs.errors import UserError
from ..files.motion_file import read_motion
from ..requests.label import Moment, Offer, Skipped
from ..requests.label_tables import take_title
from .embedding import Embedder, StopCheck
from .index import TakeIndex
from .index_file import IndexedTake
from .library import Library, below
from .motion_folders import SCENES, motion_files
from .motion_reading import fault_of
from .scene_files import read_scenes

OFFERED = "open:"  # before the file of offered takes, which need not be as they are on the disk
MOST_SKIPPED = 200  # named in one answer
MOST_REMARKS = 5  # of files that hold otherwise than they say

FilesRead = Callable[[int, int], None]  # files done, of


class IndexService:
    """One index file."""

    def __init__(self, embedder: Embedder, path: Path) -> None:
        self._index, note = TakeIndex.open(path, embedder)
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

    def read(self, places: Sequence[str], report: FilesRead, check_stop: StopCheck) -> tuple[Skipped, ...]:
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
            report(done, len(files))

        self._index.catch_up(self._path)
        try:
            update = self._index.update(files, folders, one, check_stop)
        finally:  # what was read before a stop need not be read again
            self._index.save(self._path)
        self._notes += [f"{take_title(name, '')}: {remark}" for name, remark in update.remarks[:MOST_REMARKS]]
        skipped = missing + [Skipped(name[:4000], reason[:4000]) for name, reason in update.skipped]
        if len(skipped) > MOST_SKIPPED:
            self._notes.append(f"{len(skipped)} files or takes were skipped; {MOST_SKIPPED} of them are named.")
        return tuple(skipped[:MOST_SKIPPED])

    def take(
        self, origin: str, offers: Sequence[Offer], all_offers: bool, check_stop: StopCheck
    ) -> tuple[tuple[str, ...], tuple[Skipped, ...]]:
        """Take in what a client offers; the names whose joints are needed, and what cannot be read."""
        index, key = self._index, OFFERED + origin
        wanted, skipped = [], []
        index.catch_up(self._path)
        if all_offers:
            names = {offer.name for offer in offers}
            for take in index.takes_of(key):
                if take.name not in names:
                    index.drop(key, take.name)
        for offer in offers:
            there = index.take(key, offer.name)
            if offer.joints is None:
                if there is None or there.contents != offer.mark:
                    wanted.append(offer.name)
                continue
            check_stop()
            try:
                index.put(index.embedded(key, offer.name, offer.mark, offer.joints, check_stop))
            except Exception as problem:
                index.drop(key, offer.name)
                skipped.append(Skipped(offer.name, fault_of(problem, Path(offer.name))))
        index.save(self._path)
        return tuple(wanted), tuple(skipped)

    def find(
        self, wanted: np.ndarray, places: Sequence[str], origin: str, offered: bool, top: int
    ) -> tuple[Moment, ...]:
        """The nearest moments to a unit vector (D,). UserError ``nothing_indexed``."""
        inside = below(Path(place) for place in places)
        key = OFFERED + origin

        def meant(take: IndexedTake) -> bool:
            return (offered and take.path == key) or inside(take.path)

        self._index.catch_up(self._path)
        library = Library([take for take in self._index.takes if meant(take)])
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

    def fetch(self, path: str, name: str, check_stop: StopCheck) -> np.ndarray:
        """Joints (F, 22, 3) of an indexed take, from its file. UserError ``unknown_take``, ``take_gone``."""
        if self._index.take(path, name) is None or path.startswith(OFFERED):
            raise UserError("This take is not in the index.", "Search again.", "unknown_take")
        if Path(path).suffix.lower() not in SCENES:
            return read_motion(path)
        for _, found in read_scenes([Path(path)], check_stop):
            for there, joints in found.takes:
                if there == name:
                    return joints
        raise UserError(
            f"{take_title(path, name)} is no longer there.", "Update the index and search again.", "take_gone"
        )
