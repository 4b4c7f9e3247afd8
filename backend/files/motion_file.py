# SPDX-License-Identifier: GPL-3.0-or-later
"""Motion in and out of files, by suffix.

Read: ``.npz`` (``joints`` (F, 22, 3) metres, Y up, and ``fps``) and ``.bvh`` of the known skeleton families.
Written: ``.npz``, ``.bvh``, ``.gif``, ``.mp4`` and ``.png`` (a strip of poses).
"""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np

from ...rigs.body.canonical import canonical
from ...rigs.body.resample import resample
from ...rigs.body.skeleton import FPS, JOINTS
from ...rigs.errors import UserError
from ...rigs.files.bvh import read_bvh
from ...rigs.files.bvh_rig import joints_of_rig
from ...rigs.files.motion_sources import SourceMotion, joints_of_bvh
from ..requests.limits import LONGEST_HOURS
from ..system.atomic_write import replacing
from .archive import read_arrays

READABLE = (".npz", ".bvh")
WRITABLE = (".npz", ".bvh", ".gif", ".mp4", ".png")
_MAX_FRAMES = 500_000  # more than an hour at 120 fps
_MAX_BYTES = 2 * _MAX_FRAMES * len(JOINTS) * 3 * 8  # in float64, and as much again beside the joints
_MAX_METRES = 10_000.0
_CUT = f"Cut it into takes of at most {LONGEST_HOURS:g} hours."


def read_motion(path: str | Path) -> np.ndarray:
    """Joints (F, 22, 3) float32 at 20 fps in the model's form: its skeleton, floor at 0, from the origin facing +Z.

    Raises:
        UserError: no such file, an unknown suffix, a broken file, or a shape that is not a motion of 22 joints.
    """
    return read_remarked(path)[0]


def read_remarked(path: str | Path) -> tuple[np.ndarray, str]:
    """``read_motion``, and a sentence about what the file holds otherwise than it says ("" mostly)."""
    source = read_own(path)
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        motion = canonical(source.joints, source.fps)
    if not np.isfinite(motion).all():  # legs without length have no scale
        raise UserError(f"{Path(path).name} holds no human figure.", "Give a motion of a whole body.", "wrong_values")
    return motion, source.remark


def read_own(path: str | Path) -> SourceMotion:
    """The joints of a file as they are in it, metres; raises UserError as ``read_motion`` does."""
    path = Path(path)
    _check_suffix(path, READABLE, "read")
    if not path.is_file():
        raise UserError(f"There is no file {path}.", "Check the name and the folder.", "no_file")
    source = _read_bvh(path) if path.suffix.lower() == ".bvh" else _read_npz(path)
    if len(source.joints) < 2:
        raise UserError(f"{path.name} holds a single pose.", "Give a motion of at least 2 frames.", "too_short")
    return source


def check_length(name: str, frames: int, fps: float) -> None:
    """UserError "too_long" for a take that lasts longer than one may; what counts is how many frames come out."""
    hours = (frames - 1) / fps / 3600.0
    if hours > LONGEST_HOURS:
        raise UserError(f"{name} lasts {hours:.1f} hours.", _CUT, "too_long")


def write_motion(path: str | Path, joints: np.ndarray, *, title: str = "", fps: float = FPS) -> None:
    """Write joints (F, 22, 3) in the form that the suffix names; ``title`` is shown in pictures.

    Raises:
        UserError: unknown suffix, no such folder, or the disk refused. What stood at ``path`` before is then unchanged.
    """
    path = Path(path)
    check_output(path)
    joints = np.ascontiguousarray(joints, dtype=np.float32)
    suffix = path.suffix.lower()
    with replacing(path) as part:
        if suffix == ".npz":
            archive = io.BytesIO()  # a zip file that is cut short complains once more when it is closed
            np.savez_compressed(archive, joints=joints, fps=np.float32(fps))
            part.write_bytes(archive.getvalue())
        elif suffix == ".bvh":
            from ...rigs.files.bvh_writer import write_bvh
            from ...rigs.files.joints_bvh import joints_bvh

            write_bvh(part, joints_bvh(joints, fps))
        elif suffix == ".png":
            from .motion_pictures import strip

            strip(resample(joints, fps, FPS), part, title=title)
        else:
            from .motion_pictures import film

            film(resample(joints, fps, FPS), part, title=title)


def check_output(path: str | Path, suffixes: tuple[str, ...] = WRITABLE) -> None:
    """Refuse a name that could not be written, before any work is spent. Raises UserError."""
    path = Path(path)
    _check_suffix(path, suffixes, "write")
    if path.is_dir():
        raise UserError(f"{path} is a folder.", "Name a file in it.", "is_folder")
    if not path.parent.is_dir():
        raise UserError(f"There is no folder {path.parent}.", "Make it first, or choose another.", "no_folder")


def _check_suffix(path: Path, suffixes: tuple[str, ...], verb: str) -> None:
    if path.suffix.lower() not in suffixes:
        named = f"{path.suffix} files" if path.suffix else f"{path.name or 'a name'} without a suffix"
        raise UserError(f"CoAMD cannot {verb} {named}.", f"Use one of {', '.join(suffixes)}.", "unknown_suffix")


def _read_bvh(path: Path) -> SourceMotion:
    """The joints of a known family as they are, those of any other rig by detection, in the model's proportions."""
    bvh = read_bvh(path)
    check_length(path.name, len(bvh.frames), bvh.fps)
    try:
        return joints_of_bvh(bvh, path.name)
    except UserError as error:
        if error.code != "unknown_skeleton":
            raise
        return joints_of_rig(bvh)


def _read_npz(path: Path) -> SourceMotion:
    """The arrays of an .npz as float64. Nothing in it is unpickled."""
    hint = "Write it with numpy.savez(path, joints=joints, fps=20), joints float32 (frames, 22, 3), or use another."
    try:
        arrays = read_arrays(path, _MAX_BYTES, ("joints", "fps"))
    except (OSError, ValueError, MemoryError) as error:
        raise UserError(f"{path.name} is broken or not an .npz of plain numbers.", hint, "broken_npz") from error
    if "joints" not in arrays:
        raise UserError(f"{path.name} has no array named 'joints'.", hint, "no_joints")
    joints, fps = arrays["joints"], arrays.get("fps", np.array(FPS))
    if joints.ndim != 3 or joints.shape[1:] != (len(JOINTS), 3) or not len(joints):
        raise UserError(f"{path.name} holds joints of shape {joints.shape}, not (frames, 22, 3).", hint, "wrong_shape")
    if len(joints) > _MAX_FRAMES:
        raise UserError(f"{path.name} has {len(joints)} frames; at most {_MAX_FRAMES} are read.", _CUT, "too_long")
    numbers = np.issubdtype(joints.dtype, np.floating) and np.issubdtype(fps.dtype, np.number) and fps.size == 1
    if not numbers or not np.isfinite(joints).all() or np.abs(joints).max() > _MAX_METRES:
        raise UserError(f"{path.name} holds values that are not positions in metres.", hint, "wrong_values")
    rate = float(fps.reshape(()).real)
    if not 1.0 <= rate <= 1000.0:
        raise UserError(f"{path.name} has an impossible frame rate of {rate:g}.", hint, "wrong_fps")
    check_length(path.name, len(joints), rate)
    return SourceMotion(joints.astype(np.float64), rate)
