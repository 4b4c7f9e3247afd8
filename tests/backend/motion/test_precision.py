# SPDX-License-Identifier: GPL-3.0-or-later
"""In which precision a generator works, by the machine and its own size."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from coamd.backend.model.device import has_bfloat16, in_bfloat16
from coamd.backend.motion.pipeline import Pipeline
from coamd.backend.requests.generate import GenerateRequest
from coamd.rigs.errors import UserError
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


@pytest.mark.parametrize(
    ("card", "capability", "has"),
    [("GTX 1080", (6, 1), False), ("V100", (7, 0), False), ("RTX 2060", (7, 5), False), ("RTX 3060", (8, 6), True)],
)
def test_a_card_that_emulates_bfloat16_does_not_have_it(
    card: str, capability: tuple[int, int], has: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """torch's own answer is yes for all of them. It is asked of the chosen card, not of the current one."""
    asked: list[torch.device] = []

    def answer(device: torch.device) -> tuple[int, int]:
        asked.append(device)
        return capability

    monkeypatch.setattr(torch.cuda, "get_device_capability", answer)
    second = torch.device("cuda", 1)
    assert has_bfloat16(second) == has, card
    assert in_bfloat16(second, FULL) == has and not in_bfloat16(second, BUNDLED)
    assert set(asked) == {second}


def test_dopri5_is_refused_in_bfloat16(tmp_path: Path) -> None:
    """Its step follows an error below what bfloat16 tells apart: three times as many evaluations for nothing."""
    write_tiny_model(tmp_path)
    with pytest.raises(UserError, match="float32 alone") as caught:
        Pipeline.load(tmp_path, "cpu", "bfloat16").generate(GenerateRequest("walk", 1.0, seed=1, solver="dopri5"))
    assert "--precision float32" in caught.value.hint


def test_what_is_asked_for_counts(tmp_path: Path) -> None:
    write_tiny_model(tmp_path)
    plain, automatic, halved = (Pipeline.load(tmp_path, "cpu", word) for word in ("float32", "auto", "bfloat16"))
    kinds = [{value.dtype for value in made.system.generator.parameters()} for made in (plain, automatic, halved)]
    assert kinds == [{torch.float32}, {torch.float32}, {torch.bfloat16}]
    one, same, near = (
        made.generate(GenerateRequest("walk", 2.0, seed=1)).joints for made in (plain, automatic, halved)
    )
    assert np.array_equal(one, same)
    assert np.abs(near - one).max() < 0.2
