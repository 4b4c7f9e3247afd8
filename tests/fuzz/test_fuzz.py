# SPDX-License-Identifier: GPL-3.0-or-later
"""A short campaign of each target; ``python tests/fuzz --cases 200000`` is the long one."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest
from coamd.rigs.errors import UserError

HERE = Path(__file__).resolve().parent
CASES = 500
sys.path.append(str(HERE.parent / "backend"))

from case import FuzzTarget, survives, to_frames  # noqa: E402
from catalogue import NAMES, PLACES, target_of  # noqa: E402
from message_targets import mutated_header  # noqa: E402

SPEC = importlib.util.spec_from_file_location("fuzz_command", HERE / "__main__.py")
assert SPEC and SPEC.loader
command = importlib.util.module_from_spec(SPEC)
sys.modules["fuzz_command"] = command
SPEC.loader.exec_module(command)


def test_the_catalogue_has_every_target() -> None:
    for module, names in PLACES.items():
        assert set(importlib.import_module(module).TARGETS) == set(names)


@pytest.mark.parametrize("name", NAMES)
def test_the_first_seed_is_understood_and_noise_is_not(name: str) -> None:
    """Otherwise a campaign would only ever see the first refusal."""
    target = target_of(name)
    first = target.seeds()[0]
    if name not in ("captions", "skeleton", "picture", "index"):  # these pass over what they cannot read
        with pytest.raises(UserError):
            target.run(first[: len(first) // 3])
    target.run(first)


@pytest.mark.parametrize("name", NAMES)
def test_a_short_campaign_finds_no_fault(name: str, tmp_path: Path) -> None:
    pytest.importorskip("atheris", reason="atheris, which guides the fuzzing, is not installed")
    result = command.campaign(name, 10_000 if name == "message" else CASES, keep=tmp_path)
    assert not result.fault, result
    assert result.cases >= CASES and result.edges >= result.reached_at_first > 0
    if name == "message":
        assert result.edges > result.reached_at_first, "coverage leads to new code"


def test_a_fault_would_be_seen() -> None:
    def forgetful(_data: bytes) -> object:
        return {}["key"]

    with pytest.raises(KeyError):
        survives(FuzzTarget(forgetful, list), b"")
    said = "#2\tINITED cov: 5 ft: 5 corp: 1/1b rss: 60Mb\n=== Uncaught Python exception: ===\nKeyError: 'key'\n"
    result = command.outcome("forgetful", said, 77)
    assert result.fault == "KeyError: 'key'" and result.edges == 5 and "KeyError" in str(result)


def test_headers_are_mutated_as_structures() -> None:
    """Most such mutants still are msgpack, which mutated bytes rarely are."""
    seed = target_of("message").seeds()[3]
    mutants = {mutated_header(seed, np.random.default_rng(number)) for number in range(100)}
    assert len(mutants) > 50
    assert all(len(to_frames(mutant)) == len(to_frames(seed)) for mutant in mutants)
