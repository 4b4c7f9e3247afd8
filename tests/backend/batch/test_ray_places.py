# SPDX-License-Identifier: GPL-3.0-or-later
"""How many workers a cluster gets, and what each of them is given of its machines."""

from __future__ import annotations

from argparse import Namespace
from typing import Any

import pytest
from coamd.backend.batch import ray_workers
from coamd.backend.cli.options import workers


class Cluster:
    """In the place of Ray: it has resources, and notes what every worker asks for."""

    def __init__(self, **resources: float) -> None:
        self.resources = resources
        self.asked: list[dict[str, float]] = []
        self._share: dict[str, float] = {}

    def cluster_resources(self) -> dict[str, float]:
        return self.resources

    def options(self, **asked: float) -> Cluster:
        self._share = {name: number for name, number in asked.items() if name.startswith("num_")}
        return self

    def remote(self, made: Any, *_arguments: Any) -> Cluster:
        if made is not ray_workers.RayWorker:  # a worker of that class
            self.asked.append(self._share)
        return self


def build() -> Any:
    """Nothing is built here."""


@pytest.mark.parametrize(
    ("there", "device", "wanted", "count", "gpu", "share"),
    [
        ({"GPU": 2, "CPU": 8}, "auto", None, 2, True, {"num_gpus": 1.0}),
        ({"GPU": 2, "CPU": 8}, "cuda", 8, 8, True, {"num_gpus": 0.25}),
        ({"GPU": 2, "CPU": 8}, "cpu", None, 8, False, {"num_cpus": 1}),
        ({"GPU": 2, "CPU": 8}, "cpu", 2, 2, False, {"num_cpus": 4}),
        ({"CPU": 4}, "auto", None, 4, False, {"num_cpus": 1}),
    ],
)
def test_the_processor_as_device_leaves_the_cards_alone(
    there: dict[str, float],
    device: str,
    wanted: int | None,
    count: int,
    gpu: bool,
    share: dict[str, float],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cluster = Cluster(**there)
    monkeypatch.setattr(ray_workers, "connected", lambda _where, _count: cluster)
    pool = workers(Namespace(ray="auto", workers=wanted, device=device), build)
    assert (pool.count, pool.gpu) == (count, gpu), "also the size of a batch follows from it"
    assert cluster.asked == [share] * count
