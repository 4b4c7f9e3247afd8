# SPDX-License-Identifier: GPL-3.0-or-later
"""The engine behind the worker and the command line: prompt or edit in, joints out; motion in, labels out."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Literal

import numpy as np
import torch
from torch.nn.functional import normalize

from ...rigs.body.canonical import at_origin
from ...rigs.body.skeleton import FPS, JOINTS, MAX_FRAMES, TOKEN_FRAMES
from ...rigs.errors import UserError
from ..editing.execution import Edited, edit, edit_all
from ..editing.steps import generate_steps, steps_of
from ..labelling.embedding import embedder
from ..labelling.index import default_index
from ..labelling.index_service import IndexService
from ..labelling.labeller import Labeller
from ..labelling.taught_words import TaughtWords, stamp_of, taught_words
from ..language.prompt import mended, understood, unlearnt
from ..language.taught_reading import acting
from ..model.device import in_bfloat16, picked, release
from ..model.graphs import Graphs
from ..model.sampler import Cancelled, Sampling, warm
from ..model.weights import System, load_system
from ..requests.edit import EditRequest
from ..requests.generate import Generated, GenerateRequest, LazyPreview, PhaseReport, SamplingOptions, StepReport
from ..requests.label import Segment, distinct
from ..requests.lesson import AskDecision, Lesson, LessonReport, Outcome, checked
from ..requests.limits import check
from ..taught.library import place
from ..teaching.lesson_process import teach_in_child
from .finishing import decoded
from .generation import generate, motions, sampling_of
from .taught_system import TaughtSystems
from .windows import MAX_TOKENS

log = logging.getLogger(__name__)

__all__ = ["Cancelled", "Edited", "Pipeline"]

BUNDLED = Path(__file__).parents[1] / "weights"
BOOTSTRAP = Path(__file__).parents[1] / "bootstrap.py"
DEFAULTS = SamplingOptions()
LISTS_KEPT = 8  # lists of labels whose vectors are remembered
Precision = Literal["auto", "float32", "bfloat16"]


class Pipeline:
    """One model, loaded and ready."""

    def __init__(self, system: System, device: torch.device, folder: Path | None = None, note: str = "") -> None:
        self.system = system
        self._note = note  # about the device; it goes out with the first motion
        self.name = system.config.name
        self.folder = folder or BUNDLED  # of the weights
        self._device = device
        self._systems = TaughtSystems(system, self.folder)
        self._words: TaughtWords | None = None
        self._labellers: dict[tuple[tuple[str, ...], bool], Labeller] = {}

    @property
    def device(self) -> str:
        """Where it runs, for people to read."""
        return str(self._device)

    @classmethod
    def load(cls, weights: Path | None = None, device: str = "auto", precision: Precision = "auto") -> Pipeline:
        """Load a weights folder, by default the bundled one.

        ``precision`` is that of the generator; "auto" is bfloat16 where that pays (`in_bfloat16`), float32 elsewhere.
        UserError ``weights_missing, ``weights_broken``, ``text_encoder_missing`` or ``no_device``.
        """
        where, note = picked(device)
        if note:
            log.warning(note)
        system = load_system(weights or BUNDLED, where)
        if precision == "bfloat16" or (precision == "auto" and in_bfloat16(where, system.generator.head.net.width)):
            system.generator.halve()
        return cls(system, where, weights, note)

    def teach(self, lesson: Lesson, *, progress: LessonReport, decision: AskDecision) -> Outcome:
        """Teach takes under a name, in a process of its own with the same weights and device.

        Raises:
            UserError: as `requests.lesson.checked`, `taught.library.place` and `teaching.learning.learn`.
            Cancelled: ``decision()`` became "drop".
        """
        place(lesson.name)
        checked(lesson)
        options = ["--device", self.device, "--weights", str(self.folder)]
        outcome = teach_in_child([sys.executable, str(BOOTSTRAP)], options, lesson, progress, decision)
        if outcome is None:
            raise Cancelled
        return outcome

    @property
    def base(self) -> str:
        """The digest of the weights, which a taught model must name."""
        return self._systems.base

    def prepare(self, progress: Callable[[int, int], None] = lambda _step, _of: None) -> None:
        """What else would be done in the first job: a graphics card loads its kernels, CUDA graphs are captured.

        ``progress`` gets the step and of how many. Without memory for all graphs there are fewer.
        """
        if self._device.type == "cpu":
            return
        progress(0, MAX_TOKENS)
        self.generate(GenerateRequest("a person walks", MAX_FRAMES / FPS, candidates=1))
        if self._device.type != "cuda":
            return
        system = self.system
        system.generator.graphs = system.autoencoder.graphs = graphs = Graphs(self._device)
        for tokens in range(1, MAX_TOKENS + 1):
            decoded(system.autoencoder, warm(system.generator, tokens, self.sampling()))
            progress(tokens, MAX_TOKENS)
        log.info("%d CUDA graphs are captured", len(graphs))

    def release(self) -> None:
        """Give memory that is not in use back to the device."""
        release(self._device)

    def _notes(self) -> tuple[str, ...]:
        note, self._note = self._note, ""
        return (note,) if note else ()

    def generate(
        self,
        request: GenerateRequest,
        *,
        progress: PhaseReport = lambda _phase, _step, _of, _preview: None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> Generated:
        """Motion for a prompt: ``round(20 seconds)`` frames, floor at 0, from the origin facing +Z.

        A variation is the same alone and in company; the seed and its number decide it. Each variation is the one of
        so many candidates that the recognizer finds the prompt best in. Beyond 9.8 s the motion is made of overlapping
        windows.

        Raises:
            UserError: as `requests.limits.check` and `TaughtSystems.of`.
            Cancelled: ``cancelled()`` became true; it is asked before every sampling step.
        """
        check(request)
        system = self._systems.of(request.models)
        prompt, notes = understood(system, request.prompt)
        system, untaught = acting(system, [prompt])
        request, notes = replace(request, prompt=prompt), notes + untaught
        progress("text", 0, 1, None)

        def report(step: int, of: int, preview: LazyPreview) -> None:
            progress("sampling", step, of, preview)

        steps = steps_of(system, request)
        if steps:
            joints = generate_steps(system, request, steps, report=report, cancelled=cancelled)
        else:
            joints = generate(system, request, report=report, cancelled=cancelled)
        return Generated(joints, notes + self._notes())

    def edit(
        self,
        request: EditRequest,
        *,
        progress: PhaseReport = lambda _phase, _step, _of, _preview: None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> Edited:
        """The motion of a request with what was asked for changed; all other frames keep their bits.

        Variations and seeds are as in ``generate``. At strength 0 nothing changes; an edit of everything that keeps
        nothing is ``generate``, put where the motion began.

        Raises:
            UserError: as `requests.edit_checks.check` and `TaughtSystems.of`.
            Cancelled: ``cancelled()`` became true; it is asked before every sampling step.
        """
        system = self._systems.of(request.models)
        progress("text", 0, 1, None)
        made = edit(
            system,
            request,
            report=lambda step, of, preview: progress("sampling", step, of, preview),
            cancelled=cancelled,
        )
        return replace(made, warnings=made.warnings + self._notes())

    def edit_all(self, requests: Sequence[EditRequest]) -> list[Edited]:
        """What ``edit`` makes of each request, in its order. Requests of one layout are carried out together.

        Raises:
            UserError: as `requests.edit_checks.check` and `TaughtSystems.of`.
            ValueError: the requests differ in the models they name.
        """
        (models,) = {request.models for request in requests} or {()}
        return edit_all(self._systems.of(models), requests)

    def read(self, prompt: str) -> tuple[str, tuple[str, ...]]:
        """A text as Find is to read it, and sentences for the user: what was mended, what is strange or lost."""
        if self.taught_words().of(prompt) is not None:
            return prompt, ()
        return understood(self.system, prompt)

    def sampling(self, options: SamplingOptions = DEFAULTS) -> Sampling:
        """The settings of a request. UserError ``precision`` as `generation.sampling_of`."""
        return sampling_of(self.system, options)

    def motions(
        self,
        prompts: Sequence[str],
        frames: Sequence[int],
        sources: Sequence[torch.Generator],
        sampling: Sampling,
        *,
        report: StepReport = lambda _step, _of, _preview: None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> list[np.ndarray]:
        """As `motions.motions` with this model."""
        return motions(self.system, prompts, frames, sources, sampling, report=report, cancelled=cancelled)

    def label(
        self,
        joints: np.ndarray,
        labels: Sequence[str] = (),
        top: int = 5,
        *,
        describe: bool = False,
        whole: bool = False,
        check_stop: Callable[[], None] = lambda: None,
    ) -> tuple[tuple[Segment, ...], tuple[str, ...]]:
        """Segments of a take (F, 22, 3), each with its ``top`` best names, and sentences for the user.

        Empty ``labels`` is the bundled list; ``describe`` gives phrases; ``whole`` is one segment for all.

        Raises:
            UserError: as `Labeller` and `requests.label.distinct`.
            Whatever ``check_stop`` raises; it is called between batches.
        """
        kept, note = distinct(labels) if labels else ((), "")
        taught = self.taught_words()
        labeller = self._labellers.get((kept, describe))
        if labeller is None:
            labeller = Labeller(self.system, kept, describe=describe, taught=taught)
            if len(self._labellers) >= LISTS_KEPT:
                self._labellers.clear()
            self._labellers[kept, describe] = labeller
        found = (labeller.whole(joints, top, check_stop),) if whole else labeller.segments(joints, top, check_stop)
        strange = unlearnt(self.system, [label for label in kept if taught.of(label) is None])
        return found, tuple(text for text in (note, strange) if text)

    def taught_words(self) -> TaughtWords:
        """What the taught models of the user's folder know, for Label and Find."""
        if self._words is None or self._words.stamp != stamp_of():
            self._words = taught_words(embedder(self.system).mark, self.system.config.recognizer.feature)
            self._labellers.clear()
        return self._words

    @cached_property
    def index_service(self) -> IndexService:
        """The index of takes in the user's folder, for this model."""
        return IndexService(embedder(self.system), default_index())

    @torch.no_grad()
    def embed_motion(self, joints: np.ndarray) -> np.ndarray:
        """Unit feature vector of joints (F, 22, 3), metres, 20 fps; it is comparable with text A and text B.

        A clip longer than one window is the mean of evenly cut windows.
        """
        if joints.ndim != 3 or joints.shape[1:] != (len(JOINTS), 3) or len(joints) < TOKEN_FRAMES:
            raise UserError(
                f"A motion of shape {joints.shape} cannot be read.",
                f"It must be (frames, {len(JOINTS)}, 3) with at least {TOKEN_FRAMES} frames.",
                "bad_motion",
            )
        if not np.isfinite(joints).all():
            raise UserError("The motion has coordinates that are not numbers.", "Export it again.", "bad_motion")
        pieces = np.array_split(joints, -(-len(joints) // MAX_FRAMES))
        features = []
        for piece in pieces:
            clip = torch.from_numpy(at_origin(piece).astype(np.float32)).flatten(1)[None].to(self._device)
            features.append(normalize(self.system.recognizer(clip).fused[0], dim=-1))
        vector: np.ndarray = normalize(torch.stack(features).mean(dim=0), dim=-1).cpu().numpy()
        return vector

    @torch.no_grad()
    def embed_text(self, text: str) -> np.ndarray:
        """Unit feature vector of a text in the space of ``embed_motion`` (text B, or what was taught), for search."""
        if not text.strip():
            raise UserError("The query is empty.", "Say what to look for.", "empty_prompt")
        taught = self.taught_words().of(text)
        if taught is not None:
            return taught
        ids = self.system.text.tokenize([mended(self.system, text).text])
        feature = self.system.recognizer.text(ids)[0]
        vector: np.ndarray = normalize(feature, dim=-1).cpu().numpy()
        return vector
