# SPDX-License-Identifier: GPL-3.0-or-later
"""The moving picture of the demo: it plays as long as the film, loops, and keeps the colours of its middle."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from coamd.backend.lab.demo.film import GIF_WIDTH, write_gif

Image = pytest.importorskip("PIL.Image", reason="Pillow writes it")


def test_a_gif_plays_as_long_as_the_film(tmp_path: Path) -> None:
    """An orange box goes through the middle of a grey picture, two seconds at 24 frames a second."""
    pictures = [np.full((240, 360, 3), 190, dtype=np.uint8) for _ in range(48)]
    for k, picture in enumerate(pictures):
        picture[60:180, 150 + k : 200 + k] = (230, 90, 20)
    path = tmp_path / "film.gif"
    write_gif(path, pictures, 24)
    with Image.open(path) as gif:
        assert gif.info["loop"] == 0, "for ever"
        seconds, middles = 0.0, []
        for frame in range(gif.n_frames):
            gif.seek(frame)
            seconds += gif.info["duration"] / 1000.0
            shown = np.asarray(gif.convert("RGB")).astype(int)
            assert shown.shape[1] == GIF_WIDTH
            middles.append(np.nonzero((np.abs(shown - (230, 90, 20)) < 25).all(axis=-1))[1].mean())
    assert seconds == pytest.approx(2.0, abs=0.1)
    assert np.all(np.diff(middles) > 0), "the box moves"
