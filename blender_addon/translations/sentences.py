# SPDX-License-Identifier: GPL-3.0-or-later
"""Sentences with values in them, in the language of Blender's interface.

A message is made where it happens, also in the backend, with its values filled in. Here it is told by its template, in
which "…" stands for each value, and the template's translation gets the values in the same order. A value that is a
sentence of its own is translated too. What nobody has translated stays English.
"""

from __future__ import annotations

import functools
import re

from bpy.app.translations import pgettext_iface as iface

GAP = "…"
# In English nothing is looked for; any sentence of the catalogue tells whether there is another language.
_SIGN = "Cancelled. Nothing was changed."


def sentence(text: str) -> str:
    """The text in the user's language; cheap enough for draw(), as what was said once is remembered."""
    return _in_language(text, iface(_SIGN)) if iface(_SIGN) != _SIGN else text


@functools.lru_cache(maxsize=64)
def _in_language(text: str, _language: str) -> str:
    found = iface(text)
    if found != text:
        return found
    for template, pattern in _patterns():
        match = pattern.fullmatch(text)
        if match is not None:
            values = [_in_language(value, _language) if value.endswith(".") else value for value in match.groups()]
            return filled(iface(template), values)
    return text


def filled(template: str, values: list[str]) -> str:
    """A template with its gaps filled from the left."""
    first, *rest = template.split(GAP)
    return first + "".join(value + part for value, part in zip(values, rest, strict=True))


def pattern_of(template: str) -> re.Pattern[str]:
    """What texts of a template look like."""
    return re.compile("(.+?)".join(re.escape(part) for part in template.split(GAP)), re.DOTALL)


@functools.cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Templates of all languages, those that say most first."""
    from .catalogue import LANGUAGES  # imported late: panels and messages need no catalogue to be made

    templates = {english for texts in LANGUAGES.values() for english in texts if GAP in english}
    return tuple((text, pattern_of(text)) for text in sorted(templates, key=lambda text: -len(text)))
