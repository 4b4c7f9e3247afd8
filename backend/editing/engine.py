# SPDX-License-Identifier: GPL-3.0-or-later
"""The way of an edit: canvas -> windows -> tokens -> masked sampling that descends the energy -> exact correction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from ...rigs.body.contacts import spans
from ...rigs.body.skeleton import TOKEN_FRAMES
from ..model.device import uploaded
from ..model.guidance import Passage
from ..model.sampler import Cancelled, Guide, Known, Look, Sampling, sample
from ..model.weights import System
from ..motion.finishing import decoded
from ..requests.edit import EditRequest
from ..requests.generate import LazyPreview, StepReport
from .canvas import Canvas
from .constraints import gathered
from .correction import corrected
from .edit_windows import Window, windows
from .energy import Descent
from .ground_frame import GroundFrame

STEPS_AFTER = 6  # of the descent after the last sampling step; one follows each
INSISTS = 2.4  # times the scale of a prompt where parts of the body rest
SHORTEST_READ = 16  # frames; what the recognizer is given at least


@dataclass(frozen=True)
class EncodedPrompt:
    """A prompt from frame ``start`` of the canvas on: its condition (1, W) and its feature (1, feature) in text B.

    Without words the condition is zeros, which stand for none, and ``feature`` is None. Of B motions that are edited
    together there are B rows.
    """

    start: int
    condition: Tensor
    feature: Tensor | None


def read_texts(request: EditRequest, canvas: Canvas, system: System) -> list[EncodedPrompt]:
    """The prompts of a request in their order; where no segment is, the request's own."""
    pieces: list[tuple[str, int]] = [(request.prompt, 0)]
    for segment in sorted(request.segments, key=lambda segment: segment.start):
        start, end = segment.start + canvas.shift, segment.end + canvas.shift
        if pieces[-1][1] == start:
            pieces.pop()
        pieces += [(segment.prompt, start), (request.prompt, end)]
    texts = []
    with torch.no_grad():
        for prompt, start in pieces:
            ids = system.text.tokenize([prompt if prompt.strip() else "."])
            condition = system.text(ids)
            if prompt.strip():
                texts.append(EncodedPrompt(start, condition, system.recognizer.text(ids)))
            else:
                texts.append(EncodedPrompt(start, torch.zeros_like(condition), None))
    return texts


def insistent(request: EditRequest, sampling: Sampling) -> Sampling:
    """The sampling of a request: where much of the body rests, the prompt has to be heard over it.

    With it "a person raises both arms" lifts the hands in 40 clips by 0.59 m on average, with the model's own scale by
    0.54 m; in docs/editing/parts.png an arm waves, which else only reaches forward. A scale that the user gave stays.
    """
    if not request.resting or request.guidance_scale is not None:
        return sampling
    return replace(sampling, guidance_scale=INSISTS * sampling.guidance_scale)


@dataclass(frozen=True, eq=False)
class EditedMotion:
    """One motion that is edited: a request, its motion laid out, its prompts, and its source of randomness."""

    request: EditRequest
    canvas: Canvas
    texts: Sequence[EncodedPrompt]
    source: torch.Generator


def layout(request: EditRequest) -> tuple[object, ...]:
    """What decides which frames are made, with what in sight and by which weights: all but motions, words and places.

    Requests that agree in it can be carried out together.
    """
    parts = None if request.whole_body else frozenset(request.parts)
    return (
        len(request.joints),
        *(request.mode, request.start, request.end, request.before, request.after, parts),
        *(bool(request.prompt.strip()), request.strength),
        *(request.models, request.steps, request.guidance_scale, request.recognizer_guidance),
        tuple((segment.start, segment.end, bool(segment.prompt.strip())) for segment in request.segments),
        tuple(sorted(set(request.keep_poses))),
        None if request.path is None else tuple(request.path[:, 0].tolist()),
        tuple((target.joint, target.frame) for target in request.targets),
    )


