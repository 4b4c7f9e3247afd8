# SPDX-License-Identifier: GPL-3.0-or-later
"""Two processes that write the same files of one user, killed at random: nothing lost, nothing half.

The index of takes, taught models and favourite prompts in the user's folder, and a batch's folder. And two backends
that start at once: killed or not, one answers afterwards.
"""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from coamd.backend.client.backend_process import BackendProcess
from coamd.backend.client.client import Client
from kills import PATIENCE
from writer import present

HERE = Path(__file__).resolve().parent
ENGINES = HERE.parent / "backend" / "engines.py"
_ROUND_SECONDS = 1.0  # within which a writer is killed, from when both are at work
_FRESH = {"index": 20, "models": 5, "prompts": 1, "batch": 3}  # rounds after which the files begin anew


def trial_of_writers(kind: str, folder: Path, rounds: int, seed: int, report: Callable[[str], None]) -> str:
    """Let two writers at one place, kill both at random moments, and look whether all that they said is there."""
    chance, total = random.Random(seed), 0
    said: set[str] = set()
    for number in range(rounds):
        if number % _FRESH[kind] == 0:
            place, said, firsts = folder / f"{kind}{number}", set(), {"left": 0, "right": 0}
            place.mkdir()
        writers = {name: _writer(kind, place, name, first) for name, first in firsts.items()}
        lines = {name: [writer.stdout.readline()] for name, writer in writers.items() if writer.stdout}
        time.sleep(chance.uniform(0.0, _ROUND_SECONDS))
        order = list(writers)
        chance.shuffle(order)
        for name in order:  # not at the same moment: one may come upon what the other has left
            writers[name].kill()
            time.sleep(chance.choice((0.0, chance.uniform(0.0, 0.3))))
        for name, writer in writers.items():
            assert writer.stdout is not None
            done = [int(one) for one in (*lines[name], *writer.stdout.read().splitlines()) if one.strip().isdigit()]
            assert writer.wait() == -9, f"round {number + 1}: the writer {name} ended by itself"
            assert done or kind == "batch", f"round {number + 1}: the writer {name} has done nothing"
            said |= {f"{'row' if kind == 'batch' else name} {one}" for one in done}
            firsts[name] = max(done, default=0) + 2  # the one after the last may be there or not
        lost = said - present(kind, place)
        assert not lost, f"round {number + 1}: {sorted(lost)} are lost"
        total = total + len(said) if (number + 1) % _FRESH[kind] == 0 or number + 1 == rounds else total
        if (number + 1) % 20 == 0:
            report(f"{kind}, round {number + 1}: {total} things")
    return f"{kind}: {rounds} rounds, both writers killed in each: {total} things, none lost, nothing half"


def _writer(kind: str, place: Path, name: str, first: int) -> subprocess.Popen[str]:
    command = [sys.executable, str(HERE / "writer.py"), kind, str(place), name, str(first)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


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
