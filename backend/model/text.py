# SPDX-License-Identifier: GPL-3.0-or-later
"""Text encoders: CLIP's text half and our own small one of the same transformers classes.

The pooled output (the projected end-of-text token) is the generator's condition and text A of the recognizer.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from ...rigs.errors import UserError
from .config import TextConfig

if TYPE_CHECKING:
    from transformers import CLIPTokenizer

START, END = "<|startoftext|>", "<|endoftext|>"


class TextEncoder(nn.Module):
    """A tokenizer and a CLIPTextModelWithProjection behind one call.

    The end-of-text token has the highest id and also pads, as in CLIP, so it is found by the largest id of a row.
    """

    def __init__(self, config: TextConfig, tokenizer: CLIPTokenizer, model: nn.Module | None = None) -> None:
        super().__init__()
        self.config = config
        self.tokenizer = tokenizer
        self.model = fresh_model(config, tokenizer) if model is None else model

    @property
    def device(self) -> torch.device:
        """Where the weights are."""
        return next(self.parameters()).device

    def tokenize(self, texts: Sequence[str]) -> Tensor:
        """Token ids (B, L) of the texts, cut at the encoder's positions and padded to the longest with end-of-text."""
        rows = self.tokenizer(
            list(texts), padding=True, truncation=True, max_length=self.config.positions, return_tensors="pt"
        )
        ids: Tensor = rows["input_ids"]
        return ids.to(self.device)

    def forward(self, ids: Tensor) -> Tensor:
        """Pooled text (B, W) of token ids (B, L). Attention is causal, so padding behind the end changes nothing."""
        pooled: Tensor = self.model(input_ids=ids).text_embeds
        return pooled

    @torch.no_grad()
    def encode(self, texts: Sequence[str]) -> Tensor:
        """Pooled text (B, W) of the texts, without gradients."""
        return self(self.tokenize(texts))

    def embeddings(self) -> tuple[Tensor, Tensor]:
        """Token (vocabulary, hidden) and position (positions, hidden) embeddings, the text tower's starting point."""
        weights = dict(self.model.named_parameters())
        token = next(value for name, value in weights.items() if name.endswith("token_embedding.weight"))
        position = next(value for name, value in weights.items() if name.endswith("position_embedding.weight"))
        return token.detach(), position.detach()

    def save(self, folder: Path) -> None:
        """Write config.json, model.safetensors (float16) and the tokenizer's files to ``folder``."""
        folder.mkdir(parents=True, exist_ok=True)
        config: Any = self.model.config
        config.save_pretrained(folder)
        state = {name: value.half().contiguous() for name, value in self.model.state_dict().items()}
        save_file(state, folder / "model.safetensors", metadata={"format": "pt"})
        self.tokenizer.save_pretrained(folder)


def fresh_model(config: TextConfig, tokenizer: CLIPTokenizer) -> nn.Module:
    """A CLIPTextModelWithProjection of the config's size with random weights."""
    from transformers import CLIPTextConfig, CLIPTextModelWithProjection

    return CLIPTextModelWithProjection(
        CLIPTextConfig(
            vocab_size=config.vocabulary,
            hidden_size=config.hidden,
            intermediate_size=config.feed_forward,
            projection_dim=config.width,
            num_hidden_layers=config.layers,
            num_attention_heads=config.heads,
            max_position_embeddings=config.positions,
            bos_token_id=tokenizer.bos_token_id,
            eos_token_id=tokenizer.eos_token_id,
            pad_token_id=tokenizer.eos_token_id,
        )
    )


def train_tokenizer(texts: Iterable[str], vocabulary: int = 3000) -> CLIPTokenizer:
    """A byte-level BPE tokenizer of CLIP's form with at most ``vocabulary`` tokens, learned from ``texts``.

    All 256 bytes are in it, inside and at the end of a word, so no text has an unknown token.
    """
    from tokenizers import Tokenizer, models, pre_tokenizers, trainers
    from transformers import CLIPTokenizer

    backend = CLIPTokenizer().backend_tokenizer  # lends its normaliser and its splitting into words
    learner = Tokenizer(models.BPE(end_of_word_suffix="</w>"))
    learner.normalizer, learner.pre_tokenizer = backend.normalizer, backend.pre_tokenizer
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    learner.train_from_iterator(
        texts,
        trainers.BpeTrainer(
            vocab_size=vocabulary - 2,
            end_of_word_suffix="</w>",
            initial_alphabet=alphabet,
            show_progress=False,
        ),
    )
    room = vocabulary - 2 * len(alphabet) - 2
    merges: Any = [tuple(pair) for pair in json.loads(learner.to_str())["model"]["merges"]][:room]
    tokens = [*alphabet, *(letter + "</w>" for letter in alphabet), *("".join(pair) for pair in merges), START, END]
    ids = {token: i for i, token in enumerate(dict.fromkeys(tokens))}
    return CLIPTokenizer(vocab=ids, merges=merges)


def load_text_encoder(config: TextConfig, weights: Path) -> TextEncoder:
    """The encoder of a weights folder: ``weights/text`` if it is there, else CLIP from the hub's local cache.

    Never downloads. UserError ``text_encoder_missing`` or ``weights_broken``.
    """
    folder = weights / "text"
    if not folder.is_dir() and config.kind == "bundled":
        raise UserError(
            f"The text encoder is missing: there is no folder {folder}.",
            "Install the extension or the package again, or name another weights folder.",
            "text_encoder_missing",
        )
    source = str(folder) if folder.is_dir() else config.name
    from transformers import CLIPTextModelWithProjection, CLIPTokenizer
    from transformers.utils import logging

    quiet: Any = logging.disable_progress_bar
    quiet()
    read: Any = CLIPTextModelWithProjection.from_pretrained  # its stub does not know output_loading_info
    try:
        tokenizer = CLIPTokenizer.from_pretrained(source, local_files_only=True)
        model, report = read(source, local_files_only=True, dtype=torch.float32, output_loading_info=True)
    except Exception as error:  # transformers raises OSError, ValueError, SafetensorError and others here
        if folder.is_dir():
            raise UserError(
                f"The text encoder in {folder} cannot be read ({type(error).__name__}).",
                "Put back the folder of the release.",
                "weights_broken",
            ) from error
        raise UserError(
            f"The text encoder {config.name} is not on this machine.",
            f"Run 'hf download {config.name}' once, or copy its files to {folder}.",
            "text_encoder_missing",
        ) from error
    if report["missing_keys"] or report["mismatched_keys"]:
        raise UserError(
            f"The text encoder in {source} lacks weights.", "Put back the folder of the release.", "weights_broken"
        )
    return TextEncoder(config, tokenizer, model).eval()
