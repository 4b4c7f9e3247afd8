# SPDX-License-Identifier: GPL-3.0-or-later
"""How often the generator is shown what: shares of groups are those of the table, made clips beside recorded ones."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from coamd.backend.lab.training.mixture import (
    SEATED,
    TARGETS,
    as_looking,
    as_posed,
    draws_by_action,
    favour,
    mixture,
    report,
    shares_of,
)
from coamd.backend.lab.training.sentences.wordings import Wording
from coamd.backend.training.data import Clip

from tests.motions import sit, still, walk


def clip(name: str, joints: np.ndarray, group: str, text: str, label: str, source: str = "") -> Clip:
    return Clip(name, "train", joints.astype(np.float32)[:80], (text,), (label,), group, source=source)


def walks(count: int) -> list[Clip]:
    return [clip(f"w{k}", walk(4.0, speed=0.8 + 0.1 * k), "walk", "a person walks", "walk") for k in range(count)]


def test_groups_have_their_shares_whatever_they_count() -> None:
    clips = [*walks(6), clip("s", sit(4.0), "sit and stand", "a person sits", "sit")]
    shares = shares_of(clips, [one.group for one in clips])
    assert shares.sum() == pytest.approx(1.0)
    assert shares[:6].sum() / shares[6] == pytest.approx(TARGETS["walk"] / TARGETS["sit and stand"])
    np.testing.assert_allclose(shares[:6], shares[0])


def test_data_without_groups_is_drawn_as_it_comes() -> None:
    clips = [clip(str(k), walk(4.0), "", "walks", "walk") for k in range(3)]
    clips += [clip("k", walk(4.0), "walk-like", "walks", "walk")]
    np.testing.assert_allclose(shares_of(clips, [one.group for one in clips]), 0.25)


def test_rare_labels_and_clear_examples_come_more_often_within_their_group() -> None:
    clips = [*walks(14), clip("limp", walk(4.0), "walk", "a person limps", "limp")]
    clips.append(clip("cc0_walk", walk(4.0), "walk", "a person walks", "walk", "mocap_cc0"))
    shares = shares_of(clips, [one.group for one in clips])
    assert shares[14] > shares[0]
    assert shares[15] == pytest.approx(shares[0])
    assert favour(clip("rb_walk", walk(4.0), "walk", "a person walks", "walk", "mocap_rocketbox")) == 1.4
    assert favour(clip("Mreactidle_1", walk(4.0), "stand and idle", "stands", "stand", "mocap2")) == 0.35


def test_what_hardly_anybody_asks_for_is_drawn_less() -> None:
    bank = [Wording("strut", {}, ("strut along",)), Wording("animal_prairie_dog", {}, ("prairie dog",), asked=0.3)]
    clips = [replace(one, wordings=(text,)) for one, text in zip(walks(2), ("strut along", "prairie dog"), strict=True)]
    often = draws_by_action(clips, bank)
    assert often[1] == pytest.approx(0.3 * often[0])


def test_a_seated_clip_is_called_seated() -> None:
    seated = sit(6.0)[80:]
    spoken = replace(
        clip("s", seated, "sit and stand", "a person sits and waves", "wave"), wordings=("wave", "wave, seated")
    )
    assert np.percentile(spoken.joints[:, 0, 1], 90) < SEATED
    assert as_posed(spoken).wordings == ("wave, seated",)
    only = replace(spoken, texts=("a person waves",))
    assert as_posed(only) == only, "a clip keeps its words where none says so"
    standing = clip("w", still(4.0), "gesture and acting", "a person waves", "wave")
    assert as_posed(standing) == standing


def test_who_does_not_turn_does_not_look_around() -> None:
    told = clip("i", still(4.0), "stand and idle", "a person stands idle", "stand")
    told = replace(
        told, texts=(*told.texts, "someone stands relaxed and looks around"), wordings=("look around", "idle")
    )
    found = as_looking(told)
    assert (found.texts, found.wordings) == (("a person stands idle",), ("idle",))
    only = replace(told, texts=told.texts[1:])
    assert as_looking(only).texts == only.texts, "a clip keeps its words where nothing else is said"
    angle = np.radians(40.0) * np.sin(np.linspace(0.0, 6.0, len(told.joints)))
    turn = np.array([[np.cos(angle), 0 * angle, np.sin(angle)], [0 * angle, 1 + 0 * angle, 0 * angle]])
    turn = np.concatenate([turn, [[-np.sin(angle), 0 * angle, np.cos(angle)]]]).transpose(2, 0, 1)
    turning = replace(told, joints=np.einsum("fij,fnj->fni", turn, told.joints))
    assert as_looking(turning).texts == told.texts
    walking = replace(told, joints=walk(4.0).astype(np.float32))
    assert as_looking(walking).texts == told.texts, "who walks about may look around with the head alone"


@pytest.mark.usefixtures("few_keyed_clips")
def test_made_clips_stand_beside_the_recorded_ones() -> None:
    clips = [*walks(6), clip("s", still(4.0), "stand and idle", "a person stands still", "stand")]
    clips.append(clip("q", walk(4.0), "sequence", "a person walks", "walk"))
    found = mixture(clips, [], 1)
    assert found.clips[: len(clips)] == tuple(clips)
    assert found.shares.sum() == pytest.approx(1.0)
    kinds = {one.id[0] for one in found.clips[len(clips) :]}
    assert {"C", "R", "W", "G", "S", "P"} <= kinds
    assert not any(one.wordings for one in found.clips if one.id[0] not in "SGP"), "keyed ones have the bank's"
    assert "walk" in report(found)
    again = mixture(clips, [], 1)
    assert [one.id for one in again.clips] == [one.id for one in found.clips]
