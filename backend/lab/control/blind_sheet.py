# SPDX-License-Identifier: GPL-3.0-or-later
"""A blind sheet for eyes: strips of generated motion and of recorded clips that a search found, mixed, to be scored.

Who scores sees numbered strips with their prompts and nothing else. What is behind a number stands in ``key.csv``;
``scores.csv`` is to be filled in with 2 (an animator keeps it), 1 (shows it, with a fault) or 0 (wrong).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from ....rigs.errors import UserError
from ...files.motion_pictures import sheet
from ...motion.pipeline import Pipeline
from ...requests.generate import SamplingOptions
from ...system.atomic_write import replacing
from ...training.data import Clip
from ..evaluation.evaluate import CaptionedClips
from ..evaluation.generation import DEFAULTS, generate_all, source_seeds
from .figure_table import ComparedFigure, FigureTable, table_of

PROMPTS = Path(__file__).with_name("eye_prompts.txt")
SEEDS = 2
STRIPS = 8  # of one page, which is then as high as a screen shows
POSES = 8
GENERATED, SEARCH = "generated", "search"
KEY, SCORES = "key.csv", "scores.csv"
SCORE_COLUMNS, KEY_COLUMNS = ("id", "prompt", "score"), ("id", "prompt", "group", "source", "number")
KEPT, GOAL, KEPT_GOAL = 2, 1.2, 0.45  # the score of what is kept, the mean and the share that are wanted


@dataclass(frozen=True)
class EyePrompt:
    """A prompt with its group of actions and its length."""

    group: str
    text: str
    seconds: float

    @property
    def frames(self) -> int:
        """Length at 20 fps."""
        return round(20 * self.seconds)


@dataclass(frozen=True)
class Strip:
    """One motion (F, 22, 3) on the sheet: its number there, where it comes from, and which of its kind it is."""

    id: str
    prompt: EyePrompt
    source: str
    number: int
    joints: np.ndarray


@cache
def eye_prompts() -> tuple[EyePrompt, ...]:
    """The prompts of the file, in its order."""
    found, group = [], ""
    for line in PROMPTS.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            group = line.strip("[]")
        elif line and not line.startswith("#"):
            seconds, text = line.split(" | ", maxsplit=1)
            found.append(EyePrompt(group, text, float(seconds)))
    return tuple(found)


def strips(
    pipeline: Pipeline,
    clips: Sequence[Clip],
    seed: int = 0,
    options: SamplingOptions = DEFAULTS,
    done: Callable[[int], object] = lambda _count: None,
    prompts: Sequence[EyePrompt] = (),
) -> list[Strip]:
    """Every prompt ``SEEDS`` times generated and once searched for in the training split, in an order drawn by lot."""
    prompts = tuple(prompts) or eye_prompts()
    asked = [prompt for prompt in prompts for _ in range(SEEDS)]
    made = generate_all(
        pipeline,
        [prompt.text for prompt in asked],
        [prompt.frames for prompt in asked],
        seeds=source_seeds(seed, len(asked)),
        options=options,
        done=done,
    )
    library = CaptionedClips.of(pipeline, [clip for clip in clips if clip.split == "train"])
    found = library.nearest(pipeline, [prompt.text for prompt in prompts])
    rows = [
        (prompt, GENERATED, at % SEEDS, joints) for at, (prompt, joints) in enumerate(zip(asked, made, strict=True))
    ]
    rows += [(prompt, SEARCH, 0, middle(joints, prompt.frames)) for prompt, joints in zip(prompts, found, strict=True)]
    order = np.random.default_rng([seed, len(rows)]).permutation(len(rows))
    return [Strip(f"{place:03d}", *rows[int(row)]) for place, row in enumerate(order, start=1)]


def middle(joints: np.ndarray, frames: int) -> np.ndarray:
    """The middle ``frames`` of a longer clip (F, 22, 3), so that its length does not give a recording away."""
    start = max(0, (len(joints) - frames) // 2)
    return joints[start : start + frames]


def write_sheets(items: Sequence[Strip], folder: Path) -> list[Path]:
    """Pages ``sheet_01.png``..., the key, and the table to fill in; their paths.

    UserError ``scores_there`` where a table in the folder has scores already: they belong to another sheet.
    """
    folder.mkdir(parents=True, exist_ok=True)
    check_free(folder)
    pages = []
    for page, at in enumerate(range(0, len(items), STRIPS), start=1):
        path = folder / f"sheet_{page:02d}.png"
        rows = [(f"{item.id}  {item.prompt.text}", item.joints) for item in items[at : at + STRIPS]]
        sheet(rows, path, poses=POSES, columns=1, times=False)
        pages.append(path)
    key = [(item.id, item.prompt.text, item.prompt.group, item.source, str(item.number)) for item in items]
    scores = [(item.id, item.prompt.text, "") for item in items]
    for name, columns, lines in ((KEY, KEY_COLUMNS, key), (SCORES, SCORE_COLUMNS, scores)):
        with replacing(folder / name) as part:
            part.write_text(as_csv(columns, lines), encoding="utf-8")
        pages.append(folder / name)
    return pages


def check_free(folder: Path) -> None:
    """UserError ``scores_there`` where the folder holds scores that somebody gave."""
    there = folder / SCORES
    if there.is_file() and any((row["score"] or "").strip() for row in read_table(there, SCORE_COLUMNS)):
        raise UserError(
            f"{there} has scores already.", "Write the new sheet to another folder with -o.", "scores_there"
        )


def as_csv(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table of text with its heading."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return out.getvalue()


def read_table(path: Path, columns: Sequence[str]) -> list[dict[str, str]]:
    """The rows of a CSV file with at least these columns. UserError ``no_scores``."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UserError(
            f"{path} cannot be read.", "Give the scores.csv that coamd evaluate --parts sheet wrote.", "no_scores"
        ) from error
    lacking = set(columns) - set(rows[0] if rows else ())
    if lacking:
        raise UserError(
            f"{path} has no column {', '.join(sorted(lacking))}.", f"It needs {', '.join(columns)}.", "no_scores"
        )
    return rows


