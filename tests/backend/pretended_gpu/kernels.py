# SPDX-License-Identifier: GPL-3.0-or-later
"""Which operations torch has a kernel for on a device, by torch's own table of its functions."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import torchgen
import yaml

_TABLE = Path(torchgen.__file__).parent / "packaged/ATen/native/native_functions.yaml"


@cache
def _functions() -> dict[str, dict[str, Any]]:
    """The table, by name and overload ("add.Tensor")."""
    rows = yaml.load(_TABLE.read_text(encoding="utf-8"), getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return {str(row["func"]).partition("(")[0]: row for row in rows}


@cache
def has_kernel(name: str, device: str) -> bool:
    """Whether "cuda" or "mps" can do an operation; one that is made of others is done by them.

    What is only for the CPU by its name is what torch chose for a tensor that it takes for the CPU's; a device has its
    own in that place.
    """
    row = _functions().get(name, {})
    if "structured_delegate" in row:
        return has_kernel(row["structured_delegate"], device)
    keys = {key.strip() for keys in row.get("dispatch") or () for key in keys.split(",")}
    made_of_others = not keys or any(key.startswith("Composite") for key in keys)
    for_cuda = device == "cuda" and "ufunc_inner_loop" in row  # one text, of which both kernels are made
    return made_of_others or for_cuda or device.upper() in keys or "_for_cpu" in name
