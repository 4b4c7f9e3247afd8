# SPDX-License-Identifier: GPL-3.0-or-later
"""Two processes that write into one user's folder, killed at random: nothing lost, nothing half.

They are of one kind or of two: the command line that indexes, that teaches and that works off a table, a Blender, and
a backend with its client. And two backends that start at once: killed or not, one answers afterwards.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from coamd.backend.client.backend_process import BackendProcess
from coamd.backend.client.client import Client
from coamd.backend.system.process_lifetime import birth
from kills import PATIENCE, wait_until
from presence import PRESENT

HERE = Path(__file__).resolve().parent
ENGINES = HERE.parent / "backend" / "engines.py"
PAIRS = tuple(itertools.combinations_with_replacement(PRESENT, 2))
_ROUND_SECONDS = 1.0  # within which a writer is killed, from when both are at work
_CHILD_SHARE = 0.5  # of the rounds in which the backend of a writer is killed as well, not left to end by itself
_FRESH = {"index": 20, "teach": 5, "blender": 3, "backend": 10, "batch": 3}  # rounds after which the files begin anew


class Writer:
    """A process that forks one writer for each round."""

    def __init__(self, kind: str, name: str) -> None:
        self.kind, self.name, self.first = kind, name, 0
        self.pid = self._code = 0  # 0: no writer lives
        self.children: dict[int, str | None] = {}  # backends that it has started in this round, and their births
        self._things: list[int] = []
        self._stem = subprocess.Popen(
            [sys.executable, str(HERE / "writer.py"), kind],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "OMP_NUM_THREADS": "1"},
        )

    def begin(self, place: Path) -> None:
        """Go on writing where the one before was killed."""
        assert self._stem.stdin
        self._stem.stdin.write(json.dumps([str(place), self.name, self.first]) + "\n")
        self._stem.stdin.flush()
        self.children, self._things = {}, []

    def await_work(self) -> None:
        """Until it has written a thing; a batch may find nothing left to do."""
        while not self.pid or not (self._things or self.kind == "batch"):
            assert self._hear() != "ended", f"the writer {self.name} ({self.kind}) ended by itself"

    def kill(self) -> None:
        """At once."""
        os.kill(self.pid, signal.SIGKILL)

    def rest(self) -> set[str]:
        """All that it has written in this round, after its end."""
        while self._hear() != "ended":
            pass
        assert self._code == -9, f"the writer {self.name} ({self.kind}) ended by itself, {self._code}"
        self.first = max(self._things, default=self.first) + 2  # the one after the last may be there or not
        return {f"{'row' if self.kind == 'batch' else self.name} {number}" for number in self._things}

    def end(self) -> None:
        """No more rounds."""
        if self.pid:
            self.kill()
        self._stem.kill()
        self._stem.communicate()

    def _hear(self) -> str:
        assert self._stem.stdout
        what, _, value = self._stem.stdout.readline().partition(" ")
        if what == "writer":
            self.pid = int(value)
        elif what == "thing":
            self._things.append(int(value))
        elif what == "child":
            self.children.setdefault(int(value), birth(int(value)))
        elif what == "ended":
            self.pid, self._code = 0, int(value)
        assert what, f"the writer {self.name} ({self.kind}) is gone"
        return what


class Place:
    """A user's folder in which two writers go on where the ones before them were killed."""

    def __init__(self, folder: Path, writers: list[Writer]) -> None:
        self.folder, self._writers = folder, writers
        self._said: dict[str, set[str]] = {writer.kind: set() for writer in writers}
        self._children: dict[int, str | None] = {}
        folder.mkdir()
        for writer in writers:
            writer.first = 0

    @property
    def things(self) -> int:
        """How many were written."""
        return sum(map(len, self._said.values()))

    def round(self, chance: random.Random) -> None:
        """Let both write, and kill them."""
        for writer in self._writers:
            writer.begin(self.folder)
        for writer in self._writers:
            writer.await_work()
        time.sleep(chance.uniform(0.0, _ROUND_SECONDS))
        for writer in chance.sample(self._writers, 2):  # one after the other: one may come upon what the other has left
            if chance.random() < _CHILD_SHARE:
                _kill(writer.children)
                time.sleep(chance.choice((0.0, chance.uniform(0.0, 0.3))))
            writer.kill()
            time.sleep(chance.choice((0.0, chance.uniform(0.0, 0.3))))
        for writer in self._writers:
            self._said[writer.kind] |= writer.rest()
            self._children |= writer.children

    def check(self) -> None:
        """Whether all that they said is there."""
        for kind, things in self._said.items():
            lost = things - PRESENT[kind](self.folder)
            assert not lost, f"{sorted(lost)} of {kind} are lost"

    def leave(self) -> None:
        """Wait until the backends are gone, which leave when those who started them are."""
        wait_until(lambda: not any(_living(self._children)), "the backends to leave")


