# SPDX-License-Identifier: GPL-3.0-or-later
"""Plays an artist: installs the zip into an empty profile, adds a character, types, generates, looks, saves.

``BLENDER_USER_RESOURCES`` must name the empty profile. Everything goes through the installed add-on's operators.
Lines for the user go to stdout with the mark ``coamd:``; all else there is Blender's own talk.
"""

from __future__ import annotations

import argparse
import ctypes.util
import os
import sys
import time
from pathlib import Path
from typing import Any

MARK = "coamd: "


def say(text: str) -> None:
    """One line for the user."""
    print(MARK + text, flush=True)


def arguments() -> argparse.Namespace:
    """The command line, as ``coamd demo`` writes it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--zip", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--prompt", required=True)
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--no-film", action="store_true")
    return parser.parse_args()


def install(archive: Path) -> None:
    """Install and enable the extension, as dropping the zip into Blender does."""
    import bpy

    started = time.perf_counter()
    bpy.ops.extensions.package_install_files(filepath=str(archive), repo="user_default", enable_on_install=True)
    if not hasattr(bpy.types.Scene, "coamd"):
        raise RuntimeError("the add-on was installed but did not start")
    say(f"installed the add-on in Blender {bpy.app.version_string} in {time.perf_counter() - started:.1f} s")


def generate(args: argparse.Namespace) -> Any:
    """Character, backend, motion; returns the armature object."""
    import bpy

    bpy.ops.coamd.add_mannequin()
    settings = bpy.context.scene.coamd
    settings.prompt, settings.seconds, settings.seed = args.prompt, args.seconds, args.seed
    started = time.perf_counter()
    bpy.ops.coamd.start_backend(wait=True)
    say(f"the backend is ready after {time.perf_counter() - started:.1f} s")
    started = time.perf_counter()
    bpy.ops.coamd.generate(wait=True)
    rig_object = settings.character
    say(f"made “{rig_object.animation_data.action.name}” in {time.perf_counter() - started:.1f} s")
    bpy.ops.coamd.stop_backend()
    return rig_object


def picture(args: argparse.Namespace, rig_object: Any) -> None:
    """The strip, the film, and the .blend with the studio."""
    import bpy

    from . import pictures, studio

    scene = bpy.context.scene
    studio.add_floor(scene)
    studio.add_light(scene)
    studio.add_camera(scene, pictures.LENS)
    first, last = (round(edge) for edge in rig_object.animation_data.action.frame_range)
    frames = range(first, last + 1)
    scene.frame_start, scene.frame_end = first, last
    body = next(child for child in rig_object.children if child.type == "MESH")
    say("rendering the picture strip")
    strip = args.out / "strip.png"
    pictures.strip(scene, rig_object, body, frames, strip, caption=args.prompt)
    pictures.follow(scene, rig_object, frames)
    scene.frame_set(first)
    blend = args.out / "demo.blend"
    bpy.ops.wm.save_as_mainfile(filepath=str(blend))
    say(f"strip  {strip}")
    say(f"blend  {blend}")
    if args.no_film:
        return
    if sys.platform.startswith("linux") and ctypes.util.find_library("EGL") is None:
        say("no film: Workbench needs EGL here; install it with: apt-get install libegl1 libgl1-mesa-dri")
        return
    from .film import write_films

    film, moving = args.out / "film.mp4", args.out / "film.gif"
    write_films((film, moving), lambda folder: pictures.film_frames(scene, frames, folder, say), scene.render.fps)
    say(f"film   {film}")
    say(f"gif    {moving}")


def main() -> int:
    """Run all steps; 0, or 2 with the reason on a marked line."""
    args = arguments()
    from . import studio

    try:
        studio.empty_scene()
        install(args.zip)
        picture(args, generate(args))
    except RuntimeError as error:  # how bpy reports what an operator refused
        say(f"failed: {str(error).removeprefix('Error: ').strip()}")
        return 2
    return 0


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    os._exit(code)  # bpy 4.2 crashes and 4.5 hangs at a normal exit with an add-on enabled
