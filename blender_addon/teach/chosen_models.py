# SPDX-License-Identifier: GPL-3.0-or-later
"""The taught models that are chosen: in the settings of a scene, in a result's note and in the dialog that asks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import bpy
from bpy.props import BoolProperty


class COAMD_PG_model(bpy.types.PropertyGroup):  # noqa: N801 (Blender's naming rule)
    """A taught model that is chosen, by Blender's own property ``name``."""


class COAMD_PG_model_row(bpy.types.PropertyGroup):  # noqa: N801
    """A taught model in the dialog, by its ``name``."""

    use: BoolProperty(name="Use", description="Generate and edit with this model, too", default=True)


CLASSES = (COAMD_PG_model, COAMD_PG_model_row)


def names_in(models: Iterable[Any]) -> tuple[str, ...]:
    """The names of a collection of chosen models."""
    return tuple(model.name for model in models)


def put(models: Any, names: Iterable[str]) -> None:
    """Fill a collection of chosen models."""
    models.clear()
    for name in names:
        models.add().name = name


def shown(names: Iterable[str]) -> str:
    """Names as panels have them: "Hero moves + Bows"."""
    return " + ".join(names)
