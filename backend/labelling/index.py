# SPDX-License-Identifier: GPL-3.0-or-later
"""The index of a library of takes: MAR's vectors of many windows, kept in one small file between searches.

A file whose size and time of change are as before is not read again; one whose contents are as before, only later or
elsewhere, is not embedded again. Several processes may have the index open: what one of them writes is put into the
file as it is by then, under a lock, and the others find it there.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from ...rigs.body.canonical import at_origin
from ...rigs.body.skeleton import MAX_FRAMES
from ...rigs.errors import UserError
from ...rigs.files.regular_file import open_regular
from ..requests.label import POSES
from ..requests.label_tables import take_title
from ..system.atomic_write import disk_errors
from ..system.user_files import locked, write_private
from ..system.user_folder import home
from .embedding import Embedder, Span, StopCheck, uniform, windows
from .index_file import IndexedFile, IndexedTake, index_bytes, read_index
from .library import Library, below
from .motion_folders import Motions
from .motion_reading import fault_of, read_files
from .segmentation import checked

SHORT = 80  # frames; a moment in a long take
PIECES = 256  # windows that are embedded between two looks at whether somebody still waits
PATIENCE = 60.0  # seconds for another process that writes the index


@dataclass(frozen=True)
class Update:
    """What became of the files; ``skipped`` are files and takes that cannot be read, with the reason, and ``remarks``
    say of files that were read now what they hold otherwise than they say."""

    new: int
    changed: int
    kept: int
    gone: int
    skipped: tuple[tuple[str, str], ...]
    remarks: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        parts = {"new": self.new, "changed": self.changed, "as before": self.kept, "gone": self.gone}
        parts["skipped"] = len(self.skipped)
        return ", ".join(f"{count} {name}" for name, count in parts.items() if count) or "nothing"


def default_index() -> Path:
    """The index in the user's folder."""
    return home() / "takes.npz"


