# SPDX-License-Identifier: GPL-3.0-or-later
"""What fits of other weights is taken over, and nothing else is touched."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from coamd.backend.lab.training.warm_start import same_tokenizer, take_fitting, take_text, weights_of
from coamd.backend.model.config import TextConfig
from coamd.backend.model.text import TextEncoder, train_tokenizer
from coamd.backend.model.weights import save_module
from coamd.rigs.errors import UserError
from torch import nn


def net(inner: int = 4) -> nn.Sequential:
    return nn.Sequential(nn.Linear(3, 5), nn.Linear(5, inner))


def test_tensors_of_the_same_shape_are_taken(tmp_path: Path) -> None:
    other, model = net(6), net(4)
    save_module(tmp_path / "part.safetensors", other)
    last = model[1].weight.clone()
    left = take_fitting(model, weights_of(tmp_path / "part.safetensors"))
    assert left == ["1.weight", "1.bias"]
    torch.testing.assert_close(model[0].weight, other[0].weight.half().float())
    torch.testing.assert_close(model[1].weight, last)


def test_named_parts_are_left(tmp_path: Path) -> None:
    other, model = net(), net()
    save_module(tmp_path / "part.safetensors", other)
    assert take_fitting(model, weights_of(tmp_path / "part.safetensors"), ("0.",)) == ["0.weight", "0.bias"]


def test_weights_of_which_nothing_fits_or_that_are_missing_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="Nothing of --start"):
        take_fitting(net(), {"0.weight": torch.zeros(2, 2)})
    with pytest.raises(UserError, match="is missing"):
        weights_of(tmp_path / "part.safetensors")
    (tmp_path / "part.safetensors").write_bytes(b"no")
    with pytest.raises(UserError, match="is damaged"):
        weights_of(tmp_path / "part.safetensors")


def encoder(texts: list[str], vocabulary: int) -> TextEncoder:
    config = TextConfig("bundled", "text", 16, 32, 1, 2, 32, 64, vocabulary)
    return TextEncoder(config, train_tokenizer(texts, vocabulary))


def test_a_text_encoder_takes_the_embeddings_of_tokens_that_both_have(tmp_path: Path) -> None:
    old, new = encoder(["walks walks kicks kicks"] * 9, 530), encoder(["kicks kicks jumps jumps"] * 9, 560)
    old.save(tmp_path / "text")
    take_text(new, tmp_path / "text")
    theirs, own = (one.model.text_model.embeddings.token_embedding.weight for one in (old, new))
    token = "kicks</w>"
    mine, there = new.tokenizer.token_to_id(token), old.tokenizer.token_to_id(token)
    assert mine is not None
    assert there is not None
    torch.testing.assert_close(own[mine], theirs[there].half().float())
    assert same_tokenizer(tmp_path / "text", tmp_path / "text")
    new.save(tmp_path / "new")
    assert not same_tokenizer(tmp_path / "text", tmp_path / "new")
    assert not same_tokenizer(tmp_path / "text", tmp_path / "nothing")
