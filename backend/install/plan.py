# SPDX-License-Identifier: GPL-3.0-or-later
"""What is going to be installed, with what and where; the command line of pip; and why it cannot be done."""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from ...rigs.errors import UserError
from . import install_marker, lock_file
from .requirements import pinned
from .torch_builds import Build

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
    older: Build | None = None  # to be taken where the build has no kernels for the card
    wheels: Path | None = None  # install from this folder alone, without any network

    @property
    def environment(self) -> Path:
        """The virtual environment."""
        return install_marker.environment_of(self.folder)

    @property
    def requirements(self) -> tuple[str, ...]:
        """Exactly what is installed, each with its version."""
        return pinned(self.build.torch)

    @property
    def locked(self) -> tuple[tuple[lock_file.Locked, ...], tuple[str, ...]]:
        """What is checked by hash, and what the lock does not cover; UserError "no_lock"."""
        path = lock_file.path()
        try:
            return lock_file.divided(lock_file.read(path.read_text("utf-8")), self.requirements)
        except (OSError, ValueError) as error:
            raise UserError(
                f"The list of packages {path} cannot be read: {error}.", "Install the add-on again.", "no_lock"
            ) from error


def place(chosen: Path) -> Path:
    """Where an installation goes when the user chose a folder: into it, or into one of its own inside of it.

    What the user has in a folder stays apart from what a removal takes away, whatever it is called.
    """
    chosen = chosen.expanduser()
    try:
        alone = not chosen.exists() or bool(install_marker.owner_of(chosen, PARTS)) or not any(chosen.iterdir())
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
    if (
        install_marker.read(plan.folder) is not None
    ):  # what is there already counts half, as nobody knows how much it is
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
            f"There are no downloaded packages (*.whl files) in {plan.wheels}.",
            f"Choose another folder, or fill it on a machine with a network: {download_commands(plan)}",
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


def pip_commands(plan: Plan, pip: Path, *, again: bool = False) -> list[list[str]]:
    """pip's command lines for the plan, in their order. ``again``: also what seems to be there already.

    First comes all that the lock covers, each file checked by its SHA-256; then, with versions held to those of the
    lock, what it does not: torch's own builds, where the lock was made without their index. Only wheels are taken:
    nothing is built, and no setup script of a package runs. A proxy goes into the environment (PIP_PROXY), as its
    password would be seen by every user in a command line. Writes the lists that pip reads into the plan's "tmp".
    """
    start = [str(install_marker.python_of(plan.folder)), str(pip / "pip"), "install"]
    start += ["--no-input", "--disable-pip-version-check", "--no-warn-script-location", "--only-binary=:all:"]
    start += ["--progress-bar", "raw" if _newer(pip, (24, 1)) else "off"]
    if plan.wheels is not None:  # isolated: nothing of the user's configuration sends pip to the network
        start += ["--isolated", "--no-cache-dir", "--no-index", "--find-links", str(plan.wheels)]
    else:
        start += ["--cache-dir", str(plan.folder / "downloads"), "--retries", "5", "--timeout", "30"]
        if _newer(pip, (25, 1)):
            start += ["--resume-retries", "20"]
    index = ["--extra-index-url", plan.build.index] if plan.build.index and plan.wheels is None else []
    covered, rest = plan.locked
    checked, versions = plan.folder / "tmp" / "checked.txt", plan.folder / "tmp" / "versions.txt"
    checked.write_text("".join(f"{one.line}\n" for one in covered), "utf-8")
    versions.write_text("".join(f"{one.constraint}\n" for one in covered), "utf-8")
    whole = [*start, *([] if rest else index), *(["--force-reinstall"] if again else [])]
    commands = [[*whole, "--require-hashes", "--requirement", str(checked)]] if covered else []
    return commands + ([[*start, *index, "--constraint", str(versions), *rest]] if rest else [])


def download_commands(plan: Plan, folder: str = "FOLDER") -> str:
    """What fills a folder of wheels for this plan, on a machine that has a network and the same system."""
    start = f"python -m pip download --only-binary=:all: --python-version {plan.version[0]}.{plan.version[1]}"
    start += f" --dest {folder}"
    index = f" --extra-index-url {plan.build.index}" if plan.build.index else ""
    covered, rest = plan.locked
    commands = [f"{start} -r {lock_file.path()}"] if covered else []
    return " && ".join(commands + ([" ".join((start + index, *rest))] if rest else []))


def size(count: float) -> str:
    """Bytes as people say them."""
    return f"{count / 1e9:.1f} GB" if count >= 0.95e9 else f"{count / 1e6:.0f} MB"


def _newer(pip: Path, least: tuple[int, int]) -> bool:
    """Whether a wheel "pip-24.1-py3-none-any.whl" is of this version or a later one."""
    numbers = pip.name.split("-")[1].split(".")
    return tuple(int(one) for one in (*numbers, "0")[:2] if one.isdigit()) >= least
