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
from typing import Any

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
    show = (lambda moment: print(moment.line(), flush=True)) if args.json else _Bar()
    try:
        return _run(args, show)
    except UserError as error:
        if args.json:
            print(progress.error_line(error), flush=True)
        raise


def default_folder() -> Path:
    """Where an installation goes that was not told otherwise."""
    return home() / "installed"


def _run(args: argparse.Namespace, show: Callable[[progress.Progress], None]) -> int:
    folder = args.folder or default_folder()
    signal.signal(signal.SIGTERM, _stop)
    alive = _watch(args.parent_pid)
    if args.proxy:
        os.environ["PIP_PROXY"] = args.proxy
    log_path = args.log or home() / "install.log"
    try:
        log_path.parent.mkdir(parents=True, exist_ok=True)
        log = log_path.open("w", buffering=1, encoding="utf-8")
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
            before = sentinel.read(folder)
            device, chosen = args.device, args.python
            if args.action == "repair" and before is not None and device == builds.AUTO:
                device = before.device
            python, version = pythons.find(chosen)
            build = builds.build_for(machine.look(), device)
            wanted = plan.Plan(plan.place(folder), build, python, version, args.wheels)
            fresh = args.action == "repair" and installer.verify(wanted.folder, log).code == sentinel.BROKEN
            done = installer.install(wanted, log, show, alive, fresh=fresh)
            if done.device not in (builds.CPU,) and not done.gpu:
                log.write(f"torch {done.torch} does not see the {build.label}\n")
            return 0
        except KeyboardInterrupt:
            raise child.cancelled() from None
        except UserError as error:
            log.write(f"{error}\n")
            raise


def _stop(_number: int, _frame: Any) -> None:
    raise KeyboardInterrupt


def _watch(parent: int | None) -> Callable[[], bool]:
    """Says whether the process that waits for us is still there."""
    if parent is None:
        return lambda: True
    born = birth(parent)
    return lambda: born is not None and birth(parent) == born


class _Bar:
    """Progress on a terminal: one line that is written over."""

    def __call__(self, moment: progress.Progress) -> None:
        end = "\n" if moment.phase == progress.DONE else ""
        print(f"\r{moment.factor:4.0%}  {moment.text:<70.70}", end=end, file=sys.stderr, flush=True)
