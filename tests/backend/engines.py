# SPDX-License-Identifier: GPL-3.0-or-later
"""A small engine for the tests of the backend process, and the script that serves it.

It computes a swaying figure in numpy, step by step, behind the same interface as the real pipeline. What a test
needs to see, the prompt asks for in words:

- ``... for ever``: goes on sampling until it is cancelled;
- ``... slowly``: takes half a second for a step;
- ``... and breaks``: raises what a bug would raise;
- ``... and loses the card``: raises what a graphics card that has gone raises;
- ``... into nowhere``: its joints are not finite;
- ``... and reports``: warns how many steps the last cancelled job had done when it noticed;
- an empty prompt is the user's mistake, as in the real pipeline.

As a script it takes the options of ``coamd serve``. A ``--weights`` folder that does not exist is missing weights;
``--load-until FILE`` keeps it loading until that file is there.
"""

from __future__ import annotations

import argparse
import itertools
import logging
import sys
import time
from collections.abc import Callable, Sequence
from functools import cached_property, partial
from pathlib import Path

import numpy as np
import numpy.typing as npt
from coamd.backend.labelling.embedding import Embedder
from coamd.backend.labelling.index import default_index
from coamd.backend.labelling.index_service import IndexService
from coamd.backend.labelling.segmentation import SHORTEST, checked, moving_runs
from coamd.backend.requests.edit import EditRequest
from coamd.backend.requests.edit_checks import check
from coamd.backend.requests.generate import Generated, GenerateRequest
from coamd.backend.requests.label import Named, Segment, distinct
from coamd.backend.requests.lesson import AskDecision, Lesson, LessonReport, Outcome
from coamd.backend.requests.models import checked_models
from coamd.backend.server.server import run
from coamd.rigs.body.skeleton import BONE_LENGTHS, FPS, PARENTS
from coamd.rigs.errors import UserError

FloatArray = npt.NDArray[np.float32]
STEPS = 5
STEP_SECONDS = 0.02
SLOW_STEP_SECONDS = 0.5
VOCABULARY = ("sway", "stand", "fall")


class Cancelled(Exception):  # noqa: N818
    """The job was told to stop."""


def sway(seconds: float, seed: int, variations: int, strength: float = 1.0) -> FloatArray:
    """(V, F, 22, 3): a chain of bones that leans to and fro, each variation with its own phase."""
    frames = max(1, round(seconds * FPS))
    time_axis = np.arange(frames) / FPS
    phases = np.random.default_rng(seed).uniform(0, 2 * np.pi, variations)
    lean = 0.2 * strength * np.sin(2 * np.pi * time_axis[None] + phases[:, None])  # (V, F) radians from upright
    joints = np.zeros((variations, frames, len(PARENTS), 3))
    joints[:, :, 0, 1] = 0.9
    for joint, parent in enumerate(PARENTS[1:], start=1):
        direction = np.stack([np.sin(lean), np.cos(lean), np.zeros_like(lean)], axis=-1)
        joints[:, :, joint] = joints[:, :, parent] + BONE_LENGTHS[joint] * direction
    return joints.astype(np.float32)


