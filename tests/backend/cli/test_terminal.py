# SPDX-License-Identifier: GPL-3.0-or-later
"""Texts of others on a terminal: seen, not obeyed."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
from coamd.backend.cli.terminal import Terminal, printable


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("walk\x1b]0;owned\x07", "walk\\x1b]0;owned\\x07"),
        ("a\rb", "a\\rb"),
        ("\r 50 %\r", "\r 50 %\r"),
        ("one\ttwo\n", "one\ttwo\n"),
        ("\x9b2J", "\\x9b2J"),
        ("\u202efbx.exe", "\\u202efbx.exe"),
        ("人が歩く, größer", "人が歩く, größer"),
    ],
)
def test_control_characters_are_shown_as_they_are_written(text: str, seen: str) -> None:
    stream = io.StringIO()
    assert Terminal(stream).write(text) == len(text)
    assert stream.getvalue() == printable(text) == seen


@pytest.mark.skipif(os.name != "posix", reason="needs a pseudo terminal")
@pytest.mark.parametrize("terminal", [True, False])
def test_the_command_shows_a_strange_name_on_a_terminal_alone(tmp_path: Path, terminal: bool) -> None:
    """A pipe gets every character, as scripts compare names."""
    import pty

    name = str(tmp_path / "a\x1b[2Jb.bvh")
    command = [sys.executable, "-m", "coamd.backend", "label", name]
    reader, writer = pty.openpty() if terminal else os.pipe()
    subprocess.run(command, stderr=writer, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL, check=False)
    os.close(writer)
    said = os.read(reader, 65536).decode()
    os.close(reader)
    assert ("\x1b" in said) != terminal and "b.bvh" in said
