# SPDX-License-Identifier: GPL-3.0-or-later
"""``coamd benchmark recognise``: labels, search and their speed on held-out clips, beside what they should reach."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from tqdm import tqdm

from ....rigs.errors import UserError
from ..report import Section, Verdict, as_json, as_markdown, as_text, failures, write_report

if TYPE_CHECKING:
    from ...labelling.labeller import Labeller
    from ...training.data import Clip

CHANGE = 0.02  # of a score, by heading, place, size or frame rate
MINUTES, CORE_SECONDS = 10.0, 40.0  # 20 s of two cores
TAKES, ANSWER = 1000, 50.0  # milliseconds
BATCH = 32  # pairs of a batch of R-precision
OTHERS = (0.65, 0.85, 0.75)  # top-1, top-5 and R@3 of 32 that other makers' takes should reach ...
GOALS = {"mocap": (0.85, None, 0.89), "mocap2": OTHERS, "mocap_rocketbox": OTHERS}  # ... by source


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the topic."""
    parser.add_argument("data", type=Path, nargs="?", default=Path("runs/data"), help="folder made by `coamd prepare`")
    parser.add_argument("--shared", type=Path, default=Path("../shared"), help="folder with rigs/ (default ../shared)")
    parser.add_argument("--limit", type=int, default=10**6, help="only so many held-out clips, drawn at random")
    parser.add_argument("--rig-clips", type=int, default=20, help="clips put on each rig (default: 20)")
    parser.add_argument("--pairs", type=int, default=40, help="joined clips whose change is looked for (default: 40)")
    parser.add_argument(
        "--baseline-steps", type=int, default=200, help="training steps of the plain transformer; 0 leaves it out"
    )
    parser.add_argument("--baseline-batch", type=int, default=24, help="clips in each of them (default: MAR's 24)")
    parser.add_argument("--baseline", type=Path, default=Path("runs/joint_stream"), help="its run folder")
    parser.add_argument("-o", "--output", type=Path, metavar="DIR", help="write report.json and report.md there")


def run(args: argparse.Namespace) -> int:
    """Measure, print the table, write the report; 1 where a figure misses its limit."""
    from ...cli.options import load_pipeline
    from ...labelling.labeller import Labeller
    from ...training.data import load_clips

    clips = load_clips(args.data)
    system = load_pipeline(args).system
    chosen = held_out(clips, system.labels, args.limit)
    labeller = Labeller(system)
    steps = {
        "recognition": lambda: recognition(args, labeller, clips, chosen),
        "retrieval": lambda: retrieval(labeller, chosen),
        "sources": lambda: by_source(labeller, chosen),
        "confidence": lambda: calibration(labeller, chosen),
        "the same motion": lambda: invariance(labeller, chosen),
        "rigs": lambda: rigs(args, labeller, chosen),
        "cuts": lambda: changes(args, labeller, chosen),
        "speed": lambda: speed(labeller, chosen),
    }
    sections = []
    for name, measure in tqdm(steps.items(), leave=False, disable=not sys.stderr.isatty()):
        print(f"measuring {name}", file=sys.stderr)
        sections.append(measure())
    facts = f"{len(chosen)} held-out clips, {len(system.labels)} labels, model {system.config.name}"
    print(as_text(sections, facts))
    if args.output:
        write_report(args.output, as_json(sections, facts), as_markdown(sections, facts))
    return 1 if failures(sections) else 0


def held_out(clips: Sequence[Clip], labels: Sequence[str], limit: int) -> list[Clip]:
    """Unmirrored test clips with a label that the model knows. UserError ``no_clips``."""
    from ..training.recognition.label_calibration import known

    found = known([clip for clip in clips if clip.split == "test"], labels)
    if len(found) < 2:
        raise UserError(
            "There are no test clips with labels of the model.", "Prepare the data with a split.", "no_clips"
        )
    if limit < len(found):
        rows = sorted(np.random.default_rng(0).choice(len(found), limit, replace=False))
        found = [found[int(i)] for i in rows]
    return found


