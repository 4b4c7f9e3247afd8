# SPDX-License-Identifier: GPL-3.0-or-later
"""A batch from table to folder: what is made, and that a run which was killed or failed goes on without loss."""

from __future__ import annotations

import csv
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from coamd.backend.batch.plan import PlannedTake, planned
from coamd.backend.batch.ray_workers import LocalWorker
from coamd.backend.batch.run import owned, work_off
from coamd.backend.batch.summary import DONE, FAILED, WAITING, BatchSummary
from coamd.backend.batch.table import Row
from coamd.backend.batch.take_files import TakeMaker, batch_size, batches
from coamd.backend.cli import main
from coamd.backend.motion.microbatches import packed
from coamd.backend.motion.pipeline import Pipeline
from coamd.backend.requests.generate import GenerateRequest
from coamd.rigs.errors import UserError
from tiny_model import write_tiny_model

TABLE = """prompt,name,seconds,seed,variations,format
a person walks,walk,2,1,,
a person runs,run,1.95,2,,npz bvh
a person jumps,jump,3,,2,
"""
FILES = {"walk.npz", "run.npz", "run.bvh", "jump_1.npz", "jump_2.npz"}


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tiny") / "weights"
    write_tiny_model(folder)
    return folder


@pytest.fixture(scope="module")
def pipeline(weights: Path) -> Pipeline:
    return Pipeline.load(weights, "cpu")


@pytest.fixture
def batch(tmp_path: Path, weights: Path) -> Callable[..., int]:
    """Runs ``coamd batch`` on a table into ``tmp_path / "out"``."""

    def run(table: str = TABLE, *options: str) -> int:
        (tmp_path / "prompts.csv").write_text(table, encoding="utf-8")
        return main(
            ["batch", str(tmp_path / "prompts.csv"), str(tmp_path / "out"), "--weights", str(weights), *options]
        )

    return run


def joints(path: Path) -> np.ndarray:
    with np.load(path, allow_pickle=False) as arrays:
        return np.asarray(arrays["joints"])


def motions(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()} - {"summary.csv", ".lock"}


def states(folder: Path) -> dict[str, tuple[str, str]]:
    with (folder / "summary.csv").open(encoding="utf-8", newline="") as lines:
        return {row["name"]: (row["state"], row["notes"]) for row in csv.DictReader(lines)}


def marks(folder: Path) -> dict[str, tuple[int, int]]:
    """A file that is written again gets another inode."""
    return {name: ((folder / name).stat().st_ino, (folder / name).stat().st_mtime_ns) for name in motions(folder)}


def test_a_row_is_what_generate_makes_of_it(batch: Callable[..., int], pipeline: Pipeline, tmp_path: Path) -> None:
    """walk and run have as many tokens and share a call; so do the variations of jump."""
    assert batch() == 0
    assert motions(tmp_path / "out") == FILES
    assert set(states(tmp_path / "out").values()) == {(DONE, "")}
    walk = pipeline.generate(GenerateRequest("a person walks", 2.0, seed=1)).joints[0]
    run = pipeline.generate(GenerateRequest("a person runs", 1.95, seed=2)).joints[0]
    jump = pipeline.generate(GenerateRequest("a person jumps", 3.0, seed=0, variations=2)).joints
    for name, alone in {"walk": walk, "run": run, "jump_1": jump[0], "jump_2": jump[1]}.items():
        made = joints(tmp_path / "out" / f"{name}.npz")
        assert made.shape == alone.shape
        assert np.abs(made - alone).max() < 1e-3, name
    assert np.abs(jump[0] - jump[1]).max() > 0.01


