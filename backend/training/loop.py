# SPDX-License-Identifier: GPL-3.0-or-later
"""One training loop for every part: resumable after a kill at any moment, with EMA and TensorBoard scalars.

Every step draws its batch and its noise from generators seeded by (seed, step, process). So a run that was killed
and resumed goes through the same batches as one that was not, and no random state has to be saved.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from tqdm import tqdm

from ...rigs.errors import UserError
from ..model.device import has_bfloat16
from ..system.atomic_write import replacing
from ..system.failures import explain, is_gpu_lost, is_out_of_memory
from ..system.user_files import sweep
from .team import Team


@dataclass(frozen=True)
class Schedule:
    """How long and how fast to train; the defaults are the paper's where it gives them."""

    steps: int
    batch: int  # in each process
    learning_rate: float = 2e-4
    weight_decay: float = 1e-5
    betas: tuple[float, float] = (0.9, 0.99)
    warmup: int = 1000
    cosine: bool = True  # down to a hundredth at the last step; the paper keeps it constant
    ema: float = 0.9999
    gradient_norm: float = 1.0
    seed: int = 1
    precision: str = "auto"  # auto, bf16 or float32
    checkpoint_seconds: float = 120.0
    validate_every: int = 500


@dataclass(frozen=True)
class Draw:
    """The randomness of one step."""

    step: int
    numpy: np.random.Generator
    torch: torch.Generator  # on the CPU


# A step's losses by name; the entry "loss" is the one that is minimised.
LossOf = Callable[[Draw], Mapping[str, Tensor]]
Validate = Callable[[nn.Module], Mapping[str, float]]
LOG_EVERY = 50  # steps
CHECKPOINT = "checkpoint.pt"


def learning_rate(schedule: Schedule, step: int) -> float:
    """Linear warm-up, then a cosine down to 1 % (or constant)."""
    rate = schedule.learning_rate * min(1.0, (step + 1) / max(1, schedule.warmup))
    if schedule.cosine:
        rate *= 0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * min(1.0, step / max(1, schedule.steps))))
    return rate


def draw_of(seed: int, step: int, rank: int = 0) -> Draw:
    """The generators of a step; ``torch``'s global one (dropout) is seeded as well."""
    numpy_rng = np.random.default_rng([seed, step, rank] if rank else [seed, step])
    torch_rng = torch.Generator().manual_seed(int(numpy_rng.integers(2**62)))
    torch.manual_seed(int(numpy_rng.integers(2**62)))
    return Draw(step, numpy_rng, torch_rng)


class Ema:
    """Exponential moving average of a module's parameters and buffers.

    The decay starts low and grows to its final value, (1 + n) / (10 + n) at step n, so that a short run does
    not keep its random beginning.
    """

    def __init__(self, module: nn.Module, decay: float) -> None:
        self.decay = decay
        self.state = {name: value.detach().clone() for name, value in module.state_dict().items()}

    def load(self, state: Mapping[str, Tensor]) -> None:
        """Take over a saved state, to the device that this one is on."""
        for name, value in self.state.items():
            value.copy_(state[name])

    @torch.no_grad()
    def update(self, module: nn.Module, step: int) -> None:
        """Take in the module's state after ``step`` steps."""
        keep = min(self.decay, (1 + step) / (10 + step))
        for name, value in module.state_dict().items():
            if value.dtype.is_floating_point:
                self.state[name].lerp_(value, 1 - keep)
            else:
                self.state[name].copy_(value)


def autocast(device: torch.device, precision: str) -> torch.autocast:
    """bf16 by default on CUDA cards that have it, and where asked for; float32 otherwise."""
    wanted = precision == "bf16" or (precision == "auto" and device.type == "cuda" and has_bfloat16(device))
    return torch.autocast(device.type, dtype=torch.bfloat16, enabled=wanted)


def save_checkpoint(path: Path, state: dict[str, Any]) -> None:
    """Replace the file whole, so that a kill leaves the old or the new one and never half of one.

    UserError "disk_full" where it cannot be written, "gpu_lost" where the graphics card gives the weights no more, and
    "out_of_memory"; the old one is then kept.
    """
    try:
        with replacing(path) as part:
            torch.save(state, part)
    except (UserError, RuntimeError) as error:  # torch's own writer raises RuntimeError on a full disk
        text = f"The checkpoint {path} could not be written"
        if is_gpu_lost(error) or is_out_of_memory(error):
            raise explain(error, text, "checkpoint") from error
        text += "."
        hint = "Free some space and give the same command: training goes on from the last checkpoint."
        raise UserError(text, hint, "disk_full") from error


