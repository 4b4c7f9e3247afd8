# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether keyed actions are found again: a motion of the asked action is, one of another is not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from coamd.backend.lab.control import keyed_actions
from coamd.backend.lab.control.keyed_actions import KeyedAction, chosen, figures, places
from coamd.backend.model.weights import System, load_system
from coamd.backend.motion.pipeline import BUNDLED, Pipeline
from coamd.backend.training.data import Clip

from tests.motions import still, walk

WALKS = KeyedAction("styled", "walk", ("a person walks forward", "someone walks"), walk(4.0))
STANDS = KeyedAction("acted", "stand", ("a person stands still", "stands idle"), still(4.0))


@pytest.fixture(scope="module")
def system() -> System:
    return load_system(BUNDLED, "cpu")


def test_what_is_shown_is_found_and_what_is_not_is_not(system: System) -> None:
    right = places(system, [WALKS, STANDS], [WALKS.joints, STANDS.joints], 1)
    wrong = places(system, [WALKS, STANDS], [STANDS.joints, WALKS.joints], 1)
    assert right.tolist() == [[0], [0]]
    assert wrong.tolist() == [[1], [1]]


def test_shares_of_made_motions_stand_beside_those_of_the_clips(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    def makes(_pipeline: Pipeline, texts: Sequence[str], *_: object, **__: object) -> list[np.ndarray]:
        return [WALKS.joints for _ in texts]  # whatever is asked for

    monkeypatch.setattr(keyed_actions, "generate_all", makes)
    rows = figures(Pipeline(system, system.text.device), [WALKS, STANDS], 3)
    first = {row.name.split(":")[0]: (row.made, row.real) for row in rows if "found first of" in row.name}
    assert first == {"on the move": (1.0, 1.0), "on the spot": (0.0, 1.0)}


def test_of_each_label_one_clip_and_all_sentences_are_taken() -> None:
    clip = Clip("a", "train", still(2.0).astype(np.float32), ("a person bows",), ("bow",), "gesture and acting")
    found = chosen({"seated": [clip, replace(clip, texts=("bows",)), replace(clip, labels=("sit", "nod"))]}, 0)
    assert [(one.label, one.texts) for one in found] == [
        ("bow", ("a person bows", "bows")),
        ("nod", ("a person bows",)),
    ]
