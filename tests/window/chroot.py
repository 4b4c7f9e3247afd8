# SPDX-License-Identifier: GPL-3.0-or-later
"""A Debian with its own Blender in a folder, to run a real window in without touching this machine's packages.

``python tests/window/chroot.py trixie`` makes it (Blender 4.3.2; sid has 5.2), ``--why`` says why it cannot be made.
A folder that is whole has a mark and is used again. All mounts are in a namespace of their own: they are gone when the
process that holds it ends, whatever happens, and this machine never sees them.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

HOME = Path(os.environ.get("COAMD_WINDOW_HOME", "/var/tmp/coamd-window"))
MIRROR = "http://deb.debian.org/debian"
# requests and cattrs are what Blender 5.2's own extensions need and its package only recommends
PACKAGES = ("blender", "xvfb", "xdotool", "x11-utils", "libgl1-mesa-dri", "libegl1", "libgl1", "python3-numpy")
PACKAGES += ("python3-requests", "python3-cattr", "python3-xlib")  # xlib: for `drag.py`
_MARK = "whole"  # written last: what apt had installed when the folder was made


def why_not() -> str:
    """Why no window can be had on this machine, in one sentence; empty when it can."""
    if not sys.platform.startswith("linux"):
        return "A window is tested on Linux only."
    if os.geteuid() != 0:
        return "Making a chroot needs root."
    missing = [tool for tool in ("debootstrap", "chroot", "unshare", "nsenter") if shutil.which(tool) is None]
    if missing:
        return f"{missing[0]} is not installed; as root: apt-get install debootstrap util-linux"
    if subprocess.run(["unshare", "--mount", "true"], capture_output=True, check=False).returncode:
        return "This machine allows no mounts, not even in a namespace of their own."
    return ""


class Chroot:
    """One Debian release in a folder. Use ``with``: commands run in it between enter and exit."""

    def __init__(self, suite: str, home: Path = HOME, share: str = "share") -> None:
        self.suite, self.root, self.share = suite, home / suite, home / share
        self.binds: list[tuple[Path, str]] = []  # what else of this machine is there inside, read-only, and where
        self._holder: subprocess.Popen[bytes] | None = None

    @property
    def whole(self) -> bool:
        """Whether the folder was made to the end, with these packages."""
        mark = self.root / _MARK
        return mark.is_file() and mark.read_text("utf-8") == " ".join(PACKAGES)

    def make(self) -> None:
        """Make the folder if it is not whole; RuntimeError when Debian cannot be fetched."""
        if self.whole:
            return
        if not (self.root / "usr/bin/apt-get").exists() or (self.root / "debootstrap").exists():  # it ends without
            shutil.rmtree(self.root, ignore_errors=True)
            self.root.mkdir(parents=True)
            _run(["debootstrap", "--variant=minbase", self.suite, str(self.root), MIRROR])
        settings = self.root / "etc/dpkg/dpkg.cfg.d/quick"  # no flush of each file: it can be made again
        settings.write_text("force-unsafe-io\npath-exclude /usr/share/doc/*\npath-exclude /usr/share/man/*\n", "utf-8")
        install = ["apt-get", "install", "-y", "-q", "--no-install-recommends", *PACKAGES]
        mend = ["dpkg", "--configure", "-a"]  # what an earlier try that was stopped has left half done
        # sid's list of packages says it is good for a week; a mirror that was last filled before is as good for a test
        update = ["apt-get", "update", "-q", "-o", "Acquire::Check-Valid-Until=false"]
        for command in (mend, update, install, ["apt-get", "clean"]):
            _run(["chroot", str(self.root), "env", "DEBIAN_FRONTEND=noninteractive", *command])
        (self.root / _MARK).write_text(" ".join(PACKAGES), "utf-8")

    def __enter__(self) -> Chroot:
        """Open the namespace: /proc and /dev, this machine read-only under /host, and a folder that both share."""
        self.share.mkdir(parents=True, exist_ok=True)
        inside = {name: self.root / name for name in ("proc", "dev", "host", str(self.share).lstrip("/"))}
        host_share = self.root / "host" / str(self.share).lstrip("/")
        for folder in inside.values():
            folder.mkdir(parents=True, exist_ok=True)
        mounts = [
            f"mount -t proc proc {inside['proc']}",
            f"mount --rbind /dev {inside['dev']}",
            f"mount --bind / {inside['host']}",
            f"mount -o remount,bind,ro {inside['host']}",
            f"mount -t proc proc {inside['host']}/proc",
            f"mount --rbind /dev {inside['host']}/dev",
            f"mount --bind {self.share} {self.root}{self.share}",
            f"mount --bind {self.share} {host_share}",
        ]
        for source, target in self.binds:
            there = self.root / target.lstrip("/")
            if source.is_dir():
                there.mkdir(parents=True, exist_ok=True)
            mounts += [f"mount --bind {source} {there}", f"mount -o remount,bind,ro {there}"]
        script = " && ".join([*mounts, "echo ready", "exec sleep infinity"])
        self._holder = subprocess.Popen(
            ["unshare", "--mount", "--propagation", "private", "sh", "-c", script], stdout=subprocess.PIPE
        )
        assert self._holder.stdout is not None
        if self._holder.stdout.readline() != b"ready\n":
            self.__exit__()
            raise RuntimeError("The chroot's mounts were refused.")
        return self

    def __exit__(self, *_: object) -> None:
        if self._holder is not None:
            self._holder.kill()
            self._holder.wait()
            self._holder = None

    def command(self, command: Sequence[str], environment: dict[str, str] | None = None) -> list[str]:
        """The command line by which this machine runs a command inside."""
        assert self._holder is not None, "use it in a with statement"
        plain = {"PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", "HOME": "/root", "LC_ALL": "C.UTF-8"}
        pairs = [f"{key}={value}" for key, value in {**plain, **(environment or {})}.items()]
        enter = ["nsenter", f"--mount=/proc/{self._holder.pid}/ns/mnt", "chroot", str(self.root)]
        return [*enter, "env", "-i", *pairs, *command]

    def run(self, command: Sequence[str], environment: dict[str, str] | None = None, **options: Any) -> bytes:
        """Run a command inside and return what it printed; RuntimeError when it fails."""
        done = subprocess.run(self.command(command, environment), capture_output=True, check=False, **options)
        if done.returncode:
            raise RuntimeError(f"{' '.join(command)}: {done.stderr.decode(errors='replace')[-2000:]}")
        return done.stdout

    def start(self, command: Sequence[str], environment: dict[str, str], log: Path) -> subprocess.Popen[bytes]:
        """Start a command inside that goes on by itself."""
        with log.open("wb") as file:
            return subprocess.Popen(
                self.command(command, environment), stdin=subprocess.DEVNULL, stdout=file, stderr=subprocess.STDOUT
            )


def discard(folder: Path) -> None:
    """Take a folder away at once, and delete it beside what comes next: an installed backend takes two minutes."""
    if folder.exists():
        folder.rename(folder.with_name(f"{folder.name}.{time.time_ns()}"))
    old = [str(path) for path in folder.parent.glob(f"{folder.name}.*")]
    if old:
        subprocess.Popen(["nice", "rm", "-rf", *old], stdin=subprocess.DEVNULL, start_new_session=True)


def _run(command: Sequence[str]) -> None:
    log = HOME / "make.log"
    with log.open("ab") as file:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=file, stderr=subprocess.STDOUT, check=False)
    if done.returncode:
        last = "\n".join(log.read_text("utf-8", "replace").splitlines()[-5:])
        raise RuntimeError(f"{' '.join(command[:4])} failed:\n{last}")


def main() -> int:
    """Make a chroot, or say why not."""
    parser = argparse.ArgumentParser(description="Make a chroot with Debian's Blender.")
    parser.add_argument("suite", nargs="?", default="trixie", help="trixie (Blender 4.3) or sid (5.2)")
    parser.add_argument("--why", action="store_true", help="only say whether it can be made")
    args = parser.parse_args()
    reason = why_not()
    if reason or args.why:
        print(reason or "A chroot can be made.")
        return int(bool(reason))
    try:
        HOME.mkdir(parents=True, exist_ok=True)
        Chroot(args.suite).make()
    except (OSError, RuntimeError) as error:
        print(" ".join(f"Debian's {args.suite} could not be had: {error}".split()))
        return 1
    print(f"{HOME / args.suite} is whole.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
