# SPDX-License-Identifier: GPL-3.0-or-later
"""``coamd install``: makes, repairs, checks or removes the backend's own Python. The add-on's buttons run this too.

It needs nothing that has to be installed, and writes what it does to a log.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

from ...rigs.errors import UserError
from ..install import command_runner, install_marker, installer, machine, plan, progress, python_finder, torch_builds
from ..install.redaction import redacted
from ..system.process_lifetime import birth
from ..system.user_files import open_private, private_folder
from ..system.user_folder import home
from .terminal import SECONDS_BETWEEN_LINES


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the subcommand."""
    parser.add_argument("action", nargs="?", choices=("install", "repair", "check", "remove"), default="install")
    parser.add_argument("--folder", type=Path, metavar="DIR", help=f"where to ({default_folder()})")
    devices = (torch_builds.AUTO, torch_builds.CPU, torch_builds.CUDA, torch_builds.ROCM, torch_builds.MPS)
    parser.add_argument("--device", choices=devices, default=torch_builds.AUTO, help="what to compute on")
    parser.add_argument("--python", default="", metavar="FILE", help="the Python to make the environment with")
    parser.add_argument("--wheels", type=Path, metavar="DIR", help="install from this folder of wheels, offline")
    parser.add_argument("--proxy", default="", metavar="URL", help="http://user:password@host:port (or set PIP_PROXY)")
    parser.add_argument("--log", type=Path, metavar="FILE", help="where to write what was done")
    parser.add_argument("--parent-pid", type=int, metavar="N", help="stop when process N is gone")
    parser.add_argument("--json", action="store_true", help="print progress as lines of JSON")


def run(args: argparse.Namespace) -> int:
    """Do what was asked for; 0, or 1 when a check finds something to repair."""
    show: installer.ProgressReport = _print_line if args.json else _Bar()
    try:
        return _run(args, show)
    except UserError as error:
        print(progress.error_line(error) if args.json else "", file=sys.stdout if args.json else sys.stderr, flush=True)
        raise UserError(redacted(error.message), redacted(error.hint), error.code) from None


def default_folder() -> Path:
    """Where an installation goes that was not told otherwise."""
    return home() / "installed"


def _run(args: argparse.Namespace, show: installer.ProgressReport) -> int:
    folder = args.folder or default_folder()
    alive = _watch(args.parent_pid)
    if args.proxy:
        os.environ["PIP_PROXY"] = args.proxy
    log_path = args.log or home() / "install.log"
    try:
        private_folder(log_path.parent)
        # A look at an installation leaves what is written of how it was made.
        log = open_private(log_path, "a" if args.action == "check" else "w", buffering=1, encoding="utf-8")
    except OSError as error:
        text = f"The log {log_path} cannot be written ({error.strerror})."
        raise UserError(text, "Make room there, or set COAMD_HOME to another folder.", "home_unwritable") from error
    with log:
        try:
            if args.action == "check":
                state = installer.verify(folder, log)
                print(state.text or ("The backend is whole." if state.whole else "No backend is installed."))
                return 1 if state.to_repair else 0
            if args.action == "remove":
                installer.remove(folder, show, alive)
                return 0
            _make(args, folder, log, show, alive)
            return 0
        except KeyboardInterrupt:
            raise command_runner.cancelled() from None
        except UserError as error:
            log.write(redacted(f"{error}\n"))
            raise


def _make(
    args: argparse.Namespace, folder: Path, log: IO[str], show: installer.ProgressReport, alive: installer.Alive
) -> None:
    """Install or repair, with the first Python that can do it."""
    device, before = args.device, install_marker.read(folder)
    if args.action == "repair" and before is not None and device == torch_builds.AUTO:
        device = before.device
    here = machine.look()
    build = torch_builds.build_for(here, device)
    if build.note:
        print(build.note, file=sys.stderr)
    fresh = args.action == "repair" and installer.verify(folder, log).code == install_marker.BROKEN
    failure: UserError | None = None
    for python, version in python_finder.find(args.python):
        older = torch_builds.older(build, here)
        wanted = plan.Plan(plan.place(folder), build, python, version, older, args.wheels)
        try:
            installer.install(wanted, log, show, alive, fresh=fresh)
            return
        except UserError as error:
            if error.code != installer.NO_ENVIRONMENT:
                raise
            failure = error  # the next Python may do
    assert failure is not None
    raise failure


def _watch(parent: int | None) -> Callable[[], bool]:
    """Says whether somebody still waits for us: no SIGTERM has come, and the parent, if one is named, is there.

    The signal only leaves a mark: an exception may come up while a child is being started, and then nobody ends it.
    """
    stopped: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _frame: stopped.append(number))
    born = None if parent is None else birth(parent)
    return lambda: not stopped and (parent is None or (born is not None and birth(parent) == born))


def _print_line(moment: progress.InstallProgress) -> None:
    print(moment.line(), flush=True)


class _Bar:
    """One line that is written over on a terminal; elsewhere a line for each phase, and one every few seconds."""

    def __init__(self) -> None:
        self._phase, self._due = "", 0.0

    def __call__(self, moment: progress.InstallProgress) -> None:
        if sys.stderr.isatty():
            end = "\n" if moment.phase == progress.DONE else ""
            print(f"\r{moment.factor:4.0%}  {moment.text:<70.70}", end=end, file=sys.stderr, flush=True)
        elif moment.phase != self._phase or time.monotonic() >= self._due:
            self._phase, self._due = moment.phase, time.monotonic() + SECONDS_BETWEEN_LINES
            print(f"{moment.factor:4.0%}  {moment.text}", file=sys.stderr, flush=True)
