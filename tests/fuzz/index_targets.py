# SPDX-License-Identifier: GPL-3.0-or-later
"""Fuzzed too: the index of takes, which never refuses: what cannot be read of it is rebuilt, and this is said."""

from __future__ import annotations

import io
import os
import zipfile

import numpy as np
from case import FOLDER, FuzzTarget, of_frames, to_frames
from coamd.backend.labelling.embedding import Embedder, Span
from coamd.backend.labelling.index import TakeIndex
from coamd.backend.labelling.index_file import IndexedFile, IndexedTake
from coamd.backend.labelling.library import Library
from coamd.backend.requests.label import POSES

_WIDTH = 3
_MEMBERS = ("vectors", "poses", "places", "takes", "sources", "fingerprint", "version")


def _none(_joints: np.ndarray, spans: list[Span]) -> np.ndarray:
    return np.zeros((len(spans), _WIDTH))


_EMBEDDER = Embedder("mark", _WIDTH, _none)  # type: ignore[arg-type]


def _index(data: bytes) -> None:
    """The .npy files in an index, put together again so that its check sums do not stop every mutation."""
    path = FOLDER / f"case-{os.getpid()}-index.npz"
    with zipfile.ZipFile(path, "w") as archive:
        for name, frame in zip(_MEMBERS, to_frames(data), strict=False):
            archive.writestr(f"{name}.npy", frame)
    index, said = TakeIndex.open(path, _EMBEDDER)
    assert said or index.takes or not index.contents()
    assert not (said and index.takes), "what is rebuilt is empty"
    for moment in Library(index.takes).nearest(np.ones(_WIDTH), 5):
        assert moment.poses.shape == (POSES, 22, 3)


def _indices() -> list[bytes]:
    poses = np.zeros((2, POSES, 22, 3), np.float32)
    vectors = np.eye(2, _WIDTH, dtype=np.float32)
    take = IndexedTake("/a.bvh", "", "hash", ((0, 80), (40, 120)), vectors, poses)
    source = IndexedFile("/a.bvh", 10, 20, "hash", (("b", "too short"),))
    path = FOLDER / f"seed-{os.getpid()}-index.npz"
    TakeIndex(_EMBEDDER, [take], [source]).save(path)
    with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as archive:
        return [of_frames([archive.read(f"{name}.npy") for name in _MEMBERS])]


TARGETS: dict[str, FuzzTarget] = {
    "index": FuzzTarget(
        _index, _indices, ("'descr'", "'<i4'", "'<f2'", "'|u1'", "'shape'", "(0, 3)", "[[", "null", "-1")
    )
}
