# SPDX-License-Identifier: GPL-3.0-or-later
"""Work of fixed shapes as CUDA graphs: one launch in place of hundreds.

At batch 1 a graphics card is done with each kernel before the host has launched the next. A graph holds the launches of
a whole piece of work, with the memory that they read and write.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Hashable
from typing import Any

import torch
from torch import Tensor

log = logging.getLogger(__name__)

MOST_BYTES = 512 * 2**20  # of the card's memory for all graphs together; a tenth of what is free where that is less
Work = Callable[..., Tensor]


class Graphs:
    """Graphs on one CUDA device, each captured when its work is first asked for with new shapes.

    Beyond ``most`` bytes, and once a capture has failed, what is not captured yet is done kernel by kernel.
    """

    def __init__(self, device: torch.device, most: int | None = None) -> None:
        self._device = device
        self._left = min(MOST_BYTES, torch.cuda.mem_get_info(device)[0] // 10) if most is None else most
        self._pool = torch.cuda.graph_pool_handle()
        self._kept: dict[Hashable, _Graph | None] = {}

    def __deepcopy__(self, memo: dict[int, object]) -> Graphs:
        """Those of a copy of the model are its own: a graph reads the weights that it was captured with."""
        return Graphs(self._device)

    def __len__(self) -> int:
        """How many are captured."""
        return sum(graph is not None for graph in self._kept.values())

    def __call__(self, name: Hashable, work: Work, *inputs: Tensor) -> Tensor:
        """``work(*inputs)``, a pure function of tensors on the device that waits for nothing; ``name`` names it."""
        key = (name, *((one.shape, one.dtype) for one in inputs))
        if key not in self._kept:
            self._kept[key] = self._captured(work, inputs)
        graph = self._kept[key]
        return work(*inputs) if graph is None else graph(*inputs)

    def _captured(self, work: Work, inputs: tuple[Tensor, ...]) -> _Graph | None:
        if self._left <= 0:
            return None
        try:
            graph = _Graph(work, inputs, self._device, self._pool)
        except RuntimeError as error:  # of all that goes wrong here; a card that is gone fails again without it
            log.warning("no more CUDA graphs are captured: %s", str(error).partition("\n")[0])
            self._left = 0
            return None
        self._left -= graph.bytes
        return graph


class _Graph:
    """One piece of work, captured; ``bytes`` is what it keeps of the card's memory."""

    def __init__(self, work: Work, inputs: tuple[Tensor, ...], device: torch.device, pool: Any) -> None:
        # of this card: on a stream of the first one nothing would be captured from the second
        aside, now = torch.cuda.Stream(device), torch.cuda.current_stream(device)  # type: ignore[no-untyped-call]
        with torch.cuda.device(device):
            torch.cuda.empty_cache()  # as torch does when a capture begins: what that frees would be set off
        before = torch.cuda.memory_reserved(device)
        self._inputs = [one.clone() for one in inputs]
        aside.wait_stream(now)
        with torch.cuda.stream(aside):  # to its end: torch leaves the stream of a capture that fails the current one
            work(*self._inputs)  # libraries set themselves up in a first call, which no graph can hold
            now.wait_stream(aside)
            self._graph = torch.cuda.CUDAGraph()
            with torch.cuda.graph(self._graph, pool=pool, stream=aside, capture_error_mode="thread_local"):
                self._output = work(*self._inputs)
        self.bytes = max(0, torch.cuda.memory_reserved(device) - before)  # others may have given some back meanwhile

    def __call__(self, *inputs: Tensor) -> Tensor:
        for own, given in zip(self._inputs, inputs, strict=True):
            own.copy_(given)
        self._graph.replay()
        return self._output.clone()


def replayed(graphs: Graphs | None, name: Hashable, work: Work, *inputs: Tensor) -> Tensor:
    """``work(*inputs)``, by a graph where there are any."""
    return work(*inputs) if graphs is None else graphs(name, work, *inputs)
