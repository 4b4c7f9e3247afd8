# SPDX-License-Identifier: GPL-3.0-or-later
"""What a machine can compute on, told by stand-ins for the driver's tool and the system's files."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from coamd.backend.install import machine, torch_builds
from coamd.backend.install.machine import Machine, Nvidia, look
from coamd.rigs.errors import UserError

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="stands in for Linux's files")


def says(*answers: str) -> machine.RunCommand:
    """A driver's tool that gives these answers, one per question; an empty one is a refusal."""
    left = list(answers)

    def run(_command: Sequence[str]) -> str:
        answer = left.pop(0) if left else ""
        if not answer:
            raise OSError("nvidia-smi is not there")
        return answer

    return run


def gpu_node(root: Path, number: int, target: int) -> None:
    node = root / "sys/class/kfd/kfd/topology/nodes" / str(number)
    node.mkdir(parents=True)
    (node / "properties").write_text(f"cpu_cores_count 0\ngfx_target_version {target}\nvendor_id 4098\n")


def test_nothing_but_a_processor(tmp_path: Path) -> None:
    found = look(says(), tmp_path)
    assert (found.system, found.nvidia, found.amd) == ("linux", (), 0)


def test_the_newest_of_two_cards_comes_first(tmp_path: Path) -> None:
    lines = "NVIDIA GeForce GTX 1060, 580.95.05, 6.1\nNVIDIA GeForce RTX 4090, 580.95.05, 8.9\n"
    cards = look(says(lines), tmp_path).nvidia
    assert [card.capability for card in cards] == [(8, 9), (6, 1)]
    assert torch_builds.build_for(Machine("linux", "x86_64", cards)).torch == "2.13.0+cu130"


def test_a_newest_card_whose_driver_is_too_old_leaves_the_other_one_to_compute(tmp_path: Path) -> None:
    lines = "NVIDIA GeForce RTX 3090, 575.64, 8.6\nNVIDIA GeForce RTX 5090, 575.64, 12.0\n"
    build = torch_builds.build_for(look(says(lines), tmp_path))
    assert (build.label, build.torch) == ("NVIDIA GeForce RTX 3090", "2.13.0+cu126")
    assert "driver 575.64 of NVIDIA GeForce RTX 5090 is too old" in build.note


def test_a_name_with_a_comma(tmp_path: Path) -> None:
    lines = "NVIDIA A100 MIG, 1g.5gb, 580.95.05, 8.0\n"
    assert look(says(lines), tmp_path).nvidia == (Nvidia("NVIDIA A100 MIG, 1g.5gb", (580, 95, 5), (8, 0)),)


def test_an_old_driver_that_does_not_know_the_capability(tmp_path: Path) -> None:
    assert look(says("", "Quadro K2200, 470.256.02\n"), tmp_path).nvidia == (Nvidia("Quadro K2200", (470, 256, 2)),)


def test_a_tool_that_cannot_reach_its_driver(tmp_path: Path) -> None:
    assert look(says("NVIDIA-SMI has failed because it couldn't communicate with the driver"), tmp_path).nvidia == ()


def test_a_driver_without_its_tool(tmp_path: Path) -> None:
    file = tmp_path / "proc/driver/nvidia/version"
    file.parent.mkdir(parents=True)
    file.write_text("NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  580.126.09  Release Build\nGCC 13\n")
    assert look(says(), tmp_path).nvidia == (Nvidia(driver=(580, 126, 9)),)


def test_an_amd_card_beside_the_processor_s_own_graphics(tmp_path: Path) -> None:
    for number, target in enumerate((0, 100306, 110000)):  # processor, its graphics (gfx1036), a card (gfx1100)
        gpu_node(tmp_path, number, target)
    found = look(says(), tmp_path)
    assert found.amd == 110000 and found.amd_known
    assert torch_builds.devices(found)[0].label == "AMD GPU (gfx1100)"


def test_amd_graphics_without_kernels_in_torch_are_not_the_first_choice(tmp_path: Path) -> None:
    gpu_node(tmp_path, 1, 100306)
    found = look(says(), tmp_path)
    assert [build.device for build in torch_builds.devices(found)] == ["cpu", "rocm"]
    assert torch_builds.devices(found)[1].label == "AMD GPU (gfx1036)"


