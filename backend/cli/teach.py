# SPDX-License-Identifier: GPL-3.0-or-later
"""``coamd teach NAME TAKES...``: the user shows a few takes, and the model makes more of them."""

from __future__ import annotations

import argparse
import csv
import signal
import sys
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ...rigs.errors import UserError
from ..labelling.motion_folders import KINDS, motion_files
from ..requests.label_tables import take_title
from ..requests.lesson import AskDecision, Decision, Example, Lesson, checked, seconds_needed, suggested
from ..system.failures import named
from .options import add_model_options, load_pipeline
from .progress_bar import progress_bar

if TYPE_CHECKING:
    from ..taught.library import TaughtModel
    from ..teaching.learning import LearntAdapters

FEWER = "Close other programs, show fewer takes, or start the backend on the CPU."
EPILOG = """\
Words: from the captions' table, else from --words, else from the names of files and takes (sword_slash_03.bvh says
"sword slash"). Say what happens in plain English. Ctrl-C ends early and keeps what is learnt so far.

  coamd teach "Hero moves" takes/ --captions words.csv
  coamd teach Bows bow_*.bvh --words "a person bows"
  coamd generate "a person bows, then walks forward" --model Bows -o bow.npz

The table has the columns file and words, and take where a file holds several; a take may have several rows.
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the subcommand."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = EPILOG
    parser.add_argument("name", nargs="?", default="", help="what the taught model is called, as in Hero moves")
    parser.add_argument("takes", type=Path, nargs="*", metavar="TAKE", help=f"{' '.join(KINDS)}, or folders of them")
    parser.add_argument("--captions", type=Path, metavar="FILE.csv", help="table of words: columns file, words[, take]")
    parser.add_argument("--words", action="append", default=[], metavar="TEXT", help="words of every take; repeatable")
    parser.add_argument("--no-mirror", action="store_true", help="do not learn the takes' mirror images, too")
    parser.add_argument("--lesson", type=Path, help=argparse.SUPPRESS)  # the backend's file instead of takes
    parser.add_argument("--machine", action="store_true", help=argparse.SUPPRESS)  # JSON lines for the backend
    add_model_options(parser)


def run(args: argparse.Namespace) -> int:
    """Read the takes, teach with a progress bar, and write the file into the user's folder."""
    from ..taught.library import place

    args.precision = "float32"  # what is learnt is added to the full weights
    if args.machine:
        return for_machine(args)
    if not args.takes:
        raise UserError("No take is shown.", 'Name takes: coamd teach "Hero moves" takes/', "no_takes")
    place(args.name)  # a name that is taken is told before any work
    captions = {} if args.captions is None else read_captions(args.captions)
    examples, skipped = examples_of(args.takes, captions, args.words)
    lesson, notes = checked(Lesson(args.name, tuple(examples), not args.no_mirror))
    for note in (*skipped, *notes):
        print(f"note: {note}", file=sys.stderr)
    minutes = seconds_needed(lesson.seconds, lesson.actions) / 60
    print(f"{len(lesson.examples)} takes, {lesson.seconds / 60:.1f} min; this takes about {minutes:.0f} min.")
    model, learnt = by_hand(args, lesson)
    for note in learnt.notes:
        if note not in notes:
            print(f"note: {note}", file=sys.stderr)
    if learnt.nearer is not None:
        print(f"Held-out parts are {learnt.nearer:.0%} nearer after {learnt.steps} steps.")
    print(f"Use it with: --model '{model.card.name}'")
    print(model.path)
    return 0


def by_hand(args: argparse.Namespace, lesson: Lesson) -> tuple[TaughtModel, LearntAdapters]:
    """Teach with a progress bar."""
    from ..model.sampler import Cancelled
    from ..motion.taught_system import digest
    from ..teaching.teacher import teach

    pipeline = load_pipeline(args)
    with progress_bar(total=1, unit="step", leave=False) as bar, interruptible() as decision:

        def report(phase: str, step: int, of: int) -> None:
            bar.set_description(phase, refresh=False)
            bar.total, bar.n = of, step
            bar.refresh()

        try:
            return teach(pipeline.system, digest(pipeline.folder), lesson, report=report, decision=decision)
        except Cancelled:
            raise KeyboardInterrupt from None


