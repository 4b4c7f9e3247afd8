# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures of motion for people to judge: a strip of poses, a sheet of strips, a film.

``joints`` are (F, 22, 3) metres, Y up, 20 frames per second. Left limbs are blue, right limbs orange.
"""

from __future__ import annotations

import errno
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from ...rigs.body.skeleton import FPS
from ...rigs.body.smoothing import blur
from .rasterizer import (
    GROUND,
    INK,
    LEFT,
    PAPER,
    PATH,
    QUIET,
    RIGHT,
    SUPERSAMPLE,
    Camera,
    draw_figure,
    draw_ground,
    draw_path,
    draw_shadow,
    font,
    mix,
)

_STANDING = 2.05  # metres that a cell shows of a person who stands
_MAP_TRAVEL = 0.4  # metres of travel from which a strip shows the way from above


@dataclass(frozen=True)
class _Layout:
    """The size of one cell in final pixels, and what of the world it shows."""

    width: int
    height: int
    zoom: float  # pixels per metre
    aim: float  # height in metres that stands in the middle of the cell


def strip(
    joints: np.ndarray, path: str | Path, *, title: str = "", poses: int = 8, fps: float = FPS, start: float = 0.0
) -> None:
    """Save ``poses`` moments of a clip (F, 22, 3) side by side as a PNG; ``start`` is the time of its first frame.

    The view keeps its direction and follows the pelvis from cell to cell; the grid and the green way belong to the
    world, so travel shows as the floor moving below the figure. Clips that travel get a map from above at the end.
    """
    _row(_checked(joints), poses, 300, title, fps=fps, start=start).save(path)


def sheet(
    clips: Sequence[tuple[str, np.ndarray]], path: str | Path, *, poses: int = 6, columns: int = 2, times: bool = True
) -> None:
    """Save a contact sheet: one short strip per (title, joints (F, 22, 3)), in ``columns`` columns.

    Without ``times`` the moments are not labelled, so that a strip does not show how long its clip is.
    """
    if not clips:
        raise ValueError("a contact sheet needs at least one clip")
    tiles = [_row(_checked(joints), poses, 170, title, legend=False, times=times) for title, joints in clips]
    columns = min(columns, len(tiles))
    rows = [tiles[i : i + columns] for i in range(0, len(tiles), columns)]
    widths = [max(row[c].width for row in rows if c < len(row)) for c in range(columns)]
    heights = [max(tile.height for tile in row) for row in rows]
    page = Image.new("RGB", (sum(widths), sum(heights)), PAPER)
    for r, row in enumerate(rows):
        for c, tile in enumerate(row):
            page.paste(tile, (sum(widths[:c]), sum(heights[:r])))
    page.save(path)


def film(joints: np.ndarray, path: str | Path, fps: float = FPS, *, title: str = "", size: int = 480) -> None:
    """Save a clip (F, 22, 3) as a .gif that loops or as an .mp4; the camera follows the pelvis softly."""
    joints = _checked(joints)
    suffix = Path(path).suffix.lower()
    if suffix not in (".gif", ".mp4"):
        raise ValueError(f"a film is a .gif or an .mp4, not {suffix!r}")
    size -= size % 16  # what video encoders ask for
    centres = blur(joints[:, 0, [0, 2]], 0.5 * fps)
    layout = _layout(joints, centres, size, width=size)
    stamp = font(15)
    frames = []
    for f in range(len(joints)):
        frame = _cell(joints, f, centres[f], layout, supersample=2, radius=2.4)
        draw = ImageDraw.Draw(frame)
        draw.text((14, 10), title, fill=INK, font=stamp)
        draw.text((size - 14, 10), f"{f / fps:.1f} s", fill=QUIET, font=stamp, anchor="ra")
        frames.append(frame)
    if suffix == ".mp4":
        _encode(frames, Path(path), fps)
        return
    # One palette for the whole film keeps the still background from flickering and the file small.
    palette = frames[len(frames) // 2].quantize(128)
    pages = [frame.quantize(palette=palette, dither=Image.Dither.NONE) for frame in frames]
    pages[0].save(path, format="GIF", save_all=True, append_images=pages[1:], duration=round(1000 / fps), loop=0)


def _encode(frames: list[Image.Image], path: Path, fps: float) -> None:
    """Write an .mp4 through ffmpeg. OSError (ENOSPC where that is why) unless the whole film is in the file."""
    import imageio_ffmpeg as ffmpeg

    try:
        writer = ffmpeg.write_frames(
            str(path), frames[0].size, fps=fps, quality=8, macro_block_size=16, ffmpeg_log_level="quiet"
        )
        writer.send(None)  # the generator starts ffmpeg
        for frame in frames:
            writer.send(frame.tobytes())
        writer.close()
        # ffmpeg meets a full disk in its own process, often only when it closes the file.
        whole = ffmpeg.count_frames_and_secs(str(path))[0] == len(frames)
    except (OSError, RuntimeError):
        whole = False
    if not whole:
        full = shutil.disk_usage(path.parent).free < 1_000_000
        raise OSError(errno.ENOSPC if full else errno.EIO, "the video encoder stopped")


def _checked(joints: np.ndarray) -> np.ndarray:
    """Only finite (F, 22, 3) can be drawn."""
    joints = np.asarray(joints, dtype=np.float64)
    if joints.ndim != 3 or joints.shape[1:] != (22, 3) or not len(joints) or not np.isfinite(joints).all():
        raise ValueError(f"expected finite joints of shape (frames, 22, 3), got {joints.shape}")
    return joints


def _camera(centre: np.ndarray, layout: _Layout, scale: int) -> Camera:
    middle = (layout.width * scale / 2, layout.height * scale / 2)
    return Camera((float(centre[0]), layout.aim, float(centre[1])), middle, layout.zoom * scale)


def _layout(joints: np.ndarray, centres: np.ndarray, height: int, width: int | None = None) -> _Layout:
    """One cell size and zoom that hold every pose (N, 22, 3), each seen about its own centre (N, 2).

    A person who stands fills ``height`` pixels. Without a ``width`` the cell is as wide as the poses need, and lower
    than ``height`` when they stay near the floor.
    """
    top = max(float(joints[..., 1].max()) + 0.28, 1.75 if width else 0.9)
    bottom = min(float(joints[..., 1].min()), 0.0) - 0.22
    aim = (top + bottom) / 2
    # Pixels per metre are 1 here, so the projection is in metres at the target's depth.
    spans = [
        Camera((float(x), aim, float(z)), (0.0, 0.0), 1.0).project(pose)[0]
        for (x, z), pose in zip(centres, joints, strict=True)
    ]
    reach = np.abs(np.array(spans)).max(axis=(0, 1)) + np.array([0.2, 0.22])  # half width, half height, in metres
    tall = max(top - bottom, 2 * float(reach[1]))
    zoom = height / (tall if width else max(tall, _STANDING))
    if width is None:
        return _Layout(round(max(2 * float(reach[0]) * zoom, 0.44 * height)), round(tall * zoom), zoom, aim)
    return _Layout(width, height, min(zoom, width / (2 * float(reach[0]))), aim)


def _cell(
    joints: np.ndarray, f: int, centre: np.ndarray, layout: _Layout, *, supersample: int, radius: float
) -> Image.Image:
    """Frame ``f`` of joints (F, 22, 3) on a piece of the floor of ``radius`` metres."""
    image = Image.new("RGB", (layout.width * supersample, layout.height * supersample), PAPER)
    camera = _camera(centre, layout, supersample)
    draw_ground(image, camera, (float(centre[0]), float(centre[1])), radius)
    track = joints[:, 0, [0, 2]]
    near = np.flatnonzero(np.hypot(*(track - centre).T) < 0.92 * radius)
    if len(near) and np.ptp(track, axis=0).max() > 0.15:
        first, last = _around(near, f)
        draw_path(image, camera, track[first : last + 1], f - first)
    draw_shadow(image, camera, joints[f])
    draw_figure(image, camera, joints[f])
    return image.resize((layout.width, layout.height), Image.Resampling.LANCZOS)


def _around(frames: np.ndarray, f: int) -> tuple[int, int]:
    """The unbroken run of ``frames`` (sorted) that holds frame f; (f, f) if it is not among them."""
    known = set(frames.tolist())
    first = last = f
    while first - 1 in known:
        first -= 1
    while last + 1 in known:
        last += 1
    return first, last


def _row(
    joints: np.ndarray,
    poses: int,
    height: int,
    title: str,
    *,
    legend: bool = True,
    fps: float = FPS,
    start: float = 0.0,
    times: bool = True,
) -> Image.Image:
    """The picture of one strip: a heading, the cells with their times, a map when the figure travels."""
    moments = np.unique(np.linspace(0, len(joints) - 1, poses).round().astype(int))
    centres = joints[moments][:, 0, [0, 2]]
    layout = _layout(joints[moments], centres, height)
    text = max(11, round(height * 0.045))
    head, foot, edge = (round(text * 2.4) if title or legend else text), round(text * 1.9), round(text * 1.2)
    travels = float(np.ptp(joints[:, 0, [0, 2]], axis=0).max()) > _MAP_TRAVEL
    side = min(round(height * 0.72), layout.height) if travels else 0
    cells = layout.width * len(moments)
    page = Image.new("RGB", (cells + side + 2 * edge, head + layout.height + foot), PAPER)
    draw = ImageDraw.Draw(page)
    draw.text(
        (edge, head * 0.36), _fit(title, page.width - (16 if legend else 2) * text, text * 1.15), INK, font(text * 1.15)
    )
    if legend:
        right_end = page.width - edge
        draw.text((right_end, head * 0.36), "right", RIGHT, font(text), anchor="ra")
        draw.text((right_end - 3.2 * text, head * 0.36), "left", LEFT, font(text), anchor="ra")
    for i, moment in enumerate(moments):
        radius = 0.5 * layout.width / layout.zoom
        cell = _cell(joints, int(moment), centres[i], layout, supersample=SUPERSAMPLE, radius=radius)
        left = edge + i * layout.width
        page.paste(cell, (left, head))
        seconds = f"{start + moment / fps:.1f} s" if times else ""
        draw.text((left + layout.width / 2, head + layout.height), seconds, QUIET, font(text), anchor="ma")
    if travels:
        page.paste(_map(joints, moments, side, text), (edge + cells, head + layout.height - side))
        draw.text((edge + cells + side / 2, head + layout.height), "from above", QUIET, font(text), anchor="ma")
    return page


def _fit(title: str, width: float, size: float) -> str:
    """The title, cut with an ellipsis where it would not fit."""
    face = font(size)
    short = title
    while short and face.getlength(short if short == title else short + "…") > width:
        short = short[:-1]
    return title if short == title else short.rstrip() + "…"


def _map(joints: np.ndarray, moments: np.ndarray, side: int, text: int) -> Image.Image:
    """The pelvis's way from above, turned as the camera sees it, with a dot and a gaze line per pose."""
    s = SUPERSAMPLE
    image = Image.new("RGB", (side * s, side * s), PAPER)
    draw = ImageDraw.Draw(image)
    azimuth = np.radians(Camera.azimuth)
    right, away = np.array([np.cos(azimuth), -np.sin(azimuth)]), -np.array([np.sin(azimuth), np.cos(azimuth)])
    plane = np.stack([right, -away])  # (x, z) -> right, down
    track = joints[:, 0, [0, 2]] @ plane.T
    low, high = track.min(axis=0), track.max(axis=0)
    span = max(float((high - low).max()), 1.0) + 0.8
    zoom = 0.86 * side * s / span
    middle = (low + high) / 2

    def at(points: np.ndarray) -> list[tuple[float, float]]:
        return [(float(x), float(y)) for x, y in (points - middle) * zoom + side * s / 2]

    margin = 0.05 * side * s
    draw.rounded_rectangle((margin, margin, side * s - margin, side * s - margin), radius=3 * margin, fill=GROUND)
    draw.line(at(track), fill=PATH, width=max(2, round(0.012 * side * s)), joint="curve")
    dot = 0.017 * side * s
    across = (joints[:, 1] - joints[:, 2])[:, [0, 2]]  # right hip to left hip, as (x, z)
    forward = np.stack([-across[:, 1], across[:, 0]], axis=-1)  # across x up: (x, z) -> (-z, x)
    forward /= np.maximum(np.linalg.norm(forward, axis=-1, keepdims=True), 1e-6)
    for i, moment in enumerate(moments):
        (x, y), tip = at(track[moment : moment + 1])[0], forward[moment] @ plane.T
        colour = mix(PATH, INK, i / max(len(moments) - 1, 1))
        draw.line((x, y, x + 4.2 * dot * tip[0], y + 4.2 * dot * tip[1]), fill=colour, width=round(0.6 * dot) + 1)
        draw.ellipse((x - dot, y - dot, x + dot, y + dot), fill=colour)
    metre = 10.0 ** np.floor(np.log10(span / 2)) if span > 20 else 1.0
    base, start = side * s - 1.9 * margin, 2.2 * margin
    draw.line((start, base, start + metre * zoom, base), fill=QUIET, width=max(1, round(0.006 * side * s)))
    draw.text((start, base - 0.4 * margin), f"{metre:.0f} m", QUIET, font(0.8 * text * s), anchor="ld")
    return image.resize((side, side), Image.Resampling.LANCZOS)
