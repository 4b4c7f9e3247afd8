# SPDX-License-Identifier: GPL-3.0-or-later
"""Bone names in one normal form, so that one preset meets a family in all its spellings.

``mixamorig:LeftUpLeg`` and ``upleg_l`` are both ``l.upleg``; ``Spine.001`` is ``spine001``.
"""

from __future__ import annotations

import re

_PREFIX = re.compile(r"^(?:.*[:|]|mixamorig\d*[_ ]?(?=[A-Z])|Bip\d+[_ ]?)")
_WORD = re.compile(r"^(left|right)[ _.\-]*(?=.)", re.IGNORECASE)
_WORD_END = re.compile(r"[ _.\-]*(left|right)$", re.IGNORECASE)
_LETTER = re.compile(r"^([lr])[ _.\-]+(?=.)", re.IGNORECASE)
_LETTER_END = re.compile(r"[ _.\-]([lr])$", re.IGNORECASE)
_CAMEL = re.compile(r"^(?:([LR])(?=[A-Z][a-z])|([lr])(?=[A-Z]))")  # LHipJoint and LThumb, lShldr; not Leg, not root
_INNER = re.compile(r"[ _.\-]([LR])[ _.\-]")
_NOISE = re.compile(r"[^a-z0-9]")


def normal_name(name: str) -> str:
    """The normal form of a bone name: ``l.`` or ``r.`` for a side, then lower-case letters and digits."""
    rest = _PREFIX.sub("", name)
    for pattern in (_WORD, _WORD_END, _LETTER, _LETTER_END, _INNER, _CAMEL):
        found = pattern.search(rest)
        if found:
            side = next(group for group in found.groups() if group)[0].lower()
            core = rest[: found.start()] + rest[found.end() :]
            return f"{side}.{_NOISE.sub('', core.lower())}"
    return _NOISE.sub("", rest.lower())
