# SPDX-License-Identifier: GPL-3.0-or-later
"""One picture for each kind of edit: a captured clip before and after, as strips of poses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from ....rigs.body.skeleton import FPS
from ....rigs.errors import UserError
from ...files.motion_pictures import sheet
from ...motion.pipeline import Pipeline
from ...requests.edit import EditRequest, PromptSegment, Target
from ...training.data import Clip
from .cases import ARMS

SECONDS = 6.0
POSES = 13  # one for every half second
COLOURS = 256  # of a picture; with fewer the background is tinted


@dataclass(frozen=True)
class Picture:
    """A file's name, what the strip below says, and the edit."""

    name: str
    title: str
    request: EditRequest


def walking(clips: Sequence[Clip]) -> np.ndarray:
    """Six seconds (120, 22, 3) of the first held-out clip that walks for so long. UserError where there is none."""
    frames = round(SECONDS * FPS)
    for clip in sorted(clips, key=lambda clip: clip.id):
        if clip.split == "test" and not clip.mirrored and "walk" in clip.labels and len(clip.joints) >= frames:
            joints = clip.joints[:frames].astype(np.float32)
            if np.linalg.norm(joints[-1, 0] - joints[0, 0]) > 2.0 and joints[:, 0, 1].min() > 0.8:
                return joints
    raise UserError("There is no held-out walk of 6 s.", "Prepare the data again.", "no_clips")


def pictures(joints: np.ndarray) -> list[Picture]:
    """An edit of each kind of a walk (120, 22, 3)."""
    start, end = 40, 80
    frames = np.linspace(20, 99, 9).round()
    own = joints[frames.astype(int), 0]
    across = np.array([joints[99, 0, 2] - joints[20, 0, 2], joints[20, 0, 0] - joints[99, 0, 0]])
    bow = np.sin(np.pi * (frames - 20) / 79)[:, None] ** 2 * 0.8 * across / max(float(np.linalg.norm(across)), 1e-6)
    path = np.stack([frames, own[:, 0] + bow[:, 0], own[:, 2] + bow[:, 1]], axis=-1)
    reached = joints[60, 17] + np.array([0.0, 0.3, 0.0]) + 0.3 * _ahead(joints, 60)
    x, y, z = reached.tolist()
    segments = (PromptSegment("a person waves", 20, 60), PromptSegment("a person kicks", 60, 100))
    return [
        Picture(
            "regenerate",
            "2 to 4 s regenerated: a person jumps up",
            EditRequest(joints, "regenerate", start, end, prompt="a person jumps up"),
        ),
        Picture(
            "parts",
            "both arms from 2 to 4 s: a person waves",
            EditRequest(joints, "regenerate", start, end, parts=ARMS, prompt="a person waves"),
        ),
        Picture(
            "inbetween",
            "1 to 5 s regenerated through the poses at 2 and 3.5 s",
            EditRequest(joints, "inbetween", 20, 100, keep_poses=(40, 70)),
        ),
        Picture("extend", "3 s added at the end", EditRequest(joints, "extend", after=60, prompt="a person sits down")),
        Picture("loop", "0 to 4 s as a loop", EditRequest(joints, "loop", 0, 80)),
        Picture("refine", "2 to 4 s refined", EditRequest(joints, "refine", start, end)),
        Picture(
            "segments",
            "1 to 3 s: a person waves; 3 to 5 s: a person kicks",
            EditRequest(joints, "regenerate", 20, 100, segments=segments),
        ),
        Picture("path", "1 to 5 s along a path", EditRequest(joints, "regenerate", 20, 100, path=path)),
        Picture(
            "reach",
            "the right hand up and forward at 3 s",
            EditRequest(joints, "regenerate", start, end, targets=(Target("right_wrist", 60, (x, y, z)),)),
        ),
    ]


def draw(pipeline: Pipeline, clips: Sequence[Clip], folder: Path) -> list[Path]:
    """Make all of them and write ``NAME.png`` files; returns their paths."""
    joints = walking(clips)
    paths = []
    for picture in pictures(joints):
        edited = pipeline.edit(picture.request).joints[0]
        if picture.request.mode == "loop":
            edited = edited[picture.request.start : picture.request.end]
        path = folder / f"{picture.name}.png"
        sheet([("before", joints), (f"after: {picture.title}", edited)], path, poses=POSES, columns=1)
        with Image.open(path) as page:
            page.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)
        paths.append(path)
    return paths


def _ahead(joints: np.ndarray, frame: int) -> np.ndarray:
    """Which way the figure faces, a unit vector (3,)."""
    across = joints[frame, 1] - joints[frame, 2]
    way = np.array([-across[2], 0.0, across[0]])
    unit: np.ndarray = way / max(float(np.linalg.norm(way)), 1e-6)
    return unit
