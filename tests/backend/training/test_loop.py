# SPDX-License-Identifier: GPL-3.0-or-later
"""The training loop: learning, averaging, and going on after a kill as if nothing had happened."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path

import pytest
import torch
from coamd.backend.training.loop import (
    Draw,
    Ema,
    LossOf,
    Schedule,
    autocast,
    learning_rate,
    save_checkpoint,
    train,
)
from coamd.rigs.errors import UserError
from pretended_gpu import pretended_gpu
from torch import Tensor, nn

SCHEDULE = Schedule(steps=60, batch=8, learning_rate=0.05, warmup=5, ema=0.9, validate_every=30)


class KilledError(Exception):
    """The process dies here."""


def line() -> nn.Module:
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(1, 1), nn.Dropout(0.1))


def loss_on(module: nn.Module, killed_at: int | None = None) -> LossOf:
    def loss_of(draw: Draw) -> Mapping[str, Tensor]:
        if draw.step == killed_at:
            raise KilledError
        x = torch.rand(8, 1, generator=draw.torch)
        return {"loss": (module(x) - 3 * x - 1).square().mean()}

    return loss_of


def test_a_line_is_learnt(tmp_path: Path) -> None:
    module = line()
    train(module, loss_on(module), tmp_path / "run", dataclasses.replace(SCHEDULE, steps=400))
    weight, bias = (float(p.detach().squeeze()) for p in module.parameters())
    assert abs(weight - 3) < 0.4
    assert abs(bias - 1) < 0.3


def test_a_killed_run_goes_on_and_ends_bit_for_bit_like_one_that_was_not(tmp_path: Path) -> None:
    whole, killed = line(), line()
    train(whole, loss_on(whole), tmp_path / "whole", SCHEDULE)
    every_step = dataclasses.replace(SCHEDULE, checkpoint_seconds=0.0)
    with pytest.raises(KilledError):
        train(killed, loss_on(killed, 37), tmp_path / "killed", every_step)
    resumed = line()
    train(resumed, loss_on(resumed), tmp_path / "killed", every_step)
    for one, two in zip(whole.parameters(), resumed.parameters(), strict=True):
        assert torch.equal(one, two)


def test_a_resumed_optimizer_keeps_its_counters_on_the_host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On the card each of them would be waited for in every step."""
    schedule = dataclasses.replace(SCHEDULE, steps=2, precision="float32", checkpoint_seconds=0.0)
    waits = []
    with pretended_gpu("cuda", monkeypatch) as counts:
        for _ in range(2):
            module = line().to("cuda")

            def loss(draw: Draw, module: nn.Module = module) -> Mapping[str, Tensor]:
                x = torch.rand(8, 1, generator=draw.torch).to("cuda")
                return {"loss": (module(x) - x).square().mean()}

            before = counts.waits.copy()
            train(module, loss, tmp_path / "run", schedule)
            read = (counts.waits - before).items()
            waits.append(sum(number for reason, number in read if reason.startswith("_local_scalar_dense")))
            config = tmp_path / "run" / "config.json"
            config.write_text(config.read_text().replace('"steps": 2', '"steps": 4'))
            schedule = dataclasses.replace(schedule, steps=4)
        assert {value.device.type for value in module.parameters()} == {"cuda"}
    assert waits[0] == waits[1], "the norm of the gradient, and what is logged"
    saved = torch.load(tmp_path / "run" / "checkpoint.pt", weights_only=True)
    assert [int(one["step"]) for one in saved["optimizer"]["state"].values()] == [4, 4]


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (OSError(28, "No space left on device"), "disk_full"),
        (RuntimeError("[enforce fail at inline_container.cc] . unexpected pos 64 vs 0"), "disk_full"),
        (torch.AcceleratorError("CUDA error: unspecified launch failure"), "gpu_lost"),
        (torch.OutOfMemoryError("CUDA out of memory."), "out_of_memory"),
    ],
)
def test_a_checkpoint_that_cannot_be_written_says_why(
    error: Exception, code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise error

    monkeypatch.setattr(torch, "save", fails)
    with pytest.raises(UserError) as caught:
        save_checkpoint(tmp_path / "checkpoint.pt", {})
    assert caught.value.code == code


@pytest.mark.parametrize(("capability", "enabled"), [((7, 5), False), ((8, 6), True)])
def test_cards_that_emulate_bfloat16_train_in_float32(
    capability: tuple[int, int], enabled: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pretended_gpu("cuda", monkeypatch):
        monkeypatch.setattr(torch.cuda, "get_device_capability", lambda _device: capability)
        assert autocast(torch.device("cuda"), "auto")._enabled == enabled


def test_a_half_written_checkpoint_is_never_read_and_does_not_stay(tmp_path: Path) -> None:
    module = line()
    train(module, loss_on(module), tmp_path / "run", SCHEDULE)
    half = tmp_path / "run" / ".checkpoint.999999999-0.part.pt"  # of a process that is gone
    half.write_bytes(b"half")
    train(line(), loss_on(module), tmp_path / "run", SCHEDULE)
    assert not half.exists()


def test_another_run_in_the_same_folder_is_refused(tmp_path: Path) -> None:
    module = line()
    train(module, loss_on(module), tmp_path / "run", SCHEDULE)
    with pytest.raises(UserError, match="other settings"):
        train(module, loss_on(module), tmp_path / "run", dataclasses.replace(SCHEDULE, seed=2))


def test_scores_are_those_of_the_averaged_weights_and_are_logged(tmp_path: Path) -> None:
    module = line()
    seen: list[float] = []

    def validate(averaged: nn.Module) -> dict[str, float]:
        assert not averaged.training
        seen.append(float(next(averaged.parameters()).detach()))
        return {"weight": seen[-1]}

    train(module, loss_on(module), tmp_path / "run", SCHEDULE, validate=validate)
    assert len(seen) == 2
    assert float(next(module.parameters()).detach()) == seen[-1]
    assert '"group": "validation"' in (tmp_path / "run" / "metrics.jsonl").read_text()
    assert list((tmp_path / "run").glob("events.out.tfevents.*"))


def test_the_average_forgets_the_random_start() -> None:
    module = nn.Linear(1, 1)
    ema = Ema(module, 0.9999)
    nn.init.constant_(module.weight, 5.0)
    for step in range(200):
        ema.update(module, step)
    assert abs(float(ema.state["weight"]) - 5.0) < 0.01


def test_the_rate_rises_and_then_falls_to_a_hundredth() -> None:
    rates = [learning_rate(SCHEDULE, step) for step in range(SCHEDULE.steps + 1)]
    assert rates[0] < rates[4]
    assert rates[4] == max(rates)
    assert rates[-1] == pytest.approx(0.01 * SCHEDULE.learning_rate)
