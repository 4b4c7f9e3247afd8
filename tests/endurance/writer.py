# SPDX-License-Identifier: GPL-3.0-or-later
"""``writer.py KIND``: for each order on a line, a process that writes files of ours and says what is in them.

A writer is forked from this process, which has imported all that it needs: a batch brings torch along, which would
take longer than the writer lives. An order is a line of JSON, ``[FOLDER, NAME, FIRST]``. What comes back is a line
each: ``writer PID``; ``thing NUMBER`` for a thing that nothing may lose any more; ``child PID`` for a backend that the
writer has started; ``ended CODE`` when the writer is gone. ``presence.py`` looks what the files hold.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

sys.path[:0] = [str(Path(__file__).resolve().parents[2]), str(Path(__file__).resolve().parents[1])]

from coamd.rigs.errors import UserError  # noqa: E402

TABLE = 40  # rows of the table that two batches work at
FAVOURITES = 7  # of a Blender in a round: those of two Blenders in three rounds are fewer than what is kept
ORIGIN = "scene"  # whose takes a backend is offered
# What a client is told when a backend is killed, ends with who has started it, or comes second.
GONE = ("no_backend", "backend_died", "backend_silent", "backend_stopped", "backend_refused")
ENGINES = Path(__file__).resolve().parents[1] / "backend" / "engines.py"
LONGEST = 300  # seconds that a writer lives, should nobody be there to kill it
Say = Callable[[int], None]


def embedder() -> object:
    """One that sees nothing, under the name that the small engine's has."""
    from coamd.backend.labelling.embedding import Embedder

    return Embedder("sway", 2, lambda _joints, spans: np.ones((len(spans), 2), np.float32))


def index() -> Callable[[Path, str, int, Say], None]:
    """``coamd index``: takes into the index."""
    from coamd.backend.labelling.index import TakeIndex
    from coamd.backend.labelling.index_file import IndexedFile, IndexedTake

    def write(folder: Path, name: str, first: int, say: Say) -> None:
        takes, note = TakeIndex.open(folder / "takes.npz", embedder())  # type: ignore[arg-type]
        assert not note, note
        for number in range(first, first + 10_000):
            file = f"{name} {number}"
            take = IndexedTake(file, "", file, ((0, 80),), np.ones((1, 2)), np.zeros((1, 5, 22, 3)))
            takes._put(IndexedFile(file, 1, 1, file), [take])
            takes.save(folder / "takes.npz")
            say(number)
            time.sleep(0.02)  # reading the next file takes a while, in which another may write

    return write


def teach() -> Callable[[Path, str, int, Say], None]:
    """``coamd teach`` and ``coamd models``: taught models are kept, renamed and removed."""
    from coamd.backend.taught import library

    from tests.taught import CARD, arrays

    def write(folder: Path, name: str, first: int, say: Say) -> None:
        models = folder / "models"
        for number in range(first, first + 200):
            wanted = f"{name} {number}"
            kept = library.keep(replace(CARD, name=f"{wanted} draft" if number % 3 == 1 else wanted), arrays(), models)
            if number % 3 == 1:
                library.rename(kept.card.name, wanted, models)
            if number % 3 == 2:
                library.keep(replace(CARD, name=f"{wanted} spare"), arrays(), models)
                library.remove(f"{wanted} spare", models)
            say(number)

    return write


def blender() -> Callable[[Path, str, int, Say], None]:
    """What a Blender with the add-on writes for its user, and the backend that it starts: favourites and presets."""
    from coamd.backend.client import backend_process
    from coamd.backend.system.user_files import private_folder
    from coamd.blender_addon.generate import prompt_history
    from coamd.rigs.detect.mapping import REQUIRED, Mapping
    from coamd.rigs.detect.preset_file import write_preset

    def write(folder: Path, name: str, first: int, say: Say) -> None:
        backend = backend_process.BackendProcess(sys.executable, folder, script=ENGINES)
        backend.start()
        _say_child(backend)
        prompt_history.load()
        waiting: list[int] = []
        for number in range(first, first + FAVOURITES):
            prompt_history.toggle(f"{name} {number}")
            bones = {role: f"bone of {role}" for role in REQUIRED}
            private_folder(folder / "rigs")
            write_preset(folder / "rigs", f"{name} {number}", Mapping("", 1.0, bones, ()))
            waiting.append(number)
            if not prompt_history._waiting:  # else the next change brings it along
                while waiting:
                    say(waiting.pop(0))
            time.sleep(0.01)  # nobody clicks without a pause
        for number in range(10_000):  # goes on generating
            prompt_history.remember(f"{name} generates {number}")
            if not prompt_history._waiting:
                while waiting:
                    say(waiting.pop(0))
            time.sleep(0.01)

    return write


