# SPDX-License-Identifier: GPL-3.0-or-later
"""The engine on a small random model: what it promises of shapes, seeds, windows, cancelling and bad input."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from coamd.backend.model.device import choose_device
from coamd.backend.model.weights import System, save_system
from coamd.backend.motion.pipeline import Cancelled, Pipeline, check
from coamd.backend.requests.generate import GenerateRequest, LazyPreview
from coamd.rigs.body.canonical import turned
from coamd.rigs.body.skeleton import BONE_LENGTHS, PARENTS
from coamd.rigs.errors import UserError
from hypothesis import given
from hypothesis import strategies as st

PROMPT = "a person crawls"  # which demands nothing that random weights could miss


@pytest.fixture(scope="module")
def pipeline(system: System) -> Pipeline:
    return Pipeline(system, torch.device("cpu"))


def clip(frames: int = 40) -> np.ndarray:
    return np.random.default_rng(0).normal(size=(frames, 22, 3)).astype(np.float32)


@pytest.mark.parametrize("seconds", [1.0, 1.33, 9.7, 9.8])
def test_a_motion_has_round_20_frames_a_second_and_constant_bones(pipeline: Pipeline, seconds: float) -> None:
    made = pipeline.generate(GenerateRequest(PROMPT, seconds, seed=1, variations=2, steps=2))
    assert made.joints.shape == (2, round(20 * seconds), 22, 3)
    assert made.joints.dtype == np.float32
    bones = made.joints[..., 1:, :] - made.joints[..., list(PARENTS[1:]), :]
    assert np.allclose(np.linalg.norm(bones, axis=-1), BONE_LENGTHS[1:], atol=1e-4)


def test_a_seed_means_one_motion_and_a_variation_does_not_depend_on_the_others(pipeline: Pipeline) -> None:
    one = pipeline.generate(GenerateRequest(PROMPT, 2, seed=7)).joints
    assert np.array_equal(one, pipeline.generate(GenerateRequest(PROMPT, 2, seed=7)).joints)
    three = pipeline.generate(GenerateRequest(PROMPT, 2, seed=7, variations=3)).joints
    assert np.allclose(three[0], one[0], atol=1e-3)
    assert not np.allclose(three[1], one[0], atol=1e-2)
    assert not np.allclose(pipeline.generate(GenerateRequest(PROMPT, 2, seed=8)).joints, one, atol=1e-2)


def test_the_prompt_matters(pipeline: Pipeline) -> None:
    a, b = (pipeline.generate(GenerateRequest(text, 2, seed=1)).joints for text in (PROMPT, "sit down"))
    assert not np.allclose(a, b, atol=1e-3)


def test_progress_counts_up_and_shows_the_motion_on_the_way(pipeline: Pipeline) -> None:
    seen: list[tuple[str, int, int, tuple[int, ...] | None]] = []

    def progress(phase: str, step: int, of: int, preview: LazyPreview | None) -> None:
        seen.append((phase, step, of, None if preview is None else preview().shape))

    pipeline.generate(GenerateRequest(PROMPT, 1.5, seed=1, variations=2, steps=3), progress=progress)
    assert seen[0] == ("text", 0, 1, None)
    assert seen[1:] == [("sampling", step, 3, (2, 30, 22, 3)) for step in (1, 2, 3)]


def test_a_long_motion_is_made_of_windows(pipeline: Pipeline) -> None:
    previews: list[tuple[int, int, int]] = []

    def progress(_phase: str, step: int, of: int, preview: LazyPreview | None) -> None:
        if preview is not None:
            previews.append((step, of, preview().shape[1]))

    made = pipeline.generate(GenerateRequest(PROMPT, 25, seed=1, steps=2, candidates=1), progress=progress)
    assert made.joints.shape == (1, 500, 22, 3)
    assert [step for step, _, _ in previews] == list(range(1, 7))  # three windows of two steps
    assert all(of == 6 for _, of, _ in previews)
    lengths = [frames for _, _, frames in previews]
    assert lengths == sorted(lengths) and lengths[-1] == 500


def test_a_long_motion_that_is_tried_again_is_shown_whole(pipeline: Pipeline) -> None:
    """What random weights make of a run has no pace; the windows of the next tries lie in the place of the first."""
    previews: list[int] = []

    def progress(_phase: str, _step: int, _of: int, preview: LazyPreview | None) -> None:
        if preview is not None:
            previews.append(preview().shape[1])

    made = pipeline.generate(GenerateRequest("a person runs", 25, seed=1, steps=2), progress=progress)
    assert made.joints.shape == (1, 500, 22, 3)
    assert len(previews) > 6 and previews[6:] == [500] * len(previews[6:])


@pytest.mark.parametrize("seconds", [2, 25])
def test_cancelling_stops_before_the_next_step(pipeline: Pipeline, seconds: float) -> None:
    steps: list[int] = []
    with pytest.raises(Cancelled):
        pipeline.generate(
            GenerateRequest(PROMPT, seconds, seed=1),
            progress=lambda _phase, step, _of, _preview: steps.append(step),
            cancelled=lambda: len(steps) >= 3,
        )
    assert steps == [0, 1, 2]


def test_labels_come_best_first(pipeline: Pipeline) -> None:
    (segment,), notes = pipeline.label(clip(), top=2, whole=True)
    first, second = segment.labels
    assert notes == ()
    assert (segment.first, segment.end) == (0, len(clip()))
    assert {first.label, second.label} <= {"walk", "wave", "jump"}
    assert first.score >= second.score
    (own,), notes = pipeline.label(clip(), ["sit", "", "run", "Sit"], top=9, whole=True)
    assert {named.label for named in own.labels} == {"sit", "run"}
    assert notes == ("Of the labels, 1 that came twice and 1 without a name were left out.",)
    assert pipeline.label(clip(), top=2, whole=True) == ((segment,), ())


def test_place_and_heading_of_a_clip_do_not_change_its_feature(pipeline: Pipeline) -> None:
    joints = clip(30)
    moved = turned(joints.astype(np.float64), 1.1) + np.array([3.0, 0.0, -2.0])
    a, b = pipeline.embed_motion(joints), pipeline.embed_motion(moved)
    assert np.allclose(a, b, atol=1e-3)
    assert np.linalg.norm(a) == pytest.approx(1, abs=1e-5)
    assert a.shape == pipeline.embed_text("walk").shape
    assert np.linalg.norm(pipeline.embed_text("walk")) == pytest.approx(1, abs=1e-5)


def test_a_clip_of_any_length_has_a_feature(pipeline: Pipeline) -> None:
    assert all(np.isfinite(pipeline.embed_motion(clip(frames))).all() for frames in (4, 5, 196, 197, 500))


@pytest.mark.parametrize(
    ("joints", "code"),
    [
        (clip(3), "too_short"),
        (np.zeros((0, 22, 3)), "too_short"),
        (clip()[:, :21], "bad_motion"),
        (np.full((8, 22, 3), np.nan), "bad_motion"),
    ],
)
def test_what_is_no_motion_is_refused(pipeline: Pipeline, joints: np.ndarray, code: str) -> None:
    with pytest.raises(UserError) as caught:
        pipeline.label(joints)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("prompt", "seconds", "variations", "code"),
    [
        ("", 4, 1, "empty_prompt"),
        (" \n", 4, 1, "empty_prompt"),
        ("x" * 10_000, 4, 1, "long_prompt"),
        (PROMPT, 0, 1, "bad_length"),
        (PROMPT, 3600, 1, "bad_length"),
        (PROMPT, float("nan"), 1, "bad_length"),
        (PROMPT, 4, 0, "bad_variations"),
        (PROMPT, 4, 1000, "bad_variations"),
    ],
)
def test_a_bad_request_is_refused_before_any_work(
    pipeline: Pipeline, prompt: str, seconds: float, variations: int, code: str
) -> None:
    with pytest.raises(UserError) as caught:
        pipeline.generate(GenerateRequest(prompt, seconds, seed=1, variations=variations))
    assert caught.value.code == code
    assert caught.value.hint


@given(st.text(min_size=1, max_size=1000).filter(str.strip), st.floats(1, 60), st.integers(1, 64))
def test_a_good_request_passes(prompt: str, seconds: float, variations: int) -> None:
    check(GenerateRequest(prompt, seconds, variations=variations))


def test_a_prompt_that_is_cut_is_told(pipeline: Pipeline) -> None:
    assert pipeline.generate(GenerateRequest("walk " * 100, 1, seed=1, steps=1)).warnings
    assert not pipeline.generate(GenerateRequest("walk", 1, seed=1, steps=1)).warnings


def test_a_weights_folder_becomes_a_pipeline(system: System, pipeline: Pipeline, tmp_path: Path) -> None:
    save_system(tmp_path, system)
    loaded = Pipeline.load(tmp_path, "cpu")
    assert (loaded.name, loaded.device) == ("tiny", "cpu")
    assert loaded.embed_text("walk") == pytest.approx(pipeline.embed_text("walk"), abs=2e-2)
    with pytest.raises(UserError) as caught:
        Pipeline.load(tmp_path / "nothing", "cpu")
    assert caught.value.code == "weights_missing"


def test_an_unknown_device_names_the_usable_ones() -> None:
    with pytest.raises(UserError, match="cpu"):
        choose_device("tpu")
    assert choose_device("auto").type in ("cuda", "mps", "cpu")
