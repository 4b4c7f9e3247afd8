# SPDX-License-Identifier: GPL-3.0-or-later
"""A lesson on its way to the process that teaches it: an .npz without pickles in a folder for the time being."""

from __future__ import annotations

import io
import json
from itertools import pairwise
from pathlib import Path

import numpy as np

from ...rigs.errors import UserError
from ..files.archive import read_arrays
from ..requests.lesson import Example, Lesson
from ..system.atomic_write import replacing

LARGEST = 2 << 30  # bytes that it may take in memory


def write_lesson(path: Path, lesson: Lesson) -> None:
    """Write a lesson. UserError where the disk refuses."""
    about = {
        "name": lesson.name,
        "mirror": lesson.mirror,
        "examples": [[example.name, list(example.words)] for example in lesson.examples],
    }
    starts = np.cumsum([0, *(len(example.joints) for example in lesson.examples)])
    joints = np.concatenate([np.zeros((0, 22, 3)), *(example.joints for example in lesson.examples)])
    archive = io.BytesIO()
    packed = np.frombuffer(json.dumps(about).encode(), dtype=np.uint8)
    np.savez(archive, joints=joints.astype(np.float32), starts=starts, about=packed)
    with replacing(path) as part:
        part.write_bytes(archive.getbuffer())


def read_lesson(path: Path) -> Lesson:
    """What ``write_lesson`` wrote. UserError ``broken_lesson``."""
    try:
        arrays = read_arrays(path, LARGEST, ("about", "joints", "starts"))
        about = json.loads(arrays["about"].tobytes())
        joints, starts = arrays["joints"].astype(np.float32), arrays["starts"].astype(int)
        named = [(str(name), tuple(str(text) for text in words)) for name, words in about["examples"]]
        parts = [joints[a:b] for a, b in pairwise(starts)]
        examples = [Example(name, part, words) for (name, words), part in zip(named, parts, strict=True)]
        return Lesson(str(about["name"]), tuple(examples), bool(about["mirror"]))
    except (OSError, ValueError, LookupError, TypeError, RecursionError) as error:
        raise UserError(f"{path.name} holds no lesson.", "Teach from the takes themselves.", "broken_lesson") from error