def card(driver: int, capability: tuple[int, int] | None) -> Machine:
    return Machine("linux", "x86_64", (Nvidia("Card", (driver, 10), capability),))


@pytest.mark.parametrize(
    ("there", "torch", "index"),
    [
        (Machine("linux", "x86_64"), "2.13.0+cpu", "https://download.pytorch.org/whl/cpu"),
        (Machine("windows", "x86_64"), "2.13.0", ""),
        (Machine("macos", "arm64"), "2.13.0", ""),
        (Machine("linux", "x86_64", amd=120001), "2.13.0+rocm7.2", "https://download.pytorch.org/whl/rocm7.2"),
        (card(580, (12, 0)), "2.13.0+cu130", "https://download.pytorch.org/whl/cu130"),  # Blackwell
        (card(590, (7, 5)), "2.13.0+cu130", "https://download.pytorch.org/whl/cu130"),  # Turing
        (card(590, (6, 1)), "2.13.0+cu126", "https://download.pytorch.org/whl/cu126"),  # Pascal: not in CUDA 13
        (card(550, (8, 9)), "2.13.0+cu126", "https://download.pytorch.org/whl/cu126"),  # driver too old for CUDA 13
        (card(570, (12, 0)), "2.13.0+cpu", "https://download.pytorch.org/whl/cpu"),  # Blackwell needs CUDA 13
        (card(470, (7, 5)), "2.13.0+cpu", "https://download.pytorch.org/whl/cpu"),  # driver too old for both
        (card(535, (3, 7)), "2.13.0+cpu", "https://download.pytorch.org/whl/cpu"),  # Kepler: in neither
    ],
)
def test_the_build_that_a_machine_gets(there: Machine, torch: str, index: str) -> None:
    build = torch_builds.build_for(there)
    assert (build.torch, build.index) == (torch, index)
    assert build.disk > build.load > 10**8


@pytest.mark.parametrize(
    ("there", "device", "code", "sentence"),
    [
        (Machine("macos", "x86_64"), "auto", "no_build", "Intel"),
        (Machine("linux", "arm64"), "auto", "no_build", "ARM"),
        (Machine("linux", "x86_64"), "cuda", "no_device", "No NVIDIA GPU was found"),
        (Machine("windows", "x86_64"), "rocm", "no_device", "No AMD GPU"),
        (card(470, (7, 5)), "cuda", "no_device", r"driver 470\.10 of Card is too old for PyTorch, which needs 525"),
        (card(572, (12, 0)), "cuda", "no_device", r"driver 572\.10 of Card is too old for PyTorch, which needs 580"),
        (card(470, (3, 5)), "cuda", "no_device", "Card is too old for PyTorch"),
        (card(470, None), "cuda", "no_device", "if NVIDIA has one for this card, else choose the processor"),  # Kepler?
    ],
)
def test_what_cannot_be_had_is_one_sentence_with_its_remedy(
    there: Machine, device: str, code: str, sentence: str
) -> None:
    with pytest.raises(UserError, match=sentence) as caught:
        torch_builds.build_for(there, device)
    assert caught.value.code == code and caught.value.hint.endswith(".")


@pytest.mark.parametrize(
    ("there", "sentence"),
    [
        (card(572, (12, 0)), "Install NVIDIA's current driver"),
        (card(470, (7, 5)), "Install NVIDIA's current driver"),
        (card(470, (3, 5)), "Use another card"),  # no driver helps Kepler
        (card(470, None), "Install a newer driver if NVIDIA has one for this card, else choose the processor."),
    ],
)
def test_the_processor_s_build_says_why_it_is_no_better_one(there: Machine, sentence: str) -> None:
    build = torch_builds.build_for(there)
    assert build.device == "cpu" and "too old" in build.note and sentence in build.note


def test_a_build_that_needs_no_excuse_has_none() -> None:
    assert (
        not torch_builds.build_for(card(580, (8, 9))).note
        and not torch_builds.build_for(Machine("windows", "x86_64")).note
    )


def test_a_card_that_cuda_13_has_no_kernels_for_can_have_the_older_build() -> None:
    unknown = card(580, None)
    build = torch_builds.build_for(unknown)
    other = torch_builds.older(build, unknown)
    assert build.tag == "cu130" and other is not None and other.torch == "2.13.0+cu126"
    assert torch_builds.older(other, unknown) is None
