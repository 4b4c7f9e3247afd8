# SPDX-License-Identifier: GPL-3.0-or-later
"""Work on a real Ray cluster of two workers, and what becomes of it when they are killed."""

from __future__ import annotations

import importlib.util
import os
import signal
import subprocess
import sys
from argparse import Namespace
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from coamd.backend.batch.plan import planned
from coamd.backend.batch.ray_workers import TRIES, LocalWorker, RayWorkers, WorkersLost, connected
from coamd.backend.batch.run import work_off
from coamd.backend.batch.summary import DONE, BatchSummary
from coamd.backend.batch.table import Row
from coamd.backend.cli import main
from coamd.backend.cli.batch import maker
from coamd.backend.files.motion_file import write_motion
from coamd.backend.requests.generate import GenerateRequest
from coamd.rigs.errors import UserError
from tiny_model import write_tiny_model

from tests.motions import walk

if importlib.util.find_spec("ray") is None:
    pytest.skip("Ray is not installed (coamd[cluster])", allow_module_level=True)


@pytest.fixture(scope="module")
def ray() -> Iterator[Any]:
    """The module, connected to one local cluster for all tests; to start it takes seconds."""
    ray = connected("local", 2)
    ray.cloudpickle.register_pickle_by_value(sys.modules[__name__])  # the workers do not find this file
    yield ray
    ray.shutdown()


def squares(folder: str) -> Callable[[tuple[int, int]], int]:
    """A worker that squares a number; it is killed the first ``deaths`` times that it is given it."""

    def work(item: tuple[int, int]) -> int:
        number, deaths = item
        with (Path(folder) / str(number)).open("a") as log:
            log.write("x")
        if (Path(folder) / str(number)).stat().st_size <= deaths:
            os.kill(os.getpid(), signal.SIGKILL)
        return number * number

    return work


def broken(reason: str) -> Callable[[int], int]:
    """A worker that cannot be built."""
    raise UserError(reason, "Mend it.", "weights_missing")


def test_where_no_cluster_is_a_sentence_says_so(tmp_path: Path) -> None:
    (tmp_path / "prompts.csv").write_text("prompt\nwalk\n")
    command = [sys.executable, "-m", "coamd.backend", "batch", "prompts.csv", "out", "--ray", "auto"]
    ended = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ended.returncode == 2
    assert "coamd batch: There is no Ray cluster at 'auto'" in ended.stderr.splitlines()[-1]
    assert "ray start" in ended.stderr


def test_a_local_cluster_is_at_this_machine_alone(ray: Any) -> None:
    assert {node["NodeManagerAddress"] for node in ray.nodes()} == {"127.0.0.1"}
    assert os.environ["RAY_USAGE_STATS_ENABLED"] == "0"


def test_deaths_lose_and_double_nothing(ray: Any, tmp_path: Path) -> None:
    """Items 3 and 7 kill their worker once, item 11 always: that one is given up, every other has one result."""
    items = [(n, {3: 1, 7: 1, 11: 99}.get(n, 0)) for n in range(20)]
    results = list(RayWorkers("local", 2, squares, str(tmp_path)).map(items))
    assert Counter(item for item, _ in results) == Counter(items)
    by_number = {number: result for (number, _), result in results}
    lost = by_number.pop(11)
    assert isinstance(lost, WorkersLost)
    assert f"{TRIES} workers died" in lost.reason
    assert by_number == {n: n * n for n in range(20) if n != 11}
    given = {n: (tmp_path / str(n)).stat().st_size for n in range(20)}
    assert given == {n: {3: 2, 7: 2, 11: TRIES}.get(n, 1) for n in range(20)}


def test_a_worker_that_cannot_be_built_says_why(ray: Any) -> None:
    with pytest.raises(UserError, match="no weights") as caught:
        list(RayWorkers("local", 2, broken, "There are no weights.").map([1, 2]))
    assert (caught.value.hint, caught.value.code) == ("Mend it.", "weights_missing")


def test_no_work_needs_no_worker(ray: Any) -> None:
    assert list(RayWorkers("local", 1, squares, "").map([])) == []


def test_labels_and_the_index_are_the_same_from_a_cluster(
    ray: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_tiny_model(tmp_path / "weights")
    takes = tmp_path / "takes"
    takes.mkdir()
    for n in range(5):
        write_motion(takes / f"take{n}.npz", walk(2.0 + n, turning=0.2 * n))
    (takes / "broken.npz").write_bytes(b"no archive")
    options, cluster = ["--weights", str(tmp_path / "weights")], ["--ray", "local", "--workers", "2"]
    said = []
    for more in ([], cluster):
        assert main(["label", str(takes), "--json", *options, *more]) == 0
        said.append(capsys.readouterr().out)
    assert said[0] == said[1]
    for name, more in (("alone", []), ("shared", cluster)):
        assert main(["index", str(takes), "--index", str(tmp_path / f"{name}.npz"), *options, *more]) == 0
    assert capsys.readouterr().out.count("5 takes") == 2
    alone, shared = (np.load(tmp_path / f"{name}.npz", allow_pickle=False) for name in ("alone", "shared"))
    for key in ("vectors", "places", "takes"):
        assert np.array_equal(alone[key], shared[key]), key


class Recorded:
    """Workers whose deliveries are counted."""

    def __init__(self, pool: RayWorkers) -> None:
        self.pool, self.count, self.gpu = pool, pool.count, pool.gpu
        self.delivered: Counter[str] = Counter()

    def map(self, items: Iterable[Any]) -> Iterator[tuple[Any, Any]]:
        for item, result in self.pool.map(items):
            self.delivered.update(file for take in item for file in take.files)
            yield item, result


def test_a_batch_survives_the_death_of_a_worker(ray: Any, tmp_path: Path) -> None:
    write_tiny_model(tmp_path / "weights")
    args = Namespace(weights=tmp_path / "weights", device="cpu", precision="float32")
    rows = [Row(f"row{n}", GenerateRequest("a person walks", 1.0 + n % 3, n)) for n in range(40)]
    for name in ("alone", "shared"):
        (tmp_path / name).mkdir()
    alone, shared = BatchSummary(tmp_path / "alone"), BatchSummary(tmp_path / "shared")
    work_off(planned(rows, alone), alone, LocalWorker(maker, args))

    pool = RayWorkers("local", 2, maker, args)
    first, second = (ray.get(member.ready.remote()) for member in pool.members)
    assert first != second
    done: list[int] = []

    def report(count: int) -> None:
        done.append(count)
        if len(done) == 5:
            os.kill(first, signal.SIGKILL)

    workers = Recorded(pool)
    work_off(planned(rows, shared), shared, workers, most=1, report=report)
    assert ray.get(pool.members[0].ready.options(max_task_retries=-1).remote()) not in (first, second)
    assert sum(done) == 40
    assert workers.delivered == Counter({f"row{n}.npz": 1 for n in range(40)})
    assert {entry.state for entry in shared.entries.values()} == {DONE}
    for row in rows:
        made, same = (np.load(tmp_path / name / f"{row.name}.npz")["joints"] for name in ("shared", "alone"))
        assert np.abs(made - same).max() < 1e-3
