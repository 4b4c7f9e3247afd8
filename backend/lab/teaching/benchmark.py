# SPDX-License-Identifier: GPL-3.0-or-later
"""``coamd benchmark teach``: actions that the model does not know are taught to it, beside what that should reach."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import numpy as np

from ....rigs.body.skeleton import FPS
from ...requests.generate import GenerateRequest, SamplingOptions
from ..recognition.benchmark import held_out
from ..report import as_json, as_markdown, as_text, failures, write_report
from .unknown_moves import FAMILIES

if TYPE_CHECKING:
    from ...model.weights import System
    from ...motion.pipeline import Pipeline

SECONDS, HELD_OUT = 20.0, 8  # of takes a family, and takes that are not shown
PROMPTS = 10  # a family
LENGTH = 5.0  # seconds of a motion
TOGETHER = 12  # motions made at once
TRIES = 5  # of either model when their speed is compared
NAME = "Unknown moves"
KNOWN = {"stands": "stand", "walks": "walk", "runs": "run"}  # what the judge knows beside the families


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the topic."""
    from ...cli.options import whole
    from .sections import BATCH

    parser.add_argument("data", type=Path, nargs="?", default=Path("runs/data"), help="folder made by `coamd prepare`")
    parser.add_argument(
        "--families", nargs="+", choices=[family.name for family in FAMILIES], help="only these (default: all)"
    )
    parser.add_argument("--seconds", type=float, default=SECONDS, help=f"of takes a family (default: {SECONDS:g})")
    parser.add_argument("--prompts", type=int, default=PROMPTS, help=f"a family (default: {PROMPTS})")
    parser.add_argument(
        "--known", type=whole(BATCH, 1000), default=64, help=f"held-out captions, {BATCH} at least (default: 64)"
    )
    parser.add_argument("-o", "--output", type=Path, metavar="DIR", help="write reports and pictures there")


def run(args: argparse.Namespace) -> int:
    """Teach, measure, print the table, write the report; 1 where a figure misses its limit."""
    from ...cli.options import load_pipeline
    from ...motion.taught_system import taught_system
    from ...training.data import load_clips
    from . import sections as figures
    from .judge import Judge
    from .lesson_run import run_lesson
    from .pictures import FIRST, JOINED, edit_of, joined_prompts, write_sheets
    from .takes import bases, takes_of, write_takes

    args.precision = "float32"
    clips = load_clips(args.data)
    families = [family for family in FAMILIES if not args.families or family.name in args.families]
    takes = [takes_of(family, clips, args.seconds, HELD_OUT, seed=1) for family in families]
    walk = longest(bases(clips, "walk", train=False))
    pipeline = load_pipeline(args)
    before = known_motions(pipeline)
    with TemporaryDirectory(prefix="coamd-benchmark-") as folder:
        home, shown = Path(folder), Path(folder) / "takes"
        shown.mkdir()
        table = write_takes(shown, takes)
        options = ["--device", args.device, *(["--weights", str(args.weights)] if args.weights else [])]
        say("teaching")
        lesson = run_lesson(NAME, shown, table, home, options)
        taught = taught_system(pipeline.system, pipeline.base, [lesson.model])
        size = lesson.model.path.stat().st_size
    say(lesson.said.strip())
    judge = Judge(
        {some.family.name: some.held_out for some in takes}
        | {name: bases(clips, over, train=False)[:HELD_OUT] for name, over in KNOWN.items()}
    )
    say("generating")

    def made(system: System, seed: int) -> dict[str, list[np.ndarray]]:
        return {family.name: generated(system, family.prompts[: args.prompts], seed) for family in families}

    motions = figures.TaughtMotions(made(taught, 1), made(taught, 2), made(pipeline.system, 1))
    then_walks = {family.name: generated(taught, joined_prompts(family), 5, JOINED) for family in families}
    edits = {family.name: edit_of(taught, walk, family.words[0]) for family in families}
    chosen = held_out(clips, pipeline.system.labels, args.known)
    texts = [clip.texts[0] for clip in chosen]
    known, known_taught = generated(pipeline.system, texts, 3), generated(taught, texts, 3)
    same = np.mean([np.array_equal(a, b) for a, b in zip(before, known_motions(pipeline), strict=True)])
    seconds = sum(len(joints) for some in takes for joints in some.shown) / FPS
    slower = speed_ratio(pipeline.system, taught)
    cost = figures.Cost(lesson.processor, seconds, lesson.memory, size, slower)
    found = [
        figures.costs(cost),
        figures.hits(judge, motions, [(some.family.name, some.shown) for some in takes]),
        figures.nearness(judge, motions),
        figures.joined(judge, then_walks, {name: joints[FIRST:] for name, joints in edits.items()}),
        figures.known_before(pipeline.system, chosen, known, known_taught, float(same)),
    ]
    count = sum(len(some.shown) for some in takes)
    facts = f"{len(families)} families, {count} takes, {args.prompts} prompts each, model {pipeline.name}"
    print(as_text(found, facts))
    if args.output:
        write_report(args.output, as_json(found, facts), as_markdown(found, facts))
        say("drawing")
        write_sheets(args.output, families, motions.first, then_walks, edits)
    return 1 if failures(found) else 0


def say(text: str) -> None:
    """How far it is."""
    print(text, file=sys.stderr, flush=True)


def generated(
    system: System, prompts: Sequence[str], seed: int, seconds: float = LENGTH, candidates: int | None = None
) -> list[np.ndarray]:
    """One motion (F, 22, 3) for each prompt, as the product reads and makes it."""
    from ...editing.steps import generate_steps, steps_of
    from ...language.prompt import understood
    from ...language.taught_reading import acting
    from ...motion.generation import frames_of, motions, sampling_of, source

    sampling = sampling_of(system, SamplingOptions(candidates=candidates))
    read = [understood(system, prompt)[0] for prompt in prompts]
    asked = [GenerateRequest(text, seconds, seed * 1000 + n) for n, text in enumerate(read)]
    steps = [steps_of(system, request) for request in asked]
    out = {n: generate_steps(system, asked[n], found)[0] for n, found in enumerate(steps) if found}
    for meant in (True, False):
        whole = [n for n, found in enumerate(steps) if not found and (acting(system, [read[n]])[0] is system) == meant]
        for at in range(0, len(whole), TOGETHER):
            some = whole[at : at + TOGETHER]
            maker, _ = acting(system, [read[some[0]]])
            sources = [source(seed, n) for n in some]
            made = motions(maker, [read[n] for n in some], [frames_of(seconds)] * len(some), sources, sampling)
            out.update(zip(some, made, strict=True))
    return [out[n] for n in range(len(prompts))]


def known_motions(pipeline: Pipeline) -> list[np.ndarray]:
    """The twelve prompts that are rehearsed, as a user who chose Bundled gets them."""
    from ...teaching.rehearsal import KNOWN

    return [pipeline.generate(GenerateRequest(prompt, LENGTH, 7, candidates=1)).joints[0] for prompt, _ in KNOWN]


def speed_ratio(bundled: System, taught: System) -> float:
    """Processor time of a motion with the taught model in parts of that with the bundled one: medians, in turns."""
    took: tuple[list[float], list[float]] = ([], [])
    for number in range(2 * TRIES):
        began = time.process_time()
        generated((bundled, taught)[number % 2], ["a person walks forward"], seed=number, candidates=1)
        took[number % 2].append(time.process_time() - began)
    return float(np.median(took[1]) / np.median(took[0]))


def longest(clips: Sequence[np.ndarray]) -> np.ndarray:
    """The clip (F, 22, 3) that lasts longest."""
    return max(clips, key=len)
