# SPDX-License-Identifier: GPL-3.0-or-later
"""NTU RGB+D 60 and 120 and PKU-MMD: 25 joints of a Kinect at 30 frames per second, as text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from ....rigs.errors import UserError
from . import bodies
from .actions import NTU_ACTIONS, PKU_ACTIONS
from .layout import Layout, Recording

FPS = 30.0
JOINTS = 25
_NAME = re.compile(r"S(\d{3})C(\d{3})P(\d{3})R(\d{3})A(\d{3})$")
_XSUB_60 = {1, 2, 4, 5, 8, 9, *range(13, 20), 25, 27, 28, 31, 34, 35, 38}
_XSUB_120 = _XSUB_60 | {45, 46, 47, 49, 50, *range(52, 60), 70, 74, 78, *range(80, 87), 89, *range(91, 96)}
_XSUB_120 |= {97, 98, 100, 103}
# Who trains: by setup, camera and performer, which the file's name tells.
NTU_TRAINS: dict[tuple[str, str], Callable[[int, int, int], bool]] = {
    ("ntu60", "xsub"): lambda _setup, _camera, performer: performer in _XSUB_60,
    ("ntu60", "xview"): lambda _setup, camera, _performer: camera in (2, 3),
    ("ntu120", "xsub"): lambda _setup, _camera, performer: performer in _XSUB_120,
    ("ntu120", "xset"): lambda setup, _camera, _performer: setup % 2 == 0,
}


def ntu_points(text: str) -> np.ndarray:
    """The points (F, 25, 3) in metres of whoever moves most in a .skeleton file; ValueError for one that is cut off.

    The file: number of frames; per frame the number of bodies; per body a line that begins with its id, the number of
    joints, and a line per joint that begins with x, y and z.
    """
    words = iter(text.split("\n"))

    def number() -> int:
        return int(next(words, "").split()[0])

    try:
        frames = number()
        bodies_seen: dict[str, dict[int, np.ndarray]] = {}
        for frame in range(frames):
            for _ in range(number()):
                body = next(words).split()[0]
                rows = [next(words).split()[:3] for _ in range(number())]
                bodies_seen.setdefault(body, {})[frame] = np.array(rows, dtype=np.float64).reshape(JOINTS, 3)
    except (IndexError, StopIteration) as error:
        raise ValueError("the file is cut off") from error
    except ValueError as error:
        raise ValueError("it holds words where numbers belong") from error
    tracks = [np.stack(list(track.values())) for track in bodies_seen.values() if len(track) > 1]
    if not tracks:
        raise ValueError("no body is seen")
    return max(tracks, key=lambda track: float(track.var(axis=0).sum()) * len(track))


def _read_ntu(layout: Layout, folder: Path, split: str, count: int) -> Iterator[Recording | UserError]:
    files = sorted(folder.rglob("*.skeleton"))
    if not files:
        layout.needs(folder, ("nturgb+d_skeletons/S001C001P001R001A001.skeleton",))
    for path in files:
        name = _NAME.match(path.stem)
        if name is None or int(name[5]) > count:
            continue
        setup, camera, performer, _, action = map(int, name.groups())
        try:
            points = ntu_points(path.read_text(encoding="utf-8", errors="replace"))
        except (OSError, ValueError) as error:
            yield UserError(f"{path.name}: {error}.", "", "bad_file")
            continue
        label = NTU_ACTIONS[action - 1]
        part = "train" if NTU_TRAINS[layout.name, split](setup, camera, performer) else "test"
        yield Recording(path.stem, part, bodies.converted(points, bodies.KINECT), FPS, (label,), (label,))


def _pku_training(path: Path) -> set[str]:
    """Names of the training videos: those between the words "Training videos" and "Validation videos"."""
    text = path.read_text(encoding="utf-8", errors="replace")
    return set(re.findall(r"\d{4}-[LMR]", re.split(r"(?i)validation", text)[0]))


def _read_pku(folder: Path, split: str) -> Iterator[Recording | UserError]:
    listed = {"xsub": "cross-subject.txt", "xview": "cross-view.txt"}[split]
    PKU_MMD.needs(folder, ("Skeleton", "Label", listed))
    training = _pku_training(folder / listed)
    for path in sorted((folder / "Skeleton").glob("*.txt")):
        try:
            rows = np.loadtxt(path, ndmin=2)
            marks = np.loadtxt(folder / "Label" / path.name, delimiter=",", ndmin=2)
        except (OSError, ValueError):
            yield UserError(f"{path.name}: skeleton or labels cannot be read.", "", "bad_file")
            continue
        if rows.shape[1] < 3 * JOINTS or (marks.size and marks.shape[1] < 3):
            yield UserError(f"{path.name}: {rows.shape[1]} columns, and {3 * JOINTS} are needed.", "", "bad_file")
            continue
        points = rows[:, : 3 * JOINTS].reshape(-1, JOINTS, 3)  # the first of two bodies
        part = "train" if path.stem in training else "test"
        for number, (action, start, end) in enumerate(marks[:, :3].astype(int) if marks.size else ()):
            if not 1 <= action <= len(PKU_ACTIONS) or end - start < 2 or start < 0:
                yield UserError(f"{path.name}: its action {number + 1} has an odd label or range.", "", "bad_file")
                continue
            label, joints = PKU_ACTIONS[action - 1], bodies.converted(points[start:end], bodies.KINECT)
            yield Recording(f"{path.stem}#{number}", part, joints, FPS, (label,), (label,))


NTU_60: Layout = Layout(
    "ntu60",
    "NTU RGB+D 60",
    "https://rose1.ntu.edu.sg/dataset/actionRecognition (after a request)",
    "nturgb+d_skeletons/S001C001P001R001A001.skeleton and so on",
    ("xsub", "xview"),
    lambda folder, split: _read_ntu(NTU_60, folder, split, 60),
)
NTU_120: Layout = Layout(
    "ntu120",
    "NTU RGB+D 120",
    "https://rose1.ntu.edu.sg/dataset/actionRecognition (after a request)",
    "nturgb+d_skeletons/S001C001P001R001A001.skeleton and so on, setups 1 to 32",
    ("xsub", "xset"),
    lambda folder, split: _read_ntu(NTU_120, folder, split, 120),
)
PKU_MMD: Layout = Layout(
    "pku-mmd",
    "PKU-MMD",
    "https://www.icst.pku.edu.cn/struct/Projects/PKUMMD.html",
    "Skeleton/0002-L.txt, Label/0002-L.txt, cross-subject.txt, cross-view.txt",
    ("xsub", "xview"),
    _read_pku,
)
