# SPDX-License-Identifier: GPL-3.0-or-later
"""``coamd edit`` as users meet it: what it changes, what it leaves alone, and what it refuses in one sentence."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import pytest
from coamd.backend.cli import edit, main
from coamd.backend.files.motion_file import read_own, write_motion
from coamd.backend.files.source_motion import OwnMotion
from coamd.backend.requests.edit import EditRequest, PromptSegment
from coamd.backend.requests.edit_checks import check
from coamd.rigs.body.resample import resample
from tiny_model import write_tiny_model

from tests.motions import walk

Captured = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tiny") / "weights"
    write_tiny_model(folder)
    return folder


@pytest.fixture
def motion(tmp_path: Path) -> Path:
    """A walk of 4 s as the model would make it."""
    write_motion(tmp_path / "walk.npz", walk(4.0))
    return tmp_path / "walk.npz"


def joints_in(path: Path) -> np.ndarray:
    with np.load(path, allow_pickle=False) as arrays:
        joints: np.ndarray = arrays["joints"]
    return joints


def request_for(motion: Path, *words: str) -> EditRequest:
    """The request that these words make."""
    parser = argparse.ArgumentParser()
    edit.configure(parser)
    args = parser.parse_args([str(motion), "-o", "out.npz", *words])
    return edit.request_of(args, OwnMotion(read_own(motion)))


# What it changes and what it leaves alone


def test_only_the_range_changes(weights: Path, motion: Path, tmp_path: Path, capsys: Captured) -> None:
    out = tmp_path / "out.npz"
    command = ["edit", str(motion), "--start", "1", "--end", "2.5", "--prompt", "a person jumps", "-o", str(out)]
    assert main([*command, "--weights", str(weights)]) == 0
    assert capsys.readouterr().out.split() == [str(out)]
    before, after = joints_in(motion), joints_in(out)
    assert after.shape == before.shape
    assert np.array_equal(after[:20], before[:20]) and np.array_equal(after[50:], before[50:])
    assert not np.array_equal(after[20:50], before[20:50])


def test_a_file_at_another_rate_keeps_its_rate_and_its_other_frames(weights: Path, tmp_path: Path) -> None:
    write_motion(tmp_path / "walk.npz", 1.2 * resample(walk(4.0), 20.0, 30.0), fps=30.0)
    command = ["edit", str(tmp_path / "walk.npz"), "--start", "1", "--end", "2", "-o", str(tmp_path / "out.npz")]
    assert main([*command, "--weights", str(weights)]) == 0
    before, after = read_own(tmp_path / "walk.npz"), read_own(tmp_path / "out.npz")
    assert after.fps == 30.0 and after.joints.shape == before.joints.shape
    assert np.array_equal(after.joints[:30], before.joints[:30])
    assert np.array_equal(after.joints[60:], before.joints[60:])
    assert not np.array_equal(after.joints[30:60], before.joints[30:60])


def test_a_bvh_keeps_its_skeleton_and_all_numbers_outside_the_range(weights: Path, tmp_path: Path) -> None:
    write_motion(tmp_path / "walk.bvh", resample(walk(4.0), 20.0, 30.0), fps=30.0)
    command = ["edit", str(tmp_path / "walk.bvh"), "--start", "1", "--end", "2", "--weights", str(weights)]
    assert main([*command, "-o", str(tmp_path / "out.bvh"), "-o", str(tmp_path / "out.npz")]) == 0
    before, after = ((tmp_path / name).read_text().splitlines() for name in ("walk.bvh", "out.bvh"))
    first = before.index("MOTION") + 3
    changed = [line - first for line, (one, other) in enumerate(zip(before, after, strict=True)) if one != other]
    assert changed and min(changed) >= 30 and max(changed) < 60
    assert len(joints_in(tmp_path / "out.npz")) == len(before) - first


def test_strength_0_gives_the_same_motion_back(weights: Path, motion: Path, tmp_path: Path) -> None:
    command = ["edit", str(motion), "--start", "1", "--end", "2", "--strength", "0", "--weights", str(weights)]
    assert main([*command, "-o", str(tmp_path / "out.npz")]) == 0
    assert np.array_equal(joints_in(tmp_path / "out.npz"), joints_in(motion))


def test_variations_and_pictures(weights: Path, motion: Path, tmp_path: Path) -> None:
    command = ["edit", str(motion), "--extend", "1", "--variations", "2", "--weights", str(weights)]
    words = [word for suffix in (".npz", ".bvh", ".png", ".gif") for word in ("-o", str(tmp_path / f"out{suffix}"))]
    assert main([*command, *words]) == 0
    one, other = (joints_in(tmp_path / f"out_{i}.npz") for i in (1, 2))
    assert one.shape == (100, 22, 3) and not np.array_equal(one, other)
    assert np.array_equal(one[:80], joints_in(motion)) and np.array_equal(other[:80], one[:80])
    for suffix in (".bvh", ".png", ".gif"):
        assert (tmp_path / f"out_1{suffix}").stat().st_size > 500
    assert len(read_own(tmp_path / "out_2.bvh").joints) == 100


# What its words mean


def test_times_are_seconds_and_become_frames(motion: Path) -> None:
    request = request_for(motion, "--start", "1", "--end", "2.55", "--keep-pose", "2", "1.5", "2")
    assert (request.mode, request.start, request.end, request.keep_poses) == ("inbetween", 20, 51, (30, 40))
    check(request)


def test_what_is_asked_names_the_mode(motion: Path) -> None:
    assert request_for(motion, "--start", "1", "--end", "2").mode == "regenerate"
    assert request_for(motion, "--start", "1", "--end", "3", "--loop").mode == "loop"
    assert request_for(motion, "--start", "1", "--end", "3", "--mode", "refine").mode == "refine"
    extended = request_for(motion, "--extend", "1.5", "--extend-before", "0.5")
    assert (extended.mode, extended.before, extended.after) == ("extend", 10, 30)


def test_the_end_of_the_motion_may_be_the_end_of_the_range(motion: Path) -> None:
    assert request_for(motion, "--start", "0", "--end", "4").span == (0, 80)


def test_segments_parts_and_a_prompt_with_an_at_sign(motion: Path) -> None:
    words = ["--segment", "a person runs @ home@0-2", "--segment", "a person stops@2-3.5", "--parts", "left_arm, trunk"]
    request = request_for(motion, "--start", "0", "--end", "4", *words)
    assert request.segments == (PromptSegment("a person runs @ home", 0, 40), PromptSegment("a person stops", 40, 70))
    assert request.parts == ("left_arm", "trunk")


def test_places_are_those_of_the_file(tmp_path: Path) -> None:
    """A figure of twice the size reaches for the same place as the model's figure at half the distance."""
    write_motion(tmp_path / "walk.npz", 2.0 * walk(4.0))
    (tmp_path / "way.csv").write_text("second,x,z\n1,0.0,1.0\n\n2.5,1.0,4.0\n", encoding="utf-8")
    words = ["--reach", "left_wrist:1.5:0.4,2.0,3.0", "--path", str(tmp_path / "way.csv")]
    request = request_for(tmp_path / "walk.npz", "--start", "1", "--end", "3", *words)
    (target,) = request.targets
    assert (target.joint, target.frame) == ("left_wrist", 30)
    assert target.position[0] == pytest.approx(0.2, abs=1e-3) and target.position[2] == pytest.approx(1.5, abs=2e-3)
    assert request.path is not None
    assert np.allclose(request.path, [[20, 0.0, 0.5], [50, 0.5, 2.0]], atol=2e-3)


