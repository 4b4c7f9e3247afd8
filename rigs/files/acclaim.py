# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading Acclaim motion: a skeleton (.asf) and the angles of a take on it (.amc)."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from ..errors import UserError
from .bvh import axis_rotation

# One length unit of the CMU database in metres: inches, divided by the files' own 0.45.
CMU_UNIT = 0.0254 / 0.45
_AXES = {"rx": 0, "ry": 1, "rz": 2, "tx": 0, "ty": 1, "tz": 2}


@dataclass(frozen=True)
class AsfBone:
    """A bone at rest: from its parent's end along ``direction`` for ``length`` (file units)."""

    name: str
    parent: int  # index into Asf.bones, -1 for the root's children
    direction: np.ndarray  # (3,)
    length: float
    frame: np.ndarray  # (3, 3) C, the bone's own axes, in which its angles are given
    dof: tuple[str, ...]


@dataclass(frozen=True)
class Asf:
    """An Acclaim skeleton; parents come before children."""

    bones: tuple[AsfBone, ...]
    root_order: tuple[str, ...]


def _euler(values: dict[str, np.ndarray], frames: int) -> np.ndarray:
    """Rz Ry Rx (F, 3, 3) of the angles in degrees that a bone has."""
    matrix = np.broadcast_to(np.eye(3), (frames, 3, 3))
    for name in ("rz", "ry", "rx"):
        if name in values:
            matrix = matrix @ axis_rotation(np.radians(values[name]), _AXES[name])
    return matrix


def _broken(path: Path, what: str) -> UserError:
    return UserError(
        f"{path.name} is not a complete Acclaim file ({what}).", "Download or export it again.", "broken_asf"
    )


def _lines(path: Path) -> list[list[str]]:
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise UserError(f"{path.name} cannot be read: {error.strerror}.", "Check the path.", "unreadable") from error
    return [words for line in text.splitlines() if (words := line.split("#")[0].split())]


@dataclass
class _AsfText:
    """The words of a skeleton file, by section."""

    bones: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    parents: dict[str, str] = field(default_factory=dict)
    root_order: tuple[str, ...] = ()


def _asf_text(path: Path) -> _AsfText:
    text = _AsfText()
    section = ""
    bone: dict[str, list[str]] = {}
    for words in _lines(path):
        match section, words[0]:
            case _, key if key.startswith(":"):
                section = key
            case ":root", "order":
                text.root_order = tuple(word.lower() for word in words[1:])
            case ":bonedata", "begin":
                bone = {}
            case ":bonedata", "end":
                text.bones[bone["name"][0]] = bone
            case ":bonedata", key:
                bone[key] = words[1:]
            case ":hierarchy", parent if parent not in ("begin", "end"):
                text.parents.update(dict.fromkeys(words[1:], parent))
    return text


def _unit(words: list[str]) -> np.ndarray:
    """The direction (3,) of a bone."""
    x, y, z = (float(word) for word in words[:3])
    length = np.hypot(np.hypot(x, y), z)
    if not 0.0 < length < np.inf:
        raise ValueError("a bone without a direction")
    return np.array([x, y, z]) / length


def _breadth_first(text: _AsfText) -> dict[str, int]:
    """Places of the bones by name, parents before children."""
    place: dict[str, int] = {}
    while len(place) < len(text.bones):
        known = {"root", *place}
        found = [name for name in text.bones if name not in place and text.parents[name] in known]
        if not found:
            raise ValueError("the hierarchy has a loop")
        place |= {name: len(place) + i for i, name in enumerate(found)}
    return place


def read_asf(path: str | Path) -> Asf:
    """Read a skeleton. Raises UserError where the file is missing or breaks off."""
    path = Path(path)
    try:
        text = _asf_text(path)
        place = _breadth_first(text)
        bones = []
        for name in place:
            words = text.bones[name]
            angles = [np.array([float(value)]) for value in words["axis"][:3]]
            bones.append(
                AsfBone(
                    name,
                    -1 if text.parents[name] == "root" else place[text.parents[name]],
                    _unit(words["direction"]),
                    float(words["length"][0]),
                    _euler(dict(zip(("rx", "ry", "rz"), angles, strict=True)), 1)[0],
                    tuple(word.lower() for word in words.get("dof", ())),
                )
            )
    except (KeyError, ValueError, IndexError) as error:
        raise _broken(path, f"{error}") from error
    if "root" in place:
        raise _broken(path, "a bone is called root")
    if not bones or sorted(text.root_order) != sorted(_AXES):
        raise _broken(path, "no bones or no root order")
    return Asf(tuple(bones), text.root_order)


def read_amc(path: str | Path, asf: Asf) -> dict[str, np.ndarray]:
    """World positions of one take: ``root`` and the END of every bone, each (F, 3), file units, Y up.

    The bone rotation is ``C Rz Ry Rx C^-1`` and chains from parent to child:
    ``G = G_parent C R C^-1``, ``end = start + G direction length``.
    """
    path = Path(path)
    dofs = {"root": asf.root_order, **{bone.name: bone.dof for bone in asf.bones}}
    rows: dict[str, list[list[float]]] = {name: [] for name, dof in dofs.items() if dof}
    try:
        for words in _lines(path):
            if words[0] in rows:
                rows[words[0]].append([float(v) for v in words[1 : 1 + len(dofs[words[0]])]])
        frames = len(rows["root"])
        # some takes leave out bones that were not tracked (fingers, say): they stay at rest
        values = {name: np.array(table or np.zeros((frames, len(dofs[name])))) for name, table in rows.items()}
        if not frames or any(v.shape != (frames, len(dofs[n])) for n, v in values.items()):
            raise _broken(path, "frames with missing bones")
        if not all(np.isfinite(v).all() for v in values.values()):
            raise _broken(path, "values that are not numbers")
    except ValueError as error:
        raise _broken(path, f"{error}") from error
    root = {dof: values["root"][:, i] for i, dof in enumerate(asf.root_order)}
    ends = {"root": np.stack([root["tx"], root["ty"], root["tz"]], axis=1)}
    base = _euler(root, frames)
    turned: list[np.ndarray] = []
    for bone in asf.bones:
        angles = {dof: values[bone.name][:, i] for i, dof in enumerate(bone.dof)}
        before = base if bone.parent < 0 else turned[bone.parent]
        turned.append(before @ bone.frame @ _euler(angles, frames) @ bone.frame.T)
        start = ends["root" if bone.parent < 0 else asf.bones[bone.parent].name]
        ends[bone.name] = start + turned[-1] @ (bone.direction * bone.length)
    return ends