def trial_of_writers(
    kinds: tuple[str, str], folder: Path, rounds: int, seed: int, report: Callable[[str], None]
) -> str:
    """Let two writers at one place, kill both at random moments, and look whether all that they said is there."""
    chance, title = random.Random(seed), " and ".join(kinds)
    fresh = min(_FRESH[kind] for kind in kinds)
    writers = [Writer(kind, name) for kind, name in zip(kinds, ("left", "right"), strict=True)]
    places: list[Place] = []
    try:
        for number in range(rounds):
            if number % fresh == 0:
                places.append(Place(folder / f"{title} {number}", writers))
            places[-1].round(chance)
            try:
                places[-1].check()
            except AssertionError as error:
                raise AssertionError(f"{title}, round {number + 1}: {error}") from error
            if (number + 1) % 20 == 0:
                report(f"{title}, round {number + 1}: {sum(place.things for place in places)} things")
    finally:
        for writer in writers:
            writer.end()
        for place in places:
            place.leave()
    total = sum(place.things for place in places)
    return f"{title}: {rounds} rounds, both writers killed in each: {total} things, none lost, nothing half"


def _living(children: dict[int, str | None]) -> Iterator[int]:
    """Ids are used again: only what was born when the child was is the child."""
    return (pid for pid, born in children.items() if born is not None and birth(pid) == born)


def _kill(children: dict[int, str | None]) -> None:
    for pid in _living(children):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def trial_of_backends(folder: Path, rounds: int, seed: int, report: Callable[[str], None]) -> str:
    """Start two backends of one user at once, kill one or both at random; the next one that is asked for answers."""
    chance, killed = random.Random(seed), 0
    for number in range(rounds):
        pair = [BackendProcess(sys.executable, folder, script=ENGINES) for _ in range(2)]
        for one in pair:
            one.start()
            time.sleep(chance.choice((0.0, chance.uniform(0.0, 0.2))))
        time.sleep(chance.uniform(0.0, _ROUND_SECONDS))
        for one in chance.sample(pair, chance.choice((1, 2))):
            one.kill()
            killed += 1
        last = BackendProcess(sys.executable, folder, script=ENGINES)
        try:
            until = time.monotonic() + PATIENCE
            last.start()
            while last.poll() != "ready" or last.connection().pid != _answering(last):
                assert time.monotonic() < until, f"round {number + 1}: {last.problem()} {last.log_tail()}"
                last.start()  # harmless while it lives
                time.sleep(0.02)
        finally:
            for one in (*pair, last):
                one.stop()
        if (number + 1) % 20 == 0:
            report(f"backends, round {number + 1}: {killed} killed")
    return f"backends: {rounds} pairs started at once, {killed} killed: the next one answered each time"


def _answering(backend: BackendProcess) -> int:
    """The process that answers at the connection; 0 while none does."""
    try:
        with Client(backend.connection()) as client:
            client.hello(timeout=5.0)
            return backend.connection().pid
    except Exception:  # it was just killed, or another one has come
        return 0
