# SPDX-License-Identifier: GPL-3.0-or-later
"""The engine behind the worker and the command line: prompt or edit in, joints out; motion in, labels out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

import numpy as np
import torch
from torch.nn.functional import normalize

from ..rigs.canonical import at_origin
from ..rigs.errors import UserError
from ..rigs.skeleton import JOINTS, MAX_FRAMES, TOKEN_FRAMES
from .editing.execution import Edited, edit, edit_all
from .editing.request import EditRequest
from .labelling.embedding import embedder
from .labelling.index import default_index
from .labelling.labeller import Labeller
from .labelling.librarian import Librarian
from .labelling.request import Segment, distinct
from .limits import check
from .model.sampler import Cancelled, Sampling
from .model.solver import SolverName
from .model.weights import System, load_system
from .motions import frames_of, motions, sampling_of, source
from .prompt import mended, understood, unlearnt
from .windows import Preview, Report

__all__ = ["Cancelled", "Edited", "Generated", "Pipeline", "check", "choose_device"]

BUNDLED = Path(__file__).parent / "weights"
LISTS_KEPT = 8  # lists of labels whose vectors are remembered
Precision = Literal["auto", "float32", "bfloat16"]
WIDE = 1024  # of the head, from which its weights are many times a core's cache
Progress = Callable[[str, int, int, Preview | None], None]  # phase, step, of, preview


@dataclass(frozen=True)
class Generated:
    """joints (V, F, 22, 3) float32, metres, Y up, 20 fps; warnings are sentences for the user."""

    joints: np.ndarray
    warnings: tuple[str, ...] = ()


def choose_device(name: str) -> torch.device:
    """The torch device called ``name``; "auto" takes CUDA, then MPS, then the CPU. UserError ``no_device``."""
    there = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if name == "auto":
        return torch.device(next(kind for kind, available in there.items() if available))
    if not there.get(name.split(":", maxsplit=1)[0], False):
        usable = ", ".join(kind for kind, available in there.items() if available)
        raise UserError(f"The device '{name}' is not usable here.", f"Choose auto or one of: {usable}.", "no_device")
    return torch.device(name)


def in_bfloat16(device: torch.device, width: int) -> bool:
    """Whether a generator whose head is so wide is better off in bfloat16.

    A CPU with instructions for it halves the time of products of four rows at a width of 1792. At 384 nothing is gained
    there, and the same seed makes the same motion on all CPUs (docs/performance.md, Precision).
    """
    if device.type == "cuda":
        return torch.cuda.is_bf16_supported()
    has = torch.cpu.get_capabilities() if device.type == "cpu" else {}
    return width >= WIDE and bool(has.get("avx512_bf16") or has.get("amx_bf16"))


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

        ``precision`` is that of the generator; "auto" is bfloat16 where that pays (`in_bfloat16`), float32 elsewhere.
        UserError ``weights_missing, ``weights_broken``, ``text_encoder_missing`` or ``no_device``.
        """
        where = choose_device(device)
        system = load_system(weights or BUNDLED, where)
        if precision == "bfloat16" or (precision == "auto" and in_bfloat16(where, system.generator.head.net.width)):
            system.generator.halve()
        return cls(system, where)

    @staticmethod
    def check(prompt: str, seconds: float, variations: int = 1, candidates: int | None = None) -> None:
        """Raise the UserError of a request that cannot be served."""
        check(prompt, seconds, variations, candidates)

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
        candidates: int | None = None,
        progress: Progress = lambda _phase, _step, _of, _preview: None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> Generated:
        """Motion for a prompt: ``round(20 seconds)`` frames, floor at 0, from the origin facing +Z.

        A variation is the same alone and in company; ``seed`` and its number decide it. ``recognizer_guidance`` is
        lambda, 0 turns that guidance off; ``solver`` is that of the head's ODE. Each variation is the one of so many
        ``candidates`` that the recognizer finds the prompt best in. Beyond 9.8 s the motion is made of overlapping
        windows.

        Raises:
            UserError: as ``check``.
            Cancelled: ``cancelled()`` became true; it is asked before every sampling step.
        """
        check(prompt, seconds, variations, candidates)
        prompt, notes = self.read(prompt)
        sampling = self.sampling(steps, guidance_scale, recognizer_guidance, solver, candidates)
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
            UserError: as `editing.checks.check`.
            Cancelled: ``cancelled()`` became true; it is asked before every sampling step.
        """
        progress("text", 0, 1, None)
        return edit(
            self.system,
            request,
            steps,
            report=lambda step, of, preview: progress("sampling", step, of, preview),
            cancelled=cancelled,
        )

    def edit_all(self, requests: Sequence[EditRequest]) -> list[Edited]:
        """What ``edit`` makes of each request, in its order. Requests of one layout are carried out together.

        Raises:
            UserError: as `editing.checks.check`.
        """
        return edit_all(self.system, requests)

    def read(self, prompt: str) -> tuple[str, tuple[str, ...]]:
        """A prompt as the model is to read it, and sentences for the user: what was mended, what is strange or lost."""
        return understood(self.system, prompt)

    def sampling(
        self,
        steps: int | None = None,
        guidance_scale: float | None = None,
        recognizer_guidance: float | None = None,
        solver: SolverName | None = None,
        candidates: int | None = None,
    ) -> Sampling:
        """Settings of a request; None takes the model's own. dopri5 solves as the released code does, at its cost."""
        return sampling_of(self.system.config, steps, guidance_scale, recognizer_guidance, solver, candidates)

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
        return found, tuple(told for told in (note, unlearnt(self.system, kept)) if told)

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
