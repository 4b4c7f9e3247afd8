# SPDX-License-Identifier: GPL-3.0-or-later
"""The index of a library of takes: MAR's vectors of many windows, kept in one small file between searches.

The file is an .npz without pickles: ``vectors`` (N, D) float16, ``places`` (N, 3) int32 (number of the take, first
frame, end), ``takes`` (JSON as bytes) and ``fingerprint`` of the weights. A take whose size and time of change are as
before is not read again; one whose contents are as before, only later or elsewhere, is not embedded again.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

import numpy as np

from ...rigs.errors import UserError
from ...rigs.skeleton import MAX_FRAMES
from ..home import home
from ..model.calibration import fingerprint
from ..model.weights import System
from ..motion_file import read_motion, replacing
from .embedding import Span, embed_spans, uniform, windows
from .labeller import checked

SHORT = 80  # frames; a moment in a long take
VERSION = 1


@dataclass(frozen=True, eq=False)
class Take:
    """A file as it was when it was read, and the vectors (N, D) of its windows."""

    path: str
    size: int
    changed: int  # nanoseconds, of the file system
    contents: str  # hash of the bytes
    spans: tuple[Span, ...]  # frames at 20 fps
    vectors: np.ndarray


@dataclass(frozen=True)
class Update:
    """What became of the files; ``skipped`` are those that cannot be read, with the reason."""

    new: int
    changed: int
    kept: int
    gone: int
    skipped: tuple[tuple[Path, UserError], ...]

    def __str__(self) -> str:
        parts = {"new": self.new, "changed": self.changed, "as before": self.kept, "gone": self.gone}
        parts["skipped"] = len(self.skipped)
        return ", ".join(f"{count} {name}" for name, count in parts.items() if count) or "nothing"


@dataclass(frozen=True)
class Found:
    """A take with its best moment."""

    path: Path
    score: float  # cosine
    first: int  # frames at 20 fps
    end: int


def default_index() -> Path:
    """The index in the user's folder."""
    return home() / "takes.npz"