def test_what_is_done_is_not_done_again(
    batch: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert batch() == 0
    before = marks(tmp_path / "out")
    (tmp_path / "out" / "jump_2.npz").unlink()
    del before["jump_2.npz"]
    capsys.readouterr()
    assert batch(TABLE + "a person sits,sit,2,,,\n") == 0
    assert "4 done (2 before)" in capsys.readouterr().out
    after = marks(tmp_path / "out")
    assert set(after) == {*FILES, "sit.npz"}
    assert {name: after[name] for name in before} == before
    assert batch(TABLE, "--weights", str(tmp_path / "no model is needed")) == 0


def test_a_row_that_fails_is_told_and_tried_again(
    batch: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert batch(TABLE.replace("walk,2", "walk,99")) == 1
    assert "failed: walk: A motion of 99 seconds cannot be made." in capsys.readouterr().err
    found = states(tmp_path / "out")
    assert found["walk"][0] == FAILED
    assert "Choose between" in found["walk"][1]
    assert motions(tmp_path / "out") == FILES - {"walk.npz"}
    before = marks(tmp_path / "out")
    assert batch() == 0
    assert states(tmp_path / "out")["walk"] == (DONE, "")
    assert before.items() <= marks(tmp_path / "out").items()


def test_files_of_something_else_are_left_alone(batch: Callable[..., int], tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "walk.npz").write_bytes(b"mine")
    for _ in range(2):  # nor is it taken for a result by the second run
        assert batch() == 1
        assert "walk.npz is there already" in states(tmp_path / "out")["walk"][1]
        assert (tmp_path / "out" / "walk.npz").read_bytes() == b"mine"
    before = marks(tmp_path / "out")
    changed = TABLE.replace("a person runs", "a person crawls")
    for _ in range(2):
        assert batch(changed) == 1
        assert "run.bvh was made with prompt 'a person runs'" in states(tmp_path / "out")["run"][1]
        assert marks(tmp_path / "out") == before
    for name in ("run.npz", "run.bvh", "walk.npz"):
        (tmp_path / "out" / name).unlink()
    assert batch(changed) == 0


def test_a_killed_run_goes_on(weights: Path, tmp_path: Path, wait_until: Callable[..., None]) -> None:
    (tmp_path / "prompts.csv").write_text("prompt,seed\n" + "".join(f"walk,{n}\n" for n in range(400)))
    out = tmp_path / "out"
    command = ["batch", str(tmp_path / "prompts.csv"), str(out), "--weights", str(weights), "--seconds", "1"]
    child = subprocess.Popen([sys.executable, "-m", "coamd.backend", *command, "--batch", "1"])
    wait_until(lambda: len(list(out.glob("*.npz"))) > 2 or child.poll() is not None, "the first motions")
    child.send_signal(signal.SIGKILL)
    assert child.wait() == -signal.SIGKILL
    before = {name: mark for name, mark in marks(out).items() if name.endswith(".npz") and not name.startswith(".")}
    assert 0 < len(before) < 400
    (out / ".walk-9.4194305-0.part.npz").write_bytes(b"cut off")
    assert main(command) == 0
    after = marks(out)
    assert len(after) == 400
    assert before.items() <= after.items()
    assert {state for state, _ in states(out).values()} == {DONE}


def test_one_folder_has_one_run(tmp_path: Path) -> None:
    with owned(tmp_path / "out"), pytest.raises(UserError, match="Another run"), owned(tmp_path / "out"):
        pass
    with owned(tmp_path / "out"):
        pass
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="is a file"), owned(tmp_path / "file"):
        pass


def test_a_take_that_cannot_be_made_fails_alone(pipeline: Pipeline, tmp_path: Path) -> None:
    class Forgetful(TakeMaker):
        """Has no memory for the motion of seed 3, whatever shares its call."""

        def _motions(self, takes: Sequence[PlannedTake]) -> list[np.ndarray]:
            if any(take.row.request.seed == 3 for take in takes):
                raise RuntimeError("CUDA error: out of memory\nwith details")
            return super()._motions(takes)

    rows = [Row(f"row{n}", GenerateRequest("a person walks", 1.0, n)) for n in range(5)]
    summary = BatchSummary(tmp_path)
    reported: list[int] = []
    takes = planned(rows, summary)
    work_off(takes, summary, LocalWorker(lambda: Forgetful(pipeline)), report=reported.append)
    assert sum(reported) == 5
    assert motions(tmp_path) == {f"row{n}.npz" for n in (0, 1, 2, 4)}
    name, note = "row3", states(tmp_path)["row3"][1]
    assert note.startswith("The motion could not be made: there is not enough memory. ")
    again = planned(rows, BatchSummary.open(tmp_path))
    assert [take.row.name for take in again] == [name]


def test_a_lost_graphics_card_ends_the_run_and_the_takes_wait(pipeline: Pipeline, tmp_path: Path) -> None:
    class Lost(TakeMaker):
        """Its card goes at the second motion."""

        made = 0

        def _motions(self, takes: Sequence[PlannedTake]) -> list[np.ndarray]:
            self.made += 1
            if self.made > 1:
                raise RuntimeError("CUDA error: unspecified launch failure")
            return super()._motions(takes)

    rows = [Row(f"row{n}", GenerateRequest("a person walks", 1.0 + n)) for n in range(3)]
    summary = BatchSummary(tmp_path)
    with pytest.raises(UserError, match="graphics card has stopped working") as caught:
        work_off(planned(rows, summary), summary, LocalWorker(lambda: Lost(pipeline)), most=1)
    assert caught.value.code == "gpu_lost"
    found = {name: state for name, (state, _) in states(tmp_path).items()}
    assert found == {"row0": WAITING, "row1": WAITING, "row2": DONE}  # the longest comes first


def test_a_full_disk_ends_the_run_and_keeps_the_summary(
    pipeline: Pipeline, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = Path.write_bytes

    def full(path: Path, data: bytes) -> int:
        if path.parent == tmp_path and path.name.startswith(".row1."):
            raise OSError(28, "No space left on device")
        return write(path, data)

    monkeypatch.setattr(Path, "write_bytes", full)
    rows = [Row(f"row{n}", GenerateRequest("a person walks", 1.0 + n)) for n in range(3)]
    summary = BatchSummary(tmp_path)
    with pytest.raises(UserError, match="disk is full"):
        work_off(planned(rows, summary), summary, LocalWorker(lambda: TakeMaker(pipeline)), most=1)
    assert motions(tmp_path) == {"row2.npz"}  # the longest comes first
    found = {name: state for name, (state, _) in states(tmp_path).items()}
    assert found == {"row0": WAITING, "row1": WAITING, "row2": DONE}


def test_a_summary_that_is_no_summary_is_refused(tmp_path: Path) -> None:
    (tmp_path / "summary.csv").write_text("name,state\nwalk,done\n")
    with pytest.raises(UserError, match="cannot be read"):
        BatchSummary.open(tmp_path)


def test_only_takes_of_like_length_and_guidance_share_a_call() -> None:
    rows = [Row(f"{n}", GenerateRequest("walk", seconds, guidance_scale=scale)) for n, (seconds, scale) in enumerate(
        [(2.0, None), (4.0, None), (1.95, None), (2.0, 3.0), (2.0, None), (2.05, None)]
    )]  # fmt: skip
    takes = [PlannedTake(row, 0, ()) for row in rows]
    names = [[take.row.name for take in batch] for batch in batches(takes, 2)]
    assert names == [["1"], ["5"], ["3"], ["0", "2"], ["4"]]
    assert packed([1, 1, 2, 1], 2) == [[2], [0, 1], [3]]


def test_every_worker_gets_some_batches() -> None:
    assert batch_size(200, 1, gpu=False) == 16
    assert batch_size(200, 8, gpu=True) == 13
    assert batch_size(3, 8, gpu=False) == 1
