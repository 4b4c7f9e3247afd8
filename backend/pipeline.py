# SPDX-License-Identifier: GPL-3.0-or-later
"""The engine behind the worker and the command line: prompt or edit in, joints out; motion in, labels out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Literal

import numpy as np
import torch
from torch.nn.functional import normalize

from ..rigs.canonical import at_origin
from ..rigs.errors import UserError
from ..rigs.skeleton import FPS, JOINTS, MAX_FRAMES, TOKEN_FRAMES
from .cleanup import finished
from .editing.canvas import Canvas, lay_out, moved_to, result
from .editing.checks import check as check_edit
from .editing.engine import Editor, Row, insistent, layout, read_texts
from .editing.reaching import missed
from .editing.request import EditRequest
from .labelling.embedding import embedder
from .labelling.index import default_index
from .labelling.labeller import Labeller
from .labelling.librarian import Librarian
from .labelling.request import Segment, distinct
from .limits import check
from .model.sampler import Cancelled, Guide, Sampling
from .model.solver import SolverName
from .model.weights import System, load_system
from .prompt import mended, understood, understood_edit
from .windows import Preview, Report, Windows

__all__ = ["Cancelled", "Edited", "Generated", "Pipeline", "check", "choose_device"]

ROWS = 20  # edits that are carried out together
BUNDLED = Path(__file__).parent / "weights"
LISTS_KEPT = 8  # lists of labels whose vectors are remembered
Precision = Literal["auto", "float32", "bfloat16"]
Progress = Callable[[str, int, int, Preview | None], None]  # phase, step, of, preview


@dataclass(frozen=True)
class Generated:
    """joints (V, F, 22, 3) float32, metres, Y up, 20 fps; warnings are sentences for the user."""

    joints: np.ndarray
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Edited:
    """joints (V, F', 22, 3) float32 in the place of the request's motion; warnings are sentences for the user.

    ``sampled`` is the motion of the same shape before the exact correction, None where nothing was corrected.
    """

    joints: np.ndarray
    warnings: tuple[str, ...] = ()
    sampled: np.ndarray | None = None


def choose_device(name: str) -> torch.device:
    """The torch device called ``name``; "auto" takes CUDA, then MPS, then the CPU. UserError ``no_device``."""
    there = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if name == "auto":
        return torch.device(next(kind for kind, available in there.items() if available))
    if not there.get(name.split(":", maxsplit=1)[0], False):
        usable = ", ".join(kind for kind, available in there.items() if available)
        raise UserError(f"The device '{name}' is not usable here.", f"Choose auto or one of: {usable}.", "no_device")
    return torch.device(name)


class Pipeline:
    """One model, loaded and ready."""

    def __init__(self, system: System, device: torch.device) -> None:
        self.system = system
        self.name = system.config.name
        self._device = device
        self._labellers: dict[tuple[tuple[str, ...], bool], Labeller] = {}

    @property
    def device(self) -> str:
        """Where it runs, for people to read."""
        return str(self._device)

    @classmethod
    def load(cls, weights: Path | None = None, device: str = "auto", precision: Precision = "auto") -> Pipeline:
        """Load a weights folder, by default the bundled one.

        ``precision`` is that of the generator; "auto" is bfloat16 on a CUDA device that has it and float32 elsewhere.
        UserError ``weights_missing, ``weights_broken``, ``text_encoder_missing`` or ``no_device``.
        """
        where = choose_device(device)
        system = load_system(weights or BUNDLED, where)
        has_bfloat16 = where.type == "cuda" and torch.cuda.is_bf16_supported()
        if precision == "bfloat16" or (precision == "auto" and has_bfloat16):
            system.generator.halve()
        return cls(system, where)

    @staticmethod
    def check(prompt: str, seconds: float, variations: int = 1) -> None:
        """Raise the UserError of a request that cannot be served."""
        check(prompt, seconds, variations)

    def generate(
        self,
        prompt: str,
        seconds: float,
        *,
        seed: int,
        variations: int = 1,
        guidance_scale: float | None = None,
        recognizer_guidance: float | None = None,
        steps: int | None = None,
        solver: SolverName | None = None,
        progress: Progress = lambda _phase, _step, _of, _preview: None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> Generated:
        """Motion for a prompt: ``round(20 seconds)`` frames, floor at 0, from the origin facing +Z.

        A variation is the same alone and in company; ``seed`` and its number decide it. ``recognizer_guidance`` is
        lambda, 0 turns that guidance off; ``solver`` is that of the head's ODE. Beyond 9.8 s the motion is made of
        overlapping windows.

        Raises:
            UserError: as ``check``.
            Cancelled: ``cancelled()`` became true; it is asked before every sampling step.
        """
        check(prompt, seconds, variations)
        prompt, notes = self.read(prompt)
        sampling = self.sampling(steps, guidance_scale, recognizer_guidance, solver)
        progress("text", 0, 1, None)
        joints = self.motions(
            [prompt] * variations,
            [frames_of(seconds)] * variations,
            [source(seed, number) for number in range(variations)],
            sampling,
            report=lambda step, of, preview: progress("sampling", step, of, preview),
            cancelled=cancelled,
        )
        return Generated(np.stack(joints), notes)

    def edit(
        self,
        request: EditRequest,
        *,
        steps: int | None = None,
        progress: Progress = lambda _phase, _step, _of, _preview: None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> Edited:
        """The motion of a request with what was asked for changed; all other frames keep their bits.

        Variations and seeds are as in ``generate``. At strength 0 nothing changes; an edit of everything that keeps
        nothing is ``generate``, put where the motion began.

        Raises:
            UserError: as ``editing.checks.check``.
            Cancelled: ``cancelled()`` became true; it is asked before every sampling step.
        """
        check_edit(request)
        if request.strength == 0.0 and request.mode in ("regenerate", "refine"):
            return Edited(np.repeat(request.joints[None].astype(np.float32), request.variations, axis=0))
        request, notes = self._read(request)
        progress("text", 0, 1, None)
        if request.keeps_nothing:
            whole = self.motions(
                [request.prompt] * request.variations,
                [len(request.joints)] * request.variations,
                [source(request.seed, number) for number in range(request.variations)],
                self._edit_sampling(request, steps),
                report=lambda step, of, preview: progress("sampling", step, of, preview),
                cancelled=cancelled,
            )
            return Edited(moved_to(np.stack(whole), request.joints), notes)
        rows = self._rows(request)
        canvas = rows[0].canvas
        joints, sampled = Editor(self.system, rows, self._edit_sampling(request, steps)).run(
            lambda step, of, look: progress("sampling", step, of, lambda: result(request, canvas, look())), cancelled
        )
        return _edited(request, notes, canvas, joints, sampled)

    def edit_all(self, requests: Sequence[EditRequest]) -> list[Edited]:
        """What ``edit`` makes of each request, in its order. Requests of one layout are carried out together.

        Raises:
            UserError: as ``editing.checks.check``.
        """
        out: dict[int, Edited] = {}
        groups: dict[tuple[object, bool], list[int]] = {}
        for number, request in enumerate(requests):
            check_edit(request)
            groups.setdefault((layout(request), request.keeps_nothing), []).append(number)
        for (_, alone), numbers in groups.items():
            for at in range(0, len(numbers), 1 if alone else ROWS):
                some = numbers[at : at + ROWS]
                if len(some) == 1 or requests[some[0]].strength == 0.0:
                    out.update((number, self.edit(requests[number])) for number in some)
                else:
                    out.update(zip(some, self._edit_together([requests[number] for number in some]), strict=True))
        return [out[number] for number in range(len(requests))]

    def _edit_together(self, requests: Sequence[EditRequest]) -> list[Edited]:
        read = [self._read(request) for request in requests]
        rows = [self._rows(request) for request, _ in read]
        sampling = self._edit_sampling(read[0][0], None)
        joints, sampled = Editor(self.system, [row for some in rows for row in some], sampling).run(
            lambda _step, _of, _rows: None, lambda: False
        )
        out, at = [], 0
        for (request, notes), some in zip(read, rows, strict=True):
            these = slice(at, at := at + len(some))
            out.append(_edited(request, notes, some[0].canvas, joints[these], sampled[these]))
        return out

    def _read(self, request: EditRequest) -> tuple[EditRequest, tuple[str, ...]]:
        """The request as the model reads it, and what to tell the user about that."""
        request, notes = understood_edit(self.system, request)
        return request, notes + self._unread([request.prompt, *(segment.prompt for segment in request.segments)])

    def _rows(self, request: EditRequest) -> list[Row]:
        """One row for each variation."""
        canvas = lay_out(request)
        texts = read_texts(request, canvas, self.system)
        return [Row(request, canvas, texts, source(request.seed, number)) for number in range(request.variations)]

    def _edit_sampling(self, request: EditRequest, steps: int | None) -> Sampling:
        """How to sample for an edit; one that keeps nothing is a generation."""
        strength = request.recognizer_guidance
        if strength is None and not request.keeps_nothing:
            strength = self.system.config.recognizer.edit_guidance
        sampling = insistent(request, self.sampling(steps, request.guidance_scale, strength))
        if request.mode == "refine":
            return replace(sampling, refine=True, steps=max(1, round(request.strength * sampling.steps)))
        if request.mode == "regenerate" and not request.keeps_nothing:
            return replace(sampling, begin=1.0 - request.strength)
        return sampling

    def read(self, prompt: str) -> tuple[str, tuple[str, ...]]:
        """A prompt as the model is to read it, and sentences for the user: what was mended, what is strange or lost."""
        prompt, notes = understood(self.system, prompt)
        return prompt, notes + self._unread([prompt])

    def _unread(self, prompts: Sequence[str]) -> tuple[str, ...]:
        """A warning where a prompt is longer than the model reads."""
        if self.system.text.tokenize(prompts).shape[1] >= self.system.config.text.positions:
            return ("The prompt is longer than the model reads; its end had no effect.",)
        return ()

    def sampling(
        self,
        steps: int | None = None,
        guidance_scale: float | None = None,
        recognizer_guidance: float | None = None,
        solver: SolverName | None = None,
    ) -> Sampling:
        """Settings of a request; None takes the model's own. dopri5 solves as the released code does, at its cost."""
        generator, recognizer = self.system.config.generator, self.system.config.recognizer
        return Sampling(
            steps=generator.steps if steps is None else steps,
            guidance_scale=generator.guidance_scale if guidance_scale is None else guidance_scale,
            solver=solver or "adams",
            evaluations=generator.evaluations,
            whole=solver == "dopri5",
            strength=recognizer.guidance if recognizer_guidance is None else recognizer_guidance,
            guided_from=0.0 if solver == "dopri5" else Sampling.guided_from,
        )

    def motions(
        self,
        prompts: Sequence[str],
        frames: Sequence[int],
        sources: Sequence[torch.Generator],
        sampling: Sampling,
        *,
        report: Report = lambda _step, _of, _preview: None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> list[np.ndarray]:
        """Joints (frames[i], 22, 3) float32 for B prompts, each with its source of randomness on the CPU.

        All must have as many tokens; a motion is the same alone and in company, but for rounding.
        """
        if len({tokens_of(count) for count in frames}) != 1:
            raise ValueError(f"motions of {min(frames)} and {max(frames)} frames differ in their tokens")
        system = self.system
        with torch.no_grad():
            ids = system.text.tokenize(prompts)
            condition, described = system.text(ids), system.recognizer.text(ids)
        windows = Windows(
            generator=system.generator,
            autoencoder=system.autoencoder,
            sampling=sampling,
            guide=Guide(system.recognizer, system.autoencoder, described),
            condition=condition,
            sources=sources,
        )
        most = max(frames)
        motion = windows.motion(most, lambda step, of, look: report(step, of, lambda: look()[:, :most]), cancelled)
        return [finished(joints[:count]) for joints, count in zip(motion, frames, strict=True)]

    def label(
        self,
        joints: np.ndarray,
        labels: Sequence[str] = (),
        top: int = 5,
        *,
        describe: bool = False,
        whole: bool = False,
        stopped: Callable[[], None] = lambda: None,
    ) -> tuple[tuple[Segment, ...], tuple[str, ...]]:
        """Segments of a take (F, 22, 3), each with its ``top`` best names, and sentences for the user.

        Empty ``labels`` is the bundled list; ``describe`` gives phrases; ``whole`` is one segment for all.

        Raises:
            UserError: as `Labeller` and `labelling.request.distinct`.
            Whatever ``stopped`` raises; it is called between batches.
        """
        kept, note = distinct(labels) if labels else ((), "")
        labeller = self._labellers.get((kept, describe))
        if labeller is None:
            labeller = Labeller(self.system, kept, describe=describe)
            if len(self._labellers) >= LISTS_KEPT:
                self._labellers.clear()
            self._labellers[kept, describe] = labeller
        found = (labeller.whole(joints, top, stopped),) if whole else labeller.segments(joints, top, stopped)
        return found, (note,) if note else ()

    @cached_property
    def librarian(self) -> Librarian:
        """The index of takes in the user's folder, for this model."""
        return Librarian(embedder(self.system), default_index())

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
        """Unit feature vector of a text in the space of ``embed_motion`` (text B), for search."""
        if not text.strip():
            raise UserError("The query is empty.", "Say what to look for.", "empty_prompt")
        ids = self.system.text.tokenize([mended(self.system, text).text])
        feature = self.system.recognizer.text(ids)[0]
        vector: np.ndarray = normalize(feature, dim=-1).cpu().numpy()
        return vector


def _edited(
    request: EditRequest, notes: tuple[str, ...], canvas: Canvas, joints: np.ndarray, sampled: np.ndarray
) -> Edited:
    """The edit of a request from its canvas (V, N, 22, 3), exactly and as sampled."""
    made, rough = result(request, canvas, joints), result(request, canvas, sampled)
    return Edited(made, notes + canvas.warnings + missed(request, made), rough)


def frames_of(seconds: float) -> int:
    """Length of a motion at 20 fps."""
    return max(1, round(seconds * FPS))


def tokens_of(frames: int) -> int:
    """How many tokens hold so many frames; motions with as many can be made together."""
    return -(-frames // TOKEN_FRAMES)


def source(seed: int, number: int) -> torch.Generator:
    """Independent randomness of one variation, on the CPU so that every device draws the same."""
    words = np.random.SeedSequence([seed % 2**64, number]).generate_state(1, np.uint64)
    return torch.Generator().manual_seed(int(words[0] >> np.uint64(1)))