def judged(scores: Path) -> FigureTable:
    """The result of a table that was filled in; the key lies beside it. UserError ``no_scores``, ``bad_score``."""
    key = {row["id"]: row for row in read_table(scores.with_name(KEY), KEY_COLUMNS)}
    given: dict[str, int] = {}
    for line, row in enumerate(read_table(scores, SCORE_COLUMNS), start=2):
        said = (row["score"] or "").strip()
        if row["id"] not in key:
            raise UserError(
                f"Line {line} of {scores}: there is no strip {row['id']!r}.", "Use the ids of key.csv.", "bad_score"
            )
        if said and said not in ("0", "1", "2"):
            raise UserError(f"Line {line} of {scores}: {said!r} is not a score.", "Write 0, 1 or 2.", "bad_score")
        if said:
            given[row["id"]] = int(said)
    if not given:
        raise UserError(f"{scores} holds no score.", "Fill in its last column with 0, 1 or 2.", "bad_score")
    return table_of(_rows(key, given), {"strips": len(key), "without a score": len(key) - len(given)})


def _rows(key: dict[str, dict[str, str]], given: dict[str, int]) -> list[ComparedFigure]:
    """Means and shares of what was made beside those of what was found, over all and by group."""

    def scored(source: str, group: str | None = None) -> list[int]:
        return [
            score for id_, score in given.items() if key[id_]["source"] == source and group in (None, key[id_]["group"])
        ]

    def row(
        name: str, of: Callable[[list[int]], float], group: str | None = None, low: float | None = None
    ) -> ComparedFigure:
        made, found = scored(GENERATED, group), scored(SEARCH, group)
        own, searched = (of(scores) if scores else float("nan") for scores in (made, found))
        return ComparedFigure(group or "All", name, own, searched, low, None, "", len(made), len(found))

    def kept(scores: list[int]) -> float:
        return float(np.mean([score == KEPT for score in scores]))

    def mean(scores: list[int]) -> float:
        return float(np.mean(scores))

    found = scored(SEARCH)
    goal = max(KEPT_GOAL, kept(found)) if found else KEPT_GOAL
    rows = [
        row("mean score", mean, low=GOAL),
        row("kept (2)", kept, low=goal),
        row("wrong (0)", lambda scores: float(np.mean([score == 0 for score in scores]))),
    ]
    groups = dict.fromkeys(key[id_]["group"] for id_ in given)
    return rows + [
        row(name, of, group) for group in sorted(groups) for name, of in (("mean score", mean), ("kept (2)", kept))
    ]
