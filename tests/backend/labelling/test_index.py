# SPDX-License-Identifier: GPL-3.0-or-later
"""The index: what is read again and what is not, what makes it begin anew, and that the nearest is the nearest."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from coamd.backend.labelling.embedding import Embedder, embed_takes, embedder, uniform
from coamd.backend.labelling.index import Index, Library, Take, below, take_spans
from coamd.backend.labelling.request import POSES
from coamd.backend.model.weights import System, load_system
from coamd.backend.motion_file import read_motion, write_motion
from hypothesis import given
from hypothesis import strategies as st
from tiny_model import write_tiny_model
from torch import device, no_grad

from tests.motions import sit, walk


def load(tmp_path: Path) -> System:
    write_tiny_model(tmp_path / "weights")
    return load_system(tmp_path / "weights", device("cpu"))


@pytest.fixture
def tiny(tmp_path: Path) -> System:
    return load(tmp_path)


@pytest.fixture
def library(tmp_path: Path) -> list[Path]:
    folder = tmp_path / "takes"
    folder.mkdir()
    for name, joints in {"walk": walk(4.0), "sit": sit(3.0), "long": walk(14.0, turning=0.3)}.items():
        write_motion(folder / f"{name}.npz", joints)
    return sorted(folder.iterdir())


def test_only_what_changed_is_read_again(tiny: System, library: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    index = Index(embedder(tiny))
    assert str(index.update(library)) == "3 new"
    embedded: list[Path] = []
    read = Index.embedded
    monkeypatch.setattr(
        Index, "embedded", lambda self, path, *rest: embedded.append(Path(path)) or read(self, path, *rest)
    )
    assert str(index.update(library)) == "3 as before"
    os.utime(library[0], ns=(1, 1))  # touched, contents as before
    moved = library[1].rename(library[1].with_name("moved.npz"))
    write_motion(library[2], walk(5.0))
    update = index.update([library[0], moved, library[2]], [library[0].parent])
    assert str(update) == "1 new, 1 changed, 1 as before, 1 gone"
    assert embedded == [library[2]]


def test_a_broken_file_is_skipped_and_named(tiny: System, library: list[Path]) -> None:
    broken = library[0].with_name("broken.npz")
    broken.write_bytes(b"PK")
    write_motion(library[0].with_name("short.npz"), walk(0.5))
    update = Index(embedder(tiny)).update([*library, broken, library[0].with_name("short.npz")])
    assert update.new == 3
    assert [Path(name).name for name, _ in update.skipped] == ["broken.npz", "short.npz"]


def test_the_file_gives_the_index_back(tiny: System, library: list[Path], tmp_path: Path) -> None:
    index = Index(embedder(tiny))
    index.update(library)
    index.save(tmp_path / "home" / "takes.npz")
    again, said = Index.open(tmp_path / "home" / "takes.npz", embedder(tiny))
    assert said == ""
    assert str(again.update(library)) == "3 as before"
    wanted = embed_takes(tiny.recognizer, [uniform(read_motion(library[0]))])[0]
    first, second = (i.among(library).nearest(wanted, 3) for i in (index, again))
    assert {f.path for f in first} == {f.path for f in second} == set(map(str, library))
    assert np.allclose([f.score for f in first], [f.score for f in second], atol=2e-3)


@pytest.mark.parametrize("share", [0.0, 0.3, 0.95])
def test_a_damaged_index_begins_anew(share: float, tiny: System, library: list[Path], tmp_path: Path) -> None:
    path = tmp_path / "takes.npz"
    index = Index(embedder(tiny))
    index.update(library)
    index.save(path)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(share * len(whole))])
    again, said = Index.open(path, embedder(tiny))
    assert "is damaged; it is made anew" in said
    assert not again.takes


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("places", np.full((1, 3), 7, np.int32)),  # a window of no take, and a take without one
        ("places", np.zeros((1, 0), np.int32)),
        ("takes", np.frombuffer(b"[" * 60_000, np.uint8)),
        ("sources", np.frombuffer(b'[["a", 1e999, 2, "h", []]]', np.uint8)),
        ("version", np.array([1, 2])),
    ],
    ids=["no take", "no columns", "deep", "endless", "versions"],
)
def test_an_index_that_does_not_fit_itself_begins_anew(member: str, value: np.ndarray, tmp_path: Path) -> None:
    path, tools = tmp_path / "takes.npz", Embedder("mark", 2, lambda _joints, spans: np.zeros((len(spans), 2)))
    take = Take("a", "", "hash", ((0, 80),), np.ones((1, 2)), np.zeros((1, POSES, 22, 3)))
    Index(tools, [take]).save(path)
    assert Index.open(path, tools)[0].takes
    with np.load(path) as whole:
        np.savez(path, **{**whole, member: value})
    again, said = Index.open(path, tools)
    assert "is damaged; it is made anew" in said
    assert not again.takes


def test_an_index_of_other_weights_begins_anew(tiny: System, library: list[Path], tmp_path: Path) -> None:
    index = Index(embedder(tiny))
    index.update(library)
    index.save(tmp_path / "takes.npz")
    with no_grad():
        tiny.recognizer.fusion.bias.add_(0.1)
    again, said = Index.open(tmp_path / "takes.npz", embedder(tiny))
    assert "is of other weights" in said
    assert not again.takes


NAMES = st.lists(st.sampled_from(["takes", "takes2", "a b", "Ä", "take"]), min_size=0, max_size=3)


@given(NAMES, st.lists(NAMES, max_size=3))
def test_what_is_below_a_folder_is_what_paths_say(name: list[str], places: list[list[str]]) -> None:
    root = Path("/").resolve()
    folders = [root.joinpath(*place) for place in places]
    path = root.joinpath(*name)
    assert below(folders)(str(path)) == any(path.is_relative_to(folder) for folder in folders)


def test_a_take_is_its_own_best_example_and_tells_when() -> None:
    rng = np.random.default_rng(0)
    takes = []
    for n in range(30):
        spans = tuple(take_spans(100 + 37 * n))
        rows = rng.normal(size=(len(spans), 8))
        vectors = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
        takes.append(Take(f"{n}.npz", "", "", spans, vectors, np.zeros((len(spans), 5, 22, 3))))
    for take in takes[::7]:
        for span, vector in zip(take.spans, take.vectors, strict=True):
            best = Library(takes).nearest(vector, 3)[0]
            assert (best.path, best.first, best.end) == (take.path, *span)
    assert Library([]).nearest(np.zeros(8), 3) == []
