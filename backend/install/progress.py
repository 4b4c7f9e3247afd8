# SPDX-License-Identifier: GPL-3.0-or-later
"""How far an installation is: read from what pip prints, and told in lines of JSON."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass, replace

from ...rigs.errors import UserError
from .plan import Plan, download_commands, size
from .redaction import redacted

PREPARE, LOAD, UNPACK, CHECK, REMOVE, DONE = "prepare", "load", "unpack", "check", "remove", "done"
_TEXTS = {
    PREPARE: "Preparing",
    LOAD: "Downloading",
    UNPACK: "Installing",
    CHECK: "Checking",
    REMOVE: "Removing",
    DONE: "Done",
}
# Where in the whole each phase begins, and how much of it it is.
_SPANS = {PREPARE: (0.0, 0.02), LOAD: (0.02, 0.68), UNPACK: (0.70, 0.26), CHECK: (0.96, 0.04), REMOVE: (0.0, 1.0)}
_UNITS = {"bytes": 1.0, "kB": 1e3, "MB": 1e6, "GB": 1e9}
_FILE = re.compile(r"\s*(Downloading|Using cached|Processing) (?:\S*[/\\])?(\S+?\.whl)\S*(?: \(([\d.]+) (\w+)\))?")
_RAW = re.compile(r"Progress (\d+) of (\d+)")


@dataclass(frozen=True)
class InstallProgress:
    """A moment of an installation. ``done`` and ``of`` are bytes while loading, else packages or steps."""

    phase: str = PREPARE
    done: float = 0.0
    of: float = 0.0
    name: str = ""  # the package at hand

    @property
    def factor(self) -> float:
        """From 0 to 1 over the whole installation."""
        if self.phase == DONE:
            return 1.0
        start, width = _SPANS[self.phase]
        return start + width * min(self.done / self.of, 1.0) if self.of else start

    @property
    def text(self) -> str:
        """The line of a progress bar."""
        text = _TEXTS[self.phase] + (f" {self.name}" if self.name else "")
        if self.phase != LOAD:
            return text
        if not self.of:  # from a folder of wheels
            return f"Reading {self.name}" if self.name else "Reading"
        # The name is last: the bar in a narrow sidebar has room for 34 letters.
        return f"{_TEXTS[LOAD]} {size(self.done)} of {size(max(self.of, self.done))}: {self.name}".removesuffix(": ")

    def line(self) -> str:
        """One line that `parse` understands."""
        return json.dumps(asdict(self))


def parse(line: str) -> InstallProgress | UserError | None:
    """What a line of the installer says: how far it is, or why it stopped; None for anything else."""
    try:
        values = json.loads(line)
        if "message" in values:
            return UserError(str(values["message"]), str(values["hint"]), str(values["code"]))
        phase = str(values["phase"])
        return (
            InstallProgress(phase, float(values["done"]), float(values["of"]), str(values["name"]))
            if phase in _TEXTS
            else None
        )
    except (ValueError, KeyError, TypeError):
        return None


def error_line(error: UserError) -> str:
    """The line that tells of a failure."""
    return json.dumps({"message": redacted(error.message), "hint": redacted(error.hint), "code": error.code})


class PipReader:
    """Follows the lines of pip, run once or more. ``expected``: bytes to load; ``packages``: what is installed.

    Until the last run unpacks, downloading is what is shown: a bar does not go back.
    """

    def __init__(self, expected: int, runs: int = 1) -> None:
        self._runs = runs
        self.progress = InstallProgress(LOAD, 0.0, float(expected))
        self.packages: tuple[str, ...] = ()
        self._finished = 0.0  # bytes of the files before this one
        self._current = 0.0  # bytes of this one

    def take(self, line: str) -> bool:
        """Read one line; True when there is something new to show."""
        before = self.progress
        if (found := _RAW.match(line)) is not None:
            self._current = float(found[2])
            self._show(float(found[1]))
        elif (found := _FILE.match(line)) is not None:
            self._finished += self._current
            self._current = float(found[3]) * _UNITS.get(found[4], 0.0) if found[3] else 0.0
            self.progress = replace(self.progress, name=found[2].partition("-")[0].replace("_", "-"))
            self._show(0.0 if found[1] == "Downloading" else self._current)
        elif line.startswith("Installing collected packages:"):
            self.packages += tuple(name.strip() for name in line.partition(":")[2].split(","))
            self._runs -= 1
            if self._runs < 1:
                self.progress = InstallProgress(UNPACK, 0.0, float(len(self.packages)))
        return self.progress != before

    def _show(self, done: float) -> None:
        total = self._finished + done
        self.progress = replace(self.progress, done=total, of=max(self.progress.of, total))


_CHANGED = "DO NOT MATCH THE HASHES"  # pip, of a file with another SHA-256 than the lock says
_CAUSES: tuple[tuple[str, str, str, str], ...] = (
    (
        r"No space left on device|Errno 28|WinError 112|not enough space|Disk quota exceeded|Errno 122",
        "The disk became full while the backend was installed.",
        "Free some space and press Repair: what is loaded already is kept.",
        "disk_full",
    ),
    (
        r"ProxyError|407 Proxy|Tunnel connection failed|Proxy Authentication|Cannot connect to proxy",
        "The proxy did not let the download through.",
        "Correct the proxy in the add-on's preferences (http://user:password@host:port).",
        "proxy",
    ),
    (
        r"CERTIFICATE_VERIFY_FAILED|SSLCertVerificationError|SSLError",
        "The network answers with a certificate that is not trusted.",
        "Behind a company's proxy set PIP_CERT to its certificate, or install from offline files.",
        "certificate",
    ),
    (
        r"NewConnectionError|NameResolutionError|Name or service not known|getaddrinfo failed|ConnectTimeout"
        r"|ReadTimeout|Temporary failure in name resolution|Network is unreachable|Connection refused|Connection broken"
        r"|IncompleteRead|Connection aborted|RemoteDisconnected|Max retries exceeded|timed out",
        "The network is not there, or broke off.",
        "See that this machine is online (behind a proxy: name it in the preferences) and press Repair: "
        "what is loaded already is kept.",
        "no_network",
    ),
    (
        _CHANGED,
        "A file that was downloaded is not the one that this add-on was made with: it is damaged, or was exchanged.",
        "Press Repair to load it again. If it stays so, the mirror or proxy in between changes files.",
        "damaged",
    ),
    (
        r"BadZipFile|Wheel .* is invalid|Zip file is corrupt|InvalidWheel",
        "A downloaded file was damaged.",
        "Press Repair to load it again.",
        "damaged",
    ),
    (
        r"PermissionError|Permission denied|Access is denied|Errno 13|WinError 5|Read-only file system|WinError 32",
        "The system does not let the installer write into its folder.",
        "Stop the backend, close other programs that use the folder, or choose another one.",
        "unwritable",
    ),
)
_MISSING = re.compile(r"No matching distribution found for (\S+)|satisfies the requirement (\S+)")


def diagnose(lines: list[str], code: int, plan: Plan, log: str) -> UserError:
    """Why pip ended with ``code``, in one sentence with its remedy. ``lines``: the last that it printed."""
    text = "\n".join(lines)
    missing = _MISSING.search(text)
    if missing is not None and plan.wheels is not None:
        python = f"Python {plan.version[0]}.{plan.version[1]}"
        return UserError(
            f"The folder {plan.wheels} lacks the package {missing[1] or missing[2]} for {python} on this system.",
            f"Fill it on a machine with a network: {download_commands(plan)}",
            "missing_wheel",
        )
    if plan.wheels is not None and _CHANGED in text:
        file = re.search(r"from (?:file:\S*/|/)?(\S+\.whl)", text)
        return UserError(
            f"In {plan.wheels} {file[1] if file else 'a file'} is not the one that this add-on was made with.",
            f"Fill another folder on a machine with a network: {download_commands(plan)}",
            "changed_wheel",
        )
    for pattern, message, hint, name in _CAUSES:
        if re.search(pattern, text, re.IGNORECASE):
            return UserError(message, hint, name)
    if missing is not None:
        return UserError(
            f"{missing[1] or missing[2]} is not to be had for this system.",
            "Choose another device, or install from offline files.",
            "missing_wheel",
        )
    said = next((line for line in reversed(lines) if line.startswith("ERROR:")), "")
    reason = said.removeprefix("ERROR:").strip() or f"pip ended with code {code}"
    return UserError(f"The backend could not be installed: {reason}", f"Press Repair. The log is {log}.", "install")
