# SPDX-License-Identifier: GPL-3.0-or-later
"""Candidates: several motions are made for one, and the recognizer's score says which is kept."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from coamd.backend.model.calibration import Calibration
from coamd.backend.model.guidance import text_score
from coamd.backend.model.weights import System
from coamd.backend.motions import best, motions, parted, sampling_of, source
from coamd.backend.pipeline import Pipeline
from coamd.rigs.canonical import at_origin
from coamd.rigs.errors import UserError

PROMPT = "a person walks forward"
FRAMES = 40


def made(system: System, candidates: int, *sources: torch.Generator) -> list[np.ndarray]:
    sampling = sampling_of(system.config, steps=2, candidates=candidates)
    return motions(system, [PROMPT] * len(sources), [FRAMES] * len(sources), sources, sampling)


def score(system: System, joints: np.ndarray) -> float:
    """How well a motion fits the prompt, read by itself."""
    clip = torch.from_numpy(at_origin(joints).astype(np.float32)).flatten(1)[None]
    with torch.no_grad():
        return float(text_score(system.recognizer(clip), system.recognizer.text(system.text.tokenize([PROMPT]))))


def test_the_kept_motion_is_the_candidate_that_fits_best(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    # The choice falls before bones get their lengths, which changes much of what random weights make.
    monkeypatch.setattr("coamd.backend.motions.finished", lambda joints: joints)
    alone = [made(system, 1, part)[0] for part in parted(source(3, 0), 4)]
    scores = [score(system, joints) for joints in alone]
    assert max(scores) - sorted(scores)[-2] > 1e-4  # else the order would be rounding
    (kept,) = made(system, 4, source(3, 0))
    assert np.allclose(kept, alone[int(np.argmax(scores))], atol=1e-3)


def test_a_motion_is_the_same_alone_and_in_company(system: System) -> None:
    together = made(system, 3, source(5, 0), source(5, 1))
    for number, joints in enumerate(together):
        assert np.allclose(joints, made(system, 3, source(5, number))[0], atol=1e-3)


def test_one_candidate_draws_from_the_source_itself(system: System) -> None:
    assert np.allclose(made(system, 1, source(1, 0))[0], made(system, 1, source(1, 0))[0])
    first, second = (torch.randn(4, generator=part) for part in parted(source(1, 0), 2))
    assert not torch.equal(first, second)


def rows(known: float, system: System) -> list[int]:
    joints = np.random.default_rng(0).normal(size=(6, FRAMES, 22, 3))
    text = system.recognizer.text(system.text.tokenize([PROMPT])).expand(6, -1)
    return best(replace(system, calibration=Calibration(known=known)), joints, text, 3).tolist()


def test_what_the_recognizer_does_not_know_it_does_not_choose(system: System) -> None:
    """Above every score the threshold makes the first of each three the choice; below, the best one."""
    assert rows(1.0, system) == [0, 3]
    chosen = rows(-1.0, system)
    assert chosen[0] in (0, 1, 2) and chosen[1] in (3, 4, 5)
    assert chosen != [0, 3]


@pytest.mark.parametrize("candidates", [0, 17])
def test_a_wrong_number_is_refused_before_any_work(system: System, candidates: int) -> None:
    with pytest.raises(UserError) as caught:
        Pipeline(system, torch.device("cpu")).generate(PROMPT, 2, seed=0, candidates=candidates)
    assert caught.value.code == "bad_candidates"


def test_a_long_motion_is_judged_in_pieces_that_the_recognizer_can_read(system: System) -> None:
    joints = np.random.default_rng(1).normal(size=(2, 500, 22, 3))
    text = system.recognizer.text(system.text.tokenize([PROMPT])).expand(2, -1)
    assert best(system, joints, text, 2).tolist() in ([0], [1])
