# SPDX-License-Identifier: GPL-3.0-or-later
"""A lesson on a pretended CUDA card and a pretended Apple GPU, beside the CPU."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from coamd.backend.model.weights import System, load_system
from coamd.backend.requests.lesson import Example, Lesson
from coamd.backend.teaching import material
from coamd.backend.teaching.learning import LearningSettings, learn
from pretended_gpu import pretended_gpu

from tests.motions import walk

FEW = LearningSettings(rank=2, rate=1e-2, steps=2, rehearsal=2)


@pytest.mark.parametrize("kind", ["cuda", "mps"])
def test_what_is_learnt_is_what_the_cpu_learns(
    kind: str, system: System, tiny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rehearsal, two steps, and the held-out parts; no devices mix in any of it."""
    monkeypatch.setattr(material, "HOPELESS", float("inf"))  # the random autoencoder shows no motion at all
    examples = tuple(
        Example(f"take {n}", walk(2.5, turning=0.1 * n).astype(np.float32), ("a person struts",)) for n in range(6)
    )
    lesson = Lesson("Strut", examples, mirror=False)
    wanted = learn(system, lesson, settings=FEW)
    with pretended_gpu(kind, monkeypatch) as counts:
        there = load_system(tiny, torch.device(kind))
        there.generator.load_state_dict(system.generator.state_dict())
        made = learn(there, lesson, settings=FEW)
    assert counts.kernels.total() > 100
    assert (made.steps, made.words, made.losses.keys()) == (wanted.steps, wanted.words, wanted.losses.keys())
    assert list(made.losses.values()) == pytest.approx(list(wanted.losses.values()), rel=1e-5)
    assert made.adapters.keys() == wanted.adapters.keys()
    for name, value in wanted.adapters.items():
        np.testing.assert_allclose(made.adapters[name], value, atol=1e-5, err_msg=name)
