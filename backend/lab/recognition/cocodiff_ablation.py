# SPDX-License-Identifier: GPL-3.0-or-later
"""``coamd benchmark cocodiff``: what CoCoDiff does to MAR's names, trained with and without it from the same seeds.

MAR's three streams and their fusion learn to name clips by text A (``losses.naming``) and nothing else, so that the
second teacher is the only difference: the first weights, the batches, their variations and the steps are the same in
both trainings of a seed. Classes are many-, medium- and few-shot by their training clips, mirrored ones not counted.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import normalize

from ...cli.options import whole
from ...labelling.embedding import embed_takes
from ...model.config import ModelConfig
from ...model.recognizer import Recognizer
from ...model.text import TextEncoder
from ...training.data import Clip, load_clips
from ...training.loop import Draw, Schedule, train
from ..report import markdown_table
from ..training.recognition.cocodiff import FINE_TEXTS, CoCoDiff, Taught, cocodiff_loss, guides, read_fine_texts
from ..training.recognition.label_calibration import known, right_labels
from ..training.recognition.losses import naming
from ..training.recognition.recognizer import MotionText, fit_statistics, read_in_part, standing
from .measures import hits

MANY, MEDIUM = 20, 5  # training clips of a label
# Student's t for 95 % on both sides, by degrees of freedom from 1
STUDENT = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262)
ARMS = ("without", "with")
Figures = dict[str, float]


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the topic."""
    parser.add_argument("data", type=Path, nargs="?", default=Path("runs/data"), help="folder made by `coamd prepare`")
    parser.add_argument("--steps", type=whole(1, 10**6), default=300, help="of every training (default: 300)")
    parser.add_argument("--batch", type=whole(2, 4096), default=32, help="clips in each step (default: 32)")
    parser.add_argument("--seeds", type=whole(2, len(STUDENT) + 1), default=3, help="pairs of trainings (default: 3)")
    parser.add_argument("--fine-texts", type=Path, default=FINE_TEXTS, help="JSON table: how the joints move by label")
    parser.add_argument("-o", "--output", type=Path, default=Path("runs/cocodiff"), help="run folders and the report")


