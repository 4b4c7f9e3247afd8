# SPDX-License-Identifier: GPL-3.0-or-later
"""``coamd benchmark training``: what a training step costs, computed and not measured: nothing is allocated.

One forward and backward pass of every part runs on torch's meta device, which has shapes and no numbers; torch counts
the operations of its matrix products, and what autograd keeps for the backward pass is added up.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.autograd.graph import saved_tensors_hooks
from torch.nn.functional import mse_loss
from torch.utils.flop_counter import FlopCounterMode

from ...rigs.skeleton import MAX_FRAMES, TOKEN_FRAMES
from ..cli.options import number, table
from ..model.autoencoder import COORDINATES, build_autoencoder
from ..model.config import CONFIGS, ModelConfig, named
from ..model.generator import Generator
from ..model.recognizer import Recognizer
from ..training.schedules import schedule_of
from ..training.stages import WINDOW

STATE = 20  # bytes a parameter: weight, gradient, two moments of AdamW, moving average; float32
MASKED = 2 / math.pi  # mean share of masked tokens: the mean of cos(pi u / 2) over u in (0, 1)
RATE = 400.0  # 10^12 operations a second; two fifths of what an H200 does at most in bf16


@dataclass(frozen=True)
class Cost:
    """A step of one part."""

    part: str
    batch: int
    parameters: int
    kept: int  # bytes for the backward pass, float32
    operations: int  # multiplications and additions, forward and backward

    def cells(self, rate: float) -> tuple[str, ...]:
        """A line of the table; ``rate`` in 10^12 operations a second."""
        memory = (STATE * self.parameters + self.kept) / 1e9
        time = self.operations / (rate * 1e12) * 1000
        return (
            self.part,
            str(self.batch),
            f"{self.parameters / 1e6:.1f}",
            f"{STATE * self.parameters / 1e9:.1f}",
            f"{self.kept / 1e9:.1f}",
            f"{memory:.1f}",
            f"{self.operations / 1e12:.2f}",
            f"{time:.0f}",
        )


HEADING = ("computed", "batch", "M parameters", "state GB", "kept GB", "sum GB", "10^12 operations", "ms")


def costs(config: ModelConfig) -> list[Cost]:
    """The parts of a size at the batch that they are trained with."""
    generator, sizes = config.generator, {part: schedule_of(config, part).batch for part in _PARTS}
    rows, tokens = sizes["generator"], generator.max_tokens

    def generate(model: nn.Module) -> Tensor:
        assert isinstance(model, Generator)
        context = model(torch.empty(rows, tokens, generator.latent), None, torch.empty(rows, generator.condition))
        masked = context.flatten(0, 1)[: round(rows * tokens * MASKED)].repeat(generator.noise_draws, 1)
        noisy = torch.empty(len(masked), generator.latent)
        predicted: Tensor = model.head.net(noisy, torch.empty(len(masked)), masked)
        return mse_loss(predicted, noisy)

    def rebuild(model: nn.Module) -> Tensor:
        joints = torch.empty(sizes["autoencoder"], WINDOW // TOKEN_FRAMES * TOKEN_FRAMES, COORDINATES)
        return mse_loss(model.decode(model.encode(joints)), joints)  # type: ignore[operator]

    def recognise(model: nn.Module) -> Tensor:
        assert isinstance(model, Recognizer)
        clips = sizes["recognizer"]
        seen = model(torch.empty(clips, MAX_FRAMES, COORDINATES), torch.ones(clips, MAX_FRAMES, dtype=torch.bool))
        read = model.text(torch.zeros(clips, config.recognizer.positions, dtype=torch.long))
        return mse_loss(seen.fused + seen.joint + seen.bone + seen.motion, read)

    with torch.device("meta"):
        return [
            cost("autoencoder", sizes["autoencoder"], build_autoencoder(config.autoencoder), rebuild),
            cost("recognizer", sizes["recognizer"], Recognizer(config.recognizer), recognise),
            cost("generator", sizes["generator"], Generator(generator), generate),
        ]


_PARTS = ("autoencoder", "recognizer", "generator")


def cost(part: str, batch: int, model: nn.Module, loss_of: Callable[[nn.Module], Tensor]) -> Cost:
    """Count one step of a model."""
    model.train()
    own = {value.untyped_storage()._cdata for value in model.state_dict(keep_vars=True).values()}
    kept: dict[int, Tensor] = {}  # by storage; the tensor is held, so that no number is used twice

    def keep(value: Tensor) -> Tensor:
        storage = value.untyped_storage()._cdata
        if storage not in own:
            kept.setdefault(storage, value)
        return value

    with FlopCounterMode(display=False) as counter, saved_tensors_hooks(keep, lambda value: value):
        loss_of(model).backward()  # type: ignore[no-untyped-call]
    size = sum(value.untyped_storage().nbytes() for value in kept.values())
    parameters = sum(value.numel() for value in model.parameters())
    return Cost(part, batch, parameters, size, counter.get_total_flops())


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the topic."""
    parser.add_argument("--model", choices=tuple(CONFIGS), default="CoAMD-SiT-XL", help="named size")
    parser.add_argument("--rate", type=number, default=RATE, help="10^12 operations a second that the device does")


def run(args: argparse.Namespace) -> int:
    """Print the table."""
    rows = [HEADING, *(found.cells(args.rate) for found in costs(named(args.model)))]
    print(table(rows, right=range(1, len(HEADING))))
    print(f"computed for {args.model} in float32 at {args.rate:g} x 10^12 operations a second; bf16 keeps about half")
    return 0
