# SPDX-License-Identifier: GPL-3.0-or-later
"""Folders in which most files are damaged: every good one is read, and every other one is named with its reason."""

from __future__ import annotations

import os
import random
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
from coamd.backend.files.motion_file import write_motion
from coamd.backend.labelling.embedding import Embedder
from coamd.backend.labelling.index import TakeIndex
from coamd.backend.labelling.motion_folders import motion_files

sys.path.append(str(Path(__file__).resolve().parents[1]))

import motions

PER_FOLDER, GOOD = 20, 4  # files in one folder, and how many of them are whole
Damage = Callable[[bytes, random.Random], bytes]


def cut(data: bytes, chance: random.Random) -> bytes:
    return data[: chance.randrange(len(data))]


def flipped(data: bytes, chance: random.Random) -> bytes:
    out = bytearray(data)
    for _ in range(chance.randint(1, 40)):
        out[chance.randrange(len(out))] = chance.randrange(256)
    return bytes(out)


def repeated(data: bytes, chance: random.Random) -> bytes:
    a, b = sorted(chance.randrange(len(data)) for _ in range(2))
    return data[:b] + data[a:b] * chance.randint(1, 4) + data[b:]


def other_numbers(data: bytes, chance: random.Random) -> bytes:
    """Numbers in text that are none, or far too large."""
    for _ in range(chance.randint(1, 6)):
        digit = chance.choice(b"0123456789").to_bytes(1, "big")
        data = data.replace(digit, chance.choice([b"9e999", b"nan", b"-", b"1e308", b"99999999999"]), 1)
    return data


def other_words(data: bytes, chance: random.Random) -> bytes:
    word = chance.choice([b"OFFSET", b"JOINT", b"CHANNELS", b"Frames", b"MOTION", b"joints", b"fps", b"{", b"}"])
    return data.replace(word, chance.choice([b"", b"X", word + word, b"\0"]), chance.randint(1, 3))


def nothing(_data: bytes, _chance: random.Random) -> bytes:
    return b""


DAMAGES: tuple[Damage, ...] = (cut, flipped, repeated, other_numbers, other_words, nothing)


def damaged_folder(folder: Path, wholes: list[Path], chance: random.Random) -> tuple[set[str], set[str]]:
    """Fill a folder; the names of its whole files, and of the others."""
    good, bad = set(), set()
    for number in range(PER_FOLDER):
        whole = chance.choice(wholes)
        path = folder / f"{number:02}{whole.suffix}"
        if number < GOOD:
            shutil.copy(whole, path)
            with path.open("ab") as file:  # no two files alike, which the index would read once
                file.write(b"\n" * (number + 1) if path.suffix == ".bvh" else b"")
            good.add(str(path))
            continue
        kind = chance.randrange(len(DAMAGES) + 2)
        if kind < len(DAMAGES):
            path.write_bytes(DAMAGES[kind](whole.read_bytes(), chance))
        elif kind == len(DAMAGES):
            os.truncate(_made(path), chance.choice([1, 10**8]))  # of nothing but zeros; takes no room
        else:
            other = path.with_suffix(".npz" if path.suffix == ".bvh" else ".bvh")
            path = path if other.exists() else other
            shutil.copy(whole, path) if path != other else path.write_bytes(whole.read_bytes())
        bad.add(str(path))
    return good, bad


def _made(path: Path) -> Path:
    path.touch()
    return path


def trial_of_folders(place: Path, files: int, seed: int, report: Callable[[str], None]) -> str:
    """Read folders with so many files in all; AssertionError where a good one is missing or one is not spoken of."""
    chance = random.Random(seed)
    tools = Embedder("mark", 2, lambda _joints, spans: np.ones((len(spans), 2), np.float32))
    (place / "wholes").mkdir()
    wholes = [place / "wholes" / name for name in ("walk.bvh", "walk.npz", "sit.bvh")]
    for path in wholes:
        write_motion(path, motions.sit(2.0) if path.stem == "sit" else motions.walk(2.0))
    read = skipped = 0
    for number in range(-(-files // PER_FOLDER)):
        folder = place / f"{number}"
        folder.mkdir()
        good, bad = damaged_folder(folder, wholes, chance)
        index = TakeIndex(tools)
        update = index.update(motion_files([folder]), [folder])
        there, named = {take.path for take in index.takes}, {name.partition(" / ")[0] for name, _ in update.skipped}
        if good - there or bad - there - named:
            raise AssertionError(
                f"folder {number} of seed {seed}: {sorted(good - there)} {sorted(bad - there - named)}"
            )
        assert all(reason.endswith(".") and len(reason) < 400 for _, reason in update.skipped), update.skipped
        read, skipped = read + len(there), skipped + len(named)
        shutil.rmtree(folder)
        report(f"folder {number + 1}: {read} files read, {skipped} named as broken")
    return f"{files} files in folders: every good one read ({read} in all), {skipped} named with their reason"
