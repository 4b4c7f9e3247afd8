# SPDX-License-Identifier: GPL-3.0-or-later
"""Data and a teacher for trainings of two steps."""

from __future__ import annotations

from pathlib import Path

import pytest
from coamd.backend.lab.training.keyed.styled_gaits import keyed_sentences
from coamd.backend.lab.training.sentences import paraphrases
from coamd.backend.lab.training.sentences.wordings import read_bank, wide_sentences
from small_training import write_data

from tests.teachers import write_teacher


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of clips and takes, with a sentence encoder to learn from beside it."""
    root = tmp_path_factory.mktemp("training")
    write_teacher(root / "teacher")
    write_data(root / "data")
    return root / "data"


@pytest.fixture
def few_keyed_clips(monkeypatch: pytest.MonkeyPatch) -> None:
    """One clip of each action that is keyed by hand, standing, seated, moving or whole, of some thirty."""
    monkeypatch.setattr("coamd.backend.lab.training.keyed.acted_gestures.EACH", 1)
    monkeypatch.setattr("coamd.backend.lab.training.keyed.seated_gestures.EACH", 1)
    monkeypatch.setattr("coamd.backend.lab.training.keyed.styled_gaits.EACH", 1)
    monkeypatch.setattr("coamd.backend.lab.training.keyed.posed_actions.EACH", 1)


@pytest.fixture
def small_bank(few_keyed_clips: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A twentieth of the bank and of the wide vocabulary teaches what the test looks at, and of other words as few."""
    bank, wide, keyed = read_bank()[::20], wide_sentences()[::20], keyed_sentences()[::10]
    others = dict(list(paraphrases.read_paraphrases().items())[::8])
    monkeypatch.setattr(paraphrases, "read_paraphrases", lambda: others)
    monkeypatch.setattr("coamd.backend.lab.training.stages.keyed_sentences", lambda: keyed)
    monkeypatch.setattr("coamd.backend.lab.training.stages.read_bank", lambda: bank)
    monkeypatch.setattr("coamd.backend.lab.training.stages.wide_sentences", lambda: wide)
