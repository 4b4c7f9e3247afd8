# SPDX-License-Identifier: GPL-3.0-or-later
"""The joint of each bone in a body that was found by its shape."""

from __future__ import annotations

import numpy as np

from ..body.rotations import normalised
from .body_shape import Body, LimbPair
from .bone_names import normal_name
from .bone_tree import Tree

TOP = 0.85  # height above the shoulders, in shoulder widths, beyond which only the top of the head can be
FOOT = 0.12  # of the leg: a bone that starts this close to its end is its foot, even with another parent
TOES = 0.35  # share of the foot's length from the ankle, below which a bone is of the midfoot and not the toes


def roles_of(tree: Tree, body: Body) -> dict[str, str]:
    """Bone names by role: the joints among the 22 that the body has, ``spine4``..., ``neck2``..."""
    up = normalised(body.arms.middle - body.legs.middle)
    chest = tree.parents[body.arms.paths[0][0]]
    pelvis = tree.common(path[0] for limb in (body.legs, body.arms) for path in limb.paths)
    above = tree.above(chest)
    spine = above[: above.index(pelvis)][::-1]
    neck = _neck(tree, body, chest, up)
    if len(neck) == 1 and len(spine) > 1 and _high(tree, body, chest, up):
        neck.insert(0, spine.pop())  # a neck that carries the collars
    found = {"pelvis": pelvis}
    found |= {f"spine{i + 1}": bone for i, bone in enumerate(spine)}
    found |= {"neck" if i == 0 else f"neck{i + 1}": bone for i, bone in enumerate(neck[:-1])}
    if neck:
        found["head"] = neck[-1]
    forward = np.cross(body.legs.across, up)
    first_is_left = _faces(tree, body, forward) > 0.0
    forward = forward if first_is_left else -forward
    crossed = body.legs.across @ body.arms.across < 0.0  # the first leg and the first arm are on opposite sides
    for side, name in enumerate(("left", "right") if first_is_left else ("right", "left")):
        found |= {f"{name}_{part}": bone for part, bone in _leg(tree, body.legs, side, forward).items()}
        found |= {f"{name}_{part}": bone for part, bone in _arm(body.arms, 1 - side if crossed else side).items()}
    return {role: tree.rig.bones[bone].name for role, bone in found.items()}


def _arm(arms: LimbPair, side: int) -> dict[str, int]:
    path = arms.paths[side]
    parts = dict(zip(("shoulder", "elbow", "wrist"), arms.places, strict=True))
    out = {part: path[place] for part, place in parts.items() if place < len(path)}
    return out | ({"collar": path[0]} if arms.places[0] > 0 else {})


def _leg(tree: Tree, legs: LimbPair, side: int, forward: np.ndarray) -> dict[str, int]:
    path = legs.paths[side]
    out = {part: path[place] for part, place in zip(("hip", "knee"), legs.places[:2], strict=True)}
    ankle = _ankle(tree, legs, side)
    if ankle is None:
        return out
    out["ankle"] = ankle
    toes = _toes(tree, out["ankle"], forward, normalised(legs.points[0, 1 - side] - legs.points[0, side]))
    return out if toes is None else out | {"foot": toes}


def _ankle(tree: Tree, legs: LimbPair, side: int) -> int | None:
    """The bone of the ankle; if the chain ends before it, a bone with another parent that starts where the leg ends."""
    path = legs.paths[side]
    if legs.places[2] < len(path):
        return path[legs.places[2]]
    own = {*path, *(bone for start in path for bone in tree.below(start))}
    ends = legs.points[2]  # (2, 3)
    free = [bone for bone in range(len(tree.heads)) if bone not in own and tree.parents[bone] not in own]
    free = [bone for bone in free if np.linalg.norm(tree.heads[bone] - ends[side]) < FOOT * legs.length]
    free = [b for b in free if np.linalg.norm(tree.heads[b] - ends[1 - side]) > FOOT * legs.length or len(free) < 2]
    return min(free, key=lambda bone: float(np.linalg.norm(tree.heads[bone] - ends[side])), default=None)


