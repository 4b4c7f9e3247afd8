# SPDX-License-Identifier: GPL-3.0-or-later
"""What this machine can compute on, found without torch: from the driver's tool, its files and the system's name."""

from __future__ import annotations

import platform
import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..system.subprocesses import NO_WINDOW, environment

_SECONDS = 10.0  # a sleeping card wakes in 2
# AMD targets that torch's ROCm 7.2 wheels hold kernels for, as the kernel driver numbers them (gfx1100 is 110000).
_ROCM_TARGETS = {90000, 90008, 90010, 90402, 90500, 100300, 110000, 110001, 110002, 110500, 110501, 120000, 120001}

RunCommand = Callable[[Sequence[str]], str]


@dataclass(frozen=True)
class Nvidia:
    """A card with its driver. Empty or None: not known."""

    name: str = "NVIDIA GPU"
    driver: tuple[int, ...] = ()  # 580, 95, 5
    capability: tuple[int, int] | None = None  # compute capability; 7, 5 is Turing


@dataclass(frozen=True)
class Machine:
    """A computer, as far as it matters for the choice of torch's build."""

    system: str  # "linux", "windows" or "macos"
    arch: str  # "x86_64" or "arm64"
    nvidia: tuple[Nvidia, ...] = ()  # the newest first
    amd: int = 0  # target number of an AMD GPU under Linux's compute driver; 0: none

    @property
    def amd_known(self) -> bool:
        """True when torch has kernels for the AMD GPU."""
        return self.amd in _ROCM_TARGETS


def look(run: RunCommand | None = None, root: Path = Path("/")) -> Machine:
    """This machine. Takes up to a second where there is an NVIDIA card: not for Blender's main thread.

    ``run`` gives the output of a command, or raises OSError; ``root`` is where the system's files are.
    """
    system = {"win32": "windows", "darwin": "macos"}.get(sys.platform, "linux")
    arch = "arm64" if platform.machine().lower() in ("arm64", "aarch64") else "x86_64"
    nvidia = () if system == "macos" else _nvidia(run or _output, root)
    return Machine(system, arch, nvidia, _amd(root) if system == "linux" else 0)


def _output(command: Sequence[str]) -> str:
    done = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=_SECONDS,
        creationflags=NO_WINDOW,
        env=environment(),
        check=False,
    )
    if done.returncode:
        raise OSError(f"{command[0]} ended with {done.returncode}")
    return done.stdout


def _nvidia(run: RunCommand, root: Path) -> tuple[Nvidia, ...]:
    for fields in ("name,driver_version,compute_cap", "name,driver_version"):  # old drivers do not know the third
        try:
            lines = run(["nvidia-smi", f"--query-gpu={fields}", "--format=csv,noheader"]).strip().splitlines()
        except (OSError, subprocess.SubprocessError):
            continue
        cards = [card for line in lines if (card := _card(line)) is not None]
        if cards:
            return tuple(sorted(cards, key=lambda card: card.capability or (0, 0), reverse=True))
    try:  # the tool is a package of its own on some distributions
        text = (root / "proc/driver/nvidia/version").read_text("utf-8", errors="replace")
    except OSError:
        return ()
    found = re.search(r"\s(\d{3}(?:\.\d+)+)\s", text)
    return (Nvidia(driver=_numbers(found[1]) if found else ()),)


def _card(line: str) -> Nvidia | None:
    found = re.fullmatch(r"(.*?)\s*,\s*(\d+(?:\.\d+)+)\s*(?:,\s*(.*))?", line.strip())  # a name may hold commas
    if found is None:
        return None
    numbers = _numbers((found[3] or "").strip())
    return Nvidia(found[1], _numbers(found[2]), (numbers[0], numbers[1]) if len(numbers) == 2 else None)


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(".")) if re.fullmatch(r"\d+(\.\d+)*", text) else ()


def _amd(root: Path) -> int:
    """The best GPU of the kernel's compute driver; a processor is a node too and has target 0."""
    best = 0
    for file in sorted((root / "sys/class/kfd/kfd/topology/nodes").glob("*/properties")):
        try:
            found = re.search(r"^gfx_target_version (\d+)$", file.read_text("utf-8"), re.MULTILINE)
        except OSError:
            continue
        target = int(found[1]) if found else 0
        best = max(best, target, key=lambda one: (one in _ROCM_TARGETS, one))
    return best
