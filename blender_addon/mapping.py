# SPDX-License-Identifier: GPL-3.0-or-later
"""What the panel knows of the character: its mapping, read once and kept, as drawing must cost nothing."""

from __future__ import annotations

from typing import Any

from ..rigs.detection import Mapping, detect
from ..rigs.errors import UserError
from . import armature

_known: dict[tuple[object, ...], Mapping | UserError] = {}
_KEPT = 64


def mapping_of(rig_object: Any) -> Mapping | UserError:
    """The mapping of an armature object, or why it has none; read again when bones come or go or it is scaled."""
    data = rig_object.data
    bones = data.bones
    scale = tuple(rig_object.matrix_world.to_scale())
    key = (rig_object.name_full, data.name_full, len(bones), bones[0].name if bones else "", scale)
    if key not in _known:
        if len(_known) >= _KEPT:
            _known.clear()
        try:
            _known[key] = detect(armature.rest_rig(rig_object))
        except UserError as error:
            _known[key] = error
    return _known[key]


def forget() -> None:
    """Read every character again."""
    _known.clear()
