# SPDX-License-Identifier: GPL-3.0-or-later
"""What is fuzzed: every place where bytes that others wrote become ours.

A target takes bytes and either understands them or says so with a `UserError`. Anything else that it raises, and a
hang, is a fault. Seeds are whole, small examples: a mutation of something right gets deeper than noise does.
"""

from __future__ import annotations

import atexit
import io
import json
import os
import shutil
import struct
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgpack
import numpy as np
from coamd.backend.connection import Connection
from coamd.backend.editing.checks import check
from coamd.backend.editing.request import EditRequest, Segment, Target
from coamd.backend.labelling.request import Moment, Named, Offer, Skipped
from coamd.backend.labelling.request import Segment as TakeSegment
from coamd.backend.motion_file import read_motion, write_motion
from coamd.backend.own_bvh import OwnBvh
from coamd.backend.protocol import (
    Edit,
    Error,
    Find,
    Found,
    Generate,
    Hello,
    Index,
    Indexed,
    Label,
    Labelled,
    Message,
    Progress,
    Result,
    Search,
    State,
    Status,
    decode,
    encode,
)
from coamd.backend.training.datasets import captioned, kinect, openpose
from coamd.rigs.acclaim import read_amc, read_asf
from coamd.rigs.errors import UserError
from coamd.rigs.preset_file import read_preset

_FOLDER = Path(tempfile.mkdtemp(prefix="coamd-fuzz-"))
atexit.register(shutil.rmtree, _FOLDER, ignore_errors=True)


@dataclass(frozen=True)
class FuzzTarget:
    """``run`` raises nothing but UserError; ``seeds`` are examples; ``words`` are tokens worth putting in."""

    run: Callable[[bytes], object]
    seeds: Callable[[], list[bytes]]
    words: tuple[str, ...] = ()


def survives(target: FuzzTarget, data: bytes) -> None:
    """One case: a refusal has a sentence, a remedy or a code; every other exception goes through."""
    try:
        with np.errstate(all="ignore"):
            target.run(data)
    except UserError as error:
        assert error.message and error.code, f"a refusal without words: {error!r}"


def _file(suffix: str, data: bytes) -> Path:
    path = _FOLDER / f"case-{os.getpid()}{suffix}"
    path.write_bytes(data)
    return path


# Messages


def to_frames(data: bytes) -> list[bytes]:
    """Frames, each behind its length in two bytes."""
    frames = []
    while len(data) >= 2:
        (length,) = struct.unpack_from("<H", data)
        frames.append(data[2 : 2 + length])
        data = data[2 + length :]
    return frames


def of_frames(frames: list[bytes]) -> bytes:
    """The other way round."""
    return b"".join(struct.pack("<H", len(frame)) + frame for frame in frames)


def _message(data: bytes) -> None:
    message = decode(to_frames(data))
    encode(message)  # what was let in is whole: it can be sent again
    if isinstance(message, Edit):
        check(message.request)


def _messages() -> list[bytes]:
    clip = np.random.default_rng(0).normal(size=(2, 22, 3)).astype(np.float32)
    edit = EditRequest(
        np.repeat(clip, 20, axis=0),
        "inbetween",
        4,
        30,
        parts=("left_arm", "root"),
        prompt="waves",
        segments=(Segment("waves", 4, 20), Segment("walks", 20, 30)),
        keep_poses=(10,),
        path=np.array([[4, 0.0, 0.5], [29, 1.5, -2.0]], np.float32),
        targets=(Target("left_wrist", 20, (0.25, 1.0, 0.0)),),
        guidance_scale=2.5,
    )
    messages: list[Message] = [
        Hello("1"),
        Status("1"),
        Generate("1", "walks", 4.0, seed=7, variations=2),
        Edit("1", edit),
        Edit("1", EditRequest(clip, "extend", before=4, after=4)),
        Label("1", clip, labels=("walk", "run")),
        Search("1", "walk", (clip, clip), ("0" * 64,)),
        State("1", "broken", code="a", message="b", hint="c"),
        Progress("1", "sampling", 3, 18, clip[None]),
        Result("1", clip[None], (0.5,), ("The feet slide.",)),
        Index("1", ("/takes",), "a.blend", (Offer("Walk", "f3", clip), Offer("Run", "07")), True),
        Find("1", "walk", clip, ("/takes",), "a.blend", True, 3),
        Labelled("1", (TakeSegment(0, 40, (Named("walk", 0.5, 0.75), Named("run", 0.25))),)),
        Indexed("1", 12, ("Run",), (Skipped("b.bvh", "It is broken."),)),
        Found("1", (Moment("/takes/a.blend", "Walk", 0.5, 0, 80, np.repeat(clip[:1], 5, axis=0)),)),
        Error("", "bad_header", "The header is not msgpack."),
    ]
    return [of_frames(encode(message)) for message in messages]


