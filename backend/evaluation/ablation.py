# SPDX-License-Identifier: GPL-3.0-or-later
"""``coamd benchmark ablation``: what two choices of the paper are worth at the bundled size, trained side by side.

The autoencoder with all three streams against one that reads and is taught joint positions alone; and the diffusion
head, flow matching (SiT) against noise prediction (DDPM), each trained afresh on the contexts of the bundled
transformer. Everything else is equal: data, seeds, batches, steps. Guidance and sampling steps need no training and
are in ``coamd evaluate --parts sweep``.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import smooth_l1_loss

from ..model.autoencoder import Autoencoder
from ..model.config import AutoencoderConfig
from ..model.convolution import Encoder
from ..model.generator import Generator
from ..model.masking import training_masks
from ..pipeline import Pipeline
from ..training import autoencoder as autoencoders
from ..training.data import Clip, load_clips, load_takes
from ..training.generator import LatentBatches, latent_clip
from ..training.loop import Draw, Schedule, train
from ..training.windows import Windows
from .evaluate import Settings, evaluate, numbers
from .evaluator import Evaluator

Row = tuple[str, dict[str, list[float]]]  # a variant, and its figures, one per seed
WINDOW = 64
FIGURES = ("r_precision_top3", "labels", "fid_halves", "diversity", "jerk")


class JointEncoder(Encoder):
    """The same encoder, blind to bones and motion."""

    @classmethod
    def like(cls, encoder: Encoder, config: AutoencoderConfig) -> JointEncoder:
        """A blind encoder with another's weights."""
        blind = cls(encoder.joint.in_channels, config.width, config.latent, config.dropout)
        blind.load_state_dict(encoder.state_dict())
        return blind

    def forward(self, joint: Tensor, bone: Tensor, motion: Tensor) -> Tensor:
        """Streams (B, F, C) -> latents (B, F / 4, latent), of the joints alone."""
        return super().forward(joint, torch.zeros_like(bone), torch.zeros_like(motion))


def joint_loss(model: Autoencoder, windows: Windows, batch: int) -> Callable[[Draw], Mapping[str, Tensor]]:
    """SmoothL1 on the normalised joints alone, three times: as much as three streams together would count."""

    def loss_of(draw: Draw) -> Mapping[str, Tensor]:
        joints = torch.from_numpy(windows.draw(draw.numpy, batch)).flatten(2)
        decoded = model.decode(model.encode(joints)).float()
        return {"loss": 3 * smooth_l1_loss((decoded - model.mean) / model.std, (joints - model.mean) / model.std)}

    return loss_of


@torch.no_grad()
def velocity_error(model: Autoencoder, clips: Sequence[Clip]) -> float:
    """Mean error of the joints' velocity after encode and decode, in cm/s: trembling and sliding."""
    errors = []
    for clip in clips:
        joints = torch.from_numpy(clip.joints).flatten(1)[None]
        error = torch.diff(model.decode(model.encode(joints)) - joints, dim=1)
        errors.append(float(error.reshape(-1, 3).norm(dim=-1).mean()) * 20 * 100)
    return float(np.mean(errors))


def autoencoder_rows(data: Path, steps: int, seeds: int, run: Path, precision: str = "auto") -> list[Row]:
    """Held-out errors of the paper's autoencoder (width 256, 64 latent channels) with three streams and with one."""
    windows = Windows([take for take in load_takes(data) if take.split == "train"], WINDOW)
    held_out = [clip for clip in load_clips(data) if clip.split == "test" and not clip.mirrored]
    rows: list[Row] = []
    for name, blind in (("three streams", False), ("joints only", True)):
        figures: dict[str, list[float]] = {}
        for seed in range(1, seeds + 1):
            torch.manual_seed(seed)
            model = Autoencoder(AutoencoderConfig(width=256, latent=64, dropout=0.0))
            autoencoders.fit_statistics(model, windows, np.random.default_rng(seed))
            loss = autoencoders.autoencoder_loss(model, windows, 32, autoencoders.PAPER_LOSSES)
            if blind:
                model.encoder = JointEncoder.like(model.encoder, model.config)
                loss = joint_loss(model, windows, 32)
            schedule = Schedule(steps, 32, learning_rate=8e-4, warmup=100, ema=0.99, seed=seed, precision=precision)
            train(model, loss, run / f"{name} {seed}".replace(" ", "_"), schedule)
            scores = autoencoders.reconstruction_error(model, held_out)
            scores["velocity_cm_s"] = velocity_error(model, held_out)
            for key, value in scores.items():
                figures.setdefault(key, []).append(value)
        rows.append((name, figures))
    return rows


