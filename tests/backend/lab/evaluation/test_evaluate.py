# SPDX-License-Identifier: GPL-3.0-or-later
"""The evaluation as a whole, on a tiny random model: it must see nothing where nothing is, and all where all is."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from coamd.backend.cli import main
from coamd.backend.lab.evaluation import evaluate as ev
from coamd.backend.lab.evaluation.collection import Collected
from coamd.backend.lab.evaluation.evaluator import Evaluator, EvaluatorConfig
from coamd.backend.lab.evaluation.generation import generate_all, source_seeds
from coamd.backend.lab.evaluation.metrics import Estimate
from coamd.backend.lab.evaluation.physics import measure
from coamd.backend.lab.evaluation.report import (
    DOWN,
    GENERATED,
    NEAREST,
    REAL,
    UNGUIDED,
    EvaluationReport,
    EvaluationRow,
)
from coamd.backend.lab.evaluation.sweep import (
    CANDIDATES,
    GUIDANCE_SCALES,
    KEYS,
    RECOGNIZER_GUIDANCE,
    STEPS,
    sweep,
    variants,
)
from coamd.backend.motion.generation import source
from coamd.backend.motion.pipeline import Pipeline
from coamd.backend.requests.generate import GenerateRequest, SamplingOptions
from coamd.backend.training.data import Clip, save_items
from coamd.rigs.body.skeleton import BONE_LENGTHS, PARENTS
from coamd.rigs.errors import UserError
from tiny_model import LABELS, write_tiny_model


@pytest.fixture(scope="module")
def pipeline(tmp_path_factory: pytest.TempPathFactory) -> Pipeline:
    folder = tmp_path_factory.mktemp("tiny") / "weights"
    write_tiny_model(folder)
    return Pipeline.load(folder, "cpu")


@pytest.fixture(scope="module")
def evaluator() -> Evaluator:
    """A judge without any training."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return Evaluator(EvaluatorConfig(LABELS, width=16, feature=8)).eval()


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


FAST = ev.EvaluationSettings(repeats=1, options=SamplingOptions(steps=1))


def test_only_recorded_clips_of_the_split_are_held_out(clips: list[Clip]) -> None:
    chosen = ev.held_out(clips, FAST)
    assert len(chosen) == 36
    assert {(clip.split, clip.mirrored) for clip in chosen} == {("test", False)}
    few = ev.held_out(clips, ev.EvaluationSettings(limit=5, seed=1))
    assert len(few) == 5
    assert [clip.id for clip in few] == [clip.id for clip in ev.held_out(clips, ev.EvaluationSettings(limit=5, seed=1))]
    with pytest.raises(UserError, match="split 'dev'") as caught:
        ev.held_out(clips, ev.EvaluationSettings(split="dev"))
    assert "test, train" in caught.value.hint


def test_a_report_has_every_figure_in_every_column_and_can_be_repeated(
    pipeline: Pipeline, evaluator: Evaluator, clips: list[Clip]
) -> None:
    told: list[int] = []
    report = ev.evaluate(pipeline, evaluator, clips, FAST, told.append)
    assert sum(told) == ev.work(pipeline, ev.held_out(clips, FAST), FAST) == 36 * 2 + 300
    figures = json.loads(report.json())["figures"]
    both = (
        "labels recognition_top1 r_precision_top3 matching fid_halves diversity skating floating jerk floats clip_score"
    )
    for key in both.split():
        for column in (GENERATED, UNGUIDED, NEAREST, REAL):
            assert figures[key][column] is not None, (key, column)
    assert figures["fid"][GENERATED]["mean"] > 0.0
    assert figures["fid"][REAL] is None
    assert figures["multimodality"][GENERATED]["mean"] > 0.0
    assert figures["bone_error"][GENERATED]["mean"] < 0.1
    assert report.json() == ev.evaluate(pipeline, evaluator, clips, FAST).json()


def test_repeats_give_intervals(pipeline: Pipeline, evaluator: Evaluator, clips: list[Clip]) -> None:
    settings = ev.EvaluationSettings(limit=8, repeats=3, options=SamplingOptions(steps=1), quick=True)
    rows = {row.key: row for row in ev.evaluate(pipeline, evaluator, clips, settings).rows}
    assert rows["matching"].values[GENERATED].half_width > 0.0
    assert rows["jerk"].values[REAL].half_width == 0.0
    assert UNGUIDED not in rows["matching"].values
    assert "multimodality" not in rows


def test_without_guidance_there_is_no_column_for_it(pipeline: Pipeline) -> None:
    assert ev.EvaluationSettings().unguided(pipeline) == SamplingOptions(recognizer_guidance=0.0, candidates=1)
    assert (
        ev.EvaluationSettings(options=SamplingOptions(recognizer_guidance=0.0, candidates=1)).unguided(pipeline) is None
    )


