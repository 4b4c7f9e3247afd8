# SPDX-License-Identifier: GPL-3.0-or-later
"""The constraint energy: every wish of an edit as a sum of squares over decoded joints, and the steps down it.

One place for poses to hit, joints to keep, a root path, joint targets, and the frames around the borders. The sampler
calls ``Descent`` after each of its steps, so that what it predicts next already fits.

A plain gradient through the decoder is slow: its channels differ by a factor of 30 in what they move, and 60 steps of
Adam still leave a pose of another motion 11 cm away. The energy is quadratic in joints, so there its proximal point,

    x* = argmin E(x) + SMOOTH |second differences of x - x0|^2 + STAY |x - x0|^2,

is known in closed form: the smoothest change that grants the wishes. The encoder carries it to the latents,
z + encode(x*) - encode(x0), which is a Gauss-Newton step with the encoder's Jacobian for the decoder's pseudo-inverse.
Four such steps leave 8 mm, and the motion smoother than it was.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

from ...rigs.skeleton import PARENTS
from ..model.autoencoder import Autoencoder
from ..model.path_autoencoder import PathAutoencoder
from .request import limb

SMOOTH = 10.0  # beside a weight of 1 a change for one frame's sake reaches four frames to either side
STAY = 0.01
SHARES = (0.5, 0.2)  # of what a target asks of its joint that the joint before it takes, and the one before that
GROUND = torch.tensor([1.0, 0.0, 1.0])  # a target lifts nobody off the floor
EVEN = 1.0  # weight of |third differences|^2: what is quicker than 3.2 Hz counts as tremble between tokens
REACH = 1.1  # of its length from its root that a limb gets to with the trunk's help; beyond, the whole body follows
BODY = 0.3  # weight with which the whole body follows


@dataclass(frozen=True, eq=False)
class Wishes:
    """What decoded joints (B, F, 22, 3) are to be, in the frames of a window and its own place.

    goal, weight: absolute coordinates, (B, F, 22, 3) and (F, 22, 3).
    pose, pose_weight: joints that hang on a root which moves and keep their place about it, (B, F, 22, 3) originals in
    any place, (F, 22).
    still: (F,) bool, frames that are not made anew.
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

    @property
    def empty(self) -> bool:
        """Whether nothing is asked."""
        return not bool(self.weight.any()) and not bool(self.pose_weight.any())

    def nearer(self, joints: Tensor) -> Tensor:
        """The proximal point of joints (B, F, 22, 3): they lose their tremble, the body moves as a whole, then they."""
        joints = self._leashed(self._evened(joints))
        wish, weight = self._wish(joints)
        miss = wish - joints
        body = miss[:, :, 0].clone()
        for frame, joint, follows in self.targets:
            if follows:
                root, length = limb(joint)
                away = wish[:, frame, joint] - joints[:, frame, root]
                room = ((REACH * length) ** 2 - away[:, 1:2] ** 2).clamp(min=0).sqrt()
                far = away[:, ::2].norm(dim=-1, keepdim=True).clamp(min=1e-9)
                body[:, frame] = away * (far - room).clamp(min=0) / far * GROUND.to(away)
        moved = joints + solve(self._body_weight, body)[:, :, None]
        miss = wish - moved
        for frame, joint, _ in self.targets:
            before = PARENTS[joint]
            for share in SHARES:
                miss[:, frame, before] = share * miss[:, frame, joint]
                before = PARENTS[before]
        change = solve(weight.flatten(1), miss.flatten(2))
        return moved + change.reshape(moved.shape)

    def _leashed(self, joints: Tensor) -> Tensor:
        """The whole body moved to where its pelvis can be: onto one circle and the other in turn."""
        if self.leash is None:
            return joints
        ground = joints[:, :, 0, ::2]
        inside = ground
        for _ in range(4):
            for centre, radius in ((row[..., :2], row[..., 2:]) for row in self.leash.unbind(dim=2)):
                away = inside - centre
                inside = centre + away * (radius / away.norm(dim=-1, keepdim=True).clamp(min=1e-9)).clamp(max=1)
        shift = torch.zeros_like(joints[:, :, 0])
        shift[..., ::2] = inside - ground
        return joints + solve(torch.ones_like(shift[0]), shift)[:, :, None]

    def _evened(self, joints: Tensor) -> Tensor:
        """Without the jumps between tokens, going on from the frames ``still``: argmin |x - x0|^2 + EVEN |x'''|^2."""
        start = torch.where(self.still[:, None, None], self.goal, joints).flatten(2)
        frames = len(self.still)
        if frames < 4:
            return joints
        third = difference(frames, 3).to(joints.device)
        weight = torch.where(self.still, 1e3, 1.0).double()
        matrix = weight.diag() + EVEN * third.T @ third
        even = torch.linalg.solve(matrix, weight[:, None] * start.double())
        return even.to(joints.dtype).reshape(joints.shape)

    def _wish(self, joints: Tensor) -> tuple[Tensor, Tensor]:
        """Goals (B, F, 22, 3) for the joints as they are now, and their weights (F, 22, 3)."""
        weight = self._joint_weight
        if not bool(self.pose_weight.any()):
            return self.goal, weight
        kept = self.pose_weight[..., None].expand_as(weight)
        place = carried(self.pose, joints, self.pose_weight)
        return torch.where(kept > 0, place, self.goal), torch.where(kept > 0, kept, weight)

    @cached_property
    def _joint_weight(self) -> Tensor:
        """(F, 22, 3); joints on the way to a target have a share of its weight."""
        weight = self.weight.clone()
        for frame, joint, _ in self.targets:
            before = PARENTS[joint]
            for share in SHARES:
                weight[frame, before] = torch.maximum(weight[frame, before], share * self.weight[frame, joint])
                before = PARENTS[before]
        return weight

    @cached_property
    def _body_weight(self) -> Tensor:
        """(F, 3) weights of where the pelvis is to be."""
        weight = self.weight[:, 0].clone()
        for frame, joint, follows in self.targets:
            if follows:
                weight[frame] = torch.maximum(weight[frame], BODY * self.weight[frame, joint])
        return weight


