# SPDX-License-Identifier: GPL-3.0-or-later
"""The figures of control on made motion: who does as told passes, who does not fails, row by row."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from coamd.backend.cli import main
from coamd.backend.lab.control import control
from coamd.backend.lab.control.cases import ANGLES, COUNTS, SIDES, SPEEDS, Case, cases, counted
from coamd.backend.lab.control.control import ControlMotion
from coamd.backend.lab.control.figure_table import ComparedFigure, FigureTable
from coamd.backend.lab.control.recorded_clips import Recorded
from coamd.backend.motion import joint_measures
from coamd.backend.training.data import Clip, save_items
from coamd.rigs.body.canonical import mirrored, turned
from motions import sit, still, walk
from tiny_model import write_tiny_model

from tests.acting_figures import jumping, kicking, moved, punching, stepping, waving

PACE = {"very slowly": 0.4, "slowly": 0.7, "walks": 1.1, "quickly": 1.6, "jogs": 2.2, "runs": 3.0, "sprints": 5.0}
CAPTIONS = {
    "slowly": "a person walks slowly",
    "walks": "a person walks forward",
    "quickly": "a person walks quickly",
    "jogs": "a person jogs",
    "runs": "a person runs forward",
    "sprints": "a person sprints",
}


def clip(text: str, joints: np.ndarray, split: str = "train") -> Clip:
    return Clip(text, split, joints.astype(np.float32), (text,), ())


def spun(angle: float, frames: int = 80) -> np.ndarray:
    share = np.clip((np.arange(frames) - 10) / 50, 0.0, 1.0)
    steps = np.radians(angle) * share
    return np.stack([turned(pose, a) for pose, a in zip(still(frames / 20), steps, strict=True)])


def dashed(distance: float) -> np.ndarray:
    return moved(still(4.0), np.linspace(0.0, distance, 80)[:, None] * np.array([1.0, 0.0, 0.0]))


def acted(case: Case) -> np.ndarray:
    """What the left side does, or the right one in a mirror."""
    moves: dict[str, Callable[[], np.ndarray]] = {
        "hand": lambda: waving(0),
        "fist": lambda: punching(2),
        "foot": lambda: kicking(0),
        "standing foot": lambda: jumping(2, one_leg=True),
        "turn": lambda: spun(90.0),
        "way": lambda: dashed(1.0),
    }
    joints = moves[case.what]()
    return joints if case.side == "left" else mirrored(joints)


def repeated(case: Case) -> np.ndarray:
    """What happens so many times."""
    moves: dict[str, Callable[[int], np.ndarray]] = {
        "jumps": jumping,
        "hops": jumping,
        "kicks": lambda count: kicking(0, count, 6.0),
        "punches": punching,
        "steps": stepping,
    }
    return moves[case.what](case.number)


def obeyed(case: Case) -> np.ndarray:
    """What a perfect actor does."""
    sign = 1.0 if case.side == "left" else -1.0
    moves: dict[str, Callable[[], np.ndarray]] = {
        "speed": lambda: walk(case.seconds, speed=PACE[case.what]),
        "run": lambda: walk(case.seconds, speed=3.0),
        "turn": lambda: spun(sign * case.number),
        "side": lambda: acted(case),
        "count": lambda: repeated(case),
        "seat": lambda: np.concatenate([sit(), np.repeat(sit()[-1:], 20, axis=0)]),
        "walking": lambda: walk(case.seconds),
    }
    return moves.get(case.group, lambda: still(case.seconds))()


@pytest.fixture(scope="module")
def recorded() -> Recorded:
    """Recordings of the same: plain gaits at known speeds, and turns by known angles."""
    clips = [clip(text, walk(5.0, speed=PACE[level])) for level, text in CAPTIONS.items()]
    clips += [clip(f"a person turns {angle} degrees to the left", spun(angle)) for angle in ANGLES]
    return Recorded.of([*clips, clip("someone stands idle", still(4.0)), clip("a person jumps twice", jumping(2))])


@pytest.fixture(scope="module")
def obedient() -> list[ControlMotion]:
    return [ControlMotion(case, obeyed(case)) for case in cases()]


def by_name(rows: list[ComparedFigure]) -> dict[str, ComparedFigure]:
    return {f"{row.group}: {row.name.split(' (')[0]}": row for row in rows}


def test_the_cases_ask_for_every_level_angle_side_and_number() -> None:
    asked = cases()
    texts = [case.text for case in asked]
    assert {case.what for case in asked if case.group == "speed"} == set(SPEEDS)
    assert {(case.number, case.side) for case in asked if case.group == "turn"} == {
        (angle, side) for angle in ANGLES for side in joint_measures.SIDES
    }
    assert sum(map(len, SIDES.values())) == 20
    assert {(case.what, case.number) for case in asked if case.group == "count"} == {
        (action, number) for action in COUNTS for number in (1, 2, 3, 4)
    }
    assert not any("{" in text for text in texts)
    sides = [case for case in asked if case.group in ("turn", "side")]
    swapped = {case.text.replace("left", "*").replace("right", "left").replace("*", "right") for case in sides}
    assert swapped == {case.text for case in sides}


def test_one_is_said_in_the_singular() -> None:
    assert counted("a person takes {count} forward", "steps", 1) == "a person takes one step forward"
    assert counted("a person takes {count} forward", "steps", 3) == "a person takes three steps forward"
    assert counted("kicks {times}", "kicks", 2) == "kicks twice"


def test_who_does_as_told_passes_every_figure(obedient: list[ControlMotion], recorded: Recorded) -> None:
    table = FigureTable(tuple(control.figures(obedient, recorded)), {"seeds": 1})
    assert [row.name for row in table.rows if row.passed is False] == []
    assert table.failures == 0
    rows = by_name(list(table.rows))
    assert rows["Speed: runs"].made == pytest.approx(rows["Speed: runs"].real, rel=0.02)
    assert rows["Sides: all: as asked"].made == 1.0
    assert rows["Counts: all: right"].made == 1.0
    assert rows["Turns: 360°: median"].made == pytest.approx(360.0, abs=1.0)


def leaping(joints: np.ndarray) -> np.ndarray:
    """From frame 100 on a metre ahead."""
    return joints + np.where(np.arange(len(joints)) < 100, 0.0, 1.0)[:, None, None] * np.array([0.0, 0.0, 1.0])


def changed(
    made: list[ControlMotion], group: str, joints: Callable[[ControlMotion], np.ndarray]
) -> list[ControlMotion]:
    return [ControlMotion(item.case, joints(item)) if item.case.group == group else item for item in made]


@pytest.mark.parametrize(
    ("group", "spoilt", "failing"),
    [
        ("speed", lambda _item: walk(5.0, speed=1.1), "Speed: neighbours in order"),
        ("speed", lambda item: walk(5.0, speed=1.4 * PACE[item.case.what]), "Speed: runs"),
        ("run", lambda _item: walk(9.0, speed=1.0), "A run of 9 s, after its first second: clips that hold 2.2 m/s"),
        (
            "run",
            lambda _item: leaping(walk(9.0, speed=3.0)),
            "A run of 9 s, after its first second: clips that leap, at over 12 m/s",
        ),
        ("turn", lambda _item: spun(90.0), "Turns: all, within 25°"),
        ("turn", lambda item: mirrored(obeyed(item.case)), "Turns: all, within 25°"),
        ("side", lambda item: mirrored(obeyed(item.case)), "Sides: all: the wrong one"),
        ("side", lambda _item: still(4.0), "Sides: all: as asked"),
        ("count", lambda _item: jumping(1), "Counts: all: right"),
        ("gesture", lambda _item: still(4.0) + np.array([0.0, 0.3, 0.0]), "Unasked: begins in the air"),
        ("gesture", lambda _item: waving(0), ""),
        ("seat", lambda _item: sit() + np.array([0.0, 0.4, 0.0]), "Seats: height"),
        ("walking", lambda _item: walk(60.0, turning=0.1), "Walking for 60 s: net way to path"),
        ("idle", lambda _item: np.repeat(sit()[-1:], 60, axis=0), "Idle for 60 s: stays on its feet"),
        ("idle", lambda _item: walk(60.0), "Idle for 60 s: farthest from its place"),
    ],
)
def test_who_does_otherwise_fails_there(
    obedient: list[ControlMotion],
    recorded: Recorded,
    group: str,
    spoilt: Callable[[ControlMotion], np.ndarray],
    failing: str,
) -> None:
    """Each gate can fail; where nothing is amiss (one waving arm) none does."""
    rows = by_name(control.figures(changed(obedient, group, spoilt), recorded))
    failed = [name for name, row in rows.items() if row.passed is False]
    assert failing in failed if failing else not failed


def test_recordings_are_found_by_what_their_captions_say(recorded: Recorded) -> None:
    assert len(recorded.at_speed("runs")) == len(recorded.at_speed("walks")) == 1
    assert recorded.at_speed("very slowly") == []
    assert len(recorded.turning(90, "left")) == 1
    assert recorded.turning(90, "right") == []
    assert len(recorded.counted("jumps", 2)) == 1
    assert recorded.counted("jumps", 3) == []
    spoilt = Recorded.of([clip("a person runs, then stops", walk(4.0, speed=3.0))])
    assert spoilt.at_speed("runs") == []
    stopping = moved(still(4.0), np.minimum(np.linspace(0, 6, 80), 3)[:, None] * np.array([0.0, 0.0, 1.0]))
    assert Recorded.of([clip("a person runs", stopping)]).at_speed("runs") == []


def test_figures_without_recordings_are_shown_and_not_judged_by_them(obedient: list[ControlMotion]) -> None:
    rows = by_name(control.figures(obedient, Recorded(())))
    assert math.isnan(rows["Speed: runs"].real)
    assert rows["Speed: runs"].passed is None
    table = FigureTable(tuple(rows.values()), {"model": "x", "seeds": 1})
    kept = json.loads(table.json())
    assert kept["facts"] == {"model": "x", "seeds": 1}
    assert next(row for row in kept["figures"] if row["name"] == "runs")["real"] is None
    assert table.markdown().count("\n|") == len(table.cells())


def test_a_figure_passes_within_its_range_alone() -> None:
    assert ComparedFigure("g", "n", 0.5, low=0.5).passed
    assert ComparedFigure("g", "n", 0.49, low=0.5).passed is False
    assert ComparedFigure("g", "n", 0.51, high=0.5).passed is False
    assert ComparedFigure("g", "n", math.nan, low=0.5).passed is None
    assert ComparedFigure("g", "n", 3.0).passed is None


def test_the_command_writes_the_table_and_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two cases of a tiny model that knows nothing; they come out as json, markdown and in the page."""
    write_tiny_model(tmp_path / "weights")
    (tmp_path / "data").mkdir()
    save_items(tmp_path / "data", "clips", [clip("a person runs forward", walk(5.0, speed=3.0))])
    few = tuple(Case("speed", level, 2.0, level, calm=True) for level in SPEEDS)
    monkeypatch.setattr(control, "cases", lambda: few)
    out = tmp_path / "out"
    asked = ["--weights", str(tmp_path / "weights"), "--parts", "control", "--seeds", "1", "-o", str(out)]
    assert main(["evaluate", str(tmp_path / "data"), *asked]) == 0
    found = {row["name"]: row for row in json.loads((out / "control.json").read_text(encoding="utf-8"))["figures"]}
    assert (found["runs"]["made_clips"], found["runs"]["real_clips"]) == (1, 1)
    assert found["runs"]["real"] == pytest.approx(3.0, rel=0.02)
    assert found["all: right"]["made"] is None
    assert "<h2>Control</h2>" in (out / "report.html").read_text(encoding="utf-8")
    assert "Measured with `coamd evaluate`" in (out / "control.md").read_text(encoding="utf-8")
