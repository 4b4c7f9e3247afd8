# SPDX-License-Identifier: GPL-3.0-or-later
"""``coamd benchmark edit`` from end to end, with a tiny model of random weights and a few synthetic clips."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from coamd.backend.cli import main
from coamd.backend.lab.editing import cases as edit_cases
from coamd.backend.lab.editing import rig_edits
from coamd.backend.lab.editing.report import EditFigure, EditReport, EditSection
from coamd.backend.lab.retargeting import sample_rig
from coamd.backend.training.data import Clip, save_items
from coamd.rigs.errors import UserError
from PIL import Image
from tiny_model import write_tiny_model

from tests.motions import walk

Captured = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tiny") / "weights"
    write_tiny_model(folder)
    return folder


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three held-out walks of 7 s, one that is too short, and one of the training split."""
    folder = tmp_path_factory.mktemp("data")
    clips = [
        Clip(f"walk_{i}", "test", walk(7.0, speed=1.0 + 0.1 * i).astype(np.float32), ("a person walks",), ("walk",))
        for i in range(3)
    ]
    clips.append(Clip("short", "test", walk(3.0).astype(np.float32), ("a person walks",), ("walk",)))
    clips.append(Clip("seen", "train", walk(7.0).astype(np.float32), ("a person walks",), ("walk",)))
    save_items(folder, "clips", clips)
    return folder


def benchmark(data: Path, weights: Path, *words: object) -> int:
    return main(["benchmark", "edit", str(data), "--weights", str(weights), *map(str, words)])


def test_every_edit_is_measured_and_what_is_left_alone_keeps_its_bits(
    data: Path, weights: Path, tmp_path: Path, capsys: Captured
) -> None:
    code = benchmark(data, weights, "--parts", "clips,rigs", "--clips", 1, "-o", tmp_path / "report")
    said = capsys.readouterr().out
    report = json.loads((tmp_path / "report" / "report.json").read_text())
    assert code == (1 if report["failed"] else 0)
    figures = {f["name"]: f for section in report["sections"].values() for f in section}
    for name in ("differing bits in frames outside the range", "differing bits at strength 0"):
        assert figures[name]["value"] == 0 and figures[name]["passed"]
    assert figures["poses to hit, as given back (worst joint)"]["passed"]
    assert all(figure["values"] for figure in figures.values()), "each has been measured"
    assert all(name in said for name in figures)
    page = (tmp_path / "report" / "report.md").read_text()
    assert all(f"| {name} |" in page for name in figures)


def test_the_tasks_stand_beside_text_to_motion(data: Path, weights: Path, capsys: Captured) -> None:
    assert benchmark(data, weights, "--parts", "tasks", "--clips", 1) == 0
    said = capsys.readouterr().out
    for row in ("real motion", "text to motion", "inpainting", "outpainting", "prefix", "suffix"):
        assert any(line.startswith(row) for line in said.splitlines())


def test_a_picture_of_each_kind_is_drawn(data: Path, weights: Path, tmp_path: Path) -> None:
    assert benchmark(data, weights, "--parts", "pictures", "--clips", 1, "-o", tmp_path) == 0
    names = {path.stem for path in tmp_path.glob("*.png")}
    assert names >= {"regenerate", "parts", "inbetween", "extend", "loop", "refine", "segments", "path", "reach"}
    for path in tmp_path.glob("*.png"):
        with Image.open(path) as page:
            assert page.width > 1000


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        (["--parts", "weather"], "no part called 'weather'"),
        (["--parts", "pictures"], "no place"),
        (["--rigs", "."], "no tables of rest poses"),
        (["--evaluator", "nowhere"], "no evaluator"),
    ],
)
def test_what_cannot_be_measured_is_said(
    words: list[str],
    fault: str,
    data: Path,
    weights: Path,
    tmp_path: Path,
    capsys: Captured,
) -> None:
    words = [str(tmp_path) if word == "." else word for word in words]
    assert benchmark(data, weights, *words) == 2
    assert fault in capsys.readouterr().err


def test_data_without_long_held_out_clips() -> None:
    with pytest.raises(UserError) as caught:
        edit_cases.chosen([Clip("short", "test", walk(3.0), ("a person walks",), ())])
    assert caught.value.code == "no_clips"


def shifted(one: rig_edits.AnimatedRig, apart: float) -> np.ndarray:
    """The joints of an edit that moves the range by ``apart`` metres."""
    joints = one.request.joints.astype(np.float64)
    joints[one.request.start : one.request.end] += (apart, 0.0, 0.0)
    return joints


def test_a_rig_shows_a_jump_that_its_joints_have_and_none_where_nothing_changed() -> None:
    one = rig_edits.animated(sample_rig.rest_rig(), walk(6.0), (), 0)
    calm = rig_edits.measured(one, shifted(one, 0.0))
    assert calm["strangers"] == calm["bits"] == calm["gap"] == 0.0 and calm["speed"] < 1.5
    assert abs(calm["limbs"] - calm["limbs before"]) < 1e-6
    jumps = rig_edits.measured(one, shifted(one, 1.0))
    assert jumps["speed"] > 1.5 and jumps["gap"] > 1.0, "the gate can fail"


def test_the_report_names_what_is_missed() -> None:
    sections = [
        EditSection("Borders", [EditFigure("jump", (0.2, 3.0), "cm", 1.0), EditFigure("speed", (1.0, 1.2), "x", 1.5)])
    ]
    report = EditReport(sections, [("", "FID"), ("real", "0")], {"clips": 2})
    assert report.failed == ["jump"]
    assert "FAIL" in report.text() and "jump" in report.text().splitlines()[-1]
    assert json.loads(report.json())["sections"]["Borders"][0]["values"] == [0.2, 3.0]
    assert "| real | 0 |" in report.markdown()
