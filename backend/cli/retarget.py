# SPDX-License-Identifier: GPL-3.0-or-later
"""``coamd retarget IN --onto RIG -o OUT.bvh``: a motion on the skeleton of a character, without Blender."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np

from ...rigs.body.bone_curves import BoneCurves
from ...rigs.body.canonical import canonical
from ...rigs.body.rest_rig import RestRig
from ...rigs.body.skeleton import FPS
from ...rigs.detect.detection import Mapping, detect
from ...rigs.detect.preset_file import read_preset
from ...rigs.detect.rest_figure import Figure
from ...rigs.detect.straightening import REMARK
from ...rigs.errors import UserError
from ...rigs.files.bvh import read_bvh
from ...rigs.files.bvh_rig import standing_rig
from ...rigs.files.bvh_writer import write_bvh
from ...rigs.files.rig_bvh import TO_Y_UP, rig_bvh
from ...rigs.solve.retarget import retarget
from ...rigs.solve.settings import HIPS, ROOTS, RetargetSettings
from ..files.motion_file import check_output, read_own
from ..system.atomic_write import replacing
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
        raise UserError(f"{fps:g} is not a frame rate.", "Use one from 1 to 1000.", "wrong_fps")
    joints = canonical(lengthened(source.joints, source.fps), source.fps)
    count = int((len(source.joints) - 1) * fps / source.fps + 1e-6) + 1
    curves = tuple(cut(curve, count) for curve in retarget(joints, rig, mapping, fps=fps, settings=settings))
    with replacing(args.output) as part:
        write_bvh(part, rig_bvh(rig.rewired(mapping.moved_by), curves, fps, axes))
    print(f"{args.output}: {len(curves[0].rotations)} frames at {fps:g} fps, bones of {mapping.family}")
    notes = [source.remark] if source.remark else []
    if Figure(rig.rewired(mapping.wiring), mapping).straightened:
        notes.append(REMARK)
    if mapping.missing:
        notes.append(f"the rig has no bones for {', '.join(role.replace('_', ' ') for role in mapping.missing)}")
    for note in notes:
        print(f"note: {note}", file=sys.stderr)
    return 0


def lengthened(joints: np.ndarray, fps: float) -> np.ndarray:
    """Joints (F, 22, 3) that go on as they end, so that the model's 20 frames a second reach the last of them."""
    more = np.arange(1, int(np.ceil(fps / FPS)) + 1) if fps != FPS else np.zeros(0)
    return np.concatenate([joints, joints[-1] + more[:, None, None] * (joints[-1] - joints[-2])])


def cut(curve: BoneCurves, count: int) -> BoneCurves:
    """The first frames of a curve."""
    locations = None if curve.locations is None else curve.locations[:count]
    return replace(curve, rotations=curve.rotations[:count], locations=locations)


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
