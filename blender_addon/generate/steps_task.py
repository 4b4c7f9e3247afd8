# SPDX-License-Identifier: GPL-3.0-or-later
"""Steps generated as one motion: an edit of all frames of a figure that stands still, with a prompt for each step."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import accumulate, pairwise

import numpy as np

from ...backend.requests.edit import EditRequest, PromptSegment
from ...backend.requests.edit_checks import check
from ...backend.wire.messages import Edit, Reply, Request
from ...rigs.body.canonical import at_origin
from ...rigs.body.skeleton import BONE_LENGTHS, FPS, JOINTS, PARENTS
from ...rigs.errors import UserError
from ..session.tasks import Job

_STANDING = {  # where each joint of the left side is from its parent; X to the left, Y up, Z forward
    "hip": (1.0, -0.6, 0.0),
    "knee": (0.0, -1.0, 0.0),
    "ankle": (0.0, -1.0, 0.0),
    "foot": (0.0, -0.35, 1.0),
    "collar": (1.0, 0.5, 0.0),
    "shoulder": (1.0, 0.0, 0.0),
    "elbow": (0.3, -1.0, 0.0),
    "wrist": (0.2, -1.0, 0.1),
}


def standing(frames: int) -> np.ndarray:
    """(F, 22, 3) float32, metres: a figure that stands at the origin, facing +Z."""
    joints = np.zeros((len(JOINTS), 3))
    for joint, parent in enumerate(PARENTS[1:], start=1):
        side, _, part = JOINTS[joint].partition("_")
        way = np.array(_STANDING[part] if part else (0.0, 1.0, 0.0)) * (-1.0 if side == "right" else 1.0, 1.0, 1.0)
        joints[joint] = joints[parent] + BONE_LENGTHS[joint] * way / np.linalg.norm(way)
    joints[:, 1] -= joints[:, 1].min()
    return np.repeat(joints[None], frames, axis=0).astype(np.float32)


@dataclass
class StepsJob(Job):
    """Steps on their way to becoming one motion; ``steps`` are prompts with seconds."""

    steps: tuple[tuple[str, float], ...] = field(kw_only=True)

    def __post_init__(self) -> None:
        check(self.edit_request)

    @property
    def edit_request(self) -> EditRequest:
        """What is asked of the backend; UserError where there is no step."""
        if not self.steps:
            raise UserError("There are no steps.", "Add a step with the + beside the list.", "no_steps")
        ends = [round(end * FPS) for end in accumulate(seconds for _, seconds in self.steps)]
        spans = pairwise([0, *ends])
        return EditRequest(
            joints=standing(ends[-1]),
            end=ends[-1],
            segments=tuple(PromptSegment(prompt, *span) for (prompt, _), span in zip(self.steps, spans, strict=True)),
            seed=self.order.request.seed,
            variations=self.order.request.variations,
            steps=self.order.request.steps,
            models=self.order.request.models,
        )

    def message(self, id: str) -> Request:
        return Edit(id, self.edit_request)

    def take(self, reply: Reply) -> None:
        super().take(reply)
        if self.joints is not None:
            self.joints = np.stack([at_origin(take) for take in self.joints])
