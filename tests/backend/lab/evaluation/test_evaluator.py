# SPDX-License-Identifier: GPL-3.0-or-later
"""The judge: what it sees of a motion, that it learns, and that it is read back as it was written."""

from __future__ import annotations

import ast
import inspect
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from coamd.backend.lab.evaluation.evaluator import (
    CHANNELS,
    FACTS,
    STRIDE,
    WEIGHTS,
    Evaluator,
    EvaluatorConfig,
    hashed,
    load_evaluator,
    seen_from_the_body,
)
from coamd.backend.lab.evaluation.evaluator_training import (
    BUILD,
    DRIFT,
    SCHEDULE,
    held_out_scores,
    label_accuracy,
    learnt_labels,
    performed,
    train_evaluator,
)
from coamd.backend.training.data import Clip, save_items
from coamd.backend.training.mirrored_words import mirrored_clip
from coamd.rigs.body.canonical import canonical, turned
from coamd.rigs.body.resample import sampled
from coamd.rigs.body.skeleton import MIN_FRAMES
from coamd.rigs.errors import UserError
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.motions import sit, walk

MOTIONS = {"walk": walk(4.0), "turn": walk(4.0, turning=1.0), "sit": sit(4.0)}
CLIPS = {name: canonical(joints, 20.0)[: len(joints) // 4 * 4] for name, joints in MOTIONS.items()}


@pytest.fixture
def evaluator() -> Evaluator:
    torch.manual_seed(0)
    return Evaluator(EvaluatorConfig(("sit", "turn", "walk"), width=16, feature=8)).eval()


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    clips = []
    for split, copies in (("train", 6), ("val", 1)):
        for name, joints in CLIPS.items():
            for i in range(copies):
                texts = (f"a person does a {name}", f"someone shows a {name}, number {i}")
                clip = Clip(f"{split}_{name}_{i}", split, joints, texts, (name,))
                clips += [clip, mirrored_clip(clip)]
    save_items(folder, "clips", clips)
    return folder


def test_a_motion_is_the_same_wherever_it_is_and_faces() -> None:
    joints = CLIPS["turn"]
    moved = turned(joints.astype(np.float64), 2.1) + np.array([3.0, 0.0, -5.0])
    assert seen_from_the_body(joints).shape == (len(joints), CHANNELS)
    assert np.abs(seen_from_the_body(moved) - seen_from_the_body(joints)).max() < 1e-3


def test_floating_turning_and_walking_are_seen() -> None:
    joints = CLIPS["walk"]
    there = seen_from_the_body(joints)
    lifted = seen_from_the_body(joints + np.float32([0, 0.3, 0]))
    assert np.allclose(lifted[:, 3] - there[:, 3], 0.3, atol=1e-4)
    travel = np.linalg.norm(joints[-1, 0, [0, 2]] - joints[0, 0, [0, 2]]) / (len(joints) - 1) * 20
    assert there[:, 2].mean() == pytest.approx(travel, rel=0.1)  # forward, metres a second
    left = seen_from_the_body(CLIPS["turn"])[:, 0].mean()
    right = seen_from_the_body(mirrored_clip(Clip("a", "train", CLIPS["turn"], ("a",), ())).joints)[:, 0].mean()
    assert left == pytest.approx(-right, rel=1e-3)
    assert abs(left) > 0.3


def test_texts_are_told_apart_by_words_and_neighbours() -> None:
    assert set(hashed("Walks LEFT")) == set(hashed("walks left"))
    assert set(hashed("left leg, right arm")) != set(hashed("right leg, left arm"))
    assert set(hashed("jumps")) & set(hashed("jumping"))
    assert hashed("...") == [0]


def test_a_clip_does_not_depend_on_its_company(evaluator: Evaluator) -> None:
    motions = [CLIPS["walk"], CLIPS["sit"][:40], CLIPS["turn"][:57]]
    together, scores = evaluator.features(motions)
    for i, joints in enumerate(motions):
        alone, score = evaluator.features([joints])
        assert np.allclose(alone[0], together[i], atol=1e-5)
        assert np.allclose(score[0], scores[i], atol=1e-5)
    assert np.allclose(np.linalg.norm(together, axis=1), 1.0)
    assert np.allclose(evaluator.texts(["a walk", "sits"])[1], evaluator.texts(["sits"])[0], atol=1e-6)


def test_another_performance_is_the_same_motion_of_another_body_at_another_pace() -> None:
    """By a second method: without drift, every pose is one of the clip's own, in order, times one size."""
    joints = CLIPS["turn"].astype(np.float64)
    fine = sampled(joints, np.linspace(0, len(joints) - 1, 8 * len(joints)))
    lengths, sizes = set(), []
    for seed in range(6):
        made = performed(joints, np.random.default_rng(seed)).astype(np.float64)
        size = np.linalg.norm(made[:, 0, [1]].mean()) / np.linalg.norm(fine[:, 0, [1]].mean())
        away = np.linalg.norm(made[:, None] / size - fine[None], axis=-1).mean(axis=-1)  # (N, M) metres
        places = away.argmin(axis=1)
        assert away.min(axis=1).max() < 4 * DRIFT
        assert (np.diff(places) > 0).mean() > 0.95
        assert 0.5 * len(joints) < len(made) <= len(joints)
        lengths.add(len(made))
        sizes.append(size)
    assert len(lengths) > 3
    assert 0.01 < np.std(sizes) < 3 * BUILD


@settings(max_examples=25)
@given(st.integers(MIN_FRAMES, 196), st.integers(0, 2**32 - 1))
def test_a_performance_is_long_enough_to_be_seen(frames: int, seed: int) -> None:
    made = performed(np.resize(CLIPS["sit"], (frames, 22, 3)), np.random.default_rng(seed))
    assert STRIDE <= len(made) <= frames
    assert np.isfinite(made).all()


def test_judge_and_recognizer_share_no_variation() -> None:
    """What one was taught to overlook must not be overlooked by the other for the same reason."""
    source = Path(inspect.getsourcefile(performed) or "").read_text(encoding="utf-8")
    modules = {node.module or "" for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ImportFrom)}
    assert any(name.endswith("training.data") for name in modules)
    assert not [name for name in modules if "recognizer" in name or "cocodiff" in name]


def test_it_learns_what_the_clips_are_and_is_read_back(data: Path, tmp_path: Path) -> None:
    schedule = replace(SCHEDULE, steps=120, batch=9, warmup=5, ema=0.9, validate_every=120)
    trained = train_evaluator(data, tmp_path, schedule)
    loaded, facts = load_evaluator(tmp_path, torch.device("cpu"))
    held_out = [Clip(name, "test", joints, (f"a {name}",), (name,)) for name, joints in CLIPS.items()]
    assert held_out_scores(loaded, held_out) == {"top1": 1.0}
    assert facts["seed"] == SCHEDULE.seed
    assert facts["training_clips"] == 36
    assert facts["val_top1"] == 1.0
    motions = [clip.joints for clip in held_out]
    assert np.allclose(loaded.features(motions)[0], trained.features(motions)[0], atol=0.02)  # half precision
    captions = [clip.texts[0] for clip in held_out]
    cosines = loaded.texts(captions) @ loaded.features(motions)[0].T
    assert (cosines.argmax(axis=1) == np.arange(3)).all()


def test_labels_that_are_too_rare_are_not_learnt(data: Path) -> None:
    clips = [Clip(str(i), "train", CLIPS["sit"], ("sits",), ("sit",) if i else ("rare", "sit")) for i in range(5)]
    assert learnt_labels(clips) == ("sit",)


def test_accuracy_leaves_out_clips_whose_labels_are_not_learnt(evaluator: Evaluator) -> None:
    clips = [Clip("a", "test", CLIPS["sit"], (), ("sit", "rest")), Clip("b", "test", CLIPS["walk"], (), ("swim",))]
    assert label_accuracy(evaluator, clips, np.array([[1.0, 0, 0], [1.0, 0, 0]])) == 1.0
    assert label_accuracy(evaluator, clips, np.array([[0.0, 1, 0], [1.0, 0, 0]])) == 0.0
    assert np.isnan(label_accuracy(evaluator, clips[1:], np.array([[0.0, 1, 0]])))


@pytest.mark.parametrize("fault", ["none", "text", "weights"])
def test_a_missing_or_broken_evaluator_says_so(evaluator: Evaluator, tmp_path: Path, fault: str) -> None:
    if fault != "none":
        evaluator.save(tmp_path, {})
        if fault == "text":
            (tmp_path / FACTS).write_text(json.dumps({"config": {"labels": []}}), encoding="utf-8")
        else:
            (tmp_path / WEIGHTS).write_bytes(b"no weights")
    with pytest.raises(UserError) as caught:
        load_evaluator(tmp_path, torch.device("cpu"))
    assert caught.value.code == ("weights_broken" if fault == "weights" else "no_evaluator")
