# SPDX-License-Identifier: GPL-3.0-or-later
"""Released checkpoints become weights folders; what is not one is refused, and nothing in it is ever run."""

from __future__ import annotations

import dataclasses
import pickle
from pathlib import Path

import numpy as np
import pytest
import torch
from coamd.backend.cli import main
from coamd.backend.lab.reference.conversion import PARTS, convert, read_checkpoint, read_statistics
from coamd.backend.lab.reference.parity import autoencoder_of, generator_of, recognizer_of
from coamd.backend.model.config import CONFIGS, ModelConfig
from coamd.backend.model.generator import Generator
from coamd.backend.model.recognizer import Recognizer
from coamd.backend.model.weights import load_config, load_module
from coamd.rigs.errors import UserError
from safetensors.torch import load_file
from torch import Tensor

MEAN, STD = torch.linspace(-1, 1, 66), torch.linspace(0.5, 2, 66)


def weights(vectors: dict[str, Tensor]) -> dict[str, Tensor]:
    return {name.removeprefix("weights."): value for name, value in vectors.items() if name.startswith("weights.")}


@pytest.fixture
def released(shared: Path, tmp_path: Path) -> dict[str, Path]:
    """The authors' modules at small sizes, saved as the released code saves them."""
    folder = shared / "reference_vectors"
    states = {
        name: weights(load_file(folder / f"{file}.safetensors"))
        for name, file in (("autoencoder", "autoencoder"), ("generator", "generator_sit"), ("recognizer", "recognizer"))
    }
    old = {name: value * 0 for name, value in states["generator"].items()}
    with_clip = states["generator"] | {"clip_model.visual.proj": torch.ones(2)}
    contents = {
        "autoencoder": {"ae": states["autoencoder"], "epoch": 3},
        "generator": {"mardm": old, "ema_mardm": with_clip, "lr": 1e-4},
        "recognizer": {"contrast_model": {f"module.{name}": value for name, value in states["recognizer"].items()}},
    }
    for name, content in contents.items():
        torch.save(content, tmp_path / f"{name}.tar")
    return {name: tmp_path / f"{name}.tar" for name in contents}


@pytest.fixture
def small(shared: Path) -> ModelConfig:
    """The sizes of the reference modules, but for the number of blocks, which the checkpoint tells."""
    folder = shared / "reference_vectors"
    generator = generator_of(load_file(folder / "generator_sit.safetensors"), "sit").config
    return ModelConfig(
        "small",
        autoencoder_of(load_file(folder / "autoencoder.safetensors")).config,
        dataclasses.replace(generator, layers=9),
    )


def test_the_converted_modules_are_the_released_ones(
    shared: Path, tmp_path: Path, released: dict[str, Path], small: ModelConfig
) -> None:
    folder, out = shared / "reference_vectors", tmp_path / "weights"
    out.mkdir()
    files = {name: released[name] for name in ("autoencoder", "generator")}
    config = convert(files, (MEAN, STD), small, out, ("walk", "run"))
    assert config.generator.layers == 3
    assert load_config(out) == config
    assert (out / "labels.txt").read_text() == "walk\nrun\n"

    reference = generator_of(load_file(folder / "generator_sit.safetensors"), "sit")
    generator = Generator(config.generator)
    load_module(out / "generator.safetensors", generator)
    for name, value in reference.state_dict().items():  # float16 on disk
        torch.testing.assert_close(generator.state_dict()[name], value, rtol=1e-3, atol=1e-4)

    autoencoder = PARTS["autoencoder"].build(config)
    load_module(out / "autoencoder.safetensors", autoencoder)
    torch.testing.assert_close(dict(autoencoder.named_buffers())["mean"], MEAN)
    torch.testing.assert_close(dict(autoencoder.named_buffers())["std"], STD)


def test_a_recognizer_wrapped_for_several_gpus_is_read_too(shared: Path, released: dict[str, Path]) -> None:
    state = read_checkpoint(released["recognizer"], PARTS["recognizer"])
    reference = recognizer_of(load_file(shared / "reference_vectors" / "recognizer.safetensors"))
    renamed = PARTS["recognizer"].names.ours(state)
    assert set(renamed) | {"mean", "std"} == set(reference.state_dict())
    assert isinstance(reference, Recognizer)


def test_a_checkpoint_of_another_size_is_refused(released: dict[str, Path], tmp_path: Path) -> None:
    with pytest.raises(UserError, match="not the weights of this module"):
        convert({"autoencoder": released["autoencoder"]}, (MEAN, STD), CONFIGS["CoAMD-SiT-XL"], tmp_path, ())
    assert not (tmp_path / "autoencoder.safetensors").exists()


class Trap:
    """Unpickling it would leave a file behind."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return Path.touch, (self.path,)


@pytest.mark.parametrize("kind", ["trap", "noise", "empty", "state of nothing"])
def test_what_is_no_checkpoint_is_refused_and_never_run(tmp_path: Path, kind: str) -> None:
    path, sprung = tmp_path / "file.tar", tmp_path / "sprung"
    if kind == "trap":
        torch.save({"ae": Trap(sprung)}, path)
    elif kind == "noise":
        path.write_bytes(np.random.default_rng(0).bytes(5000))
    elif kind == "empty":
        path.write_bytes(b"")
    else:
        torch.save({"ae": {"epoch": 3}}, path)
    with pytest.raises(UserError) as error:
        read_checkpoint(path, PARTS["autoencoder"])
    assert error.value.code == "weights_broken"
    assert not sprung.exists()
    if kind == "trap":  # the trap does work for who unpickles
        pickle.loads(pickle.dumps(Trap(sprung)))  # noqa: S301
        assert sprung.exists()


def test_statistics_have_to_be_66_finite_numbers(tmp_path: Path) -> None:
    np.save(tmp_path / "mean.npy", np.zeros((22, 3)))
    assert read_statistics(tmp_path / "mean.npy").shape == (66,)
    np.save(tmp_path / "short.npy", np.zeros(63))
    np.save(tmp_path / "odd.npy", np.full(66, np.nan))
    (tmp_path / "text.npy").write_text("mean")
    for name in ("short", "odd", "text", "absent"):
        with pytest.raises(UserError) as error:
            read_statistics(tmp_path / f"{name}.npy")
        assert error.value.code == "bad_statistics"


def test_the_command_says_what_is_written_and_what_is_missing(
    tmp_path: Path,
    released: dict[str, Path],
    small: ModelConfig,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(CONFIGS, "small", small)
    for name, values in (("mean", MEAN), ("std", STD)):
        np.save(tmp_path / f"{name}.npy", values.numpy())
    statistics = ["--mean", str(tmp_path / "mean.npy"), "--std", str(tmp_path / "std.npy"), "--model", "small"]
    out = str(tmp_path / "weights")
    assert main(["convert", out, *statistics]) == 2
    assert main(["convert", out, "--generator", str(released["generator"]), *statistics]) == 0
    said = capsys.readouterr().out
    assert "3 blocks" in said and "still missing in it: autoencoder, recognizer" in said
    assert main(["convert", out, "--autoencoder", str(released["autoencoder"]), *statistics]) == 0
    assert "still missing in it: recognizer" in capsys.readouterr().out
    assert main(["convert", out, "--autoencoder", str(released["autoencoder"]), *statistics[:-1], "CoAMD-SiT-XL"]) == 2
    assert "holds another model" in capsys.readouterr().err
