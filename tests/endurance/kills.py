# SPDX-License-Identifier: GPL-3.0-or-later
"""kill -9 at random moments. Blender is a process of its own here, and so is its backend."""

from __future__ import annotations

import hashlib
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from coamd.backend.system.process_lifetime import birth

HERE = Path(__file__).resolve().parent
BLENDER_SHARE = 0.2  # of the jobs in which Blender is killed: it takes seconds to start again
LONGEST = 0.3  # seconds; a job of the small engine takes 0.1 to 0.2
PATIENCE = 120.0


class Blender:
    """A Blender that obeys: one line in, one line of JSON out."""

    def __init__(self, folder: Path) -> None:
        command = [sys.executable, str(HERE / "blender.py"), str(folder)]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )

    def tell(self, **order: Any) -> None:
        assert self.process.stdin
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()

    def hear(self) -> dict[str, Any]:
        """The next answer; whatever else Blender prints is passed over."""
        assert self.process.stdout
        for line in self.process.stdout:
            if line.startswith("{"):
                answer = dict(json.loads(line))
                assert "failed" not in answer, answer["failed"]
                return answer
        raise AssertionError(f"Blender has ended, {self.process.wait()}")

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


def trial_of_kills(jobs: int, seed: int, report: Callable[[str], object] = lambda _: None) -> str:
    """Kill one side in each of ``jobs`` jobs; AssertionError at the first that is not as it should be."""
    chance = random.Random(seed)
    killed = {"Blender": 0, "backend": 0}
    lost = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        blender = Blender(folder)
        file = Path(blender.hear()["file"])
        before = digest(file)
        try:
            for number in range(jobs):
                moment = chance.uniform(0.0, LONGEST)
                side = "Blender" if chance.random() < BLENDER_SHARE else "backend"
                if side == "backend":
                    blender.tell(kill_after=moment)
                    lost += blender.hear()["lost"]
                else:
                    blender.tell(kill_after=None)
                    backend = blender.hear()["backend"]
                    time.sleep(moment)
                    blender.kill()
                    wait_until(lambda pid=backend: birth(pid) is None, "the backend to leave")
                    assert digest(file) == before, "the file on disk is as it was"
                    blender = Blender(folder)
                    blender.hear()
                killed[side] += 1
                blender.tell(kill_after=-1.0)  # the next job, left in peace
                answer = blender.hear()
                assert not answer["lost"], f"after kill {number + 1} ({side} at {moment:.3f} s): {answer['message']}"
                if (number + 1) % 20 == 0:
                    report(f"{number + 1} kills")
        finally:
            blender.kill()
    return f"{jobs} jobs: killed {killed}, {lost} of them lost their job; every scene was whole, every next job worked"


def digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def wait_until(condition: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(0.02)
