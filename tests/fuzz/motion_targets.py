# SPDX-License-Identifier: GPL-3.0-or-later
"""Fuzzed: motion that people bring, in every form that is read."""

from __future__ import annotations

import io
import os
import zipfile

import numpy as np
from case import FOLDER, FuzzTarget, moving, of_frames, to_frames, written
from coamd.backend.files.motion_file import read_motion, write_motion
from coamd.backend.files.source_bvh import OwnBvh
from coamd.rigs.files.acclaim import read_amc, read_asf

_BVH = """HIERARCHY
ROOT Hips
{
OFFSET 0 0 0
CHANNELS 6 Xposition Yposition Zposition Zrotation Yrotation Xrotation
JOINT LHipJoint
{
OFFSET 0 0 0
CHANNELS 3 Zrotation Yrotation Xrotation
End Site
{
OFFSET 1 -2 0.5
}
}
}
MOTION
Frames: 2
Frame Time: 0.0083333
0 17 0 1 2 3 4 5 6
0 17 1 1 2 3 4 5 6
"""


def _whole(suffix: str) -> bytes:
    path = FOLDER / f"seed{suffix}"
    write_motion(path, moving())
    return path.read_bytes()


def _bvh(data: bytes) -> None:
    path = written(".bvh", data)
    try:
        read_motion(path)
    finally:
        OwnBvh(path)


def _arrays(data: bytes) -> None:
    """The .npy files in an .npz, put together again so that its check sums do not stop every mutation."""
    joints, fps, *_ = [*to_frames(data), b"", b""]
    with zipfile.ZipFile(FOLDER / f"case-{os.getpid()}.npz", "w") as archive:
        archive.writestr("joints.npy", joints)
        archive.writestr("fps.npy", fps)
    read_motion(FOLDER / f"case-{os.getpid()}.npz")


def _npys() -> list[bytes]:
    out = []
    for joints, fps in ((moving(), 20), (moving().astype(np.float32), np.array([30.0])), (np.zeros((2, 3)), 1j)):
        frames = []
        for array in (joints, fps):
            buffer = io.BytesIO()
            np.save(buffer, array)
            frames.append(buffer.getvalue())
        out.append(of_frames(frames))
    return out


_ASF = """:units
length 0.45
:root
order TX TY TZ RX RY RZ
axis XYZ
:bonedata
begin
name lhip
direction 0.5 -1 0
length 2.5
axis 0 0 20 XYZ
dof rx ry rz
limits (-160 20)
end
begin
name lfoot
direction 0 -1 0.5
length 1.5
axis 10 0 0 XYZ
dof rx
end
:hierarchy
begin
root lhip
lhip lfoot
end
"""
_AMC = """:FULLY-SPECIFIED
1
root 1 17 2 3 4 5
lhip 6 7 8
lfoot 9
2
root 1 17 2.1 3 4 5
lhip 6 7 8
lfoot 9.5
"""


def _acclaim(data: bytes) -> None:
    skeleton, take, *_ = [*to_frames(data), b"", b""]
    read_amc(written(".amc", take), read_asf(written(".asf", skeleton)))


TARGETS = {
    "bvh": FuzzTarget(
        _bvh,
        lambda: [_whole(".bvh"), _BVH.encode()],
        ("ROOT", "JOINT", "End Site", "OFFSET", "CHANNELS", "MOTION", "Frames:", "Frame Time:", "nan", "1e308"),
    ),
    "npz": FuzzTarget(lambda data: read_motion(written(".npz", data)), lambda: [_whole(".npz")], ("PK", "joints.npy")),
    "npy": FuzzTarget(_arrays, _npys, ("'descr'", "'<f4'", "'|O'", "'fortran_order'", "True", "'shape'", "()", "1e5")),
    "acclaim": FuzzTarget(
        _acclaim,
        lambda: [of_frames([_ASF.encode(), _AMC.encode()])],
        (":bonedata", ":hierarchy", "begin", "end", "dof", "order", "direction", "axis", "nan", "1e308"),
    ),
}
