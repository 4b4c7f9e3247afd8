# SPDX-License-Identifier: GPL-3.0-or-later
"""The child process that teaches: its words are heard, decisions reach it, and it never outlives its parent."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import cast

import numpy as np
import pytest
from coamd.backend.requests.lesson import Decision, Example, Lesson
from coamd.backend.teaching.lesson_file import read_lesson, write_lesson
from coamd.backend.teaching.lesson_process import teach_in_child
from coamd.rigs.errors import UserError

from tests.motions import walk

LESSON = Lesson(
    "Größe",
    (Example("a/b “c”", walk(2.0).astype(np.float32), ("eins", "zwei")), Example("d", np.zeros((3, 22, 3)), ("x",))),
    False,
)
SAY = "import sys, json, time\ndef say(**values): print(json.dumps(values), flush=True)\n"


def child(tmp_path: Path, script: str) -> list[str]:
    path = tmp_path / "child.py"
    path.write_text(SAY + script, encoding="utf-8")
    return [sys.executable, str(path)]


def test_a_lesson_comes_back_from_its_file(tmp_path: Path) -> None:
    write_lesson(tmp_path / "lesson.npz", LESSON)
    back = read_lesson(tmp_path / "lesson.npz")
    assert (back.name, back.mirror, back.words) == (LESSON.name, LESSON.mirror, LESSON.words)
    for one, other in zip(back.examples, LESSON.examples, strict=True):
        assert (one.name, one.words) == (other.name, other.words)
        np.testing.assert_array_equal(one.joints, other.joints)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"\x80\x04K\x01."])
def test_a_file_that_holds_no_lesson_is_one_sentence(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "lesson.npz"
    path.write_bytes(content)
    with pytest.raises(UserError, match="holds no lesson"):
        read_lesson(path)


def test_the_childs_words_are_heard(tmp_path: Path) -> None:
    script = 'print("a library speaks"); say(phase="learning", step=1, of=2)\n'
    script += 'say(name="Größe", notes=["one"], nearer=0.5)'
    heard: list[tuple[str, int, int]] = []
    outcome = teach_in_child(
        child(tmp_path, script), ["--device", "cpu"], LESSON, lambda *step: heard.append(step), lambda: ""
    )
    assert outcome is not None
    assert (outcome.name, outcome.notes, outcome.nearer) == ("Größe", ("one",), 0.5)
    assert heard == [("learning", 1, 2)]


def test_the_child_is_given_lesson_and_options(tmp_path: Path) -> None:
    script = 'say(name=" ".join(sys.argv[1:2] + sys.argv[4:]), notes=[], nearer=None)'
    outcome = teach_in_child(child(tmp_path, script), ["--device", "cpu"], LESSON, lambda *_: None, lambda: "")
    assert outcome is not None
    assert outcome.name == "teach --machine --device cpu"


def test_keeping_is_told_to_the_child_once(tmp_path: Path) -> None:
    script = "line = sys.stdin.readline()\nsay(name=line.strip(), notes=[], nearer=None)"
    outcome = teach_in_child(child(tmp_path, script), [], LESSON, lambda *_: None, lambda: "keep")
    assert outcome is not None
    assert outcome.name == "keep"


def test_dropping_kills_the_child(tmp_path: Path) -> None:
    decisions = iter(cast("list[Decision]", ["", *["drop"] * 100]))
    script = 'say(phase="learning", step=1, of=2)\ntime.sleep(600)'
    assert teach_in_child(child(tmp_path, script), [], LESSON, lambda *_: None, lambda: next(decisions)) is None


def test_the_childs_error_and_its_death_are_sentences(tmp_path: Path) -> None:
    script = 'say(message="The disk is full.", hint="Free some space.", code="disk_full")'
    with pytest.raises(UserError) as caught:
        teach_in_child(child(tmp_path, script), [], LESSON, lambda *_: None, lambda: "")
    assert (caught.value.code, caught.value.hint) == ("disk_full", "Free some space.")
    with pytest.raises(UserError) as caught:
        teach_in_child(child(tmp_path, "sys.exit(7)"), [], LESSON, lambda *_: None, lambda: "")
    assert caught.value.code == "teaching_died"
    assert "7" in caught.value.message


def test_a_child_whose_parent_is_gone_drops_its_lesson() -> None:
    code = "import time\nfrom coamd.backend.teaching.lesson_process import Speaker\n"
    code += "speaker = Speaker()\nspeaker.say(begun=True)\n"
    code += "while speaker.decision() != 'drop': time.sleep(0.01)\n"
    process = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdin is not None and process.stdout is not None
    assert json.loads(process.stdout.readline()) == {"begun": True}
    process.stdin.close()
    assert process.wait(60) == 0
    process.stdout.close()