def solve(weight: Tensor, miss: Tensor) -> Tensor:
    """The change d (B, F, C) that minimises weight (d - miss)^2 + SMOOTH |d''|^2 + STAY |d|^2, weight (F, C).

    Columns of equal weight share one factorisation of (W + SMOOTH D^T D + STAY) d = W miss.
    """
    frames = len(weight)
    second = difference(frames, 2).to(weight.device)
    bending = SMOOTH * second.T @ second + STAY * torch.eye(frames, dtype=torch.float64, device=weight.device)
    patterns, which = torch.unique(weight, dim=1, return_inverse=True)
    change = torch.zeros_like(miss)
    for number, pattern in enumerate(patterns.T.double()):
        columns = which == number
        if bool(pattern.any()):
            factor = torch.linalg.cholesky(bending + pattern.diag())
            right = pattern[:, None] * miss[..., columns].double()
            change[..., columns] = torch.cholesky_solve(right, factor.expand(len(miss), -1, -1)).to(miss.dtype)
    return change


def difference(frames: int, order: int) -> Tensor:
    """The matrix (F - order, F) float64 of differences of that order."""
    rows = torch.eye(frames, dtype=torch.float64)
    for _ in range(order):
        rows = rows[1:] - rows[:-1]
    return rows


def carried(original: Tensor, joints: Tensor, weight: Tensor) -> Tensor:
    """``original`` (B, F, J, 3) moved and turned upright, frame by frame, onto ``joints``, weights (F, J).

    Turned by a about +Y, (x, z) becomes (x cos a + z sin a, z cos a - x sin a). The sum of products with its target
    (u, v), both about their means, is cos a sum(ux + vz) + sin a sum(uz - vx), largest at the angle of these two.
    """
    share = weight[..., None] / weight.sum(dim=-1)[:, None, None].clamp(min=1e-9)
    there, here = (share * joints).sum(dim=2, keepdim=True), (share * original).sum(dim=2, keepdim=True)
    (x, _, z), (u, _, v) = (original - here).unbind(-1), (share * (joints - there)).unbind(-1)
    angle = torch.atan2((u * z - v * x).sum(dim=-1), (u * x + v * z).sum(dim=-1))[..., None]
    c, s = angle.cos(), angle.sin()
    turned = torch.stack([x * c + z * s, (original - here)[..., 1], z * c - x * s], dim=-1)
    return turned + there


@dataclass(frozen=True, eq=False)
class Descent:
    """Moves latents down the energy by ``steps`` proximal steps, on the tokens that may change."""

    autoencoder: Autoencoder | PathAutoencoder
    wishes: Wishes
    steps: int

    @torch.no_grad()
    def __call__(self, latents: Tensor, free: Tensor) -> Tensor:
        """Latents (B, T, C) after the descent; ``free`` (B, T) tokens move, the others keep their bits."""
        if self.wishes.empty:
            return latents
        for _ in range(self.steps):
            rows = self.autoencoder.decode(latents)
            nearer = self.wishes.nearer(rows.reshape(*rows.shape[:2], -1, 3)).flatten(2)
            change = self.autoencoder.encode(nearer) - self.autoencoder.encode(rows)
            latents = torch.where(free[..., None], latents + change, latents)
        return latents
