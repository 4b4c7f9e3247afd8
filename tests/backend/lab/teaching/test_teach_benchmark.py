# SPDX-License-Identifier: GPL-3.0-or-later
"""The judge of taught motions, and the figures of the report."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import pytest
from coamd.backend.lab.teaching.benchmark import configure
from coamd.backend.lab.teaching.judge import Judge
from coamd.backend.lab.teaching.lesson_run import run_lesson
from coamd.backend.lab.teaching.sections import Cost, TaughtMotions, between, costs, does_both, hits, joined, nearness
from coamd.backend.lab.teaching.unknown_moves import FAMILIES
from coamd.rigs.body.canonical import at_origin, mirrored
from coamd.rigs.errors import UserError

from tests.motions import still, walk

ACCORDION, TIPPING = FAMILIES[0], FAMILIES[1]


def takes(family: object, count: int, seed: int) -> list[np.ndarray]:
    assert family in (ACCORDION, TIPPING)
    rng = np.random.default_rng(seed)
    bases = [at_origin(still(4.5, 0.03 * n)).astype(np.float32) for n in range(count)]
    return [family.take(base, rng, left=bool(n % 2)) for n, base in enumerate(bases)]  # type: ignore[attr-defined]


@pytest.fixture(scope="module")
def judge() -> Judge:
    return Judge(
        {"tipping": takes(TIPPING, 5, 1), "accordion": takes(ACCORDION, 5, 2), "walks": [walk(4.0), walk(4.0, 0.5)]}
    )


def test_the_judge_names_takes_that_it_has_not_seen(judge: Judge) -> None:
    assert {judge.named(joints) for joints in takes(TIPPING, 4, 11)} == {"tipping"}
    assert {judge.named(joints) for joints in takes(ACCORDION, 4, 12)} == {"accordion"}
    assert judge.named(walk(3.0, 0.2)) == "walks"


def test_place_heading_and_side_do_not_matter(judge: Judge) -> None:
    joints = takes(TIPPING, 1, 11)[0]
    far = judge.distance(joints, "tipping")
    assert judge.distance(joints + np.float32([3.0, 0.0, 1.0]), "tipping") == pytest.approx(far, rel=1e-3)
    assert judge.distance(mirrored(joints), "tipping") == pytest.approx(far, rel=1e-3)


def test_who_only_stands_is_farther_from_tipping_than_takes_are_from_each_other(judge: Judge) -> None:
    assert judge.distance(at_origin(still(4.5)), "tipping") > 1.3 * judge.among("tipping")
    others = [judge.distance(joints, "tipping") for joints in takes(TIPPING, 4, 11)]
    assert np.mean(others) < 1.3 * judge.among("tipping")


def test_figures_pass_and_fail(judge: Judge) -> None:
    tips, stands = takes(TIPPING, 3, 11), [at_origin(still(4.5)).astype(np.float32)] * 3
    good = TaughtMotions({"tipping": tips}, {"tipping": takes(TIPPING, 3, 12)}, {"tipping": stands})
    shown = [("tipping", tips)]
    found = {v.short: v for section in (hits(judge, good, shown), nearness(judge, good)) for v in section.verdicts}
    assert [found[name].passed for name in ("hits", "apart", "seeds")] == [True, True, True]
    copies = TaughtMotions({"tipping": stands}, {"tipping": stands}, {"tipping": stands})
    found = {v.short: v for section in (hits(judge, copies, shown), nearness(judge, copies)) for v in section.verdicts}
    assert [found[name].passed for name in ("apart", "seeds")] == [False, False]
    assert found["seeds"].value == 0.0


def test_who_does_both_shows_the_action_and_walks_afterwards(judge: Judge) -> None:
    tip, stroll, stand = takes(TIPPING, 1, 11)[0], walk(4.0, 0.2), at_origin(still(4.0))
    both = [np.concatenate(pair).astype(np.float32) for pair in ((tip, stroll), (stroll, tip), (tip, stand))]
    assert [does_both(judge, "tipping", motion) for motion in both] == [True, False, False]
    assert not does_both(judge, "accordion", both[0])
    section = joined(judge, {"tipping": both[:2]}, {"tipping": tip, "accordion": stroll})
    found = {verdict.short: verdict.value for verdict in section.verdicts}
    assert (found["then walks"], found["edited"]) == (0.5, 0.5)
    assert (found["tipping edited"], found["accordion edited"]) == (1.0, 0.0)


def test_the_distance_of_two_seeds_is_that_of_their_joints() -> None:
    joints = at_origin(still(3.0))
    moved = joints.copy()
    moved[:, 20] += [0.0, 0.22, 0.0]
    assert between(joints, moved) == pytest.approx(0.01)


def test_costs_are_put_beside_their_limits() -> None:
    """Three minutes of one core for each minute of takes; less than a minute is no reason for less."""
    section = costs(Cost(processor=400.0, takes=120.0, memory=1e9, file=3e6, slower=1.0))
    assert [verdict.passed for verdict in section.verdicts] == [False, True, True, True]
    for takes, processor in ((20.0, 170.0), (120.0, 350.0)):
        assert costs(Cost(processor, takes, 1e9, 3e6, 1.0)).verdicts[0].passed


def test_a_lesson_that_fails_says_what_the_command_said(tmp_path: Path) -> None:
    (tmp_path / "takes").mkdir()
    table = tmp_path / "words.csv"
    table.write_text("file,words\nx.npz,a person bows\n", encoding="utf-8")
    with pytest.raises(UserError) as caught:
        run_lesson("Bows", tmp_path / "takes", table, tmp_path, ["--device", "cpu"])
    assert caught.value.code == "lesson_failed"
    assert "motion files" in caught.value.hint


def test_too_few_known_captions_for_r_precision_are_refused_before_any_work(capsys: pytest.CaptureFixture[str]) -> None:
    parser = argparse.ArgumentParser()
    configure(parser)
    assert parser.parse_args(["data", "--known", "32"]).known == 32
    with pytest.raises(SystemExit):
        parser.parse_args(["data", "--known", "16"])
    assert "16 is not between 32 and 1000" in capsys.readouterr().err
