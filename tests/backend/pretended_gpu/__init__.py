# SPDX-License-Identifier: GPL-3.0-or-later
"""A pretended GPU: tensors that say they are on ``cuda:0`` or ``mps:0`` and hold their numbers in host memory.

Every operation is checked as the device would check it (two devices in one operation, a generator or an index of the
wrong one, float64 on MPS, ``.numpy()`` of a device tensor, no kernel there) and counted: kernels, uploads, downloads,
and the places at which the host waits for the device. A CUDA graph records the operations of its capture and repeats
them on the same memory, so whatever a capture takes from the host is frozen in it, as on a card. Speed and memory are
not pretended.
"""

from .card import pretended_gpu
from .counts import Counts

__all__ = ["Counts", "pretended_gpu"]
