# SPDX-License-Identifier: GPL-3.0-or-later
"""The motions that were made for a character: actions with a note of what they were made from.

The note is in the action itself, so undo, renaming, appending and saving need nothing from us. The list shows these
actions; the row of the one that is on the character is the chosen one.
"""

from __future__ import annotations

from typing import Any

import bpy
from bpy.props import BoolProperty, CollectionProperty, EnumProperty, IntProperty, PointerProperty, StringProperty

from ...rigs.errors import UserError
from ..character import armature
from ..keys import nla
from ..teach.chosen_models import COAMD_PG_model, put
from .action_names import in_list

_UNITS_PER_LETTER = 7.0  # a sidebar letter at interface scale 1, measured
_BESIDE = 14  # letters for which there is no room beside the buttons of a row
KINDS = (
    ("GENERATED", "Generated", "Made from a prompt"),
    ("EDITED", "Edited", "An edit of another action"),
)


class COAMD_PG_result(bpy.types.PropertyGroup):  # noqa: N801 (Blender's naming rule)
    """What an action was made from."""

    made: BoolProperty(name="Made by CoAMD", description="Whether this action was made by CoAMD", default=False)
    kind: EnumProperty(name="Kind", description="How it was made", items=KINDS, default="GENERATED")
    number: IntProperty(name="Number", description="Counts the results of the file, in the order they were made")
    character: StringProperty(name="Character", description="Name of the armature object it was made for")
    prompt: StringProperty(name="Prompt", description="The prompt it was made from")
    seed: IntProperty(name="Seed", description="The seed it was made from")
    models: CollectionProperty(
        name="Models", description="The taught models it was made with. None: the bundled one", type=COAMD_PG_model
    )
    before: StringProperty(name="Before", description="Name of the action that was on the character before")
    first: IntProperty(name="First Frame", description="First frame of the action that was made")
    last: IntProperty(name="Last Frame", description="Last frame of the action that was made")
    bones: IntProperty(name="Bones", description="How many bones got keys")


def mark(action: Any, kind: str, order: Any, before: str, keyed: tuple[int, int, int]) -> None:
    """Note what an action was made from, and what was made of it.

    ``before``: name of the action it takes the place of. ``keyed``: first and last frame of the action that were made,
    and how many bones got keys.
    """
    note = action.coamd
    note.first, note.last, note.bones = keyed
    note.made, note.kind, note.character, note.before = True, kind, order.character, before
    note.prompt, note.seed = order.request.prompt, order.request.seed
    put(note.models, order.request.models)
    note.number = 1 + max((other.coamd.number for other in bpy.data.actions if other != action), default=0)


def is_of(action: Any, character: str) -> bool:
    """Whether an action was made for that character, or for one that is no longer there under its name."""
    note = action.coamd
    return note.made and (note.character == character or note.character not in bpy.data.objects)


def of(character: str) -> list[Any]:
    """The results of a character, oldest first."""
    return sorted((a for a in bpy.data.actions if is_of(a, character)), key=lambda a: a.coamd.number)


def current_action(rig_object: Any) -> Any | None:
    """The action on a character."""
    data = rig_object.animation_data if rig_object is not None else None
    return data.action if data is not None else None


def short_name(action: Any, letters: int = 60) -> str:
    """Its short name in a narrow list of so many letters."""
    return in_list(action.name, action.coamd.character, letters)


def put_on(rig_object: Any, action: Any) -> None:
    """Put a result on the character; UserError where Blender lets no action in."""
    armature.check_writable(rig_object)
    data = rig_object.animation_data or rig_object.animation_data_create()
    if data.action is not None and data.action != action and data.action.library is None:
        data.action.use_fake_user = True
    data.action = action
    # Blender takes the slot that the object had before, or the one of its name; an action without slots has none yet.
    if hasattr(action, "slots") and data.action_slot is None:
        data.action_slot = next(iter(data.action_suitable_slots), None)
    nla.let_strips_show(rig_object)


