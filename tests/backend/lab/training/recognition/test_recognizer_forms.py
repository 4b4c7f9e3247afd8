# SPDX-License-Identifier: GPL-3.0-or-later
"""The recognizer sees every clip in the posture of takes, and so many recordings on rigs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from coamd.backend.lab.training.recognition import forms as recognizer_forms
from coamd.backend.training.data import Clip
from coamd.backend.training.mirrored_words import mirrored_clip
from coamd.rigs.body.canonical import canonical, mirrored

from tests.motions import walk


@pytest.fixture
def clips() -> list[Clip]:
    """Two walks and their mirror images."""
    made = [
        Clip(f"w{k}", "train", canonical(walk(2.0, speed=1.0 + k), 20.0), ("walks",), ("walk",), "walk")
        for k in range(2)
    ]
    return [part for clip in made for part in (clip, mirrored_clip(clip))]


def test_a_share_comes_back_from_rigs_and_mirror_images_go_with_their_originals(
    clips: list[Clip], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recognizer_forms, "RIGGED", 1)
    standing, again = recognizer_forms.forms_of(clips, tmp_path / "rigs", 1, True)
    assert [clip.id for clip in standing] == [clip.id for clip in again] == [clip.id for clip in clips]
    same = [np.array_equal(a.joints, b.joints) for a, b in zip(standing, again, strict=True)]
    assert sorted(same) == [False, False, True, True]
    assert same[0] == same[1]
    first = same.index(False)
    np.testing.assert_allclose(again[first + 1].joints, mirrored(again[first].joints), atol=1e-6)


def test_rigs_are_made_once_and_words_are_those_of_now(clips: list[Clip], tmp_path: Path) -> None:
    _, before = recognizer_forms.forms_of(clips[:2], tmp_path, 1, True)
    made = (tmp_path / "clips.npz").stat().st_mtime_ns
    told = [replace(clip, texts=("someone walks",)) for clip in clips[:2]]
    _, after = recognizer_forms.forms_of(told, tmp_path, 1, True)
    assert (tmp_path / "clips.npz").stat().st_mtime_ns == made
    np.testing.assert_allclose(after[0].joints, before[0].joints)
    assert after[0].texts == ("someone walks",)
