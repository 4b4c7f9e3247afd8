# SPDX-License-Identifier: GPL-3.0-or-later
"""Rendered frames to a film file, and to a small picture that moves."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

GIF_WIDTH = 360
GIF_FPS = 12
_COLOURS = 64


def write_films(targets: Sequence[Path], render: Callable[[Path], list[Path]], fps: int) -> None:
    """Render once into a temporary folder and write the pictures as .mp4 or .gif, by suffix."""
    import imageio.v3 as imageio

    with tempfile.TemporaryDirectory(prefix="coamd-film-") as folder:
        pictures = [imageio.imread(picture)[..., :3] for picture in render(Path(folder))]
    for target in targets:
        if target.suffix == ".gif":
            write_gif(target, pictures, fps)
        else:
            imageio.imwrite(target, pictures, fps=fps, codec="libx264", quality=8, macro_block_size=16)


def write_gif(target: Path, pictures: Sequence[np.ndarray], fps: int) -> None:
    """Write pictures (H, W, 3) uint8 as a GIF that loops, small enough for a page: one palette, no dithering."""
    from PIL import Image

    count = max(round(len(pictures) / fps * GIF_FPS), 1)
    chosen = [Image.fromarray(pictures[int(k)]) for k in np.linspace(0, len(pictures) - 1, count).round()]
    size = (GIF_WIDTH, round(GIF_WIDTH * chosen[0].height / chosen[0].width))
    small = [picture.resize(size, Image.Resampling.LANCZOS) for picture in chosen]
    # The palette is that of the middle, where the character is: floor and sky have few colours.
    edges = (size[0] // 3, 0, 2 * size[0] // 3, size[1])
    sheet = Image.fromarray(np.concatenate([np.asarray(p.crop(edges)) for p in small[:: max(count // 6, 1)]]))
    palette = sheet.quantize(_COLOURS, kmeans=3)
    frames = [picture.quantize(palette=palette, dither=Image.Dither.NONE) for picture in small]
    milliseconds = 1000 // GIF_FPS
    frames[0].save(target, save_all=True, append_images=frames[1:], duration=milliseconds, loop=0, optimize=True)
