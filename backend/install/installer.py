# SPDX-License-Identifier: GPL-3.0-or-later
"""Installs, repairs and removes: environment, pip, check, and the mark that all of it is whole.

Every step can be cut off anywhere. The next installation goes on with what is there: an environment that starts is
kept, files that are loaded lie in pip's cache in the same folder, and what is left of a broken step is cleared.

Only folders with the installation's id in them (`install_marker.claim`) are ever written to, mended or removed.
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
from ..system.process_lifetime import birth
from . import command_runner, install_marker, python_finder
from .command_runner import cancelled
from .install_marker import InstallState, Sentinel
from .plan import PARTS, Plan, check_room, check_wheels, pip_commands, pip_wheel
from .progress import CHECK, DONE, PREPARE, REMOVE, UNPACK, InstallProgress, PipReader, diagnose
from .requirements import INSTALLED

# Importing is the check: a library that is cut off or of another system fails here, and not in the first job. So does a
# card that cannot multiply.
_CHECK = f"""if True:
    import importlib, json, sys
    for name in {INSTALLED!r}:
        importlib.import_module(name)
    import torch
    mps = getattr(getattr(torch, "backends", None), "mps", None)
    places = [f"cuda:{{n}}" for n in range(torch.cuda.device_count())] if torch.cuda.is_available() else []
    places += ["mps"] if mps and mps.is_available() else []
    gpu, why = False, ""
    for place in places:  # a card counts as available where torch has no kernels for it
        try:
            ones = torch.ones(8, 8, device=place)
            gpu = gpu or float((ones @ ones).sum()) == 512.0
        except Exception as error:
            why = str(error).strip()[:300]
    print(json.dumps({{"torch": torch.__version__, "gpu": gpu, "why": why}}))
