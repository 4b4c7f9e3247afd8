# SPDX-License-Identifier: GPL-3.0-or-later
"""A picture of a rig beside its source: six poses, above the figure of 22 joints, below the bones of the rig.

Each limb bone of the rig has a dark tick that points where its front pointed at rest: knee caps and insteps, and for
arms the side to which the elbow bends.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from ....rigs.body.skeleton import INDEX, JOINTS, PARENTS
from ...files.rasterizer import (
    BODY,
    INK,
    LEFT,
    PAPER,
    QUIET,
    RIGHT,
    Camera,
    Colour,
    draw_capsule,
    draw_figure,
    draw_ground,
    draw_shadow,
    font,
    mix,
)
from .clips import Character, RealClip
from .measures import TALL, solved
from .posed_rig import SIDES, UP, PosedRig

GROUPS = ("walk", "run", "dance", "martial arts", "sit and stand", "crawl and lie")
MOMENT = 0.6  # share of a clip at which it is drawn
_CELL, _SUPERSAMPLE, _COLOURS = (210, 222), 3, 64
_CROWDED = 220  # bones beyond which a rig shows its mapped ones only
_TICK = 0.075  # metres


def moments(clips: list[RealClip]) -> list[tuple[RealClip, int]]:
    """The first clip of each group that is drawn, with its frame."""
    found = [next((clip for clip in clips if clip.group == group), None) for group in GROUPS]
    return [(clip, round(MOMENT * (len(clip.joints) - 1))) for clip in found if clip is not None]


def picture(character: Character, clips: list[RealClip], path: Path) -> None:
    """Write the picture of one rig as PNG."""
    shown = moments(clips)
    width, height = _CELL
    head, row = 26, 2 * height
    page = Image.new("RGB", (width * len(shown), head + row + 22), PAPER)
    draw = ImageDraw.Draw(page)
    draw.text((8, 6), f"{character.name}: source above, rig below", INK, font(13))
    draw.text((page.width - 8, 6), "right", RIGHT, font(12), anchor="ra")
    draw.text((page.width - 44, 6), "left", LEFT, font(12), anchor="ra")
    for column, (clip, frame) in enumerate(shown):
        posed = solved(clip.joints, character.rig, character.mapping)
        page.paste(_source_cell(clip.joints[frame]), (column * width, head))
        page.paste(_rig_cell(posed, frame), (column * width, head + height))
        middle = column * width + width / 2
        draw.text((middle, head + row + 3), clip.group, QUIET, font(12), anchor="ma")
    page.quantize(_COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)


def _blank(centre: np.ndarray, aim: float) -> tuple[Image.Image, Camera]:
    width, height = (side * _SUPERSAMPLE for side in _CELL)
    image = Image.new("RGB", (width, height), PAPER)
    camera = Camera((float(centre[0]), aim, float(centre[1])), (width / 2, height / 2), height / 2.15)
    draw_ground(image, camera, (float(centre[0]), float(centre[1])), 0.9)
    return image, camera


def _source_cell(pose: np.ndarray) -> Image.Image:
    image, camera = _blank(pose[0, [0, 2]], 0.85)
    draw_shadow(image, camera, pose)
    draw_figure(image, camera, pose)
    return image.resize(_CELL, Image.Resampling.LANCZOS)


@dataclass(frozen=True)
class _Stick:
    ends: np.ndarray  # (2, 3)
    radii: tuple[float, float]
    colour: Colour


def _rig_cell(posed: PosedRig, frame: int) -> Image.Image:
    """The bones of one frame, scaled so that the figure at rest is as tall as the model's."""
    rest = [float(posed.at_rest(role)[2]) for role in ("head", "left_ankle")]
    scale = TALL / (rest[0] - rest[1])
    soles = posed.floor

    def seen(points: np.ndarray) -> np.ndarray:
        return ((points - UP * soles) * scale)[..., [0, 2, 1]] * (1.0, 1.0, -1.0)

    image, camera = _blank(seen(posed.point("pelvis")[frame])[[0, 2]], 0.85)
    draw = ImageDraw.Draw(image)
    sticks = _bones(posed, frame, scale) + _ticks(posed, frame, scale)
    for stick in sorted(sticks, key=lambda s: float(camera.project(seen(s.ends))[1].mean())):  # the nearer, the larger
        pixels, zoom = camera.project(seen(stick.ends))
        draw_capsule(draw, pixels, np.array(stick.radii) * zoom + 2.0, mix(stick.colour, INK, 0.5))
        draw_capsule(draw, pixels, np.array(stick.radii) * zoom, stick.colour)
    return image.resize(_CELL, Image.Resampling.LANCZOS)


def _bones(posed: PosedRig, frame: int, scale: float) -> list[_Stick]:
    """Mapped bones thick from joint to joint and coloured by side, what hangs on them thin from head to tail."""
    sticks = []
    mapped = set(posed.mapping.bones.values())
    if len(posed.rig.bones) <= _CROWDED:
        for bone, matrix in zip(posed.rig.bones, posed.matrices[frame], strict=True):
            if bone.name not in mapped and mapped.intersection(posed.rig.ancestors(bone.name)):
                tail = matrix[:3, 3] + matrix[:3, 1] * bone.length
                sticks.append(_Stick(np.stack([matrix[:3, 3], tail]), (0.008, 0.004), mix(BODY, PAPER, 0.4)))
    drawn = [role for role in JOINTS if role in posed.mapping.bones or not role.startswith("spine")]
    for role in drawn[1:]:
        above = JOINTS[PARENTS[INDEX[role]]]
        while above not in drawn:  # the rig has fewer spine bones
            above = JOINTS[PARENTS[INDEX[above]]]
        ends = np.stack([posed.point(above)[frame], posed.point(role)[frame]])
        colour = {"left": LEFT, "right": RIGHT}.get(role.partition("_")[0], BODY)
        thick = 0.028 if role.endswith(("knee", "ankle", "elbow", "wrist")) else 0.022
        sticks.append(_Stick(ends, (thick, 0.6 * thick), colour))
    crown = posed.point("head")[frame] + posed.turn("head")[frame] @ UP * 0.10 / scale
    nose = crown + posed.turn("head")[frame] @ posed.basis[:, 2] * 0.13 / scale
    sticks.append(_Stick(np.stack([posed.point("head")[frame], crown]), (0.05, 0.085), mix(BODY, PAPER, 0.3)))
    sticks.append(_Stick(np.stack([crown, nose]), (0.02, 0.02), BODY))
    return sticks


def _ticks(posed: PosedRig, frame: int, scale: float) -> list[_Stick]:
    """Where the fronts of the limbs have gone, and the tops of the feet."""
    sticks = []
    for side in SIDES:
        for start, end in (
            ("shoulder", "elbow"),
            ("elbow", "wrist"),
            ("hip", "knee"),
            ("knee", "ankle"),
            ("ankle", "foot"),
        ):
            middle = 0.5 * (posed.point(f"{side}_{start}") + posed.point(f"{side}_{end}"))[frame]
            front = UP if start == "ankle" else posed.basis[:, 2]
            way = posed.end_turn(f"{side}_{start}")[frame] @ front * _TICK / scale
            sticks.append(_Stick(np.stack([middle, middle + way]), (0.011, 0.006), INK))
    return sticks
