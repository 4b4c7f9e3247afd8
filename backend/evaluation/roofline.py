# SPDX-License-Identifier: GPL-3.0-or-later
"""The least time that a computation can take on this machine: its bytes at the measured bandwidth, or its operations.

Counted are the weights of every linear and convolutional layer, read once a call, and two operations for each of them
and each row. Attention products and norms are left out: they are below two in a hundred here.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import Tensor, nn

LARGEST = 512 * 2**20  # bytes read at a time when the bandwidth is measured
SIDE = 1024  # of the matrices that are multiplied when the matrix rate is measured
TRIES = 5


@dataclass
class Work:
    """What was computed: bytes of weights read, operations, and calls of the head."""

    bytes: int = 0
    operations: int = 0
    evaluations: int = 0

    def floor(self, machine: Machine) -> float:
        """Seconds that no program can be faster than."""
        return max(self.bytes / machine.bandwidth, self.operations / machine.rate)


@dataclass(frozen=True)
class Machine:
    """Bytes and operations a second, as measured."""

    bandwidth: float
    rate: float

    @classmethod
    def measured(cls, device: torch.device, weights: int) -> Machine:
        """Reading as many bytes as a model has ``weights``: what fits into a cache comes faster than from memory."""
        rows = torch.ones(min(max(weights, 4 * SIDE**2), LARGEST) // (4 * SIDE), SIDE, device=device)
        vector, square = torch.ones(SIDE, device=device), torch.ones(SIDE, SIDE, device=device)
        read = _best(lambda: rows @ vector, device)
        multiplied = _best(lambda: square @ square, device)
        return cls(rows.nbytes / read, 2 * SIDE**3 / multiplied)


@contextmanager
def counted(modules: Sequence[nn.Module], end: nn.Module) -> Iterator[Work]:
    """Counts what the layers of ``modules`` do meanwhile, and how often ``end``, the head's last layer, is called.

    A layer whose output is differentiated does the same again on the way back: its weights take no gradient.
    """
    work = Work()

    def layer(module: nn.Module, _inputs: object, output: Tensor) -> None:
        weight = module.weight
        assert isinstance(weight, Tensor)
        times = 2 if output.requires_grad else 1
        work.bytes += times * weight.nbytes
        work.operations += times * 2 * weight.numel() * (output.numel() // len(weight))

    def evaluation(*_: object) -> None:
        work.evaluations += 1

    hooks = [end.register_forward_hook(evaluation)]
    for module in modules:
        for part in module.modules():
            if isinstance(part, nn.Linear | nn.Conv1d):
                hooks.append(part.register_forward_hook(layer))
    try:
        yield work
    finally:
        for hook in hooks:
            hook.remove()


def _best(work: Callable[[], object], device: torch.device) -> float:
    times = []
    for _ in range(TRIES):
        began = time.perf_counter()
        work()
        if device.type == "cuda":
            torch.cuda.synchronize()
        times.append(time.perf_counter() - began)
    return min(times)
