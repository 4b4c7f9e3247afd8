# SPDX-License-Identifier: GPL-3.0-or-later
"""Progress where no terminal is: lines for a log, at their time and with their count."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest
from coamd.backend.cli.install import _Bar
from coamd.backend.cli.progress_bar import ProgressLines, progress_bar
from coamd.backend.cli.terminal import SECONDS_BETWEEN_LINES
from coamd.backend.install import progress
from tqdm import tqdm


@pytest.fixture
def wait(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Lets seconds go by on the clock of progress."""
    now = [1000.0]
    monkeypatch.setattr("tqdm.std.time", lambda: now[0])
    monkeypatch.setattr("coamd.backend.cli.install.time.monotonic", lambda: now[0])

    def forward(seconds: float) -> None:
        now[0] += seconds

    return forward


def test_a_line_every_few_seconds(wait: Callable[[float], None], capsys: pytest.CaptureFixture[str]) -> None:
    """42 steps of one second each: as many lines as fit, and the last one when all is done."""
    with progress_bar(total=42, desc="reading", unit="file", leave=False) as bar:
        for _ in range(42):
            wait(1.0)
            bar.update()
    out, err = capsys.readouterr()
    lines = err.splitlines()
    assert out == ""
    assert lines[0] == f"reading: {SECONDS_BETWEEN_LINES:.0f} of 42 files after 00:05"
    assert lines[-1] == "reading: 42 of 42 files after 00:42"
    assert len(lines) == 42 // SECONDS_BETWEEN_LINES + 1
    assert "\r" not in err


def test_phases_and_steps_as_the_model_reports_them(
    wait: Callable[[float], None], capsys: pytest.CaptureFixture[str]
) -> None:
    with progress_bar(total=1, desc="generating", unit="step", leave=False) as bar:
        for step in range(4):
            wait(3.0)
            bar.set_description("sampling", refresh=False)
            bar.total, bar.n = 12, step
            bar.refresh()
    assert capsys.readouterr().err.splitlines()[0] == "sampling: 1 of 12 steps after 00:06"


def test_what_is_done_at_once_says_nothing(wait: Callable[[float], None], capsys: pytest.CaptureFixture[str]) -> None:
    with progress_bar(total=3, desc="reading", unit="file") as bar:
        for _ in range(3):
            wait(SECONDS_BETWEEN_LINES / 4)
            bar.update()
    assert capsys.readouterr().err == ""


def test_without_a_total_and_with_words_alone(
    wait: Callable[[float], None], capsys: pytest.CaptureFixture[str]
) -> None:
    with progress_bar(desc="takes", unit="") as bar:
        wait(6.0)
        bar.update(7)
    with progress_bar(bar_format="{desc}", leave=False) as bar:
        wait(6.0)
        bar.set_description_str("starting a backend")
    assert capsys.readouterr().err.splitlines() == ["takes: 7 after 00:06", "starting a backend"]


def test_a_terminal_has_a_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    with progress_bar(total=1) as bar:
        assert type(bar) is tqdm
    monkeypatch.setattr(sys.stderr, "isatty", lambda: False, raising=False)
    with progress_bar(total=1) as bar:
        assert type(bar) is ProgressLines


def test_an_installation_tells_each_phase_and_goes_on_telling(
    wait: Callable[[float], None], capsys: pytest.CaptureFixture[str]
) -> None:
    """A download is one phase of minutes: it has lines of its own, though not one for each packet."""
    bar = _Bar()
    bar(progress.InstallProgress())
    for megabytes in range(20):
        bar(progress.InstallProgress(progress.LOAD, megabytes * 1e6, 20e6, "torch"))
        wait(1.0)
    bar(progress.InstallProgress(progress.DONE))
    err = capsys.readouterr().err
    lines = err.splitlines()
    assert "\r" not in err
    assert [line.split()[0] for line in lines] == ["0%", "2%", "19%", "36%", "53%", "100%"]
