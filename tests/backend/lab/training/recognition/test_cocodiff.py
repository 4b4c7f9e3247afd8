# SPDX-License-Identifier: GPL-3.0-or-later
"""The second teacher of the recognizer: its diffusion against known answers, its texts, and that it leaves nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from coamd.backend import weights
from coamd.backend.lab.training.recognition import cocodiff
from coamd.backend.lab.training.recognition.cocodiff import (
    FINE_TEXTS,
    NOISE_WEIGHT,
    CoCoDiff,
    Guides,
    Taught,
    cocodiff_loss,
    read_fine_texts,
    signal,
    streams,
)
from coamd.backend.model.recognizer import Features, Recognizer
from coamd.rigs.errors import UserError
from tiny_model import CONFIG
from torch import Tensor

LABELS = torch.tensor([0, 1, 0, 1, 1])
SOURCE = torch.Generator().manual_seed(5)
CLEAN = torch.randn(5, 3, 16, generator=SOURCE)
NOISE = torch.randn(5, 3, 16, generator=SOURCE)


def teacher(seed: int = 0) -> CoCoDiff:
    torch.manual_seed(seed)
    mask = torch.arange(6)[None] < torch.tensor([[6], [4]])
    return CoCoDiff(16, Guides(torch.randn(2, 12), torch.randn(2, 6, 10), mask), width=16, layers=1, heads=2)


def test_every_bundled_label_has_a_description_of_its_own() -> None:
    labels = (Path(weights.__file__).parent / "labels.txt").read_text(encoding="utf-8").splitlines()
    texts = read_fine_texts(FINE_TEXTS, labels)
    assert len(set(texts)) == len(labels)
    assert all(len(text.split()) >= 8 for text in texts)


def test_a_label_without_a_description_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"1 labels have no description .*: flying carpet") as found:
        read_fine_texts(FINE_TEXTS, ["walk", "flying carpet"])
    assert "--fine-texts" in found.value.hint
    for content in ("not JSON", '["walk"]', '{"walk": ""}'):
        broken = tmp_path / "texts.json"
        broken.write_text(content, encoding="utf-8")
        with pytest.raises(UserError, match="not a table of labels"):
            read_fine_texts(broken, ["walk"])
    own = tmp_path / "own.json"
    own.write_text(json.dumps({"walk": "legs in turn"}), encoding="utf-8")
    assert read_fine_texts(own, ["walk"]) == ["legs in turn"]


def test_a_denoiser_that_knows_the_answer_has_no_loss_and_brings_the_feature_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def knowing(self: CoCoDiff, noised: Tensor, time: Tensor, labels: Tensor) -> Tensor:
        kept, noisy = (part[:, None, None] for part in signal(time))
        noise = (noised - kept * CLEAN) / noisy.clamp(min=1e-6)
        return kept * noise - noisy * CLEAN

    monkeypatch.setattr(CoCoDiff, "forward", knowing)
    model = teacher()
    assert float(model.noise_loss(CLEAN, LABELS, torch.linspace(0.1, 1.0, 5), NOISE)) < 1e-8
    assert torch.allclose(model.generated(CLEAN, LABELS, NOISE), CLEAN, atol=1e-4)


def test_it_learns_the_features_of_a_label_from_its_words() -> None:
    """Two labels with one feature each: what it makes of the other label's noised feature is its own label's."""
    torch.manual_seed(0)
    centres = streams(Features(*torch.randn(4, 2, 16)))
    model = teacher()
    optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
    for _ in range(150):
        labels = torch.randint(0, 2, (16,))
        loss = model.noise_loss(centres[labels], labels, torch.rand(16), torch.randn(16, 3, 16))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        made = model.generated(centres[1 - LABELS], LABELS, NOISE)
    apart = torch.stack([((made - centres[k]) ** 2).mean(dim=(1, 2)) for k in (0, 1)], dim=1)
    assert torch.equal(apart.argmin(dim=1), LABELS)


def test_words_behind_the_end_of_a_description_are_not_seen() -> None:
    model = teacher().eval()
    before = model(CLEAN, torch.full((5,), 0.5), LABELS)
    model.fine[1, 4:] = 100.0
    assert torch.equal(model(CLEAN, torch.full((5,), 0.5), LABELS), before)
    model.fine[1, 3] = 100.0
    after = model(CLEAN, torch.full((5,), 0.5), LABELS)
    assert torch.equal(after[LABELS == 0], before[LABELS == 0])
    assert not torch.allclose(after[LABELS == 1], before[LABELS == 1])


def test_generated_features_teach_the_encoders_and_the_fusion_and_the_noise_loss_does_not() -> None:
    torch.manual_seed(0)
    recognizer = Recognizer(CONFIG.recognizer)
    width = CONFIG.recognizer.feature
    guides = Guides(torch.randn(2, 12), torch.randn(2, 6, 10), torch.ones(2, 6, dtype=torch.bool))
    taught = Taught(recognizer, CoCoDiff(width, guides, width=16, layers=1, heads=2))
    features = recognizer(torch.randn(5, 12, 66))
    right, names = torch.nn.functional.one_hot(LABELS, 2).bool(), torch.randn(2, width)
    losses = cocodiff_loss(taught, features, LABELS, right, names, torch.Generator().manual_seed(1))
    assert set(losses) == {"noise", "generated"}
    (losses["noise"] / NOISE_WEIGHT).backward(retain_graph=True)
    assert recognizer.joint.out.weight.grad is None
    assert taught.cocodiff.leave.weight.grad is not None
    losses["generated"].backward()
    for layer in (recognizer.joint.out, recognizer.motion.out, recognizer.fusion):
        assert layer.weight.grad is not None
        assert float(layer.weight.grad.abs().max()) > 0.0
    assert cocodiff.STREAMS == 3
