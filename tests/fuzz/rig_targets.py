# SPDX-License-Identifier: GPL-3.0-or-later
"""Fuzzed: rigs. Whatever hangs on whatever and lies anywhere: refused in words, or a body that stays whole."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
from case import FuzzTarget, moving, of_frames, to_frames, written
from coamd.rigs.body.forward_kinematics import pose
from coamd.rigs.body.rest_rig import RestRig
from coamd.rigs.detect.attachment import bearer_of
from coamd.rigs.detect.detection import detect
from coamd.rigs.solve.retarget import retarget

sys.path.append(str(Path(__file__).resolve().parents[1]))

import characters

_LENGTHS = (0.0, 1e-9, 0.01, 0.5, 3.0, 1e3, 1e6)


def _table(rig: RestRig) -> bytes:
    rows = [
        {"name": b.name, "parent": b.parent, "head": b.head.round(4).tolist(), "tail": b.tail.round(4).tolist()}
        for b in rig.bones
    ]
    return json.dumps({"bones": rows}).encode()


def _changed(rows: list[dict[str, Any]], data: bytes) -> None:
    """Bones re-parented, renamed, made roots, moved, stretched or dropped, as three bytes each say."""
    for at in range(0, len(data) - 2, 3):
        what, i, k = data[at] % 6, data[at + 1] % len(rows), data[at + 2]
        bone, other = rows[i], rows[k % len(rows)]
        if what == 0:
            bone["parent"] = other["name"]
        elif what == 1:
            bone["parent"] = None
        elif what == 2:
            old, new = bone["name"], f"{other['name']}.{k}"
            for row in rows:
                row["parent"] = new if row["parent"] == old else row["parent"]
            bone["name"] = new
        elif what == 3:
            bone["head"] = other["head"]
        elif what == 4:
            away = np.subtract(bone["tail"], bone["head"]) * _LENGTHS[k % len(_LENGTHS)]
            bone["tail"] = np.add(bone["head"], away).tolist()
        else:
            move = np.array([k % 5 - 2, k // 5 % 5 - 2, k // 25 % 5 - 2]) * _LENGTHS[k % len(_LENGTHS)]
            bone["head"], bone["tail"] = np.add(bone["head"], move).tolist(), np.add(bone["tail"], move).tolist()


def _rig(data: bytes) -> None:
    table, steps, *_ = [*to_frames(data), b"", b""]
    try:
        rows = json.loads(table)["bones"]
        _changed(rows, steps)
        table = json.dumps({"bones": rows}).encode()
    except (ValueError, KeyError, TypeError, IndexError, AttributeError):
        pass  # as it stands
    rig = RestRig.from_table(written(".json", table))
    mapping = detect(rig)
    posed = pose(rig.rewired(mapping.moved_by), retarget(moving(), rig, mapping, fps=20.0))
    index = rig.rewired(mapping.moved_by).index
    size = float(np.abs(rig.matrices[:, :3, 3]).max()) + float(np.abs(posed[..., :3, 3]).max())
    assert np.isfinite(posed).all(), "a pose without numbers"
    for role, name in mapping.bones.items():
        bearer = bearer_of(role, mapping)
        if bearer is None or role.endswith(("collar", "shoulder")) or role.startswith(("neck", "head")):
            continue
        i, k = index[name], index[mapping.bones[bearer]]
        away = np.linalg.norm(posed[:, i, :3, 3] - posed[:, k, :3, 3], axis=-1)
        rest = np.linalg.norm(rig.bone(name).head - rig.bone(mapping.bones[bearer]).head)
        assert np.abs(away - rest).max() <= 1e-6 * size, f"{role} is torn off"


def _seeds() -> list[bytes]:
    rigs = (characters.mixamo(prefix=""), characters.mixamo())
    steps = (
        b"",
        b"\x00\x0e\x00\x00\x12\x00",
        b"\x01\x0e\x00",
        b"\x02\x05\x06",
        b"\x05\x03\x21\x04\x06\x04",
        b"\xc0\x8a\xad",
    )
    return [of_frames([_table(rig), step]) for rig in rigs for step in steps]


TARGETS = {"rig": FuzzTarget(_rig, _seeds)}