class SwayEngine:
    name = "Sway"
    device = "cpu"

    def __init__(self, index: Path | None = None) -> None:
        self._index = index or default_index()
        self.steps_at_cancel = 0
        self.taught: list[str] = []

    def generate(
        self,
        request: GenerateRequest,
        *,
        progress: Callable[[str, int, int, Callable[[], FloatArray] | None], None] = lambda *_: None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> Generated:
        prompt, asked = request.prompt, (request.seconds, request.seed, request.variations)
        if not prompt.strip():
            raise UserError("The prompt is empty.", "Type what the person does.", "empty_prompt")
        for name in checked_models(request.models):
            if name not in self.taught:
                raise UserError(f"There is no taught model “{name}”.", "Teach it.", "no_model")
        if "breaks" in prompt:
            raise RuntimeError("a bug")
        if "loses the card" in prompt:
            raise RuntimeError("CUDA error: unspecified launch failure")
        steps = 100_000 if "for ever" in prompt else STEPS
        for step in range(steps):
            if cancelled():
                self.steps_at_cancel = step
                raise Cancelled
            time.sleep(SLOW_STEP_SECONDS if "slowly" in prompt else STEP_SECONDS)
            progress("sampling", step + 1, steps, partial(sway, *asked, (step + 1) / steps))
        joints = sway(*asked)
        if "nowhere" in prompt:
            joints[0, 0, 0] = np.nan
        warnings = (f"cancelled after {self.steps_at_cancel} steps",) if "reports" in prompt else ()
        return Generated(joints, warnings)

    def edit(
        self,
        request: EditRequest,
        *,
        progress: Callable[[str, int, int, Callable[[], FloatArray] | None], None] = lambda *_: None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> Generated:
        """The range sways; what is around it stays, and at strength 0 all of it."""
        check(request)
        if request.strength == 0.0:
            return Generated(np.repeat(request.joints[None], request.variations, axis=0), ())
        start, end = request.span
        made = self.generate(
            GenerateRequest(
                request.prompt or "sways", (end - start) / FPS, request.seed, request.variations, request.models
            ),
            progress=progress,
            cancelled=cancelled,
        )
        ends = [(request.before, request.after), (0, 0), (0, 0)]
        joints = np.repeat(np.pad(request.joints, ends, mode="edge")[None], request.variations, axis=0)
        for frame in range(start, end):
            if request.within(frame):
                joints[:, frame + request.before] = made.joints[:, frame - start]
        return Generated(joints, made.warnings)

    def teach(self, lesson: Lesson, *, progress: LessonReport, decision: AskDecision) -> Outcome:
        """Fifty steps, or for ever where the name says so; a lesson named Bug breaks."""
        if "Bug" in lesson.name:
            raise RuntimeError("a bug")
        for step in range(100_000 if "for ever" in lesson.name else 50):
            if decision() == "drop":
                raise Cancelled
            if decision() == "keep":
                break
            time.sleep(STEP_SECONDS)
            progress("learning", step + 1, 50)
        self.taught.append(lesson.name)
        return Outcome(lesson.name, ("One take is shown.",) if len(lesson.examples) == 1 else (), 0.25)

    def label(
        self,
        joints: FloatArray,
        labels: Sequence[str] = (),
        top: int = 5,
        *,
        describe: bool = False,
        whole: bool = False,
        check_stop: Callable[[], None] = lambda: None,
    ) -> tuple[tuple[Segment, ...], tuple[str, ...]]:
        """A segment for every two seconds; its names are those of the list, in its order."""
        checked(joints)
        words, note = distinct(labels) if labels else (VOCABULARY, "")
        if describe:
            words = tuple(f"a figure {word}s" for word in VOCABULARY)
        weights = np.exp(-np.arange(len(words)))
        weights /= weights.sum()
        names = tuple(
            Named(word, float(weight), None if describe else float(weight))
            for word, weight in zip(words, weights, strict=True)
        )
        edges = [0, len(joints)] if whole else [*range(0, max(len(joints) - SHORTEST, 1), 40), len(joints)]
        segments = []
        for a, b in itertools.pairwise(edges):
            check_stop()
            moves = any(moving for _, moving in moving_runs(joints[a:b]))
            segments.append(Segment(a, b, names[:top] if moves else ()))
        return tuple(segments), (note,) if note else ()

    @cached_property
    def index_service(self) -> IndexService:
        """A true index, of the directions in which pieces travel."""

        def embed(joints: np.ndarray, spans: Sequence[tuple[int, int]]) -> np.ndarray:
            return np.stack([self.embed_motion(joints[a:b]) for a, b in spans])

        return IndexService(Embedder("sway", 2, embed), self._index)

    def read(self, prompt: str) -> tuple[str, tuple[str, ...]]:
        return prompt, ("The model has not learnt 'zigzag'.",) if "zigzag" in prompt else ()

    def embed_motion(self, joints: FloatArray) -> FloatArray:
        """Which way the clip travels over the ground."""
        way = joints[-1, 0, [0, 2]] - joints[0, 0, [0, 2]]
        return (way / max(float(np.linalg.norm(way)), 1e-6)).astype(np.float32)

    def prepare(self, progress: Callable[[int, int], None] = lambda _step, _of: None) -> None:
        """In three steps."""
        for step in range(1, 4):
            progress(step, 3)

    def release(self) -> None:
        """It holds nothing."""

    def embed_text(self, text: str) -> FloatArray:
        return np.array([1.0, 0.0] if "left" in text else [0.0, 1.0], dtype=np.float32)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("command", choices=["serve"])
    parser.add_argument("--connection-file", type=Path)
    parser.add_argument("--device")
    parser.add_argument("--weights", type=Path)
    parser.add_argument("--parent-pid", type=int)
    parser.add_argument("--load-until", type=Path)
    args = parser.parse_args()
    logging.basicConfig(level=logging.INFO, stream=sys.stdout)

    def load() -> SwayEngine:
        if args.weights and not args.weights.is_dir():
            raise UserError(f"There are no weights in {args.weights}.", "Install them.", "weights_missing")
        while args.load_until and not args.load_until.exists():
            time.sleep(0.01)
        return SwayEngine(args.connection_file.with_name("takes.npz") if args.connection_file else None)

    try:
        return run(load, connection_file=args.connection_file, parent_pid=args.parent_pid)
    except UserError as error:
        print(f"coamd serve: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
