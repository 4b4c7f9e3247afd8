# SPDX-License-Identifier: GPL-3.0-or-later
"""Which taught models a request may name."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from coamd.backend.requests import edit_checks, limits
from coamd.backend.requests.edit import EditRequest
from coamd.backend.requests.generate import GenerateRequest
from coamd.backend.requests.models import MOST_MODELS, checked_models
from coamd.rigs.errors import UserError

from tests.motions import walk


def generating(models: tuple[str, ...]) -> None:
    limits.check(GenerateRequest("a person bows", models=models))


def editing(models: tuple[str, ...]) -> None:
    edit_checks.check(EditRequest(walk(4.0).astype(np.float32), start=20, end=60, models=models))


def test_blanks_and_the_bundled_model_are_left_out() -> None:
    assert checked_models(()) == ()
    assert checked_models(["", " Bundled", "bundled"]) == ()
    assert checked_models([" Hero  moves ", "Bundled", "Bows"]) == ("Hero moves", "Bows")


@pytest.mark.parametrize("check", [generating, editing, checked_models])
@pytest.mark.parametrize(
    ("models", "code"),
    [
        (("Bows", "Hero moves", "bows "), "model_twice"),
        (tuple(f"Model {n}" for n in range(MOST_MODELS + 1)), "many_models"),
        ("Bows", "bad_models"),
    ],
)
def test_what_makes_no_sense_is_said_before_anything_is_loaded(
    check: Callable[[object], object], models: object, code: str
) -> None:
    with pytest.raises(UserError) as caught:
        check(models)
    assert caught.value.code == code
    assert caught.value.hint


@pytest.mark.parametrize("check", [generating, editing])
def test_as_many_as_are_allowed_go_together(check: Callable[[object], object]) -> None:
    check(tuple(f"Model {n}" for n in range(MOST_MODELS)))
