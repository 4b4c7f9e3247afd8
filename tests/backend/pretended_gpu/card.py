# SPDX-License-Identifier: GPL-3.0-or-later
"""The pretended card itself: what torch says of it, and torch's functions while it is there."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_flatten

from .counts import Counts, Gpu
from .graphs import Graph, Stream, captured, current_stream, on_stream
from .tensors import OnDevice, pretended, run
from .transfers import OF_THE_DEVICE, TRANSFERS, sequences_moved, uploaded

CARD = SimpleNamespace(name="Pretended GPU", major=8, minor=6, total_memory=8 << 30, multi_processor_count=40)


@contextmanager
def pretended_gpu(kind: str, patch: pytest.MonkeyPatch) -> Iterator[Counts]:
    """Within, ``kind`` ("cuda", "cuda:1", "mps") is a device that works; the counts are of what it does.

    With "cuda:1" there are two cards, and whatever asks for the first is refused.
    """
    named = torch.device(kind)
    Gpu.device, Gpu.counts, Gpu.capturing = torch.device(named.type, named.index or 0), Counts(), None
    if named.type == "cuda":
        for name, value in _of_cuda(Gpu.device.index + 1).items():
            patch.setattr(torch.cuda, name, value)
        patch.setattr(torch.cuda.amp.common, "amp_definitely_not_available", lambda: False)
    else:
        patch.setattr(torch.backends.mps, "is_available", lambda: True)
        patch.setattr(torch.mps, "synchronize", lambda: Gpu.counts.wait("synchronize"))
        patch.setattr(torch.mps, "empty_cache", _emptied)
    real_run = threading.Thread.run

    def run_there(thread: threading.Thread) -> None:
        with _modes():
            real_run(thread)

    patch.setattr(threading.Thread, "run", run_there)
    for name in ("backward", "grad"):
        patch.setattr(torch.autograd, name, _on_device(getattr(torch.autograd, name)))
    before = torch.__future__.get_overwrite_module_params_on_conversion()
    torch.__future__.set_overwrite_module_params_on_conversion(True)
    try:
        with _modes():
            yield Gpu.counts
    finally:
        torch.__future__.set_overwrite_module_params_on_conversion(before)


def _of_cuda(cards: int) -> dict[str, Any]:
    """What ``torch.cuda`` says and does."""
    return {
        "_lazy_init": lambda: None,
        "is_available": lambda: True,
        "is_initialized": lambda: True,
        "device_count": lambda: cards,
        "current_device": lambda: 0,
        "get_device_properties": lambda _device=None: CARD,
        "get_device_name": lambda _device=None: CARD.name,
        "get_device_capability": lambda _device=None: (CARD.major, CARD.minor),
        "get_arch_list": lambda: ["sm_75", "sm_86", "sm_90"],
        "mem_get_info": lambda _device=None: (6 << 30, 8 << 30),
        "memory_allocated": lambda _device=None: 0,
        "memory_reserved": lambda _device=None: 0,
        "max_memory_allocated": lambda _device=None: 0,
        "reset_peak_memory_stats": lambda _device=None: None,
        "empty_cache": _emptied,
        "synchronize": lambda _device=None: Gpu.counts.wait("synchronize"),
        "Stream": Stream,
        "current_stream": current_stream,
        "stream": on_stream,
        "device": lambda _device: nullcontext(),
        "CUDAGraph": Graph,
        "graph": captured,
        "graph_pool_handle": lambda: (0, 1),
    }


def _emptied() -> None:
    Gpu.counts.emptied += 1


def _on_device(work: Callable[..., Any]) -> Callable[..., Any]:
    """Tensors that autograd makes on its way are on the device."""

    def worked(*args: Any, **kwargs: Any) -> Any:
        with _inside():
            return work(*args, **kwargs)

    return worked


@contextmanager
def _inside() -> Iterator[None]:
    before = getattr(Gpu.inside, "call", False)
    Gpu.inside.call = True
    try:
        yield
    finally:
        Gpu.inside.call = before


class _Dispatch(TorchDispatchMode):
    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        return run(func, args, kwargs or {})


class _Functions(TorchFunctionMode):
    """What does not come down to the dispatcher, or looks other there."""

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = dict(kwargs or {})
        there = any(isinstance(x, OnDevice) for x in tree_flatten((args, kwargs))[0])
        if func in TRANSFERS:
            return TRANSFERS[func](*args, **kwargs)
        if func in (torch.tensor, torch.as_tensor, torch.scalar_tensor) and pretended(kwargs.get("device")):
            kwargs.pop("device")
            return args[0] if isinstance(args[0], OnDevice) else uploaded(func(*args, **kwargs))
        if not there:
            return func(*args, **kwargs)
        if func in OF_THE_DEVICE:
            return OF_THE_DEVICE[func](*args, **kwargs)
        if func in (torch.Tensor.__getitem__, torch.Tensor.__setitem__) and isinstance(args[0], OnDevice):
            args = (args[0], sequences_moved(args[1]), *args[2:])
        with _inside():
            if func is not torch.nn.functional.scaled_dot_product_attention:
                return func(*args, **kwargs)
            launched = Gpu.counts.kernels.copy()  # one kernel there, several on the host
            done = func(*args, **kwargs)
            Gpu.counts.kernels = launched + Counter(["scaled_dot_product_attention"])
            return done


@contextmanager
def _modes() -> Iterator[None]:
    with _Functions(), _Dispatch():
        yield
