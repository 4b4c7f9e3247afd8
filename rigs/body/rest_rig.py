# SPDX-License-Identifier: GPL-3.0-or-later
"""The rest pose of a rig, as plain numbers: what Blender knows about an armature before it is posed."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import UserError
from .rotations import about, frame, normalised

_HINT = "Use a table of bones with name, parent, head, tail and roll or x_axis."


@dataclass(frozen=True)
class RestBone:
    """One bone at rest.

    ``matrix`` (4, 4) is in armature space and units (Blender axes: Z up, the character usually faces -Y); its columns
    are the bone's X, its Y (along the bone), its Z, and its head. ``turns`` says about which of its own axes
    X, Y, Z the bone may turn and ``moves`` whether it may be moved; locked channels get no keys.
    ``stand`` (3, 3) is its turn, in armature space, from the rest pose to a T-pose or an A-pose that is known; None
    where the rest pose says how it stands.
    """

    name: str
    parent: str | None
    matrix: np.ndarray
    length: float
    inherit_rotation: bool = True
    connected: bool = False
    turns: tuple[bool, bool, bool] = (True, True, True)
    moves: bool = True
    stand: np.ndarray | None = None

    @property
    def head(self) -> np.ndarray:
        """Head (3,) in armature space."""
        return self.matrix[:3, 3]

    @property
    def tail(self) -> np.ndarray:
        """Tail (3,) in armature space."""
        return self.matrix[:3, 3] + self.matrix[:3, 1] * self.length


@dataclass(frozen=True)
class RestRig:
    """All bones, parents before children, and the ``matrix_world`` (4, 4) of the armature object."""

    bones: tuple[RestBone, ...]
    matrix_world: np.ndarray

    @cached_property
    def index(self) -> dict[str, int]:
        """Place of each bone in ``bones``."""
        return {bone.name: i for i, bone in enumerate(self.bones)}

    @cached_property
    def parents(self) -> tuple[int, ...]:
        """Place of each bone's parent, -1 for a root."""
        return tuple(-1 if bone.parent is None else self.index[bone.parent] for bone in self.bones)

    @cached_property
    def matrices(self) -> np.ndarray:
        """Rest matrices (bones, 4, 4) in armature space."""
        return np.stack([bone.matrix for bone in self.bones]) if self.bones else np.zeros((0, 4, 4))

    def bone(self, name: str) -> RestBone:
        """The bone of that name."""
        return self.bones[self.index[name]]

    def ancestors(self, name: str) -> list[str]:
        """Names from the bone's parent up to its root."""
        out: list[str] = []
        parent = self.bone(name).parent
        while parent is not None:
            out.append(parent)
            parent = self.bone(parent).parent
        return out

    def rewired(self, moved_by: Iterable[tuple[str, str]]) -> RestRig:
        """The rig with other parents: each (bone, mover) says that constraints move the bone as if the
        mover were its parent."""
        movers = {bone: mover for bone, mover in moved_by if bone in self.index and mover in self.index}
        if not movers:
            return self
        bones = [replace(b, parent=movers[b.name], connected=False) if b.name in movers else b for b in self.bones]
        return RestRig(_parents_first(bones, "The rig"), self.matrix_world)

    @classmethod
    def from_table(cls, path: str | Path) -> RestRig:
        """Read a JSON table of bones, one dictionary each: name, parent, head, tail and roll (radians) or x_axis.

        Bones without length are left out, as Blender does when it leaves edit mode.

        Raises:
            UserError: the file cannot be read or is not such a table.
        """
        path = Path(path)
        try:
            table = json.loads(path.read_text(encoding="utf-8"))["bones"]
            bones = _with_length([_bone_of_row(row) for row in table])
        except OSError as error:
            raise UserError(
                f"{path.name} cannot be read: {error.strerror}.", "Check the path.", "unreadable"
            ) from error
        except (ValueError, KeyError, TypeError, IndexError) as error:
            raise UserError(f"{path.name} is not a table of bones.", _HINT, "broken_rig") from error
        return cls(_parents_first(bones, path.name), np.eye(4))


def rest_matrix(
    head: np.ndarray, tail: np.ndarray, *, roll: float = 0.0, x_axis: np.ndarray | None = None
) -> np.ndarray:
    """The rest matrix (4, 4) of a bone from its head and tail (3,), and its roll in radians or its X axis (3,)."""
    y = normalised(tail - head)
    out = np.eye(4)
    if x_axis is None:
        out[:3, :3] = about(y, np.array(roll)) @ _unrolled(y)
    else:
        out[:3, :3] = frame(y, x_axis)[:, [1, 0, 2]] * (1.0, 1.0, -1.0)
    out[:3, 3] = head
    return out


def _unrolled(y: np.ndarray) -> np.ndarray:
    """Blender's axes (3, 3) of a bone without roll: the shortest rotation of +Y onto the bone.

    With t = 1 + y_y it is [[1 - x²/t, x, -xz/t], [-x, y, -z], [-xz/t, z, 1 - z²/t]]. Near -Y, where 1 + y_y cancels,
    t is (x² + z²) / (1 - y_y), which is the same for a unit vector. Along -Y itself there is no shortest rotation, and
    Blender turns about Z from as near as 0.00025 on.
    """
    x, up, z = y
    side = x * x + z * z
    if up < 0.0 and side <= 2.5e-4**2:
        return np.diag([-1.0, -1.0, 1.0])
    t = side / (1.0 - up) if up < 0.0 else 1.0 + up
    return np.array([[1 - x * x / t, x, -x * z / t], [-x, up, -z], [-x * z / t, z, 1 - z * z / t]])


def _bone_of_row(row: dict[str, Any]) -> RestBone:
    head, tail = np.array(row["head"], dtype=np.float64), np.array(row["tail"], dtype=np.float64)
    if head.shape != (3,) or tail.shape != (3,) or not np.isfinite([head, tail]).all():
        raise ValueError(row["name"])
    x_axis = np.array(row["x_axis"], dtype=np.float64) if "x_axis" in row else None
    matrix = rest_matrix(head, tail, roll=float(row.get("roll", 0.0)), x_axis=x_axis)
    return RestBone(str(row["name"]), row["parent"], matrix, float(np.linalg.norm(tail - head)))


def _with_length(bones: list[RestBone]) -> list[RestBone]:
    gone = {bone.name: bone.parent for bone in bones if bone.length < 1e-6}
    for name, parent in gone.items():  # children go to the bone above
        bones = [replace(bone, parent=parent) if bone.parent == name else bone for bone in bones]
    return [bone for bone in bones if bone.name not in gone]


def _parents_first(bones: list[RestBone], name: str) -> tuple[RestBone, ...]:
    children: dict[str | None, list[RestBone]] = {}
    for bone in bones:
        children.setdefault(bone.parent, []).append(bone)
    ordered = list(children.get(None, ()))
    alone = len({bone.name for bone in bones}) == len(bones)  # equal names could form an endless loop
    for bone in ordered if alone else ():  # grows while it is walked: breadth first
        ordered += children.get(bone.name, ())
    if not alone or len(ordered) != len(bones):
        raise UserError(f"{name} has a bone without its parent, or two of one name.", _HINT, "broken_rig")
    return tuple(ordered)
