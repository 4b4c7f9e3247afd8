# SPDX-License-Identifier: GPL-3.0-or-later
"""Two processes that train together learn what one learns from both their batches."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
import torch
from coamd.backend.training.loop import Draw, LossOf, Schedule, draw_of, train
from coamd.backend.training.team import Team, join
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

SCHEDULE = Schedule(steps=12, batch=8, learning_rate=0.05, warmup=2, ema=0.5, seed=4)


def module_of() -> nn.Module:
    torch.manual_seed(0)
    return nn.Linear(3, 2)


def batch_loss(module: nn.Module, draw: Draw) -> Tensor:
    x = torch.rand(8, 3, generator=draw.torch)
    return (module(x) - x[:, :2] ** 2).square().mean()


def own_batch(module: nn.Module) -> LossOf:
    def loss_of(draw: Draw) -> Mapping[str, Tensor]:
        return {"loss": batch_loss(module, draw)}

    return loss_of


def both_batches(module: nn.Module) -> LossOf:
    def loss_of(draw: Draw) -> Mapping[str, Tensor]:
        other = draw_of(SCHEDULE.seed, draw.step, rank=1)
        return {"loss": 0.5 * (batch_loss(module, draw) + batch_loss(module, other))}

    return loss_of


def member(folder: Path) -> None:
    """What each of the processes runs."""
    team, module = join(), module_of()
    train(module, own_batch(module), folder / "run", SCHEDULE, team=team)
    save_file(module.state_dict(), folder / f"{team.rank}.safetensors")


def test_two_processes_end_with_the_weights_of_one_that_saw_both_batches(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2", __file__]
    environment = os.environ | {"OMP_NUM_THREADS": "1", "CUDA_VISIBLE_DEVICES": ""}
    done = subprocess.run(
        [*command, str(tmp_path)], env=environment, capture_output=True, text=True, timeout=240, check=False
    )
    assert done.returncode == 0, done.stderr
    one = module_of()
    train(one, both_batches(one), tmp_path / "one", SCHEDULE)
    alone = module_of()
    train(alone, own_batch(alone), tmp_path / "alone", SCHEDULE)
    for rank in range(2):
        found = load_file(tmp_path / f"{rank}.safetensors")
        for name, value in one.state_dict().items():
            torch.testing.assert_close(found[name], value)
    assert not torch.allclose(alone.weight, one.weight)  # the other's batch does matter
    assert (tmp_path / "run" / "checkpoint.pt").exists()


def test_alone_there_is_nothing_to_average(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WORLD_SIZE", raising=False)
    assert join() == Team() and Team().leads
    module = module_of()
    batch_loss(module, draw_of(1, 1)).backward()
    before = module.weight.grad.clone()
    join().average_gradients(module)
    assert torch.equal(module.weight.grad, before)


if __name__ == "__main__":
    member(Path(sys.argv[1]))