def test_the_library_gives_the_clip_whose_caption_it_is(pipeline: Pipeline, clips: list[Clip]) -> None:
    shelf = [
        Clip(str(i), "train", clip.joints, (f"{clip.labels[0]} number {i}", "x" * (i + 1)), clip.labels)
        for i, clip in enumerate(clips[:6])
    ]
    library = ev.CaptionedClips.of(pipeline, shelf)
    found = library.nearest(pipeline, [shelf[4].texts[0], shelf[1].texts[1]])
    assert found[0] is shelf[4].joints
    assert found[1] is shelf[1].joints


def test_a_random_model_recognises_no_better_than_chance(pipeline: Pipeline, clips: list[Clip]) -> None:
    chosen = ev.held_out(clips, FAST)
    top1, top5 = ev.recognition(pipeline, chosen, ev.embed(pipeline, [clip.joints for clip in chosen]))
    assert top1 < 0.5
    assert top1 <= top5 <= 1.0


def test_recognition_hits_any_label_and_leaves_out_unknown_ones(pipeline: Pipeline, clips: list[Clip]) -> None:
    clip = clips[0]
    best = pipeline.label(clip.joints, top=1, whole=True)[0][0].labels[0].label
    features = ev.embed(pipeline, [clip.joints] * 2)
    right = Clip("a", "test", clip.joints, ("a",), ("something else", best))
    unknown = Clip("b", "test", clip.joints, ("b",), ("something else",))
    assert ev.recognition(pipeline, [right, unknown], features).tolist() == [1.0, 1.0]
    assert np.isnan(ev.recognition(pipeline, [unknown], features[:1])).all()


def test_a_batch_makes_what_the_pipeline_makes(pipeline: Pipeline) -> None:
    """The figures are those of the product: the same noise gives the same motion as ``Pipeline.generate``."""
    prompts, seed = ["a person walks", "someone sits down and then waves"], 11
    sources = [source(seed, 0) for _ in prompts]
    made = pipeline.motions(prompts, [48, 48], sources, pipeline.sampling())
    for prompt, joints in zip(prompts, made, strict=True):
        alone = pipeline.generate(GenerateRequest(prompt, 48 / 20, seed=seed)).joints[0]
        assert np.abs(joints - alone).max() < 1e-3


def test_a_clip_does_not_depend_on_its_company(pipeline: Pipeline) -> None:
    prompts, frames = ["walk", "run", "jump"], [48, 40, 48]
    all_three = generate_all(pipeline, prompts, frames, seeds=source_seeds(2, 3))
    assert [len(joints) for joints in all_three] == frames
    alone = generate_all(pipeline, prompts[:1], frames[:1], seeds=source_seeds(2, 1))[0]
    assert np.abs(all_three[0] - alone).max() < 1e-3


def test_generated_motion_that_is_real_motion_scores_like_it() -> None:
    """With real features in both columns every pair of figures must agree, except for what compares the two."""
    rng = np.random.default_rng(0)
    features = rng.normal(size=(36, 12))
    rows = Collected()
    rows.add_features(features + 0.1 * rng.normal(size=features.shape), {GENERATED: features, REAL: features}, rng)
    by_key = {row.key: row for row in rows.rows()}
    assert by_key["fid"].values[GENERATED].mean == pytest.approx(0.0, abs=1e-6)
    for key in ("r_precision_top1", "matching", "fid_halves", "diversity"):
        assert by_key[key].ratio == pytest.approx(1.0), key


def test_a_collapsed_generator_is_seen() -> None:
    """One motion for every prompt: no diversity, chance in R-precision, an FID far above that of real halves."""
    rng = np.random.default_rng(0)
    texts = rng.normal(size=(64, 12))
    rows = Collected()
    rows.add_features(texts, {GENERATED: np.tile(texts[:1], (64, 1)), REAL: texts}, rng)
    by_key = {row.key: row.values for row in rows.rows()}
    assert by_key["diversity"][GENERATED].mean == 0.0
    assert by_key["r_precision_top1"][GENERATED].mean <= 1 / 32 < by_key["r_precision_top1"][REAL].mean
    assert by_key["fid_halves"][GENERATED].mean > 2 * by_key["fid_halves"][REAL].mean


