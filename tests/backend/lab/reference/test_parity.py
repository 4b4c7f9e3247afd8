# SPDX-License-Identifier: GPL-3.0-or-later
"""The released code's numbers, and that a comparison can fail."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import torch
from coamd.backend.cli import main
from coamd.backend.lab.reference.parity import LIMIT, compare, measure
from coamd.backend.lab.reference.released import AUTOENCODER, GENERATOR, RECOGNIZER
from coamd.backend.model.weights import System
from coamd.rigs.errors import UserError
from safetensors.torch import load_file, save_file


@pytest.fixture
def vectors(shared: Path, tmp_path: Path) -> Path:
    """A copy of the reference vectors that a test may spoil."""
    folder = tmp_path / "vectors"
    shutil.copytree(shared / "reference_vectors", folder)
    for path in (folder, *folder.iterdir()):
        path.chmod(0o755)
    return folder


def test_all_modules_reproduce_the_released_code(shared: Path) -> None:
    found = compare(shared / "reference_vectors")
    assert [f"{row.file} {row.output}: {row.relative:.1e}" for row in found if not row.passed] == []
    assert len({row.file for row in found}) == 7
    assert all(row.relative < 1e-5 for row in found if row.limit == LIMIT)  # and with room


@pytest.mark.parametrize(
    ("file", "weight", "outputs"),
    [
        ("autoencoder.safetensors", "decoder.model.2.2.weight", {"reconstruction"}),
        ("generator_sit.safetensors", "MARTransformer.1.attn.key.weight", {"context", "context_uncond"}),
        ("generator_ddpm.safetensors", "DiffMLPs.net.res_blocks.2.mlp.0.weight", {"eps", "eps_loss", "pred_xstart"}),
        ("recognizer.safetensors", "motion_encoder.bone_encoder.out.bias", {"bone", "fused"}),
    ],
)
def test_one_perturbed_weight_fails_what_depends_on_it(
    vectors: Path, file: str, weight: str, outputs: set[str]
) -> None:
    for path in vectors.iterdir():
        if path.name != file:
            path.unlink()
    state = load_file(vectors / file)
    state[f"weights.{weight}"] *= 1.02
    save_file(state, vectors / file)
    failed = {row.output for row in compare(vectors) if not row.passed}
    assert outputs <= failed
    assert "motion" not in failed and "alphas_cumprod" not in failed
    assert main(["parity", str(vectors)]) == 1


def test_an_output_that_no_module_makes_is_an_error(vectors: Path) -> None:
    state = load_file(vectors / "autoencoder.safetensors")
    save_file({**state, "out.surprise": torch.zeros(1)}, vectors / "autoencoder.safetensors")
    with pytest.raises(UserError, match="surprise"):
        compare(vectors)


def test_a_damaged_file_is_named(vectors: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = vectors / "recognizer.safetensors"
    path.write_bytes(path.read_bytes()[:9000])
    assert main(["parity", str(vectors)]) == 2
    assert "recognizer.safetensors" in capsys.readouterr().err


def test_a_missing_or_empty_folder_is_the_users_mistake(tmp_path: Path) -> None:
    assert main(["parity", str(tmp_path)]) == 2
    assert main(["parity", str(tmp_path / "nowhere")]) == 2


def test_the_relative_error_is_of_the_largest_value() -> None:
    row = measure("file", "output", torch.tensor([1.0, -9.0]), torch.tensor([2.0, -10.0]))
    assert (row.absolute, row.relative, row.passed) == (1.0, 0.1, False)
    assert not measure("file", "output", torch.tensor([torch.nan]), torch.ones(1)).passed


def test_a_foreign_name_is_not_swallowed(system: System) -> None:
    for names, module in (
        (AUTOENCODER, system.autoencoder),
        (GENERATOR, system.generator),
        (RECOGNIZER, system.recognizer),
    ):
        with pytest.raises(UserError, match="not a parameter"):
            names.load(module, {"decoder.model.9.weight": torch.zeros(1)})
        with pytest.raises(UserError, match="do not fit"):
            names.load(module, {})
