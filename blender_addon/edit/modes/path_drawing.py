# SPDX-License-Identifier: GPL-3.0-or-later
"""A path drawn with the mouse on the ground of the 3D view."""

from __future__ import annotations

from typing import Any

import bpy
import numpy as np
from bpy.props import CollectionProperty, FloatVectorProperty

from ...character import armature
from ...session.timer import redraw
from ...ui.notices import ERROR

SPACING = 0.1  # metres between the points of a drawn path
LEAST = 0.2  # metres: anything shorter is a click


def on_ground(origin: np.ndarray, direction: np.ndarray, height: float) -> np.ndarray | None:
    """Where a ray (3,) from ``origin`` (3,) meets the ground at a height; None where it does not."""
    if abs(direction[2]) < 1e-6:
        return None
    away = (height - origin[2]) / direction[2]
    return origin + away * direction if away > 0.0 else None


def evenly(points: np.ndarray, spacing: float = SPACING) -> np.ndarray:
    """Points (M, 3) about ``spacing`` apart along a polyline (K, 3), its ends included."""
    steps = np.linalg.norm(np.diff(points, axis=0), axis=1)
    along = np.concatenate([[0.0], np.cumsum(steps)])
    count = max(round(float(along[-1]) / spacing), 1) + 1
    return np.column_stack([np.interp(np.linspace(0.0, along[-1], count), along, column) for column in points.T])


def make_curve(scene: Any, points: np.ndarray, name: str) -> Any:
    """A curve object through points (K, 3) of the world, smooth between them."""
    curve = bpy.data.curves.new(name, "CURVE")
    curve.dimensions = "3D"
    spline = curve.splines.new("NURBS")
    spline.points.add(len(points) - 1)
    spline.points.foreach_set("co", np.column_stack([points, np.ones(len(points))]).ravel())
    spline.use_endpoint_u, spline.order_u = True, 3
    curve_object = bpy.data.objects.new(name, curve)
    scene.collection.objects.link(curve_object)
    return curve_object


class COAMD_PG_point(bpy.types.PropertyGroup):  # noqa: N801 (Blender's naming rule)
    """A point of a path that is drawn."""

    location: FloatVectorProperty(name="Location", description="Where it is in the world", subtype="XYZ")


class COAMD_OT_draw_path(armature.NeedsCharacter, bpy.types.Operator):  # noqa: N801
    """Draw the path with the mouse: press where the character is, drag over the ground, release"""

    bl_idname = "coamd.draw_path"
    bl_label = "Draw Path"
    bl_options = {"REGISTER", "UNDO"}

    points: CollectionProperty(
        name="Points",
        description="The path, for scripts: a list of dictionaries with the location of each point in the world",
        type=COAMD_PG_point,
        options={"SKIP_SAVE"},
    )

    def execute(self, context: Any) -> set[str]:
        """From the given points."""
        points = np.array([point.location for point in self.points]).reshape(-1, 3)
        if len(points) < 2 or np.linalg.norm(np.diff(points, axis=0), axis=1).sum() < LEAST:
            self.report({ERROR}, "The path is too short. Press at the character and drag over the ground.")
            return {"CANCELLED"}
        settings = context.scene.coamd.edit
        rig_object: Any = armature.character(context)
        name = f"{rig_object.name} path"
        settings.path, settings.mode = make_curve(context.scene, evenly(points), name), "PATH"
        redraw()
        return {"FINISHED"}

    def invoke(self, context: Any, _event: Any) -> set[str]:
        """In a 3D view the mouse draws."""
        if context.area is None or context.area.type != "VIEW_3D":
            return self.execute(context)
        self.points.clear()
        self._begun = False
        context.window.cursor_modal_set("PAINT_BRUSH")
        context.window_manager.modal_handler_add(self)
        return {"RUNNING_MODAL"}

    def modal(self, context: Any, event: Any) -> set[str]:
        """Press begins, release ends, Escape and the right button cancel."""
        if event.type in ("ESC", "RIGHTMOUSE"):
            context.window.cursor_modal_restore()
            return {"CANCELLED"}
        if event.type == "LEFTMOUSE" and event.value == "PRESS":
            self._begun = True
        if self._begun and event.type in ("LEFTMOUSE", "MOUSEMOVE"):
            place = self._under(context, event)
            if place is not None:
                self.points.add().location = place
        if self._begun and event.type == "LEFTMOUSE" and event.value == "RELEASE":
            context.window.cursor_modal_restore()
            return self.execute(context)
        return {"RUNNING_MODAL"} if self._begun or event.type in ("LEFTMOUSE", "MOUSEMOVE") else {"PASS_THROUGH"}

    def _under(self, context: Any, event: Any) -> np.ndarray | None:
        """The ground under the mouse."""
        from bpy_extras import view3d_utils

        region = next((region for region in context.area.regions if region.type == "WINDOW"), None)
        if region is None:
            return None
        at, view = (event.mouse_x - region.x, event.mouse_y - region.y), context.area.spaces.active.region_3d
        origin = view3d_utils.region_2d_to_origin_3d(region, view, at)
        direction = view3d_utils.region_2d_to_vector_3d(region, view, at)
        return on_ground(np.array(origin), np.array(direction), self._ground(context))

    def _ground(self, context: Any) -> float:
        rig_object: Any = armature.character(context)
        return float(rig_object.matrix_world.translation.z)


CLASSES = (COAMD_PG_point, COAMD_OT_draw_path)
