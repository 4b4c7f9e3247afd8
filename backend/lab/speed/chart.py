# SPDX-License-Identifier: GPL-3.0-or-later
"""Curves of seconds as a picture, each beside the straight line through its first point and the origin."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw

from ...files.rasterizer import GRID, INK, LEFT, PAPER, QUIET, SUPERSAMPLE, font

WIDTH, HEIGHT = 460, 330  # pixels of one plot
LEFT_MARGIN, RIGHT_MARGIN, TOP_MARGIN, BOTTOM_MARGIN = 58, 22, 34, 48
TICKS = 4


@dataclass(frozen=True)
class Curve:
    """What is along the x axis, and points of it and seconds."""

    name: str
    points: Sequence[tuple[float, float]]


def chart(path: Path, curves: Sequence[Curve]) -> None:
    """Write the curves side by side as a PNG."""
    scale = SUPERSAMPLE
    image = Image.new("RGB", (WIDTH * len(curves) * scale, HEIGHT * scale), PAPER)
    draw = ImageDraw.Draw(image)
    for number, curve in enumerate(curves):
        _plot(draw, curve, number * WIDTH * scale, scale)
    image.resize((WIDTH * len(curves), HEIGHT), Image.Resampling.LANCZOS).save(path, "PNG")


def _plot(draw: ImageDraw.ImageDraw, curve: Curve, left: int, scale: int) -> None:
    most_x, most_y = max(x for x, _ in curve.points), 1.1 * max(y for _, y in curve.points)
    x0, x1 = left + LEFT_MARGIN * scale, left + (WIDTH - RIGHT_MARGIN) * scale
    y0, y1 = (HEIGHT - BOTTOM_MARGIN) * scale, TOP_MARGIN * scale

    def place(x: float, y: float) -> tuple[float, float]:
        return x0 + (x1 - x0) * x / most_x, y0 + (y1 - y0) * y / most_y

    small, title = font(11 * scale), font(13 * scale)
    for i in range(TICKS + 1):
        x, y = most_x * i / TICKS, most_y * i / TICKS
        draw.line([place(0, y), place(most_x, y)], fill=GRID, width=scale)
        draw.text((x0 - 6 * scale, place(0, y)[1]), f"{y:.2g}", fill=QUIET, font=small, anchor="rm")
        draw.text((place(x, 0)[0], y0 + 6 * scale), f"{x:g}", fill=QUIET, font=small, anchor="mt")
    draw.text(((x0 + x1) / 2, y0 + 24 * scale), curve.name, fill=INK, font=small, anchor="mt")
    draw.text((x0, 10 * scale), "seconds", fill=INK, font=title)
    first_x, first_y = curve.points[0]
    reach = min(most_x, most_y * first_x / first_y)  # as far as the line of proportion stays inside
    draw.line([place(0, 0), place(reach, first_y * reach / first_x)], fill=QUIET, width=scale)
    draw.line([place(x, y) for x, y in curve.points], fill=LEFT, width=2 * scale, joint="curve")
    for x, y in curve.points:
        px, py = place(x, y)
        draw.ellipse([px - 3 * scale, py - 3 * scale, px + 3 * scale, py + 3 * scale], fill=LEFT)