def mutated_header(data: bytes, random: np.random.Generator) -> bytes:
    """The same frames with one value of the header, at any depth, replaced, taken away or doubled."""
    frames = to_frames(data)
    try:
        header = msgpack.unpackb(frames[0])
    except Exception:
        return data
    places: list[tuple[Any, Any]] = []
    _walk(header, places)
    if not places:
        return data
    holder, key = places[random.integers(len(places))]
    choice = random.integers(8)
    if choice == 0:
        del holder[key]
    elif choice == 1 and isinstance(holder, list):
        holder.append(holder[key])
    else:
        holder[key] = _VALUES[random.integers(len(_VALUES))]
    return of_frames([msgpack.packb(header), *frames[1:]])


_NUMBERS = (0, 1, -1, 2, 3, 22, 40, 2**31, 2**63 - 1, 2**64 - 1, -(2**63), 0.5, -1e300, float("nan"), float("inf"))
_TEXTS = ("", "1", "extend", "loop", "refine", "left_arm", "left_wrist", "w" * 1001, b"bytes")
_LISTS = ([], [1], [2, 22, 3], [1, 2, 22, 3], [0] * 30)
_MAPS = (
    {},
    {"id": 1},
    {"prompt": "walks", "start": 4, "end": 20},
    {"joint": "head", "frame": 8, "position": [0.0, 1.5, 0.0]},
)
_VALUES: tuple[Any, ...] = (None, True, *_NUMBERS, *_TEXTS, *_LISTS, *_MAPS)


def _walk(value: Any, places: list[tuple[Any, Any]]) -> None:
    keys = value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in keys:
        places.append((value, key))
        _walk(value[key], places)


# Motion files

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


def _moving() -> np.ndarray:
    """(4, 22, 3): a figure at rest that goes ahead."""
    from coamd.rigs.skeleton import BONE_LENGTHS, PARENTS

    ways = np.random.default_rng(1).normal(size=(22, 3))
    joints = np.zeros((4, 22, 3))
    joints[:, 0] = [(0.0, 0.9, 0.1 * f) for f in range(4)]
    for j, parent in enumerate(PARENTS[1:], start=1):
        joints[:, j] = joints[:, parent] + BONE_LENGTHS[j] * ways[j] / np.linalg.norm(ways[j])
    return joints


def _whole(suffix: str) -> bytes:
    path = _FOLDER / f"seed{suffix}"
    write_motion(path, _moving())
    return path.read_bytes()


def _bvh(data: bytes) -> None:
    path = _file(".bvh", data)
    try:
        read_motion(path)
    finally:
        OwnBvh(path)


def _arrays(data: bytes) -> None:
    """The .npy files in an .npz, put together anew so that its check sums do not stop every mutation."""
    joints, fps, *_ = [*to_frames(data), b"", b""]
    with zipfile.ZipFile(_FOLDER / f"case-{os.getpid()}.npz", "w") as archive:
        archive.writestr("joints.npy", joints)
        archive.writestr("fps.npy", fps)
    read_motion(_FOLDER / f"case-{os.getpid()}.npz")


def _npys() -> list[bytes]:
    out = []
    for joints, fps in ((_moving(), 20), (_moving().astype(np.float32), np.array([30.0])), (np.zeros((2, 3)), 1j)):
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
    read_amc(_file(".amc", take), read_asf(_file(".asf", skeleton)))


# What people share, and what training reads

_BONES = {
    "pelvis": "root",
    "spine1": "spine",
    **{f"{side}_{part}": f"{part}.{side[0]}" for side in ("left", "right") for part in ("hip", "knee", "ankle")},
    **{f"{side}_{part}": f"{part}.{side[0]}" for side in ("left", "right") for part in ("shoulder", "elbow", "wrist")},
    "neck": "neck",
    "head": "head",
}
_PRESET = {
    "coamd_preset": 1,
    "name": "House rig",
    "bones": _BONES,
    "twists": [{"bone": "twist", "segment": "left_hip", "share": 0.5}],
    "switches": [{"bone": "root", "property": "ik", "value": 0.0}],
    "moved_by": [["hand", "ctrl"]],
    "ik": [{"limb": "left_wrist", "target": "ik", "pole": "pole", "switches": []}],
}
_CONNECTION = {
    "endpoint": "tcp://127.0.0.1:5555",
    "server_key": "0" * 40,
    "client_key": "1" * 40,
    "client_secret": "2" * 40,
    "pid": 1,
    "born": "1",
    "version": 2,
}


