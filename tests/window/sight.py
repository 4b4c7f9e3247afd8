# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds a phrase on a picture of the screen, as a person looks for a button by its name.

Blender itself draws what is looked for (`inside.py`), and the picture is searched for that pattern by normalized
cross-correlation: J. P. Lewis, Fast Normalized Cross-Correlation, 1995. It does not see brightness or contrast, so that
one pattern fits black on grey and white on blue, and a phrase that is cut off is not found.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image

SURE = 0.9  # correlation of what is the phrase (0.99 was seen, on buttons and on panels); others reach 0.6
_DULL = 1e-4  # variance of a patch without letters, of white squared


@dataclass(frozen=True)
class Place:
    """Where a phrase stands, in pixels of the screen."""

    left: int
    top: int
    width: int
    height: int
    likeness: float  # correlation with the pattern, at most 1

    @property
    def corner(self) -> tuple[int, int]:
        """What tells it from others."""
        return self.left, self.top

    @property
    def middle(self) -> tuple[int, int]:
        """Where to click."""
        return self.left + self.width // 2, self.top + self.height // 2


Box = tuple[int, int, int, int]  # left, top, right, bottom


def grey(picture: Image.Image) -> np.ndarray:
    """(rows, columns) from 0 to 1."""
    return np.asarray(picture.convert("L"), dtype=np.float64) / 255.0


def correlation(picture: np.ndarray, pattern: np.ndarray) -> np.ndarray:
    """How alike the pattern (h, w) and each patch of the picture (H, W) are: (H - h + 1, W - w + 1), from -1 to 1."""
    height, width = pattern.shape
    shape = (picture.shape[0] + height, picture.shape[1] + width)
    plain = pattern - pattern.mean()
    product = np.fft.irfft2(np.fft.rfft2(picture, shape) * np.conj(np.fft.rfft2(plain, shape)), shape)
    product = product[: picture.shape[0] - height + 1, : picture.shape[1] - width + 1]
    total = _sums(picture, height, width)
    variance = _sums(picture**2, height, width) - total**2 / pattern.size
    lettered = variance > _DULL * pattern.size
    scale = np.sqrt(np.where(lettered, variance, 1.0) * (plain**2).sum())
    return np.where(lettered, product / scale, 0.0)


def _sums(values: np.ndarray, height: int, width: int) -> np.ndarray:
    """Sums over all patches of that size."""
    table = np.zeros((values.shape[0] + 1, values.shape[1] + 1))
    table[1:, 1:] = values.cumsum(axis=0).cumsum(axis=1)
    return table[height:, width:] - table[:-height, width:] - table[height:, :-width] + table[:-height, :-width]


def look(picture: Image.Image, box: Box, patterns: list[np.ndarray], sure: float = SURE) -> list[Place]:
    """Every place in a box where one of the patterns stands, from the top down."""
    part = grey(picture.crop(box))
    found: list[Place] = []
    for pattern in patterns:
        height, width = pattern.shape
        if height > part.shape[0] or width > part.shape[1]:
            continue
        alike = correlation(part, pattern)
        for row, column in zip(*np.nonzero(alike > sure), strict=True):
            found.append(Place(box[0] + int(column), box[1] + int(row), width, height, float(alike[row, column])))
    best: list[Place] = []
    for place in sorted(found, key=lambda place: -place.likeness):  # around each place others are nearly as like
        if not any(abs(p.left - place.left) < p.width and abs(p.top - place.top) < p.height for p in best):
            best.append(place)
    return sorted(best, key=lambda place: (place.top, place.left))
