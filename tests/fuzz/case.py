# SPDX-License-Identifier: GPL-3.0-or-later
"""What is fuzzed: every place where bytes that others wrote become ours.

A target takes bytes and either understands them or says so with a `UserError`. Anything else that it raises, and a
hang, is a fault. Seeds are whole, small examples: a mutation of something right gets deeper than noise does.
"""

from __future__ import annotations

import atexit
import os
import shutil
import struct
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from coamd.rigs.errors import UserError

FOLDER = Path(tempfile.mkdtemp(prefix="coamd-fuzz-"))
atexit.register(shutil.rmtree, FOLDER, ignore_errors=True)


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


def written(suffix: str, data: bytes) -> Path:
    path = FOLDER / f"case-{os.getpid()}{suffix}"
    path.write_bytes(data)
    return path


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


JSON = ('"', "{", "}", "[", "]", "null", "true", "-1", "1e999", "9" * 400, "NaN", "[[[[[[[["[:8])


def moving() -> np.ndarray:
    """(4, 22, 3): a figure at rest that goes ahead."""
    from coamd.rigs.body.skeleton import BONE_LENGTHS, PARENTS

    ways = np.random.default_rng(1).normal(size=(22, 3))
    joints = np.zeros((4, 22, 3))
    joints[:, 0] = [(0.0, 0.9, 0.1 * f) for f in range(4)]
    for j, parent in enumerate(PARENTS[1:], start=1):
        joints[:, j] = joints[:, parent] + BONE_LENGTHS[j] * ways[j] / np.linalg.norm(ways[j])
    return joints
