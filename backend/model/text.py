# SPDX-License-Identifier: GPL-3.0-or-later
"""Text encoders: CLIP's text half and our own small one of the same form.

The pooled output (the projected end-of-text token) is the generator's condition and text A of the recognizer.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from torch import Tensor, nn

from ...rigs.errors import UserError
from .clip_text import ClipText
from .config import TextConfig
from .device import uploaded

START, END = "<|startoftext|>", "<|endoftext|>"
# CLIP's splitting of a text into words, numerals and signs.
WORDS = r"<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"


class TextEncoder(nn.Module):
    """A tokenizer and CLIP's text transformer behind one call.

    The end-of-text token has the highest id and also pads, as in CLIP, so it is found by the largest id of a row.
    """

    def __init__(self, config: TextConfig, tokenizer: Tokenizer, model: ClipText | None = None) -> None:
        super().__init__()
        self.config = config
        self.tokenizer = Tokenizer.from_str(tokenizer.to_str())  # limits are set on this one
        self.tokenizer.enable_truncation(config.positions)
        self.tokenizer.enable_padding(pad_id=tokenizer.token_to_id(END), pad_token=END)
        self.model = ClipText(config) if model is None else model

    @property
    def device(self) -> torch.device:
        """Where the weights are."""
        return next(self.parameters()).device

    @property
    def end(self) -> int:
        """The id of the end-of-text token."""
        found = self.tokenizer.token_to_id(END)
        if found is None:
            raise ValueError(f"the tokenizer has no {END}")
        return int(found)

    def tokenize(self, texts: Sequence[str]) -> Tensor:
        """Token ids (B, L) of the texts, cut at the encoder's positions and padded to the longest with end-of-text."""
        rows = self.tokenizer.encode_batch(list(texts))
        return uploaded([torch.tensor([row.ids for row in rows])], self.device)[0]

    def forward(self, ids: Tensor) -> Tensor:
        """Pooled text (B, W) of token ids (B, L)."""
        pooled: Tensor = self.model(ids)
        return pooled

    @torch.no_grad()
    def encode(self, texts: Sequence[str]) -> Tensor:
        """Pooled text (B, W) of the texts, without gradients."""
        return self(self.tokenize(texts))

    def embeddings(self) -> tuple[Tensor, Tensor]:
        """Token (vocabulary, hidden) and position (positions, hidden) embeddings, the text tower's starting point."""
        both = self.model.text_model.embeddings
        return both.token_embedding.weight.detach(), both.position_embedding.weight.detach()

    def save(self, folder: Path) -> None:
        """Write model.safetensors (float16), the tokenizer, and what transformers wants beside them to read both."""
        folder.mkdir(parents=True, exist_ok=True)
        state = {name: value.half().contiguous() for name, value in self.model.state_dict().items()}
        save_file(state, folder / "model.safetensors", metadata={"format": "pt"})
        plain = Tokenizer.from_str(self.tokenizer.to_str())
        plain.no_truncation()
        plain.no_padding()
        plain.save(str(folder / "tokenizer.json"))
        for name, facts in (("config.json", self._facts()), ("tokenizer_config.json", _TOKENIZER_FACTS)):
            (folder / name).write_text(json.dumps(facts, indent=2, sort_keys=True) + "\n", encoding="utf-8")

    def _facts(self) -> dict[str, Any]:
        """The config under transformers' names."""
        config = self.config
        return {
            "model_type": "clip_text_model",
            "hidden_act": "quick_gelu",
            "vocab_size": config.vocabulary,
            "hidden_size": config.hidden,
            "intermediate_size": config.feed_forward,
            "projection_dim": config.width,
            "num_hidden_layers": config.layers,
            "num_attention_heads": config.heads,
            "max_position_embeddings": config.positions,
            "bos_token_id": self.tokenizer.token_to_id(START),
            "eos_token_id": self.end,
            "pad_token_id": self.end,
        }


_TOKENIZER_FACTS = {
    "tokenizer_class": "CLIPTokenizer",
    "bos_token": START,
    "eos_token": END,
    "pad_token": END,
    "unk_token": END,
}


def train_tokenizer(texts: Iterable[str], vocabulary: int = 3000) -> Tokenizer:
    """A byte-level BPE tokenizer of CLIP's form with at most ``vocabulary`` tokens, learned from ``texts``.

    All 256 bytes are in it, inside and at the end of a word, so no text has an unknown token.
    """
    learner = clip_tokenizer({}, [])
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
    merges = [(left, right) for left, right in json.loads(learner.to_str())["model"]["merges"]][:room]
    tokens = [*alphabet, *(letter + "</w>" for letter in alphabet), *("".join(pair) for pair in merges), START, END]
    return clip_tokenizer({token: i for i, token in enumerate(dict.fromkeys(tokens))}, merges)


def clip_tokenizer(ids: Mapping[str, int], merges: Sequence[tuple[str, str]]) -> Tokenizer:
    """CLIP's tokenizer with these tokens; without any it is one that can be trained."""
    tokenizer = Tokenizer(
        models.BPE(
            vocab=dict(ids), merges=list(merges), unk_token=END, continuing_subword_prefix="", end_of_word_suffix="</w>"
        )
    )
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFC(), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Lowercase()]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(WORDS), behavior="removed", invert=True),
            pre_tokenizers.ByteLevel(add_prefix_space=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    if ids:
        tokenizer.post_processor = processors.RobertaProcessing(
            (END, ids[END]), (START, ids[START]), trim_offsets=False, add_prefix_space=False
        )
        tokenizer.add_special_tokens([AddedToken(word, normalized=False, special=True) for word in (START, END)])
    return tokenizer


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
    model = ClipText(config)
    state: Mapping[str, Tensor]
    try:
        if folder.is_dir():
            tokenizer = read_tokenizer(folder)
            state = load_file(folder / "model.safetensors")
        else:
            tokenizer, state = _from_hub(config.name)
    except Exception as error:  # safetensors, tokenizers and transformers raise whatever they like here
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
    wanted = model.state_dict()
    if any(name not in state or state[name].shape != value.shape for name, value in wanted.items()):
        raise UserError(
            f"The text encoder in {folder if folder.is_dir() else config.name} lacks weights.",
            "Put back the folder of the release.",
            "weights_broken",
        )
    model.load_state_dict({name: state[name].float() for name in wanted})
    return TextEncoder(config, tokenizer, model).eval()


def read_tokenizer(folder: Path) -> Tokenizer:
    """The tokenizer of an encoder's folder; whatever ``tokenizers`` raises."""
    return Tokenizer.from_file(str(folder / "tokenizer.json"))


def _from_hub(name: str) -> tuple[Tokenizer, dict[str, Tensor]]:
    """Tokenizer and weights of a released CLIP in the hub's local cache, in whatever form they lie there."""
    from transformers import CLIPTextModelWithProjection, CLIPTokenizer

    read: Any = CLIPTokenizer.from_pretrained(name, local_files_only=True)
    model: Any = CLIPTextModelWithProjection.from_pretrained(name, local_files_only=True, dtype=torch.float32)
    return read.backend_tokenizer, dict(model.state_dict())