"""
_ENOSPC = {28, 122, 39, 112}  # disk full and quota, as POSIX and as Windows number them

NO_KERNELS = "no kernel image"  # in CUDA's words: torch was not built for this card
NO_ENVIRONMENT = "no_environment"  # code of the error that another Python may not have

ProgressReport = Callable[[InstallProgress], None]
Alive = Callable[[], bool]


def install(
    plan: Plan, log: IO[str], report: ProgressReport, alive: Alive = lambda: True, *, fresh: bool = False
) -> Sentinel:
    """Carry the plan out; the sentinel of the whole installation.

    ``log`` gets every command and what it printed. ``report`` is told how far it is. ``fresh``: throw away the
    environment that is there and install every package again. UserError for all that can go wrong.
    """
    folder = plan.folder
    _check_free(folder)
    here = install_marker.state(folder)
    if here.code == install_marker.WORKING and here.sentinel is not None and here.sentinel.pid != os.getpid():
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
        id=install_marker.owner_of(folder, PARTS) or install_marker.new_id(),
    )
    try:
        report(InstallProgress(PREPARE))
        install_marker.write(folder, mark)
        _clear_part(folder / "tmp", mark.id)
        for name in ("tmp", "downloads"):
            install_marker.claim(folder / name, mark.id)
        _make_environment(
            plan, mark.id, log, alive, fresh or here.code in (install_marker.GONE, install_marker.UNMARKED)
        )
        _install_packages(plan, mark.id, log, report, alive, fresh)
        report(InstallProgress(CHECK))
        found = _check(plan, log, alive)
        if plan.older is not None and not found["gpu"] and NO_KERNELS in found["why"]:
            plan = replace(plan, build=plan.older, older=None)
            mark = replace(mark, tag=plan.build.tag, requirements=plan.requirements)
            install_marker.write(folder, mark)
            _install_packages(plan, mark.id, log, report, alive, fresh)
            report(InstallProgress(CHECK))
            found = _check(plan, log, alive)
        mark = replace(mark, complete=True, pid=0, born="", torch=str(found["torch"]), gpu=bool(found["gpu"]))
        for name in ("tmp", "downloads"):
            _clear_part(folder / name, mark.id)
        install_marker.write(folder, mark)
    except OSError as error:
        raise _refused(folder, error) from error
    finally:
        _clear_part(folder / "tmp", mark.id)
    report(InstallProgress(DONE))
    return mark


def verify(folder: Path, log: IO[str]) -> InstallState:
    """How the installation is, with its libraries imported: some seconds, in a process of low priority."""
    here = install_marker.state(folder)
    if not here.whole:
        return here
    polite = "import os\nif hasattr(os, 'nice'):\n    os.nice(10)\n"
    command = [str(install_marker.python_of(folder)), "-c", polite + _CHECK]
    try:
        code, lines = command_runner.run(command, temporary=folder, log=log, alive=lambda: True)
    except OSError as error:
        lines, code = [str(error)], 1
    if code == 0:
        return here
    said = _last(lines, code)
    return InstallState(install_marker.BROKEN, f"The installed backend is damaged: {said}", "Repair it.", here.sentinel)


def remove(folder: Path, report: ProgressReport, alive: Alive = lambda: True) -> None:
    """Take an installation away; the folder too when nothing else is in it. UserError "not_ours", "unwritable".

    What is not ours stays. The sentinel goes last, so that a removal that is cut off can be gone on with.
    """
    install_marker.check_ours(folder, PARTS)
    id = install_marker.owner_of(folder, PARTS)
    here = install_marker.state(folder)
    if here.code == install_marker.WORKING and here.sentinel is not None and here.sentinel.pid != os.getpid():
        raise UserError(here.text, "Cancel the installation first.", "second_install")
    try:
        if here.sentinel is not None:
            install_marker.write(
                folder, replace(here.sentinel, complete=False, pid=os.getpid(), born=birth(os.getpid()) or "")
            )
        for step, name in enumerate(PARTS):
            if not alive():
                raise cancelled()
            report(InstallProgress(REMOVE, step, len(PARTS)))
            _clear_part(folder / name, id)
        (folder / install_marker.NAME).unlink(missing_ok=True)
        if not any(folder.iterdir()):
            folder.rmdir()
    except OSError as error:
        raise _refused(folder, error) from error
    report(InstallProgress(DONE))


def _check_free(folder: Path) -> None:
    """UserError "not_ours" for a folder with contents that no installation of ours is in."""
    try:
        foreign = folder.exists() and not install_marker.owner_of(folder, PARTS) and any(folder.iterdir())
    except OSError as error:
        raise _refused(folder, error) from error
    if foreign:
        raise UserError(
            f"{folder} holds files that were not made by this add-on, so nothing is installed into it.",
            "Choose an empty folder to install into.",
            "not_ours",
        )


def _clear_part(part: Path, id: str) -> None:
    """Remove a folder of the installation ``id``; one that it did not make stays as it is.

    The file with the id goes last: what is left of a removal that was cut off is still known as ours.
    """
    if install_marker.id_of(part) != id:
        return
    for path in part.iterdir():
        if path.name == install_marker.OWNER:
            continue
        if path.is_dir() or path.is_symlink():
            clear(path)
        else:
            path.unlink()
    clear(part)


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


def _make_environment(plan: Plan, id: str, log: IO[str], alive: Alive, fresh: bool) -> None:
    """A virtual environment without pip; one that starts and is of the right Python is kept."""
    ours = install_marker.id_of(plan.environment) == id
    if ours and not fresh and python_finder.version(install_marker.python_of(plan.folder)) == plan.version:
        return
    _clear_part(plan.environment, id)
    install_marker.claim(plan.environment, id)
    command = [str(plan.python), "-m", "venv", "--without-pip", str(plan.environment)]
    code, lines = command_runner.run(command, temporary=plan.folder / "tmp", log=log, alive=alive)
    if code or python_finder.version(install_marker.python_of(plan.folder)) is None:
        if any("No space left" in line for line in lines):
            raise diagnose(lines, code, plan, str(log.name))
        said = _last(lines, code)
        raise UserError(
            f"{plan.python} could not make a virtual environment: {said}",
            "Install another Python 3.13, or your system's python3-venv package, and install again.",
            NO_ENVIRONMENT,
        )


def _install_packages(plan: Plan, id: str, log: IO[str], report: ProgressReport, alive: Alive, again: bool) -> None:
    commands = pip_commands(plan, pip_wheel(), again=again)
    if plan.locked[1]:
        log.write(f"Not in the list of checked packages, so taken as the index has it: {' '.join(plan.locked[1])}\n")
    reader = PipReader(0 if plan.wheels else plan.build.load, len(commands))
    before = _installed(plan)

    def on_line(line: str) -> None:
        if reader.take(line):
            report(reader.progress)

    def on_pause() -> None:
        """pip says nothing while it unpacks: count what has appeared."""
        if reader.progress.phase == UNPACK:
            new = min(len(_installed(plan) - before), len(reader.packages) - 1)
            report(InstallProgress(UNPACK, new, len(reader.packages), reader.packages[new]))

    for command in commands:
        code, lines = command_runner.run(
            command, temporary=plan.folder / "tmp", log=log, alive=alive, on_line=on_line, on_pause=on_pause
        )
        if code:
            failure = diagnose(lines, code, plan, str(log.name))
            if failure.code == "damaged":  # else the next try would find the same file again
                _clear_part(plan.folder / "downloads", id)
            raise failure


def _installed(plan: Plan) -> set[str]:
    """Names of the packages' folders of facts, each written when its package is all there. Asked often: no search."""
    libraries = (plan.environment / "Lib", *plan.environment.glob("lib/python3.*"))
    return {path.name for library in libraries for path in (library / "site-packages").glob("*.dist-info")}


def _check(plan: Plan, log: IO[str], alive: Alive) -> dict[str, Any]:
    command = [str(install_marker.python_of(plan.folder)), "-c", _CHECK]
    code, lines = command_runner.run(command, temporary=plan.folder / "tmp", log=log, alive=alive)
    if code == 0:
        values: dict[str, Any] = json.loads(lines[-1])
        return values
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