def recognition(args: argparse.Namespace, labeller: Labeller, clips: Sequence[Clip], chosen: Sequence[Clip]) -> Section:
    """Top-1, top-5 and the mean over labels, of MAR and of what it has to beat."""
    from ...language.familiarity import encoded
    from ..training.recognition.label_calibration import motions, right_labels
    from . import measures
    from .baseline import baseline_features, train_baseline

    system = labeller.system
    right, found, names = (
        right_labels(chosen, system.labels),
        motions(system, chosen),
        encoded(system.text, system.labels),
    )
    rows = {"chance": measures.chance(right)}
    train = [clip for clip in clips if clip.split == "train"]
    rows["majority"] = measures.recognised(measures.majority(train, system.labels, len(chosen)), right)
    if args.baseline_steps:
        steps, batch = args.baseline_steps, args.baseline_batch
        model = train_baseline(system.recognizer, system.config, system.text, clips, args.baseline, steps, batch)
        name = f"plain joint stream, {steps} steps of {batch} clips"
        rows[name] = measures.recognised(baseline_features(model, chosen) @ names.T, right)
    rows["MAR, text A alone"] = measures.recognised(found @ names.T, right)
    own = measures.recognised(labeller.words.scores(found), right)
    verdicts = [
        Verdict("top1", "MAR, both text towers: top-1", own[0], "", 0.60, least=True),
        Verdict("top5", "MAR, both text towers: top-5", own[1], ""),
        Verdict("macro", "MAR, both text towers: top-1, mean over labels", own[2], ""),
    ]
    for name, values in rows.items():
        for what, value in zip(("top-1", "top-5", "top-1, mean over labels"), values, strict=True):
            verdicts.append(Verdict(f"{name} {what}", f"{name}: {what}", value, ""))
    rivals = [values for name, values in rows.items() if not name.startswith("MAR")]
    for what, value, *others in zip(("top-1", "top-5", "mean"), own, *rivals, strict=True):
        verdicts.append(
            Verdict(f"lead {what}", f"MAR's lead over the best rival, {what}", value - max(others), "", 0.0, True)
        )
    return Section("Recognition (a hit is any of the clip's labels)", verdicts)


def retrieval(labeller: Labeller, chosen: Sequence[Clip]) -> Section:
    """R@1, 3, 5 both ways, by text B."""
    from ...labelling.vocabulary import described
    from ..training.recognition.label_calibration import motions
    from . import measures

    system = labeller.system
    found, texts = motions(system, chosen), described(system, [clip.texts[0] for clip in chosen])
    verdicts = []
    for place, batch in ((f"in batches of {BATCH}", BATCH), (f"among all {len(chosen)}", None)):
        for way, values in measures.retrieved(texts, found, batch).items():
            for k, value in zip((1, 3, 5), values, strict=True):
                goal = 0.65 if (batch, way, k) == (BATCH, "text to motion", 3) else None
                verdicts.append(Verdict(f"{way} R@{k} {place}", f"{way}, R@{k} {place}", value, "", goal, least=True))
    return Section("Retrieval by sentences", verdicts)


def by_source(labeller: Labeller, chosen: Sequence[Clip]) -> Section:
    """Names and retrieval of the takes of each maker; a source of fewer clips than a batch has no R@3."""
    from ...labelling.vocabulary import described
    from ..training.recognition.label_calibration import motions, right_labels
    from . import measures

    system, verdicts = labeller.system, []
    for source in sorted({clip.source for clip in chosen}):
        own = [clip for clip in chosen if clip.source == source]
        found, texts = motions(system, own), described(system, [clip.texts[0] for clip in own])
        first, five, _ = measures.recognised(labeller.words.scores(found), right_labels(own, system.labels))
        third = measures.retrieved(texts, found, BATCH)["text to motion"][1] if len(own) >= BATCH else float("nan")
        goals = GOALS.get(source, (None, None, None))
        for what, value, goal in zip(("top-1", "top-5", f"R@3 of {BATCH}"), (first, five, third), goals, strict=True):
            name = f"{source or 'one source'}, {len(own)} clips: {what}"
            verdicts.append(Verdict(f"{source} {what}", name, value, "", goal, least=True))
    return Section("By source", verdicts)