def users(action: Any, rig_object: Any | None) -> int:
    """How many use an action besides its own fake user and this character."""
    on = rig_object is not None and current_action(rig_object) == action
    return int(action.users) - int(action.use_fake_user) - int(on)


def delete(action: Any, rig_object: Any | None) -> None:
    """Remove an action that we made and that nobody else uses. One that is on the character makes room for the one
    that was there before it; UserError when it is not ours to remove."""
    if not action.coamd.made or action.library is not None:
        raise UserError(f"“{action.name}” was not made by CoAMD.", "Delete it as any other action.", "not_ours")
    others = users(action, rig_object)
    if others:
        raise UserError(
            f"“{action.name}” is used in {others} other {'place' if others == 1 else 'places'}.",
            "Take it out of the NLA and off other characters first.",
            "in_use",
        )
    if rig_object is not None and current_action(rig_object) == action:
        rest = [other for other in of(rig_object.name) if other != action]
        following = bpy.data.actions.get(action.coamd.before) or (rest[-1] if rest else None)
        if following is not None and following != action:
            put_on(rig_object, following)
    bpy.data.actions.remove(action)


def _get_row(scene: Any) -> int:
    """The row of the action on the character, in bpy.data.actions; -1: none of them."""
    rig_object = _character(scene)
    action = current_action(rig_object)
    return -1 if action is None else bpy.data.actions.find(action.name)


def _set_row(scene: Any, row: int) -> None:
    """A click on a row puts that action on the character; Blender makes it an undo step."""
    rig_object = _character(scene)
    if rig_object is None or not 0 <= row < len(bpy.data.actions):
        return
    try:
        put_on(rig_object, bpy.data.actions[row])
    except UserError as error:
        from ..session.timer import session
        from ..ui.notices import GENERATE, Notice

        session.message = Notice.of(error, GENERATE)


def _character(_scene: Any) -> Any | None:
    return armature.character(bpy.context)


class COAMD_UL_results(bpy.types.UIList):  # noqa: N801
    """The results of the character, newest first."""

    bl_idname = "COAMD_UL_results"

    def draw_item(
        self,
        context: Any,
        layout: Any,
        _data: Any,
        action: Any,
        _icon: Any,
        _active: Any,
        _property: Any,
        _index: int = 0,
        _flag: int = 0,
    ) -> None:
        """One row: play, name, keep."""
        row = layout.row(align=True)
        row.operator("coamd.play_result", text="", icon="PLAY", emboss=False).action = action.name
        width = context.region.width / (context.preferences.system.ui_scale or 1.0)
        row.label(text=short_name(action, int(width / _UNITS_PER_LETTER) - _BESIDE), translate=False)
        row.prop(action, "use_fake_user", text="", emboss=False)

    def filter_items(self, context: Any, _data: Any, _property: str) -> tuple[list[int], list[int]]:
        """Only the character's own, newest first."""
        rig_object = armature.character(context)
        name = rig_object.name if rig_object is not None else ""
        everything = list(bpy.data.actions)
        text = self.filter_name.lower()
        flags = [self.bitflag_filter_item if is_of(a, name) and text in a.name.lower() else 0 for a in everything]
        order = sorted(range(len(everything)), key=lambda i: -everything[i].coamd.number)
        places = [0] * len(everything)
        for place, index in enumerate(order):
            places[index] = place
        return flags, places


CLASSES = (COAMD_PG_result, COAMD_UL_results)


def register() -> None:
    """Attach the note to every action, and the chosen row to every scene."""
    bpy.types.Action.coamd = PointerProperty(type=COAMD_PG_result)
    bpy.types.Scene.coamd_result = IntProperty(
        name="Result", description="The result that is on the character", get=_get_row, set=_set_row
    )


def unregister() -> None:
    """Take the accessors away; the notes stay in the file."""
    del bpy.types.Scene.coamd_result
    del bpy.types.Action.coamd
