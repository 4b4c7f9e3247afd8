# SPDX-License-Identifier: GPL-3.0-or-later
"""Edits and prompts of several actions with a taught one: of several attempts the one most like the takes is kept."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from coamd.backend.editing import likeness as chooser
from coamd.backend.editing.execution import edit, edit_all
from coamd.backend.editing.likeness import LEAD_IN, led_into
from coamd.backend.editing.splicing import can_be_spliced, spliced
from coamd.backend.editing.steps import generate_steps, steps_of
from coamd.backend.language.familiarity import encoded
from coamd.backend.model.sampler import Cancelled
from coamd.backend.model.taught_actions import TaughtActions
from coamd.backend.model.weights import System
from coamd.backend.motion import candidates, generation
from coamd.backend.motion.generation import motions, sampling_of, source
from coamd.backend.motion.pipeline import Pipeline
from coamd.backend.requests.edit import EditRequest, PromptSegment
from coamd.backend.requests.generate import GenerateRequest, SamplingOptions
from tiny_model import write_tiny_model

from tests.motions import walk

BOWS = "a person bows"
WALK = walk(6.0).astype(np.float32)
OPEN_END = EditRequest(WALK, "regenerate", 40, 120, prompt=BOWS)


def _from(first: int, calls: Iterator[int]) -> Callable[[], bool]:
    """True from the call of that number on."""
    return lambda: next(calls) >= first


@pytest.fixture
def system(tmp_path: Path) -> System:
    """A small model of random weights that was taught to bow."""
    write_tiny_model(tmp_path / "weights")
    loaded = Pipeline.load(tmp_path / "weights", "cpu").system
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(1)  # an untrained head gives nothing, whatever comes before it
        torch.nn.init.normal_(loaded.generator.head.net.out.weight, std=0.3)
    view = np.zeros((1, loaded.config.recognizer.feature), np.float32)
    view[0, 0] = 1.0
    features = encoded(loaded.text, (BOWS,))
    return replace(
        loaded, taught=TaughtActions((BOWS,), (BOWS,), np.zeros(1, int), features, {}, view, loaded.generator)
    )


@pytest.fixture
def turned_heads(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Likeness to the takes becomes how far to the left the last pose is; what was compared is listed."""
    seen: list[float] = []

    def left(_system: System, joints: np.ndarray, _view: np.ndarray) -> float:
        seen.append(float(np.tanh(joints[-1, 0, 0])) - 1.0)  # below what is good enough
        return seen[-1]

    monkeypatch.setattr(chooser, "likeness", left)
    monkeypatch.setattr(candidates, "likeness", left)
    return seen


def test_of_four_motions_the_one_most_like_the_takes_is_kept(system: System, turned_heads: list[float]) -> None:
    sampling = replace(sampling_of(system, SamplingOptions(candidates=4)), retries=False)
    (joints,) = motions(system, [BOWS], [80], [source(1, 0)], sampling)
    assert len(turned_heads) == 4
    assert max(turned_heads) == pytest.approx(float(np.tanh(joints[-1, 0, 0])) - 1.0, abs=0.05)
    turned_heads.clear()
    motions(system, ["a person walks"], [80], [source(1, 0)], sampling)
    assert not turned_heads, "an action that was not taught is chosen by its words"