def test_a_figure_that_floats_or_falls_unasked_is_counted_once(clips: list[Clip]) -> None:
    standing = np.zeros((40, 22, 3), np.float32)
    standing[:, 1:, 1] = 1.0
    floating, fallen = standing + np.float32([0, 0.5, 0]), standing[..., [1, 2, 0]]  # in the air; along X
    real = [measure(standing)] * 4
    made = [measure(joints) for joints in (standing, floating, fallen, standing)]
    rows = Collected()
    rows.add_physics({GENERATED: made, REAL: real})
    values = {row.key: row.values for row in rows.rows()}
    assert values["floats_unasked"][GENERATED].mean == values["tips_unasked"][GENERATED].mean == 0.25
    asked = Collected()
    asked.add_physics({GENERATED: made, REAL: made})
    assert all(row.values[GENERATED].mean == 0.0 for row in asked.rows() if row.key.endswith("unasked"))


def test_the_autoencoder_error_is_that_of_its_joints(pipeline: Pipeline, clips: list[Clip]) -> None:
    overall, relative, bones = ev.reconstruction(pipeline, [clips[0].joints])
    clip = torch.from_numpy(clips[0].joints).flatten(1)[None]
    autoencoder = pipeline.system.autoencoder
    with torch.no_grad():
        error = (autoencoder.decode(autoencoder.encode(clip)) - clip).reshape(-1, 3).norm(dim=-1).mean()
    assert overall == pytest.approx(1000 * float(error), rel=1e-4)
    assert relative > 0.0
    assert bones > 0.0


def test_the_report_shows_intervals_gaps_ratios_and_facts() -> None:
    rows = (
        EvaluationRow("a", "some figure", {GENERATED: Estimate(0.5, 0.012), REAL: Estimate(0.8, 0.0)}, DOWN),
        EvaluationRow("b", "another", {GENERATED: Estimate(float("nan"), 0.0)}, DOWN),
    )
    report = EvaluationReport(rows, {"seed": 3, "steps": None})
    assert report.columns == (GENERATED, REAL)
    assert "| some figure | 0.500 ± 0.012 | 0.800 | 0.62 | lower is better |" in report.markdown()
    assert "| another | - | - | - | lower is better |" in report.markdown()
    assert "seed 3" in report.markdown()
    assert json.loads(report.json())["figures"]["b"][GENERATED] is None


def test_a_sweep_changes_one_setting_at_a_time(pipeline: Pipeline, evaluator: Evaluator, clips: list[Clip]) -> None:
    found = variants(pipeline, SamplingOptions())
    base = pipeline.sampling(SamplingOptions())
    assert len(found) == len({name for name, _ in found})
    assert len(found) <= 1 + len(RECOGNIZER_GUIDANCE) + len(STEPS) + len(GUIDANCE_SCALES) + len(CANDIDATES)
    for _, options in found[1:]:
        sampling = pipeline.sampling(options)
        changed = (sampling.steps != base.steps) + (sampling.guidance_scale != base.guidance_scale)
        changed += sampling.candidates != base.candidates
        assert changed + (sampling.strength != base.strength) == 1
    table = sweep(pipeline, evaluator, clips, ev.EvaluationSettings(limit=4, repeats=1))
    assert len(table.lines) == len(found) + 1
    assert table.lines[-1][0] == "real held-out motion"
    assert {"matching", "skating"} <= set(table.lines[0][1]) <= set(KEYS)
    assert "as it ships (3 steps" in table.markdown()
    assert json.loads(table.json())["lines"]["recognizer guidance 0"]["matching"] > 0.0


def test_the_command_writes_a_report_that_tells_how_to_repeat_it(
    tmp_path: Path, evaluator: Evaluator, clips: list[Clip], capsys: pytest.CaptureFixture[str]
) -> None:
    write_tiny_model(tmp_path / "weights")
    (tmp_path / "judge").mkdir()
    evaluator.save(tmp_path / "judge", {"seed": 20_000})
    (tmp_path / "data").mkdir()
    save_items(tmp_path / "data", "clips", clips)
    options = ["--weights", "weights", "--evaluator", "judge", "-o", "out"]
    command = ["evaluate", "data", "--quick", "--limit", "4", "--steps", "1", "--parts", "figures", *options]
    assert (
        main([str(tmp_path / word) if (tmp_path / word).is_dir() or word == "out" else word for word in command]) == 0
    )
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"report.html", "report.json", "report.md"}
    facts = json.loads((tmp_path / "out" / "report.json").read_text(encoding="utf-8"))["facts"]
    assert {"seed", "evaluator_seed", "repeats", "steps", "guidance_scale", "recognizer_guidance"} <= set(facts)
    assert (facts["clips"], facts["repeats"], facts["steps"]) == (4, 1, 1)
    said = capsys.readouterr().out
    assert "evaluator: seed 20000" in said
    assert "matching score" in said
