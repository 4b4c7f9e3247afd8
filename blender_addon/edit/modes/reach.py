# SPDX-License-Identifier: GPL-3.0-or-later
"""The targets of hands and feet and the waypoints of the body: the list of the mode Reach,
``scene.coamd.edit.reaches``."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import Any

import bpy
from bpy.props import EnumProperty, IntProperty, PointerProperty

from ....rigs.errors import UserError
from ...keys.scene_time import playhead
from ...ui.list_rows import RemoveRow
from ...ui.tab import draw_rows, split_column

LIMBS = (
    ("left_wrist", "Left Hand", "The left wrist reaches the target"),
    ("right_wrist", "Right Hand", "The right wrist reaches the target"),
    ("left_ankle", "Left Foot", "The left ankle reaches the target"),
    ("right_ankle", "Right Foot", "The right ankle reaches the target"),
    ("pelvis", "Body", "The body passes over the target, a waypoint on the ground"),
)
BODY = "pelvis"
NAMES = {name: label for name, label, _ in LIMBS}
FADE = 0.3  # seconds in which a hand blends from its own path to its target


@dataclass(frozen=True)
class ReachTarget:
    """Which joint is to be at which object in which frames of the scene, both included."""

    joint: str
    target: str
    start: int
    end: int


class COAMD_PG_reach(bpy.types.PropertyGroup):  # noqa: N801 (Blender's naming rule)
    """One target of a hand or foot, or a waypoint of the body."""

    limb: EnumProperty(
        name="Limb", description="Which hand or foot reaches, or the body", items=LIMBS, default="right_wrist"
    )
    target: PointerProperty(
        name="Target", description="An empty, or any object, whose origin is to be reached", type=bpy.types.Object
    )
    start: IntProperty(name="From", description="First frame at which the target is held", default=20)
    end: IntProperty(name="To", description="Last frame at which the target is held", default=20)


class COAMD_UL_reaches(bpy.types.UIList):  # noqa: N801
    """The list of targets."""

    bl_idname = "COAMD_UL_reaches"

    def draw_item(
        self,
        _context: Any,
        layout: Any,
        _data: Any,
        item: Any,
        _icon: Any,
        _active: Any,
        _property: Any,
        _index: int = 0,
        _flag: int = 0,
    ) -> None:
        """One row: limb and target."""
        row = layout.row(align=True)
        row.prop(item, "limb", text="", emboss=False)
        row.label(text=item.target.name if item.target is not None else "", translate=False)


class COAMD_OT_add_reach(bpy.types.Operator):  # noqa: N801
    """Add a target at the playhead: the selected object that is not the character, if there is one"""

    bl_idname = "coamd.add_reach"
    bl_label = "Add Target"
    bl_options = {"UNDO", "INTERNAL"}

    limb: EnumProperty(
        name="Limb", description="Which hand or foot reaches, or the body", items=LIMBS, default="right_wrist"
    )

    def execute(self, context: Any) -> set[str]:
        """At the end of the list."""
        settings = context.scene.coamd.edit
        reach = settings.reaches.add()
        others = [obj for obj in context.selected_objects if obj.type != "ARMATURE" and not obj.find_armature()]
        reach.limb, reach.target = self.limb, others[0] if others else None
        reach.start = reach.end = playhead(context.scene)
        settings.reach = len(settings.reaches) - 1
        return {"FINISHED"}


class COAMD_OT_remove_reach(RemoveRow, bpy.types.Operator):  # noqa: N801
    """Remove the chosen target from the list"""

    bl_idname = "coamd.remove_reach"
    bl_label = "Remove Target"
    bl_options = {"UNDO", "INTERNAL"}

    group, rows, chosen = "edit", "reaches", "reach"


def draw(layout: Any, settings: Any) -> None:
    """The list, and the fields of the chosen target."""
    draw_rows(layout, "COAMD_UL_reaches", settings, "reaches", "reach", "coamd.add_reach", "coamd.remove_reach", 2)
    if settings.reach < len(settings.reaches):
        reach, column = settings.reaches[settings.reach], split_column(layout)
        for name in ("limb", "target", "start", "end"):
            column.prop(reach, name)


def read(settings: Any, start: int, end: int, fps: float, root: bool) -> tuple[ReachTarget, ...]:
    """The targets of an edit of the frames ``start`` to ``end``; UserError where they cannot all be reached.

    ``root``: whether the root may move.
    """
    found = []
    for reach in settings.reaches:
        if reach.target is None:
            raise UserError(
                f"The {NAMES[reach.limb].lower()} has nothing to reach.", "Choose an object under Target.", "no_target"
            )
        if reach.end < reach.start:
            raise UserError(
                "The frames of the target are empty.", "Choose a To that is not before From.", "empty_reach"
            )
        if not start < reach.start <= reach.end < end:
            limb = NAMES[reach.limb].lower()
            raise UserError(
                f"The {limb} is to reach its target outside the range from frame {start} to {end}.",
                "Choose frames between its first and last.",
                "target_outside",
            )
        if reach.limb == BODY and not root:
            raise UserError(
                "A waypoint moves the root, which is off.", "Turn on Root among the parts.", "path_needs_root"
            )
        found.append(ReachTarget(reach.limb, reach.target.name, reach.start, reach.end))
    if not found:
        raise UserError("There is nothing to reach.", "Add a target with the + beside the list.", "no_reach")
    for one, other in combinations(sorted(found, key=lambda reaching: reaching.start), 2):
        if one.joint == other.joint and other.start - one.end < FADE * fps:
            raise UserError(
                f"The {NAMES[one.joint].lower()} is to be at two targets within {FADE:g} seconds.",
                "Give it more time from the one to the other, or remove one.",
                "reaches_overlap",
            )
    return tuple(found)


CLASSES = (COAMD_PG_reach, COAMD_UL_reaches, COAMD_OT_add_reach, COAMD_OT_remove_reach)
