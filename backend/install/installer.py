# SPDX-License-Identifier: GPL-3.0-or-later
"""Installs, repairs and removes: environment, pip, check, and the mark that all of it is whole.

Every step can be cut off anywhere. The next installation goes on with what is there: an environment that starts is
kept, files that are loaded lie in pip's cache in the same folder, and what is left of a broken step is cleared.
"""

from __future__ import annotations

import json
import os
import shutil
import stat
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import IO, Any

from ...rigs.errors import UserError
from ..lifetime import birth
from . import child, pythons, sentinel
from .child import cancelled
from .plan import PARTS, Plan, check_room, check_wheels, pip_command, pip_wheel
from .progress import CHECK, DONE, PREPARE, REMOVE, UNPACK, PipReader, Progress, diagnose
from .requirements import REQUIREMENTS
from .sentinel import Sentinel, State

# Importing is the check: a library that is cut off or of another system fails here, and not in the first job.
_CHECK = f"""if True:
    import importlib, json, sys
    for name in {tuple(REQUIREMENTS)!r}:
        importlib.import_module(name)
    import torch
    mps = getattr(getattr(torch, "backends", None), "mps", None)
    gpu = torch.cuda.is_available() or bool(mps and mps.is_available())
    print(json.dumps({{"torch": torch.__version__, "gpu": gpu}}))
"""
_ENOSPC = {28, 122, 39, 112}  # disk full and quota, as POSIX and as Windows number them

NO_ENVIRONMENT = "no_environment"  # code of the error that another Python may not have

Report = Callable[[Progress], None]
Alive = Callable[[], bool]


def install(plan: Plan, log: IO[str], report: Report, alive: Alive = lambda: True, *, fresh: bool = False) -> Sentinel:
    """Carry the plan out; the sentinel of the whole installation.

    ``log`` gets every command and what it printed. ``report`` is told how far it is. ``fresh``: throw away the
    environment that is there and install every package again. UserError for all that can go wrong.
    """
    folder = plan.folder
    here = sentinel.state(folder)
    if here.code == sentinel.WORKING and here.sentinel is not None and here.sentinel.pid != os.getpid():
        raise UserError(here.text, "Wait for it, or end it.", "second_install")
    check_wheels(plan)
    check_room(plan)
    mark = Sentinel(
        device=plan.build.device,
        tag=plan.build.tag,
        requirements=plan.requirements,
        base=str(plan.python),
        python=".".join(map(str, plan.version)),
        pid=os.getpid(),
        born=birth(os.getpid()) or "",
    )
    try:
        report(Progress(PREPARE))
        sentinel.write(folder, mark)
        clear(folder / "tmp")
        (folder / "tmp").mkdir()
        _make_environment(plan, log, alive, fresh or here.code in (sentinel.GONE, sentinel.UNMARKED))
        _install_packages(plan, log, report, alive, fresh)
        report(Progress(CHECK))
        mark = replace(mark, complete=True, pid=0, born="", **_check(plan, log, alive))
        clear(folder / "tmp")
        clear(folder / "downloads")
        sentinel.write(folder, mark)
    except OSError as error:
        raise _refused(folder, error) from error
    finally:
        clear(folder / "tmp")
    report(Progress(DONE))
    return mark


def verify(folder: Path, log: IO[str]) -> State:
    """How the installation is, with its libraries imported: some seconds, in a process of low priority."""
    here = sentinel.state(folder)
    if not here.whole:
        return here
    polite = "import os\nif hasattr(os, 'nice'):\n    os.nice(10)\n"
    command = [str(sentinel.python_of(folder)), "-c", polite + _CHECK]
    try:
        code, lines = child.run(command, temporary=folder, log=log, alive=lambda: True)
    except OSError as error:
        lines, code = [str(error)], 1
    if code == 0:
        return here
    said = _last(lines, code)
    return State(sentinel.BROKEN, f"The installed backend is damaged: {said}", "Repair it.", here.sentinel)


def remove(folder: Path, report: Report, alive: Alive = lambda: True) -> None:
    """Take an installation away; the folder too when nothing else is in it. UserError "not_ours", "unwritable".

    What is not ours stays. The sentinel goes last, so that a removal that is cut off can be gone on with.
    """
    sentinel.check_ours(folder)
    here = sentinel.state(folder)
    if here.code == sentinel.WORKING and here.sentinel is not None and here.sentinel.pid != os.getpid():
        raise UserError(here.text, "Cancel the installation first.", "second_install")
    try:
        if here.sentinel is not None:
            sentinel.write(
                folder, replace(here.sentinel, complete=False, pid=os.getpid(), born=birth(os.getpid()) or "")
            )
        for step, name in enumerate(PARTS):
            if not alive():
                raise cancelled()
            report(Progress(REMOVE, step, len(PARTS)))
            clear(folder / name)
        (folder / sentinel.NAME).unlink()
        if not any(folder.iterdir()):
            folder.rmdir()
    except OSError as error:
        raise _refused(folder, error) from error
    report(Progress(DONE))


