# SPDX-License-Identifier: GPL-3.0-or-later
"""The constraint energy: every constraint of an edit as a sum of squares over decoded joints, and the steps down it.

One place for poses to hit, joints to keep, a root path, joint targets, and the frames around the borders. The sampler
calls ``Descent`` after each of its steps, so that what it predicts next already fits.

A plain gradient through the decoder is slow: its channels differ by a factor of 30 in what they move, and 60 steps of
Adam still leave a pose of another motion 11 cm away. The energy is quadratic in joints, so there its proximal point,

    x* = argmin E(x) + SMOOTH |second differences of x - x0|^2 + STAY |x - x0|^2,

is known in closed form: the smoothest change that meets the constraints. The encoder carries it to the latents,
z + encode(x*) - encode(x0), which is a Gauss-Newton step with the encoder's Jacobian for the decoder's pseudo-inverse.
Four such steps leave 8 mm, and the motion smoother than it was.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

from ...rigs.body.skeleton import PARENTS
from ..model.autoencoders.autoencoder import Autoencoder
from ..model.autoencoders.path_autoencoder import PathAutoencoder
from ..model.device import uploaded
from ..model.graphs import replayed
from ..requests.edit import limb

SMOOTH = 10.0  # beside a weight of 1 a change for one frame's sake reaches four frames to either side
STAY = 0.01
SHARES = (0.5, 0.2)  # of what a target asks of its joint that the joint before it takes, and the one before that
GROUND = (1.0, 0.0, 1.0)  # a target lifts nobody off the floor
EVEN = 1.0  # weight of |third differences|^2: what is quicker than 3.2 Hz counts as tremble between tokens
SHORTEST = 4  # frames that have a third difference
REACH = 1.1  # of its length from its root that a limb gets to with the trunk's help; beyond, the whole body follows
BODY = 0.3  # weight with which the whole body follows


@dataclass(frozen=True, eq=False)
class Constraints:
    """What decoded joints (B, F, 22, 3) are to be, in the frames of a window and its own place. All of it on the CPU.

    goal, weight: absolute coordinates, (B, F, 22, 3) and (F, 22, 3).
    pose, pose_weight: joints that hang on a root which moves and keep their place about it, (B, F, 22, 3) originals in
    any place, (F, 22).
    still: (F,) bool, frames that are not regenerated.
    leash: (B, F, 2, 3) two circles on the ground for each frame, x, z and radius, inside which the pelvis is to be.
    targets: (frame, joint, whether the body may follow) of goals that a limb reaches for.
    """

    goal: Tensor
    weight: Tensor
    pose: Tensor
    pose_weight: Tensor
    still: Tensor
    leash: Tensor | None = None
    targets: tuple[tuple[int, int, bool], ...] = ()

    @cached_property
    def empty(self) -> bool:
        """Whether nothing is asked."""
        return not bool(self.weight.any()) and not self.keeps_pose

    @cached_property
    def keeps_pose(self) -> bool:
        """Whether joints keep their place about a root that moves."""
        return bool(self.pose_weight.any())

    @cached_property
    def joint_weight(self) -> Tensor:
        """(F, 22, 3); joints on the way to a target have a share of its weight, those that keep their place its own."""
        weight = self.weight.clone()
        for frame, joint, _ in self.targets:
            before = PARENTS[joint]
            for share in SHARES:
                weight[frame, before] = torch.maximum(weight[frame, before], share * self.weight[frame, joint])
                before = PARENTS[before]
        kept = self.pose_weight[..., None].expand_as(weight)
        return torch.where(kept > 0, kept, weight)

    @cached_property
    def body_weight(self) -> Tensor:
        """(F, 3) weights of where the pelvis is to be."""
        weight = self.weight[:, 0].clone()
        for frame, joint, follows in self.targets:
            if follows:
                weight[frame] = torch.maximum(weight[frame], BODY * self.weight[frame, joint])
        return weight


class Proximal:
    """The proximal point of joints (B, F, 22, 3) for the constraints of a window, computed on one device.

    Every step of it that couples frames is a matrix (F, F) that does not depend on the joints. It is solved for once,
    on the CPU in float64, which not every device has.
    """

    def __init__(self, constraints: Constraints, device: torch.device) -> None:
        frames = len(constraints.still)
        self._targets, self._keeps_pose = constraints.targets, constraints.keeps_pose
        self._of_joints = Smoother.of(constraints.joint_weight.flatten(1)).on(device)
        self._of_body = Smoother.of(constraints.body_weight).on(device)
        self._of_whole = Smoother.of(torch.ones(frames, 3)).on(device)
        self._goal, self._pose, self._share, self._ground, self._still, self._of_pose = uploaded(
            [
                constraints.goal,
                constraints.pose,
                shares(constraints.pose_weight),
                torch.tensor(GROUND),
                constraints.still[:, None, None],
                constraints.pose_weight[..., None] > 0,
            ],
            device,
        )
        self._evener = uploaded([evener(constraints.still)], device)[0] if frames >= SHORTEST else None
        self._leash = None if constraints.leash is None else uploaded([constraints.leash], device)[0]

    def __call__(self, joints: Tensor) -> Tensor:
        """They lose their tremble, the body moves as a whole, then they."""
        joints = self._leashed(self._evened(joints))
        goal = self._goals(joints)
        body = (goal - joints)[:, :, 0].clone()
        for frame, joint, follows in self._targets:
            if follows:
                root, length = limb(joint)
                away = goal[:, frame, joint] - joints[:, frame, root]
                room = ((REACH * length) ** 2 - away[:, 1:2] ** 2).clamp(min=0).sqrt()
                far = away[:, ::2].norm(dim=-1, keepdim=True).clamp(min=1e-9)
                body[:, frame] = away * (far - room).clamp(min=0) / far * self._ground
        moved = joints + self._of_body(body)[:, :, None]
        miss = goal - moved
        for frame, joint, _ in self._targets:
            before = PARENTS[joint]
            for share in SHARES:
                miss[:, frame, before] = share * miss[:, frame, joint]
                before = PARENTS[before]
        return moved + self._of_joints(miss.flatten(2)).reshape(moved.shape)

    def _leashed(self, joints: Tensor) -> Tensor:
        """The whole body moved to where its pelvis can be: onto one circle and the other in turn."""
        if self._leash is None:
            return joints
        ground = joints[:, :, 0, ::2]
        inside = ground
        for _ in range(4):
            for centre, radius in ((row[..., :2], row[..., 2:]) for row in self._leash.unbind(dim=2)):
                away = inside - centre
                inside = centre + away * (radius / away.norm(dim=-1, keepdim=True).clamp(min=1e-9)).clamp(max=1)
        shift = torch.zeros_like(joints[:, :, 0])
        shift[..., ::2] = inside - ground
        return joints + self._of_whole(shift)[:, :, None]

    def _evened(self, joints: Tensor) -> Tensor:
        """Without the jumps between tokens, going on from the frames that are still."""
        if self._evener is None:
            return joints
        start = torch.where(self._still, self._goal, joints).flatten(2)
        return (self._evener @ start).reshape(joints.shape)

    def _goals(self, joints: Tensor) -> Tensor:
        """Goals (B, F, 22, 3) for the joints as they are now."""
        if not self._keeps_pose:
            return self._goal
        return torch.where(self._of_pose, carried(self._pose, joints, self._share), self._goal)


def evener(still: Tensor) -> Tensor:
    """The matrix (F, F) of argmin |x - x0|^2 + EVEN |x'''|^2, where x0 counts a thousand times in frames ``still``."""
    third = difference(len(still), 3)
    weight = torch.where(still, 1e3, 1.0).double().diag()
    return torch.linalg.solve(weight + EVEN * third.T @ third, weight).float()


@dataclass(frozen=True, eq=False)
class Smoother:
    """The change d (B, F, C) that minimises weight (d - miss)^2 + SMOOTH |d''|^2 + STAY |d|^2, weight (F, C).

    It is (W + SMOOTH D^T D + STAY)^-1 W miss; columns of equal weight, ``columns``, share one of the ``operators``
    (F, F), and columns without weight have none.
    """

    operators: Sequence[Tensor]
    columns: Sequence[Tensor]

    @classmethod
    def of(cls, weight: Tensor) -> Smoother:
        """The smoother of weights (F, C) on the CPU."""
        frames = len(weight)
        second = difference(frames, 2)
        bending = SMOOTH * second.T @ second + STAY * torch.eye(frames, dtype=torch.float64)
        patterns, which = torch.unique(weight.double(), dim=1, return_inverse=True)
        operators, columns = [], []
        for number, pattern in enumerate(patterns.T):
            if bool(pattern.any()):
                operators.append(torch.linalg.solve(bending + pattern.diag(), pattern.diag()).float())
                columns.append(torch.nonzero(which == number)[:, 0])
        return cls(operators, columns)

    def on(self, device: torch.device) -> Smoother:
        """The same on a device."""
        moved = uploaded([*self.operators, *self.columns], device)
        return Smoother(moved[: len(self.operators)], moved[len(self.operators) :])

    def __call__(self, miss: Tensor) -> Tensor:
        """The change (B, F, C) for what is missed (B, F, C)."""
        change = torch.zeros_like(miss)
        for operator, columns in zip(self.operators, self.columns, strict=True):
            change.index_copy_(-1, columns, operator @ miss.index_select(-1, columns))
        return change


def difference(frames: int, order: int) -> Tensor:
    """The matrix (F - order, F) float64 of differences of that order."""
    rows = torch.eye(frames, dtype=torch.float64)
    for _ in range(order):
        rows = rows[1:] - rows[:-1]
    return rows


def shares(weight: Tensor) -> Tensor:
    """Weights (F, J) as shares (F, J, 1) of their frame's sum."""
    return weight[..., None] / weight.sum(dim=-1)[:, None, None].clamp(min=1e-9)


def carried(original: Tensor, joints: Tensor, share: Tensor) -> Tensor:
    """``original`` (B, F, J, 3) moved and turned upright, frame by frame, onto ``joints``; joints count (F, J, 1).

    Turned by a about +Y, (x, z) becomes (x cos a + z sin a, z cos a - x sin a). The sum of products with its target
    (u, v), both about their means, is cos a sum(ux + vz) + sin a sum(uz - vx), largest at the angle of these two.
    """
    there, here = (share * joints).sum(dim=2, keepdim=True), (share * original).sum(dim=2, keepdim=True)
    (x, _, z), (u, _, v) = (original - here).unbind(-1), (share * (joints - there)).unbind(-1)
    angle = torch.atan2((u * z - v * x).sum(dim=-1), (u * x + v * z).sum(dim=-1))[..., None]
    c, s = angle.cos(), angle.sin()
    turned = torch.stack([x * c + z * s, (original - here)[..., 1], z * c - x * s], dim=-1)
    return turned + there


class Descent:
    """Moves latents down the energy of constraints, on the tokens that may change."""

    def __init__(
        self, autoencoder: Autoencoder | PathAutoencoder, constraints: Constraints, device: torch.device
    ) -> None:
        self._autoencoder = autoencoder
        self._nearer = None if constraints.empty else Proximal(constraints, device)

    @torch.no_grad()
    def __call__(self, latents: Tensor, free: Tensor, steps: int = 1) -> Tensor:
        """Latents (B, T, C) after so many proximal steps; ``free`` (B, T) tokens move, the others keep their bits."""
        if self._nearer is None:
            return latents
        for _ in range(steps):
            rows = replayed(self._autoencoder.graphs, "decode", self._autoencoder.decode, latents)
            nearer = self._nearer(rows.reshape(*rows.shape[:2], -1, 3)).flatten(2)
            change = self._encoded(nearer) - self._encoded(rows)
            latents = torch.where(free[..., None], latents + change, latents)
        return latents

    def _encoded(self, rows: Tensor) -> Tensor:
        return replayed(self._autoencoder.graphs, "encode", self._autoencoder.encode, rows)
