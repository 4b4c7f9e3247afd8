# SPDX-License-Identifier: GPL-3.0-or-later
"""The index of a library of takes: MAR's vectors of many windows, kept in one small file between searches.

The file is an .npz without pickles: ``vectors`` (N, D) float16, ``poses`` (N, POSES, 22, 3) float16, ``places`` (N, 3)
int32 (number of the take, first frame, end), ``takes`` and ``sources`` (JSON as bytes) and ``fingerprint`` of the
weights. A file whose size and time of change are as before is not read again; one whose contents are as before, only
later or elsewhere, is not embedded again.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import astuple, dataclass, replace
from pathlib import Path

import numpy as np

from ...rigs.canonical import at_origin
from ...rigs.errors import UserError
from ...rigs.skeleton import JOINTS, MAX_FRAMES
from ..archive import read_arrays
from ..home import home
from ..motion_file import replacing
from .embedding import Embedder, Span, uniform, windows
from .files import Motions
from .reading import read_files
from .request import POSES, Moment
from .segments import checked
from .tables import shown

SHORT = 80  # frames; a moment in a long take
VERSION = 2
LARGEST = 2**30  # bytes that an index may take in memory
Stopped = Callable[[], None]


@dataclass(frozen=True)
class Source:
    """A file as it was when it was read, and what in it could not be: (name of the take, reason)."""

    path: str
    size: int
    changed: int  # nanoseconds, of the file system
    contents: str  # hash of the bytes
    problems: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, eq=False)
class Take:
    """One take of a file (or of an open scene): vectors (N, D) and poses (N, POSES, 22, 3) of its windows."""

    path: str
    name: str  # within the file; "" where the file is the take
    contents: str
    spans: tuple[Span, ...]  # frames at 20 fps
    vectors: np.ndarray
    poses: np.ndarray


@dataclass(frozen=True)
class Update:
    """What became of the files; ``skipped`` are files and takes that cannot be read, with the reason."""

    new: int
    changed: int
    kept: int
    gone: int
    skipped: tuple[tuple[str, str], ...]

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


class Index:
    """Takes by path and name, for one set of weights."""

    def __init__(self, embedder: Embedder, takes: Iterable[Take] = (), sources: Iterable[Source] = ()) -> None:
        self.embedder = embedder
        self.takes = {(take.path, take.name): take for take in takes}
        self.sources = {source.path: source for source in sources}

    @classmethod
    def open(cls, path: Path, embedder: Embedder) -> tuple[Index, str]:
        """The index in a file, and a sentence where it had to begin anew ("" otherwise)."""
        fresh = cls(embedder)
        if not path.is_file():
            return fresh, ""
        try:
            arrays = read_arrays(path, LARGEST)
            mark, version = str(arrays["fingerprint"]), int(arrays["version"])
            if mark != embedder.mark or version != VERSION:
                return fresh, f"The index {path} is of other weights; it is made anew."
            vectors, places = arrays["vectors"].astype(np.float32), arrays["places"].astype(int)
            poses = arrays["poses"].astype(np.float32)
            records = json.loads(arrays["takes"].tobytes())
            files = json.loads(arrays["sources"].tobytes())
            sound = vectors.shape == (len(places), embedder.width) and poses.shape == (*places.shape[:1], *_POSED)
            if not sound or not np.isfinite(vectors).all() or not np.isfinite(poses).all():
                raise ValueError("vectors")
            # each take has windows, and each window a take
            if not np.array_equal(np.unique(places[:, 0]), np.arange(len(records))) or (places[:, 1:] < 0).any():
                raise ValueError("places")
            takes = []
            for number, (file, name, contents) in enumerate(records):
                rows = places[:, 0] == number
                spans = tuple((int(a), int(b)) for _, a, b in places[rows])
                takes.append(Take(str(file), str(name), str(contents), spans, vectors[rows], poses[rows]))
            sources = [
                Source(str(file), int(size), int(changed), str(contents), tuple((str(n), str(r)) for n, r in problems))
                for file, size, changed, contents, problems in files
            ]
        except (OSError, ValueError, LookupError, TypeError, OverflowError, RecursionError):
            return fresh, f"The index {path} is damaged; it is made anew."
        return cls(embedder, takes, sources), ""

    def save(self, path: Path) -> None:
        """Replace the file in one step. UserError where the disk refuses."""
        takes = list(self.takes.values())
        places = [(number, *span) for number, take in enumerate(takes) for span in take.spans]
        records = [(take.path, take.name, take.contents) for take in takes]
        empty = np.zeros((0, self.embedder.width)), np.zeros((0, *_POSED))
        out = io.BytesIO()
        np.savez(
            out,
            vectors=np.concatenate([empty[0], *(take.vectors for take in takes)]).astype(np.float16),
            poses=np.concatenate([empty[1], *(take.poses for take in takes)]).astype(np.float16),
            places=np.array(places, dtype=np.int32).reshape(-1, 3),
            takes=_packed(records),
            sources=_packed([astuple(source) for source in self.sources.values()]),
            fingerprint=np.array(self.embedder.mark),
            version=np.array(VERSION),
        )
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path) as part:
            part.write_bytes(out.getvalue())

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

    def contents(self) -> list[tuple[Source, list[Take]]]:
        """Every file with its takes."""
        return [(source, self._of(source.path)) for source in self.sources.values()]

    def update(
        self,
        files: Sequence[Path],
        folders: Sequence[Path] = (),
        told: Callable[[], object] = lambda: None,
        stopped: Stopped = lambda: None,
        ready: Iterable[tuple[Source, list[Take]]] = (),
    ) -> Update:
        """Bring the index up to date with ``files``; takes below ``folders`` that are gone are dropped.

        ``told`` is called after each file, ``stopped`` before each and may raise: what was read until then stays.
        ``ready``: what others made of some files, as ``contents`` gives it.
        """
        wanted = {str(path.resolve()): path for path in files}
        known = {source.contents: (source, self._of(source.path)) for source in self.sources.values()}
        known |= {source.contents: (source, takes) for source, takes in ready}
        inside = below(folders)
        gone = [name for name in self.sources if name not in wanted and inside(name)]
        for name in gone:
            self._forget(name)
        became: dict[str, str] = {}
        unread: dict[str, Source] = {}
        problems: list[tuple[str, str]] = []
        for name, path in wanted.items():
            stopped()
            old = self.sources.get(name)
            try:
                fresh = _looked_at(name, path, old)
            except OSError as problem:
                self._forget(name)
                problems.append((name, f"{path.name} cannot be read ({problem.strerror})."))
                told()
                continue
            same = old is not None and old.contents == fresh.contents
            became[name] = "kept" if same else "new" if old is None else "changed"
            if fresh.contents not in known:
                unread[name] = fresh
                continue
            if fresh is not old:
                twin, takes = known[fresh.contents]
                self._put(replace(fresh, problems=twin.problems), [replace(take, path=name) for take in takes])
            told()
        for path, found in read_files([Path(name) for name in unread], stopped):
            fresh = unread[str(path)]
            taken, wrong = self._embedded(fresh.path, fresh.contents, found)
            self._put(replace(fresh, problems=wrong), taken)
            told()
        there = {path for path, _ in self.takes}
        for name in became:
            problems += [(shown(name, inner), reason) for inner, reason in self.sources[name].problems]
        counts = Counter(kind for name, kind in became.items() if name in there)
        return Update(counts["new"], counts["changed"], counts["kept"], len(gone), tuple(problems))

    def embedded(self, path: str, name: str, contents: str, joints: np.ndarray) -> Take:
        """A take (F, 22, 3) of 20 fps with its vectors. UserError as ``segments.checked``."""
        joints = uniform(checked(joints))
        spans = take_spans(len(joints))
        poses = np.stack([even_poses(joints, span) for span in spans]).astype(np.float32)
        return Take(path, name, contents, tuple(spans), self.embedder.embed(joints, spans), poses)

    def vector(self, joints: np.ndarray) -> np.ndarray:
        """The unit vector (D,) of a whole take (F, 22, 3). UserError as ``segments.checked``."""
        joints = uniform(checked(joints))
        vector: np.ndarray = self.embedder.embed(joints, [(0, len(joints))])[0]
        return vector

    def among(self, files: Sequence[Path]) -> Library:
        """What can be searched: the indexed takes of ``files``."""
        names = {str(path.resolve()) for path in files}
        return Library([take for take in self.takes.values() if take.path in names])

    def _embedded(self, path: str, contents: str, found: Motions) -> tuple[list[Take], tuple[tuple[str, str], ...]]:
        taken, problems = [], list(found.problems)
        for name, joints in found.takes:
            try:
                taken.append(self.embedded(path, name, contents, joints))
            except UserError as problem:
                problems.append((name, problem.message))
        return taken, tuple(problems)

    def _put(self, source: Source, takes: Iterable[Take]) -> None:
        self._forget(source.path)
        self.sources[source.path] = source
        self.takes.update({(take.path, take.name): take for take in takes})

    def _of(self, path: str) -> list[Take]:
        return [take for take in self.takes.values() if take.path == path]

    def _forget(self, path: str) -> None:
        self.sources.pop(path, None)
        for take in self._of(path):
            del self.takes[take.path, take.name]


class Library:
    """Takes as one matrix."""

    def __init__(self, takes: Sequence[Take]) -> None:
        self._takes = list(takes)
        self._starts = np.cumsum([0, *(len(take.spans) for take in takes)])
        self._vectors = np.concatenate([take.vectors for take in takes]) if takes else np.zeros((0, 0))

    def __len__(self) -> int:
        return len(self._takes)

    def nearest(self, wanted: np.ndarray, top: int) -> list[Moment]:
        """The ``top`` takes whose best window is nearest to a unit vector (D,), best first."""
        if not self._takes:
            return []
        scores = self._vectors @ wanted
        best = np.maximum.reduceat(scores, self._starts[:-1])
        found = []
        for number in np.argsort(-best, kind="stable")[:top]:
            a, b = self._starts[number], self._starts[number + 1]
            row = int(scores[a:b].argmax())
            take = self._takes[number]
            first, end = take.spans[row]
            found.append(Moment(take.path, take.name, float(scores[a + row]), first, end, take.poses[row]))
        return found


def below(places: Iterable[Path]) -> Callable[[str], bool]:
    """Whether a resolved path is one of the places or below one of them.

    It compares letters: ``Path`` takes 0.05 ms for each take, which is all that a search may take for a thousand.
    """
    roots = tuple(os.path.normcase(place.resolve()) for place in places)
    heads = tuple(root.rstrip(os.sep) + os.sep for root in roots)
    return lambda path: (name := os.path.normcase(path)) in roots or name.startswith(heads)


_POSED = (POSES, len(JOINTS), 3)


def _looked_at(name: str, path: Path, old: Source | None) -> Source:
    """A file as it is; ``old`` itself where size and time of change are as they were."""
    facts = path.stat()
    if old is not None and (old.size, old.changed) == (facts.st_size, facts.st_mtime_ns):
        return old
    with path.open("rb") as file:
        contents = hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=16)).hexdigest()
    return Source(name, facts.st_size, facts.st_mtime_ns, contents)


def _packed(value: object) -> np.ndarray:
    return np.frombuffer(json.dumps(value).encode(), dtype=np.uint8)
