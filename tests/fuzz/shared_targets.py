# SPDX-License-Identifier: GPL-3.0-or-later
"""Fuzzed: small files that people share, and the annotations of data sets that training reads."""

from __future__ import annotations

import json
import os

import numpy as np
from case import FOLDER, JSON, FuzzTarget, moving, of_frames, to_frames, written
from coamd.backend.lab.datasets import captioned, kinect, openpose
from coamd.backend.wire.connection import Connection
from coamd.rigs.detect.preset_file import read_preset

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


def _preset(data: bytes) -> None:
    read_preset(written(".json", data))


def _connection(data: bytes) -> None:
    path = written(".json", data)
    path.chmod(0o600)
    Connection.read(path).is_stale()


def _captions(data: bytes) -> None:
    folder = FOLDER / f"captioned-{os.getpid()}"
    if not folder.is_dir():
        (folder / "new_joints").mkdir(parents=True)
        (folder / "texts").mkdir()
        np.save(folder / "new_joints" / "000001.npy", moving().astype(np.float32))
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
    folder = FOLDER / f"ntu-{os.getpid()}"
    folder.mkdir(exist_ok=True)
    (folder / "S001C001P001R001A001.skeleton").write_bytes(data)
    list(kinect.NTU_60.read(folder, "xsub"))


def _skeletons() -> list[bytes]:
    body = "72057594037931101 0 1 1 1 1 0 0.01 0.2 2\n25\n" + "0.1 0.2 3.0 1 2 3 4 0 0 0 0 2\n" * 25
    return [f"2\n1\n{body}1\n{body}".encode()]


def _picture(data: bytes) -> None:
    folder = FOLDER / f"kinetics-{os.getpid()}"
    for part in ("train", "val"):
        (folder / f"kinetics_{part}").mkdir(parents=True, exist_ok=True)
        (folder / f"kinetics_{part}_label.json").write_text('{"a": {"label": "run"}}' if part == "train" else "{}")
    (folder / "kinetics_train" / "a.json").write_bytes(data)
    list(openpose.KINETICS.read(folder, "standard"))


def _pictures() -> list[bytes]:
    frame = {"frame_index": 1, "skeleton": [{"pose": [0.5] * 36, "score": [0.9] * 18}]}
    return [json.dumps({"data": [frame, frame, {"skeleton": []}], "label": "run"}).encode()]


TARGETS = {
    "preset": FuzzTarget(
        lambda data: read_preset(written(".json", data)), lambda: [json.dumps(_PRESET).encode()], JSON
    ),
    "connection": FuzzTarget(_connection, lambda: [json.dumps(_CONNECTION).encode()], JSON),
    "captions": FuzzTarget(_captions, _captioned, ("#", "inf", "nan", "-1", "1e308", *JSON)),
    "skeleton": FuzzTarget(_skeleton, _skeletons, ("25", "0", "nan", "1e308")),
    "picture": FuzzTarget(_picture, _pictures, ("skeleton", "pose", "score", *JSON)),
}
