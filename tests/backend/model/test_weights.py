# SPDX-License-Identifier: GPL-3.0-or-later
"""A weights folder: whole it loads, otherwise it says what is wrong."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
import torch
from coamd.backend.model.weights import System, load_module, load_system, save_module, save_system
from coamd.rigs.errors import UserError
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch import nn

CPU = torch.device("cpu")


@pytest.fixture
def folder(system: System, tmp_path: Path) -> Path:
    save_system(tmp_path, system)
    return tmp_path


def test_a_system_comes_back(system: System, folder: Path) -> None:
    again = load_system(folder, CPU)
    assert again.config == system.config
    assert again.labels == system.labels
    for name in ("autoencoder", "generator", "recognizer"):
        old, new = getattr(system, name).state_dict(), getattr(again, name).state_dict()
        assert old.keys() == new.keys()
        assert all(torch.allclose(old[key], new[key], rtol=1e-3, atol=1e-6) for key in old)
        assert not getattr(again, name).training
    assert not list(folder.glob("*.part"))


def test_parameters_are_half_and_statistics_are_exact(system: System, tmp_path: Path) -> None:
    module = nn.BatchNorm1d(3)
    module.running_mean = torch.tensor([1 / 3, 1e-9, 7.0])
    with torch.no_grad():
        module.bias.copy_(torch.tensor([1e6, 1.0, 2.0]))  # beyond float16
    save_module(tmp_path / "m.safetensors", module)
    with safe_open(tmp_path / "m.safetensors", "pt") as file:
        assert file.get_tensor("weight").dtype == torch.float16
        assert file.get_tensor("bias").dtype == torch.float32
        assert torch.equal(file.get_tensor("running_mean"), module.running_mean)


@pytest.mark.parametrize("name", ["config.json", "labels.txt", "generator.safetensors"])
def test_a_missing_file_is_named(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(UserError) as caught:
        load_system(folder, CPU)
    assert caught.value.code == "weights_missing"
    assert name in str(caught.value) or name == "config.json"


@pytest.mark.parametrize("size", [0, 5, 1000])
def test_a_cut_off_file_is_refused(folder: Path, size: int) -> None:
    path = folder / "recognizer.safetensors"
    path.write_bytes(path.read_bytes()[:size])
    with pytest.raises(UserError, match="recognizer") as caught:
        load_system(folder, CPU)
    assert caught.value.code == "weights_broken"


def test_loading_is_strict(system: System, folder: Path) -> None:
    path = folder / "generator.safetensors"
    state = load_file(path)
    for change in ({"extra": torch.zeros(1)}, {"mask_token": torch.zeros(99)}):
        save_file({**state, **change}, path)
        with pytest.raises(UserError, match=next(iter(change))):
            load_module(path, system.generator)
    del state["mask_token"]
    save_file(state, path)
    with pytest.raises(UserError, match="mask_token"):
        load_module(path, system.generator)


def test_weights_of_another_size_are_refused(system: System, folder: Path) -> None:
    deeper = dataclasses.replace(system.config.generator, layers=3)
    (folder / "config.json").write_text(dataclasses.replace(system.config, generator=deeper).to_json())
    with pytest.raises(UserError) as caught:
        load_system(folder, CPU)
    assert caught.value.code == "weights_broken"
