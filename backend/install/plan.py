# SPDX-License-Identifier: GPL-3.0-or-later
"""What is going to be installed, with what and where; the command line of pip; and why it cannot be done."""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from ...rigs.errors import UserError
from . import sentinel
from .builds import Build
from .requirements import pinned

_OWN_FOLDER = "coamd-backend"
_KEEP_FREE = 500 * 10**6  # bytes that stay free on the user's disk
PARTS = ("venv", "downloads", "tmp")  # all that is in an installation's folder, beside the sentinel


@dataclass(frozen=True)
class Plan:
    """One installation."""

    folder: Path
    build: Build
    python: Path  # the environment is made with it
    version: tuple[int, int, int]  # of that Python
    wheels: Path | None = None  # install from this folder alone, without any network

    @property
    def environment(self) -> Path:
        """The virtual environment."""
        return sentinel.environment_of(self.folder)

    @property
    def requirements(self) -> tuple[str, ...]:
        """Exactly what is installed, each with its version."""
        return pinned(self.build.torch)


def place(chosen: Path) -> Path:
    """Where an installation goes when the user chose a folder: into it, or into one of its own inside of it.

    What the user has in a folder stays apart from what a removal takes away.
    """
    chosen = chosen.expanduser()
    try:
        there = {path.name for path in chosen.iterdir()} if chosen.exists() else set()
        alone = sentinel.NAME in there or there <= set(PARTS)
    except OSError:
        alone = True  # the refusal comes with a sentence when it is written to
    return chosen if alone else chosen / _OWN_FOLDER


def check_room(plan: Plan, free: int | None = None) -> None:
    """UserError "disk_full" unless the disk has room. ``free``: bytes, asked of the system by default."""
    here = plan.folder
    while not here.exists() and here != here.parent:
        here = here.parent
    free = shutil.disk_usage(here).free if free is None else free
    needed = plan.build.disk + (0 if plan.wheels else plan.build.load) + _KEEP_FREE
    if sentinel.read(plan.folder) is not None:  # what is there already counts half, as nobody knows how much it is
        needed //= 2
    if free < needed:
        raise UserError(
            f"The backend needs {size(needed)} of disk space, and {here} has {size(free)} left.",
            "Free some space, or choose a folder on another disk.",
            "disk_full",
        )


def check_wheels(plan: Plan) -> None:
    """UserError "no_wheels" when the plan's folder of wheels holds none at all."""
    if plan.wheels is not None and not (plan.wheels.is_dir() and any(plan.wheels.glob("*.whl"))):
        raise UserError(
            f"There are no wheels (*.whl files) in {plan.wheels}.",
            f"Choose another folder, or fill it on a machine with a network: {download_command(plan)}",
            "no_wheels",
        )


def pip_wheel() -> Path:
    """pip itself: the one packed into the extension, else the one that this Python keeps for new environments.

    pip runs out of its wheel, so the environment needs none of its own, and Debian's Pythons, which cannot put one
    there, will do. UserError "no_pip".
    """
    packed = sorted((Path(__file__).parent / "wheels").glob("pip-*.whl"))
    folders = [Path(sys.base_prefix, "share", "python-wheels"), Path("/usr/share/python-wheels")]
    try:
        import ensurepip

        folders.insert(0, Path(ensurepip.__file__).parent / "_bundled")
    except ImportError:
        pass
    kept = [wheel for folder in folders for wheel in sorted(folder.glob("pip-*.whl"))]
    for wheel in (*packed, *kept):
        return wheel
    raise UserError(
        f"The Python {sys.executable} has no pip to install with.",
        "Install your system's python3-venv package, or use the add-on from its zip.",
        "no_pip",
    )


def pip_command(plan: Plan, pip: Path, *, again: bool = False) -> list[str]:
    """pip's command line for the plan. ``again``: also what seems to be there already.

    Only wheels are taken: nothing is built, and no setup script of a package runs. A proxy goes into the environment
    (PIP_PROXY), as its password would be seen by every user in a command line.
    """
    command = [str(sentinel.python_of(plan.folder)), str(pip / "pip"), "install"]
    command += ["--no-input", "--disable-pip-version-check", "--no-warn-script-location", "--only-binary=:all:"]
    command += ["--progress-bar", "raw" if _newer(pip, (24, 1)) else "off"]
    if plan.wheels is not None:  # isolated: nothing of the user's configuration sends pip to the network
        command += ["--isolated", "--no-cache-dir", "--no-index", "--find-links", str(plan.wheels)]
    else:
        command += ["--cache-dir", str(plan.folder / "downloads"), "--retries", "5", "--timeout", "30"]
        if _newer(pip, (25, 1)):
            command += ["--resume-retries", "20"]
        if plan.build.index:
            command += ["--extra-index-url", plan.build.index]
    if again:
        command.append("--force-reinstall")
    return [*command, *plan.requirements]


def download_command(plan: Plan, folder: str = "FOLDER") -> str:
    """What fills a folder of wheels for this plan, on a machine that has a network."""
    parts = ["python -m pip download --only-binary=:all:", f"--python-version {plan.version[0]}.{plan.version[1]}"]
    parts += [f"--dest {folder}"] + ([f"--extra-index-url {plan.build.index}"] if plan.build.index else [])
    return " ".join((*parts, *plan.requirements))


def size(count: float) -> str:
    """Bytes as people say them."""
    return f"{count / 1e9:.1f} GB" if count >= 0.95e9 else f"{count / 1e6:.0f} MB"


def _newer(pip: Path, least: tuple[int, int]) -> bool:
    """Whether a wheel "pip-24.1-py3-none-any.whl" is of this version or a later one."""
    numbers = pip.name.split("-")[1].split(".")
    return tuple(int(one) for one in (*numbers, "0")[:2] if one.isdigit()) >= least
