# SPDX-License-Identifier: GPL-3.0-or-later
"""In which precision a generator works, by the machine and its own size."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from coamd.backend.pipeline import Pipeline, in_bfloat16
from tiny_model import write_tiny_model

CPU = torch.device("cpu")
FULL, BUNDLED = 1792, 384


@pytest.mark.parametrize("instructions", ["avx512_bf16", "amx_bf16"])
def test_a_wide_head_is_in_bfloat16_on_a_cpu_that_has_it(instructions: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {instructions: True})
    assert in_bfloat16(CPU, FULL)
    assert not in_bfloat16(CPU, BUNDLED), "the same seed makes the same motion on all CPUs"


def test_a_cpu_without_it_and_other_devices_work_in_float32(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {"avx512_bf16": False, "avx2": True})
    assert not in_bfloat16(CPU, FULL)
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {"avx512_bf16": True})
    assert not in_bfloat16(torch.device("mps"), FULL)


def test_what_is_asked_for_counts(tmp_path: Path) -> None:
    write_tiny_model(tmp_path)
    plain, automatic, halved = (Pipeline.load(tmp_path, "cpu", word) for word in ("float32", "auto", "bfloat16"))
    kinds = [{value.dtype for value in made.system.generator.parameters()} for made in (plain, automatic, halved)]
    assert kinds == [{torch.float32}, {torch.float32}, {torch.bfloat16}]
    one, same, near = (made.generate("walk", 2.0, seed=1).joints for made in (plain, automatic, halved))
    assert np.array_equal(one, same)
    assert np.abs(near - one).max() < 0.2
