# SPDX-License-Identifier: GPL-3.0-or-later
"""The add-on's texts in other languages than English. Blender looks them up while it draws; nothing else changes.

A language is a module with a flat dictionary from English. What is missing shows in English.
"""

from __future__ import annotations

import bpy

from ..preferences import PACKAGE
from .german import GERMAN

LANGUAGES: dict[str, dict[str, str]] = {"de_DE": GERMAN, "de": GERMAN}  # 4.2 to 4.5 call it de_DE, later ones de
_CONTEXTS = ("*", "Operator")  # Blender looks labels of operators up in a context of their own


def register() -> None:
    """Hand the catalogue to Blender."""
    catalogue = {
        language: {(context, english): text for english, text in texts.items() for context in _CONTEXTS}
        for language, texts in LANGUAGES.items()
    }
    bpy.app.translations.register(PACKAGE, catalogue)


def unregister() -> None:
    """Take it back."""
    bpy.app.translations.unregister(PACKAGE)
