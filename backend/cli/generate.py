# SPDX-License-Identifier: GPL-3.0-or-later
"""``coamd generate "PROMPT" -o out.npz``: motion from a prompt, as data, as pictures or for other programs."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from ...rigs.errors import UserError
from ..files.motion_file import WRITABLE, check_output, write_motion
from ..files.scene_writing import SCENES, check_blender, write_scene
from ..requests.generate import GenerateRequest
from ..requests.limits import check
from .options import (
    add_candidates_option,
    add_guidance_options,
    add_model_options,
    add_seed_options,
    add_solver_option,
    add_taught_option,
    load_pipeline,
    number,
)
from .progress_bar import progress_bar


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the subcommand."""
    parser.add_argument("prompt", help="what the person does, in English")
    parser.add_argument("--seconds", type=number, default=4.0, help="length of the motion (default 4)")
    add_seed_options(parser)
    add_guidance_options(parser)
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        action="append",
        required=True,
        help=f"file to write, by suffix {' '.join(WRITABLE)}, or with Blender {' '.join(SCENES)}; may be given "
        "several times",
    )
    add_candidates_option(parser)
    add_taught_option(parser)
    add_solver_option(parser)
    add_model_options(parser)


def run(args: argparse.Namespace) -> int:
    """Check everything, load the model, generate with a progress bar, write."""
    request = GenerateRequest(
        args.prompt,
        args.seconds,
        args.seed,
        args.variations,
        tuple(args.models),
        guidance_scale=args.guidance_scale,
        recognizer_guidance=args.recognizer_guidance,
        solver=args.solver,
        candidates=args.candidates,
    )
    check(request)
    targets = [numbered(path, args.variations) for path in args.output]
    paths = [name for names in targets for name in names]
    for path in paths:
        check_output(path, (*WRITABLE, *SCENES))
    check_blender(paths)
    pipeline = load_pipeline(args)
    with progress_bar(total=1, desc="generating", unit="step", leave=False) as bar:

        def progress(phase: str, step: int, of: int, _preview: object = None) -> None:
            bar.set_description(phase, refresh=False)
            bar.total, bar.n = of, step
            bar.refresh()

        made = pipeline.generate(request, progress=progress)
    for warning in made.warnings:
        print(f"note: {warning}", file=sys.stderr)
    for names in targets:
        for path, joints in zip(names, made.joints, strict=True):
            write = write_scene if path.suffix.lower() in SCENES else write_motion
            write(path, joints, title=request.prompt)
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