def run(args: argparse.Namespace) -> int:
    """Train, measure, print and write the table."""
    from ...cli.options import load_pipeline

    system = load_pipeline(args).system
    device = next(system.recognizer.parameters()).device
    clips = load_clips(args.data)
    train_clips = [clip for clip in clips if clip.split == "train" and clip.labels]
    data = MotionText(standing(train_clips), system.text)
    shown = standing(known([clip for clip in clips if clip.split != "train"], data.labels))
    found: dict[str, list[Figures]] = {arm: [] for arm in ARMS}
    graphs: dict[str, list[str]] = {arm: [] for arm in ARMS}
    for seed in range(1, args.seeds + 1):
        for arm in ARMS:
            schedule = Schedule(
                args.steps, args.batch, 4e-4, 1e-2, warmup=min(100, args.steps // 5), ema=0.99, seed=seed
            )
            model = trained(system.config, data, schedule, args.output / f"{arm}_{seed}", device, _texts(args, arm))
            found[arm].append(figures(model, data, shown))
            graphs[arm].append(exported(model))
            print(f"{arm} CoCoDiff, seed {seed}: top-1 {found[arm][-1]['top-1']:.3f}", flush=True)
    kinds = ", ".join(f"{int(chosen.sum())} {kind}" for kind, chosen in groups(data).items() if kind != "all")
    facts = (
        f"{args.steps} steps of {args.batch} clips, {args.seeds} seeds, {len(shown)} held-out clips, labels: {kinds}"
    )
    same = len({graph for arm in ARMS for graph in graphs[arm]}) == 1
    text = markdown(found, facts) + graphs_said(same, graphs["with"][0])
    print(text)
    (args.output / "cocodiff.json").write_text(json.dumps(found, indent=1), encoding="utf-8")
    (args.output / "cocodiff.md").write_text(text, encoding="utf-8")
    return 0 if same else 1


def _texts(args: argparse.Namespace, arm: str) -> Path | None:
    return args.fine_texts if arm == "with" else None


def trained(
    config: ModelConfig, data: MotionText, schedule: Schedule, run_folder: Path, device: torch.device, fine: Path | None
) -> Recognizer:
    """MAR after the schedule, with a second teacher where ``fine`` texts are given."""
    torch.manual_seed(schedule.seed)
    model = Recognizer(replace(config.recognizer, dropout=0.0))
    fit_statistics(model, [clip for form in data.forms for clip in form])
    model.text.requires_grad_(False)
    whole_model: nn.Module = model
    taught = None
    if fine is not None:
        told = guides(data.text, data.labels, read_fine_texts(fine, data.labels))
        whole_model = taught = Taught(model, CoCoDiff(config.recognizer.feature, told))
    whole_model.to(device)
    loss = naming_loss(model, data, schedule.batch, taught)
    train(whole_model, loss, run_folder, schedule, settings={"part": "cocodiff ablation", "fine texts": str(fine)})
    return model.eval()


def naming_loss(
    model: Recognizer, data: MotionText, batch: int, taught: Taught | None
) -> Callable[[Draw], Mapping[str, Tensor]]:
    """Naming by text A alone, and what the second teacher adds."""
    device = next(model.parameters()).device

    def loss_of(draw: Draw) -> Mapping[str, Tensor]:
        found = data.draw(draw.numpy, batch)
        features = read_in_part(model, found, draw.numpy)
        right = found.right.to(device)
        losses = {"naming": naming(features.fused, data.label_text, right)}
        if taught is not None:
            losses |= cocodiff_loss(taught, features, found.labels.to(device), right, data.label_text, draw.torch)
        return {"loss": torch.stack(list(losses.values())).sum(), **losses}

    return loss_of


def groups(data: MotionText) -> dict[str, np.ndarray]:
    """Which labels (L,) are many-, medium- and few-shot."""
    seen = Counter(label for clip in data.clips if not clip.mirrored for label in clip.labels)
    counts = np.array([seen[label] for label in data.labels])
    few, many = counts < MEDIUM, counts >= MANY
    return {"all": np.ones(len(counts), dtype=bool), "many": many, "medium": ~few & ~many, "few": few}


def figures(model: Recognizer, data: MotionText, clips: Sequence[Clip]) -> Figures:
    """Top-1 (a hit is any of a clip's labels), and for each group of labels two means over its labels.

    ``top-1``: the share of a label's clips whose first name is right. ``found``: the share of a label's clips that have
    this label among their first five names.
    """
    scores = embed_takes(model, [clip.joints for clip in clips]) @ names_of(data.text, data.labels).T
    return scored(scores, right_labels(clips, data.labels), groups(data))


def names_of(text: TextEncoder, labels: Sequence[str]) -> np.ndarray:
    """Unit vectors (L, W) of labels by text A."""
    vectors: np.ndarray = normalize(text.encode(labels), dim=-1).cpu().numpy()
    return vectors


def scored(scores: np.ndarray, right: np.ndarray, kinds: Mapping[str, np.ndarray]) -> Figures:
    """The figures of scores and right (N, L), by kinds of labels (L,)."""
    first = hits(scores, right, 1)
    five = np.zeros_like(right)
    np.put_along_axis(five, np.argsort(-scores, axis=1, kind="stable")[:, :5], values=True, axis=1)
    out = {"top-1": float(first.mean())}
    for kind, chosen in kinds.items():
        there = right.any(axis=0) & chosen
        if there.any():
            count = right[:, there].sum(axis=0)
            out[f"top-1 {kind}"] = float(((first[:, None] & right)[:, there].sum(axis=0) / count).mean())
            out[f"found {kind}"] = float(((five & right)[:, there].sum(axis=0) / count).mean())
    return out


def difference(without: Sequence[float], with_it: Sequence[float]) -> tuple[float, float]:
    """Mean gain over the seeds, and half of its 95 % interval (Student's t of the pairs)."""
    gains = np.subtract(with_it, without)
    spread = float(gains.std(ddof=1)) / np.sqrt(len(gains))
    return float(gains.mean()), STUDENT[len(gains) - 2] * spread


def markdown(found: Mapping[str, Sequence[Figures]], facts: str) -> str:
    """Means and deviations over the seeds, and the paired differences with their intervals."""
    rows = []
    for name in found["without"][0]:
        without, with_it = ([seed[name] for seed in found[arm]] for arm in ARMS)
        gain, reach = difference(without, with_it)
        means = (f"{np.mean(arm):.3f} (SD {np.std(arm, ddof=1):.3f})" for arm in (without, with_it))
        rows.append((name, *means, f"{gain:+.3f} ± {reach:.3f}"))
    return (
        "\n".join(
            [
                *markdown_table(("", "without", "with CoCoDiff", "gain"), rows),
                "",
                f"{facts}; gains with 95 % intervals over the seeds.",
            ]
        )
        + "\n"
    )


def exported(model: Recognizer) -> str:
    """What ``torch.export`` traces for a motion of 40 frames: every operation with its shapes, and no numbers."""
    device = next(model.parameters()).device
    return str(torch.export.export(model.eval(), (torch.zeros(1, 40, 66, device=device),)).graph)


def graphs_said(same: bool, graph: str) -> str:
    """A sentence about the exported graphs of all trainings."""
    lines = len(graph.splitlines())
    return f"The exported graphs of all trainings {'are the same' if same else 'DIFFER'} ({lines} lines).\n"
