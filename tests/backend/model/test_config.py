# SPDX-License-Identifier: GPL-3.0-or-later
"""Named sizes, and their way through JSON."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest
import torch
from coamd.backend import weights
from coamd.backend.model.autoencoders.autoencoder import build_autoencoder
from coamd.backend.model.config import CONFIGS, ModelConfig, named
from coamd.backend.model.generator import Generator
from coamd.rigs.errors import UserError
from hypothesis import given
from hypothesis import strategies as st

CONFIG_STRATEGY = st.builds(
    lambda base, name, width, dropout, head: dataclasses.replace(
        base, name=name, generator=dataclasses.replace(base.generator, width=width, dropout=dropout, head=head)
    ),
    st.sampled_from(list(CONFIGS.values())),
    st.text(max_size=20),
    st.integers(1, 4096),
    st.floats(0, 1, allow_nan=False),
    st.sampled_from(["sit", "ddpm"]),
)


def millions(module: torch.nn.Module) -> float:
    return sum(value.numel() for value in module.parameters()) / 1e6


@pytest.mark.parametrize("name", ["CoAMD-SiT-XL", "CoAMD-DDPM-XL"])
def test_full_size_has_the_papers_number_of_parameters(name: str) -> None:
    with torch.device("meta"):
        generator = Generator(named(name).generator)
        autoencoder = build_autoencoder(named(name).autoencoder)
    assert millions(generator) == pytest.approx(385, abs=1)
    assert millions(generator.head) == pytest.approx(271, abs=0.5)
    assert millions(autoencoder) == pytest.approx(19.0, abs=0.1)


@pytest.mark.parametrize("config", CONFIGS.values(), ids=CONFIGS)
def test_the_parts_of_a_size_fit_together(config: ModelConfig) -> None:
    assert config.autoencoder.latent == config.generator.latent
    assert config.generator.condition == config.text.width == config.recognizer.feature
    assert config.recognizer.text_width == config.text.hidden
    assert config.recognizer.vocabulary == config.text.vocabulary
    assert config.recognizer.positions == config.text.positions


@given(CONFIG_STRATEGY)
def test_a_config_survives_json(config: ModelConfig) -> None:
    assert ModelConfig.from_json(config.to_json()) == config


@pytest.mark.parametrize(
    ("part", "key", "value"),
    [
        ("generator", "width", "wide"),
        ("generator", "layers", True),
        ("generator", "head", "gan"),
        ("generator", "surprise", 1),
        ("text", "width", None),
    ],
)
def test_a_setting_that_does_not_fit_is_named(part: str, key: str, value: object) -> None:
    table = json.loads(named("CoAMD-SiT-S").to_json())
    table[part][key] = value
    with pytest.raises(UserError, match=key) as caught:
        ModelConfig.from_json(json.dumps(table))
    assert caught.value.code == "weights_broken"


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"name": 3}'])
def test_what_is_no_config_is_refused(text: str) -> None:
    with pytest.raises(UserError) as caught:
        ModelConfig.from_json(text)
    assert caught.value.code == "weights_broken"


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(UserError, match="CoAMD-SiT-S"):
        named("CoAMD-SiT-XXL")


def test_the_bundled_folder_is_what_training_its_named_size_writes() -> None:
    """So that one part can be trained again into a copy of it (`stages.run_stage` refuses another config)."""
    text = (Path(weights.__file__).parent / "config.json").read_text(encoding="utf-8")
    assert ModelConfig.from_json(text) == named("CoAMD-SiT-S")
