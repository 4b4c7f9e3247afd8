# SPDX-License-Identifier: GPL-3.0-or-later
"""Jobs in a row, and what both sides need in memory after each."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from coamd.backend.client.backend_process import BOOTSTRAP, BackendProcess
from coamd.backend.client.client import Client
from coamd.backend.requests.edit import EditRequest
from coamd.backend.requests.generate import GenerateRequest

ENGINES = Path(__file__).resolve().parents[1] / "backend" / "engines.py"
SETTLED = 0.4  # of the jobs; by then caches are full and the allocator has what it wants


@dataclass(frozen=True)
class Memory:
    """Megabytes of a side after each job."""

    backend: tuple[float, ...]
    client: tuple[float, ...]

    @staticmethod
    def growth(series: tuple[float, ...]) -> float:
        """From when it has settled to the end, by the medians of a tenth of the jobs on both sides."""
        tenth, first = max(len(series) // 10, 1), int(SETTLED * len(series))
        return float(np.median(series[-tenth:]) - np.median(series[first : first + tenth]))

    def __str__(self) -> str:
        sides = {"backend": self.backend, "client": self.client}
        parts = [f"{side} {max(s):.0f} MB at most, {self.growth(s):+.1f} MB at the end" for side, s in sides.items()]
        return f"{len(self.backend)} jobs: {'; '.join(parts)}"


def resident(pid: int) -> float:
    """Megabytes of a process that are in memory."""
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def trial_of_memory(jobs: int, *, model: bool = False) -> Memory:
    """Generate, edit, label and search in turn, with texts and seeds that do not repeat."""
    backend_side, client_side = [], []
    with tempfile.TemporaryDirectory() as folder:
        backend = BackendProcess(sys.executable, Path(folder), script=BOOTSTRAP if model else ENGINES)
        backend.start()
        try:
            while backend.poll() != "ready":
                assert backend.poll() == "starting", backend.log_tail()
                time.sleep(0.05)
            assert backend.pid
            with Client(backend.connection()) as client:
                still = client.generate(GenerateRequest("a person stands still", 1.0)).joints
                assert still is not None
                for number in range(jobs):
                    _one(client, number, still[0])
                    backend_side.append(resident(backend.pid))
                    client_side.append(resident(os.getpid()))
        finally:
            backend.stop()
    return Memory(tuple(backend_side), tuple(client_side))


def _one(client: Client, number: int, still: np.ndarray) -> None:
    match number % 4:
        case 0:
            client.generate(GenerateRequest(f"a person walks {number} steps", 1.0 + number % 3, seed=number))
        case 1:
            client.edit(EditRequest(still, start=4, end=16, prompt="a person turns", seed=number))
        case 2:
            client.label(still)
        case _:
            client.search(f"walks {number} steps", [still + np.float32(number * 1e-3)])
