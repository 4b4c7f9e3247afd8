# SPDX-License-Identifier: GPL-3.0-or-later
"""``coamd retarget IN --onto RIG -o OUT.bvh``: a motion on the skeleton of a character, without Blender."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np

from ...rigs.bvh import read_bvh
from ...rigs.bvh_export import TO_Y_UP, write_rig_bvh
from ...rigs.bvh_rig import standing_rig
from ...rigs.canonical import canonical
from ...rigs.detection import Mapping, detect
from ...rigs.errors import UserError
from ...rigs.preset_file import read_preset
from ...rigs.rest import RestRig
from ...rigs.retarget import retarget
from ...rigs.settings import HIPS, ROOTS, RetargetSettings
from ..motion_file import check_output, read_own, replacing
from .options import number


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the subcommand."""
    parser.add_argument("input", type=Path, help="the motion: .npz of 22 joints, or .bvh of a human skeleton")
    parser.add_argument(
        "--onto", type=Path, required=True, metavar="RIG", help="the character: any .bvh, or a .json table of bones"
    )
    parser.add_argument("-o", "--output", type=Path, required=True, help="the .bvh to write")
    parser.add_argument("--mapping", type=Path, metavar="FILE", help="a preset of yours (.json) instead of detection")
    parser.add_argument("--fps", type=number, help="frames per second of the result (default: as the input has)")
    parser.add_argument(
        "--foot-lock",
        type=number,
        default=1.0,
        metavar="SHARE",
        help="how firmly standing feet stay, 0 to 1 (default 1)",
    )
    parser.add_argument("--root", choices=ROOTS, default=HIPS, help="what carries the travel (default hips)")


def run(args: argparse.Namespace) -> int:
    """Check everything, detect the mapping, solve, write."""
    check_output(args.output, (".bvh",))
    settings = RetargetSettings(args.foot_lock, args.root)
    rig, mapping, axes = read_rig(args.onto, args.mapping)
    source = read_own(args.input)
    fps = source.fps if args.fps is None else args.fps
    if not 1.0 <= fps <= 1000.0:
        raise UserError(f"{fps:g} is no frame rate.", "Use one from 1 to 1000.", "wrong_fps")
    joints = canonical(source.joints, source.fps)
    curves = retarget(joints, rig, mapping, fps=fps, settings=settings)
    with replacing(args.output) as part:
        write_rig_bvh(part, rig.rewired(mapping.moved_by), curves, fps, axes)
    print(f"{args.output}: {len(curves[0].rotations)} frames at {fps:g} fps, bones of {mapping.family}")
    if mapping.missing:
        lacking = ", ".join(role.replace("_", " ") for role in mapping.missing)
        print(f"note: the rig has no bones for {lacking}", file=sys.stderr)
    return 0


def read_rig(path: Path, preset: Path | None = None) -> tuple[RestRig, Mapping, np.ndarray]:
    """The rig of a file, its mapping, and the axes (3, 3) in which its motion is to be written.

    Raises:
        UserError: no such file, neither .bvh nor .json, broken, or no human body; a preset that is broken, or that
            names bones which the rig has not.
    """
    if not path.is_file():
        raise UserError(f"There is no file {path}.", "Check the name and the folder.", "no_file")
    own = () if preset is None else (read_preset(preset),)
    if path.suffix.lower() == ".bvh":
        rig, mapping = standing_rig(read_bvh(path), own)
        axes = np.eye(3)
    elif path.suffix.lower() == ".json":
        rig, axes = RestRig.from_table(path), TO_Y_UP
        mapping = detect(rig, own)
    else:
        hint = "Give the character as BVH or as a table of bones."
        raise UserError(f"{path.name} is neither .bvh nor .json.", hint, "unknown_suffix")
    for chosen in own:
        gone = sorted(set(chosen.bones.values()) - rig.index.keys())
        if gone:
            raise UserError(
                f"{path.name} has no bone {gone[0]}, which the mapping names.", "Choose another mapping.", "bad_mapping"
            )
    return rig, mapping, axes
