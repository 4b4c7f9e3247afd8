# SPDX-License-Identifier: GPL-3.0-or-later
"""What goes to the pretended device and comes back, and what only the device does to its tensors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from .counts import Gpu
from .tensors import OnDevice, pretended


class _Moved(torch.autograd.Function):
    """A copy to the other side that gradients follow."""

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor, up: bool) -> torch.Tensor:  # type: ignore[override]
        ctx.up = up
        return OnDevice(x.detach().clone()) if up else x.detach().host.clone()  # type: ignore[attr-defined]

    @staticmethod
    def backward(ctx: Any, gradient: torch.Tensor) -> Any:  # type: ignore[override]
        return _Moved.apply(gradient, not ctx.up), None


def uploaded(x: torch.Tensor, non_blocking: bool = False) -> torch.Tensor:
    """A copy on the device; only one from page-locked memory is not waited for."""
    Gpu.counts.uploads += 1
    if Gpu.capturing is not None:  # allowed from page-locked memory, but every replay would copy what lies there then
        raise RuntimeError("CUDA error: operation not permitted when stream is capturing (upload)")
    if not (non_blocking and getattr(x, "pinned", False)):
        Gpu.counts.wait("upload")
    made: torch.Tensor = _Moved.apply(x, True)
    return made


def downloaded(x: torch.Tensor) -> torch.Tensor:
    """A copy on the host, which waits for it."""
    Gpu.counts.downloads += 1
    Gpu.counts.wait("download")
    made: torch.Tensor = _Moved.apply(x, False)
    return made


def to(x: torch.Tensor, *args: Any, **kwargs: Any) -> torch.Tensor:
    """``Tensor.to`` in all its forms."""
    copy, quick = kwargs.pop("copy", False), kwargs.get("non_blocking", False)
    kwargs.pop("memory_format", None)
    if args and isinstance(args[0], torch.Tensor):
        args = (args[0].device, args[0].dtype, *args[1:])
    if "other" in kwargs:
        other = kwargs.pop("other")
        args = (other.device, other.dtype)
    device, dtype, non_blocking, _ = torch._C._nn._parse_to(*args, **kwargs)
    device = x.device if device is None else torch.device(device)
    there, wanted = isinstance(x, OnDevice), pretended(device)
    if there == wanted:
        kind = x.dtype if dtype is None else dtype
        if kind == x.dtype and not copy:
            return x
        return torch.ops.aten._to_copy(x, dtype=kind)
    if wanted:  # converted on the host, then copied
        x = x if dtype is None or dtype == x.dtype else torch.ops.aten._to_copy(x, dtype=dtype)
        return uploaded(x, quick or non_blocking)
    x = downloaded(x)
    return x if dtype is None or dtype == x.dtype else torch.ops.aten._to_copy(x, dtype=dtype)


def sequences_moved(index: Any) -> Any:
    """An index of the host (list, array) becomes a tensor on the device, as in torch: a copy that is waited for."""

    def moved(one: Any) -> Any:
        if isinstance(one, (list, tuple, range, np.ndarray)):
            return uploaded(torch.as_tensor(np.asarray(one)))
        return one

    return tuple(moved(one) for one in index) if isinstance(index, tuple) else moved(index)


def _pinned(x: torch.Tensor) -> torch.Tensor:
    copy = x.clone()
    copy.pinned = True  # type: ignore[attr-defined]
    return copy


def _with_data(x: torch.Tensor, value: torch.Tensor) -> None:
    torch.Tensor.data.__set__(x, value)  # type: ignore[attr-defined]
    if isinstance(x, OnDevice) and isinstance(value, OnDevice):
        x.host = value.host


def _listed(x: OnDevice) -> Any:
    Gpu.counts.wait("tolist")
    return x.host.tolist()


def _padded(
    x: torch.Tensor, sizes: torch.Tensor, batch_first: bool, value: float, length: int
) -> tuple[torch.Tensor, torch.Tensor]:
    """``pad_packed_sequence`` step by step; torch writes the lengths, which stay on the host, through a pointer."""
    most, counts = int(sizes[0]), [*sizes.tolist(), *[0] * (length - len(sizes))]  # rows of each step, never growing
    parts = x.split(counts)
    aside = [0, 0] * (x.dim() - 1)
    steps = [torch.nn.functional.pad(part, [*aside, 0, most - len(part)], value=value) for part in parts]
    lengths = torch.tensor([sum(count > row for count in counts) for row in range(most)])
    return torch.stack(steps, dim=1 if batch_first else 0), lengths


def _not_for_numpy(*_args: Any, **_kwargs: Any) -> Any:
    raise TypeError(
        f"can't convert {Gpu.device} device type tensor to numpy. "
        "Use Tensor.cpu() to copy the tensor to host memory first."
    )


TRANSFERS: dict[Any, Callable[..., Any]] = {
    torch.Tensor.to: to,
    torch.Tensor.type_as: to,
    torch.Tensor.cuda: lambda x: to(x, torch.device("cuda", 0)),
    torch.Tensor.pin_memory: _pinned,
    torch.Tensor.data.__set__: _with_data,  # type: ignore[attr-defined]
}
OF_THE_DEVICE: dict[Any, Callable[..., Any]] = {
    torch.Tensor.cpu: lambda x: downloaded(x) if isinstance(x, OnDevice) else x,
    torch.Tensor.new_tensor: lambda x, values, dtype=None: uploaded(torch.tensor(values, dtype=dtype or x.dtype)),
    torch.Tensor.tolist: _listed,
    torch.Tensor.untyped_storage: lambda x: x.host.untyped_storage(),  # read where weights are saved, for its address
    torch._VF._pad_packed_sequence: _padded,
    torch.Tensor.numpy: _not_for_numpy,
    torch.Tensor.__array__: _not_for_numpy,
}
