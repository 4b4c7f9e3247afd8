# SPDX-License-Identifier: GPL-3.0-or-later
"""The user's description in several wordings, so that the model does not learn one sentence by heart."""

from __future__ import annotations

import re

WHO = ("a person", "someone", "a man", "a woman", "the figure")
_PEOPLE = "person|man|woman|figure|character|human|dancer|fighter|soldier|hero|player"
_ANYBODY = (
    r"(?:a|an|the|one) (?!few|couple|lot)\w+(?=\s+(?!as\b|is\b)[a-z]{3,}(?<!s)s\b)"  # and a verb: "a cowboy swings"
)
_SUBJECT = re.compile(rf"^(?:(?:a|an|the|one) (?:{_PEOPLE})|someone|somebody|he|she|{_ANYBODY})\s+(?=\S)", re.I)
_DOING = re.compile(r"^[a-z]+ing\b", re.I)


def wordings(text: str) -> tuple[str, ...]:
    """The description as it is, without anybody who does it, then with other people doing it; all different."""
    text = text.strip().rstrip(".")
    subject = _SUBJECT.match(text)
    rest = text[subject.end() :] if subject else _predicate(text)
    bare = (rest,) if subject else ()
    return tuple(dict.fromkeys((text, *bare, *(f"{who} {rest}" for who in WHO))))


def without_subject(text: str) -> str:
    """The description without whoever does it: "swings a lasso" of "a cowboy swings a lasso"."""
    return _SUBJECT.sub("", text)


def _predicate(text: str) -> str:
    """What follows "a person": the text itself where it begins with a verb, else "does" before it."""
    lower = text[:1].lower() + text[1:]
    first = lower.split()[0] if lower.split() else lower
    if _DOING.match(lower):
        return f"is {lower}"
    if len(lower.split()) > 1 and _verb(first):
        return lower
    article = (
        "" if re.match(r"^(?:a|an|the|some|two|three|his|her)\b", lower) else "an " if lower[:1] in "aeiou" else "a "
    )
    return f"does {article}{lower}"


def _verb(word: str) -> bool:
    """Whether a word that begins a description looks like a verb in the present, as slashes does."""
    return len(word) > 3 and word.endswith("s") and not word.endswith("ss")
