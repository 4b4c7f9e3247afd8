# SPDX-License-Identifier: GPL-3.0-or-later
"""The report on labels and search: its measures against answers that are known, and the whole on a small folder."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from coamd.backend.cli import main
from coamd.backend.lab.recognition import benchmark as recognition
from coamd.backend.lab.recognition import measures
from coamd.backend.lab.recognition.baseline import JointStream, motion_side, parameters, same_size
from coamd.backend.model.recognizer import Recognizer
from coamd.backend.training.data import Clip, save_items
from tiny_model import CONFIG, LABELS, write_tiny_model

from tests.motions import sit, walk


def test_any_label_of_the_clip_is_a_hit_and_rare_labels_count_as_much() -> None:
    right = np.array([[1, 1, 0], [1, 0, 0], [0, 0, 1]], dtype=bool)
    scores = np.array([[0.1, 0.9, 0.0], [0.9, 0.1, 0.0], [0.9, 0.1, 0.5]])
    first, five, by_label = measures.recognised(scores, right)
    assert (first, five) == (pytest.approx(2 / 3), 1.0)
    assert by_label == pytest.approx((1.0 + 1.0 + 0.0) / 3)


def test_chance_is_what_random_scores_reach() -> None:
    rng = np.random.default_rng(0)
    right = rng.random((40, 20)) < 0.1
    drawn = np.mean([measures.recognised(rng.random(right.shape), right) for _ in range(300)], axis=0)
    assert measures.chance(right) == pytest.approx(drawn, abs=0.02)


def test_retrieval_of_what_is_equal_is_perfect_and_of_noise_is_chance() -> None:
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(640, 16))
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    assert measures.retrieved(rows, rows, 32)["text to motion"] == [1.0, 1.0, 1.0]
    found = measures.retrieved(rows, rng.normal(size=(640, 16)), 32)["motion to text"]
    assert found == pytest.approx([1 / 32, 3 / 32, 5 / 32], abs=0.03)


def test_joined_clips_go_on_where_the_first_ends() -> None:
    take, change = measures.joined(walk(3.0, turning=0.5), sit(2.0))
    assert len(take) == 60 + measures.BRIDGE + 40
    assert change == 65
    assert np.linalg.norm(np.diff(take[:, 0], axis=0), axis=1).max() < 0.15


def test_rigs_that_agree() -> None:
    assert measures.agreement(np.array([[1, 2], [1, 2], [1, 3]])) == pytest.approx(5 / 6)


def test_the_baseline_is_as_large_as_mar() -> None:
    model = Recognizer(CONFIG.recognizer)
    wide = JointStream(same_size(model))
    assert parameters(wide) > 0
    assert motion_side(model) == parameters(model) - parameters(model.text)


def test_the_whole_report(
    tmp_path: Path, shared: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    write_tiny_model(tmp_path / "weights")
    clips = [
        Clip(
            f"{split}{n}", split, walk(2.0 + 0.2 * n) if n % 2 else sit(2.0 + 0.2 * n), (f"clip {n}",), (LABELS[n % 2],)
        )
        for split in ("train", "val", "test")
        for n in range(4)
    ]
    save_items(tmp_path, "clips", clips)
    monkeypatch.setattr(recognition, "MINUTES", 0.1)
    monkeypatch.setattr(measures, "RIGS", measures.RIGS[3:4])
    out = tmp_path / "report"
    words = ["benchmark", "--weights", str(tmp_path / "weights"), "recognise", str(tmp_path), "--shared", str(shared)]
    words += ["--rig-clips", "1", "--pairs", "2", "--baseline-steps", "2", "--baseline", str(tmp_path / "run")]
    assert main([*words, "-o", str(out)]) in (0, 1)
    assert "plain joint stream, 2 steps" in capsys.readouterr().out
    report = json.loads((out / "report.json").read_text(encoding="utf-8"))
    (sources,) = [section for section in report["sections"] if section["name"] == "By source"]
    assert [figure["name"] for figure in sources["figures"]] == [
        f"one source, 4 clips: {what}" for what in ("top-1", "top-5", "R@3 of 32")
    ]
    assert (out / "report.md").read_text(encoding="utf-8").startswith("| figure |")