@dataclass(frozen=True, eq=False)
class Editor:
    """Rows being carried out together; they are of one ``layout``. V is their number."""

    system: System
    rows: Sequence[EditedMotion]
    sampling: Sampling

    @property
    def canvas(self) -> Canvas:
        """Which frames are made, and all else that the rows have in common."""
        return self.rows[0].canvas

    def run(self, report: StepReport, cancelled: Callable[[], bool]) -> tuple[np.ndarray, np.ndarray]:
        """The canvas (V, N, 22, 3) float64 with its made frames made, exactly and as sampled; raises Cancelled."""
        joints = np.stack([row.canvas.joints for row in self.rows])
        sampled = joints.copy()
        runs = self.canvas.run.copy()
        plan = windows(self.canvas.made, [text.start for text in self.rows[0].texts[1:]])
        for number, window in enumerate(plan):
            frames = np.flatnonzero(window.used)

            def watch(
                step: int, look: LazyPreview, number: int = number, at: int = window.start, frames: np.ndarray = frames
            ) -> None:
                def preview() -> np.ndarray:
                    whole = joints.copy()
                    whole[:, at + frames] = look()[:, frames]
                    return whole

                report(number * self.sampling.steps + step, len(plan) * self.sampling.steps, preview)

            exact, rough = self._window(window, joints, runs, watch, cancelled)
            at = window.start + frames
            joints[:, at], sampled[:, at] = exact[:, frames], rough[:, frames]
            runs[at] = max(int(runs[max(at[0] - 1, 0)]), 0)  # motion to read for the windows that follow
        if cancelled():
            raise Cancelled
        return joints, sampled

    def _window(
        self,
        window: Window,
        joints: np.ndarray,
        runs: np.ndarray,
        watch: Callable[[int, LazyPreview], None],
        cancelled: Callable[[], bool],
    ) -> tuple[np.ndarray, np.ndarray]:
        """Joints (V, F, 22, 3) of a window in the world, exactly and as sampled."""
        there = min(window.frames, joints.shape[1] - window.start)
        world = joints[:, window.start : window.start + there]
        world = np.concatenate([world, np.repeat(world[:, -1:], window.frames - there, axis=1)], axis=1)
        readable = np.full(window.frames, -1)
        readable[:there] = runs[window.start : window.start + there]
        requests = [row.request for row in self.rows]
        shift = self.canvas.shift - window.start
        held = [f - window.start for f in self.canvas.held if 0 <= f - window.start < window.frames]
        text = self._text(window.last)
        place, where = GroundFrame.of(world), text.condition.device
        original = place.enter(world)
        known = self._known(window, uploaded([original], where)[0], readable, held)
        # Frames behind this window's last that are still to be made, and behind those some that are given.
        bound = bool(window.used[-1] < window.made[-1]) and bool((~self.canvas.made[window.last :]).any())
        constraints = gathered(requests, window, held, shift, place, original, bound)
        autoencoder = self.system.autoencoder
        descent = Descent(autoencoder, constraints, where)

        def watch_latents(step: int, look: Look) -> None:
            watch(step, lambda: place.leave(autoencoder.decode(look())))

        latents = sample(
            self.system.generator,
            text.condition,
            len(window.hidden),
            [row.source for row in self.rows],
            self.sampling,
            guide=self._guide(window, text),
            known=known,
            steer=None if constraints.empty else descent,
            watch=watch_latents,
            cancelled=cancelled,
        )
        latents = descent(latents, uploaded([~known.keep], where)[0], STEPS_AFTER)
        rough = place.leave(decoded(autoencoder, latents))
        flags = np.isin(np.arange(window.frames), held)
        exact = [
            corrected(before, made, window.made, flags, request, shift, bound)
            for before, made, request in zip(world, rough, requests, strict=True)
        ]
        return np.stack(exact), rough

    def _text(self, frame: int) -> EncodedPrompt:
        """The prompts that hold before a frame of the canvas."""
        texts = [next(text for text in reversed(row.texts) if text.start < frame) for row in self.rows]
        features = [text.feature for text in texts if text.feature is not None]
        condition = torch.cat([text.condition for text in texts])
        return EncodedPrompt(texts[0].start, condition, torch.cat(features) if features else None)

    def _known(self, window: Window, original: Tensor, runs: np.ndarray, held: list[int]) -> Known:
        """Tokens of the motion as it is, each run read by itself, and which of them stay."""
        rows = original.flatten(2)
        latents = rows.new_zeros(len(rows), len(window.hidden), self.system.autoencoder.latent)
        with torch.no_grad():
            for run in np.unique(runs[runs >= 0]):
                for start, end in spans(runs == run):
                    first, last = -(-start // TOKEN_FRAMES), end // TOKEN_FRAMES
                    if first < last:
                        frames = rows[:, first * TOKEN_FRAMES : last * TOKEN_FRAMES]
                        latents[:, first:last] = self.system.autoencoder.encode(frames)
        early = np.isin(np.arange(window.frames), held).reshape(-1, TOKEN_FRAMES).any(axis=1)
        keep = torch.from_numpy(~window.hidden).expand(len(rows), -1)
        return Known(latents, keep, torch.from_numpy(early))

    def _guide(self, window: Window, text: EncodedPrompt) -> Guide | None:
        """The recognizer reads each run of frames that is made; None where there are no words to compare it with."""
        if text.feature is None:
            return None
        feature = text.feature
        passages = []
        for start, end in spans(window.used):
            first = max(min(start, end - SHORTEST_READ), 0)
            passages.append(Passage(first, min(max(end, first + SHORTEST_READ), window.frames), feature))
        return Guide(self.system.recognizer, self.system.autoencoder, feature, tuple(passages))
