# SPDX-License-Identifier: GPL-3.0-or-later
"""The report on retargeting: which clips it takes, how it judges, and that it runs as a whole on a small folder."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import characters
import motions
import numpy as np
import pytest
from coamd.backend.cli import main
from coamd.backend.lab.report import Section, Verdict, failures
from coamd.backend.lab.retargeting import benchmark as retargeting
from coamd.backend.lab.retargeting import measures
from coamd.backend.lab.retargeting.clips import RealClip, choose, load_clip, load_records
from coamd.backend.lab.retargeting.limits import PER_CLIP, rig_verdicts
from coamd.rigs.body.rest_rig import RestRig
from coamd.rigs.detect.detection import detect
from coamd.rigs.files.bvh_writer import write_bvh
from coamd.rigs.files.joints_bvh import joints_bvh
from gates import CLIPS


def record(name: str, group: str, split: str = "test", path: str | None = None) -> dict:
    return {"id": name, "action_group": group, "split": split, "path": path or f"{name}.bvh", "start": 0.0, "end": 3.0}


def table(rig: RestRig) -> str:
    """A rig as the JSON of ``RestRig.from_table``."""
    rows = [
        {
            "name": b.name,
            "parent": b.parent,
            "head": list(b.head),
            "tail": list(b.tail),
            "x_axis": list(b.matrix[:3, 0]),
        }
        for b in rig.bones
    ]
    return json.dumps({"bones": rows})


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder with one captured family of one clip, and one rig."""
    takes = tmp_path / "data" / "mocap" / "accad" / "male1"
    takes.mkdir(parents=True)
    write_bvh(takes / "walk.bvh", joints_bvh(motions.walk(3.0)))
    line = record("walk", "walk", path="accad/male1/walk.bvh") | {"confidence": "high"}
    (tmp_path / "data" / "mocap" / "captions.jsonl").write_text(json.dumps(line) + "\n")
    (tmp_path / "data" / "rigs").mkdir()
    (tmp_path / "data" / "rigs" / "hero.json").write_text(table(characters.mixamo(arms=0.5)))
    return tmp_path / "data"


def test_groups_take_turns_and_unseen_clips_come_first() -> None:
    records = [record("d", "walk", "train"), record("b", "walk"), record("a", "run", "val"), record("c", "walk", "val")]
    assert [r["id"] for r in choose(records, 3)] == ["a", "b", "c"]
    assert [r["id"] for r in choose(records[::-1], 20)] == ["a", "b", "c", "d"]


def test_one_clip_of_each_take() -> None:
    records = [record("a", "walk", path="take"), record("b", "walk", path="take"), record("c", "walk")]
    assert [r["id"] for r in choose(records)] == ["a", "c"]


def test_a_clip_is_a_window_of_its_take(data: Path) -> None:
    (line,) = load_records(data / "mocap")
    clip = load_clip(data / "mocap", line | {"start": 1.0, "end": 2.5})
    assert (clip.first, len(clip.joints)) == (20, 30)
    assert np.allclose(clip.joints[0, 0, [0, 2]], 0.0)


def test_verdicts() -> None:
    assert Verdict("", "", 1.0, "deg", 2.0).passed
    assert Verdict("", "", 3.0, "deg", 2.0).passed is False
    assert Verdict("", "", 96.0, "%", 95.0, least=True).passed
    assert Verdict("", "", 94.0, "%", 95.0, least=True).passed is False
    assert Verdict("", "", 3.0, "deg").passed is None
    assert Verdict("", "", float("nan"), "deg", 2.0).passed is None
    assert retargeting.value_cell(Verdict("", "", 3.0, "deg", 2.0)) == "3!"


def test_a_rig_that_follows_keeps_the_gates_and_a_swapped_one_does_not() -> None:
    rig = characters.mixamo()
    mapping = detect(rig)
    clips = [RealClip(name, "", Path(), 0, joints) for name, joints in CLIPS.items()]
    right = [measures.clip_figures(clip, rig, mapping) for clip in clips]
    assert all(gate.keeps(figures) for gate in PER_CLIP for figures in right)
    for wrong in measures.sabotaged(mapping).values():
        found = rig_verdicts([measures.clip_figures(clip, rig, wrong) for clip in clips])
        assert any(verdict.passed is False for verdict in found)
    assert measures.backwards(clips[0], rig, mapping) > 15.0


def test_one_bad_clip_of_twenty_is_allowed_and_two_are_not() -> None:
    rig = characters.mixamo()
    good = measures.clip_figures(RealClip("walk", "walk", Path(), 0, CLIPS["walk"]), rig, detect(rig))
    bad = replace(good, clip="bad", flatness=20.0)
    for count, passed in ((1, True), (2, False)):
        found = {v.short: v for v in rig_verdicts([good] * (20 - count) + [bad] * count)}
        assert found["flatness"].passed is passed
        assert found["flatness"].clips == ("bad",) * count


def test_a_take_of_the_models_own_skeleton_comes_back(data: Path) -> None:
    (line,) = load_records(data / "mocap")
    clip = load_clip(data / "mocap", line)
    found = measures.fidelity(clip, measures.UNLOCKED)
    assert found.direction < 1.0
    assert np.mean([errors.mean() for errors in found.errors.values()]) < 1.0
    trip = measures.captured_round_trip(clip)
    assert trip.direction < 0.1


def test_rows_and_columns_of_the_report() -> None:
    verdicts = [
        Verdict("limbs", "limb directions", 1.234, "deg", 2.0),
        Verdict("jump", "largest jump", 90.0, "deg", 25.0),
    ]
    sections = [Section("hero", verdicts, "Any rig"), Section("other", verdicts[:1], "Any rig")]
    (rows,) = retargeting.tables(sections).values()
    assert rows == [
        ["", "limbs", "jump"],
        ["", "<= 2 deg", "<= 25 deg"],
        ["hero", "1.23", "90!"],
        ["other", "1.23", "-"],
    ]
    assert failures(sections) == 1
    assert "1 figures miss" in retargeting.as_text(sections)


def test_the_whole_report(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "report"
    assert main(["benchmark", "retarget", str(data), "--no-blender", "--clips", "1", "-o", str(out)]) in (0, 1)
    said = capsys.readouterr().out
    assert "hero (Mixamo, 22)" in said
    assert "ACCAD male1" in said
    report = json.loads((out / "report.json").read_text(encoding="utf-8"))
    assert {section["kind"] for section in report["sections"]} == {
        retargeting.TAKES,
        retargeting.RIGS,
        retargeting.SPEED,
    }
    assert (out / "report.md").read_text(encoding="utf-8").startswith("### ")
    assert (out / "mixamo.png").stat().st_size < 150_000


def test_a_folder_without_captions_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["benchmark", "retarget", str(tmp_path)]) == 2
    assert "captions.jsonl" in capsys.readouterr().err