def test_one_that_is_like_the_takes_needs_no_others(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[int] = []

    def alike(_system: System, joints: np.ndarray, _view: np.ndarray) -> float:
        compared.append(len(joints))
        return 0.99

    monkeypatch.setattr(candidates, "likeness", alike)
    monkeypatch.setattr(chooser, "likeness", alike)
    motions(system, [BOWS], [80], [source(1, 0)], sampling_of(system, SamplingOptions(candidates=4)))
    edit(system, OPEN_END)
    assert compared == [80, 80 - LEAD_IN], "the frames that lead out of a walk do not show the action"


def test_what_begins_a_motion_or_is_short_is_compared_whole() -> None:
    assert led_into(0, 80) == 0
    assert led_into(40, 80) == 40
    assert led_into(40, 120) == 40 + LEAD_IN


def test_an_edit_keeps_the_likest_and_every_bit_around_it(system: System, turned_heads: list[float]) -> None:
    request = replace(OPEN_END, end=100)  # a walk goes on behind it, so that nothing is spliced
    made = edit(system, request).joints
    assert max(turned_heads) == pytest.approx(float(np.tanh(made[0, 99, 0, 0])) - 1.0, abs=1e-5)
    assert len(turned_heads) >= 4
    np.testing.assert_array_equal(made[0, :40], WALK[:40])
    np.testing.assert_array_equal(made[0, 100:], WALK[100:])
    np.testing.assert_array_equal(edit_all(system, [request, request])[1].joints, made)


def test_a_draft_or_a_small_change_is_made_once(system: System, turned_heads: list[float]) -> None:
    edit(system, replace(OPEN_END, steps=1))
    edit(system, replace(OPEN_END, strength=0.4))
    edit(system, replace(OPEN_END, prompt="a person walks"))
    edit(system, OPEN_END, choosing=False)
    Pipeline(system, torch.device("cpu")).generate(GenerateRequest(f"{BOWS}, then walks", 6.0, candidates=1))
    assert not turned_heads


def test_an_open_end_goes_on_from_where_the_motion_was(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    put: list[np.ndarray] = []

    def kept(*args: Any) -> np.ndarray:
        put.append(spliced(*args))
        return put[0]

    def alike(_system: System, joints: np.ndarray, _view: np.ndarray) -> float:
        return 0.5 if put and np.allclose(joints, put[0][-len(joints) :]) else 0.1

    monkeypatch.setattr(chooser, "spliced", kept)
    monkeypatch.setattr(chooser, "likeness", alike)
    made = edit(system, OPEN_END).joints[0]
    np.testing.assert_allclose(made[40:], put[0][40:], atol=1e-4)
    np.testing.assert_array_equal(made[:40], WALK[:40])
    assert np.linalg.norm(made[64, 0, ::2] - WALK[39, 0, ::2]) < 1.5, "metres: near where the walk was left"


@pytest.mark.parametrize(
    ("change", "possible"),
    [
        ({}, True),
        ({"mode": "extend", "after": 80, "start": 0, "end": 0}, True),
        ({"end": 100}, False),
        ({"start": 90}, False),
        ({"start": 0}, False),
        ({"parts": ("left_arm",)}, False),
        ({"keep_poses": (110,)}, False),
        ({"segments": (PromptSegment(BOWS, 40, 120),)}, False),
        ({"mode": "extend", "after": 80, "before": 20, "start": 0, "end": 0}, False),
    ],
)
def test_what_must_meet_something_behind_it_is_not_spliced(change: dict[str, object], possible: bool) -> None:
    assert can_be_spliced(replace(OPEN_END, **change)) is possible


def test_a_taught_action_and_a_known_one_are_steps(system: System) -> None:
    asked = GenerateRequest(f"{BOWS}, then walks forward", 6.0, seed=3, variations=2)
    assert steps_of(system, asked) == ((BOWS, 60), ("walks forward", 60))
    assert [step.frames for step in steps_of(system, replace(asked, seconds=6.05))] in ([60, 61], [61, 60])
    for change in ({"prompt": BOWS}, {"prompt": "runs, then walks"}, {"seconds": 3.0}, {"solver": "dopri5"}):
        assert steps_of(system, replace(asked, **change)) == ()
    assert steps_of(replace(system, taught=None), asked) == ()


def test_steps_go_on_from_what_the_first_is_alone(system: System) -> None:
    pipeline, seen = Pipeline(system, torch.device("cpu")), list[tuple[int, int]]()
    asked = GenerateRequest(f"{BOWS}, then walks forward", 6.0, seed=3, variations=2)
    made = pipeline.generate(asked, progress=lambda _phase, step, of, _look: seen.append((step, of))).joints
    assert made.shape == (2, 120, 22, 3)
    alone = pipeline.generate(replace(asked, prompt=BOWS, seconds=3.0)).joints
    np.testing.assert_array_equal(made[:, :60], alone)
    assert not np.array_equal(made[0, 60:], made[1, 60:])
    np.testing.assert_allclose(pipeline.generate(replace(asked, variations=1)).joints[0], made[0], atol=1e-3)
    assert all(0 <= step <= of for step, of in seen)


def test_steps_can_be_cancelled_in_each_of_them(system: System) -> None:
    asked = GenerateRequest(f"{BOWS}, then walks forward", 6.0, seed=3)
    steps, calls = steps_of(system, asked), itertools.count()
    generate_steps(system, asked, steps, cancelled=lambda: next(calls) < 0)
    for last in (0, next(calls) - 1):
        again = itertools.count()
        with pytest.raises(Cancelled):
            generate_steps(system, asked, steps, cancelled=_from(last, again))


def test_a_taught_action_is_not_held_to_what_other_actions_are(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    """A lasso is swung over the head, where nothing in its words says so."""
    asked: list[str] = []
    monkeypatch.setattr(generation, "demand_of", lambda prompt: asked.append(prompt))
    motions(
        system, [BOWS, "a person walks"], [80, 80], [source(1, 0), source(1, 1)], sampling_of(system, SamplingOptions())
    )
    assert asked == ["a person walks"]
