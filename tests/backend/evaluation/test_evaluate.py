# SPDX-License-Identifier: GPL-3.0-or-later
"""The evaluation as a whole, on a tiny random model: it must see nothing where nothing is, and all where all is."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from coamd.backend.evaluation import evaluate as ev
from coamd.backend.evaluation.generation import Options, generate_all
from coamd.backend.evaluation.metrics import Estimate
from coamd.backend.evaluation.report import DOWN, Report, Row
from coamd.backend.pipeline import Pipeline
from coamd.backend.training.data import Clip
from coamd.rigs.errors import UserError
from coamd.rigs.skeleton import BONE_LENGTHS, PARENTS
from tiny_model import LABELS, write_tiny_model


@pytest.fixture(scope="module")
def pipeline(tmp_path_factory: pytest.TempPathFactory) -> Pipeline:
    folder = tmp_path_factory.mktemp("tiny") / "weights"
    write_tiny_model(folder)
    return Pipeline.load(folder, "cpu")


@pytest.fixture(scope="module")
def clips() -> list[Clip]:
    """40 clips of figures in random poses that swing, two lengths, one label each; as many mirrored ones."""
    rng = np.random.default_rng(5)
    made = []
    for i in range(40):
        bones = rng.normal(size=(1, 22, 3)) + 0.3 * np.sin(np.linspace(0, 5, 40 + 8 * (i % 2)))[:, None, None]
        bones *= BONE_LENGTHS[:, None] / np.linalg.norm(bones, axis=-1, keepdims=True)
        joints = np.zeros(bones.shape, dtype=np.float32)
        for joint in range(1, 22):
            joints[:, joint] = joints[:, PARENTS[joint]] + bones[:, joint]
        joints[..., 1] -= joints[..., 1].min()
        for mirrored in (False, True):
            split = "test" if i < 36 else "train"
            label = LABELS[i % len(LABELS)]
            made.append(Clip(f"{i}{mirrored}", split, joints, (f"to {label}", f"a {label}"), (label,), "", mirrored))
    return made


FAST = ev.Settings(options=Options(steps=1))


def test_only_recorded_clips_of_the_split_are_held_out(clips: list[Clip]) -> None:
    chosen = ev.held_out(clips, FAST)
    assert len(chosen) == 36
    assert {(clip.split, clip.mirrored) for clip in chosen} == {("test", False)}
    few = ev.held_out(clips, ev.Settings(limit=5, seed=1))
    assert len(few) == 5
    assert [clip.id for clip in few] == [clip.id for clip in ev.held_out(clips, ev.Settings(limit=5, seed=1))]
    with pytest.raises(UserError, match="split 'dev'") as caught:
        ev.held_out(clips, ev.Settings(split="dev"))
    assert "test, train" in caught.value.hint


def test_a_report_has_every_figure_and_can_be_repeated(pipeline: Pipeline, clips: list[Clip]) -> None:
    told: list[int] = []
    report = ev.evaluate(pipeline, clips, FAST, told.append)
    assert sum(told) == 36
    figures = json.loads(report.json())["figures"]
    both = "recognition_top1 r_precision_top3 matching fid_halves diversity skating floating jerk bone_error"
    for key in both.split():
        assert figures[key]["real"] is not None, key
    assert figures["fid"]["generated"]["mean"] > 0.0
    assert figures["bone_error"]["generated"]["mean"] < 0.1
    assert report.json() == ev.evaluate(pipeline, clips, FAST).json()


def test_a_random_model_recognises_no_better_than_chance(pipeline: Pipeline, clips: list[Clip]) -> None:
    chosen = ev.held_out(clips, FAST)
    top1, top5 = ev.recognition(pipeline, chosen, [clip.joints for clip in chosen])
    assert top1 < 0.5
    assert top1 <= top5 <= 1.0


def test_recognition_hits_any_label_and_leaves_out_unknown_ones(pipeline: Pipeline, clips: list[Clip]) -> None:
    clip = clips[0]
    best = pipeline.label(clip.joints, top=1)[0][0]
    right = Clip("a", "test", clip.joints, ("a",), ("something else", best))
    unknown = Clip("b", "test", clip.joints, ("b",), ("something else",))
    assert ev.recognition(pipeline, [right, unknown], [clip.joints] * 2).tolist() == [1.0, 1.0]
    assert np.isnan(ev.recognition(pipeline, [unknown], [clip.joints])).all()


def test_a_batch_makes_what_the_pipeline_makes(pipeline: Pipeline) -> None:
    """The figures are those of the product: the same noise gives the same motion as ``Pipeline.generate``."""
    from coamd.backend import pipeline as engine

    prompts, seed = ["a person walks", "someone sits down and then waves"], 11
    sources = [engine._source(seed, 0) for _ in prompts]
    made = pipeline.motions(prompts, 48, sources, pipeline.sampling())
    for prompt, joints in zip(prompts, made, strict=True):
        alone = pipeline.generate(prompt, 48 / 20, seed=seed).joints[0]
        assert np.abs(joints - alone).max() < 1e-3


def test_a_clip_does_not_depend_on_its_company(pipeline: Pipeline) -> None:
    prompts, frames = ["walk", "run", "jump"], [48, 40, 48]
    all_three = generate_all(pipeline, prompts, frames, seed=2)
    assert [len(joints) for joints in all_three] == frames
    alone = generate_all(pipeline, prompts[:1], frames[:1], seed=2)[0]
    assert np.abs(all_three[0] - alone).max() < 1e-3


def test_generated_motion_that_is_real_motion_scores_like_it() -> None:
    """With real features in both columns every pair of figures must agree, except for what compares the two."""
    rng = np.random.default_rng(0)
    features = rng.normal(size=(36, 12))
    rows = ev.Collected()
    rows.add_features(features + 0.1 * rng.normal(size=features.shape), features, features, rng)
    by_key = {row.key: row for row in rows.rows()}
    assert by_key["fid"].generated is not None
    assert by_key["fid"].generated.mean == pytest.approx(0.0, abs=1e-6)
    for key in ("r_precision_top1", "matching", "clip_score", "fid_halves", "diversity"):
        row = by_key[key]
        assert row.generated is not None
        assert row.real is not None
        assert row.generated.mean == pytest.approx(row.real.mean), key


def test_a_collapsed_generator_is_seen() -> None:
    """One motion for every prompt: no diversity, chance in R-precision, an FID far above that of real halves."""
    rng = np.random.default_rng(0)
    texts = rng.normal(size=(64, 12))
    rows = ev.Collected()
    rows.add_features(texts, texts, np.tile(texts[:1], (64, 1)), rng)
    by_key = {row.key: row for row in rows.rows()}
    made = {key: row.generated.mean for key, row in by_key.items() if row.generated is not None}
    real = {key: row.real.mean for key, row in by_key.items() if row.real is not None}
    assert made["diversity"] == 0.0
    assert made["r_precision_top1"] <= 1 / 32 < real["r_precision_top1"]
    assert made["fid_halves"] > 2 * real["fid_halves"]


def test_the_autoencoder_error_is_that_of_its_joints(pipeline: Pipeline, clips: list[Clip]) -> None:
    overall, relative, bones = ev.reconstruction(pipeline, [clips[0].joints])
    clip = torch.from_numpy(clips[0].joints).flatten(1)[None]
    autoencoder = pipeline.system.autoencoder
    with torch.no_grad():
        error = (autoencoder.decode(autoencoder.encode(clip)) - clip).reshape(-1, 3).norm(dim=-1).mean()
    assert overall == pytest.approx(1000 * float(error), rel=1e-4)
    assert relative > 0.0
    assert bones > 0.0


def test_the_report_shows_intervals_gaps_and_facts(tmp_path: Path) -> None:
    rows = (
        Row("a", "some figure", Estimate(0.5, 0.012), Estimate(0.7, 0.0), DOWN),
        Row("b", "another", Estimate(float("nan"), 0.0), None, DOWN),
    )
    report = Report(rows, {"seed": 3, "steps": None})
    assert "| some figure | 0.500 ± 0.012 | 0.700 | lower is better |" in report.markdown()
    assert "| another | - | - |" in report.markdown()
    assert "seed 3" in report.markdown()
    assert json.loads(report.json())["figures"]["b"]["generated"] is None
