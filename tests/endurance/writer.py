# SPDX-License-Identifier: GPL-3.0-or-later
"""``writer.py KIND FOLDER NAME FIRST``: puts one thing after the other into files of ours, and says what is in them.

Each line that it prints is the number of a thing that nothing may lose any more. ``present`` is the other side: what
the files hold, read as the product reads them.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from coamd.rigs.errors import UserError

from tests.taught import CARD, arrays

TABLE = 40  # rows of the table that two batches work at


def _embedder() -> object:
    from coamd.backend.labelling.embedding import Embedder

    return Embedder("mark", 2, lambda _joints, spans: np.zeros((len(spans), 2)))


def index(folder: Path, name: str, first: int) -> Iterator[int]:
    """Takes into the index of takes."""
    from coamd.backend.labelling.index import TakeIndex
    from coamd.backend.labelling.index_file import IndexedFile, IndexedTake

    takes, note = TakeIndex.open(folder / "takes.npz", _embedder())  # type: ignore[arg-type]
    assert not note, note
    for number in range(first, first + 10_000):
        file = f"{name} {number}"
        take = IndexedTake(file, "", file, ((0, 80),), np.ones((1, 2)), np.zeros((1, 5, 22, 3)))
        takes._put(IndexedFile(file, 1, 1, file), [take])
        takes.save(folder / "takes.npz")
        yield number


def models(folder: Path, name: str, first: int) -> Iterator[int]:
    """Taught models into the user's folder of them."""
    from coamd.backend.taught import library

    for number in range(first, first + 200):
        kept = library.keep(replace(CARD, name=f"{name} {number}"), arrays(), folder / "models")
        assert kept.card.name == f"{name} {number}"
        yield number


def prompts(folder: Path, name: str, first: int) -> Iterator[int]:
    """Favourites, as two Blenders keep them."""
    from coamd.blender_addon.generate import prompt_history

    os.environ["COAMD_HOME"] = str(folder)
    waiting: list[int] = []
    for number in range(first, first + prompt_history.MAX_FAVOURITES // 3):
        prompt_history.toggle(f"{name} {number}")
        waiting.append(number)
        if not prompt_history._waiting:  # else the next change brings it along
            yield from waiting
            waiting.clear()
        time.sleep(0.01)  # nobody clicks without a pause
    prompt_history.unregister()  # as when Blender ends
    if not prompt_history._waiting:
        yield from waiting


def batch(folder: Path, _name: str, _first: int) -> Iterator[int]:
    """Takes of one table into one folder: who comes second waits, and goes on where the first was killed."""
    from coamd.backend.batch.plan import PlannedTake, planned
    from coamd.backend.batch.ray_workers import LocalWorker
    from coamd.backend.batch.run import owned, work_off
    from coamd.backend.batch.summary import BatchSummary
    from coamd.backend.batch.table import Row
    from coamd.backend.batch.take_files import TakeFiles
    from coamd.backend.requests.generate import GenerateRequest

    made: list[int] = []

    def make(takes: Sequence[PlannedTake]) -> list[TakeFiles]:
        time.sleep(0.01)
        made[:] = [take.row.request.seed for take in takes]
        return [TakeFiles({file: contents(file) for file in take.files}) for take in takes]

    rows = [Row(f"row {number}", GenerateRequest("walk", 1.0, number)) for number in range(TABLE)]
    print("ready", flush=True)
    while True:
        try:
            with owned(folder):
                summary = BatchSummary.open(folder)
                takes = planned(rows, summary)
                said = lambda _count: print(*made, sep="\n", flush=True)  # noqa: E731
                work_off(takes, summary, LocalWorker(lambda: make), most=1, report=said)
        except UserError as error:
            assert error.code == "folder_in_use", error
        yield from ()
        time.sleep(0.01)


def contents(file: str) -> bytes:
    """What a stand-in for a motion's file holds: enough that half of it can be seen."""
    return (file.encode() + b"\n") * 4000


def present(kind: str, folder: Path) -> set[str]:
    """What is there, each as "NAME NUMBER"; AssertionError for anything that is half."""
    if kind == "index":
        from coamd.backend.labelling.index import TakeIndex

        takes, note = TakeIndex.open(folder / "takes.npz", _embedder())  # type: ignore[arg-type]
        assert not note, note
        return set(takes.sources)
    if kind == "models":
        from coamd.backend.taught import library
        from coamd.backend.taught.model_file import SUFFIX, WORDS, load

        found, problems = library.models(folder / "models")
        assert not problems, problems
        shapes = {name: array.shape for name, array in arrays().items() if name != WORDS}
        for model in found:
            load(model.path, shapes)  # type: ignore[arg-type]
            assert model.path.suffix == SUFFIX
        return {model.card.name for model in found}
    if kind == "prompts":
        from coamd.blender_addon.generate import prompt_history

        os.environ["COAMD_HOME"] = str(folder)
        prompt_history.load()
        assert not (folder / "prompts.damaged.json").exists(), "a half file was put aside"
        return set(prompt_history.favourites)
    from coamd.backend.batch.summary import BatchSummary

    summary = BatchSummary.open(folder)
    files = [path for path in folder.glob("row*") if path.is_file()]
    assert all(path.read_bytes() == contents(path.name) for path in files), "a file is half"
    known = {file for entry in summary.entries.values() for file in entry.files}
    assert {path.name for path in files} <= known, "a file that no row knows of"
    return {path.stem for path in files}


KINDS: dict[str, Callable[[Path, str, int], Iterator[int]]] = {
    "index": index,
    "models": models,
    "prompts": prompts,
    "batch": batch,
}

if __name__ == "__main__":
    for done in KINDS[sys.argv[1]](Path(sys.argv[2]), sys.argv[3], int(sys.argv[4])):
        print(done, flush=True)
    time.sleep(1000)  # until it is killed
