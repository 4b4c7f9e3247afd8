# SPDX-License-Identifier: GPL-3.0-or-later
"""``coamd edit IN.npz --start 2 --end 4 -o out.npz``: change a range of a motion file and leave the rest alone."""

from __future__ import annotations

import argparse
import csv
import math
import re
import sys
from pathlib import Path

import numpy as np

from ...rigs.body.body_parts import PARTS
from ...rigs.body.skeleton import FPS, JOINTS
from ...rigs.errors import UserError
from ..files.motion_file import WRITABLE, check_output, read_own, write_motion
from ..files.source_bvh import OwnBvh
from ..files.source_motion import OwnMotion
from ..requests.edit import MODES, EditRequest, Mode, PromptSegment, Target
from ..requests.edit_checks import check
from .generate import numbered
from .options import (
    add_guidance_options,
    add_model_options,
    add_seed_options,
    add_taught_option,
    load_pipeline,
    number,
)
from .progress_bar import progress_bar

EPILOG = """\
Times are seconds from the beginning of the motion. Frames outside the range stay as they are:
- .npz: bit for bit (float32), at the file's own frame rate and in its own proportions; places are metres, Y up.
- .bvh to .bvh: the file's own skeleton; numbers outside the range and of joints that do not change are copied digit by
  digit; places are in the file's own axes and unit. A .bvh to anything else gives the 22 joints of CoAMD.

  coamd edit walk.npz --start 2 --end 4 --prompt "a person jumps up" -o jump.npz
  coamd edit walk.bvh --start 2 --end 4 --parts left_arm,right_arm --prompt "a person claps" -o clap.bvh
  coamd edit walk.npz --start 1 --end 5 --keep-pose 2 3.5 -o inbetween.npz
  coamd edit walk.npz --extend 3 --prompt "a person sits down" -o longer.npz
  coamd edit walk.npz --start 0 --end 4 --loop -o loop.gif
  coamd edit walk.npz --start 0 --end 6 --segment "a person walks@0-3" --segment "a person runs@3-6" -o two.npz
  coamd edit walk.npz --start 1 --end 5 --path way.csv --reach right_wrist:3:0.4,1.5,2.2 -o reach.npz
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the subcommand."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = EPILOG
    parser.add_argument("file", type=Path, help="motion to change: .npz or .bvh")
    parser.add_argument("--start", type=number, metavar="S", help="begin of the range (not with --extend)")
    parser.add_argument("--end", type=number, metavar="S", help="end of the range (not with --extend)")
    parser.add_argument("--mode", choices=MODES, help="what to do (default: regenerate, or what other options imply)")
    parser.add_argument(
        "--parts", default="", help=f"body parts to change, with commas: {','.join(PARTS)}; default all"
    )
    parser.add_argument("--prompt", default="", help="what happens there, in English (default: whatever fits)")
    parser.add_argument(
        "--segment", action="append", default=[], metavar="P@S-S", help="prompt for a part of the range; repeatable"
    )
    parser.add_argument(
        "--keep-pose", type=number, nargs="+", default=[], metavar="T", help="poses that stay; implies --mode inbetween"
    )
    parser.add_argument("--loop", action="store_true", help="make the end of the range meet its begin")
    parser.add_argument("--extend", type=number, default=0.0, metavar="S", help="add so many seconds at the end")
    parser.add_argument("--extend-before", type=number, default=0.0, metavar="S", help="add them at the beginning")
    parser.add_argument("--path", type=Path, metavar="FILE.csv", help="way of the pelvis: rows of second, x, z")
    parser.add_argument(
        "--reach", action="append", default=[], metavar="JOINT:T:X,Y,Z", help="where a joint is at a time; repeatable"
    )
    parser.add_argument("--strength", type=number, default=1.0, help="1 (default) is free, 0 leaves all as it was")
    add_seed_options(parser)
    add_guidance_options(parser)
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        action="append",
        required=True,
        help=f"file to write, by suffix {' '.join(WRITABLE)}; may be given several times",
    )
    add_taught_option(parser)
    add_model_options(parser)


def run(args: argparse.Namespace) -> int:
    """Check everything, load the model, edit with a progress bar, write."""
    own = read_edited(args.file)
    request = request_of(args, own)
    check_times(request)
    check(request)
    targets = [numbered(path, args.variations) for path in args.output]
    for path in (name for names in targets for name in names):
        check_output(path)
    pipeline = load_pipeline(args)
    with progress_bar(total=1, desc="editing", unit="step", leave=False) as bar:

        def progress(phase: str, step: int, of: int, _preview: object = None) -> None:
            bar.set_description(phase, refresh=False)
            bar.total, bar.n = of, step
            bar.refresh()

        made = pipeline.edit(request, progress=progress)
    for warning in (*filter(None, [own.source.remark]), *made.warnings):
        print(f"note: {warning}", file=sys.stderr)
    title = args.prompt or f"{args.file.stem}, edited"
    for names in targets:
        for path, joints in zip(names, made.joints, strict=True):
            if isinstance(own, OwnBvh) and path.suffix.lower() == ".bvh":
                own.write(path, request, joints)
            else:
                write_motion(path, own.back(request, joints), title=title, fps=own.source.fps)
            print(path)
    return 0


def read_edited(path: Path) -> OwnMotion:
    """The motion of a file, a .bvh on its own skeleton where it is detected. UserError as ``read_own``."""
    source = read_own(path)
    if path.suffix.lower() == ".bvh":
        try:
            return OwnBvh(path)
        except UserError as error:
            print(f"note: a .bvh is written with the 22 joints of CoAMD: {error.message}", file=sys.stderr)
    return OwnMotion(source)


def request_of(args: argparse.Namespace, own: OwnMotion) -> EditRequest:
    """The request that the arguments make, in frames and in the model's world.

    Raises:
        UserError: options that do not fit together, a time outside the motion, a segment, target or path that is none.
    """
    joints = own.joints
    mode = _mode(args)
    start, end = 0, 0
    if mode == "extend":
        if args.start is not None or args.end is not None:
            raise UserError("An extension has no range.", "Leave out --start and --end.", "bad_range")
        if not args.extend and not args.extend_before:
            raise UserError("The extension is empty.", "Say how many seconds, as in --extend 2.", "empty_range")
    else:
        start, end = _range(args, len(joints))
    return EditRequest(
        joints,
        mode,
        start,
        end,
        before=round(args.extend_before * FPS),
        after=round(args.extend * FPS),
        parts=tuple(dict.fromkeys(part.strip() for part in args.parts.split(",") if part.strip())),
        prompt=args.prompt,
        segments=tuple(_segment(text) for text in args.segment),
        keep_poses=tuple(sorted({round(time * FPS) for time in args.keep_pose})),
        path=None if args.path is None else _path(args.path, own),
        targets=tuple(_target(text, own) for text in args.reach),
        strength=args.strength,
        seed=args.seed,
        variations=args.variations,
        guidance_scale=args.guidance_scale,
        recognizer_guidance=args.recognizer_guidance,
        models=tuple(args.models),
    )


def check_times(request: EditRequest) -> None:
    """Says in seconds what ``check`` would say in frames: that something lies outside what is edited."""
    start, end = (frame / FPS for frame in request.span)
    named = [(f"The target of the {target.joint.replace('_', ' ')}", target.frame) for target in request.targets]
    named += [] if request.path is None else [("A point of the path", frame) for frame in request.path[:, 0].tolist()]
    if request.mode != "extend":
        named += [("The pose to keep", frame) for frame in request.keep_poses]
    for what, frame in named:
        if not request.within(frame):
            text = f"{what} at {frame / FPS:g} s is outside the edited range, {start:g} to {end:g} s."
            raise UserError(text, "Move the range over it, or leave it out.", "outside")
    for segment in request.segments:
        if segment.start < request.span[0] or segment.end > request.span[1]:
            times = f"{segment.start / FPS:g} to {segment.end / FPS:g} s"
            text = f"The prompt '{segment.prompt}' at {times} leaves the edited range, {start:g} to {end:g} s."
            raise UserError(text, "Move it inside, or choose a longer range.", "segment_outside")


def _mode(args: argparse.Namespace) -> Mode:
    """The mode that is given, or the one that the other options imply."""
    implied: dict[Mode, str] = {}
    if args.loop:
        implied["loop"] = "--loop"
    if args.extend or args.extend_before:
        implied["extend"] = "--extend"
    if args.mode:
        implied.setdefault(args.mode, f"--mode {args.mode}")
    if len(implied) > 1:
        one, other = list(implied.values())[:2]
        raise UserError(f"{one} and {other} do not go together.", "Do one after the other.", "bad_mode")
    if implied:
        return next(iter(implied))
    return "inbetween" if args.keep_pose else "regenerate"


def _range(args: argparse.Namespace, frames: int) -> tuple[int, int]:
    """The range in frames of the motion."""
    if args.start is None or args.end is None:
        raise UserError(
            "The range to edit is not given.", "Give --start and --end in seconds, or use --extend.", "no_range"
        )
    seconds = frames / FPS
    if args.end <= args.start:
        raise UserError(
            f"The range from {args.start:g} to {args.end:g} s is empty.",
            "Choose an end after the start.",
            "empty_range",
        )
    if args.start < 0 or args.end > seconds + 0.5 / FPS:
        raise UserError(
            f"The range from {args.start:g} to {args.end:g} s leaves the motion, which lasts {seconds:g} s.",
            "Choose a range inside the motion, or add time with --extend.",
            "range_outside",
        )
    return round(args.start * FPS), min(round(args.end * FPS), frames)


def _segment(text: str) -> PromptSegment:
    """``a person runs@2-4.5``; times before an extended motion are negative."""
    found = re.fullmatch(r"(?s)(.*)@(-?[\d.]+)-(-?[\d.]+)", text.strip())
    try:
        if found is None:
            raise ValueError
        start, end = float(found[2]), float(found[3])
    except ValueError:
        hint = 'Write it as in --segment "a person runs@2-4.5".'
        raise UserError(f"'{text}' is not a prompt with its times.", hint, "bad_segment") from None
    return PromptSegment(found[1].strip(), round(start * FPS), round(end * FPS))


def _target(text: str, own: OwnMotion) -> Target:
    """``left_wrist:2.5:0.1,1.4,0.3``"""
    joint, *rest = text.split(":")
    try:
        time, place = float(rest[0]), np.array([float(value) for value in rest[1].split(",")])
        if len(rest) != 2 or place.shape != (3,) or not np.isfinite([time, *place]).all():
            raise ValueError
    except (ValueError, IndexError):
        raise UserError(
            f"'{text}' is not a joint, a time and a place.",
            "Write it as in --reach left_wrist:2.5:0.1,1.4,0.3 (seconds; x, y, z in metres).",
            "bad_target",
        ) from None
    if joint not in JOINTS:
        raise UserError(f"There is no joint called '{joint}'.", f"Choose among: {', '.join(JOINTS)}.", "bad_joint")
    x, y, z = own.place(place).tolist()
    return Target(joint, round(time * FPS), (x, y, z))


def _path(path: Path, own: OwnMotion) -> np.ndarray:
    """Rows (K, 3) of frame, x and z out of a file with rows of second, x, z; a first row of words is a heading."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not text"
        raise UserError(
            f"The path {path} cannot be read: {why}.", "Check the name and the folder.", "no_file"
        ) from None
    rows = []
    for number_of_line, cells in enumerate(csv.reader(lines), start=1):
        if not any(cell.strip() for cell in cells):
            continue
        try:
            second, x, z = (float(cell) for cell in cells)
            if not math.isfinite(second + x + z):
                raise ValueError
        except ValueError:
            if number_of_line == 1 and not any(_is_number(cell) for cell in cells):
                continue  # a heading
            raise UserError(
                f"Line {number_of_line} of {path.name} is not three numbers: '{','.join(cells)[:80]}'.",
                "Write second, x and z in each line, as in 1.5,0.2,3.0.",
                "bad_path",
            ) from None
        rows.append((second * FPS, *own.place(np.array([x, 0.0, z]))[[0, 2]]))
    if not rows:
        raise UserError(f"{path.name} has no points.", "Write second, x and z in each line.", "bad_path")
    return np.array(rows)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
