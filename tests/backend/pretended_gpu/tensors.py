# SPDX-License-Identifier: GPL-3.0-or-later
"""Tensors of the pretended device, and each operation on them below autograd: checked, counted, done."""

from __future__ import annotations

from typing import Any

import torch
from torch.utils._pytree import tree_flatten, tree_map

from .counts import VIEWS, WAITING, Gpu, line
from .graphs import record
from .kernels import has_kernel

INDEXING = {"index", "index_put", "index_put_", "_unsafe_index", "_index_put_impl_"}
NO_FLOAT64 = (
    "Cannot convert a MPS Tensor to float64 dtype as the MPS framework doesn't support float64. "
    "Please use float32 instead."
)


class OnDevice(torch.Tensor):
    """A tensor on the pretended device. To C++ it is on the CPU, so no part of torch for a real device is needed."""

    host: torch.Tensor

    @staticmethod
    def __new__(cls, host: torch.Tensor) -> OnDevice:
        if Gpu.device.type == "mps" and host.dtype in (torch.float64, torch.complex128):
            raise TypeError(NO_FLOAT64)
        made: OnDevice = torch.Tensor._make_wrapper_subclass(
            cls, host.size(), strides=host.stride(), storage_offset=host.storage_offset(), dtype=host.dtype
        )
        made.host = host
        return made

    @property
    def device(self) -> torch.device:  # type: ignore[override]
        return Gpu.device

    @property
    def is_cuda(self) -> bool:  # type: ignore[override]
        return Gpu.device.type == "cuda"

    @property
    def is_cpu(self) -> bool:  # type: ignore[override]
        return False

    def __repr__(self) -> str:  # type: ignore[override]
        return f"OnDevice({tuple(self.shape)}, {self.dtype}, {Gpu.device})"

    def __format__(self, spec: str) -> str:
        return format(self.item(), spec) if self.dim() == 0 else repr(self)

    def __deepcopy__(self, memo: dict[int, Any]) -> torch.Tensor:
        copy: torch.Tensor = self.detach().clone()
        if getattr(self, "_is_param", False):
            copy = torch.nn.Parameter(copy, self.requires_grad)
        memo[id(self)] = copy
        return copy

    def __reduce_ex__(self, protocol: Any) -> Any:
        return self.host.detach().clone().__reduce_ex__(protocol)

    @classmethod
    def __torch_dispatch__(cls, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        return run(func, args, kwargs or {})


def pretended(value: Any) -> bool:
    """Whether a device argument names the pretended device. RuntimeError where it names another card."""
    if value is None or isinstance(value, int):
        return False
    named = torch.device(value)
    if named.type == Gpu.device.type and (named.index or 0) != Gpu.device.index:
        raise RuntimeError(f"{named} is asked for, and {Gpu.device} is the device that was chosen: {line()}")
    return named.type == Gpu.device.type


def run(func: Any, args: Any, kwargs: Any) -> Any:
    """One operation below autograd: checked, counted, done on the host's numbers."""
    name = func._schema.name.split("::")[1]
    flat = tree_flatten((args, kwargs))[0]
    devices = [x for x in flat if isinstance(x, OnDevice)]
    there = _is_there(name, args, kwargs, flat)
    if devices and name == "copy_":
        _count_copy(*args)
    elif devices:
        _check_devices(name, args, [x for x in flat if isinstance(x, torch.Tensor)])
    if there:
        _check_generator(flat)
        _check_kernel(func)
        Gpu.counts.kernels[name] += name not in VIEWS
    if devices and name in WAITING:
        Gpu.counts.wait(name)
    on_host, options = tree_map(_on_host, args), tree_map(_on_host, kwargs)
    options.pop("pin_memory", None)
    done = func(*on_host, **options)
    if not there:
        return done
    if Gpu.capturing is not None:
        record(func, on_host, options, done)
    known = {id(x.host): x for x in devices}

    def wrapped(x: Any) -> Any:
        if not isinstance(x, torch.Tensor) or isinstance(x, OnDevice):
            return x
        return known[id(x)] if id(x) in known else OnDevice(x)

    if name == "_pack_padded_sequence":  # the second result stays on the host
        return wrapped(done[0]), done[1]
    return tree_map(wrapped, done)


def _check_generator(flat: list[Any]) -> None:
    if any(isinstance(x, torch.Generator) for x in flat):
        raise RuntimeError(f"Expected a '{Gpu.device.type}' device type for generator but found 'cpu'")


def _check_kernel(func: Any) -> None:
    """Raise what torch raises where nobody has written an operation for the device."""
    name = str(func._schema.name).partition("::")[2]
    overload = func._schema.overload_name
    if not has_kernel(f"{name}.{overload}" if overload else name, Gpu.device.type):
        raise NotImplementedError(
            f"The operator 'aten::{name}' is not currently implemented for the {Gpu.device.type.upper()} device."
        )


def _is_there(name: str, args: Any, kwargs: Any, flat: list[Any]) -> bool:
    """Whether the result of an operation is on the device."""
    if name == "copy_":
        return isinstance(args[0], OnDevice)
    if any(isinstance(x, OnDevice) for x in flat) or pretended(kwargs.get("device")):
        return True
    return getattr(Gpu.inside, "call", False) and not any(isinstance(x, torch.Tensor) for x in flat)


def _on_host(x: Any) -> Any:
    if isinstance(x, OnDevice):
        return x.host
    return torch.device("cpu") if isinstance(x, torch.device) else x


def _count_copy(into: torch.Tensor, source: torch.Tensor, non_blocking: bool = False) -> None:
    up = isinstance(into, OnDevice)
    if up == isinstance(source, OnDevice):
        return
    Gpu.counts.uploads += up
    Gpu.counts.downloads += not up
    if not (up and non_blocking and getattr(source, "pinned", False)):
        Gpu.counts.wait("upload" if up else "download")


def _check_devices(name: str, args: Any, tensors: list[torch.Tensor]) -> None:
    """Raise what the device raises where an operation is given tensors of two of them."""
    if name.startswith("_pack_padded_sequence"):  # lengths are to be on the host
        return
    for x in tensors:
        if isinstance(x, OnDevice):
            continue
        if x.dim() == 0 and name not in ("index_copy", "index_copy_", "gather", "scatter", "index_select"):
            continue
        if name in INDEXING and isinstance(args[0], OnDevice) and any(x is one for one in args[1]):
            Gpu.counts.uploads += 1
            Gpu.counts.wait("index on the host")
            continue
        raise RuntimeError(
            "Expected all tensors to be on the same device, but found at least two devices, "
            f"{Gpu.device} and cpu! ({name}) at {line()}"
        )
    if name in INDEXING and any(x is not None and x.dtype in (torch.bool, torch.uint8) for x in args[1]):
        Gpu.counts.wait("mask as index")
