# SPDX-License-Identifier: GPL-3.0-or-later
"""The user's own presets: mappings in JSON files that people can read, change and share.

A file holds real bone names::

    {
      "coamd_preset": 1,
      "name": "House rig",
      "bones": {"pelvis": "Root_M", "spine1": "Spine1_M", "left_hip": "Hip_L", ...},
      "twists": [{"bone": "HipPart1_L", "segment": "left_hip", "share": 0.5}],
      "switches": [{"bone": "ctrl_arm_L", "property": "FKIKBlend", "value": 0.0}],
      "moved_by": [["Chest_M", "ctrl_chest"]],
      "ik": [{"limb": "left_wrist", "target": "ctrl_hand_L", "pole": "ctrl_elbow_L", "switches": []}]
    }

All but the first three may be left out.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ..errors import UserError
from ..files.regular_file import read_regular
from .mapping import REQUIRED, SEGMENTS, IkLimb, Mapping, Switch, Twist, chain_role, missing_of, score_of

VERSION = 1
LARGEST = 1_000_000  # bytes
LARGEST_NUMBER = 1e9  # larger than any switch value
_SIDES = ("left", "right")
_SEGMENTS = {f"{side}_{start}" for side in _SIDES for start in SEGMENTS}
_ENDS = {f"{side}_{end}" for side in _SIDES for end in ("wrist", "ankle")}


class _BadError(ValueError):
    """The problem with a file, as the end of a sentence."""


def preset_path(folder: str | Path, name: str) -> Path:
    """Where the preset of that name is kept.

    Raises:
        UserError: ``bad_name``: nothing is left of the name in letters and digits.
    """
    stem = re.sub(r"[^\w\-]+", "_", name.strip()).strip("_")[:60]
    if not stem:
        raise UserError("A preset needs a name.", "Give it a name with letters or digits.", "bad_name")
    return Path(folder) / f"{stem}.json"


def write_preset(folder: str | Path, name: str, mapping: Mapping) -> Path:
    """Write a mapping as a preset, replacing one of that name, atomically.

    A file that another preset has, of a name with the same letters, or that cannot be read stays as it is.

    Raises:
        UserError: ``bad_name``, or ``unwritable``: the folder cannot be written.
    """
    path = _free_path(preset_path(folder, name), name.strip())
    text = json.dumps(_as_json(name.strip(), mapping), indent=2, ensure_ascii=False) + "\n"
    draft: Path | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        # A name that no other writer has; by the process's id, what one that was killed has left can be told.
        prefix = f".preset.{os.getpid()}-"
        with tempfile.NamedTemporaryFile("wb", prefix=prefix, suffix=".part", dir=path.parent, delete=False) as file:
            draft = Path(file.name)
            file.write(text.encode())
        draft.replace(path)
    except OSError as error:
        if draft is not None:
            draft.unlink(missing_ok=True)
        raise UserError(
            f"The preset could not be written to {path.parent}: {error.strerror}.",
            "Check that there is space and that you may write there.",
            "unwritable",
        ) from error
    return path


def _free_path(path: Path, name: str) -> Path:
    """``path``, or one with a number, where the preset of that name is or nothing."""
    number, found = 1, path
    while os.path.lexists(found):
        with contextlib.suppress(UserError):
            if read_preset(found).family == name:
                break
        number += 1
        found = path.with_name(f"{path.stem}_{number}.json")
    return found


def read_preset(path: str | Path) -> Mapping:
    """Read one preset; the names of its bones are not compared with any rig.

    Raises:
        UserError: ``unreadable``, or ``broken_preset`` with what is wrong in it.
    """
    path = Path(path)
    try:
        return _from_json(json.loads(_text_of(path)))
    except OSError as error:
        raise UserError(
            f"The preset {path.name} cannot be read: {error.strerror}.", "Check the file.", "unreadable"
        ) from error
    except (ValueError, RecursionError) as error:
        what = str(error) if isinstance(error, _BadError) else "it is not JSON"
        raise UserError(
            f"The preset {path.name} is left out: {what}.", "Correct the file, or delete it.", "broken_preset"
        ) from error


def read_presets(folder: str | Path) -> tuple[dict[Path, Mapping], list[UserError]]:
    """All presets of a folder by their files, and what is wrong with those that cannot be used."""
    good: dict[Path, Mapping] = {}
    bad: list[UserError] = []
    for path in sorted(Path(folder).glob("*.json")):
        try:
            good[path] = read_preset(path)
        except UserError as error:
            if os.path.lexists(path):  # else another Blender has deleted it meanwhile
                bad.append(error)
    return good, bad


def _text_of(path: Path) -> str:
    try:
        return read_regular(path, LARGEST).decode("utf-8")
    except UnicodeDecodeError:
        raise
    except ValueError:
        raise _BadError("it is larger than a preset can be") from None


def _as_json(name: str, mapping: Mapping) -> dict[str, Any]:
    table: dict[str, Any] = {"coamd_preset": VERSION, "name": name, "bones": mapping.bones}
    parts = {
        "twists": [vars(twist) for twist in mapping.twists],
        "switches": [vars(switch) for switch in mapping.switches],
        "moved_by": [list(pair) for pair in mapping.moved_by],
        "ik": [asdict(limb) for limb in mapping.ik],
    }
    return table | {key: value for key, value in parts.items() if value}


def _from_json(table: Any) -> Mapping:
    if not isinstance(table, dict) or table.get("coamd_preset") != VERSION:
        raise _BadError(f'it does not begin with "coamd_preset": {VERSION}')
    unknown = table.keys() - {"coamd_preset", "name", "bones", "twists", "switches", "moved_by", "ik"}
    if unknown:
        raise _BadError(f"it has an unknown entry {min(unknown)!r}")
    bones = _bones(table.get("bones"))
    pairs = [[_text(name, "moved_by") for name in _list(pair, "moved_by")] for pair in _list(table, "moved_by")]
    if any(len(pair) != 2 for pair in pairs):
        raise _BadError('"moved_by" must hold pairs of bones')
    return Mapping(
        _text(table.get("name"), "name"),
        score_of(bones),
        bones,
        missing_of(bones),
        _switches(table),
        tuple((bone, mover) for bone, mover in pairs),
        tuple(_twist(row) for row in _list(table, "twists")),
        tuple(_ik(row) for row in _list(table, "ik")),
    )


def _bones(table: Any) -> dict[str, str]:
    if not isinstance(table, dict):
        raise _BadError('it has no table "bones"')
    bones = {role: _text(bone, "bones") for role, bone in table.items()}
    for role in bones:
        if chain_role(role) is None:
            raise _BadError(f"{role!r} is not a joint")
    lacking = [role for role in REQUIRED if role not in bones]
    if lacking:
        raise _BadError(f"it has no bone for the {lacking[0].replace('_', ' ')}")
    if len(set(bones.values())) < len(bones):
        raise _BadError("one bone is used for two joints")
    return bones


def _twist(row: Any) -> Twist:
    twist = Twist(_text(_get(row, "bone"), "bone"), _text(_get(row, "segment"), "segment"), _number(row, "share"))
    if twist.segment not in _SEGMENTS or not 0.0 <= twist.share <= 1.0:
        raise _BadError(f"the twist bone {twist.bone!r} has no place on a limb")
    return twist


def _ik(row: Any) -> IkLimb:
    name = _text(_get(row, "limb"), "limb")
    pole, toes = (None if row.get(key) is None else _text(row[key], key) for key in ("pole", "toes"))
    shown = tuple(_text(bone, "shown") for bone in _list(row, "shown"))
    swivel = None if row.get("swivel") is None else _text(row["swivel"], "swivel")
    poled = None if row.get("poled") is None else _switches({"switches": [row["poled"]]})[0]
    limb = IkLimb(name, _text(_get(row, "target"), "target"), pole, _switches(row), toes, shown, swivel, poled)
    if limb.limb not in _ENDS:
        raise _BadError(f"{limb.limb!r} is not the end of a limb")
    return limb


def _switches(table: Any) -> tuple[Switch, ...]:
    return tuple(
        Switch(_text(_get(row, "bone"), "bone"), _text(_get(row, "property"), "property"), _number(row, "value"))
        for row in _list(table, "switches")
    )


def _get(row: Any, key: str) -> Any:
    if not isinstance(row, dict) or key not in row:
        raise _BadError(f"an entry has no {key!r}")
    return row[key]


def _list(table: Any, key: str) -> list[Any]:
    value = table.get(key, []) if isinstance(table, dict) else table
    if not isinstance(value, list):
        raise _BadError(f'"{key}" is not a list')
    return value


def _text(value: Any, key: str) -> str:
    if not isinstance(value, str) or not value or len(value) > 255:
        raise _BadError(f'"{key}" holds something that is not a name')
    return value


def _number(row: Any, key: str) -> float:
    value = _get(row, key)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not -LARGEST_NUMBER <= value <= LARGEST_NUMBER:
        raise _BadError(f"{key!r} is not a number")  # a NaN fails the comparison too
    return float(value)
