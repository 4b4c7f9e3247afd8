# SPDX-License-Identifier: GPL-3.0-or-later
"""The recognizer's batches: clips in several forms, varied, with all of their words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
import torch
from coamd.backend.lab.training.recognition.recognizer import (
    HEADING,
    MotionText,
    Words,
    own_loss,
    part_of,
    recognition_scores,
    sampled,
    standing,
    varied,
)
from coamd.backend.model.recognizer import Recognizer
from coamd.backend.model.text import TextEncoder, train_tokenizer
from coamd.backend.training.data import Clip
from coamd.backend.training.loop import draw_of
from coamd.backend.training.mirrored_words import mirrored_clip
from coamd.rigs.body.canonical import canonical, facing
from coamd.rigs.body.posture import OWN, find_posture
from tiny_model import CONFIG
from torch import Tensor

from tests.motions import sit, walk

NAMES = {"walk": ("walk", "turn"), "sit": ("sit",), "stroll": ("walk",)}


@pytest.fixture(scope="module")
def clips() -> list[Clip]:
    motions = {"walk": walk(3.0, turning=0.5), "sit": sit(3.0), "stroll": walk(3.0, speed=0.8)}
    return [
        Clip(name, "train", canonical(joints, 20.0), (f"someone does a {name}",), NAMES[name], name)
        for name, joints in motions.items()
    ]


@pytest.fixture(scope="module")
def text(clips: list[Clip]) -> TextEncoder:
    torch.manual_seed(0)
    tokenizer = train_tokenizer([clip.texts[0] for clip in clips], CONFIG.text.vocabulary)
    return TextEncoder(CONFIG.text, tokenizer).eval().requires_grad_(False)


def test_frames_between_frames() -> None:
    joints = np.arange(5.0)[:, None, None] * np.ones((1, 22, 3))
    assert np.allclose(sampled(joints, np.array([0.0, 1.5, 4.0]))[:, 0, 0], [0.0, 1.5, 4.0])


def test_a_varied_clip_starts_at_the_origin_and_faces_ahead_but_for_a_little(clips: list[Clip]) -> None:
    rng = np.random.default_rng(0)
    headings, lengths = [], set()
    for _ in range(60):
        made = varied(clips[0].joints, rng)
        assert made.dtype == np.float32
        assert np.abs(made[0, 0, [0, 2]]).max() < 0.05
        headings.append(float(facing(made[:1])[0]))
        lengths.add(len(made))
    assert np.std(headings) == pytest.approx(HEADING, rel=0.5)
    assert len(lengths) > 5
    assert max(lengths) <= 196


def test_each_text_is_encoded_once() -> None:
    asked: list[str] = []

    def encode(texts: Sequence[str]) -> Tensor:
        asked.extend(texts)
        return torch.tensor([[float(len(text))] for text in texts])

    words = Words(encode)
    assert words(["aa", "b", "aa"]).flatten().tolist() == [2.0, 1.0, 2.0]
    assert words(["b", "ccc"]).flatten().tolist() == [1.0, 3.0]
    assert sorted(asked) == ["aa", "b", "ccc"]


def test_a_part_of_the_frames_is_in_order_and_never_empty() -> None:
    part = part_of(40, 0.5, np.random.default_rng(0))
    assert len(part) == 20
    assert (part.diff() > 0).all()
    assert part_of(1, 0.1, np.random.default_rng(0)).tolist() == [0]


def test_a_batch_has_all_labels_of_its_clips_and_forms_are_drawn(clips: list[Clip], text: TextEncoder) -> None:
    other = [replace(clip, texts=(f"on a rig, {clip.texts[0]}",)) for clip in clips]
    data = MotionText([*clips, replace(clips[0], labels=())], text, [[*other, other[0]]])
    assert data.labels == ["sit", "turn", "walk"]
    rng = np.random.default_rng(0)
    sentences = set()
    for _ in range(8):
        batch = data.draw(rng, 3)
        for row, sentence in enumerate(batch.sentences):
            name = sentence.split()[-1]
            assert {data.labels[int(k)] for k in batch.right[row].nonzero()} == set(NAMES[name])
            assert batch.right[row, batch.labels[row]]
        assert batch.valid.sum(dim=1).max() == batch.joints.shape[1]
        sentences.update(batch.sentences)
    assert any(sentence.startswith("on a rig") for sentence in sentences)
    assert any(sentence.startswith("someone") for sentence in sentences)


def test_clips_keyed_by_hand_are_described_and_not_named(clips: list[Clip], text: TextEncoder) -> None:
    by_hand = [replace(clips[0], texts=("someone bows",), labels=("bow",))]
    data = MotionText(clips, text, keyed=[by_hand])
    assert "bow" not in data.labels
    batch = data.draw(np.random.default_rng(0), 2)
    assert batch.sentences[2:] == ["someone bows"]
    assert len(batch.joints) == len(batch.valid) == 3
    assert len(batch.labels) == len(batch.right) == 2
    torch.manual_seed(0)
    losses = own_loss(Recognizer(CONFIG.recognizer), data, 2)(draw_of(1, 0))
    assert all(bool(torch.isfinite(value)) for value in losses.values())


def test_clips_in_the_posture_of_rigs_are_made_once_and_mirrored(clips: list[Clip]) -> None:
    both = [copy for clip in clips for copy in (clip, mirrored_clip(clip))]
    made = standing(both)
    assert [clip.id for clip in made] == [clip.id for clip in both]
    assert all(find_posture(clip.joints) is OWN for clip in made)


def test_the_loss_falls_and_a_frozen_text_tower_stays(clips: list[Clip], text: TextEncoder) -> None:
    data = MotionText(clips, text)
    torch.manual_seed(0)
    model = Recognizer(CONFIG.recognizer)
    model.text.requires_grad_(False)
    before = {name: value.clone() for name, value in model.text.state_dict().items()}
    loss_of = own_loss(model, data, 3)
    optimizer = torch.optim.Adam([value for value in model.parameters() if value.requires_grad], lr=1e-2)
    losses = []
    for step in range(25):
        loss = loss_of(draw_of(1, step))["loss"]
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(float(loss.detach()))
    assert np.mean(losses[-5:]) < 0.8 * np.mean(losses[:5])
    assert all(torch.equal(before[name], value) for name, value in model.text.state_dict().items())
    scores = recognition_scores(model.eval(), text, clips, data.labels)
    assert scores["top1"] >= 2 / 3
