# SPDX-License-Identifier: GPL-3.0-or-later
"""Notices to the user: one sentence, the remedy in words and, if there is one, its button."""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass
from typing import Any

from ...rigs.errors import UserError
from ..translations.sentences import sentence

INFO, WARNING, ERROR = "INFO", "WARNING", "ERROR"  # as Operator.report takes them
GENERATE, EDIT, BACKEND = "Generate", "Edit", "Backend"
# panels that show messages, as a job's ``button``
LABEL, FIND, USE, TEACH, OFFER, EXPORT = "Label", "Find", "Use", "Teach", "Offer", "Export"
_ICONS = {INFO: "INFO", WARNING: "ERROR", ERROR: "CANCEL"}
_KNOWS = "It knows: "
_PHRASE = re.compile(r"'([^']+(?:'\w[^']*)*)'(?=[,.])")  # with apostrophes inside, as in "the person's left"
_UNITS_PER_LETTER = 7.0  # a sidebar letter at interface scale 1, measured


@dataclass(frozen=True)
class Remedy:
    """An operator that fixes the problem, and the text of its button."""

    operator: str
    text: str
    icon: str
    values: tuple[tuple[str, Any], ...] = ()  # properties of the operator


_START = Remedy("coamd.start_backend", "Start Backend", "PLAY")
_PREFERENCES = Remedy("coamd.open_preferences", "Open Preferences", "PREFERENCES")
_MANNEQUIN = Remedy("coamd.add_mannequin", "Add Mannequin", "OUTLINER_OB_ARMATURE")
_BONES = Remedy("coamd.detect_bones", "Detect Again", "FILE_REFRESH")
_ACTION = Remedy("coamd.edit_range", "Use the Whole Action", "ACTION", (("source", "ACTION"),))
REMEDIES: dict[str, Remedy] = {
    "no_armature": _MANNEQUIN,
    "no_python": Remedy("coamd.install_backend", "Install Backend", "IMPORT"),
    "broken_install": Remedy("coamd.repair_backend", "Repair Backend", "TOOL_SETTINGS"),
    "python_missing": _PREFERENCES,
    "home_unwritable": _PREFERENCES,
    "no_backend": _START,
    "backend_died": _START,
    "gpu_lost": _START,
    "backend_silent": _START,
    "silent": _START,
    "connection_broken": _START,
    "offline": Remedy("screen.userpref_show", "System Preferences", "PREFERENCES", (("section", "SYSTEM"),)),
    "edit_mode": Remedy("coamd.leave_mode", "Leave Edit Mode", "OBJECT_DATAMODE"),
    "tweak_mode": Remedy("coamd.leave_mode", "Leave Tweak Mode", "NLA"),
    "rest_position": Remedy("coamd.leave_mode", "Show the Pose", "POSE_HLT"),
    "bad_mapping": _BONES,
    "bad_choice": _BONES,
    "incomplete": _BONES,
    "no_selection": _ACTION,
    "range_outside": _ACTION,
    "part_in_place": _ACTION,
    "action_above": Remedy("coamd.push_down", "Push Down", "NLA_PUSHDOWN"),
    "on_strip": Remedy("coamd.tweak_strip", "Open the Strip", "NLA"),
    "no_reach": Remedy("coamd.add_reach", "Add Target", "ADD"),
    "no_steps": Remedy("coamd.add_step", "Add Step", "ADD"),
}
# Faults of ours or of the machine, which offer to copy a report.
REPORTED = {"fault", "job_failed", "load_failed", "backend_died", "backend_silent", "silent", "backend_refused"}
REPORTED |= {"bad_joints", "connection_broken", "out_of_memory", "gpu_lost", "python_missing"}


@dataclass(frozen=True)
class Notice:
    """The last thing worth saying; ``code`` is a UserError's stable short word, ``about`` the panel that shows it.

    Each line of the hint is a sentence, translated and wrapped on its own.
    """

    text: str
    hint: str = ""
    level: str = INFO
    code: str = ""
    about: str = ""

    @classmethod
    def of(cls, error: UserError, about: str = "") -> Notice:
        """The message of a mistake or failure."""
        return cls(error.message, error.hint, ERROR, error.code, about)

    @property
    def remedy(self) -> Remedy | None:
        """The operator that fixes it, if any."""
        return REMEDIES.get(self.code)

    def __str__(self) -> str:
        return " ".join((self.text, *self.hint.split("\n"))).strip()


def known_phrases(text: str) -> list[str]:
    """The known prompts that a warning of the backend suggests."""
    said = [part for part in text.split("\n") if _KNOWS in part]
    return list(dict.fromkeys(found for part in said for found in _PHRASE.findall(part.partition(_KNOWS)[2])))


def letters_in(width: float) -> int:
    """How many letters a line of a panel of that width has, beside an icon."""
    return max(16, int(width / _UNITS_PER_LETTER) - 6)


def draw_text(layout: Any, text: str, width: float, icon: str = "NONE") -> None:
    """A text in the language of Blender, in as many lines as it takes."""
    column = layout.column(align=True)
    for line in textwrap.wrap(text, letters_in(width)):
        column.label(text=line, icon=icon, translate=False)
        icon = "NONE" if icon == "NONE" else "BLANK1"


def draw(layout: Any, message: Notice, width: float) -> None:
    """Draw a message wrapped to ``width`` pixels, with the buttons that help."""
    letters = letters_in(width)
    box = layout.box().column(align=True)
    column = box.column(align=True)
    column.alert = message.level == ERROR
    icon = _ICONS[message.level]
    for line in textwrap.wrap(sentence(message.text), letters):
        column.label(text=line, icon=icon, translate=False)
        icon = "BLANK1"
    column = box.column(align=True)
    for part in message.hint.split("\n"):
        for line in textwrap.wrap(sentence(part), letters):
            column.label(text=line, icon="BLANK1", translate=False)
    for phrase in known_phrases(message.hint):
        text = textwrap.shorten(phrase, letters, placeholder="…")
        button = column.operator("coamd.use_prompt", text=text, icon="FORWARD", translate=False)
        button.prompt, button.edit = phrase, message.about == EDIT
    remedy, reported = message.remedy, message.code in REPORTED
    reported = reported and message.level == ERROR
    if not (remedy or reported):
        return
    row = box.row(align=True)
    if remedy is not None:
        button = row.operator(remedy.operator, text=remedy.text, icon=remedy.icon)
        for name, value in remedy.values:
            setattr(button, name, value)
    if reported:
        row.operator("coamd.copy_report", text="" if remedy else "Copy Report", icon="COPYDOWN")
