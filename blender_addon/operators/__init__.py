# SPDX-License-Identifier: GPL-3.0-or-later
"""The operators, one file per task. Every button of the tab is one, and scripts may call them: ``bpy.ops.coamd.*``."""

from __future__ import annotations

from . import apply, backend, character, edit, find, generate, help, install, label, prompts, results

CLASSES = (
    *backend.CLASSES,
    *install.CLASSES,
    *character.CLASSES,
    *generate.CLASSES,
    *apply.CLASSES,
    *edit.CLASSES,
    *label.CLASSES,
    *find.CLASSES,
    *results.CLASSES,
    *prompts.CLASSES,
    *help.CLASSES,
)