class RunFolder:
    """A run folder: config.json, checkpoint.pt, TensorBoard events and metrics.jsonl.

    Raises:
        UserError: the folder holds a checkpoint of other settings.
    """

    def __init__(self, folder: Path, schedule: Schedule, settings: Mapping[str, object]) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        sweep(folder)
        config_path = folder / "config.json"
        config = json.dumps({"schedule": asdict(schedule), **settings}, indent=2, default=str)
        if not (folder / CHECKPOINT).exists():  # and never again: a kill while writing would leave half of it
            config_path.write_text(config, encoding="utf-8")
        elif config_path.exists() and config_path.read_text(encoding="utf-8") != config:
            raise UserError(f"{folder} holds a run with other settings.", "Give another --run folder.", "other_run")

        from torch.utils.tensorboard import SummaryWriter

        self.board = SummaryWriter(str(folder))
        self.metrics = folder / "metrics.jsonl"

    def log(self, step: int, values: Mapping[str, float], group: str) -> None:
        """Scalars of one step to TensorBoard and to metrics.jsonl."""
        for name, value in values.items():
            self.board.add_scalar(f"{group}/{name}", value, step)
        with self.metrics.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"step": step, "group": group, **values}) + "\n")


@torch.no_grad()
def validated(module: nn.Module, ema: Ema, validate: Validate) -> dict[str, float]:
    """Scores of the averaged weights; the module comes back as it was."""
    live = {name: value.clone() for name, value in module.state_dict().items()}
    module.load_state_dict(ema.state)
    module.eval()
    scores = {name: float(value) for name, value in validate(module).items()}
    module.load_state_dict(live)
    module.train()
    return scores


def train(
    module: nn.Module,
    loss_of: LossOf,
    folder: Path,
    schedule: Schedule,
    *,
    validate: Validate | None = None,
    settings: Mapping[str, object] | None = None,
    team: Team | None = None,
) -> nn.Module:
    """Train ``module`` in place and leave its EMA weights in it, in evaluation mode.

    If ``folder`` holds a checkpoint of the same settings, training goes on from it. In a ``team`` every process calls
    this with the same module; the one that leads writes the folder.

    Raises:
        UserError: the run folder belongs to other settings.
    """
    team = team or Team()
    device = next(module.parameters()).device
    run = RunFolder(folder, schedule, settings or {}) if team.leads else None
    checkpoint = folder / CHECKPOINT
    optimizer = torch.optim.AdamW(
        [p for p in module.parameters() if p.requires_grad],
        lr=schedule.learning_rate,
        betas=schedule.betas,
        weight_decay=schedule.weight_decay,
    )
    ema = Ema(module, schedule.ema)
    first = 0
    if checkpoint.exists():
        # on the CPU: the optimizer takes to the device what it needs there, and not its counters, which the host reads
        saved = torch.load(checkpoint, map_location="cpu", weights_only=True)
        module.load_state_dict(saved["module"])
        optimizer.load_state_dict(saved["optimizer"])
        ema.load(saved["ema"])
        first = int(saved["step"])

    module.train()
    saved_at = time.monotonic()
    steps, name = range(first, schedule.steps), folder.name
    bar = tqdm(steps, initial=first, total=schedule.steps, desc=name, mininterval=1.0, disable=run is None)
    for step in bar:
        for group in optimizer.param_groups:
            group["lr"] = learning_rate(schedule, step)
        draw = draw_of(schedule.seed, step, team.rank)
        with autocast(device, schedule.precision):
            losses = loss_of(draw)
        optimizer.zero_grad(set_to_none=True)
        torch.autograd.backward(losses["loss"])
        team.average_gradients(module)
        norm = nn.utils.clip_grad_norm_(module.parameters(), schedule.gradient_norm)
        if torch.isfinite(norm):  # a step with a non-finite gradient is left out
            optimizer.step()
        ema.update(module, step)
        done, last = step + 1, step + 1 == schedule.steps
        if run is None:
            continue
        if done % LOG_EVERY == 0 or last:
            run.log(done, {name: float(value.detach()) for name, value in losses.items()}, "train")
            bar.set_postfix(loss=f"{float(losses['loss'].detach()):.4f}")
        if validate and (done % schedule.validate_every == 0 or last):
            run.log(done, validated(module, ema, validate), "validation")
        if last or time.monotonic() - saved_at > schedule.checkpoint_seconds:
            state = {"module": module.state_dict(), "optimizer": optimizer.state_dict(), "ema": ema.state, "step": done}
            save_checkpoint(checkpoint, state)
            saved_at = time.monotonic()
    module.load_state_dict(ema.state)
    return module.eval()
