# SPDX-License-Identifier: GPL-3.0-or-later
"""Names and how sure they are: calibration on made-up scores, words of the user, segments without gaps."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from coamd.backend.lab.training.recognition.label_calibration import calibrate
from coamd.backend.labelling.embedding import embed_spans, embed_takes
from coamd.backend.labelling.labeller import Labeller
from coamd.backend.labelling.vocabulary import vocabulary
from coamd.backend.language.familiarity import learn
from coamd.backend.model.calibration import (
    Calibration,
    best_temperature,
    confidences,
    expected_error,
    fingerprint,
    first_label,
    load_calibration,
)
from coamd.backend.model.weights import System, load_system
from coamd.backend.motion.pipeline import BUNDLED
from coamd.backend.requests.label import read_labels
from coamd.backend.training.data import Clip
from coamd.rigs.body.canonical import at_origin, canonical, turned
from coamd.rigs.body.resample import resample
from coamd.rigs.errors import UserError
from tiny_model import LABELS, write_tiny_model
from torch import device

from tests.motions import sit, still, walk


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("labelling") / "weights"
    write_tiny_model(path)
    return path


@pytest.fixture(scope="module")
def tiny(folder: Path) -> System:
    return load_system(folder, device("cpu"))


@pytest.fixture(scope="module")
def bundled() -> System:
    return load_system(BUNDLED, device("cpu"))


# How sure


def test_the_temperature_that_made_the_scores_is_found() -> None:
    """Labels drawn from softmax(s / 0.07): the fit must give about 0.07, and the error must fall."""
    rng = np.random.default_rng(0)
    scores = rng.normal(0.0, 0.1, (4000, 12))
    drawn = [rng.choice(12, p=row) for row in confidences(scores, 0.07)]
    right = np.eye(12, dtype=bool)[drawn]
    _, temperature = best_temperature(scores, right)
    assert temperature == pytest.approx(0.07, rel=0.15)
    assert expected_error(*first_label(scores, right, temperature)) < 0.03
    assert expected_error(*first_label(scores, right, 0.01)) > 0.2


def test_the_error_of_a_liar_and_of_an_honest_one() -> None:
    assert expected_error(np.full(10, 0.9), np.zeros(10)) == pytest.approx(0.9)
    assert expected_error(np.full(10, 0.7), np.array([1.0] * 7 + [0.0] * 3)) == pytest.approx(0.0)
    assert expected_error(np.ones(4), np.ones(4)) == 0.0


def test_a_calibration_belongs_to_its_weights(folder: Path, tiny: System, tmp_path: Path) -> None:
    own = Calibration(0.4, 0.05, 0.06, 0.3, 0.6, fingerprint(tiny.recognizer, tiny.text), {"clips": 3.0})
    own.save(folder)
    assert load_system(folder, device("cpu")).calibration == own
    replace(own, fingerprint="of others").save(folder)
    assert load_system(folder, device("cpu")).calibration is None
    (folder / "calibration.json").unlink()
    assert load_calibration(tmp_path) is None


@pytest.mark.parametrize("text", ["", "[]", '{"share": 2}', json.dumps({"share": 0.5, "temperature": 0})])
def test_a_broken_calibration_is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / "calibration.json").write_text(text)
    with pytest.raises(UserError, match="cannot be read"):
        load_calibration(tmp_path)


def test_calibrating_needs_held_out_clips(tiny: System) -> None:
    clips = [Clip(str(i), "val", walk(2.0 + i), ("a person walks", "walk"), (LABELS[i % 2],)) for i in range(4)]
    found = calibrate(tiny, clips)
    assert found.fingerprint == fingerprint(tiny.recognizer, tiny.text)
    assert found.measured["clips"] == 4.0
    with pytest.raises(UserError, match="validation clips"):
        calibrate(tiny, [replace(clip, labels=("unheard of",)) for clip in clips])


# Words


def test_duplicates_and_blanks_are_left_out_and_said() -> None:
    assert read_labels("walk, run") == (("walk", "run"), "")
    labels, note = read_labels("walk, , Walk,\n run  fast,")
    assert labels == ("walk", "run fast")
    assert note == "Of the labels, 1 that came twice and 3 without a name were left out."
    with pytest.raises(UserError, match="names nothing"):
        read_labels(" , ,")
    with pytest.raises(UserError, match="at most"):
        read_labels(",".join(map(str, range(6000))))


def test_names_use_both_towers_and_sentences_text_b_alone(tiny: System) -> None:
    names, sentences = vocabulary(tiny, ["walk", "run"]), vocabulary(tiny, ["a person walks to the door", "run"])
    assert vocabulary(tiny).labels == LABELS
    assert not np.allclose(names.features[1], sentences.features[1])
    assert np.allclose(np.linalg.norm(sentences.features, axis=1), 1.0, atol=1e-5)


def test_phrases_do_not_repeat_each_other(tiny: System) -> None:
    texts = ["a person walks on", "a man runs and jumps", "someone sits down slowly"]
    told = Labeller(replace(tiny, phrases=learn(texts, [], tiny.text)), describe=True)
    (named, *_) = told.whole(walk(3.0), 2).labels
    assert named.label in texts
    assert named.confidence is None
    with pytest.raises(UserError, match="bank of phrases"):
        Labeller(tiny, describe=True)


# Takes


def test_batches_change_nothing(tiny: System) -> None:
    takes = [walk(2.0), sit(3.5), walk(5.0, turning=0.4), walk(14.0)]
    together = embed_takes(tiny.recognizer, takes)
    alone = np.concatenate([embed_takes(tiny.recognizer, [take]) for take in takes])
    assert np.allclose(together, alone, atol=1e-5)
    assert np.allclose(np.linalg.norm(together, axis=1), 1.0, atol=1e-5)
    assert embed_takes(tiny.recognizer, []).shape == (0, 16)


def test_a_long_take_can_be_stopped(tiny: System) -> None:
    def stop() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        embed_spans(tiny.recognizer, walk(4.0), [(0, 80)], stop)


def test_segments_have_no_gaps_and_sum_to_the_take(tiny: System) -> None:
    held = np.repeat(walk(3.0)[-1:], 60, axis=0)
    take = np.concatenate([walk(8.0), held, sit(4.0)])
    found = Labeller(tiny).segments(take, 3)
    assert [found[0].first, *(s.end for s in found)] == [*(s.first for s in found), len(take)]
    assert any(not segment.labels for segment in found)
    for segment in found:
        sure = [named.confidence for named in segment.labels]
        assert sure == sorted(sure, reverse=True)


@pytest.mark.parametrize(
    ("joints", "said"),
    [(walk(0.4), "0.4 s of motion"), (np.zeros((50, 21, 3)), "shape"), (np.full((50, 22, 3), np.nan), "not numbers")],
)
def test_what_cannot_be_named(joints: np.ndarray, said: str, tiny: System) -> None:
    with pytest.raises(UserError, match=said):
        Labeller(tiny).segments(joints)


def test_half_a_second_is_named_as_one_piece(tiny: System) -> None:
    """Clips of game libraries are single cycles and strikes of half a second to one."""
    for seconds in (0.5, 0.9):
        (segment,) = Labeller(tiny).segments(walk(seconds))
        assert (segment.first, segment.end) == (0, round(20 * seconds))
        assert segment.labels == Labeller(tiny).whole(walk(seconds)).labels != ()


def test_a_still_take_gets_no_name(tiny: System) -> None:
    assert Labeller(tiny).whole(still(3.0)).labels == ()
    assert [s.labels for s in Labeller(tiny).segments(still(3.0))] == [()]


# The bundled model


def test_the_bundled_model_is_calibrated_and_tells_walking_from_sitting_down(bundled: System) -> None:
    assert bundled.calibration is not None
    labeller = Labeller(bundled, ["walk", "sit"])
    assert labeller.whole(canonical(walk(5.0), 20.0)).labels[0].label == "walk"
    assert labeller.whole(canonical(sit(3.0), 20.0)).labels[0].label == "sit"


def test_heading_place_size_and_rate_do_not_count(bundled: System) -> None:
    labeller, clip = Labeller(bundled), walk(4.0, turning=0.5).astype(np.float64)[:76]
    others = [turned(clip, 2.0), clip + np.array([5.0, 0.7, 1.0]), clip * 0.4]
    takes = [canonical(other, 20.0) for other in others] + [canonical(resample(clip, 20.0, r), r) for r in (12.0, 60.0)]
    every = len(bundled.labels)  # the last of the others' 200 may be behind 200 here
    own = {named.label: named.score for named in labeller.whole(canonical(clip, 20.0), every).labels}
    for take in takes:
        for named in labeller.whole(take, 200).labels:
            assert abs(named.score - own[named.label]) < 0.02


def test_a_walk_and_then_sitting_down_is_cut_between_them(bundled: System) -> None:
    first, second = canonical(walk(5.0), 20.0), canonical(sit(4.0), 20.0)
    second = at_origin(second) + (first[-1, 0] - second[0, 0]) * np.array([1.0, 0.0, 1.0])
    found = Labeller(bundled, ["walk", "sit"]).segments(np.concatenate([first, second]))
    names = [segment.labels[0].label if segment.labels else "" for segment in found]
    assert names[0] == "walk"
    assert names[-1] == "sit"
    assert min(abs(segment.first - 110) for segment in found[1:]) <= 30  # the clip stands for a second before it sits
