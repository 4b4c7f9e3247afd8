# SPDX-License-Identifier: GPL-3.0-or-later
"""How fast and how large the product is on this machine, measured through the doors that users come in by."""

from __future__ import annotations

import contextlib
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import numpy as np

from ....rigs.body.bone_curves import BoneCurves
from ....rigs.body.rest_rig import RestRig
from ....rigs.body.skeleton import FPS
from ....rigs.detect.detection import detect
from ....rigs.errors import UserError
from ....rigs.solve.retarget import retarget
from ...client.backend_process import BackendProcess
from ...client.client import Client
from ...requests.generate import GenerateRequest
from ...wire.messages import Progress

PROMPT = "a person walks forward and waves"
START_SECONDS = 120.0  # patience with a backend that loads
FRAMES = 200
GIGA = 1e9


@dataclass(frozen=True)
class SpeedFigure:
    """One row: a measured value beside what two cores should reach, None where nothing is asked."""

    name: str
    value: float | None
    unit: str
    target: float | None = None

    def cells(self) -> tuple[str, str, str, str]:
        """Name, value, target, verdict."""
        if self.value is None:
            return self.name, "not measured", "", ""
        target = "" if self.target is None else f"<= {self.target:g} {self.unit}"
        verdict = "" if self.target is None else "ok" if self.value <= self.target else "over"
        return self.name, f"{self.value:.2f} {self.unit}", target, verdict


def machine() -> str:
    """Processor, cores, memory, system and versions in one line."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    try:
        torch = version("torch")
    except PackageNotFoundError:
        torch = "none"
    parts = [_processor(), f"{cores} cores", f"{platform.system()} {platform.machine()}"]
    if hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
        parts.insert(2, f"{os.sysconf('SC_PHYS_PAGES') * os.sysconf('SC_PAGE_SIZE') / GIGA:.0f} GB")
    return ", ".join([*parts, f"Python {platform.python_version()}", f"torch {torch}"])


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    if info.is_file():
        for line in info.read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def peak_memory(pid: int) -> float | None:
    """Largest resident memory of a process so far in GB (the present one where the system keeps no peak)."""
    status = Path(f"/proc/{pid}/status")
    if status.is_file():
        line = next((text for text in status.read_text().splitlines() if text.startswith("VmHWM")), None)
        return None if line is None else float(line.split()[1]) * 1024 / GIGA
    if sys.platform == "win32":
        return None
    listed = subprocess.run(["ps", "-o", "rss=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout
    return float(listed) * 1024 / GIGA if listed.strip() else None


def reset_peak(device: str) -> None:
    """Let ``peak_memory`` of this process start over, where the system can do that, and that of a CUDA device."""
    import torch

    if device.startswith("cuda"):
        torch.cuda.reset_peak_memory_stats(device)
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def backend(weights: Path | None, device: str, runs: int) -> tuple[list[SpeedFigure], np.ndarray]:
    """A real backend process from its start to motions of 4 s; also a motion (80, 22, 3) to go on with.

    Raises:
        UserError: the backend could not start, with the reason it gave.
    """
    with tempfile.TemporaryDirectory(prefix="coamd-benchmark-") as folder:
        process = BackendProcess(sys.executable, Path(folder), weights=weights, device=device)
        began = time.perf_counter()
        try:
            process.start()
            with _client(process, began) as client:
                ready = time.perf_counter() - began
                cold, _, motion = _generate(client, seed=0)
                timed = [_generate(client, seed=1 + i) for i in range(runs)]
            figures = [
                SpeedFigure("backend: start to model ready", ready, "s", 8.0),
                SpeedFigure("backend: 4 s of motion, the very first", cold, "s"),
                SpeedFigure(
                    "backend: 4 s of motion, median", statistics.median(total for total, _, _ in timed), "s", 0.7
                ),
                SpeedFigure(
                    "backend: first preview, median", statistics.median(first for _, first, _ in timed), "s", 0.15
                ),
                SpeedFigure("backend: largest memory", peak_memory(process.pid) if process.pid else None, "GB", 1.5),
            ]
            return figures, motion
        finally:
            process.stop()


def _client(process: BackendProcess, began: float) -> Client:
    """A client of the backend once its model is loaded."""
    client: Client | None = None
    while time.perf_counter() - began < START_SECONDS:
        if client is None:
            if process.poll() == "dead":
                break
            if process.poll() == "ready":
                client = Client(process.connection())
        else:
            state = client.status()
            if state.phase == "ready":
                return client
            if state.phase == "broken":
                client.close()
                raise UserError(state.message, state.hint, state.code)
        time.sleep(0.02)
    if client is not None:
        client.close()
    raise process.problem() or UserError(
        "The backend did not become ready.", "See what `coamd doctor` says.", "backend_silent"
    )


def _generate(client: Client, seed: int) -> tuple[float, float, np.ndarray]:
    """Seconds to the result, seconds to the first preview, and the motion (80, 22, 3)."""
    began = time.perf_counter()
    previews: list[float] = []

    def watch(reply: Progress) -> None:
        if reply.preview is not None:
            previews.append(time.perf_counter() - began)

    result = client.generate(GenerateRequest(PROMPT, 4.0, seed), progress=watch)
    total = time.perf_counter() - began
    assert result.joints is not None
    return total, previews[0] if previews else total, result.joints[0]


def solve(motion: np.ndarray, rig: RestRig) -> tuple[BoneCurves, ...]:
    """``FRAMES`` frames of a motion (F, 22, 3) on a rig, at whatever rate stretches it to them."""
    return retarget(motion, rig, detect(rig), fps=FPS * (FRAMES - 1) / (len(motion) - 1))