# What it refuses


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        ([], "--start and --end"),
        (["--start", "1"], "--start and --end"),
        (["--start", "2", "--end", "1"], "from 2 to 1 s is empty"),
        (["--start", "1", "--end", "1"], "from 1 to 1 s is empty"),
        (["--start", "1", "--end", "1.05"], "single frame"),
        (["--start", "3", "--end", "9"], "lasts 4 s"),
        (["--start", "-1", "--end", "2"], "lasts 4 s"),
        (["--extend", "1", "--start", "1"], "An extension has no range"),
        (["--extend", "1", "--loop"], "--loop and --extend do not go together"),
        (["--mode", "extend"], "The extension is empty"),
        (["--extend", "-2"], "no frames"),
        (["--extend", "600"], "at most 60 seconds"),
        (["--start", "1", "--end", "2", "--mode", "inbetween"], "no pose to keep"),
        (["--start", "1", "--end", "2", "--keep-pose", "3"], "3 s is outside the edited range, 1 to 2 s"),
        (["--start", "1", "--end", "1.2", "--loop"], "too short"),
        (["--start", "1", "--end", "2", "--parts", "tail"], "'tail'"),
        (["--start", "1", "--end", "2", "--strength", "2"], "strength of 2"),
        (["--start", "1", "--end", "2", "--segment", "walks"], "not a prompt with its times"),
        (["--start", "1", "--end", "2", "--segment", "walks@1-x"], "not a prompt with its times"),
        (["--start", "1", "--end", "2", "--segment", "walks@1-3"], "leaves the edited range"),
        (["--start", "1", "--end", "2", "--prompt", "w" * 2000], "2000 characters"),
        (["--start", "1", "--end", "2", "--reach", "left_wrist:1.5"], "not a joint, a time and a place"),
        (["--start", "1", "--end", "2", "--reach", "left_wrist:1.5:1,2"], "not a joint, a time and a place"),
        (["--start", "1", "--end", "2", "--reach", "tail:1.5:1,2,3"], "no joint called 'tail'"),
        (["--start", "1", "--end", "2", "--reach", "left_wrist:3:0,1,3"], "3 s is outside"),
        (["--start", "1", "--end", "2", "--reach", "left_wrist:1.5:0,1,50"], "out of reach"),
        (["--start", "1", "--end", "2", "--path", "nowhere.csv"], "cannot be read"),
    ],
)
def test_impossible_wishes_are_refused_before_the_model_is_loaded(
    words: list[str], fault: str, motion: Path, tmp_path: Path, capsys: Captured
) -> None:
    out = tmp_path / "out.npz"
    assert main(["edit", str(motion), "-o", str(out), "--weights", str(tmp_path / "never looked at"), *words]) == 2
    said = capsys.readouterr().err.strip()
    assert len(said.splitlines()) == 1 and said.startswith("coamd edit: ") and fault in said
    assert said.endswith("."), "the remedy is a sentence"
    assert not out.exists()


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("1,0,0\n2,0\n", "Line 2 of way.csv"),
        ("second,x,z\n1,0,0\n2,one,0\n", "Line 3 of way.csv"),
        ("1,0,0\n2,nan,0\n", "Line 2 of way.csv"),
        ("1;0;0\n", "has no points"),
        ("", "has no points"),
        ("second,x,z\n", "has no points"),
        ("1,0,0\n3.5,0,1\n", "3.5 s is outside"),
        ("2,0,0\n1,0,1\n", "do not rise"),
    ],
)
def test_a_broken_path_is_named_with_its_line(
    text: str, fault: str, motion: Path, tmp_path: Path, capsys: Captured
) -> None:
    (tmp_path / "way.csv").write_text(text, encoding="utf-8")
    words = ["--start", "1", "--end", "3", "--path", str(tmp_path / "way.csv"), "-o", str(tmp_path / "out.npz")]
    assert main(["edit", str(motion), *words]) == 2
    said = capsys.readouterr().err
    assert fault in said and len(said.strip().splitlines()) == 1


def test_a_missing_file_and_a_wrong_output(motion: Path, tmp_path: Path, capsys: Captured) -> None:
    words = ["--start", "1", "--end", "2", "-o"]
    assert main(["edit", str(tmp_path / "none.npz"), *words, str(tmp_path / "out.npz")]) == 2
    assert "There is no file" in capsys.readouterr().err
    assert main(["edit", str(motion), *words, str(tmp_path / "out.fbx")]) == 2
    assert ".fbx" in capsys.readouterr().err
    assert not list(tmp_path.glob("out*"))
