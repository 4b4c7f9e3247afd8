# SPDX-License-Identifier: GPL-3.0-or-later
"""Beginning with weights of another size or vocabulary: what fits is taken over, the rest begins at random."""

from __future__ import annotations

from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from ....rigs.errors import UserError
from ...model.text import TextEncoder, read_tokenizer

TOKENS = "text_model.embeddings.token_embedding.weight"  # (vocabulary, hidden)


def weights_of(path: Path) -> dict[str, Tensor]:
    """The tensors of a weights file; UserError ``weights_missing`` or ``weights_broken``."""
    if not path.is_file():
        raise UserError(f"The weights file {path} is missing.", "Name another folder with --start.", "weights_missing")
    try:
        return load_file(path)
    except (SafetensorError, OSError, ValueError) as error:
        raise UserError(
            f"The weights file {path} is damaged.", "Name another folder with --start.", "weights_broken"
        ) from error


@torch.no_grad()
def take_fitting(module: nn.Module, found: dict[str, Tensor], but: tuple[str, ...] = ()) -> list[str]:
    """Copy every tensor of the same name and shape, but those whose name begins so; the names that were not taken.

    UserError ``other_weights`` where nothing fits.
    """
    own, left = module.state_dict(), []
    for name, value in own.items():
        if name in found and found[name].shape == value.shape and not name.startswith(but or ("\0",)):
            value.copy_(found[name])
        else:
            left.append(name)
    if len(left) == len(own):
        raise UserError(
            "Nothing of --start fits this model.", "Begin with weights of a model like it.", "other_weights"
        )
    return left


@torch.no_grad()
def take_text(encoder: TextEncoder, folder: Path) -> None:
    """Begin a text encoder with another's layers, and with its embeddings of the tokens that both have."""
    found = weights_of(folder / "model.safetensors")
    take_fitting(encoder.model, found)
    table = found.get(TOKENS)
    own = encoder.model.state_dict()[TOKENS]
    if table is None or table.shape[1] != own.shape[1]:
        return
    theirs = read_tokenizer(folder).get_vocab()
    for token, row in encoder.tokenizer.get_vocab().items():
        if theirs.get(token, len(table)) < len(table):
            own[row] = table[theirs[token]]


def same_tokenizer(one: Path, other: Path) -> bool:
    """Whether two text encoders' folders read the same tokens, so that a text tower fits both."""
    files = [folder / "tokenizer.json" for folder in (one, other)]
    return all(file.is_file() for file in files) and files[0].read_bytes() == files[1].read_bytes()
