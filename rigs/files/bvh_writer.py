# SPDX-License-Identifier: GPL-3.0-or-later
"""Writing BVH: the text that `bvh.read_bvh` reads."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ..body.rotations import quaternion_from_matrix, quaternion_to_euler
from .bvh import Bvh

TURNED = ("Zrotation", "Xrotation", "Yrotation")  # the usual order
PLACED = ("Xposition", "Yposition", "Zposition", *TURNED)


def write_bvh(path: str | Path, bvh: Bvh) -> None:
    """Write one file; the largest of several trees comes first, for readers of one root. OSError as it comes."""
    trees = sorted((_tree(bvh, j) for j, parent in enumerate(bvh.parents) if parent < 0), key=len, reverse=True)
    ends = np.cumsum([len(channels) for channels in bvh.channels])
    columns = [k for tree in trees for j in tree for k in range(ends[j] - len(bvh.channels[j]), ends[j])]
    lines = ["HIERARCHY"]
    for tree in trees:
        lines += _hierarchy(bvh, tree[0], 0)
    lines += ["MOTION", f"Frames: {len(bvh.frames)}", f"Frame Time: {bvh.frame_time:.8f}"]
    lines += [" ".join(f"{value:.6f}" for value in row) for row in bvh.frames[:, columns]]
    Path(path).write_text("\n".join(lines) + "\n", encoding="utf-8")


def zxy_degrees(rotations: np.ndarray) -> np.ndarray:
    """Values (..., 3) of the channels ``TURNED`` for rotations (..., 3, 3)."""
    return np.degrees(quaternion_to_euler(quaternion_from_matrix(rotations), "YXZ"))[..., [2, 0, 1]]


def _children(bvh: Bvh, j: int) -> list[int]:
    return [k for k, parent in enumerate(bvh.parents) if parent == j]


def _tree(bvh: Bvh, j: int) -> list[int]:
    """A joint and all below it, in the order of the file."""
    return [j, *(k for child in _children(bvh, j) for k in _tree(bvh, child))]


def _hierarchy(bvh: Bvh, j: int, depth: int) -> list[str]:
    tab, parent, channels = "\t" * depth, bvh.parents[j], bvh.channels[j]
    end = parent >= 0 and not channels and bvh.names[j] == f"{bvh.names[parent]}_End"
    x, y, z = bvh.offsets[j]
    lines = ["End Site" if end else f"{'ROOT' if parent < 0 else 'JOINT'} {bvh.names[j]}", "{"]
    lines.append(f"\tOFFSET {x:.6f} {y:.6f} {z:.6f}")
    lines += [] if end else [f"\tCHANNELS {len(channels)} {' '.join(channels)}".rstrip()]
    lines = [tab + line for line in lines]
    for child in _children(bvh, j):
        lines += _hierarchy(bvh, child, depth + 1)
    return [*lines, f"{tab}}}"]
