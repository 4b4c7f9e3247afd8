# SPDX-License-Identifier: GPL-3.0-or-later
"""What the backend's process needs of a model; `coamd.backend.motion.pipeline.Pipeline` is one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from ..labelling.index_service import IndexService
from ..requests.edit import EditRequest
from ..requests.fields import FloatArray
from ..requests.generate import Generated, GenerateRequest, PhaseReport
from ..requests.label import Segment
from ..requests.lesson import AskDecision, Lesson, LessonReport, Outcome


class Engine(Protocol):
    """One model, loaded."""

    @property
    def name(self) -> str: ...
    @property
    def device(self) -> str: ...

    def generate(
        self, request: GenerateRequest, *, progress: PhaseReport = ..., cancelled: Callable[[], bool] = ...
    ) -> Generated:
        """Asks ``cancelled`` in every sampling step and raises something soon after it says yes."""

    def edit(
        self, request: EditRequest, *, progress: PhaseReport = ..., cancelled: Callable[[], bool] = ...
    ) -> Generated:
        """Stops as ``generate`` does."""

    def teach(self, lesson: Lesson, *, progress: LessonReport, decision: AskDecision) -> Outcome:
        """Called from a thread of its own, beside everything else; raises something soon after "drop"."""

    def label(
        self,
        joints: FloatArray,
        labels: Sequence[str] = ...,
        top: int = ...,
        *,
        describe: bool = ...,
        whole: bool = ...,
        check_stop: Callable[[], None] = ...,
    ) -> tuple[tuple[Segment, ...], tuple[str, ...]]:
        """Segments and warnings. Calls ``check_stop`` between batches, which may raise."""

    def read(self, prompt: str) -> tuple[str, tuple[str, ...]]:
        """A prompt or a question as the model is to read it, and warnings."""

    def embed_motion(self, joints: FloatArray) -> FloatArray: ...
    def embed_text(self, text: str) -> FloatArray: ...
    def prepare(self, progress: Callable[[int, int], None] = ...) -> None:
        """Done once before the first job, which would else be slow; ``progress`` gets the step and of how many."""

    def release(self) -> None:
        """Give memory that is not in use back to the device: a job has just run out of it."""

    @property
    def index_service(self) -> IndexService: ...
