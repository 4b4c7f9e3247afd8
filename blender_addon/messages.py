# SPDX-License-Identifier: GPL-3.0-or-later
"""What the add-on tells the user: one sentence, the remedy in words, and where there is one, the remedy's button."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from typing import Any

from ..rigs.errors import UserError
from .sentences import sentence

INFO, WARNING, ERROR = "INFO", "WARNING", "ERROR"  # as Operator.report takes them
GENERATE, EDIT, BACKEND = "Generate", "Edit", "Backend"
LABEL, FIND, USE = "Label", "Find", "Use"  # panels that show messages, as a job's ``button``
_ICONS = {INFO: "INFO", WARNING: "ERROR", ERROR: "CANCEL"}
_UNITS_PER_LETTER = 7.0  # a sidebar letter at interface scale 1, measured


@dataclass(frozen=True)
class Remedy:
    """An operator that mends what a message is about, and what its button says."""

    operator: str
    text: str
    icon: str
    values: tuple[tuple[str, Any], ...] = ()  # properties of the operator


_START = Remedy("coamd.start_backend", "Start Backend", "PLAY")
_PREFERENCES = Remedy("coamd.open_preferences", "Open Preferences", "PREFERENCES")
_MANNEQUIN = Remedy("coamd.add_mannequin", "Add Mannequin", "OUTLINER_OB_ARMATURE")
_BONES = Remedy("coamd.detect_bones", "Detect Again", "FILE_REFRESH")
_ACTION = Remedy("coamd.edit_range", "Take the Whole Action", "ACTION", (("source", "ACTION"),))
REMEDIES: dict[str, Remedy] = {
    "no_armature": _MANNEQUIN,
    "no_python": Remedy("coamd.install_backend", "Install Backend", "IMPORT"),
    "broken_install": Remedy("coamd.repair_backend", "Repair Backend", "TOOL_SETTINGS"),
    "python_missing": _PREFERENCES,
    "home_unwritable": _PREFERENCES,
    "no_backend": _START,
    "backend_died": _START,
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
    "no_segments": Remedy("coamd.add_prompt", "Add Prompt", "ADD"),
}
# Faults of ours or of the machine: what happened is worth telling somebody.
REPORTED = {"fault", "job_failed", "load_failed", "backend_died", "backend_silent", "silent", "backend_refused"}
REPORTED |= {"bad_joints", "connection_broken", "out_of_memory", "python_missing"}


@dataclass(frozen=True)
class Message:
    """The last thing worth saying; ``code`` is a UserError's stable short word, ``about`` the panel that shows it.

    Each line of the hint is a sentence of its own, which is translated and wrapped by itself.
    """

    text: str
    hint: str = ""
    level: str = INFO
    code: str = ""
    about: str = ""

    @classmethod
    def of(cls, error: UserError, about: str = "") -> Message:
        """The message of a mistake or failure."""
        return cls(error.message, error.hint, ERROR, error.code, about)

    @property
    def remedy(self) -> Remedy | None:
        """What a click can do about it."""
        return REMEDIES.get(self.code)

    def __str__(self) -> str:
        return " ".join((self.text, *self.hint.split("\n"))).strip()


def draw(layout: Any, message: Message, width: float) -> None:
    """Draw a message wrapped to ``width`` pixels, with the buttons that help."""
    letters = max(16, int(width / _UNITS_PER_LETTER) - 6)
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
    remedy, reported = message.remedy, message.code in REPORTED
    if message.level != ERROR or not (remedy or reported):
        return
    row = box.row(align=True)
    if remedy is not None:
        button = row.operator(remedy.operator, text=remedy.text, icon=remedy.icon)
        for name, value in remedy.values:
            setattr(button, name, value)
    if reported:
        row.operator("coamd.copy_report", text="" if remedy else "Copy Report", icon="COPYDOWN")
