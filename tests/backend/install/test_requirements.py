# SPDX-License-Identifier: GPL-3.0-or-later
"""The versions that are installed are the ones that the project asks for."""

from __future__ import annotations

import tomllib
from pathlib import Path

import coamd.backend.install as package
from coamd.backend.install.requirements import (
    FILMS,
    INSTALLED,
    NEWEST,
    OLDEST,
    PINS,
    REQUIREMENTS,
    SERVING,
    TORCH,
    pinned,
)
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

PROJECT = tomllib.loads((Path(package.__file__).parents[2] / "pyproject.toml").read_text("utf-8"))["project"]


def test_they_are_those_of_the_project() -> None:
    assert list(REQUIREMENTS.values()) == PROJECT["dependencies"]
    assert set(SERVING) <= set(REQUIREMENTS)


def test_blenders_backend_gets_all_but_the_writers_of_films() -> None:
    assert {*INSTALLED, *FILMS} == set(REQUIREMENTS)
    assert set(SERVING) <= set(INSTALLED)
    assert not {"imageio", "imageio-ffmpeg"} & set(PINS)


def test_every_one_has_a_pin_that_it_allows() -> None:
    wanted = {
        Requirement(REQUIREMENTS[module]).name: Requirement(REQUIREMENTS[module]).specifier for module in INSTALLED
    }
    pins = {Requirement(line).name: str(Requirement(line).specifier) for line in pinned()}
    assert list(wanted) == list(pins)
    for name, allowed in wanted.items():
        assert pins[name].removeprefix("==") in allowed, name
    assert pins["torch"] == f"=={TORCH}" and set(PINS) == set(pins) - {"torch"}


def test_the_pythons_are_those_of_the_project() -> None:
    allowed = SpecifierSet(PROJECT["requires-python"])
    assert f"{OLDEST[0]}.{OLDEST[1]}.0" in allowed and f"{NEWEST[0]}.{NEWEST[1]}.9" in allowed
    assert f"{OLDEST[0]}.{OLDEST[1] - 1}.9" not in allowed and f"{NEWEST[0]}.{NEWEST[1] + 1}.0" not in allowed