def take_spans(frames: int) -> list[Span]:
    """What of a take is indexed: windows as long as MAR reads, and short ones; half of each overlaps the next."""
    return list(dict.fromkeys([*windows(frames, MAX_FRAMES, MAX_FRAMES // 2), *windows(frames, SHORT, SHORT // 2)]))


class Index:
    """Takes by path, for one set of weights."""

    def __init__(self, system: System, takes: Iterable[Take] = ()) -> None:
        self.system = system
        self.mark = fingerprint(system.recognizer, system.text)
        self.takes = {take.path: take for take in takes}

    @classmethod
    def open(cls, path: Path, system: System) -> tuple[Index, str]:
        """The index in a file, and a sentence where it had to begin anew ("" otherwise)."""
        fresh = cls(system)
        if not path.is_file():
            return fresh, ""
        try:
            with np.load(path, allow_pickle=False) as arrays:
                mark, version = str(arrays["fingerprint"]), int(arrays["version"])
                vectors, places = arrays["vectors"].astype(np.float32), arrays["places"].astype(int)
                records = json.loads(arrays["takes"].tobytes())
            if mark != fresh.mark or version != VERSION:
                return fresh, f"The index {path} is of other weights; it is made anew."
            if vectors.shape != (len(places), system.config.recognizer.feature) or not np.isfinite(vectors).all():
                raise ValueError("vectors")
            takes = []
            for number, (name, size, changed, contents) in enumerate(records):
                rows = places[:, 0] == number
                spans = tuple((int(a), int(b)) for _, a, b in places[rows])
                takes.append(Take(str(name), int(size), int(changed), str(contents), spans, vectors[rows]))
        except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile):
            return fresh, f"The index {path} is damaged; it is made anew."
        return cls(system, takes), ""

    def save(self, path: Path) -> None:
        """Replace the file in one step. UserError where the disk refuses."""
        takes = list(self.takes.values())
        places = [(number, *span) for number, take in enumerate(takes) for span in take.spans]
        records = [(take.path, take.size, take.changed, take.contents) for take in takes]
        width = self.system.config.recognizer.feature
        out = io.BytesIO()
        np.savez(
            out,
            vectors=np.concatenate([np.zeros((0, width)), *(take.vectors for take in takes)]).astype(np.float16),
            places=np.array(places, dtype=np.int32).reshape(-1, 3),
            takes=np.frombuffer(json.dumps(records).encode(), dtype=np.uint8),
            fingerprint=np.array(self.mark),
            version=np.array(VERSION),
        )
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path) as part:
            part.write_bytes(out.getvalue())

    def unread(self, files: Sequence[Path]) -> list[tuple[Path, str]]:
        """The files that ``update`` would have to embed, each contents once, with the hash of its contents."""
        known = {take.contents for take in self.takes.values()}
        found: dict[str, Path] = {}
        for path in files:
            try:
                facts = path.stat()
                old = self.takes.get(str(path.resolve()))
                if old is None or (old.size, old.changed) != (facts.st_size, facts.st_mtime_ns):
                    found.setdefault(contents_of(path), path)
            except OSError:
                continue  # update says why
        return [(path, contents) for contents, path in found.items() if contents not in known]

    def update(
        self,
        files: Sequence[Path],
        folders: Sequence[Path] = (),
        told: Callable[[], object] = lambda: None,
        ready: Mapping[str, Take | UserError] = MappingProxyType({}),
    ) -> Update:
        """Bring the index up to date with ``files``; takes below ``folders`` that are gone are dropped.

        ``ready``: what others made of some files, by the hash of their contents.
        """
        by_contents = {take.contents: take for take in self.takes.values()}
        wanted = {str(path.resolve()) for path in files}
        below = [str(folder.resolve()) for folder in folders if folder.is_dir()]
        gone = [n for n in self.takes if n not in wanted and any(Path(n).is_relative_to(f) for f in below)]
        for name in gone:
            del self.takes[name]
        new = changed = kept = 0
        skipped = []
        for path in files:
            name = str(path.resolve())
            old = self.takes.get(name)
            try:
                facts = path.stat()
                if old is not None and (old.size, old.changed) == (facts.st_size, facts.st_mtime_ns):
                    kept += 1
                    continue
                contents = contents_of(path)
                same = by_contents.get(contents) or ready.get(contents) or read_take(self.system, path, contents)
                if isinstance(same, UserError):
                    raise same
                by_contents[contents] = same
                self.takes[name] = replace(same, path=name, size=facts.st_size, changed=facts.st_mtime_ns)
                new, changed, kept = (
                    new + (old is None),
                    changed + (old is not None and old.contents != contents),
                    kept + (old is not None and old.contents == contents),
                )
            except (UserError, OSError) as problem:
                self.takes.pop(name, None)
                reason = problem if isinstance(problem, UserError) else UserError(f"It cannot be read ({problem}).", "")
                skipped.append((path, reason))
            finally:
                told()
        return Update(new, changed, kept, len(gone), tuple(skipped))

    def among(self, files: Sequence[Path]) -> Library:
        """What can be searched: the indexed takes among ``files``."""
        names = dict.fromkeys(str(path.resolve()) for path in files)
        return Library([self.takes[name] for name in names if name in self.takes])


def contents_of(path: Path) -> str:
    """The hash of a file's bytes."""
    return hashlib.blake2b(path.read_bytes(), digest_size=16).hexdigest()


def read_take(system: System, path: Path, contents: str) -> Take:
    """A file read and embedded; UserError where it holds no motion."""
    joints = uniform(checked(read_motion(path)))
    spans = take_spans(len(joints))
    return Take(str(path), 0, 0, contents, tuple(spans), embed_spans(system.recognizer, joints, spans))


class Library:
    """Takes as one matrix."""

    def __init__(self, takes: Sequence[Take]) -> None:
        self._paths = [Path(take.path) for take in takes]
        self._starts = np.cumsum([0, *(len(take.spans) for take in takes)])
        self._spans = [span for take in takes for span in take.spans]
        self._vectors = np.concatenate([take.vectors for take in takes]) if takes else np.zeros((0, 0))

    def __len__(self) -> int:
        return len(self._paths)

    def nearest(self, wanted: np.ndarray, top: int) -> list[Found]:
        """The ``top`` takes whose best window is nearest to a unit vector (D,), best first."""
        if not self._paths:
            return []
        scores = self._vectors @ wanted
        best = np.maximum.reduceat(scores, self._starts[:-1])
        found = []
        for number in np.argsort(-best, kind="stable")[:top]:
            a, b = self._starts[number], self._starts[number + 1]
            row = int(a + scores[a:b].argmax())
            found.append(Found(self._paths[number], float(scores[row]), *self._spans[row]))
        return found