def for_machine(args: argparse.Namespace) -> int:
    """Teach the backend's lesson; every word is a line of JSON."""
    from ..model.sampler import Cancelled
    from ..motion.taught_system import digest
    from ..teaching.lesson_file import read_lesson
    from ..teaching.lesson_process import Speaker
    from ..teaching.teacher import teach

    speaker = Speaker()
    try:
        lesson = read_lesson(args.lesson)
        speaker.report("loading", 0, 1)
        pipeline = load_pipeline(args)
        base = digest(pipeline.folder)
        model, learnt = teach(pipeline.system, base, lesson, report=speaker.report, decision=speaker.decision)
    except Cancelled:
        return 0
    except UserError as error:
        speaker.say(message=error.message, hint=error.hint, code=error.code)
        return 2
    except (RuntimeError, MemoryError) as error:
        problem = named(error, "Teaching ended early", FEWER)
        if problem is None:
            raise
        traceback.print_exc()  # into the backend's log
        speaker.say(message=problem.message, hint=problem.hint, code=problem.code)
        return 2
    speaker.say(name=model.card.name, notes=learnt.notes, nearer=learnt.nearer)
    return 0


@contextmanager
def interruptible() -> Iterator[AskDecision]:
    """What the user decides: the first Ctrl-C ends early and keeps what is learnt, the second ends without."""
    decisions: list[Decision] = ["", "keep", "drop"]

    def next_decision(_signal: int, _frame: object) -> None:
        del decisions[: len(decisions) > 1]
        print(
            "\nending with what is learnt; Ctrl-C again ends without" if decisions[0] == "keep" else "", file=sys.stderr
        )

    before = signal.signal(signal.SIGINT, next_decision)
    try:
        yield lambda: decisions[0]
    finally:
        signal.signal(signal.SIGINT, before)


def examples_of(
    places: Sequence[Path], captions: dict[tuple[str, str], list[str]], words: Sequence[str]
) -> tuple[list[Example], list[str]]:
    """The takes of files and folders with their words, and sentences on what is amiss.

    Raises:
        UserError: no files, none that could be read, or ``no_words`` where a take has none.
    """
    from ..labelling.motion_reading import read_files

    examples: list[Example] = []
    skipped: list[str] = []
    for path, found in read_files(motion_files(places)):
        skipped += [f"{take_title(path.name, name)} was left out: {reason}" for name, reason in found.problems]
        skipped += [f"{path.name}: {found.remark}"] if found.remark else []
        for name, joints in found.takes:
            said = captions.get((path.name, name)) or captions.get((path.name, "")) or list(words)
            said = said or [suggested(name or path.stem)]
            examples.append(Example(name or path.stem, np.asarray(joints, dtype=np.float32), tuple(said)))
    if not examples:
        raise UserError("None of the takes could be read.", " ".join(skipped), "no_motion")
    return examples, skipped


def read_captions(path: Path) -> dict[tuple[str, str], list[str]]:
    """Words by file name and take ("" for the whole file). UserError ``no_file`` or ``broken_captions``."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{path} cannot be read as a table of words.", "Save it as CSV in UTF-8.", "no_file") from error
    rows = csv.DictReader(text.splitlines())
    if not {"file", "words"}.issubset(rows.fieldnames or ()):
        raise UserError(f"{path} lacks the columns file and words.", "Name them in its first line.", "broken_captions")
    found: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        key = (Path((row["file"] or "").strip()).name, (row.get("take") or "").strip())
        if (row["words"] or "").strip():
            found.setdefault(key, []).append(row["words"].strip())
    if not found:
        raise UserError(f"{path} has no words in it.", "Give each file its words.", "broken_captions")
    return found
