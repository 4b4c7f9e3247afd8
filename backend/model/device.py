# SPDX-License-Identifier: GPL-3.0-or-later
"""The device that a model works on: which one, in which precision, and what goes over to it."""

from __future__ import annotations

import contextlib
import gc
import logging
import re
from collections.abc import Sequence

import torch
from torch import Tensor

from ...rigs.errors import UserError

log = logging.getLogger(__name__)

WIDE = 1024  # of the head, from which its weights are many times a core's cache
AMPERE = (8, 0)  # compute capability; older cards have no unit for bfloat16, and torch emulates it on them
_NAME = re.compile(r"(cuda|mps|cpu)(?::(\d+))?")


def choose_device(name: str) -> torch.device:
    """The torch device called ``name``; "auto" takes CUDA, then MPS, then the CPU. UserError ``no_device``.

    A card that is there and cannot compute is passed over by "auto", and by "cuda" where there is another one.
    """
    device, note = picked(name)
    if note:
        log.warning(note)
    return device


def picked(name: str) -> tuple[torch.device, str]:
    """As ``choose_device``, with a sentence for the user where a card had to be passed over."""
    found = _NAME.fullmatch(name)
    if name == "auto":
        wanted = there()
    elif found is None or (found[1] == "cpu" and found[2]):
        raise _refusal(name)
    elif found[1] == "cpu":
        wanted = []
    elif found[1] == "mps":
        wanted = [device for device in _apple() if found[2] in (None, "0")]
    else:
        wanted = [device for device in _cards() if found[2] in (None, str(device.index or 0))]
    faults: list[str] = []
    for device in wanted:
        reason = fault(device)
        if not reason:
            return device, " ".join(faults)
        faults.append(f"{called(device)} cannot be used ({reason}).")
    if name not in ("auto", "cpu"):
        raise _refusal(name, " ".join(faults))
    return torch.device("cpu"), " ".join([*faults, "The processor computes instead."]) if faults else ""


def there() -> list[torch.device]:
    """The graphics cards that torch counts, whether they work or not."""
    return [*_cards(), *_apple()]


def _refusal(name: str, why: str = "") -> UserError:
    usable = ", ".join([*(str(device) for device in there() if not fault(device)), "cpu"])
    message = f"The device '{name}' is not usable here."
    return UserError(f"{message} {why}".rstrip(), f"Choose auto or one of: {usable}.", "no_device")


def _cards() -> list[torch.device]:
    """The CUDA (or ROCm) devices that torch counts; the first is called "cuda"."""
    count = torch.cuda.device_count() if torch.cuda.is_available() else 0
    return [torch.device("cuda", number) if number else torch.device("cuda") for number in range(count)]


def _apple() -> list[torch.device]:
    return [torch.device("mps")] if torch.backends.mps.is_available() else []


def fault(device: torch.device) -> str:
    """Why a device cannot compute, in torch's words; empty when it can: it has multiplied two matrices.

    A card counts as available where torch has no kernels for it, or where its driver has hung.
    """
    try:
        ones = torch.ones(8, 8, device=device)
        result = float((ones @ ones).sum())
    except Exception as error:  # torch has no common base for what goes wrong here
        return str(error).strip().partition("\n")[0][:160] or type(error).__name__
    return "" if result == 512.0 else "it multiplies wrongly"


def called(device: torch.device) -> str:
    """A device's name for people to read; it never raises."""
    if device.type == "cuda":
        with contextlib.suppress(Exception):
            card = torch.cuda.get_device_properties(device)
            return f"{card.name}, {card.total_memory / 2**30:.0f} GiB"
    return {"mps": "The Apple GPU", "cuda": "The graphics card"}.get(device.type, str(device))


def has_bfloat16(device: torch.device) -> bool:
    """Whether a device multiplies in bfloat16 by itself: torch's own answer counts emulation in."""
    if device.type == "cuda":
        if torch.version.hip:
            major, _ = torch.cuda.get_device_capability(device)
            return major == 9 or major >= 11
        return torch.cuda.get_device_capability(device) >= AMPERE
    has = torch.cpu.get_capabilities() if device.type == "cpu" else {}
    return bool(has.get("avx512_bf16") or has.get("amx_bf16"))


def in_bfloat16(device: torch.device, width: int) -> bool:
    """Whether a generator whose head is so wide is better off in bfloat16.

    A CPU with instructions for it halves the time of products of four rows at a width of 1792. At 384 nothing is gained
    anywhere, and the same seed makes the same motion on all devices (docs/measurements/speed.md, Precision).
    """
    return width >= WIDE and has_bfloat16(device)


def release(device: torch.device) -> None:
    """Give memory that is not in use back to the device, which Blender may share."""
    gc.collect()
    if device.type == "cuda":
        with _current(device):
            torch.cuda.empty_cache()
    elif device.type == "mps":
        torch.mps.empty_cache()


def _current(device: torch.device) -> contextlib.AbstractContextManager[object]:
    """Makes a card the one of calls that name none: else the first card, chosen or not, gets a context of its own."""
    return torch.cuda.device(device) if device.type == "cuda" and device.index else contextlib.nullcontext()


def uploaded(tensors: Sequence[Tensor], device: torch.device) -> list[Tensor]:
    """Tensors of the CPU on a device, all of one kind in one copy; on the CPU they are what they were.

    Each copy from memory that the system may move is waited for. Page-locked memory is read by a CUDA card while the
    host goes on.
    """
    if device.type == "cpu":
        return list(tensors)
    there: list[Tensor] = list(tensors)
    for kind in dict.fromkeys(tensor.dtype for tensor in tensors):
        own = [number for number, tensor in enumerate(tensors) if tensor.dtype == kind]
        flat = torch.cat([tensors[number].reshape(-1) for number in own])
        with _current(device):
            flat = flat.pin_memory().to(device, non_blocking=True) if device.type == "cuda" else flat.to(device)
        parts = torch.split(flat, [tensors[number].numel() for number in own])
        for number, part in zip(own, parts, strict=True):
            there[number] = part.view(tensors[number].shape)
    return there
