# SPDX-License-Identifier: GPL-3.0-or-later
"""The user's mapping of bones to joints: bones chosen by hand, saved in the file, and presets in the user folder."""

from __future__ import annotations

import contextlib
import errno
import os
from pathlib import Path
from typing import Any

import bpy

from ...backend.system.user_files import private_folder, sweep
from ...backend.system.user_folder import home
from ...rigs.body.rest_rig import RestRig
from ...rigs.detect.manual_choice import map_rig
from ...rigs.detect.mapping import Mapping
from ...rigs.detect.preset_file import read_presets, write_preset
from ...rigs.errors import UserError

KEY = "coamd_roles"  # custom property of the armature object, or of the scene: names of bones by role

own: dict[Path, Mapping] = {}  # the user's presets by their files, as read at start and after each change
broken: list[UserError] = []  # what is wrong with those that are left out


def folder() -> Path:
    """Where the user's presets are."""
    return home() / "rigs"


def load() -> None:
    """Read the user's presets."""
    good, broken[:] = read_presets(folder())
    own.clear()
    own.update(good)


def save(name: str, mapping: Mapping) -> Path:
    """Keep a mapping as a preset; UserError where it cannot be written."""
    with contextlib.suppress(OSError):  # the writer says what is wrong
        sweep(private_folder(folder()))
    path = write_preset(folder(), name, mapping)
    load()
    return path


def remove(name: str) -> None:
    """Delete a preset; UserError where there is none of that name."""
    load()  # another Blender may have removed it, and another preset may have its file by now
    path = next((path for path, preset in own.items() if preset.family == name), None)
    try:
        if path is None:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
        path.unlink()
    except OSError as error:
        raise UserError(
            f"The preset {name!r} cannot be deleted: {error.strerror}.", f"Look into {folder()}.", "no_preset"
        ) from error
    load()


def chosen(rig_object: Any) -> dict[str, str]:
    """Bones by role that were chosen by hand for an armature object."""
    held: Any = rig_object.get(KEY) if _keeps(rig_object) else (bpy.context.scene.get(KEY) or {}).get(rig_object.name)
    return {str(role): str(bone) for role, bone in held.items()} if hasattr(held, "items") else {}


def choose(rig_object: Any, role: str, bone: str) -> None:
    """Choose the bone of one role; "" says that the rig has no such joint."""
    choice = {**chosen(rig_object), role: bone}
    if _keeps(rig_object):
        rig_object[KEY] = choice
    else:
        scene = bpy.context.scene
        scene[KEY] = {**(scene[KEY].to_dict() if KEY in scene else {}), rig_object.name: choice}


def forget_choice(rig_object: Any) -> None:
    """Go back to what is detected."""
    holder, key = (rig_object, KEY) if _keeps(rig_object) else (bpy.context.scene.get(KEY) or {}, rig_object.name)
    if key in holder:
        del holder[key]


def _keeps(rig_object: Any) -> bool:
    """Whether a file saves new properties of the object. It does not for linked and overridden ones, whose choice is
    in the scene, by object name."""
    return rig_object.library is None and rig_object.override_library is None


def map_bones(rig_object: Any, rig: RestRig) -> Mapping:
    """The mapping of an armature object with that rest pose; UserError where it has none."""
    return map_rig(rig, tuple(own.values()), chosen(rig_object))
