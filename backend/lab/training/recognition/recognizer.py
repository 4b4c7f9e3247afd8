# SPDX-License-Identifier: GPL-3.0-or-later
"""Training MAR: recognition against class names, description against sentences."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import normalize

from .....rigs.body.canonical import at_origin, canonical, mirrored, turned
from .....rigs.body.skeleton import FPS, MIN_FRAMES
from .....rigs.solve.posture_change import in_own_posture
from ....model.recognizer import Features, Recognizer
from ....model.text import TextEncoder
from ....training.data import Clip, rarity
from ....training.loop import Draw
from .cocodiff import Taught, cocodiff_loss
from .losses import description, naming, recognizer_loss

SPEED = (0.8, 1.25)  # a clip is played slower or faster
CROP = 0.2  # of the clip may be cut at either end
TREMBLE = 0.01  # metres of noise, for motion that comes out of the decoder
HEADING = np.radians(8.0)  # deviation of the heading in the first frame, which narrow hips and shoulders tell badly
HEIGHT = 0.01  # metres, of the floor
RARITY = 0.25
KEYED = 0.5  # clips keyed by hand for each recorded one
READ = 0.5  # share of the frames that each stream reads in training (Liu et al. 2022, "PatchDropout")
COARSE, COARSEST = 0.3, 3.0  # share of clips that lose frames as a slow camera does, and the most frames in one step


def fit_statistics(model: Recognizer, clips: Sequence[Clip]) -> None:
    """Mean and deviation of the training clips' coordinates."""
    joints = torch.from_numpy(np.concatenate([clip.joints for clip in clips])).flatten(1)
    model.mean.copy_(joints.mean(0))
    model.std.copy_(joints.std(0))


