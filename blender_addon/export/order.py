# SPDX-License-Identifier: GPL-3.0-or-later
"""What is to be exported: of which character, to which files. Nothing of the user's is changed by asking."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import bpy

from ...backend.requests.export import BVH, ExportedClip, ExportOrder
from ...rigs.body.game_skeleton import KEEP
from ...rigs.errors import UserError
from ...rigs.solve.ik_controls import root_bone
from ..character import armature
from ..character.bone_mapping import mapping_of
from ..keys.scene_time import rate
from ..keys.source_action import bone_of, curves_of_slot
from ..results import results

_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f]')
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)  # names that Windows keeps for itself
_SHARE = 0.6  # of an action's bones that an armature must have to play it


def kept_results(rig_object: Any) -> list[Any]:
    """The results of a character that its file keeps, oldest first."""
    return [action for action in results.of(rig_object.name) if action.users]


def order_of(context: Any, chosen: Sequence[Any], folder: str) -> tuple[ExportOrder, Any]:
    """The order for these actions, and the armature object that plays them; UserError where it cannot be done."""
    if not chosen:
        raise UserError("There is no result to export.", "Generate a motion, or choose an action.", "no_action")
    rig_object = _character(context, chosen)
    settings = context.scene.coamd.export
    place = _folder(folder or settings.folder)
    clips: list[ExportedClip] = []
    for action in chosen:
        path = _free_path(place / f"{file_name(action.name)}.{settings.format.lower()}", clips, settings.replace)
        clips.append(ExportedClip(action.name, str(path), _slot(action, rig_object)))
    travel, pelvis, root = settings.travel.lower(), "", None
    if travel != KEEP:
        mapping = mapping_of(rig_object)
        if isinstance(mapping, UserError):
            raise mapping
        pelvis, root = mapping.bones["pelvis"], root_bone(armature.rest_rig(rig_object), mapping)
    format = settings.format.lower()
    meshes = _meshes(context, rig_object) if settings.meshes and format != BVH else ()
    fps = rate(context.scene)
    order = ExportOrder(tuple(clips), format, fps, travel, rig_object.name, meshes, pelvis, root or "")
    return order, rig_object


def file_name(name: str) -> str:
    """An action's name as a file's, without what some system does not allow."""
    clean = _FORBIDDEN.sub("_", name).strip(" .") or "action"
    return f"_{clean}" if _DEVICES.fullmatch(clean) else clean


def _character(context: Any, chosen: Sequence[Any]) -> Any:
    """Who plays the actions: the character, which must have the bones of all of them."""
    rig_object = armature.character(context)
    for action in chosen:
        who = action.coamd.character
        maker = bpy.data.objects.get(who)
        mine = maker if maker is not None and maker.type == "ARMATURE" else rig_object
        if mine is not None and _fits(action, mine):
            rig_object = mine
        elif who and maker is None:
            raise UserError(
                f"The character “{who}” of “{action.name}” was deleted.",
                "Undo that, or choose a character with the same bones.",
                "no_armature",
            )
        elif mine is None:
            raise UserError("There is no character to export.", "Select an armature.", "no_armature")
        else:
            raise UserError(
                f"“{mine.name}” does not have the bones of “{action.name}”.",
                "Choose the character that it was made for.",
                "bad_choice",
            )
    return rig_object


def _fits(action: Any, rig_object: Any) -> bool:
    bones = {bone for curve in curves_of_slot(action, _slot(action, rig_object)) if (bone := bone_of(curve.data_path))}
    return bool(bones) and len(bones & set(rig_object.data.bones.keys())) >= _SHARE * len(bones)


def _slot(action: Any, rig_object: Any) -> int | None:
    """Handle of the slot that moves the character: the one it plays, or the action's first."""
    if not hasattr(action, "slots") or not len(action.slots):
        return None
    data = rig_object.animation_data
    if data is not None and data.action == action and data.action_slot is not None:
        return int(data.action_slot.handle)
    return int(action.slots[0].handle)


def _meshes(context: Any, rig_object: Any) -> tuple[str, ...]:
    """The visible meshes that the armature moves."""
    found = []
    for obj in context.scene.objects:
        above = obj.parent
        while above is not None and above != rig_object:
            above = above.parent
        moved = armature.armature_of(obj) == rig_object or above is not None
        if obj.type == "MESH" and moved and obj.visible_get(view_layer=context.view_layer):
            found.append(obj.name)
    return tuple(found)


def _folder(text: str) -> Path:
    """The folder, where files can be written into it."""
    if text.startswith("//") and not bpy.data.filepath:
        raise UserError(
            f"{text} is relative to the file, which has not been saved yet.",
            "Save it, or choose a folder.",
            "no_folder",
        )
    place = Path(bpy.path.abspath(text))
    if not text or not place.is_dir():
        raise UserError(f"There is no folder {text or 'yet'}.", "Choose one under Export.", "no_folder")
    try:
        tempfile.TemporaryFile(dir=place).close()
    except OSError as error:
        raise UserError(
            f"No file can be written into {place} ({error.strerror}).", "Choose another folder.", "not_writable"
        ) from error
    return place.resolve()


def _free_path(path: Path, taken: Sequence[ExportedClip], replace: bool) -> Path:
    """The path, numbered where another clip of this order has it; UserError where a file of the user's is there."""
    names, wanted, number = {clip.path.casefold() for clip in taken}, path, 1
    while str(path).casefold() in names:
        number += 1
        path = wanted.with_name(f"{wanted.stem} ({number}){wanted.suffix}")
    if path.exists() and not replace:
        raise UserError(
            f"{path.name} already exists in the folder.",
            "Turn on Replace Files, or choose another folder.",
            "file_exists",
        )
    return path
