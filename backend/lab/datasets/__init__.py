# SPDX-License-Identifier: GPL-3.0-or-later
"""Readers for public data sets that their users have: a layout on disk in, recordings of the 22 joints out."""

from __future__ import annotations

from .captioned import HUMANML3D, KIT_ML
from .kinect import NTU_60, NTU_120, PKU_MMD
from .layout import Layout
from .openpose import KINETICS

LAYOUTS: dict[str, Layout] = {layout.name: layout for layout in (HUMANML3D, KIT_ML, NTU_60, NTU_120, PKU_MMD, KINETICS)}
