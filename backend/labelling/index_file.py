# SPDX-License-Identifier: GPL-3.0-or-later
"""The file of an index: an .npz without pickles.

``vectors`` (N, D) float16, ``poses`` (N, POSES, 22, 3) float16, ``places`` (N, 3) int32 (number of the take, first
frame, end; takes in their order), ``takes`` and ``sources`` (JSON as bytes), and ``fingerprint`` of the weights.
"""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from pathlib import Path

import numpy as np

from ...rigs.body.skeleton import JOINTS
from ..files.archive import read_arrays
from ..requests.label import POSES
from .embedding import Embedder, Span

VERSION = 2
LARGEST = 2**30  # bytes that an index may take in memory
_MEMBERS = ("vectors", "poses", "places", "takes", "sources", "fingerprint", "version")
_POSED = (POSES, len(JOINTS), 3)


@dataclass(frozen=True)
class IndexedFile:
    """A file as it was when it was read, and what in it could not be: (name of the take, reason)."""

    path: str
    size: int
    changed: int  # nanoseconds, of the file system
    contents: str  # hash of the bytes
    problems: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, eq=False)
class IndexedTake:
    """One take of a file (or of an open scene): vectors (N, D) and poses (N, POSES, 22, 3) of its windows."""

    path: str
    name: str  # within the file; "" where the file is the take
    contents: str
    spans: tuple[Span, ...]  # frames at 20 fps
    vectors: np.ndarray
    poses: np.ndarray


def read_index(path: Path, embedder: Embedder) -> tuple[list[IndexedTake], list[IndexedFile], str]:
    """Takes and sources of a file, and a sentence where it cannot be used ("" otherwise): then there are none."""
    if not path.is_file():
        return [], [], ""
    try:
        arrays = read_arrays(path, LARGEST, _MEMBERS)
        mark, version = str(arrays["fingerprint"]), int(arrays["version"])
        if mark != embedder.mark or version != VERSION:
            return [], [], f"The index {path} is of other weights; it is rebuilt."
        vectors, places = arrays["vectors"].astype(np.float32), arrays["places"].astype(int)
        poses = arrays["poses"].astype(np.float32)
        records = json.loads(arrays["takes"].tobytes())
        files = json.loads(arrays["sources"].tobytes())
        sound = vectors.shape == (len(places), embedder.width) and poses.shape == (*places.shape[:1], *_POSED)
        if not sound or not np.isfinite(vectors).all() or not np.isfinite(poses).all():
            raise ValueError("vectors")
        # each take has windows, which stand together, and each window a take
        owners = places[:, 0]
        numbers = np.arange(len(records))
        if not np.array_equal(np.unique(owners), numbers) or (np.diff(owners) < 0).any() or (places[:, 1:] < 0).any():
            raise ValueError("places")
        takes = []
        for number, (file, name, contents) in enumerate(records):
            first, end = np.searchsorted(owners, (number, number + 1))
            spans = tuple((int(a), int(b)) for _, a, b in places[first:end])
            takes.append(IndexedTake(str(file), str(name), str(contents), spans, vectors[first:end], poses[first:end]))
        sources = [
            IndexedFile(str(file), int(size), int(changed), str(contents), tuple((str(n), str(r)) for n, r in problems))
            for file, size, changed, contents, problems in files
        ]
    except (OSError, ValueError, LookupError, TypeError, OverflowError, RecursionError, MemoryError):
        return [], [], f"The index {path} is damaged; it is rebuilt."
    return takes, sources, ""


def index_bytes(embedder: Embedder, takes: Sequence[IndexedTake], sources: Sequence[IndexedFile]) -> bytes:
    """The contents of the file."""
    places = [(number, *span) for number, take in enumerate(takes) for span in take.spans]
    records = [(take.path, take.name, take.contents) for take in takes]
    empty = np.zeros((0, embedder.width)), np.zeros((0, *_POSED))
    out = io.BytesIO()
    np.savez(
        out,
        vectors=np.concatenate([empty[0], *(take.vectors for take in takes)]).astype(np.float16),
        poses=np.concatenate([empty[1], *(take.poses for take in takes)]).astype(np.float16),
        places=np.array(places, dtype=np.int32).reshape(-1, 3),
        takes=_packed(records),
        sources=_packed([astuple(source) for source in sources]),
        fingerprint=np.array(embedder.mark),
        version=np.array(VERSION),
    )
    return out.getvalue()


def _packed(value: object) -> np.ndarray:
    return np.frombuffer(json.dumps(value).encode(), dtype=np.uint8)
