# SPDX-License-Identifier: GPL-3.0-or-later
"""Which clips a wording describes, and which side it names."""

from __future__ import annotations

import re

import numpy as np
import pytest
from coamd.backend.lab.training.sentences.wordings import (
    MOST,
    MOST_ANY,
    Captioned,
    Wording,
    read_bank,
    wide_sentences,
    wordings_of,
)

KICK = Wording(
    "kick",
    {"groups": ["martial arts"], "text_regex": r"\bkick", "not_regex": "jump"},
    ("a {side} kick", "kick", "kick, the {other} foot stays"),
    True,
    r"\b(left|right) (?:foot|leg)",
)
TURN = Wording("turn", {"facts": {"turn_deg": [-200, 200]}}, ("turn {side}", "turn"), True, "", "turn_deg")


def clip(*texts: str, group: str = "martial arts", source: str = "", **also: object) -> Captioned:
    return Captioned.of({"texts": list(texts), "action_group": group, **also}, source)


def test_every_part_of_a_rule_must_hold() -> None:
    assert KICK.describes(clip("A person Kicks"))
    assert not KICK.describes(clip("a person kicks", group="dance"))
    assert not KICK.describes(clip("a jump kick"))
    assert not KICK.describes(clip("a person walks"))
    labelled = Wording("k", {"labels_all": ["a", "b"], "labels_any": ["c", "d"]}, ("x",))
    assert labelled.describes(clip("", labels=["a", "b", "d"]))
    assert not labelled.describes(clip("", labels=["a", "d"]))
    assert not labelled.describes(clip("", labels=["a", "b"]))


def test_facts_lie_in_their_range_and_a_clip_without_them_does_not_match() -> None:
    assert TURN.describes(clip("a", facts={"turn_deg": 90}))
    assert not TURN.describes(clip("a", facts={"turn_deg": 270}))
    assert not TURN.describes(clip("a"))


def test_expressions_run_over_lines_and_the_first_one_can_be_asked_for() -> None:
    first = Wording("w", {"text_regex": r"\Aa person walks$"}, ("walk",))
    line = Wording("w", {"text_regex": r"^a person walks$"}, ("walk",))
    assert first.describes(clip("a person walks", "and more"))
    assert not first.describes(clip("and more", "a person walks"))
    assert line.describes(clip("and more", "a person walks"))
    named = Wording("w", {"text_regex": "never", "source_regex": "walk_fwd"}, ("walk",))
    assert named.describes(clip("a person goes", source_text=["Walk_Fwd"]))


def test_later_captions_of_a_crowd_count_only_where_the_first_says_nothing() -> None:
    texts = ("a person walks across", "someone walks across", "a person kicks", "a person stands idle and kicks")
    assert "a person kicks" not in clip(*texts, source="mocap2").texts.split("\n")
    assert "a person stands idle and kicks" in clip(*texts, source="mocap2").texts
    assert "a person kicks" in clip(*texts, source="mocap").texts.split("\n")
    assert "a person kicks" in clip("a person walks", *texts[1:], source="mocap2").texts.split("\n")


def test_sides_are_said_only_where_exactly_one_is_found() -> None:
    assert KICK.said_of(clip("kicks with the left foot")) == ["a left kick", "kick", "kick, the right foot stays"]
    assert KICK.said_of(clip("kicks with the right leg"))[0] == "a right kick"
    assert KICK.said_of(clip("kicks with the left foot", "kicks with the right foot")) == ["kick"]
    assert KICK.said_of(clip("kicks")) == ["kick"]
    assert TURN.said_of(clip("", facts={"turn_deg": 90})) == ["turn left", "turn"]
    assert TURN.said_of(clip("", facts={"turn_deg": -90})) == ["turn right", "turn"]
    assert TURN.said_of(clip("", facts={"turn_deg": 10})) == ["turn"]


def test_general_entries_are_drawn_more_rarely() -> None:
    general = Wording("walk_any", {}, tuple(f"any {k}" for k in range(40)))
    narrow = Wording("walk_slow", {}, tuple(f"slow {k}" for k in range(6)))
    drawn = wordings_of(clip("x"), [general, narrow], np.random.default_rng(1))
    assert len(drawn) == MOST == len(set(drawn))
    assert sum(text.startswith("any") for text in drawn) == MOST_ANY
    assert wordings_of(clip("x"), [], np.random.default_rng(1)) == ()


def test_the_bank_says_each_action_in_many_ways_and_each_rule_can_be_read() -> None:
    bank = read_bank()
    assert len({wording.key for wording in bank}) == len(bank) >= 400
    for wording in bank:
        assert len(wording.every_text()) >= 8, wording.key
        assert wording.patterns  # compiles
        assert not any("{" in text for text in wording.every_text()), wording.key
        assert wording.sided or not any("{" in text for text in wording.texts), wording.key
        assert not wording.side_regex or re.compile(wording.side_regex).groups


@pytest.mark.parametrize(
    ("text", "group", "key"),
    [("a person walks forward slowly", "walk", "walk"), ("a person sits down on a chair", "sit and stand", "sit")],
)
def test_plain_captions_are_described(text: str, group: str, key: str) -> None:
    facts = {"turn_deg": 0, "net_forward": 3.0, "net_displacement": 3.0, "mean_speed": 0.8}
    found = [wording.key for wording in read_bank() if wording.describes(clip(text, group=group, facts=facts))]
    assert any(name.startswith(key) for name in found)
    assert not any("kick" in name for name in found)


def test_the_wide_list_is_of_sentences() -> None:
    sentences = wide_sentences()
    assert len(sentences) == len(set(sentences)) > 1000
    assert all(0 < len(text.split()) < 20 for text in sentences)