def take_spans(frames: int) -> list[Span]:
    """What of a take is indexed: windows as long as MAR reads, and short ones; half of each overlaps the next."""
    return list(dict.fromkeys([*windows(frames, MAX_FRAMES, MAX_FRAMES // 2), *windows(frames, SHORT, SHORT // 2)]))


def even_poses(joints: np.ndarray, span: Span) -> np.ndarray:
    """(POSES, 22, 3): even steps through a piece, which begins at the origin facing +Z."""
    piece = at_origin(joints[span[0] : span[1]])
    poses: np.ndarray = piece[np.linspace(0, len(piece) - 1, POSES).round().astype(int)]
    return poses


class TakeIndex:
    """Takes by file, for one set of weights."""

    def __init__(
        self, embedder: Embedder, takes: Iterable[IndexedTake] = (), sources: Iterable[IndexedFile] = ()
    ) -> None:
        self.embedder = embedder
        self.sources = {source.path: source for source in sources}
        self._takes: dict[str, dict[str, IndexedTake]] = {}
        for take in takes:
            self._takes.setdefault(take.path, {})[take.name] = take
        self._changed = {*self.sources, *self._takes}  # files that the index file does not have as they are here
        self._seen: tuple[int, ...] | None = None  # the index file as it was when it was read or written last

    @classmethod
    def open(cls, path: Path, embedder: Embedder) -> tuple[TakeIndex, str]:
        """The index in a file, and a sentence where it had to start over ("" otherwise)."""
        seen = _mark(path)
        takes, sources, note = read_index(path, embedder)
        index = cls(embedder, takes, sources)
        index._changed, index._seen = set(), seen
        return index, note

    @property
    def takes(self) -> list[IndexedTake]:
        """All takes."""
        return [take for among in self._takes.values() for take in among.values()]

    def take(self, path: str, name: str) -> IndexedTake | None:
        """One take."""
        return self._takes.get(path, {}).get(name)

    def takes_of(self, path: str) -> list[IndexedTake]:
        """The takes of a file."""
        return list(self._takes.get(path, {}).values())

    def catch_up(self, path: Path) -> None:
        """Take over what another process has written into the file since it was read; our own changes stay."""
        seen = _mark(path)
        if seen is None or seen == self._seen:
            return
        takes, sources, note = read_index(path, self.embedder)
        if note:  # damaged, or of other weights: the next saving replaces it
            return
        other = TakeIndex(self.embedder, takes, sources)
        for name in (self.sources.keys() | self._takes.keys()) - self._changed:
            self.sources.pop(name, None)
            self._takes.pop(name, None)
        for name in other._changed - self._changed:
            if name in other.sources:
                self.sources[name] = other.sources[name]
            if name in other._takes:
                self._takes[name] = other._takes[name]
        self._seen = seen

    def save(self, path: Path) -> None:
        """Put what has changed here into the file, in one step; what others have put there stays.

        UserError where the disk refuses, or "index_busy" where another process does not come to an end.
        """
        if not self._changed and path.is_file():
            return
        with disk_errors(path):
            try:
                with locked(path, PATIENCE):
                    self.catch_up(path)
                    write_private(path, index_bytes(self.embedder, self.takes, list(self.sources.values())))
                    self._seen = _mark(path)
            except BlockingIOError:
                raise UserError(
                    f"Another process is writing the index {path}.", "Wait for its end, and try again.", "index_busy"
                ) from None
        self._changed.clear()

    def unread(self, files: Sequence[Path]) -> list[Path]:
        """The files that ``update`` would have to embed, each contents once."""
        known = {source.contents for source in self.sources.values()}
        found: dict[str, Path] = {}
        for path in files:
            name = str(path.resolve())
            try:
                source = _looked_at(name, path, self.sources.get(name))
            except OSError:
                continue  # update says why
            if source.contents not in known:
                found.setdefault(source.contents, path)
        return list(found.values())

    def contents(self) -> list[tuple[IndexedFile, list[IndexedTake]]]:
        """Every file with its takes."""
        return [(source, self.takes_of(source.path)) for source in self.sources.values()]

    def update(
        self,
        files: Sequence[Path],
        folders: Sequence[Path] = (),
        file_done: Callable[[], object] = lambda: None,
        check_stop: StopCheck = lambda: None,
        ready: Iterable[tuple[IndexedFile, list[IndexedTake]]] = (),
    ) -> Update:
        """Bring the index up to date with ``files``; takes below ``folders`` that are gone are dropped.

        ``file_done`` is called after each file, ``check_stop`` before each and within long ones. It may raise what is
        no ``Exception``: what was read until then stays.
        ``ready``: what others made of some files, as ``contents`` gives it.
        """
        wanted = {str(path.resolve()): path for path in files}
        known = {source.contents: (source, self.takes_of(source.path)) for source in self.sources.values()}
        known |= {source.contents: (source, takes) for source, takes in ready}
        inside = below(folders)
        gone = [name for name in self.sources if name not in wanted and inside(name)]
        for name in gone:
            self._forget(name)
        became: dict[str, str] = {}
        unread: dict[str, IndexedFile] = {}
        problems: list[tuple[str, str]] = []
        remarks: list[tuple[str, str]] = []
        for name, path in wanted.items():
            check_stop()
            old = self.sources.get(name)
            try:
                fresh = _looked_at(name, path, old)
            except OSError as problem:
                self._forget(name)
                problems.append((name, f"{path.name} cannot be read ({problem.strerror})."))
                file_done()
                continue
            same = old is not None and old.contents == fresh.contents
            became[name] = "kept" if same else "new" if old is None else "changed"
            if fresh.contents not in known:
                unread[name] = fresh
                continue
            if fresh is not old:
                twin, takes = known[fresh.contents]
                self._put(replace(fresh, problems=twin.problems), [replace(take, path=name) for take in takes])
            file_done()
        for path, found in read_files([Path(name) for name in unread], check_stop):
            fresh = unread[str(path)]
            taken, wrong = self._embedded(fresh.path, fresh.contents, found, check_stop)
            self._put(replace(fresh, problems=wrong), taken)
            remarks += [(fresh.path, found.remark)] if found.remark else []
            file_done()
        for name in became:
            problems += [(take_title(name, inner), reason) for inner, reason in self.sources[name].problems]
        counts = Counter(kind for name, kind in became.items() if name in self._takes)
        return Update(counts["new"], counts["changed"], counts["kept"], len(gone), tuple(problems), tuple(remarks))

    def embedded(
        self, path: str, name: str, contents: str, joints: np.ndarray, check_stop: StopCheck = lambda: None
    ) -> IndexedTake:
        """A take (F, 22, 3) of 20 fps with its vectors. UserError as ``segments.checked``.

        ``check_stop`` is called between pieces and may raise.
        """
        joints = uniform(checked(joints))
        spans = take_spans(len(joints))
        poses = np.stack([even_poses(joints, span) for span in spans]).astype(np.float32)
        vectors = []
        for at in range(0, len(spans), PIECES):
            check_stop()
            vectors.append(self.embedder.embed(joints, spans[at : at + PIECES]))
        return IndexedTake(path, name, contents, tuple(spans), np.concatenate(vectors), poses)

    def vector(self, joints: np.ndarray) -> np.ndarray:
        """The unit vector (D,) of a whole take (F, 22, 3). UserError as ``segments.checked``."""
        joints = uniform(checked(joints))
        vector: np.ndarray = self.embedder.embed(joints, [(0, len(joints))])[0]
        return vector

    def among(self, files: Sequence[Path]) -> Library:
        """What can be searched: the indexed takes of ``files``."""
        names = {str(path.resolve()) for path in files}
        return Library([take for name in names for take in self.takes_of(name)])

    def put(self, take: IndexedTake) -> None:
        """Put one take in the place of the one of its name."""
        self._takes.setdefault(take.path, {})[take.name] = take
        self._changed.add(take.path)

    def drop(self, path: str, name: str) -> None:
        """Let go of one take, if it is there."""
        among = self._takes.get(path, {})
        if among.pop(name, None) is not None:
            self._changed.add(path)
        if not among:
            self._takes.pop(path, None)

    def _embedded(
        self, path: str, contents: str, found: Motions, check_stop: StopCheck
    ) -> tuple[list[IndexedTake], tuple[tuple[str, str], ...]]:
        taken, problems = [], list(found.problems)
        for name, joints in found.takes:
            try:
                taken.append(self.embedded(path, name, contents, joints, check_stop))
            except Exception as problem:
                problems.append((name, fault_of(problem, Path(path))))
        return taken, tuple(problems)

    def _put(self, source: IndexedFile, takes: Iterable[IndexedTake]) -> None:
        self._forget(source.path)
        self.sources[source.path] = source
        for take in takes:
            self.put(take)

    def _forget(self, path: str) -> None:
        self._changed.add(path)
        self.sources.pop(path, None)
        self._takes.pop(path, None)


def _looked_at(name: str, path: Path, old: IndexedFile | None) -> IndexedFile:
    """A file as it is; ``old`` itself where size and time of change are as they were."""
    facts = path.stat()
    if old is not None and (old.size, old.changed) == (facts.st_size, facts.st_mtime_ns):
        return old
    with open_regular(path) as file:
        contents = hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=16)).hexdigest()
    return IndexedFile(name, facts.st_size, facts.st_mtime_ns, contents)


def _mark(path: Path) -> tuple[int, ...] | None:
    """What changes with every replacement of a file; None where there is none."""
    try:
        facts = path.stat()
    except OSError:
        return None
    return facts.st_ino, facts.st_size, facts.st_mtime_ns
