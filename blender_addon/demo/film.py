# SPDX-License-Identifier: GPL-3.0-or-later
"""Rendered frames to a film file."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path


def write_film(target: Path, render: Callable[[Path], list[Path]], fps: int) -> None:
    """Render into a temporary folder and write the pictures as .mp4."""
    import imageio.v3 as imageio

    with tempfile.TemporaryDirectory(prefix="coamd-film-") as folder:
        pictures = [imageio.imread(picture)[..., :3] for picture in render(Path(folder))]
        imageio.imwrite(target, pictures, fps=fps, codec="libx264", quality=8, macro_block_size=16)
