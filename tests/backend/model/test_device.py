# SPDX-License-Identifier: GPL-3.0-or-later
"""Which device a model gets, on machines whose cards are missing, broken or several."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from coamd.backend.cli import doctor
from coamd.backend.model import device as devices
from coamd.backend.model.device import choose_device, fault, picked, uploaded
from coamd.rigs.errors import UserError

NO_KERNELS = "CUDA error: no kernel image is available for execution on the device"


@pytest.fixture
def cards(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """A machine with CUDA cards, each with what is wrong with it ("" for nothing)."""

    def there(*faults: str) -> None:
        monkeypatch.setattr(torch.cuda, "is_available", lambda: bool(faults))
        monkeypatch.setattr(torch.cuda, "device_count", lambda: len(faults))
        monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
        monkeypatch.setattr(devices, "fault", lambda device: faults[device.index or 0] if device.type == "cuda" else "")
        monkeypatch.setattr(devices, "called", lambda device: f"Card {device.index or 0}")

    return there


def test_auto_takes_a_card_that_works(cards: Callable[..., None]) -> None:
    cards("")
    assert picked("auto") == (torch.device("cuda"), "")
    cards()
    assert picked("auto") == (torch.device("cpu"), "")


def test_auto_falls_back_to_the_processor_with_a_sentence(cards: Callable[..., None]) -> None:
    cards(NO_KERNELS)
    device, note = picked("auto")
    assert device == torch.device("cpu")
    assert note == f"Card 0 cannot be used ({NO_KERNELS}). The processor computes instead."


def test_of_two_cards_the_one_that_works_is_taken(cards: Callable[..., None]) -> None:
    cards(NO_KERNELS, "")
    for name in ("auto", "cuda"):
        device, note = picked(name)
        assert device == torch.device("cuda", 1) and note.startswith("Card 0 cannot be used")
    assert choose_device("cuda:1") == torch.device("cuda", 1)
    with pytest.raises(UserError, match="no kernel image") as caught:
        choose_device("cuda:0")
    assert caught.value.hint == "Choose auto or one of: cuda:1, cpu."


@pytest.mark.parametrize("name", ["cuda:1", "cuda:x", "cuda:", "cuda:-1", "mps", "mps:0", "tpu", "", "CUDA", "cpu:3"])
def test_what_is_not_there_is_refused_at_once(name: str, cards: Callable[..., None]) -> None:
    cards("")
    with pytest.raises(UserError, match="is not usable here") as caught:
        choose_device(name)
    assert caught.value.code == "no_device" and caught.value.hint == "Choose auto or one of: cuda, cpu."


def test_a_device_shows_that_it_multiplies(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not fault(torch.device("cpu"))
    assert fault(torch.device("cuda", 99)), "torch for the processor alone, or a card that is not there"
    monkeypatch.setattr(torch.Tensor, "__matmul__", lambda one, _other: one)
    assert fault(torch.device("cpu")) == "it multiplies wrongly"


def test_doctor_tells_of_a_broken_card_and_goes_on(cards: Callable[..., None]) -> None:
    cards("CUDA unknown error", "")
    lines = [finding.line() for finding in doctor.device("auto")]
    assert any("Card 0" in line and "CUDA unknown error" in line for line in lines)
    assert lines[-1].endswith("auto takes cuda:1")
    cards("CUDA unknown error")
    assert [finding.level for finding in doctor.device("cuda")].count("wrong") == 1
    assert "auto takes cpu" in doctor.device("auto")[-1].text


def test_tensors_arrive_as_they_were_each_kind_in_one_copy(monkeypatch: pytest.MonkeyPatch) -> None:
    own = [torch.arange(6.0).view(2, 3), torch.tensor(True), torch.tensor([1.5]), torch.zeros(0, dtype=torch.long)]
    assert uploaded(own, torch.device("cpu")) == own
    copies = []
    to = torch.Tensor.to

    def counted(tensor: torch.Tensor, *_device: object) -> torch.Tensor:
        copies.append(tensor.dtype)
        return to(tensor, "cpu")

    monkeypatch.setattr(torch.Tensor, "to", counted)
    there = uploaded(own, torch.device("mps"))
    assert all(torch.equal(a, b) and a.dtype == b.dtype for a, b in zip(there, own, strict=True))
    assert copies == [torch.float32, torch.bool, torch.long]


def test_another_card_than_the_chosen_one_gets_no_context(monkeypatch: pytest.MonkeyPatch) -> None:
    """Page-locked memory and the emptied cache belong to the current card, which is the first unless it is said."""
    current, seen = [0], list[int]()

    class Current:
        def __init__(self, device: torch.device) -> None:
            self.index = device.index or 0

        def __enter__(self) -> None:
            current.append(self.index)

        def __exit__(self, *_: object) -> None:
            current.pop()

    def pinned(tensor: torch.Tensor) -> torch.Tensor:
        seen.append(current[-1])
        return tensor

    monkeypatch.setattr(torch.cuda, "device", Current)
    monkeypatch.setattr(torch.cuda, "empty_cache", lambda: seen.append(current[-1]))
    monkeypatch.setattr(torch.Tensor, "pin_memory", pinned)
    monkeypatch.setattr(torch.Tensor, "to", lambda tensor, *_, **__: tensor)
    for index in (1, 0, 3):
        uploaded([torch.zeros(2)], torch.device("cuda", index))
        devices.release(torch.device("cuda", index))
    assert seen == [1, 1, 0, 0, 3, 3] and current == [0]