def _toes(tree: Tree, ankle: int, forward: np.ndarray, inward: np.ndarray) -> int | None:
    """The bone of the toes: of five, that of the second."""

    def ahead(bone: int) -> float:
        return float((tree.heads[bone] - tree.heads[ankle]) @ forward)

    tip = max((ahead(bone) for bone in tree.below(ankle)), default=0.0)
    tip = max(tip, float((tree.tails[ankle] - tree.heads[ankle]) @ forward))
    bone, last = ankle, None
    while tip > 0.0:
        front = [child for child in tree.children[bone] if ahead(child) > 0.05 * tip]
        if not front:
            return last
        deepest = max(len(tree.path(child)) for child in front)
        front = [child for child in front if len(tree.path(child)) == deepest]
        last = bone = max(front, key=lambda child: float(tree.heads[child] @ inward))
        if ahead(bone) > TOES * tip:
            return bone
    return last


def _neck(tree: Tree, body: Body, chest: int, up: np.ndarray) -> list[int]:
    """Bones from the neck up to the head."""
    shoulders, width = body.arms.middle, float(np.linalg.norm(np.subtract(*body.arms.points[0])))
    arms = {path[0] for path in body.arms.paths}

    def height(bone: int) -> float:
        return float((tree.heads[bone] - shoulders) @ up)

    def goes_up(bone: int) -> bool:
        beside = abs(float((tree.heads[bone] - shoulders) @ body.arms.across))
        return bone not in arms and beside < 0.12 * width and height(bone) > height(chest) - 0.02 * width

    def top(bone: int) -> float:
        return max(height(other) for other in (bone, *tree.below(bone)))

    chain: list[int] = []
    bone = chest
    while True:
        rising = [child for child in tree.children[bone] if goes_up(child)]
        if not rising or (chain and _has_face(tree, bone, body.arms.across)):
            break
        bone = max(rising, key=top)
        chain.append(bone)
    marks_top = len(chain) > 1 and (_marks_ends(tree, body) or height(chain[-1]) > TOP * width)
    if marks_top and not tree.children[chain[-1]]:
        chain.pop()
    while len(chain) > 1 and tree.step(chain[-1]) < 0.02 * width:  # the root of a face, at the head itself
        chain.pop()
    return chain if chain and top(chain[0]) > 0.0 else []


def _marks_ends(tree: Tree, body: Body) -> bool:
    """Whether the rig ends its chains with an extra bone, judged by its toes."""
    ankle = _ankle(tree, body.legs, 0)
    toes = [] if ankle is None else tree.children[ankle]
    return len(toes) == 1 and [len(tree.children[bone]) for bone in tree.below(toes[0])] == [0]


def _has_face(tree: Tree, bone: int, across: np.ndarray) -> bool:
    """Whether the bone has a pair of children, as a head has eyes."""
    sides = [float((tree.heads[child] - tree.heads[bone]) @ across) for child in tree.children[bone]]
    most = max(map(abs, sides), default=0.0)
    return any(side > 0.3 * most for side in sides) and any(side < -0.3 * most for side in sides)


def _high(tree: Tree, body: Body, chest: int, up: np.ndarray) -> bool:
    """Whether a bone starts as high as the shoulders."""
    trunk = float((body.arms.middle - body.legs.middle) @ up)
    return float((tree.heads[chest] - body.legs.middle) @ up) > 0.95 * trunk


def _faces(tree: Tree, body: Body, forward: np.ndarray) -> float:
    """Whether the body faces ``forward``, by sign: children of the ankles point ahead; else feet, knees and elbows
    tell, and last the names."""
    length = body.legs.length
    for bones in (True, False):
        total = 0.0
        for side in (0, 1):
            ankle = _ankle(tree, body.legs, side)
            if ankle is None:
                continue
            points = tree.heads[tree.below(ankle)] if bones else tree.tails[[ankle]]
            ahead = (points - tree.heads[ankle]) @ forward
            total += float(ahead.max(initial=0.0) + ahead.min(initial=0.0))
        if not bones:
            for limb, sign in ((body.legs, 1.0), (body.arms, -1.0)):
                bend = limb.points[1] - 0.5 * (limb.points[0] + limb.points[2])
                total += sign * float((bend @ forward).sum())
        if abs(total) > 0.04 * length:
            return total
    marks = [normal_name(tree.rig.bones[path[0]].name)[:2] for path in body.legs.paths]
    return 1.0 if marks == ["l.", "r."] else -1.0 if marks == ["r.", "l."] else total
