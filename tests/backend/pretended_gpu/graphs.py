# SPDX-License-Identifier: GPL-3.0-or-later
"""CUDA graphs and streams of the pretended device."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch.utils._pytree import tree_flatten

from .counts import Gpu


class Stream:
    """``torch.cuda.Stream``: here everything is done in the order in which it is asked for."""

    def __init__(self, device: Any = None) -> None:
        self.device = torch.device("cuda", 0 if device is None else torch.device(device).index or 0)

    def wait_stream(self, _other: Stream) -> None:
        """Nothing to wait for."""


def current_stream(device: Any = None) -> Stream:
    """``torch.cuda.current_stream``: of this thread, the card's default one at first."""
    default = Stream(device)
    found: Stream = _current().setdefault(default.device, default)
    return found


@contextmanager
def on_stream(stream: Stream) -> Iterator[None]:
    """``torch.cuda.stream``."""
    before = current_stream(stream.device)
    _current()[stream.device] = stream
    try:
        yield
    finally:
        _current()[stream.device] = before


def _current() -> dict[torch.device, Stream]:
    streams: dict[torch.device, Stream] = Gpu.inside.__dict__.setdefault("streams", {})
    return streams


class Graph:
    """``torch.cuda.CUDAGraph`` on the pretended device."""

    def __init__(self, *_args: Any, **_kwargs: Any) -> None:
        self.steps: list[Callable[[], None]] = []

    def pool(self) -> tuple[int, int]:
        return (0, 0)

    def reset(self) -> None:
        self.steps = []

    def replay(self) -> None:
        Gpu.counts.replays += 1
        Gpu.counts.replayed += len(self.steps)
        with torch._C._DisableTorchDispatch(), torch._C.DisableTorchFunction(), torch.no_grad():
            for step in self.steps:
                step()


@contextmanager
def captured(graph: Graph, *_args: Any, stream: Stream, **_kwargs: Any) -> Iterator[None]:
    """``torch.cuda.graph``: within, operations are recorded as steps of the graph, if they are on the stream's card.

    As torch's, it empties the cache first, and leaves its stream the current one where the capture fails.
    """
    torch.cuda.empty_cache()
    before = current_stream(stream.device)
    _current()[stream.device] = stream
    Gpu.capturing = []
    launched = Gpu.counts.kernels.copy()
    try:
        yield
        graph.steps = Gpu.capturing if stream.device == Gpu.device else []
        _current()[stream.device] = before
    finally:
        Gpu.capturing = None
        Gpu.counts.kernels = launched


def record(func: Any, args: Any, options: Any, done: Any) -> None:
    """What a replay does for one operation: again, into the memory that the capture gave its result."""
    inputs = {id(x) for x in tree_flatten((args, options))[0] if isinstance(x, torch.Tensor)}
    results = [x for x in tree_flatten(done)[0] if isinstance(x, torch.Tensor)]
    memory = {x.untyped_storage().data_ptr() for x in tree_flatten(args)[0] if isinstance(x, torch.Tensor)}
    if all(id(x) not in inputs and x.untyped_storage().data_ptr() in memory for x in results) and results:
        return  # a view: it shows what its base holds

    def again() -> None:
        fresh = [x for x in tree_flatten(func(*args, **options))[0] if isinstance(x, torch.Tensor)]
        for into, value in zip(results, fresh, strict=True):
            if into is not value:
                into.copy_(value)

    assert Gpu.capturing is not None
    Gpu.capturing.append(again)
