# SPDX-License-Identifier: GPL-3.0-or-later
"""What a user typed, as the model reads it, and what to tell them about it.

A weights folder without known phrases leaves every prompt as it is.
"""

from __future__ import annotations

from dataclasses import replace

from .editing.request import EditRequest
from .model.spelling import Reading, notes, read
from .model.weights import System


def mended(system: System, text: str) -> Reading:
    """The text with typing errors mended and unknown words said in known ones."""
    return Reading(text) if system.phrases is None else read(text, system.phrases.vocabulary)


def understood(system: System, prompt: str) -> tuple[str, tuple[str, ...]]:
    """The mended prompt, and sentences for the user: what was mended, and whether it is strange to the model."""
    if system.phrases is None or not prompt.strip():
        return prompt, ()
    reading = mended(system, prompt)
    strange = system.phrases.warning(reading.text, system.text)
    return reading.text, notes(reading) + ((strange,) if strange else ())


def understood_edit(system: System, request: EditRequest) -> tuple[EditRequest, tuple[str, ...]]:
    """The same for all prompts of an edit."""
    prompt, told = understood(system, request.prompt)
    segments = []
    for segment in request.segments:
        text, more = understood(system, segment.prompt)
        segments.append(replace(segment, prompt=text))
        told += more
    return replace(request, prompt=prompt, segments=tuple(segments)), tuple(dict.fromkeys(told))
