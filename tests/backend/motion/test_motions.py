# SPDX-License-Identifier: GPL-3.0-or-later
"""Candidates: where a motion is poor more are made, and the recognizer's score says which is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
import torch
from coamd.backend.model.calibration import Calibration
from coamd.backend.model.guidance import text_score
from coamd.backend.model.weights import System
from coamd.backend.motion.candidates import fits
from coamd.backend.motion.generation import motions, parted, sampling_of, source
from coamd.backend.motion.pipeline import Pipeline
from coamd.backend.requests.generate import GenerateRequest, LazyPreview, SamplingOptions, StepReport
from coamd.rigs.body.canonical import at_origin
from coamd.rigs.errors import UserError

PROMPT = "a person crawls"  # which demands nothing that random weights could miss
FRAMES = 40


def silent(_step: int, _of: int, _look: LazyPreview) -> None:
    """Nobody watches."""


@pytest.fixture
def unfinished(monkeypatch: pytest.MonkeyPatch) -> None:
    """The choice falls before bones get their lengths, which changes much of what random weights make."""
    monkeypatch.setattr("coamd.backend.motion.generation.finished", lambda joints, **_: joints)


def made(system: System, candidates: int, *sources: torch.Generator, report: StepReport = silent) -> list[np.ndarray]:
    sampling = sampling_of(system, SamplingOptions(steps=2, candidates=candidates))
    return motions(system, [PROMPT] * len(sources), [FRAMES] * len(sources), sources, sampling, report=report)


def singles(system: System, seed: int, count: int) -> list[np.ndarray]:
    """The candidates of a seed, each made by itself."""
    return [made(system, 1, part)[0] for part in (source(seed, 0), *parted(source(seed, 0), count - 1))]


def scores(system: System, clips: Sequence[np.ndarray]) -> list[float]:
    """How well motions fit the prompt, each read by itself."""
    rows = [torch.from_numpy(at_origin(joints).astype(np.float32)).flatten(1)[None] for joints in clips]
    with torch.no_grad():
        text = system.recognizer.text(system.text.tokenize([PROMPT]))
        return [float(text_score(system.recognizer(clip), text)) for clip in rows]


def marked(system: System, known: float, good: float) -> System:
    return replace(system, calibration=Calibration(known=known, good=good))


@pytest.mark.usefixtures("unfinished")
def test_the_kept_motion_is_the_candidate_that_fits_best(system: System) -> None:
    alone = singles(system, 3, 4)
    values = scores(system, alone)
    assert max(values) - sorted(values)[-2] > 1e-4  # else the order would be rounding
    (kept,) = made(marked(system, -1.0, 2.0), 4, source(3, 0))
    assert np.allclose(kept, alone[int(np.argmax(values))], atol=1e-3)


@pytest.mark.usefixtures("unfinished")
def test_a_good_motion_is_kept_at_once(system: System) -> None:
    steps: list[tuple[int, int]] = []
    easy = marked(system, -1.0, -1.0)
    (kept,) = made(easy, 4, source(3, 0), report=lambda step, of, _look: steps.append((step, of)))
    assert np.allclose(kept, singles(system, 3, 1)[0], atol=1e-3)
    assert steps == [(1, 4), (2, 4)]  # the two steps that the others would take never come


@pytest.mark.usefixtures("unfinished")
def test_what_the_recognizer_does_not_know_it_does_not_choose(system: System) -> None:
    (kept,) = made(marked(system, 1.5, 2.0), 4, source(3, 0))
    assert np.allclose(kept, singles(system, 3, 1)[0], atol=1e-3)


def test_previews_show_every_motion_all_the_time(system: System) -> None:
    seen: list[tuple[int, int, tuple[int, ...]]] = []

    def report(step: int, of: int, look: LazyPreview) -> None:
        seen.append((step, of, look().shape))

    made(marked(system, -1.0, 2.0), 3, source(1, 0), source(1, 1), report=report)
    assert seen == [(step, 4, (2, FRAMES, 22, 3)) for step in (1, 2, 3, 4)]


def test_a_motion_is_the_same_alone_and_in_company(system: System) -> None:
    together = made(system, 3, source(5, 0), source(5, 1))
    for number, joints in enumerate(together):
        assert np.allclose(joints, made(system, 3, source(5, number))[0], atol=1e-3)


def test_one_candidate_draws_from_the_source_itself(system: System) -> None:
    (kept,) = made(system, 1, source(1, 0))
    assert not np.allclose(kept, made(system, 1, parted(source(1, 0), 1)[0])[0], atol=1e-2)
    first, second = (torch.randn(4, generator=part) for part in parted(source(1, 0), 2))
    assert not torch.equal(first, second)


@pytest.mark.parametrize("candidates", [0, 17])
def test_a_wrong_number_is_refused_before_any_work(system: System, candidates: int) -> None:
    with pytest.raises(UserError) as caught:
        Pipeline(system, torch.device("cpu")).generate(GenerateRequest(PROMPT, 2, seed=0, candidates=candidates))
    assert caught.value.code == "bad_candidates"


def test_a_long_motion_is_judged_in_pieces_that_the_recognizer_can_read(system: System) -> None:
    joints = np.random.default_rng(1).normal(size=(2, 392, 22, 3))
    with torch.no_grad():
        text = system.recognizer.text(system.text.tokenize([PROMPT])).expand(2, -1)
    halves = [scores(system, [clip[:196], clip[196:]]) for clip in joints]
    assert np.allclose(fits(system, joints, text), np.mean(halves, axis=1), atol=1e-4)


def test_one_candidate_is_kept_whatever_it_misses(system: System) -> None:
    """A draft is seen at once; what is not said is held to the prompt, and so are several candidates."""
    assert not sampling_of(system, SamplingOptions(candidates=1)).retries
    assert sampling_of(system, SamplingOptions()).retries
    assert sampling_of(system, SamplingOptions(candidates=4)).retries
    assert not sampling_of(system, SamplingOptions(solver="dopri5")).retries
