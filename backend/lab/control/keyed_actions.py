# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a motion shows the action that one of its own sentences asks for, among all that are keyed by hand.

Held-out clips have no salute, no bow and no saw, so no other figure tells whether the model makes them. The judge is
the bundled recognizer, which has seen the clips that the model learns from, so the same clips stand beside as its best.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch.nn.functional import normalize

from ...labelling.embedding import embed_takes, uniform
from ...model.weights import System
from ...motion.pipeline import Pipeline
from ...requests.generate import SamplingOptions
from ...training.data import Clip
from ..evaluation.generation import DEFAULTS, generate_all, source_seeds
from ..training.mixture import keyed_clips
from .figure_table import ComparedFigure

SECONDS = 3.6
TOP = 3
KINDS = {"acted": "on the spot", "seated": "on a chair", "styled": "on the move", "posed": "with the whole body"}


@dataclass(frozen=True)
class KeyedAction:
    """An action with its kind, its sentences, and one of the clips that show it, (F, 22, 3)."""

    kind: str
    label: str
    texts: tuple[str, ...]
    joints: np.ndarray


def keyed_actions(clips: Sequence[Clip], seed: int) -> list[KeyedAction]:
    """Every keyed action of the training split once, with all sentences of its label."""
    train = [clip for clip in clips if clip.split == "train" and clip.group != "sequence"]
    return chosen(keyed_clips(train, seed), seed)


def chosen(made: Mapping[str, Sequence[Clip]], seed: int) -> list[KeyedAction]:
    """One clip drawn for each label of each kind."""
    rng = np.random.default_rng(seed)
    found = []
    for kind, part in made.items():
        for label in sorted({clip.labels[-1] for clip in part}):  # who is on a chair sits as well, and that comes first
            own = [clip for clip in part if clip.labels[-1] == label]
            texts = tuple(dict.fromkeys(text for clip in own for text in clip.texts))
            found.append(KeyedAction(kind, label, texts, own[int(rng.integers(len(own)))].joints))
    return found


def figures(
    pipeline: Pipeline,
    actions: Sequence[KeyedAction],
    seeds: int,
    seed: int = 0,
    options: SamplingOptions = DEFAULTS,
    done: Callable[[int], object] = lambda _count: None,
) -> list[ComparedFigure]:
    """Shares of motions whose action the recognizer finds first, and among the first three, by kind."""
    rng = np.random.default_rng(seed)
    texts = [action.texts[int(rng.integers(len(action.texts)))] for action in actions for _ in range(seeds)]
    frames = [round(20 * SECONDS)] * len(texts)
    motions = generate_all(pipeline, texts, frames, seeds=source_seeds(seed, len(texts)), options=options, done=done)
    made = places(pipeline.system, actions, motions, seeds)
    real = places(pipeline.system, actions, [action.joints for action in actions], 1)
    rows = []
    for kind in dict.fromkeys(action.kind for action in actions):
        own = np.array([action.kind == kind for action in actions])
        for top, how in ((1, "first"), (TOP, f"among the first {TOP}")):
            shown, best = (float((part[own] < top).mean()) for part in (made, real))
            name = f"{KINDS[kind]}: found {how} of {len(actions)}"
            rows.append(
                ComparedFigure("Keyed", name, shown, best, made_clips=seeds * int(own.sum()), real_clips=int(own.sum()))
            )
    return rows


@torch.no_grad()
def places(system: System, actions: Sequence[KeyedAction], motions: Sequence[np.ndarray], each: int) -> np.ndarray:
    """How many other actions the recognizer finds nearer (A, each) in motions (F, 22, 3), ``each`` of every action."""
    tower = system.recognizer.text
    means = [normalize(tower(system.text.tokenize(action.texts)).float(), dim=-1).mean(0) for action in actions]
    wanted = normalize(torch.stack(means), dim=-1).cpu().numpy()
    scores = embed_takes(system.recognizer, [uniform(joints.astype(np.float32)) for joints in motions]) @ wanted.T
    own = np.repeat(np.arange(len(actions)), each)
    nearer = (scores > scores[np.arange(len(own)), own][:, None]).sum(axis=1)
    found: np.ndarray = nearer.reshape(len(actions), each)
    return found
