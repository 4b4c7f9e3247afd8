# SPDX-License-Identifier: GPL-3.0-or-later
"""Named sizes of the system: frozen settings of every module, readable from and written to JSON.

``CoAMD-SiT-XL`` and ``CoAMD-DDPM-XL`` are the paper's sizes; ``CoAMD-SiT-S`` is the bundled one. All run the same code.
"""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass, field
from typing import Any, Literal

from ...rigs.errors import UserError

HeadKind = Literal["sit", "ddpm"]
TextKind = Literal["clip", "bundled"]


@dataclass(frozen=True)
class AutoencoderConfig:
    """Convolutional autoencoder: one latent token stands for four frames."""

    width: int = 512
    latent: int = 512
    path: bool = False  # True: the pelvis path has latent channels of its own (PathAutoencoder)
    dropout: float = 0.2


@dataclass(frozen=True)
class GeneratorConfig:
    """Masked autoregressive transformer with a diffusion head; sampling defaults of the size stand here too."""

    latent: int = 512
    condition: int = 512  # width of the pooled text
    width: int = 1024
    layers: int = 6
    heads: int = 16
    feed_forward: int = 4096
    dropout: float = 0.2
    head: HeadKind = "sit"
    head_depth: int = 16
    head_width: int = 1792
    max_tokens: int = 49
    condition_drop: float = 0.1
    noise_draws: int = 4
    steps: int = 12
    guidance_scale: float = 4.5
    ground_guidance_scale: float = 0.0  # of where on the ground it goes (``sampler.Sampling``); 0: the same
    evaluations: int = 18  # of the head per token; how near they come: docs/measurements/sampling.md


@dataclass(frozen=True)
class RecognizerConfig:
    """MAR: one transformer per stream, a fusion layer and the text tower of the shared space."""

    width: int = 512
    layers: int = 8
    heads: int = 8
    feed_forward: int = 1024
    dropout: float = 0.2
    feature: int = 512
    frame_step: int = 1  # 2: every other frame is read, a quarter of the attention; 10 fps still shows every action
    text_width: int = 512  # width of the token embeddings that the text tower reads
    text_layers: int = 8
    text_heads: int = 8
    text_feed_forward: int = 1024
    vocabulary: int = 49408
    positions: int = 77
    attend_padding: bool = True  # of the text tower, as in the released code
    guidance: float = 0.0  # lambda of the guidance step (0.5 + lambda); 0 turns guidance off
    candidates: int = 1  # motions made for one at most; the recognizer keeps the one that fits the prompt best


@dataclass(frozen=True)
class TextConfig:
    """Text encoder behind the generator's condition and text A."""

    kind: TextKind = "clip"
    name: str = "openai/clip-vit-base-patch32"
    width: int = 512  # of the pooled text
    hidden: int = 512
    layers: int = 12
    heads: int = 8
    feed_forward: int = 2048
    positions: int = 77
    vocabulary: int = 49408


@dataclass(frozen=True)
class ModelConfig:
    """The whole system under one name."""

    name: str
    autoencoder: AutoencoderConfig = field(default_factory=AutoencoderConfig)
    generator: GeneratorConfig = field(default_factory=GeneratorConfig)
    recognizer: RecognizerConfig = field(default_factory=RecognizerConfig)
    text: TextConfig = field(default_factory=TextConfig)
    labels: str = "labels.txt"  # file of the weights folder with the class names, one per line

    def to_json(self) -> str:
        """The settings as indented JSON."""
        return json.dumps(dataclasses.asdict(self), indent=2) + "\n"

    @classmethod
    def from_json(cls, text: str) -> ModelConfig:
        """Read ``to_json``'s form; UserError ``weights_broken`` for unknown, missing or wrongly typed settings."""
        try:
            values = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise _broken(f"it is not JSON ({error})") from error
        if not isinstance(values, dict):
            raise _broken("it is not a table of settings")
        parts: dict[str, Any] = {name: _part(kind, name, values.get(name)) for name, kind in _PARTS.items()}
        unknown = sorted(set(values) - set(parts) - {"name", "labels"})
        if unknown:
            raise _broken(f"it has unknown settings: {', '.join(unknown)}")
        for key in ("name", "labels"):
            if not isinstance(values.get(key), str):
                raise _broken(f"it has no {key}")
        return cls(name=values["name"], labels=values["labels"], **parts)