def _connection(data: bytes) -> None:
    path = _file(".json", data)
    path.chmod(0o600)
    Connection.read(path).is_stale()


def _captions(data: bytes) -> None:
    folder = _FOLDER / f"captioned-{os.getpid()}"
    if not folder.is_dir():
        (folder / "new_joints").mkdir(parents=True)
        (folder / "texts").mkdir()
        np.save(folder / "new_joints" / "000001.npy", _moving().astype(np.float32))
    text, labels, *_ = [*to_frames(data), b"", b""]
    (folder / "texts" / "000001.txt").write_bytes(text)
    (folder / "annotations_actions_400.json").write_bytes(labels or b"{}")
    for split, names in (("train", b"000001"), ("val", b""), ("test", b"")):
        (folder / f"{split}.txt").write_bytes(names)
    list(captioned.HUMANML3D.read(folder, "standard"))


def _captioned() -> list[bytes]:
    labels = json.dumps({"000001": {"annotations": [{"processed_label_text": ["walk", "turn"]}]}}).encode()
    return [of_frames([text, labels]) for text in (b"a man walks#a/DET man/NOUN#0.0#0.0\n", b"waves#x#0.05#0.15\n\n#")]


def _skeleton(data: bytes) -> None:
    folder = _FOLDER / f"ntu-{os.getpid()}"
    folder.mkdir(exist_ok=True)
    (folder / "S001C001P001R001A001.skeleton").write_bytes(data)
    list(kinect.NTU_60.read(folder, "xsub"))


def _skeletons() -> list[bytes]:
    body = "72057594037931101 0 1 1 1 1 0 0.01 0.2 2\n25\n" + "0.1 0.2 3.0 1 2 3 4 0 0 0 0 2\n" * 25
    return [f"2\n1\n{body}1\n{body}".encode()]


def _picture(data: bytes) -> None:
    folder = _FOLDER / f"kinetics-{os.getpid()}"
    for part in ("train", "val"):
        (folder / f"kinetics_{part}").mkdir(parents=True, exist_ok=True)
        (folder / f"kinetics_{part}_label.json").write_text('{"a": {"label": "run"}}' if part == "train" else "{}")
    (folder / "kinetics_train" / "a.json").write_bytes(data)
    list(openpose.KINETICS.read(folder, "standard"))


def _pictures() -> list[bytes]:
    frame = {"frame_index": 1, "skeleton": [{"pose": [0.5] * 36, "score": [0.9] * 18}]}
    return [json.dumps({"data": [frame, frame, {"skeleton": []}], "label": "run"}).encode()]


_JSON = ('"', "{", "}", "[", "]", "null", "true", "-1", "1e999", "9" * 400, "NaN", "[[[[[[[["[:8])
TARGETS: dict[str, FuzzTarget] = {
    "message": FuzzTarget(_message, _messages),
    "bvh": FuzzTarget(
        _bvh,
        lambda: [_whole(".bvh"), _BVH.encode()],
        ("ROOT", "JOINT", "End Site", "OFFSET", "CHANNELS", "MOTION", "Frames:", "Frame Time:", "nan", "1e308"),
    ),
    "npz": FuzzTarget(lambda data: read_motion(_file(".npz", data)), lambda: [_whole(".npz")], ("PK", "joints.npy")),
    "npy": FuzzTarget(_arrays, _npys, ("'descr'", "'<f4'", "'|O'", "'fortran_order'", "True", "'shape'", "()", "1e5")),
    "acclaim": FuzzTarget(
        _acclaim,
        lambda: [of_frames([_ASF.encode(), _AMC.encode()])],
        (":bonedata", ":hierarchy", "begin", "end", "dof", "order", "direction", "axis", "nan", "1e308"),
    ),
    "preset": FuzzTarget(lambda data: read_preset(_file(".json", data)), lambda: [json.dumps(_PRESET).encode()], _JSON),
    "connection": FuzzTarget(_connection, lambda: [json.dumps(_CONNECTION).encode()], _JSON),
    "captions": FuzzTarget(_captions, _captioned, ("#", "inf", "nan", "-1", "1e308", *_JSON)),
    "skeleton": FuzzTarget(_skeleton, _skeletons, ("25", "0", "nan", "1e308")),
    "picture": FuzzTarget(_picture, _pictures, ("skeleton", "pose", "score", *_JSON)),
}
