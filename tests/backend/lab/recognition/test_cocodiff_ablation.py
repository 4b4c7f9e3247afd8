# SPDX-License-Identifier: GPL-3.0-or-later
"""The comparison of MAR with and without CoCoDiff: its figures against answers that are known, and the whole."""

from __future__ import annotations

import json
import statistics
from pathlib import Path

import numpy as np
import pytest
from coamd.backend.cli import main
from coamd.backend.lab.recognition import cocodiff_ablation as ablation
from coamd.backend.training.data import Clip, save_items
from scipy import stats
from tiny_model import LABELS, write_tiny_model

from tests.motions import sit, walk


def test_each_group_of_labels_counts_its_own() -> None:
    right = np.array([[1, 0, 1], [1, 0, 0], [0, 1, 0]], dtype=bool)
    scores = np.array([[0.9, 0.1, 0.2], [0.1, 0.9, 0.2], [0.1, 0.9, 0.2]])
    kinds = {"many": np.array([1, 0, 0], dtype=bool), "few": np.array([0, 1, 1], dtype=bool)}
    found = ablation.scored(scores, right, kinds)
    assert found["top-1"] == pytest.approx(2 / 3)
    assert found["top-1 many"] == pytest.approx(1 / 2)
    assert found["top-1 few"] == pytest.approx(1.0)  # the third label's clip is named by its first
    wide = np.tile(np.arange(8.0, 0.0, -1.0), (2, 1))
    last = np.zeros((2, 8), dtype=bool)
    last[0, 4] = last[1, 5] = True
    assert ablation.scored(wide, last, {"few": last.any(axis=0)})["found few"] == pytest.approx(1 / 2)


def test_the_interval_is_that_of_a_paired_t_test() -> None:
    without, with_it = [0.50, 0.52, 0.49], [0.53, 0.52, 0.55]
    gain, reach = ablation.difference(without, with_it)
    gains = np.subtract(with_it, without)
    low, high = stats.t.interval(0.95, 2, loc=gains.mean(), scale=stats.sem(gains))
    assert (gain - reach, gain + reach) == (pytest.approx(low, abs=1e-5), pytest.approx(high, abs=1e-5))


def test_the_table_gives_mean_spread_and_gain() -> None:
    without, with_it = [0.50, 0.52, 0.48], [0.53, 0.52, 0.57]
    found = {"without": [{"top-1": value} for value in without], "with": [{"top-1": value} for value in with_it]}
    row = ablation.markdown(found, "facts").splitlines()[2]
    assert row.startswith(f"| top-1 | 0.500 (SD 0.020) | 0.540 (SD {statistics.stdev(with_it):.3f}) | +0.040 ± ")


def test_the_whole_comparison(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_tiny_model(tmp_path / "weights")
    clips = [
        Clip(f"{split}{n}", split, walk(2.0 + 0.2 * n) if n % 2 else sit(2.0 + 0.2 * n), ("clip",), (LABELS[n % 2],))
        for split in ("train", "val", "test")
        for n in range(4)
    ]
    save_items(tmp_path, "clips", clips)
    out = tmp_path / "report"
    words = ["benchmark", "--weights", str(tmp_path / "weights"), "--device", "cpu", "cocodiff", str(tmp_path)]
    assert main([*words, "--steps", "2", "--batch", "4", "--seeds", "2", "-o", str(out)]) == 0
    said = capsys.readouterr().out
    assert "2 steps of 4 clips, 2 seeds, 8 held-out clips, labels: 0 many, 0 medium, 2 few" in said
    assert "The exported graphs of all trainings are the same" in said
    found = json.loads((out / "cocodiff.json").read_text(encoding="utf-8"))
    assert len(found["with"]) == len(found["without"]) == 2
    assert {"top-1", "top-1 few", "found few"} <= set(found["with"][0])
    settings = [json.loads((out / f"{arm}_1" / "config.json").read_text())["fine texts"] for arm in ("without", "with")]
    assert settings[0] == "None"
    assert settings[1].endswith("fine_texts.json")
