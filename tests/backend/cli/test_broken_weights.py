# SPDX-License-Identifier: GPL-3.0-or-later
"""Weights that are missing or damaged are refused in a sentence."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from command_line import Captured, refused


def test_missing_weights(tmp_path: Path, capsys: Captured) -> None:
    out = tmp_path / "out.npz"
    assert "no weights in" in refused(capsys, "generate", "walk", "--weights", tmp_path / "none", "-o", out)
    assert not out.exists()


@pytest.mark.parametrize("part", ["autoencoder", "generator", "recognizer"])
@pytest.mark.parametrize("share", [0.0, 0.5, 0.999])
def test_truncated_weights(part: str, share: float, broken_weights: Path, tmp_path: Path, capsys: Captured) -> None:
    path = broken_weights / f"{part}.safetensors"
    data = path.read_bytes()
    path.write_bytes(data[: int(share * len(data))])
    said = refused(capsys, "generate", "walk", "--weights", broken_weights, "-o", tmp_path / "out.npz")
    assert f"{part}.safetensors" in said
    assert list(tmp_path.iterdir()) == []


def test_a_missing_text_encoder(broken_weights: Path, motion: Path, capsys: Captured) -> None:
    (broken_weights / "text").rename(broken_weights / "elsewhere")
    assert "text encoder" in refused(capsys, "label", motion, "--weights", broken_weights)


def test_a_truncated_text_encoder(broken_weights: Path, motion: Path, capsys: Captured) -> None:
    path = broken_weights / "text" / "model.safetensors"
    path.write_bytes(path.read_bytes()[:500])
    assert "text encoder" in refused(capsys, "label", motion, "--weights", broken_weights)


def test_serve_by_hand_ends_when_it_has_no_model(broken_weights: Path, tmp_path: Path) -> None:
    """One that the add-on starts stays up instead, and tells the add-on."""
    part = broken_weights / "generator.safetensors"
    part.write_bytes(part.read_bytes()[:1000])
    words = ["serve", "--weights", str(broken_weights), "--connection-file", str(tmp_path / "connection.json")]
    command = [sys.executable, "-m", "coamd.backend", *words]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 2, done.stderr
    assert "coamd serve: The weights file" in done.stderr
    assert not (tmp_path / "connection.json").exists()
