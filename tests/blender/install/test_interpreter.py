# SPDX-License-Identifier: GPL-3.0-or-later
"""Which Python runs the backend. Shell scripts stand for interpreters with and without torch."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from coamd.blender_addon.install import interpreter
from coamd.rigs.errors import UserError

pytestmark = pytest.mark.skipif(os.name == "nt", reason="stands in for Python with shell scripts")


@pytest.fixture
def python(tmp_path: Path) -> Callable[[str, int], Path]:
    """Makes an "interpreter" that ends with this exit code."""

    def make(name: str, code: int) -> Path:
        path = tmp_path / name
        path.write_text(f"#!/bin/sh\nexit {code}\n")
        path.chmod(0o755)
        return path

    return make


def test_one_that_lacks_torch_does_not_suit(python: Callable[[str, int], Path], tmp_path: Path) -> None:
    assert interpreter.suits(python("whole", 0))
    assert not interpreter.suits(python("lacks", 3))
    assert not interpreter.suits(tmp_path / "nothing")


def test_what_is_asked_is_whether_the_modules_are_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """With this very Python: it has pytest, and nothing has the other one."""
    monkeypatch.setattr(
        interpreter, "_PROBE", interpreter._PROBE.replace("torch", "pytest").replace("transformers", "os")
    )
    with_pytest = interpreter.suits(Path(sys.executable))
    monkeypatch.setattr(interpreter, "_PROBE", interpreter._PROBE.replace("pytest", "no_such_module"))
    assert not interpreter.suits(Path(sys.executable))
    assert with_pytest == all(__import__("importlib.util").util.find_spec(m) for m in ("safetensors", "zmq", "msgpack"))


def test_the_first_that_suits_is_taken(python: Callable[[str, int], Path]) -> None:
    among = [python("lacks", 3), python("suits", 0), python("later", 0)]
    assert interpreter.find(among=among) == among[1]


def test_a_chosen_one_is_the_only_one(python: Callable[[str, int], Path]) -> None:
    chosen = python("chosen", 3)
    assert list(interpreter.candidates(str(chosen))) == [chosen]
    with pytest.raises(UserError, match="chosen") as caught:
        interpreter.find(str(chosen))
    assert caught.value.code == "no_python"
    assert "preferences" in caught.value.hint


def test_none_at_all_says_how_to_make_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COAMD_PYTHON", raising=False)
    with pytest.raises(UserError) as caught:
        interpreter.find(among=[])
    assert "Install Backend" in caught.value.hint and "a Python with PyTorch" in caught.value.hint
