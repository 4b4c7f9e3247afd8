# SPDX-License-Identifier: GPL-3.0-or-later
"""Mesh2Motion: Unreal's names, with a leaf at the end of each chain."""

from __future__ import annotations

from dataclasses import replace

from . import unreal

FAMILY = replace(unreal.FAMILY, name="Mesh2Motion", mark=r"_leaf(_[lr])?$")
