# SPDX-License-Identifier: GPL-3.0-or-later
"""Teaching itself: low-rank adapters of the generator learn the takes, and stop where held-out parts get no nearer.

Each step sees taught clips and some rehearsed ones. Composed clips ("bows, then walks forward") are made of both and
count as taught. Only rehearsed clips are also shown without their words: what the model makes without words stays as
it was, and guidance, which leads away from that, leads to what is taught. What is kept is the state that met the
held-out parts best; without any, teaching ends after a number of steps that has proved safe (docs/guide/teach.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import nn

from ...rigs.errors import UserError
from ..model.adapters import RANK, adapters_of, with_adapters
from ..model.generator import Generator
from ..model.sampler import Cancelled
from ..model.weights import System
from ..requests.lesson import AskDecision, Lesson, LessonReport, checked, steps_for
from ..training.generator import LatentClip
from ..training.loop import Schedule, draw_of, learning_rate
from .material import Material, material

FEWEST = 40  # steps before it may end by itself; the rate falls by a cosine until the last
LOOK = 10  # steps between two looks at the held-out parts
PATIENCE, SHARE = 4, 0.4  # looks without a better one, and of all steps, after which it ends
BLIND = 0.6  # of the steps where nothing is held out
TAUGHT, REHEARSED = 10, 4  # clips in a step
DRAWS = 8  # of masks and noise for every held-out clip


@dataclass(frozen=True)
class LearningSettings:
    """How to learn; the defaults are those of docs/guide/teach.md."""

    rank: int = RANK
    rate: float = 3e-3
    steps: int | None = None  # at most; None: what the number of actions needs
    seed: int = 1
    rehearsal: int | None = None  # prompts that are rehearsed at most; None: all


@dataclass(frozen=True)
class LearntAdapters:
    """What came out: adapters by layer and part, and what is worth knowing of how."""

    adapters: dict[str, np.ndarray]
    words: tuple[str, ...]
    steps: int  # of the state that is kept
    losses: dict[int, float] = field(default_factory=dict)  # on held-out parts by step; empty where none are
    notes: tuple[str, ...] = ()

    @property
    def nearer(self) -> float | None:
        """By what share the loss on held-out parts fell; None where none are."""
        return 1.0 - self.losses[self.steps] / self.losses[0] if self.losses else None


def learn(
    system: System,
    lesson: Lesson,
    report: LessonReport = lambda _phase, _step, _of: None,
    decision: AskDecision = lambda: "",
    settings: LearningSettings | None = None,
) -> LearntAdapters:
    """Teach a lesson to the model, which itself stays as it is.

    Raises:
        UserError: as ``request.checked`` and ``material.material``, or ``nothing_learnt``.
        Cancelled: ``decision()`` became "drop".
    """
    settings = settings or LearningSettings()
    lesson, notes = checked(lesson)

    def check_stop() -> None:
        if decision() == "drop":
            raise Cancelled

    found = material(system, lesson, settings.seed, settings.rehearsal, report, check_stop)
    trainer = AdapterTrainer(system.generator, found, settings)
    most = settings.steps or steps_for(lesson.actions)
    most = most if found.tested else max(1, round(BLIND * most))
    for step in range(1, most + 1):
        check_stop()
        if decision() == "keep":
            break
        trainer.learn(step, most)
        report(trainer.phase, step, most)
        if trainer.stagnates:
            break
    adapters, steps = trainer.best
    if not steps:
        raise UserError(
            "Nothing was learnt: the held-out takes got no nearer.",
            "The model may know them already: try their words in Generate. Else show more takes of each action.",
            "nothing_learnt",
        )
    return LearntAdapters(adapters, lesson.words, steps, trainer.losses, notes + found.notes)


class AdapterTrainer:
    """The generator with adapters that learn, and the best state so far."""

    def __init__(self, generator: Generator, found: Material, settings: LearningSettings) -> None:
        self._material, self._seed = found, settings.seed
        self._model = with_adapters(generator, settings.rank, settings.seed).train()
        self._learning = [value for value in self._model.parameters() if value.requires_grad]
        self._rate, self._done, self._most = settings.rate, 0, 0
        self._optimizer = torch.optim.AdamW(self._learning, lr=settings.rate, betas=(0.9, 0.99), weight_decay=0.0)
        self.losses = {0: loss_on(self._model, found.tested)} if found.tested else {}
        self._kept: tuple[dict[str, np.ndarray], int] = ({}, 0)

    @property
    def best(self) -> tuple[dict[str, np.ndarray], int]:
        """Adapters of the state that met the held-out parts best, and its step; without such parts, those of now."""
        return self._kept if self.losses else (adapters_of(self._model), self._done)

    @property
    def phase(self) -> str:
        """What a user sees while it learns: how much nearer the held-out parts are."""
        if not self.losses:
            return "learning"
        return f"learning, held-out parts {1.0 - self.losses[self._kept[1]] / self.losses[0]:.0%} nearer"

    @property
    def stagnates(self) -> bool:
        """Whether nothing has got better for some time: with many steps a long one, as the losses are unsteady until
        the rate has fallen."""
        last = max(self.losses, default=0)
        return last >= FEWEST and last - self._kept[1] >= max(PATIENCE * LOOK, SHARE * self._most)

    def learn(self, step: int, most: int) -> None:
        """One step, and now and then a look at the held-out parts."""
        schedule = Schedule(most, TAUGHT, learning_rate=self._rate, warmup=10)
        for group in self._optimizer.param_groups:
            group["lr"] = learning_rate(schedule, step - 1)
        draw, device = draw_of(self._seed, step), next(self._model.parameters()).device
        self._optimizer.zero_grad(set_to_none=True)
        for batches, count, drop in ((self._material.taught, TAUGHT, 0.0), (self._material.known, REHEARSED, None)):
            latents, valid, condition = (value.to(device) for value in batches.draw(draw.numpy, count))
            torch.autograd.backward(0.5 * self._model.forward_loss(latents, valid, condition, draw.torch, drop))
        if torch.isfinite(nn.utils.clip_grad_norm_(self._learning, schedule.gradient_norm)):
            self._optimizer.step()
        self._done, self._most = step, most
        if self.losses and (step % LOOK == 0 or step == most):
            self.losses[step] = loss_on(self._model, self._material.tested)
            if self.losses[step] < self.losses[self._kept[1]]:
                self._kept = (adapters_of(self._model), step)


@torch.no_grad()
def loss_on(model: Generator, clips: Sequence[LatentClip]) -> float:
    """Mean loss of clips by their descriptions, as which prompts are read, with draws that are always the same."""
    was, device = model.training, next(model.parameters()).device
    model.eval()
    losses = []
    for number, clip in enumerate(clips):
        rows = clip.latents[0].repeat(DRAWS, 1, 1).to(device)
        valid = torch.ones(rows.shape[:2], dtype=torch.bool, device=device)
        said = clip.sentences[torch.arange(DRAWS) % len(clip.sentences)].to(device)
        losses.append(float(model.forward_loss(rows, valid, said, torch.Generator().manual_seed(number), 0.0)))
    model.train(was)
    return float(np.mean(losses))
