# SPDX-License-Identifier: GPL-3.0-or-later
"""Every training on a pretended CUDA card and a pretended Apple GPU, beside the CPU."""

from __future__ import annotations

import dataclasses
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from coamd.backend.lab.training.sentences.space import Teacher
from coamd.backend.lab.training.stages import STAGES, run_stage
from pretended_gpu import pretended_gpu
from safetensors.numpy import load_file
from small_training import SCHEDULE, job


@pytest.fixture(autouse=True)
def loaded_teacher(small_bank: None, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sentence encoder is loaded aside: transformers draws more random numbers where a device is pretended."""
    teacher = Teacher(data.parent / "teacher")
    monkeypatch.setattr("coamd.backend.lab.training.stages.Teacher", lambda _folder: teacher)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the CPU's weights are kept."""
    return tmp_path_factory.mktemp("cpu") / "weights"


@pytest.fixture
def cpu(folder: Path, data: Path) -> Path:
    """A folder of all that is trained, on the CPU."""
    for part in STAGES if not folder.exists() else ():
        run_stage(job(part, data, folder))
    return folder


def written(weights: Path) -> dict[str, np.ndarray]:
    """All numbers in a weights folder, by file and name."""
    found = {"calibration.json": np.array(numbers(json.loads((weights / "calibration.json").read_text())))}
    for path in weights.rglob("*.safetensors"):
        found |= {f"{path.name} {name}": value.astype(np.float32) for name, value in load_file(path).items()}
    return found


def numbers(value: object) -> list[float]:
    """The numbers in what was read from JSON, in their order."""
    if isinstance(value, dict | list):
        return [number for one in (value.values() if isinstance(value, dict) else value) for number in numbers(one)]
    return [float(value)] if isinstance(value, int | float) else []


@pytest.mark.parametrize("kind", ["cuda", "mps"])
@pytest.mark.parametrize("part", STAGES)
def test_a_part_becomes_what_it_becomes_on_the_cpu(
    part: str, kind: str, cpu: Path, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two steps, the averaged weights, the scores on held-out clips, and the files; no devices mix in any of it."""
    weights = tmp_path / "weights"
    shutil.copytree(cpu, weights, ignore=shutil.ignore_patterns("runs"))
    schedule = dataclasses.replace(SCHEDULE, precision="float32")
    with pretended_gpu(kind, monkeypatch) as counts:
        run_stage(dataclasses.replace(job(part, data, weights), device=torch.device(kind), schedule=schedule))
    assert counts.kernels.total() > 100
    made, wanted = written(weights), written(cpu)
    assert made.keys() == wanted.keys()
    for name, value in wanted.items():
        np.testing.assert_allclose(made[name], value, atol=1e-5, err_msg=name)
