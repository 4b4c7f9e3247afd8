# SPDX-License-Identifier: GPL-3.0-or-later
"""Which of torch's builds a machine takes for a device, where pip finds it, and how much there is to load.

torch 2.13 is built for CUDA 12.6 (Maxwell to Hopper cards), CUDA 13.0 (Turing to Blackwell), ROCm 7.2 and without a
GPU (release compatibility matrix in PyTorch's RELEASE.md). CUDA 13 needs a driver from 580 on, CUDA 12 one from 525 on
(NVIDIA's CUDA compatibility guide).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from ...rigs.errors import UserError
from .machine import Machine, Nvidia
from .requirements import TORCH

AUTO, CPU, CUDA, ROCM, MPS = "auto", "cpu", "cuda", "rocm", "mps"
NEWEST, OLDER = "cu130", "cu126"  # builds for CUDA
_INDEX = "https://download.pytorch.org/whl/"
_GPU_DRIVER_13, _GPU_DRIVER_12 = (580,), (525,)
_MAXWELL, _TURING, _BLACKWELL = (5, 0), (7, 5), (10, 0)
_MB = 10**6

# (system, build) -> bytes to load and bytes on the disk, both about and with all libraries. Linux without a GPU is
# measured; with CUDA 13.0 the load is the sum of the wheels' sizes; the others are estimates.
_SIZES = {
    ("linux", "cpu"): (267 * _MB, 1180 * _MB),
    ("linux", "cu126"): (2900 * _MB, 6500 * _MB),
    ("linux", "cu130"): (3100 * _MB, 7000 * _MB),
    ("linux", "rocm7.2"): (5000 * _MB, 17000 * _MB),
    ("windows", ""): (220 * _MB, 1000 * _MB),
    ("windows", "cu126"): (2700 * _MB, 5500 * _MB),
    ("windows", "cu130"): (2100 * _MB, 4500 * _MB),
    ("macos", ""): (210 * _MB, 900 * _MB),
}


@dataclass(frozen=True)
class Build:
    """One build of torch with everything beside it."""

    device: str  # CPU, CUDA, ROCM or MPS
    label: str  # what the user knows it as
    tag: str  # "cpu", "cu130", ...; empty for the one on PyPI
    load: int  # bytes to be downloaded, about
    disk: int  # bytes that it takes on the disk, about
    note: str = ""  # why no better one is offered, for the user; empty where there is nothing to say

    @property
    def torch(self) -> str:
        """torch's version with the build."""
        return f"{TORCH}+{self.tag}" if self.tag else TORCH

    @property
    def index(self) -> str:
        """Where this build is, beside PyPI; empty when it is on PyPI."""
        return _INDEX + self.tag if self.tag else ""


def devices(machine: Machine) -> tuple[Build, ...]:
    """What this machine can be given, the best first; UserError "no_build" when torch has nothing for it."""
    if machine.arch != "x86_64" and machine.system != "macos":
        raise UserError(
            f"The backend has no build for {machine.system} on ARM.",
            "Use a backend on another machine: choose its connection file in the add-on's preferences.",
            "no_build",
        )
    if machine.system == "macos":
        if machine.arch == "arm64":
            return (_build(machine, MPS, "Apple GPU", ""), _build(machine, CPU, "Processor", ""))
        raise UserError(
            "PyTorch no longer supports Macs with an Intel processor.",
            "Use a backend on another machine: choose its connection file in the add-on's preferences.",
            "no_build",
        )
    found = []
    card = next((card for card in machine.nvidia if _cuda_tag(card)), None)
    if card is not None:
        found.append(_build(machine, CUDA, card.name, _cuda_tag(card)))
    plain = _build(machine, CPU, "Processor", "cpu" if machine.system == "linux" else "")
    if machine.nvidia and machine.nvidia[0] is not card:
        note = _unfit(machine.nvidia[0])
        found, plain = [replace(build, note=note) for build in found], replace(plain, note=note)
    if machine.amd:
        found.append(_build(machine, ROCM, f"AMD GPU ({_gfx(machine.amd)})", "rocm7.2"))
        if not machine.amd_known:  # it may work, but must be asked for
            return (*found[:-1], plain, found[-1])
    return (*found, plain)


def build_for(machine: Machine, device: str = AUTO) -> Build:
    """The build for a device that the user chose; UserError "no_build" or "no_device" when it cannot be had."""
    offered = devices(machine)
    if device == AUTO:
        return offered[0]
    for build in offered:
        if build.device == device:
            return build
    if device == CUDA and machine.nvidia:
        message, _, hint = _unfit(machine.nvidia[0]).partition(". ")
        raise UserError(f"{message}.", hint, "no_device")
    name = {CUDA: "NVIDIA GPU", ROCM: "AMD GPU with Linux's compute driver", MPS: "Apple GPU"}.get(device, device)
    raise UserError(f"No {name} was found on this machine.", "Choose another device.", "no_device")


def older(build: Build, machine: Machine) -> Build | None:
    """The CUDA build with kernels for older cards, for one that turns out to need it; None where there is none."""
    if build.device != CUDA or build.tag != NEWEST:
        return None
    return _build(machine, CUDA, build.label, OLDER)


def _unfit(card: Nvidia) -> str:
    """Why a card has no build, and what helps, a sentence each."""
    if card.capability is not None and card.capability < _MAXWELL:
        return f"{card.name} is too old for PyTorch. Use another card, or choose the processor."
    needed = _GPU_DRIVER_13 if card.capability is not None and card.capability >= _BLACKWELL else _GPU_DRIVER_12
    driver = ".".join(map(str, card.driver))
    remedy = "Install NVIDIA's current driver, or choose the processor."
    if card.capability is None:  # drivers of that age do not tell it, and 470 is the last one for Kepler
        remedy = "Install a newer driver if NVIDIA has one for this card, else choose the processor."
    return f"The driver {driver} of {card.name} is too old for PyTorch, which needs {needed[0]}. {remedy}"


def _cuda_tag(card: Nvidia) -> str:
    """The CUDA build for a card and its driver; empty when there is none."""
    if card.capability is not None and card.capability < _MAXWELL:
        return ""
    newest = not card.driver or card.driver >= _GPU_DRIVER_13
    if card.capability is not None and card.capability >= _BLACKWELL:
        return NEWEST if newest else ""
    if newest and (card.capability is None or card.capability >= _TURING):
        return NEWEST
    return OLDER if not card.driver or card.driver >= _GPU_DRIVER_12 else ""


def _build(machine: Machine, device: str, label: str, tag: str) -> Build:
    return Build(device, label, tag, *_SIZES[machine.system, tag])


def _gfx(target: int) -> str:
    """110001 is gfx1101; the last two places are hexadecimal."""
    return f"gfx{target // 10000}{target // 100 % 100:x}{target % 100:x}"
