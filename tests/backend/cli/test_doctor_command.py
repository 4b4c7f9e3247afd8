# SPDX-License-Identifier: GPL-3.0-or-later
"""`coamd doctor` names what is wrong, and the remedy."""

from __future__ import annotations

from pathlib import Path

import pytest
from coamd.backend.cli import main
from command_line import Captured


def test_doctor_finds_nothing_wrong(
    weights: Path, tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COAMD_HOME", str(tmp_path))
    assert main(["doctor", "--weights", str(weights)]) == 0
    said = capsys.readouterr().out
    assert "WRONG" not in said
    for subject in ("python", "torch", "device", "weights", "generator", "text encoder", "disk", "backend"):
        assert subject in said
    assert list(tmp_path.iterdir()) == []


def test_doctor_names_what_is_wrong_and_the_remedy(
    broken_weights: Path, tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COAMD_HOME", str(tmp_path))
    whole = (broken_weights / "generator.safetensors").read_bytes()
    (broken_weights / "generator.safetensors").write_bytes(whole[: len(whole) // 2])
    assert main(["doctor", "--weights", str(broken_weights)]) == 2
    lines = capsys.readouterr().out.splitlines()
    wrong = [i for i, line in enumerate(lines) if line.startswith("WRONG")]
    assert len(wrong) == 1
    assert "generator" in lines[wrong[0]]
    assert lines[wrong[0] + 1].strip().startswith("->")
    assert main(["doctor", "--weights", str(tmp_path / "nowhere")]) == 2