def sampled(joints: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Frames of joints (F, 22, 3) at places ``at`` (N,) between 0 and F - 1."""
    left = np.minimum(at.astype(int), len(joints) - 1)
    part = (at - left)[:, None, None]
    moved: np.ndarray = joints[left] * (1 - part) + joints[np.minimum(left + 1, len(joints) - 1)] * part
    return moved


def varied(joints: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A clip (F, 22, 3) cut, at another speed, from another camera, and made to tremble, canonical again."""
    frames = len(joints)
    first = int(rng.uniform(0, CROP) * frames) if frames > MIN_FRAMES else 0
    last = frames - 1 - (int(rng.uniform(0, CROP) * frames) if frames > MIN_FRAMES else 0)
    if rng.random() < COARSE:
        step = rng.uniform(1.0, COARSEST)
        joints = sampled(sampled(joints, np.arange(0, frames - 1e-6, step)), np.arange(frames) / step)
    moved = at_origin(sampled(joints, np.arange(first, last, rng.uniform(*SPEED))[:196]))
    moved = turned(moved, rng.normal(0, HEADING)) + np.array([0.0, rng.normal(0, HEIGHT), 0.0])
    return (moved + rng.normal(0, TREMBLE * rng.random(), moved.shape)).astype(np.float32)


class Batch(NamedTuple):
    """Some clips, each with one of its sentences; the first N of them, which are recorded, with one of their labels."""

    joints: Tensor  # (B, F, 66)
    valid: Tensor  # (B, F), False on padding
    sentences: list[str]
    labels: Tensor  # (N,) indices into the list of labels
    right: Tensor  # (N, L), all labels of each clip


class Words:
    """Both text towers' vectors of everything that a frozen tower is asked for, each text encoded once."""

    def __init__(self, encode: Callable[[Sequence[str]], Tensor]) -> None:
        self.encode = encode
        self.rows: dict[str, Tensor] = {}

    @torch.no_grad()
    def __call__(self, texts: Sequence[str]) -> Tensor:
        """Vectors (N, D) of texts."""
        fresh = sorted({text for text in texts if text not in self.rows})
        if fresh:
            self.rows.update(zip(fresh, self.encode(fresh), strict=True))
        return torch.stack([self.rows[text] for text in texts])


def part_of(frames: int, share: float, rng: np.random.Generator) -> Tensor:
    """Places (K,) in order of a share of so many frames, drawn at random."""
    count = max(1, round(frames * share))
    return torch.from_numpy(np.sort(rng.choice(frames, count, replace=False)))


def standing(clips: Sequence[Clip]) -> list[Clip]:
    """The clips in the one posture in which takes are read (``labelling.embedding.uniform``)."""
    made: dict[tuple[str, bool], np.ndarray] = {}
    out = []
    for clip in clips:
        original = clip.id.removeprefix("M") if clip.mirrored else clip.id
        if (original, clip.mirrored) not in made:
            joints = canonical(in_own_posture(clip.joints), FPS)
            made[original, clip.mirrored], made[original, not clip.mirrored] = joints, mirrored(joints)
        out.append(replace(clip, joints=made[original, clip.mirrored]))
    return out


class MotionText:
    """Batches of motion with words.

    ``forms`` are the same clips in other forms, such as on a rig; each draw takes one of them or the clip itself.
    ``keyed`` are clips keyed by hand and their forms, of equal lengths: a draw has one for two recorded clips. They are
    described and not named, so that the list of labels stays that of recorded clips.
    """

    def __init__(
        self,
        clips: Sequence[Clip],
        text: TextEncoder,
        forms: Sequence[Sequence[Clip]] = (),
        keyed: Sequence[Sequence[Clip]] = (),
    ) -> None:
        self.keyed = keyed
        labelled = [i for i, clip in enumerate(clips) if clip.labels]
        self.clips = [clips[i] for i in labelled]
        self.forms = [self.clips, *([form[i] for i in labelled] for form in forms)]
        self.labels = sorted({label for clip in self.clips for label in clip.labels})
        self.of_label = {label: i for i, label in enumerate(self.labels)}
        self.label_text = text.encode(self.labels)  # (L, W)
        self.text = text
        # rare labels are drawn more often, but not so often that the names of most clips become unlikely
        self.share = rarity(self.clips, RARITY)

    def draw(self, rng: np.random.Generator, count: int) -> Batch:
        """A batch of so many clips."""
        chosen = [int(i) for i in rng.choice(len(self.clips), count, replace=False, p=self.share)]
        clips = [self.forms[int(rng.integers(len(self.forms)))][i] for i in chosen]
        described = clips + [self._keyed(rng) for _ in range(round(KEYED * count) if self.keyed else 0)]
        moved = [torch.from_numpy(varied(clip.joints, rng)).flatten(1) for clip in described]
        joints = torch.nn.utils.rnn.pad_sequence(moved, batch_first=True)
        lengths = torch.tensor([len(clip) for clip in moved])
        sentences = [clip.texts[int(rng.integers(len(clip.texts)))] for clip in described]
        labels = torch.tensor([self.of_label[clip.labels[int(rng.integers(len(clip.labels)))]] for clip in clips])
        right = torch.zeros(count, len(self.labels), dtype=torch.bool)
        for row, clip in enumerate(clips):
            right[row, [self.of_label[label] for label in clip.labels]] = True
        return Batch(joints, torch.arange(joints.shape[1])[None] < lengths[:, None], sentences, labels, right)

    def _keyed(self, rng: np.random.Generator) -> Clip:
        form = self.keyed[int(rng.integers(len(self.keyed)))]
        return form[int(rng.integers(len(form)))]


def paper_loss(
    model: Recognizer, data: MotionText, batch: int, taught: Taught | None = None
) -> Callable[[Draw], Mapping[str, Tensor]]:
    """Description + 0.5 recognition of a random batch, for ``loop.train``; ``taught`` as for ``own_loss``."""
    device = next(model.parameters()).device

    def loss_of(draw: Draw) -> Mapping[str, Tensor]:
        found = data.draw(draw.numpy, batch)
        ids = data.text.tokenize(found.sentences)
        with torch.no_grad():
            meaning = data.text(ids)
        features = model(found.joints.to(device), found.valid.to(device))
        names, labels = data.label_text[found.labels], found.labels.to(device)
        losses = {"paper": recognizer_loss(features, model.text(ids), meaning, names, labels)}
        if taught is not None:
            losses |= cocodiff_loss(taught, features, labels, found.right.to(device), data.label_text, draw.torch)
        return {"loss": torch.stack(list(losses.values())).sum(), **losses}

    return loss_of


def own_loss(
    model: Recognizer, data: MotionText, batch: int, taught: Taught | None = None
) -> Callable[[Draw], Mapping[str, Tensor]]:
    """Description, and naming by both text towers, as labels are scored in use (``labelling.vocabulary``).

    ``taught`` is the model with a second teacher. Where text B is frozen, each text goes through it once.
    """
    device = next(model.parameters()).device
    frozen = not any(value.requires_grad for value in model.text.parameters())
    meaning_of = Words(lambda texts: data.text(data.text.tokenize(texts)))

    def text_b(texts: Sequence[str]) -> Tensor:
        vectors: Tensor = model.text(data.text.tokenize(texts))
        return vectors

    text_of = Words(text_b) if frozen else text_b

    def loss_of(draw: Draw) -> Mapping[str, Tensor]:
        found = data.draw(draw.numpy, batch)
        features = read_in_part(model, found, draw.numpy)
        right = found.right.to(device)
        named = Features(*(feature[: len(right)] for feature in features))
        losses = {
            "description": description(features, text_of(found.sentences), meaning_of(found.sentences)),
            "naming": naming(named.fused, data.label_text, right),
            "naming by text B": naming(named.fused, text_of(data.labels), right),
        }
        if taught is not None:
            losses |= cocodiff_loss(taught, named, found.labels.to(device), right, data.label_text, draw.torch)
        return {"loss": torch.stack(list(losses.values())).sum(), **losses}

    return loss_of


def read_in_part(model: Recognizer, found: Batch, rng: np.random.Generator) -> Features:
    """Features of a batch of which each stream reads a part of the frames, drawn at random."""
    device = next(model.parameters()).device
    frames = -(-found.joints.shape[1] // model.config.frame_step)
    subsets = [part_of(frames, READ, rng).to(device) for _ in range(3)]
    features: Features = model(found.joints.to(device), found.valid.to(device), subsets)
    return features


@torch.no_grad()
def recognition_scores(
    model: Recognizer, text: TextEncoder, clips: Sequence[Clip], labels: Sequence[str]
) -> dict[str, float]:
    """Held-out top-1 (any of the clip's labels is a hit) and text-to-motion R-precision top 3 of random batches of 32.

    In the order of the data a batch would hold the pieces of one take, which have one sentence.
    """
    device = next(model.parameters()).device
    fused = torch.cat([model(torch.from_numpy(c.joints).flatten(1)[None].to(device)).fused for c in clips])
    fused = normalize(fused, dim=-1)
    by_a = fused @ normalize(text.encode(labels), dim=-1).T
    by_b = fused @ normalize(model.text(text.tokenize(labels)), dim=-1).T
    scores = {}
    for name, cosines in (("top1", by_a), ("top1_b", by_b), ("top1_both", by_a + by_b)):
        hits = [labels[int(k)] in clip.labels for k, clip in zip(cosines.argmax(1), clips, strict=True)]
        scores[name] = float(np.mean(hits))
    words = normalize(model.text(text.tokenize([clip.texts[0] for clip in clips])), dim=-1)
    found = []
    order = torch.from_numpy(np.random.default_rng(0).permutation(len(clips)))
    for rows in torch.split(order, 32)[: len(clips) // 32]:
        matrix = words[rows] @ fused[rows].T
        found.append((matrix >= matrix.diagonal()[:, None]).sum(1) <= 3)
    precision = float(torch.cat(found).float().mean()) if found else float("nan")
    return scores | {"r_precision_3": precision}
