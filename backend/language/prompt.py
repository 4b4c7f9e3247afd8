# SPDX-License-Identifier: GPL-3.0-or-later
"""What a user typed, as the model reads it, and what to tell them about it.

A weights folder without known phrases leaves every prompt as it is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from ..model.weights import System
from ..requests.edit import EditRequest
from .familiarity import MOSTLY, NAMED
from .spelling import MendedText, mending_notes, read
from .taught_reading import read_as_taught

_BREATHING = re.compile(
    r"\b(?:breathing idle|idle,? breathing"
    r"|(?P<stands>stands?(?: there| still| idle)?(?:,| and) breath(?:es?|ing)))(?=\s*(?:[,.;]|$))",
    re.IGNORECASE,
)


def mended(system: System, text: str) -> MendedText:
    """The text with typing errors mended, unknown words said in known ones, and a standing idle said as such."""
    return MendedText(text) if system.phrases is None else idling(read(text, system.phrases.vocabulary))


def idling(reading: MendedText) -> MendedText:
    """A breathing idle read as an idle, which breathes anyway.

    Of 12 motions for "breathing idle" 11 crouch, for "idle" none: who breathes in the captions mostly sits, kneels or
    lies, and those few clips are shown often.
    """
    found = _BREATHING.search(reading.text)
    if found is None:
        return reading
    meant = "stands idle" if found["stands"] else "idle"
    text = reading.text[: found.start()] + meant + reading.text[found.end() :]
    return MendedText(text, (*reading.changed, (found.group(), meant)))


def understood(system: System, prompt: str) -> tuple[str, tuple[str, ...]]:
    """The mended prompt, and sentences for the user: what was mended, read as taught, strange or too long."""
    notes: tuple[str, ...] = ()
    if system.phrases is not None and prompt.strip():
        reading = mended(system, prompt)
        prompt, notes = reading.text, mending_notes(reading)
        if system.taught is not None:
            prompt, more = read_as_taught(system.taught, system.phrases, system.text, prompt)
            notes += more
        if strange := system.phrases.warning(prompt, system.text):
            notes += (strange,)
    if system.text.tokenize([prompt]).shape[1] >= system.config.text.positions:
        notes += ("The prompt is longer than the model reads; its end had no effect.",)
    return prompt, notes


def unlearnt(system: System, labels: Sequence[str]) -> str:
    """A sentence on the labels whose words the captions mostly lack; "" where there are none."""
    phrases = system.phrases
    strange = [] if phrases is None else [label for label in labels if phrases.coverage(label) < MOSTLY]
    if not strange:
        return ""
    named = [f"'{label}'" for label in strange[:NAMED]]
    named += [f"{len(strange) - NAMED} more"] if len(strange) > NAMED else []
    said = " and ".join(part for part in (", ".join(named[:-1]), named[-1]) if part)
    return f"The model has not learnt the words of {said}; what it calls so is a guess."


def understood_edit(system: System, request: EditRequest) -> tuple[EditRequest, tuple[str, ...]]:
    """The same for all prompts of an edit."""
    prompt, notes = understood(system, request.prompt)
    segments = []
    for segment in request.segments:
        text, more = understood(system, segment.prompt)
        segments.append(replace(segment, prompt=text))
        notes += more
    return replace(request, prompt=prompt, segments=tuple(segments)), tuple(dict.fromkeys(notes))
