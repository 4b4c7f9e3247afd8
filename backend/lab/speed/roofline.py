# SPDX-License-Identifier: GPL-3.0-or-later
"""The least time that a computation can take on this machine: its bytes at the measured bandwidth, or its operations.

Counted are the weights of every linear and convolutional layer, read once a call, and two operations for each of them
and each row. Attention products and norms are left out: they are below two in a hundred here.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn
from torch.nn import functional
from torch.overrides import TorchFunctionMode

LARGEST = 512 * 2**20  # bytes read at a time when the bandwidth is measured
SIDE = 1024  # of the matrices that are multiplied when the matrix rate is measured
TRIES = 5
LAYERS = (functional.linear, functional.conv1d)


@dataclass
class WorkCount:
    """What was computed: bytes of weights read, operations, and calls of the head."""

    bytes: int = 0
    operations: int = 0
    evaluations: int = 0

    def floor(self, machine: MachineLimits) -> float:
        """Seconds that no program can be faster than."""
        return max(self.bytes / machine.bandwidth, self.operations / machine.rate)


@dataclass(frozen=True)
class MachineLimits:
    """Bytes and operations a second, as measured."""

    bandwidth: float
    rate: float

    @classmethod
    def measured(cls, device: torch.device, weights: int) -> MachineLimits:
        """Reading as many bytes as a model has ``weights``: what fits into a cache comes faster than from memory."""
        rows = torch.ones(min(max(weights, 4 * SIDE**2), LARGEST) // (4 * SIDE), SIDE, device=device)
        vector, square = torch.ones(SIDE, device=device), torch.ones(SIDE, SIDE, device=device)
        read = _best(lambda: rows @ vector, device)
        multiplied = _best(lambda: square @ square, device)
        return cls(rows.nbytes / read, 2 * SIDE**3 / multiplied)


@contextmanager
def counted(end: nn.Linear) -> Iterator[WorkCount]:
    """Counts what all layers do meanwhile, and how often ``end``, the last of the head, is computed.

    A layer whose output is differentiated does the same again on the way back: its weights take no gradient.
    """
    work = WorkCount()

    class Counter(TorchFunctionMode):
        def __torch_function__(
            self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
        ) -> Any:
            output = func(*args, **kwargs or {})
            if func in LAYERS:
                weight = args[1]
                times = 2 if output.requires_grad else 1
                work.bytes += times * weight.nbytes
                work.operations += times * 2 * weight.numel() * (output.numel() // len(weight))
                work.evaluations += weight is end.weight
            return output

    with Counter():
        yield work


def _best(work: Callable[[], object], device: torch.device) -> float:
    times = []
    for _ in range(TRIES):
        began = time.perf_counter()
        work()
        if device.type == "cuda":
            torch.cuda.synchronize()
        times.append(time.perf_counter() - began)
    return min(times)
