# SPDX-License-Identifier: GPL-3.0-or-later
"""``coamd install``: makes, repairs, checks or removes the backend's own Python. The add-on's buttons run this too.

It needs nothing that has to be installed, and writes what it does to a log.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import IO

from ...rigs.errors import UserError
from ..home import home
from ..install import builds, child, installer, machine, plan, progress, pythons, sentinel
from ..lifetime import birth


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the subcommand."""
    parser.add_argument("action", nargs="?", choices=("install", "repair", "check", "remove"), default="install")
    parser.add_argument("--folder", type=Path, metavar="DIR", help=f"where to ({default_folder()})")
    devices = (builds.AUTO, builds.CPU, builds.CUDA, builds.ROCM, builds.MPS)
    parser.add_argument("--device", choices=devices, default=builds.AUTO, help="what to compute on")
    parser.add_argument("--python", default="", metavar="FILE", help="the Python to make the environment with")
    parser.add_argument("--wheels", type=Path, metavar="DIR", help="install from this folder of wheels, offline")
    parser.add_argument("--proxy", default="", metavar="URL", help="http://user:password@host:port (or set PIP_PROXY)")
    parser.add_argument("--log", type=Path, metavar="FILE", help="where to write what was done")
    parser.add_argument("--parent-pid", type=int, metavar="N", help="stop when process N is gone")
    parser.add_argument("--json", action="store_true", help="print progress as lines of JSON")


def run(args: argparse.Namespace) -> int:
    """Do what was asked for; 0, or 1 when a check finds something to repair."""
    show: installer.Report = _print_line if args.json else _Bar()
    try:
        return _run(args, show)
    except UserError as error:
        print(progress.error_line(error) if args.json else "", file=sys.stdout if args.json else sys.stderr, flush=True)
        raise


def default_folder() -> Path:
    """Where an installation goes that was not told otherwise."""
    return home() / "installed"


def _run(args: argparse.Namespace, show: installer.Report) -> int:
    folder = args.folder or default_folder()
    alive = _watch(args.parent_pid)
    if args.proxy:
        os.environ["PIP_PROXY"] = args.proxy
    log_path = args.log or home() / "install.log"
    try:
        log_path.parent.mkdir(parents=True, exist_ok=True)
        # A look at an installation leaves what is written of how it was made.
        log = log_path.open("a" if args.action == "check" else "w", buffering=1, encoding="utf-8")
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
            raise child.cancelled() from None
        except UserError as error:
            log.write(f"{error}\n")
            raise


def _make(args: argparse.Namespace, folder: Path, log: IO[str], show: installer.Report, alive: installer.Alive) -> None:
    """Install or repair, with the first Python that can do it."""
    device, before = args.device, sentinel.read(folder)
    if args.action == "repair" and before is not None and device == builds.AUTO:
        device = before.device
    build = builds.build_for(machine.look(), device)
    fresh = args.action == "repair" and installer.verify(folder, log).code == sentinel.BROKEN
    failure: UserError | None = None
    for python, version in pythons.find(args.python):
        wanted = plan.Plan(plan.place(folder), build, python, version, args.wheels)
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


def _print_line(moment: progress.Progress) -> None:
    print(moment.line(), flush=True)


class _Bar:
    """Progress on a terminal: one line that is written over."""

    def __call__(self, moment: progress.Progress) -> None:
        end = "\n" if moment.phase == progress.DONE else ""
        print(f"\r{moment.factor:4.0%}  {moment.text:<70.70}", end=end, file=sys.stderr, flush=True)
