# SPDX-License-Identifier: GPL-3.0-or-later
"""The settings of the Label panel, which live in the scene (``scene.coamd.label``), and the list of what was found,
which lives in the window manager (``window_manager.coamd_label``): undo leaves it alone and no file holds it."""

from __future__ import annotations

from typing import Any

import bpy
from bpy.props import BoolProperty, CollectionProperty, EnumProperty, FloatProperty, IntProperty, StringProperty

from ...rigs.body.skeleton import FPS

SOURCES = (
    ("ACTIVE", "Active Action", "What the character plays now"),
    ("FILE", "All Actions", "Every action of the file that moves bones, each on its own armature"),
    ("STRIPS", "Selected Strips", "The selected NLA strips of the scene's characters"),
)
WORDS = (
    ("BUNDLED", "Model's List", "The labels that the model was trained with"),
    ("OWN", "Own Words", "The words typed below. Any words will do"),
    ("DESCRIBE", "Describe", "Short phrases instead of names"),
)
MARKERS = (
    ("NONE", "No Markers", "Write no markers"),
    ("TIMELINE", "Timeline", "Markers of the scene at the start of each segment"),
    ("POSE", "Pose Markers", "Markers of the action at the start of each segment"),
)
EXISTING = (
    ("KEEP", "Keep and Add", "What is there stays: names are extended, markers and tags added, a file is not replaced"),
    ("REPLACE", "Replace", "Names, markers within the take, tags, descriptions, properties and the file are replaced"),
)


class COAMD_PG_label(bpy.types.PropertyGroup):  # noqa: N801 (Blender's naming rule)
    """What to label, with which words, and where to write it."""

    source: EnumProperty(name="Takes", description="Which takes are read", items=SOURCES, default="ACTIVE")
    words: EnumProperty(name="Words", description="What the takes are called", items=WORDS, default="BUNDLED")
    own_words: StringProperty(
        name="Own Words", description="Words to choose from, with commas: walk, run, open a door", default=""
    )
    whole: BoolProperty(
        name="One Label per Take", description="Name each take as a whole instead of cutting it", default=False
    )
    markers: EnumProperty(name="Markers", description="Mark where segments begin", items=MARKERS, default="TIMELINE")
    rename: BoolProperty(name="Action Name", description="Write the first label into the action's name", default=False)
    asset: BoolProperty(
        name="Asset",
        description="Mark the action as an asset, with its labels as tags and its segments as the description",
        default=False,
    )
    custom: BoolProperty(
        name="Custom Property",
        description="Write the segments into the action's custom property “coamd_labels”",
        default=False,
    )
    file: StringProperty(
        name="File",
        description="Also write the segments to this .csv or .json file. Empty: no file",
        subtype="FILE_PATH",
        default="",
    )
    existing: EnumProperty(name="Existing", description="What happens to what is there", items=EXISTING, default="KEEP")


class COAMD_PG_segment_label(bpy.types.PropertyGroup):  # noqa: N801
    """One segment of the list."""

    use: BoolProperty(name="Write", description="Write this segment when Apply is pressed", default=True)
    label: StringProperty(name="Label", description="What the segment is called. It can be changed", default="")
    confidence: FloatProperty(
        name="Confidence",
        description="The chance that the label is the right one of the list. -1: unknown",
        default=-1.0,
    )
    score: FloatProperty(name="Score", description="How well motion and words match", default=0.0)
    take: IntProperty(name="Take", description="Number of the take", default=0)
    first: IntProperty(name="First", description="First frame at 20 per second", default=0)
    end: IntProperty(name="End", description="Frame at 20 per second after the last", default=0)
    others: StringProperty(name="Others", description="The other labels, best first, one a line", default="")

    @property
    def seconds(self) -> tuple[float, float]:
        """From and to."""
        return self.first / FPS, self.end / FPS


class COAMD_PG_labels(bpy.types.PropertyGroup):  # noqa: N801
    """What was found last."""

    segments: CollectionProperty(
        name="Segments", description="The segments that were found", type=COAMD_PG_segment_label
    )
    segment: IntProperty(name="Segment", description="The chosen segment", default=0)
    job: IntProperty(name="Job", description="Number of the job that found them", default=0)


CLASSES = (COAMD_PG_label, COAMD_PG_segment_label, COAMD_PG_labels)


def found_labels() -> Any:
    """The list of found segments."""
    return bpy.context.window_manager.coamd_label
