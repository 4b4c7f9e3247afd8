# SPDX-License-Identifier: GPL-3.0-or-later
"""``coamd train PART DATA``: train one part of a model; go on where a killed run stopped."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from ....rigs.errors import UserError
from ...cli.options import add_device_option, whole
from ...system.failures import named

BLENDED = ("autoencoder", "recognizer", "generator")  # parts that can be a mean with what they began with
FEWER = "Close other programs and give the same command, or begin anew with a smaller --batch and another --run."
AGAIN = "Give the same command: training goes on from the last checkpoint. If it fails again, restart the computer."
PARTS = ("text", "autoencoder", "recognizer", "paraphrases", "generator", "phrases", "calibration")


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the subcommand."""
    parser.add_argument("part", choices=PARTS, help="what to train")
    parser.add_argument("data", type=Path, help="folder made by coamd prepare")
    parser.add_argument("--model", default="CoAMD-SiT-S", help="named size (default: the bundled CoAMD-SiT-S)")
    parser.add_argument("--weights", type=Path, default=Path("runs/weights"), help="weights folder to read and add to")
    parser.add_argument("--run", type=Path, help="run folder with checkpoint and logs (default: runs/PART)")
    parser.add_argument("--start", type=Path, help="weights folder to begin with (default: begin at random)")
    parser.add_argument("--start-share", type=share, default=0.0, help="of the start's weights in what is kept, 0 to 1")
    parser.add_argument(
        "--cocodiff", action="store_true", help="recognizer: with a second teacher, which nothing is kept of"
    )
    parser.add_argument("--fine-texts", type=Path, metavar="JSON", help="how the joints move for each label, for it")
    parser.add_argument(
        "--repeat",
        type=repeat,
        nargs="+",
        default=[],
        metavar="SOURCE=N",
        help="autoencoder: how often the takes of a small source count",
    )
    parser.add_argument("--steps", type=int)
    parser.add_argument("--batch", type=int)
    parser.add_argument("--learning-rate", type=float)
    parser.add_argument("--seed", type=whole(0, 2**31))
    parser.add_argument("--precision", choices=("auto", "bf16", "float32"), help="auto: bf16 on CUDA, else float32")
    add_device_option(parser)
    parser.add_argument(
        "--teacher",
        type=Path,
        metavar="FOLDER",
        help="text: the sentence encoder that it learns from (all-MiniLM-L6-v2)",
    )
    parser.add_argument("--texts", type=Path, help="annotations_actions_400.json.gz: more words for the text encoder")
    parser.add_argument("--captions", type=Path, help="captions.jsonl whose held-out clips must stay out of --texts")


def run(args: argparse.Namespace) -> int:
    """Train and say where the weights are."""
    from ...model.config import CONFIGS
    from ...model.device import choose_device
    from ...training.team import join
    from ..training.recognition.cocodiff import FINE_TEXTS
    from ..training.schedules import schedule_of
    from ..training.stages import TrainingJob, run_stage

    if args.model not in CONFIGS:
        raise UserError(f"There is no model {args.model}.", f"Known are {', '.join(CONFIGS)}.", "unknown_model")
    config = CONFIGS[args.model]
    if args.cocodiff and args.part != "recognizer":
        raise UserError("CoCoDiff teaches the recognizer.", "Leave --cocodiff out for other parts.", "no_such_teacher")
    if args.fine_texts and not args.cocodiff:
        raise UserError("--fine-texts is for CoCoDiff.", "Give --cocodiff as well.", "no_such_teacher")
    if args.teacher and args.part != "text":
        raise UserError("--teacher is for the text encoder.", "Leave it out for other parts.", "no_such_teacher")
    if args.start and args.part == "paraphrases":
        raise UserError(
            "Paraphrases are taught to the text encoder and the recognizer that --weights holds.",
            "Leave --start out.",
            "no_start",
        )
    if args.repeat and args.part != "autoencoder":
        raise UserError("--repeat is for the autoencoder.", "Leave it out for other parts.", "no_such_option")
    if args.start_share and (args.start is None or args.part not in BLENDED):
        raise UserError(
            "--start-share is the share of --start in what is kept.",
            f"Name the weights folder to begin with, and train one of {', '.join(BLENDED)}.",
            "no_start",
        )
    run_folder = args.run or Path("runs") / args.part
    given = {name: getattr(args, name) for name in ("steps", "batch", "learning_rate", "seed", "precision")}
    schedule = replace(schedule_of(config, args.part), **{k: v for k, v in given.items() if v is not None})
    if schedule.steps < 1 or schedule.batch < 2:
        raise UserError("Training needs at least 1 step and a batch of 2.", "Raise --steps or --batch.", "schedule")
    team = join()
    job = TrainingJob(
        args.part,
        config,
        args.data,
        args.weights,
        run_folder,
        schedule,
        team.device or choose_device(args.device),
        args.teacher,
        args.texts,
        held_out_ids(args.captions) if args.captions else (),
        team,
        args.start,
        args.start_share,
        (args.fine_texts or FINE_TEXTS) if args.cocodiff else None,
        dict(args.repeat),
    )
    with _remedies():
        run_stage(job)
    if team.leads:
        print(f"written: {args.weights} ({args.part}); logs: tensorboard --logdir {run_folder}")
    return 0


@contextmanager
def _remedies() -> Iterator[None]:
    """What helps a training against missing memory and a lost card."""
    try:
        yield
    except (RuntimeError, MemoryError) as error:
        problem = named(error, "The training stopped", FEWER, AGAIN)
        if problem is None:
            raise
        raise problem from error


def share(text: str) -> float:
    """A number from 0 to 1."""
    value = float(text)
    if not 0.0 <= value <= 1.0:
        raise argparse.ArgumentTypeError(f"{text} is not between 0 and 1")
    return value


def repeat(text: str) -> tuple[str, int]:
    """A source and how often it counts, of "mocap_cc0=8"."""
    name, _, times = text.rpartition("=")
    if not name or not times.isdecimal() or int(times) < 1:
        raise argparse.ArgumentTypeError(f"{text} is not like mocap_cc0=8")
    return name, int(times)


def held_out_ids(captions: Path) -> tuple[str, ...]:
    """HumanML3D ids of clips that are not in the training split."""
    import json

    try:
        records = [json.loads(line) for line in captions.read_text(encoding="utf-8").splitlines()]
    except (OSError, ValueError) as error:
        raise UserError(f"{captions} cannot be read.", "Give the captions.jsonl of the data.", "captions") from error
    return tuple(str(name) for r in records if r["split"] != "train" for name in r.get("humanml3d_ids") or ())
