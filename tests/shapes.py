# SPDX-License-Identifier: GPL-3.0-or-later
"""Rigs without names, and creatures that are not persons."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from coamd.rigs.body.rest_rig import RestBone, RestRig, rest_matrix
from coamd.rigs.body.rotations import about, normalised


def nameless(rig: RestRig, seed: int, scale: float = 1.0) -> tuple[RestRig, dict[str, str]]:
    """The rig with meaningless names, its bones in another order (parents still first), turned about a random axis and
    scaled; and the old names by the new ones."""
    rng = np.random.default_rng(seed)
    numbers = rng.permutation(len(rig.bones))
    names = {bone.name: f"Bone.{number:03}" for bone, number in zip(rig.bones, numbers, strict=True)}
    turn = np.eye(4)
    turn[:3, :3] = about(normalised(rng.normal(size=3)), np.array(rng.uniform(-np.pi, np.pi)))
    bones = []
    for bone in rig.bones:
        matrix = turn @ bone.matrix
        matrix[:3, 3] *= scale
        parent = None if bone.parent is None else names[bone.parent]
        bones.append(replace(bone, name=names[bone.name], parent=parent, matrix=matrix, length=bone.length * scale))
    depth = [len(rig.ancestors(bone.name)) for bone in rig.bones]
    order = sorted(range(len(bones)), key=lambda i: (depth[i], numbers[i]))
    return RestRig(tuple(bones[i] for i in order), rig.matrix_world), {new: old for old, new in names.items()}


def made_of(bones: dict[str, tuple[str | None, tuple[float, float, float]]]) -> RestRig:
    """A rig from names, parents and heads; bones end at their first child, or run on as their parent does."""
    heads = {name: np.array(head) for name, (_, head) in bones.items()}
    made = []
    for name, (parent, _) in bones.items():
        child = next((other for other, (above, _) in bones.items() if above == name), None)
        along = heads[child] - heads[name] if child else heads[name] - heads[parent] if parent else np.zeros(3)
        along = along if np.linalg.norm(along) > 1e-6 else np.array([0.0, 0.0, 0.05])
        made.append(RestBone(name, parent, rest_matrix(heads[name], heads[name] + along), float(np.linalg.norm(along))))
    return RestRig(tuple(made), np.eye(4))


def both_sides(
    bones: dict[str, tuple[str | None, tuple[float, float, float]]], *middle: str
) -> dict[str, tuple[str | None, tuple[float, float, float]]]:
    """The bones named in ``middle``, and the others twice: as they stand, and mirrored under names with ``other``."""
    out = {}
    for name, (parent, (x, y, z)) in bones.items():
        out[name] = (parent, (x, y, z))
        if name not in middle:
            out[f"other {name}"] = (parent if parent in middle else f"other {parent}", (-x, y, z))
    return out


def dog() -> RestRig:
    """A dog: a level trunk on four legs that bend as a dog's do, a tail, a neck, ears."""
    bones = {
        "pelvis": (None, (0.0, 0.3, 0.6)),
        "loin": ("pelvis", (0.0, 0.15, 0.62)),
        "chest": ("loin", (0.0, -0.1, 0.6)),
        "neck": ("chest", (0.0, -0.35, 0.65)),
        "head": ("neck", (0.0, -0.5, 0.8)),
        "tail": ("pelvis", (0.0, 0.4, 0.6)),
        "tail end": ("tail", (0.0, 0.6, 0.55)),
        "ear": ("head", (0.05, -0.5, 0.88)),
        "ear end": ("ear", (0.07, -0.5, 0.95)),
        "thigh": ("pelvis", (0.08, 0.3, 0.55)),
        "shin": ("thigh", (0.08, 0.22, 0.35)),
        "hock": ("shin", (0.08, 0.38, 0.18)),
        "paw": ("hock", (0.08, 0.34, 0.03)),
        "scapula": ("chest", (0.07, -0.25, 0.6)),
        "upper arm": ("scapula", (0.08, -0.35, 0.45)),
        "lower arm": ("upper arm", (0.08, -0.25, 0.3)),
        "wrist": ("lower arm", (0.08, -0.27, 0.12)),
        "fingers": ("wrist", (0.08, -0.3, 0.03)),
    }
    return made_of(both_sides(bones, "pelvis", "loin", "chest", "neck", "head", "tail", "tail end"))


def chain(count: int = 12) -> RestRig:
    """A rope."""
    return made_of({f"link {i}": (f"link {i - 1}" if i else None, (0.0, 0.0, 0.1 * i)) for i in range(count)})


def car() -> RestRig:
    """Four wheels and two doors on one bone."""
    bones = {
        "body": (None, (0.0, 0.0, 0.5)),
        "front": ("body", (0.8, -1.2, 0.3)),
        "back": ("body", (0.8, 1.2, 0.3)),
        "door": ("body", (0.8, -0.4, 0.8)),
    }
    return made_of(both_sides(bones, "body"))


def subtree(rig: RestRig, root: str) -> RestRig:
    """A bone and all that hangs on it."""
    kept = [bone for bone in rig.bones if bone.name == root or root in rig.ancestors(bone.name)]
    return RestRig(tuple(replace(bone, parent=None) if bone.name == root else bone for bone in kept), rig.matrix_world)
