# SPDX-License-Identifier: GPL-3.0-or-later
"""Pairs of wordings: what is asked, what is left out, and what the shares come to."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from coamd.backend.lab.control.wording import Halves, Pair, bare, compare, pairs
from coamd.backend.lab.evaluation.evaluator import Evaluator, EvaluatorConfig
from coamd.backend.motion.pipeline import Pipeline
from coamd.backend.training.data import Clip
from motions import walk
from tiny_model import LABELS, write_tiny_model

ASKED = tuple(Pair(frozenset({label}), f"a person does {label}", f"{label} as you like") for label in ("walk", "sit"))


@pytest.fixture(scope="module")
def pipeline(tmp_path_factory: pytest.TempPathFactory) -> Pipeline:
    folder = tmp_path_factory.mktemp("tiny") / "weights"
    write_tiny_model(folder)
    return Pipeline.load(folder, "cpu")


def convinced(label: str) -> Evaluator:
    """A judge that calls everything by one name."""
    with torch.random.fork_rng(devices=[]):
        model = Evaluator(EvaluatorConfig(LABELS, width=16, feature=8)).eval().requires_grad_(requires_grad=False)
    last = model.to_labels[1]
    assert isinstance(last, torch.nn.Linear)
    last.weight.zero_()
    last.bias.copy_(torch.tensor([float(name == label) for name in LABELS]))
    return model


def test_there_are_a_hundred_pairs_and_each_half_is_another_sentence() -> None:
    found = pairs()
    sentences = [bare(text) for pair in found for text in (pair.caption, pair.other)]
    assert len(found) == 100
    assert len(set(sentences)) == 200
    assert all(pair.labels for pair in found)
    assert all(set(bare(p.caption).split()) != set(bare(p.other).split()) for p in found)


def test_a_judge_that_sees_one_action_is_right_on_it_alone(pipeline: Pipeline) -> None:
    found = compare(pipeline, convinced("walk"), [], 2, asked=ASKED)
    assert found.right.tolist() == [[1.0, 1.0], [0.0, 0.0]]
    assert [pair.labels for pair in found.pairs] == [{"walk"}, {"sit"}]


def test_what_was_learnt_is_left_out_with_its_pair(pipeline: Pipeline) -> None:
    taught = [Clip("c", "train", walk(2.0).astype(np.float32), ("Walk, as you like!",), ())]
    found = compare(pipeline, convinced("walk"), taught, 1, asked=ASKED)
    assert found.known == ("walk as you like",)
    assert [pair.caption for pair in found.pairs] == ["a person does sit"]
    worded = [Clip("c", "train", walk(2.0).astype(np.float32), ("walks",), (), wordings=("a person does sit",))]
    assert compare(pipeline, convinced("walk"), worded, 1, asked=ASKED).known == ("a person does sit",)


def test_the_table_judges_the_other_half_by_the_first() -> None:
    right = np.array([[1.0, 1.0], [0.5, 0.0]])
    half = Halves(ASKED, right, 2, ())
    rows = {row.name: row for row in half.table(0.8, {}).rows}
    assert rows["said as a caption: first label right"].made == 0.75
    assert rows["otherwise to caption"].made == pytest.approx(0.5 / 0.75)
    assert rows["otherwise to caption"].passed is False
    assert half.worst() == [(ASKED[1].caption, ASKED[1].other, "0.50 -> 0.00")]
    even = {row.name: row for row in Halves(ASKED, right[:, ::-1][:, [1, 1]], 2, ()).table(0.8, {}).rows}
    assert even["otherwise to caption"].passed


def test_halves_of_a_pair_are_made_of_the_same_noise(pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    from coamd.backend.lab.control import wording

    seen: list[int] = []

    def made(_pipeline: Pipeline, texts: list[str], _frames: list[int], *, seeds: list[int], **_rest: object) -> list:
        seen.extend(seeds)
        return [walk(4.0) for _ in texts]

    monkeypatch.setattr(wording, "generate_all", made)
    compare(pipeline, convinced("walk"), [], 3, asked=ASKED)
    assert seen[::2] == seen[1::2]
    assert len(set(seen)) == 6


def test_the_file_of_pairs_is_beside_the_module() -> None:
    from coamd.backend.lab.control import wording

    assert Path(wording.__file__).with_name("wording_pairs.txt") == wording.PAIRS
