# SPDX-License-Identifier: GPL-3.0-or-later
"""``coamd generate "PROMPT" -o out.npz``: motion from a prompt, as data or as pictures."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tqdm import tqdm

from ...rigs.errors import UserError
from ..motion_file import WRITABLE, check_output, write_motion
from .options import add_candidates_option, add_model_options, add_solver_option, load_pipeline, number, whole


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the subcommand."""
    parser.add_argument("prompt", help="what the person does, in English")
    parser.add_argument("--seconds", type=number, default=4.0, help="length of the motion (default 4)")
    parser.add_argument("--seed", type=whole(0, 2**63 - 1), default=0, help="same seed, same device: same motion")
    parser.add_argument("--variations", type=whole(1, 10_000), default=1, help="how many different motions")
    parser.add_argument("--guidance-scale", type=number, help="how strictly to follow the text (default of the model)")
    parser.add_argument("--recognizer-guidance", type=number, help="strength of guidance by the recognizer; 0 is off")
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        action="append",
        required=True,
        help=f"file to write, by suffix {' '.join(WRITABLE)}; may be given several times",
    )
    add_candidates_option(parser)
    add_solver_option(parser)
    add_model_options(parser)


def run(args: argparse.Namespace) -> int:
    """Check everything, load the model, generate with a progress bar, write."""
    from ..pipeline import Pipeline

    Pipeline.check(args.prompt, args.seconds, args.variations)
    targets = [numbered(path, args.variations) for path in args.output]
    for path in (name for names in targets for name in names):
        check_output(path)
    pipeline = load_pipeline(args)
    with tqdm(total=1, desc="generating", unit="step", leave=False, disable=not sys.stderr.isatty()) as bar:

        def progress(phase: str, step: int, of: int, _preview: object = None) -> None:
            bar.set_description(phase, refresh=False)
            bar.total, bar.n = of, step
            bar.refresh()

        made = pipeline.generate(
            args.prompt,
            args.seconds,
            seed=args.seed,
            variations=args.variations,
            guidance_scale=args.guidance_scale,
            recognizer_guidance=args.recognizer_guidance,
            solver=args.solver,
            candidates=args.candidates,
            progress=progress,
        )
    for warning in made.warnings:
        print(f"note: {warning}", file=sys.stderr)
    for names in targets:
        for path, joints in zip(names, made.joints, strict=True):
            write_motion(path, joints, title=args.prompt)
            print(path)
    return 0


def numbered(path: Path, variations: int) -> list[Path]:
    """``path`` itself, or for several variations ``name_1.npz``, ``name_2.npz``...

    Raises:
        UserError: a numbered file exists already; only the file that the user named may be replaced.
    """
    if variations == 1:
        return [path]
    width = len(str(variations))
    names = [path.with_name(f"{path.stem}_{i + 1:0{width}d}{path.suffix}") for i in range(variations)]
    taken = next((name for name in names if name.exists()), None)
    if taken is not None:
        raise UserError(f"{taken} exists already.", "Move it away, or choose another name with -o.", "file_exists")
    return names