def clear(path: Path) -> None:
    """Remove a folder with all in it, read-only files too; nothing happens when it is not there."""
    if path.is_symlink():
        path.unlink()
    elif path.is_dir():
        if sys.version_info >= (3, 12):
            shutil.rmtree(path, onexc=_unlock)
        else:
            shutil.rmtree(path, onerror=_unlock)


def _unlock(function: Any, path: str, error: Any) -> None:
    failure = error if isinstance(error, BaseException) else error[1]
    if isinstance(failure, FileNotFoundError):
        return
    if not isinstance(failure, PermissionError):
        raise failure
    Path(path).parent.chmod(stat.S_IRWXU)
    if not Path(path).is_symlink():
        Path(path).chmod(stat.S_IRWXU)
    function(path)


def _make_environment(plan: Plan, log: IO[str], alive: Alive, fresh: bool) -> None:
    """A virtual environment without pip; one that starts and is of the right Python is kept."""
    there = pythons.version(sentinel.python_of(plan.folder))
    if not fresh and there == plan.version:
        return
    clear(plan.environment)
    command = [str(plan.python), "-m", "venv", "--without-pip", str(plan.environment)]
    code, lines = child.run(command, temporary=plan.folder / "tmp", log=log, alive=alive)
    if code or pythons.version(sentinel.python_of(plan.folder)) is None:
        if any("No space left" in line for line in lines):
            raise diagnose(lines, code, plan, str(log.name))
        said = _last(lines, code)
        raise UserError(
            f"{plan.python} could not make a virtual environment: {said}",
            "Install another Python 3.13, or your system's python3-venv package, and install again.",
            NO_ENVIRONMENT,
        )


def _install_packages(plan: Plan, log: IO[str], report: Report, alive: Alive, again: bool) -> None:
    reader = PipReader(0 if plan.wheels else plan.build.load)
    started: set[str] = set()

    def on_line(line: str) -> None:
        if reader.take(line):
            report(reader.progress)
            if reader.packages and not started:
                started.update(_installed(plan))

    def on_pause() -> None:
        """pip says nothing while it unpacks: count what has appeared."""
        if reader.packages:
            new = min(len(_installed(plan) - started), len(reader.packages) - 1)
            report(Progress(UNPACK, new, len(reader.packages), reader.packages[new]))

    command = pip_command(plan, pip_wheel(), again=again)
    code, lines = child.run(
        command, temporary=plan.folder / "tmp", log=log, alive=alive, on_line=on_line, on_pause=on_pause
    )
    if code:
        raise diagnose(lines, code, plan, str(log.name))


def _installed(plan: Plan) -> set[str]:
    """Names of the packages' folders of facts, each written when its package is all there. Asked often: no search."""
    libraries = (plan.environment / "Lib", *plan.environment.glob("lib/python3.*"))
    return {path.name for library in libraries for path in (library / "site-packages").glob("*.dist-info")}


def _check(plan: Plan, log: IO[str], alive: Alive) -> dict[str, Any]:
    command = [str(sentinel.python_of(plan.folder)), "-c", _CHECK]
    code, lines = child.run(command, temporary=plan.folder / "tmp", log=log, alive=alive)
    if code == 0:
        values = json.loads(lines[-1])
        return {"torch": str(values["torch"]), "gpu": bool(values["gpu"])}
    said = _last(lines, code)
    raise UserError(f"What was installed does not work: {said}", f"Press Repair. The log is {log.name}.", "broken")


def _last(lines: list[str], code: int) -> str:
    """The last thing that a command said."""
    return next((line for line in reversed(lines) if line.strip()), f"it ended with code {code}").strip()[:160]


def _refused(folder: Path, error: OSError) -> UserError:
    if error.errno in _ENOSPC:
        return UserError(
            "The disk became full while the backend was installed.",
            "Free some space and press Repair: what is loaded already is kept.",
            "disk_full",
        )
    where = error.filename or folder
    return UserError(
        f"The system does not let {where} be written ({error.strerror}).",
        "Stop the backend, close other programs that use the folder, or choose another one.",
        "unwritable",
    )