PartConfig = AutoencoderConfig | GeneratorConfig | RecognizerConfig | TextConfig
_PARTS: dict[str, type[PartConfig]] = {
    "autoencoder": AutoencoderConfig,
    "generator": GeneratorConfig,
    "recognizer": RecognizerConfig,
    "text": TextConfig,
}
_CHOICES: dict[str, tuple[str, ...]] = {"head": ("sit", "ddpm"), "kind": ("clip", "bundled")}


def _broken(reason: str) -> UserError:
    return UserError(
        f"The model's config.json cannot be used: {reason}.",
        "Put back the weights folder of the release.",
        "weights_broken",
    )


def _part(kind: type[PartConfig], name: str, values: Any) -> PartConfig:
    """One part of the config; every setting must be there, so that a file means the same in every version."""
    fields = {entry.name: entry for entry in dataclasses.fields(kind)}
    if not isinstance(values, dict) or set(values) != set(fields):
        given = set(values) if isinstance(values, dict) else set()
        raise _broken(f"the settings of '{name}' do not fit: {', '.join(sorted(given ^ set(fields)))}")
    for key, value in values.items():
        wanted = type(fields[key].default)
        fits = isinstance(value, wanted) and (wanted is bool or not isinstance(value, bool))
        if wanted is float and isinstance(value, int) and not isinstance(value, bool):
            fits = True
        if not fits or (key in _CHOICES and value not in _CHOICES[key]):
            raise _broken(f"'{name}.{key}' is {value!r}")
    return kind(**values)


_SMALL = ModelConfig(
    name="CoAMD-SiT-S",
    autoencoder=AutoencoderConfig(width=256, latent=64, path=True, dropout=0.0),
    generator=GeneratorConfig(
        latent=64,
        condition=320,
        width=256,
        layers=6,
        heads=8,
        feed_forward=1024,
        dropout=0.1,  # what is taught needs it: without it motions are farther from the takes
        head_depth=4,
        head_width=384,
        noise_draws=2,
        guidance_scale=4.5,
        ground_guidance_scale=1.5,
        evaluations=14,
    ),
    recognizer=RecognizerConfig(
        width=128,
        layers=4,
        heads=4,
        feed_forward=256,
        dropout=0.1,
        frame_step=2,
        feature=320,
        text_width=256,
        text_layers=2,
        text_heads=4,
        text_feed_forward=512,
        vocabulary=4500,
        positions=64,
        attend_padding=False,
        candidates=4,
    ),
    text=TextConfig(
        kind="bundled",
        name="text",
        width=320,
        hidden=256,
        layers=3,
        heads=4,
        feed_forward=1024,
        positions=64,
        vocabulary=4500,
    ),
)

CONFIGS: dict[str, ModelConfig] = {
    "CoAMD-SiT-XL": ModelConfig(name="CoAMD-SiT-XL"),
    "CoAMD-DDPM-XL": ModelConfig(name="CoAMD-DDPM-XL", generator=GeneratorConfig(head="ddpm")),
    "CoAMD-SiT-S": _SMALL,
}


def named(name: str) -> ModelConfig:
    """The config called ``name``; UserError ``unknown_config`` lists the names there are."""
    if name not in CONFIGS:
        raise UserError(
            f"There is no model config called '{name}'.", f"Choose one of: {', '.join(CONFIGS)}.", "unknown_config"
        )
    return CONFIGS[name]
