# SPDX-License-Identifier: GPL-3.0-or-later
"""A body found by its shape alone: for rigs whose bone names say nothing.

A person's arms and legs are two pairs of mirrored chains that hang on one trunk. Every pair of mirrored chains among
the children of a bone is tried as legs and as arms, the joints on each are placed by the proportions of limbs, and the
two pairs that make the best body are taken. Directions of the rig's space do not count, so it may face anywhere or
lie down; the feet tell front from back, and so left from right.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, pairwise, product

import numpy as np

from ..body.rotations import normalised
from .bone_tree import Tree

# Proportions of a body, each with the logarithmic width within which rigs differ: means over the rigs of the presets.
UPPER_TO_LOWER = (1.0, 0.25)  # upper arm to forearm, thigh to shin
SHOULDER_OFFSET = (0.65, 0.5)  # from the middle to the shoulder, in upper arms
HIP_OFFSET = (0.22, 0.6)  # from the middle to the hip, in thighs
TRUNK = (0.58, 0.45)  # from hips to shoulders, in legs
ARM = (0.65, 0.4)  # arm in legs
SHORTEST = 0.08  # shortest limb, as a share of the rig's size
# Legs point away from the arms, by the cosine of 50 degrees: this tells them from arms and from
# the legs of animals.
STANDS = 0.64
LONG = 0.15  # the same for limbs when no body was found
WORST = 16.0  # largest cost of a limb
WORST_BODY = 30.0  # largest cost of a body; a figure with half its height in its head has 20
TRIED = 4  # placements of the joints on each chain that are combined with those of other chains
LIKELY = 40  # legs, and arms, that are tried with each other: hair and skirts make hundreds of pairs of chains
LONGEST = 16  # bones of a chain that are looked at
SHIN = (0.5, 2.0)  # of the thigh's length, from a leg's last bone to a foot that hangs elsewhere


@dataclass(frozen=True)
class LimbPair:
    """Three joints placed on a pair of mirrored chains; each (2, 3) holds the first side, then the other."""

    kind: str  # "legs" or "arms"
    paths: tuple[tuple[int, ...], tuple[int, ...]]  # bones of each chain, as far as the two are alike
    places: tuple[
        int, int, int
    ]  # where on them shoulder, elbow, wrist or hip, knee, ankle are; the last may be the end
    points: np.ndarray  # (3, 2, 3): joint, side, coordinates
    cost: float

    @property
    def across(self) -> np.ndarray:
        """Unit vector (3,) from the other side to the first."""
        return normalised(self.points[0, 0] - self.points[0, 1])

    @property
    def middle(self) -> np.ndarray:
        """The point (3,) between the first joints."""
        return self.points[0].mean(axis=0)

    @property
    def direction(self) -> np.ndarray:
        """Mean direction (3,) from the first joints to the last; shorter than 1 where the sides differ."""
        return normalised(self.points[2] - self.points[0]).mean(axis=0)

    @property
    def length(self) -> float:
        """Length of both segments, mean of the sides."""
        return float(np.linalg.norm(np.diff(self.points, axis=0), axis=-1).sum(axis=0).mean())


@dataclass(frozen=True)
class Body:
    """Legs and arms of one body; ``cost`` is 0 for usual proportions."""

    legs: LimbPair
    arms: LimbPair
    cost: float


def find_body(tree: Tree) -> Body | None:
    """The best body in the tree, or None."""
    chains = _limbs(tree)
    legs, arms = [limb for chain in chains for limb in chain.legs], [limb for chain in chains for limb in chain.arms]
    legs += _on_loose_feet(tree)
    for limbs in (legs, arms):
        limbs.sort(key=lambda limb: limb.cost)
    bodies = [_body(tree, *pair) for pair in product(legs[:LIKELY], arms[:LIKELY])]
    return min(
        (body for body in bodies if body is not None and body.cost < WORST_BODY),
        key=lambda body: body.cost,
        default=None,
    )


def find_limbs(tree: Tree) -> list[LimbPair]:
    """Every long pair of chains as legs or arms, whichever fits better, longest first; none of a fan like a hand."""
    best = [min((*chain.legs, *chain.arms), key=lambda limb: limb.cost, default=None) for chain in _limbs(tree)]
    limbs = [limb for limb in best if limb is not None and limb.length > LONG * tree.size]
    on = Counter(tree.parents[limb.paths[0][0]] for limb in limbs)
    limbs = [limb for limb in limbs if on[tree.parents[limb.paths[0][0]]] < 3]
    return sorted(limbs, key=lambda limb: -limb.length)


@dataclass(frozen=True)
class _Chains:
    """One pair of mirrored chains: the best placements of the joints as legs and as arms."""

    legs: list[LimbPair]
    arms: list[LimbPair]


def _limbs(tree: Tree) -> list[_Chains]:
    out = []
    for first, other in _pairs(tree):
        nodes = _alike(tree, first, other)
        if nodes is not None:
            out.append(_Chains(_place(tree, "legs", *nodes), _place(tree, "arms", *nodes)))
    return out


def _pairs(tree: Tree) -> Iterator[tuple[int, int]]:
    """Siblings from which chains of about the same length go out."""
    least = SHORTEST * tree.size
    for children in tree.children.values():
        long = [child for child in children if tree.reach[child] > least]
        for first, other in combinations(long, 2):
            if 0.8 < tree.reach[first] / tree.reach[other] < 1.25:
                yield first, other


def _alike(tree: Tree, first: int, other: int) -> tuple[tuple[tuple[int, ...], tuple[int, ...]], np.ndarray] | None:
    """Both chains and their points (nodes, 2, 3), with the end of the last bone, as far as they are mirrored."""
    paths = tree.path(first)[:LONGEST], tree.path(other)[:LONGEST]
    points = [np.stack([*tree.heads[list(path)], tree.tails[path[-1]]]) for path in paths]
    count = min(len(points[0]), len(points[1]))
    both = np.stack([points[0][:count], points[1][:count]], axis=1)  # (nodes, 2, 3)
    steps = np.linalg.norm(np.diff(both, axis=0), axis=-1)  # (nodes - 1, 2)
    same = np.abs(steps[:, 0] - steps[:, 1]) <= 0.25 * steps.max(axis=1) + 0.01 * tree.size
    count = 1 + (int(np.argmin(same)) if not same.all() else len(same))
    if count < 3:
        return None
    bones = tuple(path[:count] for path in paths)
    return (bones[0], bones[1]), both[:count]


def _on_loose_feet(tree: Tree) -> list[LimbPair]:
    """Legs whose feet have another parent, where the last bone of the leg does not reach them."""
    out = []
    for first, other in _pairs(tree):
        paths = tree.path(first)[:LONGEST], tree.path(other)[:LONGEST]
        if len(paths[0]) == len(paths[1]) > 1:
            legs = np.stack([tree.heads[list(path)] for path in paths], axis=1)  # (nodes, 2, 3)
            for feet in _loose_feet(tree, paths, legs[-1]):
                points = np.concatenate([legs, tree.heads[list(feet)][None]])
                out += [leg for leg in _place(tree, "legs", paths, points) if leg.places[2] == len(paths[0])]
    return out


def _loose_feet(
    tree: Tree, paths: tuple[tuple[int, ...], tuple[int, ...]], ends: np.ndarray
) -> Iterator[tuple[int, int]]:
    """Pairs of bones beside or above two chains, each as far from the end (2, 3) of its chain as the other."""
    thigh = max(tree.step(path[-1]) for path in paths)
    for bearer in tree.above(paths[0][0])[1:]:
        free = [bone for bone in tree.children[bearer] if not {bone, *tree.below(bone)} & {*paths[0], *paths[1]}]
        away = np.linalg.norm(tree.heads[free][:, None] - ends, axis=-1)  # (free, 2)
        for a in np.flatnonzero((away[:, 0] > SHIN[0] * thigh) & (away[:, 0] < SHIN[1] * thigh))[:LONGEST]:
            b = int(np.argmin(np.abs(away[:, 1] - away[a, 0])))
            if b != a and away[a, 0] < away[b, 0] and abs(away[b, 1] - away[a, 0]) < 0.25 * away[a, 0]:
                yield free[a], free[b]


def log_distance(value: float, usual: tuple[float, float]) -> float:
    """Squared distance of a ratio from the usual one, in widths of its logarithm."""
    return float((np.log(max(value, 1e-3) / usual[0]) / usual[1]) ** 2)


def _place(tree: Tree, kind: str, paths: tuple[tuple[int, ...], tuple[int, ...]], points: np.ndarray) -> list[LimbPair]:
    cost_of = _leg_cost if kind == "legs" else _arm_cost
    places = combinations(range(len(points)), 3)
    limbs = [
        LimbPair(kind, paths, place, points[list(place)], cost_of(tree, paths[0], points, place)) for place in places
    ]
    return sorted((limb for limb in limbs if limb.cost < WORST), key=lambda limb: limb.cost)[:TRIED]


def _crooked(tree: Tree, path: tuple[int, ...], points: np.ndarray, place: tuple[int, int, int]) -> float:
    """Cost of bones between the joints that leave the straight line, and of forks in the lower segment."""
    cost = 0.0
    for a, b in pairwise(place):
        length = float(np.linalg.norm(points[b] - points[a], axis=-1).mean())
        steps = np.linalg.norm(np.diff(points[a : b + 1], axis=0), axis=-1).mean(axis=-1)
        for i in range(a + 1, b):  # the direction of a helper bone close to a joint means little
            weight = min(1.0, 10.0 * float(steps[i - a - 1 : i - a + 1].min()) / max(length, 1e-9))
            cost += weight * max(0.0, _turn(points, i - 1, i, i + 1) - 0.2) ** 2 / 0.05
    return cost + 8.0 * any(len(tree.children[bone]) > 1 for bone in path[place[1] + 1 : place[2]])


def _segments(points: np.ndarray, place: tuple[int, int, int]) -> tuple[float, float, float, float]:
    """Lengths of the upper and the lower segment, of the chain beyond, and from the middle to its start."""
    ends = [*place[1:], *range(place[2] + 1, len(points))]
    steps = points[ends] - points[[*place[:2], *ends[1:-1]]]
    lengths = np.sqrt((steps**2).sum(-1)).mean(-1)
    across = points[place[0], 0] - points[place[0], 1]
    return float(lengths[0]), float(lengths[1]), float(lengths[2:].sum()), 0.5 * float(np.sqrt(across @ across))


def _arm_cost(tree: Tree, path: tuple[int, ...], points: np.ndarray, place: tuple[int, int, int]) -> float:
    upper, lower, rest, offset = _segments(points, place)
    if min(upper, lower) < 1e-6:
        return np.inf
    fans = [len(tree.children[bone]) for bone in path]
    hand = place[2]
    cost = log_distance(upper / lower, UPPER_TO_LOWER) + log_distance(offset / upper, SHOULDER_OFFSET)
    if cost > WORST:
        return cost
    cost += _crooked(tree, path, points, place)
    cost += max(0.0, rest / lower - 0.9) ** 2 / 0.5
    if hand >= len(path):
        cost += 2.0  # an arm without a hand
    elif fans[hand] < 3:
        cost += 0.5
    return cost + 4.0 * any(fan >= 4 for fan in fans[hand + 1 :])


def _leg_cost(tree: Tree, path: tuple[int, ...], points: np.ndarray, place: tuple[int, int, int]) -> float:
    upper, lower, rest, offset = _segments(points, place)
    if min(upper, lower) < 1e-6:
        return np.inf
    hip, knee, ankle = place
    cost = log_distance(upper / lower, UPPER_TO_LOWER) + log_distance(offset / upper, HIP_OFFSET)
    if cost > WORST:
        return cost
    cost += _crooked(tree, path, points, place)
    cost += max(0.0, rest / lower - 0.9) ** 2 / 0.5
    cost += max(0.0, _turn(points, hip, knee, ankle) - 0.4) ** 2 / 0.03
    if ankle >= len(path):
        return cost + 6.0
    foot = _turn(points, knee, ankle, ankle + 1) if ankle + 1 < len(points) else 0.0
    return cost + 2.0 * (1.0 - min(foot / 0.8, 1.0))


def _turn(points: np.ndarray, a: int, b: int, c: int) -> float:
    """The angle in radians by which the chain turns at ``b``, mean of the sides."""
    first, second = normalised(points[b] - points[a]), normalised(points[c] - points[b])
    return float(np.arccos(np.clip((first * second).sum(-1), -1.0, 1.0)).mean())


def _body(tree: Tree, legs: LimbPair, arms: LimbPair) -> Body | None:
    roots = [path[0] for limb in (legs, arms) for path in limb.paths]
    chest = tree.parents[arms.paths[0][0]]
    if len(set(roots)) < 4 or chest < 0:
        return None
    if any(tree.is_above(a, b) for a in roots for b in roots if a != b) or tree.common(roots) in (chest, -1):
        return None  # -1: nothing carries both trunk and legs
    trunk = arms.middle - legs.middle
    length = max(float(np.linalg.norm(trunk)), 1e-9)
    if float(legs.direction @ trunk) > -STANDS * length:
        return None
    cost = (
        legs.cost + arms.cost + log_distance(length / legs.length, TRUNK) + log_distance(arms.length / legs.length, ARM)
    )
    cost += max(0.0, 0.95 - abs(float(legs.across @ arms.across))) ** 2 / 0.01
    return Body(legs, arms, cost)
