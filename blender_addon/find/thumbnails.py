# SPDX-License-Identifier: GPL-3.0-or-later
"""Small pictures of found moments: stick figures, drawn in numpy and shown as Blender's previews.

Left limbs are blue and right limbs orange, as in CoAMD's other pictures; later poses stand further right.
"""

from __future__ import annotations

from typing import Any

import bpy.utils.previews
import numpy as np

from ...rigs.body.canonical import turned
from ...rigs.body.skeleton import JOINTS, PARENTS

SIZE = 128  # pixels
_SHOWN = (0, 2, 4)  # of the poses of a moment
_TALL = 2.05  # metres that fit into the height
_TURN = -0.6  # radians: seen half from the side
_THICK = 2.2  # pixels
_HEAD, _HEAD_PIXELS = JOINTS.index("head"), 5.0
_PAPER = np.array([0.94, 0.94, 0.92])
_COLOURS = {"left": (0.16, 0.42, 0.75), "right": (0.88, 0.45, 0.13), "": (0.2, 0.2, 0.22)}

_previews: Any = None


def picture(poses: np.ndarray) -> np.ndarray:
    """(SIZE, SIZE, 4) float32, rows from below, of poses (P, 22, 3) in metres, Y up, facing +Z."""
    image = np.tile(np.append(_PAPER, 1.0), (SIZE, SIZE, 1))
    across = SIZE / len(_SHOWN)
    for k, number in enumerate(_SHOWN):
        pose = turned(poses[number] - poses[number, 0] * (1.0, 0.0, 1.0), _TURN)
        points = pose[:, :2] * (SIZE / _TALL) + ((k + 0.5) * across, 0.04 * SIZE)  # (22, 2)
        for j in sorted(range(1, len(PARENTS)), key=lambda j: pose[j, 2]):  # what is near is drawn last
            side = JOINTS[j].partition("_")[0]
            colour = _COLOURS.get(side, _COLOURS[""])
            _stroke(image, points[PARENTS[j]], points[j], _THICK / 2.0, colour)
        _stroke(image, points[_HEAD], points[_HEAD], _HEAD_PIXELS, _COLOURS[""])
    return image.astype(np.float32)


def _stroke(image: np.ndarray, a: np.ndarray, b: np.ndarray, radius: float, colour: tuple[float, float, float]) -> None:
    """A line from ``a`` to ``b`` (2,) with round ends and soft borders."""
    low = np.clip(np.floor(np.minimum(a, b) - radius - 1.0), 0, SIZE).astype(int)
    high = np.clip(np.ceil(np.maximum(a, b) + radius + 1.0), 0, SIZE).astype(int)
    y, x = np.mgrid[low[1] : high[1], low[0] : high[0]] + 0.5
    way = b - a
    t = np.clip(((x - a[0]) * way[0] + (y - a[1]) * way[1]) / max(float(way @ way), 1e-6), 0.0, 1.0)
    away = np.hypot(x - a[0] - t * way[0], y - a[1] - t * way[1])
    cover = np.clip(radius + 0.5 - away, 0.0, 1.0)[..., None]
    part = image[low[1] : high[1], low[0] : high[0], :3]
    part += cover * (np.array(colour) - part)


def show(pictures: list[np.ndarray], of: str = "") -> None:
    """Take these pictures in place of the last ones of that name."""
    if _previews is None:
        return
    for name in [name for name in _previews if name.rstrip("0123456789") == of]:
        del _previews[name]
    for number, image in enumerate(pictures):
        preview = _previews.new(f"{of}{number}")
        for size, pixels, picture in (
            ("image_size", "image_pixels_float", image),
            ("icon_size", "icon_pixels_float", image[::4, ::4]),
        ):
            setattr(preview, size, picture.shape[1::-1])
            getattr(preview, pixels).foreach_set(np.ascontiguousarray(picture).ravel())


def icon(number: int, of: str = "") -> int:
    """The icon id of a picture; 0 (no icon) if there is no such picture."""
    name = f"{of}{number}"
    return int(_previews[name].icon_id) if _previews is not None and name in _previews else 0


def register() -> None:
    """Make room for pictures."""
    global _previews  # noqa: PLW0603
    _previews = bpy.utils.previews.new()


def unregister() -> None:
    """Let them go."""
    global _previews  # noqa: PLW0603
    if _previews is not None:
        bpy.utils.previews.remove(_previews)
    _previews = None
