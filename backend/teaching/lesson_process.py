# SPDX-License-Identifier: GPL-3.0-or-later
"""Teaching in a process of its own, beside the one that generates: it can be ended at once, and gives back its memory.

The child is ``coamd teach --lesson FILE --machine``. It says what happens as lines of JSON, and ends when its standard
input does, so that none is left behind when the backend is killed. Its file is written in one step at the very end.
"""

from __future__ import annotations

import contextlib
import json
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from typing import Any

from ...rigs.errors import UserError
from ..requests.lesson import AskDecision, Decision, Lesson, LessonReport, Outcome
from ..system.subprocesses import NO_WINDOW, environment
from ..system.temporary_folder import temporary_folder
from .lesson_file import write_lesson

KEEP = "keep"  # the line that asks the child to end early
_LOOK_SECONDS = 0.2


def teach_in_child(
    command: Sequence[str], options: Sequence[str], lesson: Lesson, report: LessonReport, decision: AskDecision
) -> Outcome | None:
    """Teach a lesson in a child: ``command`` runs ``coamd``, ``options`` name model and device. None after "drop".

    Raises:
        UserError: the child's own, or ``teaching_died`` where it ended without a word.
    """
    with temporary_folder("lesson") as folder:
        path = folder / "lesson.npz"
        write_lesson(path, lesson)
        child = subprocess.Popen(
            [*command, "teach", "--lesson", str(path), "--machine", *options],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=None,  # the backend's log
            text=True,
            encoding="utf-8",
            errors="replace",
            creationflags=NO_WINDOW,
            env=environment(),
        )
        try:
            return _follow(child, report, decision)
        finally:
            child.kill()
            child.wait()
            for pipe in (child.stdin, child.stdout):
                assert pipe is not None
                with contextlib.suppress(OSError):
                    pipe.close()


def _follow(child: subprocess.Popen[str], report: LessonReport, decision: AskDecision) -> Outcome | None:
    asked = False
    for said in _lines(child):
        decided = decision()
        if decided == "drop":
            return None
        if decided == "keep" and not asked:
            asked = True
            assert child.stdin is not None
            with contextlib.suppress(OSError):
                child.stdin.write(f"{KEEP}\n")
                child.stdin.flush()
        if "phase" in said:
            report(str(said["phase"]), int(said["step"]), int(said["of"]))
        elif "message" in said:
            raise UserError(str(said["message"]), str(said["hint"]), str(said["code"]))
        elif "name" in said:
            nearer = said["nearer"]
            return Outcome(str(said["name"]), tuple(map(str, said["notes"])), None if nearer is None else float(nearer))
    how = f" (exit code {child.wait()})"
    raise UserError(f"Teaching ended unexpectedly{how}.", "Look at the backend's log.", "teaching_died")


def _lines(child: subprocess.Popen[str]) -> Iterator[dict[str, Any]]:
    """What the child says, and an empty word now and then while it says nothing."""
    lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()

    def listen() -> None:
        assert child.stdout is not None
        for line in child.stdout:
            lines.put(line)
        lines.put(None)

    threading.Thread(target=listen, name="coamd-lesson", daemon=True).start()
    while True:
        try:
            line = lines.get(timeout=_LOOK_SECONDS)
        except queue.Empty:
            yield {}
            continue
        if line is None:
            return
        try:
            said = json.loads(line)
        except ValueError:
            continue  # a library's own word
        if isinstance(said, dict):
            yield said


class Speaker:
    """The child's side: says what happens, and hears what the user decides."""

    def __init__(self) -> None:
        self._decision: Decision = ""
        threading.Thread(target=self._listen, name="coamd-decisions", daemon=True).start()

    def decision(self) -> Decision:
        """What was asked for last."""
        return self._decision

    def say(self, **values: object) -> None:
        """One line."""
        print(json.dumps(values), flush=True)

    def report(self, phase: str, step: int, of: int) -> None:
        """How far it is."""
        self.say(phase=phase, step=step, of=of)

    def _listen(self) -> None:
        for line in sys.stdin:
            if line.strip() == KEEP:
                self._decision = "keep"
        self._decision = "drop"  # whoever began this is gone
