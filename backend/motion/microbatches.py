# SPDX-License-Identifier: GPL-3.0-or-later
"""Which motions are made in one call of the sampler."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

BATCH = 16  # motions at once; more is no faster on a CPU
BATCH_GPU = 64


def packed(keys: Sequence[Any], most: int) -> list[list[int]]:
    """Numbers of the items whose keys are equal, at most ``most`` together, the largest keys first.

    Long motions take longest; when several workers share the batches, none begins such a one at the end.
    """
    order = sorted(range(len(keys)), key=lambda i: keys[i], reverse=True)
    groups = [list(members) for _, members in groupby(order, key=lambda i: keys[i])]
    return [group[at : at + most] for group in groups for at in range(0, len(group), most)]