def calibration(labeller: Labeller, chosen: Sequence[Clip]) -> Section:
    """How far confidence is from the share of hits."""
    from ...model.calibration import expected_error, first_label
    from ..training.recognition.label_calibration import UNFITTED, motions, right_labels

    system = labeller.system
    scores, right = labeller.words.scores(motions(system, chosen)), right_labels(chosen, system.labels)
    before, after = (expected_error(*first_label(scores, right, t)) for t in (UNFITTED, labeller.words.temperature))
    return Section(
        "Confidence of the first label",
        [
            Verdict("ece before", f"ECE at temperature {UNFITTED:g}, as trained", before, ""),
            Verdict(
                "ece", f"ECE at temperature {labeller.words.temperature:.3f}, fitted on validation clips", after, ""
            ),
            Verdict("gain", "what the fit takes off it", before - after, "", 0.0, least=True),
        ],
    )


def invariance(labeller: Labeller, chosen: Sequence[Clip]) -> Section:
    """The same motion turned, moved, scaled, at another rate."""
    from . import measures

    verdicts = []
    for kind, worst in measures.changes(labeller, chosen).items():
        name = f"{kind}: largest change of any score of any clip"
        ids = tuple(clip.id for clip, value in zip(chosen, worst, strict=True) if value >= CHANGE)
        verdicts.append(Verdict(kind, name, float(worst.max()), "", CHANGE, clips=ids))
        verdicts.append(Verdict(f"{kind} mean", f"{kind}: mean over clips of the largest", float(worst.mean()), ""))
    return Section("The same motion, otherwise recorded", verdicts)


def rigs(args: argparse.Namespace, labeller: Labeller, chosen: Sequence[Clip]) -> Section:
    """The same motion on five families of rigs."""
    from . import measures

    few = list(chosen[:: max(1, len(chosen) // max(args.rig_clips, 1))])[: args.rig_clips]
    found = measures.labels_on_rigs(labeller, few, measures.rig_families(args.shared))
    own = found.pop("")
    kept = {name: labels == own for name, labels in found.items()}
    verdicts = [
        Verdict(
            name,
            f"{name}: clips with the label that they have as captured",
            100.0 * float(same.mean()),
            "%",
            clips=tuple(clip.id for clip, ok in zip(few, same, strict=True) if not ok),
        )
        for name, same in kept.items()
    ]
    which = f"of {len(few)} clips on {len(kept)} rigs"
    alike = 100.0 * measures.agreement(np.stack(list(found.values())))
    share = 100.0 * float(np.mean(list(kept.values())))
    totals = [
        Verdict("alike", f"{which}, with the label of most rigs", alike, "%", 90.0, least=True),
        Verdict("rigs", f"{which}, with the label of the clip as captured", share, "%", 90.0, least=True),
    ]
    return Section("The first label on a rig", [*totals, *verdicts])


def changes(args: argparse.Namespace, labeller: Labeller, chosen: Sequence[Clip]) -> Section:
    """Where two joined clips change."""
    from . import measures

    found = measures.cuts(labeller, chosen, args.pairs)
    return Section(
        f"The change in {args.pairs} takes of two joined clips",
        [
            Verdict("median", "median distance of the nearest cut", found["median"], "s"),
            Verdict("within half", "cuts within 0.5 s", 100.0 * found["within_half"], "%"),
            Verdict("within one", "cuts within 1 s", 100.0 * found["within_one"], "%"),
            Verdict("more", "cuts too many in each take", found["more"], ""),
            Verdict("frames", "frames whose first label is right", 100.0 * found["frames"], "%"),
            Verdict("frames told", "the same if the change is told", 100.0 * found["frames_told"], "%"),
        ],
    )


def speed(labeller: Labeller, chosen: Sequence[Clip]) -> Section:
    """Ten minutes of motion, and an index of 1,000 takes."""
    from . import measures

    used, clock = measures.labelling_seconds(labeller, chosen, MINUTES)
    questions = [clip.texts[0] for clip in chosen[:20]]
    answer = 1000.0 * measures.answer_seconds(labeller.system, TAKES, questions)
    return Section(
        "Speed on this machine",
        [
            Verdict(
                "label", f"{MINUTES:g} minutes labelled: processor time (20 s of two cores)", used, "s", CORE_SECONDS
            ),
            Verdict("clock", f"{MINUTES:g} minutes labelled: by the clock", clock, "s"),
            Verdict("answer", f"an index of {TAKES} takes answers a sentence in: processor time", answer, "ms", ANSWER),
        ],
    )
