# SPDX-License-Identifier: GPL-3.0-or-later
"""``coamd benchmark``: speed and memory on this machine, beside what two cores should reach with the bundled model.

``coamd benchmark TOPIC`` measures one thing more closely; each topic is a module of the laboratory.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
from types import ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np

from ...cli.options import add_model_options, table
from ...cli.progress_bar import progress_bar
from ..timing import median_times

if TYPE_CHECKING:
    from ..retargeting import sample_rig
    from ..speed import product as speed

WRITE_SECONDS = 0.15
TICK_SECONDS = 0.005
ENABLE_SECONDS = 0.3
# topic -> module with configure(parser) and run(args) -> exit code, and one line for --help.
TOPICS = {
    "sampling": ("speed.sampling", "what a motion costs, by size, length, batch and guidance"),
    "batch": ("speed.batch", "a table of prompts by one worker of a local Ray cluster and by several"),
    "retarget": ("retargeting.benchmark", "real clips on real rigs, against what animators ask for"),
    "recognise": ("recognition.benchmark", "labels, search and their speed on held-out clips"),
    "cocodiff": ("recognition.cocodiff_ablation", "MAR trained with and without CoCoDiff, side by side"),
    "teach": ("teaching.benchmark", "actions that the model does not know are taught to it"),
    "edit": ("editing.benchmark", "edits of held-out real clips, against what animators ask for"),
}


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the subcommand."""
    parser.add_argument("--quick", action="store_true", help="leave out the full-size model; ends within 40 s")
    add_model_options(parser)
    topics = parser.add_subparsers(dest="topic", metavar="TOPIC", required=False)
    for name, (module, summary) in TOPICS.items():
        _topic(module).configure(topics.add_parser(name, help=summary, description=summary))


def run(args: argparse.Namespace) -> int:
    """Measure one thing after the other and print the table."""
    if args.topic:
        return int(_topic(TOPICS[args.topic][0]).run(args))
    from ..speed import product as speed

    with progress_bar(bar_format="{desc}", leave=False) as bar:
        bar.set_description_str("starting a backend")
        figures, motion = speed.backend(args.weights, args.device, runs=3 if args.quick else 7)
        bar.set_description_str("writing to a rig")
        figures += rig_figures(motion)
        bar.set_description_str("enabling and running the add-on")
        figures += addon_figures()
        if not args.quick:
            from ..speed.full_size import full_size

            figures += full_size(args.device, lambda doing: bar.set_description_str(f"full size: {doing}"))
    print(speed.machine())
    print(table([("", "measured", "two cores", ""), *(figure.cells() for figure in figures)], right=(1,)))
    return 0


def _topic(module: str) -> ModuleType:
    """A topic's module; what is heavy in it is imported when it runs."""
    return importlib.import_module(f"..{module}", __package__)


def rig_figures(motion: np.ndarray) -> list[speed.SpeedFigure]:
    """Solving a motion (F, 22, 3) on 60 bones, and writing it as curves where the bpy module is there."""
    from ..retargeting import sample_rig
    from ..speed import product as speed

    name = f"{speed.FRAMES} frames onto {len(sample_rig.bone_rows())} bones"
    if importlib.util.find_spec("bpy") is None:
        solved = median_times(lambda: speed.solve(motion, sample_rig.rest_rig()), 5).clock
        return [
            speed.SpeedFigure(f"{name}: solved", solved, "s"),
            speed.SpeedFigure(f"{name}: solved and written (needs bpy)", None, "s"),
        ]
    from ....blender_addon.character import armature
    from ....blender_addon.keys import action

    rig_object = make_armature(sample_rig.bone_rows())
    solved = median_times(lambda: speed.solve(motion, armature.rest_rig(rig_object)), 5).clock

    def write() -> None:
        curves = speed.solve(motion, armature.rest_rig(rig_object))
        channels = action.channels(rig_object, curves, np.arange(1.0, speed.FRAMES + 1.0))
        action.assign(rig_object, action.new_action(rig_object, "benchmark", channels))

    written = median_times(write, 5).clock
    return [
        speed.SpeedFigure(f"{name}: solved", solved, "s"),
        speed.SpeedFigure(f"{name}: solved and written", written, "s", WRITE_SECONDS),
    ]


def addon_figures() -> list[speed.SpeedFigure]:
    """How long the add-on keeps Blender's main thread, where the bpy module is there."""
    from ..retargeting.clips import ask_blender
    from ..speed import product as speed

    enabling, ticks = ask_blender("enabling"), ask_blender("ticks")
    if enabling is None or ticks is None:
        return [speed.SpeedFigure("add-on: enabled, and its ticks (needs bpy)", None, "s")]
    applying = ticks.pop("applying")
    return [
        speed.SpeedFigure("add-on: enabled the first time", enabling["first"], "s"),
        speed.SpeedFigure("add-on: enabled", enabling["enabling"], "s", ENABLE_SECONDS),
        *(
            speed.SpeedFigure(f"add-on: longest tick, {doing}", took * 1000, "ms", TICK_SECONDS * 1000)
            for doing, took in ticks.items()
        ),
        speed.SpeedFigure("add-on: longest tick, applying", applying * 1000, "ms", WRITE_SECONDS * 1000),
    ]


def make_armature(rows: list[sample_rig.BoneRow]) -> Any:
    """An armature object of these bones in an empty Blender."""
    import bpy

    bpy.ops.wm.read_factory_settings(use_empty=True)
    data = bpy.data.armatures.new("benchmark")
    rig_object = bpy.data.objects.new("benchmark", data)
    bpy.context.scene.collection.objects.link(rig_object)
    bpy.context.view_layer.objects.active = rig_object
    bpy.ops.object.mode_set(mode="EDIT")
    for name, parent, head, tail in rows:
        bone = data.edit_bones.new(name)
        bone.head, bone.tail = head, tail
        bone.parent = data.edit_bones[parent] if parent else None
    bpy.ops.object.mode_set(mode="OBJECT")
    return rig_object
