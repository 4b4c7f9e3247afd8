# SPDX-License-Identifier: GPL-3.0-or-later
"""What graphs keep of a card's memory, and what a capture that fails leaves behind, on a pretended card."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import torch
from coamd.backend.model.graphs import Graphs
from pretended_gpu import pretended_gpu
from pretended_gpu.counts import Gpu

KEPT = 300  # bytes of each graph


@dataclass
class Memory:
    """Of a card: what is in use, and what torch keeps for later."""

    used: int = 1000
    cached: int = 0

    def work(self, one: torch.Tensor) -> torch.Tensor:
        """A piece of work: its memory is the graph's where it is captured, and is given back otherwise."""
        if Gpu.capturing is None:
            self.cached += KEPT
        else:
            self.used += KEPT
        return 2 * one


@pytest.fixture(params=["cuda", "cuda:1"])
def card(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[torch.device]:
    with pretended_gpu(request.param, monkeypatch):
        yield torch.device(request.param)


@pytest.fixture
def memory(card: torch.device, monkeypatch: pytest.MonkeyPatch) -> Memory:
    memory = Memory()
    monkeypatch.setattr(torch.cuda, "memory_reserved", lambda _device: memory.used + memory.cached)
    monkeypatch.setattr(torch.cuda, "empty_cache", lambda: setattr(memory, "cached", 0))
    return memory


def test_what_torch_frees_when_a_capture_begins_is_not_set_off(card: torch.device, memory: Memory) -> None:
    """It empties its cache then: of 500 bytes two graphs of 300 are begun, however much was in the cache."""
    graphs, x = Graphs(card, most=500), torch.ones(3).to(card)
    for name in "abcd":
        memory.cached = 10_000  # of other jobs
        assert graphs(name, memory.work, x).sum().item() == 6
    assert len(graphs) == 2
    assert memory.used == 1000 + 2 * KEPT


def test_what_others_give_back_meanwhile_makes_no_room(card: torch.device, memory: Memory) -> None:
    graphs, x = Graphs(card, most=KEPT), torch.ones(3).to(card)

    def beside(one: torch.Tensor) -> torch.Tensor:
        memory.used -= 400
        return one + 1

    graphs("beside", beside, x)
    for name in "abc":
        graphs(name, memory.work, x)
    assert len(graphs) == 2, "the first, which seems to free memory, and one of the size of the bound"


def test_after_a_capture_the_stream_is_the_one_before(card: torch.device) -> None:
    graphs, x, before = Graphs(card), torch.ones(3).to(card), torch.cuda.current_stream(card)
    seen = []

    def work(one: torch.Tensor) -> torch.Tensor:
        seen.append(torch.cuda.current_stream(card))
        return 2 * one

    def waits(one: torch.Tensor) -> torch.Tensor:
        return one * one.sum().item()

    graphs("works", work, x)
    assert len(graphs) == 1 and torch.cuda.current_stream(card) is before
    assert len(seen) == 2 and seen[0] is seen[1] is not before, "warmed up and captured aside"
    assert graphs("waits", waits, x).sum().item() == 9
    assert len(graphs) == 1 and torch.cuda.current_stream(card) is before, "also where it failed"
    graphs("more", work, x)
    assert seen[2] is before, "and kernel by kernel it goes on there"
