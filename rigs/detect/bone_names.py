# SPDX-License-Identifier: GPL-3.0-or-later
"""Bone names in one normal form, so that one preset matches a family in all its spellings.

``mixamorig:LeftUpLeg`` and ``upleg_l`` are both ``l.upleg``; ``Spine.001`` is ``spine001``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

# Prefixes: a namespace, or the mark of a family. MCH- and ORG- stay, as Rigify's mechanism bones are not joints.
_PREFIX = re.compile(
    r"^(?:.*[:|])?(?:ValveBiped\.)?"
    r"(?:mixamorig\d*[_ ]?(?=[A-Z])|Bip\d+[_ ]+|J_Bip_(?:C_)?|CC_Base_|RL_)?"
)
_SIDES = (
    re.compile(r"^(left|right|lft|rgt)[ _.\-]*(?=.)", re.IGNORECASE),
    re.compile(r"(?<=.)[ _.\-(]*(left|right)\)?$", re.IGNORECASE),
    re.compile(r"^([lr])[ _.\-]+(?=.)", re.IGNORECASE),
    re.compile(r"(?<=.)[ _.\-(]([lr])\)?$", re.IGNORECASE),
    re.compile(r"[ _.\-]([lr])[ _.\-]", re.IGNORECASE),
    re.compile(r"^(?:([LR])(?=[A-Z][a-z])|([lr])(?=[A-Z]))"),  # LHipJoint and LThumb, lShldr; not Leg, not root
    re.compile(r"(?<=[a-z\d])([LR])$"),  # ArmL
    re.compile(r"^([左右])(?=.)|(?<=.)[_.]?([左右])$"),
)
_LETTER = {"左": "l", "右": "r"}
_NOISE = re.compile(r"[\W_]")
_COPY = re.compile(r"(?:\.\d{3}|[ _]\d+)$")  # a second one in the file, or an exporter's count
_DEFORM = re.compile(r"^DEF[-_]")
_SEPARATOR = re.compile(r"[ _.\-]")


def normal_name(name: str) -> str:
    """The normal form of a bone name: ``l.`` or ``r.`` for a side, then lower-case letters and digits."""
    rest = _PREFIX.sub("", name) or name
    for pattern in _SIDES:
        found = pattern.search(rest)
        if found:
            mark = next(group for group in found.groups() if group)[0].lower()
            core = rest[: found.start()] + rest[found.end() :]
            return f"{_LETTER.get(mark, mark)}.{_NOISE.sub('', core.lower())}"
    return _NOISE.sub("", rest.lower())


def index_of(names: Iterable[str]) -> dict[str, str]:
    """Bone names by their normal form.

    If no bone has that form as it is, it is also found without the prefix that all names of the rig share
    (``Hero_LeftArm``), without Rigify's ``DEF-``, without a count at the end (``Hips.001``, ``Hips_01``), and by a bare
    letter for the side where the twin is there too (``lfemur``, ``rfemur``).
    """
    names = tuple(names)
    shared = _shared_prefix(names)
    plain = [(name, name) for name in names]
    bared = [(name.removeprefix(shared), name) for name in names]
    deform = [(_DEFORM.sub("", name), name) for name in names]
    single = [(_COPY.sub("", bare), name) for bare, name in bared]
    out: dict[str, str] = {}
    for spelling, name in (*plain, *bared, *deform, *single):
        out.setdefault(normal_name(spelling), name)
    for form, name in list(out.items()):
        twin = {"l": "r", "r": "l"}.get(form[:1], "") + form[1:]
        if twin != form[1:] and twin in out and not form[1:].startswith("."):
            out.setdefault(f"{form[0]}.{form[1:]}", name)
    return out


def _shared_prefix(names: tuple[str, ...]) -> str:
    """The longest beginning, up to a separator, that most names have in common; sides alone do not count."""
    starts = Counter(name[: found.end()] for name in names for found in _SEPARATOR.finditer(name))
    common = [start for start, count in starts.items() if count >= 0.6 * len(names) and len(start) > 2]
    return max(common, key=len, default="")