def head_loss(model: Generator, batches: LatentBatches, batch: int) -> Callable[[Draw], Mapping[str, Tensor]]:
    """The head's loss on masked tokens; the transformer in front of it stays as it is."""

    def loss_of(draw: Draw) -> Mapping[str, Tensor]:
        latents, valid, condition = batches.draw(draw.numpy, batch)
        hidden, noised, replaced = training_masks(valid, draw.torch)
        noise = torch.randn(latents.shape, generator=draw.torch)
        dropped = torch.rand(len(condition), 1, generator=draw.torch) < model.config.condition_drop
        with torch.no_grad():
            shown = torch.where(noised[..., None], noise, latents)
            shown = torch.where(replaced[..., None], model.mask_token, shown)
            context = model(shown, valid, condition.masked_fill(dropped, 0.0))
        return {"loss": model.head.loss(latents[hidden], context[hidden].float(), draw.torch).mean()}

    return loss_of


def head_rows(
    pipeline: Pipeline,
    evaluator: Evaluator,
    clips: Sequence[Clip],
    steps: int,
    seeds: int,
    run: Path,
    precision: str = "auto",
) -> list[Row]:
    """Figures of ``coamd evaluate`` with either head on the bundled transformer, without the recognizer's guidance."""
    system = pipeline.system
    training = [clip for clip in clips if clip.split == "train"]
    batches = LatentBatches([latent_clip(clip, system.autoencoder, system.text) for clip in training])
    rows: list[Row] = []
    for name, kind in (("SiT", "sit"), ("DDPM", "ddpm")):
        figures: dict[str, list[float]] = {}
        for seed in range(1, seeds + 1):
            torch.manual_seed(seed)
            config = replace(system.config.generator, head=kind)  # type: ignore[arg-type]
            model = Generator(config)
            body = {k: v for k, v in system.generator.state_dict().items() if not k.startswith("head.")}
            model.load_state_dict(body, strict=False)
            for parameter in (p for key, p in model.named_parameters() if not key.startswith("head.")):
                parameter.requires_grad_(False)
            schedule = Schedule(steps, 64, learning_rate=1e-3, warmup=100, ema=0.995, seed=seed, precision=precision)
            train(model, head_loss(model, batches, 64), run / f"{name}_{seed}", schedule)
            headed = Pipeline(replace(system, generator=model), torch.device("cpu"))
            settings = Settings(repeats=1, seed=seed, quick=True)
            settings = replace(settings, options=replace(settings.options, recognizer_guidance=0.0, candidates=1))
            scores = numbers(evaluate(headed, evaluator, clips, settings))
            for key in FIGURES:
                figures.setdefault(key, []).append(float(scores[key]))
        rows.append((name, figures))
    return rows


def markdown(title: str, rows: Sequence[Row]) -> str:
    """Means over the seeds, and the range, as a table."""
    names = list(rows[0][1])
    lines = [f"## {title}", "", f"| | {' | '.join(names)} |", "|---|" + "---:|" * len(names)]
    for name, figures in rows:
        cells = []
        for key in names:
            values = figures[key]
            spread = f" ({min(values):.3g} to {max(values):.3g})" if len(values) > 1 else ""
            cells.append(f"{np.mean(values):.3g}{spread}")
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the topic."""
    parser.add_argument("data", type=Path, nargs="?", default=Path("runs/data"), help="folder made by `coamd prepare`")
    parser.add_argument("--parts", nargs="+", choices=("autoencoder", "head"), default=("autoencoder", "head"))
    parser.add_argument("--steps", type=int, default=600, help="of every training (default: 600)")
    parser.add_argument("--seeds", type=int, default=2, help="trainings of each variant (default: 2)")
    parser.add_argument("--precision", choices=("auto", "bf16", "float32"), default="auto", help="as of coamd train")
    parser.add_argument("--judge", type=Path, default=Path("runs/evaluator"), help="folder of the trained evaluator")
    parser.add_argument("-o", "--output", type=Path, default=Path("runs/ablation"), help="folder of the report")


def run(args: argparse.Namespace) -> int:
    """Train every variant, measure, print and write the tables."""
    from .evaluator import load_evaluator

    parts: dict[str, list[Row]] = {}
    with tempfile.TemporaryDirectory() as folder:
        if "autoencoder" in args.parts:
            parts["Autoencoder"] = autoencoder_rows(args.data, args.steps, args.seeds, Path(folder), args.precision)
        if "head" in args.parts:
            evaluator, _ = load_evaluator(args.judge, torch.device("cpu"))
            pipeline = Pipeline.load(args.weights, "cpu")
            clips = load_clips(args.data)
            trained = (args.steps, args.seeds, Path(folder), args.precision)
            parts["Diffusion head"] = head_rows(pipeline, evaluator, clips, *trained)
    said = f"{args.steps} steps, {args.seeds} seeds; means over the seeds, and their range.\n"
    text = "\n".join(markdown(title, rows) for title, rows in parts.items()) + "\n" + said
    print(text)
    args.output.mkdir(parents=True, exist_ok=True)
    for title, rows in parts.items():
        (args.output / f"{title.lower().replace(' ', '_')}.json").write_text(json.dumps(dict(rows), indent=2))
    (args.output / "ablation.md").write_text(text, encoding="utf-8")
    return 0