def backend() -> Callable[[Path, str, int, Say], None]:
    """A backend that reads files and takes in what its client offers; where it is killed, another one is started."""
    import motions
    from coamd.backend.client import backend_process
    from coamd.backend.client.client import Client
    from coamd.backend.files.motion_file import write_motion
    from coamd.backend.requests.label import Offer

    walk = motions.walk(2.0).astype(np.float32)

    def write(folder: Path, name: str, first: int, say: Say) -> None:
        backend_process.RESTART_SECONDS = 0.2  # a user waits for five seconds, a trial of hundreds of rounds does not
        (folder / "takes").mkdir(exist_ok=True)
        process = backend_process.BackendProcess(sys.executable, folder, script=ENGINES)
        number = first
        while True:
            if process.start():
                _say_child(process)
            try:
                with Client(process.connection()) as client:
                    while True:
                        path = folder / "takes" / f"{name} {number}.npz"
                        write_motion(path, walk)
                        answer = client.index(
                            [path], origin=ORIGIN, offers=[Offer(f"{name} {number}", "mark", walk)], timeout=60.0
                        )
                        assert not answer.skipped, answer.skipped
                        say(number)
                        number += 1
            except UserError as error:
                assert error.code in GONE, error
            time.sleep(0.02)

    return write


def batch() -> Callable[[Path, str, int, Say], None]:
    """``coamd batch``: takes of one table into one folder, by what is taught.

    Who comes second waits, and goes on where the first was killed.
    """
    from coamd.backend.batch.plan import PlannedTake, planned
    from coamd.backend.batch.ray_workers import LocalWorker
    from coamd.backend.batch.run import owned, work_off
    from coamd.backend.batch.summary import BatchSummary
    from coamd.backend.batch.table import Row
    from coamd.backend.batch.take_files import TakeFiles
    from coamd.backend.requests.generate import GenerateRequest
    from coamd.backend.taught import library

    rows = [Row(f"row {number}", GenerateRequest("walk", 1.0, number)) for number in range(TABLE)]

    def write(folder: Path, _name: str, _first: int, say: Say) -> None:
        made: list[int] = []

        def make(takes: Sequence[PlannedTake]) -> list[TakeFiles]:
            time.sleep(0.01)
            _, problems = library.models(folder / "models")
            assert not problems, problems
            made[:] = [take.row.request.seed for take in takes]
            return [TakeFiles({file: contents(file) for file in take.files}) for take in takes]

        while True:
            try:
                with owned(folder / "batch"):
                    summary = BatchSummary.open(folder / "batch")
                    takes = planned(rows, summary)
                    work_off(takes, summary, LocalWorker(lambda: make), most=1, report=lambda _: [*map(say, made)])
            except UserError as error:
                assert error.code == "folder_in_use", error
            time.sleep(0.01)

    return write


def contents(file: str) -> bytes:
    """What a stand-in for a motion's file holds: enough that half of it can be seen."""
    return (file.encode() + b"\n") * 4000


KINDS = {"index": index, "teach": teach, "blender": blender, "backend": backend, "batch": batch}


def _say(what: str, value: int) -> None:
    os.write(1, f"{what} {value}\n".encode())  # in one piece, or not at all where the writer is killed


def _say_child(process: object) -> None:
    if (pid := process.pid) is not None:  # type: ignore[attr-defined]
        _say("child", pid)


def main() -> None:
    write = KINDS[sys.argv[1]]()
    for line in sys.stdin:
        folder, name, first = json.loads(line)
        pid = os.fork()
        if not pid:
            signal.alarm(LONGEST)
            try:
                os.environ["COAMD_HOME"] = folder
                write(Path(folder), name, first, lambda number: _say("thing", number))
                time.sleep(LONGEST)  # until it is killed
            except BaseException:
                traceback.print_exc()
            os._exit(1)
        _say("writer", pid)
        _say("ended", os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    main()
