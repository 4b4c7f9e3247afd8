# SPDX-License-Identifier: GPL-3.0-or-later
"""Which device is pretended, and what it was asked to do."""

from __future__ import annotations

import sys
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import torch

ROOT = Path(__file__).parents[3]
# Operations that launch nothing: views, and memory that is not filled.
VIEWS = set(
    "view _unsafe_view reshape expand permute transpose t slice select unsqueeze squeeze split split_with_sizes chunk "
    "unbind detach alias as_strided _reshape_alias diagonal unfold narrow lift_fresh empty empty_like empty_strided "
    "new_empty new_empty_strided movedim swapaxes resize_ set_ _local_scalar_dense _fused_sdp_choice".split()
)
# Operations whose result the host needs before it can go on.
WAITING = set(
    "_local_scalar_dense nonzero masked_select unique_dim _unique2 unique_consecutive is_nonzero equal "
    "repeat_interleave _linalg_check_errors".split()
)


@dataclass
class Counts:
    """What the device was asked to do."""

    kernels: Counter[str] = field(default_factory=Counter)  # launches, by operation
    waits: Counter[str] = field(default_factory=Counter)  # of the host, by reason and line of the product
    uploads: int = 0
    downloads: int = 0
    replays: int = 0  # of graphs
    replayed: int = 0  # kernels in them, which are not launched one by one
    emptied: int = 0  # how often the cache was given back

    def wait(self, reason: str) -> None:
        """The host waits."""
        if Gpu.capturing is not None:
            raise RuntimeError(f"CUDA error: operation not permitted when stream is capturing ({reason})")
        self.waits[f"{reason}: {line()}"] += 1


class Gpu:
    """The device that is pretended now, and what it has done."""

    device = torch.device("cuda", 0)
    counts = Counts()
    capturing: list[Callable[[], None]] | None = None
    inside = threading.local()  # whether the running operation has a device tensor: what it makes is on the device


def line() -> str:
    """The innermost line of the product."""
    frame = sys._getframe()
    while frame is not None:
        path = Path(frame.f_code.co_filename)
        if path.is_relative_to(ROOT) and not any(path.is_relative_to(ROOT / aside) for aside in (".venv", "tests")):
            return f"{path.relative_to(ROOT)}:{frame.f_lineno}"
        frame = frame.f_back  # type: ignore[assignment]
    return "?"
