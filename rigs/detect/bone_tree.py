# SPDX-License-Identifier: GPL-3.0-or-later
"""The bones of a rig as a tree of points, for detection without names."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

import numpy as np

from ..body.rest_rig import RestRig


class Tree:
    """Bones by their place in ``rig.bones``; points are in the axes of the world."""

    def __init__(self, rig: RestRig) -> None:
        linear = rig.matrix_world[:3, :3]
        self.rig = rig
        self.parents = rig.parents
        self.heads = rig.matrices[:, :3, 3] @ linear.T  # (bones, 3)
        self.tails = np.stack([bone.tail for bone in rig.bones]) @ linear.T  # (bones, 3)
        self.children: dict[int, list[int]] = {i: [] for i in range(-1, len(rig.bones))}
        for i, parent in enumerate(self.parents):
            self.children[parent].append(i)

    @cached_property
    def size(self) -> float:
        """Diagonal of the box around all heads."""
        return float(np.linalg.norm(np.ptp(self.heads, axis=0)))

    @cached_property
    def reach(self) -> np.ndarray:
        """(bones,) length of the longest chain of heads that goes out from each bone."""
        out = np.zeros(len(self.heads))
        for i in reversed(range(len(self.heads))):  # parents come first
            parent = self.parents[i]
            if parent >= 0:
                out[parent] = max(out[parent], self.step(i) + out[i])
        return out

    def step(self, bone: int) -> float:
        """Distance of a bone's head from its parent's."""
        return float(np.linalg.norm(self.heads[bone] - self.heads[self.parents[bone]]))

    def path(self, bone: int) -> tuple[int, ...]:
        """The longest chain that begins with ``bone``."""
        out = [bone]
        while self.children[out[-1]]:
            out.append(max(self.children[out[-1]], key=lambda child: self.step(child) + self.reach[child]))
        return tuple(out)

    def above(self, bone: int) -> list[int]:
        """The bone, its parent, and so on to the root."""
        out = [bone]
        while self.parents[out[-1]] >= 0:
            out.append(self.parents[out[-1]])
        return out

    def below(self, bone: int) -> list[int]:
        """All descendants of a bone."""
        out = list(self.children[bone])
        for child in out:  # grows while it is walked
            out += self.children[child]
        return out

    def is_above(self, upper: int, bone: int) -> bool:
        """Whether ``upper`` is an ancestor of ``bone``."""
        return bone != upper and upper in self.above(bone)

    def common(self, bones: Iterable[int]) -> int:
        """The lowest common ancestor, -1 if there is none."""
        chains = [self.above(bone)[::-1] for bone in bones]
        last = -1
        for level in zip(*chains, strict=False):
            if len(set(level)) > 1:
                break
            last = level[0]
        return last
