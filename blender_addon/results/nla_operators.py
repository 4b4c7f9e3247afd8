# SPDX-License-Identifier: GPL-3.0-or-later
"""Actions as strips: pushing the character's action down, and opening a strip for changes."""

from __future__ import annotations

from typing import Any

import bpy

from ..character import armature
from ..keys import nla
from ..keys.scene_time import playhead
from ..session.timer import redraw, session
from ..ui.notices import ERROR
from ..ui.reporting import reporting


class COAMD_OT_push_down(armature.NeedsCharacter, bpy.types.Operator):  # noqa: N801 (Blender's naming rule)
    """Make an NLA strip of the character's action, above those that begin earlier"""

    bl_idname = "coamd.push_down"
    bl_label = "Push Down"
    bl_options = {"REGISTER", "UNDO"}

    @reporting
    def execute(self, context: Any) -> set[str]:
        rig_object: Any = armature.character(context)
        armature.check_writable(rig_object)
        nla.push_down(rig_object)
        session.message = None
        redraw()
        return {"FINISHED"}


class COAMD_OT_tweak_strip(armature.NeedsCharacter, bpy.types.Operator):  # noqa: N801
    """Open the NLA strip that the character plays for changes, as Tab in the NLA editor does"""

    bl_idname = "coamd.tweak_strip"
    bl_label = "Open Strip"
    bl_options = {"REGISTER", "UNDO"}

    def execute(self, context: Any) -> set[str]:
        rig_object: Any = armature.character(context)
        strip = nla.strip_at(rig_object, playhead(context.scene))
        if strip is None:
            self.report({ERROR}, f"“{rig_object.name}” has no NLA strip. Push its action down first.")
            return {"CANCELLED"}
        nla.tweak(rig_object, strip)
        session.message = None
        redraw()
        return {"FINISHED"}


CLASSES = (COAMD_OT_push_down, COAMD_OT_tweak_strip)
