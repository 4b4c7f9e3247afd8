# SPDX-License-Identifier: GPL-3.0-or-later
"""The index: what is read again and what is not, what makes it start over, and that the nearest is the nearest."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from coamd.backend.files.motion_file import read_motion, write_motion
from coamd.backend.labelling import motion_reading as reading
from coamd.backend.labelling.embedding import Embedder, Span, embed_takes, embedder, uniform
from coamd.backend.labelling.index import TakeIndex, take_spans
from coamd.backend.labelling.index_file import IndexedTake
from coamd.backend.labelling.index_service import IndexService
from coamd.backend.labelling.library import Library, below
from coamd.backend.model.weights import System, load_system
from coamd.backend.requests.label import POSES
from coamd.backend.server.job_queue import Stopped
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
    index = TakeIndex(embedder(tiny))
    assert str(index.update(library)) == "3 new"
    embedded: list[Path] = []
    read = TakeIndex.embedded
    monkeypatch.setattr(
        TakeIndex, "embedded", lambda self, path, *rest: embedded.append(Path(path)) or read(self, path, *rest)
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
    write_motion(library[0].with_name("short.npz"), walk(0.4))
    update = TakeIndex(embedder(tiny)).update([*library, broken, library[0].with_name("short.npz")])
    assert update.new == 3
    assert [Path(name).name for name, _ in update.skipped] == ["broken.npz", "short.npz"]


def test_the_file_gives_the_index_back(tiny: System, library: list[Path], tmp_path: Path) -> None:
    index = TakeIndex(embedder(tiny))
    index.update(library)
    index.save(tmp_path / "home" / "takes.npz")
    again, said = TakeIndex.open(tmp_path / "home" / "takes.npz", embedder(tiny))
    assert said == ""
    assert str(again.update(library)) == "3 as before"
    wanted = embed_takes(tiny.recognizer, [uniform(read_motion(library[0]))])[0]
    first, second = (i.among(library).nearest(wanted, 3) for i in (index, again))
    assert {f.path for f in first} == {f.path for f in second} == set(map(str, library))
    assert np.allclose([f.score for f in first], [f.score for f in second], atol=2e-3)


@pytest.mark.parametrize("share", [0.0, 0.3, 0.95])
def test_a_damaged_index_begins_anew(share: float, tiny: System, library: list[Path], tmp_path: Path) -> None:
    path = tmp_path / "takes.npz"
    index = TakeIndex(embedder(tiny))
    index.update(library)
    index.save(path)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(share * len(whole))])
    again, said = TakeIndex.open(path, embedder(tiny))
    assert "is damaged; it is rebuilt" in said
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
    take = IndexedTake("a", "", "hash", ((0, 80),), np.ones((1, 2)), np.zeros((1, POSES, 22, 3)))
    TakeIndex(tools, [take]).save(path)
    assert TakeIndex.open(path, tools)[0].takes
    with np.load(path) as whole:
        np.savez(path, **{**whole, member: value})
    again, said = TakeIndex.open(path, tools)
    assert "is damaged; it is rebuilt" in said
    assert not again.takes


TOOLS = Embedder("mark", 2, lambda _joints, spans: np.ones((len(spans), 2), np.float32))


def names(index: TakeIndex) -> list[str]:
    return sorted(Path(take.path).stem for take in index.takes)


def test_a_second_writer_loses_nothing_of_the_first(library: list[Path], tmp_path: Path) -> None:
    """A backend has the index open while ``coamd index`` adds to it; then the backend saves what it has read."""
    path = tmp_path / "takes.npz"
    backend, _ = TakeIndex.open(path, TOOLS)
    command, _ = TakeIndex.open(path, TOOLS)
    command.update(library[:2])
    command.save(path)
    backend.update(library[2:])
    backend.save(path)
    assert names(TakeIndex.open(path, TOOLS)[0]) == names(backend) == ["long", "sit", "walk"]
    # what one drops is gone, though the other still has it in memory
    backend.update([], [library[0].parent])
    backend.save(path)
    write_motion(tmp_path / "new.npz", walk(3.0))
    command.update([tmp_path / "new.npz"])
    command.save(path)
    assert names(TakeIndex.open(path, TOOLS)[0]) == ["new"]


def test_what_others_have_written_is_found_before_a_search(library: list[Path], tmp_path: Path) -> None:
    path = tmp_path / "takes.npz"
    index = IndexService(TOOLS, path)
    other, _ = TakeIndex.open(path, TOOLS)
    other.update(library)
    other.save(path)
    found = index.find(np.array([1.0, 0.0]), [str(library[0].parent)], "", False, 5)
    assert len(found) == index.takes == 3


def test_an_empty_index_is_read_as_one(tmp_path: Path) -> None:
    TakeIndex(TOOLS).save(tmp_path / "takes.npz")
    index, said = TakeIndex.open(tmp_path / "takes.npz", TOOLS)
    assert said == "" and not index.takes


def test_nothing_is_written_where_nothing_has_changed(library: list[Path], tmp_path: Path) -> None:
    path = tmp_path / "takes.npz"
    index = TakeIndex(TOOLS)
    index.update(library)
    index.save(path)
    before = path.stat().st_ino
    index.update(library)
    index.save(path)
    assert path.stat().st_ino == before


@pytest.mark.parametrize("fault", [OverflowError("cannot convert float infinity"), MemoryError(), IndexError("4")])
def test_whatever_one_file_brings_about_is_said_of_that_file(
    fault: Exception, library: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def read(path: Path) -> tuple[np.ndarray, str]:
        if path == library[1]:
            raise fault
        return walk(4.0), ""

    monkeypatch.setattr(reading, "read_remarked", read)
    update = TakeIndex(TOOLS).update(library)
    assert update.new == 2
    ((name, reason),) = update.skipped
    assert name == str(library[1]) and library[1].name in reason and reason.endswith(".")


def test_a_fault_while_one_take_is_embedded_spoils_no_other(library: list[Path]) -> None:
    def embed(joints: np.ndarray, spans: Sequence[Span]) -> np.ndarray:
        if len(joints) > 250:
            raise MemoryError
        return np.ones((len(spans), 2), np.float32)

    index = TakeIndex(Embedder("mark", 2, embed))
    update = index.update(library)
    assert names(index) == ["sit", "walk"]
    assert [reason for _, reason in update.skipped] == ["long.npz needs more memory than there is."]


def test_a_long_take_can_be_cancelled_within_it(library: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """And what was read before it is kept."""
    monkeypatch.setattr("coamd.backend.labelling.index.PIECES", 1)
    looks = 0

    def check_stop() -> None:
        nonlocal looks
        looks += 1
        if looks > 12:
            raise Stopped

    index = TakeIndex(TOOLS)
    with pytest.raises(Stopped):
        index.update([library[1], library[0]], check_stop=check_stop)
    assert names(index) == ["sit"]
    assert library[0].stem == "long"


def test_an_index_of_other_weights_begins_anew(tiny: System, library: list[Path], tmp_path: Path) -> None:
    index = TakeIndex(embedder(tiny))
    index.update(library)
    index.save(tmp_path / "takes.npz")
    with no_grad():
        tiny.recognizer.fusion.bias.add_(0.1)
    again, said = TakeIndex.open(tmp_path / "takes.npz", embedder(tiny))
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
        takes.append(IndexedTake(f"{n}.npz", "", "", spans, vectors, np.zeros((len(spans), 5, 22, 3))))
    for take in takes[::7]:
        for span, vector in zip(take.spans, take.vectors, strict=True):
            best = Library(takes).nearest(vector, 3)[0]
            assert (best.path, best.first, best.end) == (take.path, *span)
    assert Library([]).nearest(np.zeros(8), 3) == []
