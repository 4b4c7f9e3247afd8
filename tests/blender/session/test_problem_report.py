# SPDX-License-Identifier: GPL-3.0-or-later
"""The report says what a helper needs, and without the user's wish nothing of the user's own."""

from __future__ import annotations

import platform
from typing import Any

import bpy
import pytest
from coamd.backend.client.backend_process import BackendProcess
from coamd.blender_addon.session import problem_report
from coamd.blender_addon.session.session import Session
from hypothesis import given
from hypothesis import strategies as st


def test_a_report_of_a_failure(addon: Session, backend: BackendProcess, character: Any) -> None:
    character.name = "Captain Secret"
    settings = bpy.context.scene.coamd
    settings.prompt = "my secret hero sways and breaks"
    with pytest.raises(RuntimeError):
        bpy.ops.coamd.generate(wait=True)
    text = problem_report.compose(addon, False, settings)
    assert bpy.app.version_string in text
    assert platform.machine() in text
    assert "[job_failed]" in text
    assert "a bug" in text, "the end of the log is in it"
    for own in ("secret hero", "Captain", str(backend.home), "/tmp/"):
        assert own not in text
    full = problem_report.compose(addon, True, settings)
    assert str(backend.home) in full


@pytest.mark.parametrize(
    ("line", "left"),
    [
        ("Its log is /home/eva/My_Film/backend.log.", "Its log is <path>"),
        (r"cannot open C:\Users\Eva\film.blend: gone", "cannot open <path>: gone"),
        (r"at \\server\films\one.blend", "at <path>"),
        ('File "/home/eva/a b/coamd/server.py", line 3, in run', "File <path>/server.py, line 3, in run"),
        ("python ~/envs/x/bin/python3", "python <path>"),
        ("listens on tcp://127.0.0.1:4711", "listens on tcp://127.0.0.1:4711"),
        ("12/24 frames, and/or more", "12/24 frames, and/or more"),
    ],
)
def test_paths_are_cut(line: str, left: str) -> None:
    assert problem_report.redacted(line, ()) == left


@given(st.text(alphabet="abc de.(", min_size=3, max_size=12).filter(lambda text: len(text.strip()) >= 3))
def test_a_prompt_is_never_left_in(prompt: str) -> None:
    prompt = prompt.strip()
    left = problem_report.redacted(f"job: {prompt}\nlog “{prompt}”, and {prompt}.", [(prompt, "<prompt>")])
    assert f" {prompt}\n" not in left
    assert f"“{prompt}”" not in left


def test_a_longer_secret_goes_before_one_that_it_holds() -> None:
    secrets = [("walk", "<action>"), ("walk with Eva", "<prompt>")]
    assert problem_report.redacted("made walk with Eva", secrets) == "made <prompt>"
