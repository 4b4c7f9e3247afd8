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
from ...rigs.body.skeleton import FPS
from ...rigs.body.standing_figure import standing
from ...rigs.errors import UserError
from ..session.tasks import Job


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
