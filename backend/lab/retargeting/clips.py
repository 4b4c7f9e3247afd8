# SPDX-License-Identifier: GPL-3.0-or-later
"""The real clips and the rigs that retargeting is measured on: motion capture with captions, and tables of rest poses.

The folder has ``mocap/captions.jsonl`` (one clip a line: path, start and end in seconds, split, action_group,
confidence), the takes that it names, and ``rigs/*.json`` for ``RestRig.from_table``.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from ....rigs.body.canonical import at_origin, canonical_take
from ....rigs.body.rest_rig import RestBone, RestRig
from ....rigs.body.skeleton import FPS, MAX_FRAMES
from ....rigs.detect.detection import Mapping, detect
from ....rigs.errors import UserError
from ....rigs.files.bvh import Bvh, read_bvh
from ....rigs.files.bvh_rig import standing_rig
from ....rigs.files.motion_sources import read_source

COUNT = 20
_SHORTEST = 2.0  # seconds
_SPLITS = ("test", "val", "train")
# Families of BVH skeletons in the folder: name, the folder of its takes, the name of the root joint.
BVH_FAMILIES = (
    ("CMU BVH", "cmu/bvh", "Hips"),
    ("CMU BVH character", "cmu/bvh", "hip"),
    ("ACCAD male1", "accad/male1", "pelvis"),
    ("ACCAD male2", "accad/male2", "pelvis"),
    ("ACCAD female1", "accad/female1", "pelvis"),
)


@dataclass(frozen=True)
class RealClip:
    """One window of a take."""

    id: str
    group: str
    path: Path
    first: int  # frame of the take at 20 fps
    joints: np.ndarray  # (F, 22, 3) canonical


@dataclass(frozen=True)
class Character:
    """A rig to retarget onto; ``source`` says where it is from."""

    name: str
    source: str
    rig: RestRig
    mapping: Mapping


def load_records(mocap: Path) -> list[dict]:
    """The captions that may be chosen. UserError where there is no such list."""
    path = mocap / "captions.jsonl"
    if not path.is_file():
        raise UserError(
            f"There is no file {path}.", "Name the folder that holds mocap/ with captions, and rigs/.", "no_data"
        )
    records = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    return [r for r in records if r["end"] - r["start"] >= _SHORTEST and r.get("confidence", "high") == "high"]


def choose(records: Iterable[dict], count: int = COUNT) -> list[dict]:
    """A fixed choice: the action groups in the order of their names take turns, each giving the next of its clips.

    Clips that no model was trained on come first (test, then val), then those of smaller id; one clip of each take.
    """
    groups: dict[str, list[dict]] = {}
    for record in sorted(records, key=lambda r: (_SPLITS.index(r["split"]), r["id"])):
        members = groups.setdefault(record["action_group"], [])
        if all(member["path"] != record["path"] for member in members):
            members.append(record)
    most = max(map(len, groups.values()), default=0)
    turns = [members[i] for i in range(most) for _, members in sorted(groups.items()) if i < len(members)]
    return turns[:count]


@lru_cache(maxsize=64)
def _take(path: Path) -> np.ndarray:
    motion = read_source(path)
    return canonical_take(motion.joints, motion.fps)


def load_clip(mocap: Path, record: dict) -> RealClip:
    """The window of a caption record, cut out of its take."""
    take = _take(mocap / record["path"])
    first = round(record["start"] * FPS)
    last = min(round(record["end"] * FPS), first + MAX_FRAMES)
    return RealClip(
        record["id"], record["action_group"], mocap / record["path"], first, at_origin(take[first:last]).copy()
    )


def family_records(records: Iterable[dict], mocap: Path, folder: str, root: str) -> list[dict]:
    """Those of one family of BVH skeletons."""
    return [r for r in records if r["path"].startswith(f"{folder}/") and _root(mocap / r["path"]) == root]


@lru_cache(maxsize=1024)
def _root(path: Path) -> str:
    with path.open(encoding="utf-8", errors="replace") as file:
        return next((line.split()[1] for line in file if line.startswith("ROOT")), "")


@lru_cache(maxsize=32)
def load_bvh(path: Path) -> Bvh:
    """A take as it is in its file."""
    return read_bvh(path)


def table_rigs(folder: Path) -> list[Character]:
    """The rigs of all tables in a folder."""
    out = []
    for path in sorted(folder.glob("*.json")):
        rig = RestRig.from_table(path)
        out.append(Character(path.stem, "table", rig, detect(rig)))
    if not out:
        raise UserError(f"{folder} holds no tables of rigs (*.json).", "Name the folder that has them.", "no_data")
    return out


def bvh_rigs(mocap: Path, records: list[dict]) -> list[Character]:
    """One skeleton of each family of BVH files: that of its first clip."""
    out = []
    for name, folder, root in BVH_FAMILIES:
        chosen = choose(family_records(records, mocap, folder, root), 1)
        if chosen:
            out.append(Character(name, "BVH", *standing_rig(load_bvh(mocap / chosen[0]["path"]))))
    return out


def rigify_rigs() -> list[Character]:
    """Rigify's human metarigs and what it generates from them; none without bpy."""
    out = []
    for name, bones in (ask_blender("rigs") or {}).items():
        rows = [
            RestBone(b["name"], b["parent"], np.array(b["matrix"]), b["length"], b["inherit"], b["connected"])
            for b in bones
        ]
        rig = RestRig(tuple(rows), np.eye(4))
        out.append(Character(name, "Rigify", rig, detect(rig)))
    return out


def ask_blender(what: str) -> dict | None:
    """The answer of ``lab.commands.blender_timing``, which runs in a Blender process of its own; None without bpy."""
    command = [sys.executable, "-m", f"{__package__.partition('.lab')[0]}.lab.commands.blender_timing", what]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    line = next((text for text in done.stdout.splitlines() if text.startswith("{")), None)
    return None if line is None else json.loads(line)
