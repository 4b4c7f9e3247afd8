# SPDX-License-Identifier: GPL-3.0-or-later
"""What is counted and compared is right. How fast it is, is not tested: that depends on the machine."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest
import torch
from coamd.backend.lab.speed.chart import Curve, chart
from coamd.backend.lab.speed.full_size import random_weights
from coamd.backend.lab.speed.roofline import MachineLimits, WorkCount, counted
from coamd.backend.lab.speed.sampling import HEADING, Bench, report
from coamd.backend.motion.pipeline import Pipeline
from coamd.backend.requests.generate import SamplingOptions
from PIL import Image
from pretended_gpu import pretended_gpu
from tiny_model import write_tiny_model
from torch import nn

SLOW = MachineLimits(bandwidth=100.0, rate=1000.0)


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    folder = tmp_path_factory.mktemp("weights")
    write_tiny_model(folder)
    pipeline = Pipeline.load(folder, "cpu")
    return Bench(pipeline, pipeline, SLOW, runs=1)


def test_layers_are_counted_by_their_weights_and_rows() -> None:
    linear, convolution = nn.Linear(3, 5), nn.Conv1d(2, 4, 3, padding=1)
    with torch.no_grad(), counted(linear) as work:
        linear(torch.zeros(7, 3))
        convolution(torch.zeros(1, 2, 10))
    assert work.bytes == 4 * (15 + 24)
    assert work.operations == 2 * (15 * 7 + 24 * 10)
    assert work.evaluations == 1
    linear(torch.zeros(7, 3))
    assert work.evaluations == 1, "nothing is counted afterwards"


def test_the_way_back_counts_as_much_as_the_way_there() -> None:
    linear = nn.Linear(3, 5).requires_grad_(False)
    with counted(linear) as work:
        linear(torch.zeros(7, 3, requires_grad=True)).sum().backward()
    assert (work.bytes, work.operations) == (2 * 60, 2 * 2 * 15 * 7)


def test_the_floor_is_the_slower_of_reading_and_computing() -> None:
    assert WorkCount(bytes=300, operations=1000).floor(SLOW) == 3.0
    assert WorkCount(bytes=100, operations=9000).floor(SLOW) == 9.0


def test_a_machine_has_rates() -> None:
    machine = MachineLimits.measured(torch.device("cpu"), 1)
    assert machine.bandwidth > 1e6 and machine.rate > 1e6


def test_a_line_counts_evaluations_and_compares(bench: Bench) -> None:
    """Three steps settle 3, 6 and 1 of ten tokens with two evaluations each; the guided last sketches none."""
    plain, guided = (bench.line(2.0, wanted, 1, compared=not wanted) for wanted in (False, True))
    assert (plain.evaluations, guided.evaluations) == (6, 6)
    assert plain.floor < guided.floor
    assert plain.ratio is not None and plain.ratio > 0
    assert plain.deviation == pytest.approx(0.0, abs=1e-3), "a fresh head stands still, so every solver is exact"
    assert guided.ratio is None and guided.deviation is None


def test_the_converged_solution_is_off_by_nothing_from_itself(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    exact = bench.pipeline.sampling(SamplingOptions(recognizer_guidance=0.0)).evaluations
    monkeypatch.setattr("coamd.backend.lab.speed.sampling.CONVERGED", exact)
    assert bench.line(2.0, False, 1, compared=True).deviation == 0.0


def test_the_table_has_every_case_and_says_what_was_not_measured(bench: Bench) -> None:
    told: list[str] = []
    lines = bench.lines([1.0, 2.0], [1, 2], told.append, compared=1)
    assert [(line.length, line.batch, line.guided) for line in lines] == [
        (length, batch, guided) for length in (1.0, 2.0) for batch in (1, 2) for guided in (False, True)
    ]
    assert len(told) == 8
    assert all((line.deviation is None) == (line.batch == 2) for line in lines)
    text = report(lines, [SLOW])
    assert all(word in text for word in HEADING)
    assert ("not measured" in text) == (not torch.cuda.is_available())


@pytest.mark.parametrize("device", ["cuda", "cuda:1"])
def test_on_a_card_graphs_are_measured_and_the_memory_of_that_card(
    device: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_tiny_model(tmp_path)
    monkeypatch.setattr(MachineLimits, "measured", lambda *_: SLOW)
    monkeypatch.setattr("coamd.backend.motion.pipeline.MAX_TOKENS", 2)  # other shapes are captured on the way
    asked: list[tuple[str, torch.device]] = []

    def peak(one: object) -> int:
        asked.append(("peak", torch.device(one)))  # type: ignore[arg-type]
        return 3 * 10**9

    with pretended_gpu(device, monkeypatch) as counts:
        monkeypatch.setattr(torch.cuda, "max_memory_allocated", peak)
        monkeypatch.setattr(
            torch.cuda, "reset_peak_memory_stats", lambda one: asked.append(("reset", torch.device(one)))
        )
        args = argparse.Namespace(device=device, precision="float32")
        bench = Bench.load(args, tmp_path, runs=1)
        assert bench.pipeline.system.generator.graphs is not None and bench.plain.system.generator.graphs is None
        before = counts.replays
        line = bench.line(1.0, False, 1, compared=False)
    assert counts.replays > before, "as in the backend"
    pipeline = Pipeline.load(tmp_path, "cpu", "float32")
    wanted = Bench(pipeline, pipeline, SLOW, runs=1).line(1.0, False, 1, compared=False)
    assert (line.evaluations, line.floor) == (wanted.evaluations, wanted.floor), "what graphs hold is counted as well"
    assert line.memory == 3.0
    assert asked == [("reset", torch.device(device)), ("peak", torch.device(device))]


def test_a_chart_is_drawn_for_each_curve(tmp_path: Path) -> None:
    curves = [Curve("length", [(1.0, 0.1), (2.0, 0.3), (4.0, 0.5)]), Curve("batch", [(1.0, 0.2), (8.0, 0.9)])]
    chart(tmp_path / "one.png", curves[:1])
    chart(tmp_path / "two.png", curves)
    one, two = (Image.open(tmp_path / name) for name in ("one.png", "two.png"))
    assert two.width == 2 * one.width and two.height == one.height
    assert len(set(one.getdata())) > 50


def test_random_weights_move(tmp_path: Path) -> None:
    """A fresh generator's velocity is zero and every solver exact; the benchmark's is as long as a real one."""
    torch.manual_seed(0)
    random_weights("CoAMD-SiT-S", tmp_path)
    net = Pipeline.load(tmp_path, "cpu").system.generator.head.net
    with torch.no_grad():
        velocity = net(torch.randn(32, 64), torch.rand(32), torch.randn(32, 256))
    assert 0.5 < float(velocity.std()) < 4.0
