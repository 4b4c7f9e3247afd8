# SPDX-License-Identifier: GPL-3.0-or-later
"""What the backend's process needs of a model; `coamd.backend.pipeline.Pipeline` is one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from .editing.request import EditRequest
from .fields import FloatArray
from .labelling.librarian import Librarian
from .labelling.request import Segment

Preview = Callable[[], FloatArray]  # (V, F, 22, 3), made when it is called, within the report
Told = Callable[[str, int, int, Preview | None], None]  # phase, step, of, preview


class Generated(Protocol):
    """Joints (V, F, 22, 3) in metres, and what the user should know about them."""

    @property
    def joints(self) -> FloatArray: ...
    @property
    def warnings(self) -> tuple[str, ...]: ...


class Engine(Protocol):
    """One model, loaded."""

    @property
    def name(self) -> str: ...
    @property
    def device(self) -> str: ...

    def generate(
        self,
        prompt: str,
        seconds: float,
        *,
        seed: int,
        variations: int = ...,
        guidance_scale: float | None = ...,
        recognizer_guidance: float | None = ...,
        candidates: int | None = ...,
        progress: Told = ...,
        cancelled: Callable[[], bool] = ...,
    ) -> Generated:
        """Asks ``cancelled`` in every sampling step and raises something soon after it says yes."""

    def edit(self, request: EditRequest, *, progress: Told = ..., cancelled: Callable[[], bool] = ...) -> Generated:
        """Stops as ``generate`` does."""

    def label(
        self,
        joints: FloatArray,
        labels: Sequence[str] = ...,
        top: int = ...,
        *,
        describe: bool = ...,
        whole: bool = ...,
        stopped: Callable[[], None] = ...,
    ) -> tuple[tuple[Segment, ...], tuple[str, ...]]:
        """Segments and warnings. Calls ``stopped`` between batches, which may raise."""

    def read(self, prompt: str) -> tuple[str, tuple[str, ...]]:
        """A prompt or a question as the model is to read it, and warnings."""

    def embed_motion(self, joints: FloatArray) -> FloatArray: ...
    def embed_text(self, text: str) -> FloatArray: ...
    @property
    def librarian(self) -> Librarian: ...
