# SPDX-License-Identifier: GPL-3.0-or-later
"""Kinetics-Skeleton: one JSON file of 18 image points per video, made by OpenPose."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from ....rigs.errors import UserError
from . import bodies
from .layout import Layout, Recording

FPS = 30.0
ASPECT = 340 / 256  # of the videos, whose coordinates are given as shares of width and height


def _read(folder: Path, _split: str) -> Iterator[Recording | UserError]:
    KINETICS.needs(folder, [f"kinetics_{part}{end}" for part in ("train", "val") for end in ("", "_label.json")])
    for part, split in (("train", "train"), ("val", "test")):
        path = folder / f"kinetics_{part}_label.json"
        try:
            entries = sorted(json.loads(path.read_text(encoding="utf-8")).items())
        except (OSError, ValueError, AttributeError) as error:
            raise UserError(f"{path} cannot be read.", "Get it again.", "bad_layout") from error
        for name, entry in entries:
            try:
                if not entry.get("has_skeleton", True):
                    continue
                label = str(entry["label"])
                points = _points(json.loads((folder / f"kinetics_{part}" / f"{name}.json").read_text(encoding="utf-8")))
            except (OSError, ValueError, KeyError, TypeError, AttributeError, IndexError):
                yield UserError(f"{name}: the skeleton cannot be read.", "", "bad_file")
                continue
            if points is None:
                yield UserError(f"{name}: no person is seen long enough.", "", "bad_file")
                continue
            joints = bodies.converted(bodies.openpose_points(points), bodies.OPENPOSE)
            yield Recording(name, split, joints, FPS, (label,), (label,))


def _points(content: dict) -> np.ndarray | None:
    """The clearest person's points (F, 18, 2), x right, y down, in units of the picture's height; gaps interpolated."""
    frames = content["data"]
    points = np.full((len(frames), 18, 2), np.nan)
    for f, frame in enumerate(frames):
        if not frame["skeleton"]:
            continue
        person = max(frame["skeleton"], key=lambda one: float(np.sum(one["score"])))
        pose = np.array(person["pose"], dtype=np.float64).reshape(18, 2)
        seen = np.array(person["score"], dtype=np.float64).reshape(18) > 0
        points[f, seen] = pose[seen] * (ASPECT, 1.0)
    at = np.arange(len(points))
    for values in points.reshape(len(points), -1).T:
        known = np.isfinite(values)
        if known.sum() < 2:
            return None
        values[:] = np.interp(at, at[known], values[known])
    return points


KINETICS: Layout = Layout(
    "kinetics-skeleton",
    "Kinetics-Skeleton",
    "https://github.com/yysijie/st-gcn (its data page links the skeletons)",
    "kinetics_train/ID.json, kinetics_train_label.json, kinetics_val/ID.json, kinetics_val_label.json",
    ("standard",),
    _read,
)
