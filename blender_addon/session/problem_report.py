# SPDX-License-Identifier: GPL-3.0-or-later
"""A report for asking for help: versions, device, state, the last error, the end of the log.

Prompts, names and places are the user's. They are left out unless the user wants them in: paths become "<path>" with
at most the name of a program file, and every prompt that the session or the panels know becomes "<prompt>".
"""

from __future__ import annotations

import platform
import re
import sys
from collections.abc import Iterable
from typing import Any

import bpy

from ...backend.taught.library import models
from ..preferences import PACKAGE, backend_settings
from .session import Session
from .tasks import Job

LOG_LINES = 40
_LEAST_LETTERS = 3  # a prompt of one or two letters would be found in every word
# A path that begins at a root, a drive, a home or a share; in quotes it may have blanks.
_PATH = re.compile(
    r"""(?P<quote>["'“])(?P<quoted>(?:[A-Za-z]:[\\/]|\\\\|~?/)[^"'”\n]*)["'”]"""
    r"""|(?<![\w.:/<])(?P<bare>(?:[A-Za-z]:[\\/]|\\\\|~?/)[^\s"'“”,;:<>|()]+)"""
)


def compose(session: Session, private: bool, settings: Any) -> str:
    """The report. ``settings``: those of the scene, for their prompts; ``private``: with prompts, names and paths."""
    link, error = session.link, session.message
    wanted = backend_settings()
    lines = [
        f"CoAMD Motion {version()}",
        f"Blender {bpy.app.version_string}, Python {platform.python_version()}",
        f"{platform.platform()}, {platform.machine()}",
        f"Backend: {link.state}; model {link.model or '-'} on {link.device or '-'}; wanted device {wanted.device}; "
        f"{'own weights' if wanted.weights else 'bundled weights'}; "
        f"{'connection file' if wanted.connection else 'started here'}",
        f"Last message: {f'[{error.code or error.level}] {error}' if error else '-'}",
        *(
            f"Job {job.number}: {type(job).__name__} {job.state}, {job.phase} {job.step}/{job.of}"
            for job in session.jobs[-5:]
        ),
        "",
        f"Log, last {LOG_LINES} lines:",
        link.log_tail(LOG_LINES).strip() or "-",
    ]
    text = "\n".join(lines)
    return text if private else redacted(text, secrets(session, settings))


def secrets(session: Session, settings: Any) -> list[tuple[str, str]]:
    """The user's texts and their replacements."""
    found = [(job.order.request.prompt, "<prompt>") for job in session.jobs if isinstance(job, Job)]
    found += [(settings.prompt, "<prompt>"), (settings.edit.prompt, "<prompt>")]
    found += [(step.prompt, "<prompt>") for step in settings.steps]
    found += [(name, "<model>") for name in (*settings.chosen_models(), *(one.card.name for one in models()[0]))]
    found += [(action.name, "<action>") for action in bpy.data.actions]
    found += [(obj.name, "<object>") for obj in bpy.data.objects]
    return found


def redacted(text: str, secret: Iterable[tuple[str, str]]) -> str:
    """A text without paths and without the secrets, longer ones first, as one may hold another."""
    for words, stand_in in sorted(secret, key=lambda pair: -len(pair[0])):
        if len(words.strip()) >= _LEAST_LETTERS:
            text = re.sub(rf"(?<!\w){re.escape(words.strip())}(?!\w)", stand_in, text)
    return _PATH.sub(_shortened, text)


def _shortened(match: re.Match[str]) -> str:
    path = match["quoted"] or match["bare"]
    name = re.split(r"[\\/]", path.rstrip("\\/"))[-1]
    return f"<path>/{name}" if name.endswith(".py") else "<path>"


def version() -> str:
    """Of the installed extension, from its manifest; "checkout" when it runs from one."""
    from pathlib import Path

    module = sys.modules.get(PACKAGE)

    manifest = Path(getattr(module, "__file__", None) or "").parent / "blender_manifest.toml"
    if not manifest.is_file():
        return "checkout"
    import tomllib

    return str(tomllib.loads(manifest.read_text("utf-8"))["version"])
