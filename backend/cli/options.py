# SPDX-License-Identifier: GPL-3.0-or-later
"""What the subcommands share: the model's options, number checks and tables of text."""

from __future__ import annotations

import argparse
import logging
import math
import os
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...rigs.errors import UserError

if TYPE_CHECKING:
    from ..batch.ray_workers import LocalWorker, RayWorkers
    from ..motion.pipeline import Pipeline


DEVICE = re.compile(r"auto|cpu|mps(:0)?|cuda(:[0-9]+)?")


def add_device_option(parser: argparse.ArgumentParser) -> None:
    """``--device``."""
    parser.add_argument(
        "--device",
        type=device,
        default="auto",
        metavar="DEVICE",
        help="auto (CUDA, else MPS, else the CPU), cpu, mps, cuda, or one of several cards: cuda:1",
    )


def device(text: str) -> str:
    """A check for argparse: a name that a device can have. Whether it is there is found out when it is to be used."""
    if not DEVICE.fullmatch(text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a device: give auto, cpu, mps, cuda, or one card, as cuda:1")
    return text


def add_model_options(parser: argparse.ArgumentParser) -> None:
    """``--device``, ``--weights`` and ``--precision``."""
    add_device_option(parser)
    parser.add_argument("--weights", type=Path, metavar="DIR", help="another weights folder than the bundled one")
    parser.add_argument(
        "--precision",
        choices=("auto", "float32", "bfloat16"),
        default="auto",
        help="of the generator; auto: bfloat16 for wide heads (full size) where the device has it",
    )


def add_ray_options(parser: argparse.ArgumentParser) -> None:
    """``--ray`` and ``--workers``."""
    parser.add_argument(
        "--ray",
        metavar="WHERE",
        help="share the work on a Ray cluster: local (one of this machine, for this run), auto (the one that runs "
        "here) or an address; needs coamd[cluster]",
    )
    parser.add_argument(
        "--workers",
        type=whole(1, 10_000),
        help="with --ray: how many (default: one for each GPU, else for each core)",
    )


def workers(
    args: argparse.Namespace, build: Callable[..., Callable[[Any], Any]], *arguments: Any
) -> LocalWorker | RayWorkers:
    """Who does the work by these options. ``build`` is a function of a module that gives what is called with items.

    UserError where there is no cluster, or the worker of this process cannot be built.
    """
    from ..batch.ray_workers import LocalWorker, RayWorkers

    if args.ray:
        return RayWorkers(args.ray, args.workers, build, *arguments, processors=args.device == "cpu")
    if args.workers:
        raise UserError("--workers is for work on a cluster.", "Add --ray local.", "no_ray")
    return LocalWorker(build, *arguments)


def pieces(items: Sequence[Any], count: int) -> list[Sequence[Any]]:
    """Items in pieces for ``count`` workers, small enough that none of them waits long for another at the end."""
    size = max(1, min(16, len(items) // (4 * count))) if count > 1 else 1
    return [items[at : at + size] for at in range(0, len(items), size)]


def add_seed_options(parser: argparse.ArgumentParser) -> None:
    """``--seed`` and ``--variations``."""
    parser.add_argument("--seed", type=whole(0, 2**63 - 1), default=0, help="same seed, same device: same motion")
    parser.add_argument("--variations", type=whole(1, 10_000), default=1, help="how many different motions")


def add_guidance_options(parser: argparse.ArgumentParser) -> None:
    """``--guidance-scale`` and ``--recognizer-guidance``."""
    parser.add_argument("--guidance-scale", type=number, help="how strictly to follow the text (default of the model)")
    parser.add_argument("--recognizer-guidance", type=number, help="strength of guidance by the recognizer; 0 is off")


def add_solver_option(parser: argparse.ArgumentParser) -> None:
    """``--solver``."""
    from ..requests.generate import SOLVERS  # late, as serve and doctor start without numpy

    parser.add_argument(
        "--solver",
        choices=SOLVERS,
        help="of the diffusion head; dopri5: as the paper's released code, and as slow (default: adams)",
    )


def add_candidates_option(parser: argparse.ArgumentParser) -> None:
    """``--candidates``."""
    from ..requests.fields import MAX_CANDIDATES  # late, as above

    parser.add_argument(
        "--candidates",
        type=whole(1, MAX_CANDIDATES),
        help="motions made for each that is wanted; the recognizer keeps the best (default of the model)",
    )


def add_taught_option(parser: argparse.ArgumentParser) -> None:
    """``--model``, as ``models``."""
    parser.add_argument(
        "--model",
        dest="models",
        action="append",
        default=[],
        metavar="NAME",
        help="a taught model (coamd models lists them; default: the bundled one); several, given one after the other, "
        "act together",
    )


def load_pipeline(args: argparse.Namespace) -> Pipeline:
    """The model that the options name. Raises UserError for weights or a device that are not there."""
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    logging.getLogger("transformers").setLevel(logging.ERROR)
    from ..motion.pipeline import Pipeline

    return Pipeline.load(args.weights, args.device, args.precision)


def whole(least: int, most: int) -> Callable[[str], int]:
    """A check for argparse: a whole number from ``least`` to ``most``."""

    def check(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            raise argparse.ArgumentTypeError(f"{text!r} is not a whole number") from None
        if not least <= value <= most:
            raise argparse.ArgumentTypeError(f"{value} is not between {least} and {most}")
        return value

    return check


def number(text: str) -> float:
    """A check for argparse: a finite number."""
    try:
        value = float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number") from None
    if not math.isfinite(value):
        raise argparse.ArgumentTypeError(f"{text!r} is not a finite number")
    return value


def table(rows: Sequence[Sequence[str]], *, right: Sequence[int] = ()) -> str:
    """Rows of text in columns of one width, the columns in ``right`` set to the right."""
    widths = [max(len(row[c]) for row in rows) for c in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = [
            text.rjust(w) if c in right else text.ljust(w) for c, (text, w) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)
