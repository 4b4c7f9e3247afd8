# SPDX-License-Identifier: GPL-3.0-or-later
"""The "CoAMD" tab in the 3D viewport's sidebar, one file per panel."""

from __future__ import annotations

from . import backend, character, edit, find, generate, install, label, pie, results

CLASSES = (
    *install.FIRST,
    *generate.CLASSES,
    *results.CLASSES,
    *edit.CLASSES,
    *label.CLASSES,
    *find.CLASSES,
    *character.CLASSES,
    *backend.CLASSES,
    *install.CLASSES,
    *pie.CLASSES,
)
