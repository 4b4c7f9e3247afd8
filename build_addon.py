# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes the extension zips, one per platform, and validates them with Blender's own tool.

    python build_addon.py [--platform linux-x64] [--out dist]
    python build_addon.py --repository FOLDER    the zips and their index, for Blenders to add by its address
    python build_addon.py --shelf --website URL    zips for extensions.blender.org: without pip and the installer

A zip mirrors the repository under a small root ``__init__.py``: add-on, backend, rigs and bundled weights, and the
wheels that talk to the backend, and pip, which the add-on installs the backend with. torch is not in it. Wheels are
fetched once, at pinned versions, into build/wheels; only those whose SHA-256 stands in blender_addon/wheels.lock are
packed.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import shutil
import subprocess
import sys
import tempfile
import tomllib
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from backend.install import lock_file
from backend.lab.repository import BuildError, publish

ROOT = Path(__file__).resolve().parent
WHEELS = ROOT / "build" / "wheels"
LOCK = ROOT / "blender_addon" / "wheels.lock"
INSTALLED = ROOT / "backend" / "install" / "requirements.lock"  # what the installer takes
_COMMAND = "python build_addon.py --lock"
MAX_BYTES = 60 * 2**20
PYZMQ, MSGPACK = "pyzmq==27.3.0", "msgpack==1.2.4"
PIP = "pip==26.3"  # installs the backend; pure Python, and the same everywhere, so that its words are known

# Platform of Blender -> platform tags of wheels, newest first. torch has no builds for Macs with an Intel processor.
PLATFORMS: dict[str, tuple[str, ...]] = {
    "linux-x64": ("manylinux_2_28_x86_64", "manylinux2014_x86_64"),
    "windows-x64": ("win_amd64",),
    "macos-arm64": ("macosx_11_0_arm64",),
}
# Blender 4.2 to 5.0 have Python 3.11, 5.2 has 3.13, distributions have 3.14. pyzmq's abi3 wheel serves all from 3.12.
# Few wheels: all extensions share one site-packages, and Windows cannot replace a loaded library.
WANTED = (
    (PYZMQ, "3.11", "cp311"),
    (PYZMQ, "3.12", "abi3"),
    (MSGPACK, "3.11", "cp311"),
    (MSGPACK, "3.13", "cp313"),
    (MSGPACK, "3.14", "cp314"),
)
CONTENT = ("blender_addon", "backend", "rigs")
LAB = Path("backend", "lab")  # what trains and measures the product stays in the repository
LEFT_OUT = {"__pycache__", ".mypy_cache", ".ruff_cache", LOCK.name}
# What the add-on needs of these two folders where it installs nothing.
OWN_PYTHON = Path("blender_addon", "own_python")  # takes the place of blender_addon/install there
_INSTALL = {"__init__.py", "install_marker.py", "python_finder.py", "requirements.py"}
_CLI = {"__init__.py", "options.py", "progress_bar.py", "serve.py", "teach.py", "terminal.py"}

MANIFEST = """schema_version = "1.0.0"
id = "coamd"
version = "{version}"
name = "CoAMD Motion"
tagline = "Type what the character does and get keys on your own rig"
maintainer = "{maintainer}"
{website}type = "add-on"
tags = ["Animation", "Rigging"]
blender_version_min = "4.2.13"
license = ["SPDX:GPL-3.0-or-later"]
copyright = [
  "2026 CoAMD Motion",
  "2009-2012 Brian Granger and Min Ragan-Kelley (pyzmq)",
  "2008-2011 INADA Naoki (msgpack)",
]
platforms = ["{platform}"]
wheels = [
{wheels}
]

[permissions]
files = "{files}"
network = "{network}"
"""


@dataclass(frozen=True)
class Kind:
    """What tells a kind of zip from the other: whether it installs the backend, and what its manifest says."""

    shelf: bool = False  # for Blender's extensions platform
    website: str = ""
    maintainer: str = "CoAMD Motion"

    @property
    def permissions(self) -> dict[str, str]:
        """Why the add-on wants what it wants."""
        if self.shelf:
            return {
                "files": "Start the model's process, write exports, keep a log",
                "network": "Talk to the model's process on this machine",
            }
        return {
            "files": "Install and start the backend, keep its connection file and log",
            "network": "Download the backend when you ask for it, and talk to it",
        }


OWN = Kind()

ROOT_INIT = '''# SPDX-License-Identifier: GPL-3.0-or-later
"""CoAMD Motion. bpy is imported only by register(): the backend process imports this package without Blender."""


def register():
    from . import blender_addon

    blender_addon.register()


def unregister():
    from . import blender_addon

    blender_addon.unregister()
'''


def version() -> str:
    """The project's version, from pyproject.toml."""
    return str(tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"])


def fetch_wheels(platform: str, cache: Path = WHEELS) -> list[Path]:
    """The wheels of one platform, downloaded into ``cache/<platform>`` when they are not there yet."""
    folder = cache / platform
    folder.mkdir(parents=True, exist_ok=True)
    return [_fetch(requirement, python, abi, platform, folder) for requirement, python, abi in WANTED]


def fetch_pip(cache: Path = WHEELS) -> Path:
    """pip's wheel, downloaded into ``cache`` when it is not there yet."""
    cache.mkdir(parents=True, exist_ok=True)
    name = f"{PIP.replace('==', '-')}-py3-none-any.whl"
    return _download(PIP, [], cache, name, f"The wheel of {PIP}")


def _fetch(requirement: str, python: str, abi: str, platform: str, folder: Path) -> Path:
    name, _, number = requirement.partition("==")
    pattern = f"{name}-{number}-cp{python.replace('.', '')}-{abi}-*.whl"
    tags = [part for tag in PLATFORMS[platform] for part in ("--platform", tag)]
    options = ["--implementation", "cp", "--python-version", python, "--abi", abi, *tags]
    return _download(
        requirement, options, folder, pattern, f"The wheel of {requirement} for {platform}, Python {python}"
    )


def _download(requirement: str, options: list[str], folder: Path, pattern: str, what: str) -> Path:
    if not list(folder.glob(pattern)):
        command = [sys.executable, "-m", "pip", "download", requirement, "--quiet", "--no-deps", "--only-binary=:all:"]
        command += ["--disable-pip-version-check", *options, "--dest", str(folder)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            last = (done.stderr.strip().splitlines() or ["no output"])[-1]
            raise BuildError(f"{what} could not be fetched: {last}")
    found = sorted(folder.glob(pattern))
    if not found:
        raise BuildError(f"pip fetched no wheel that fits {pattern}.")
    return found[0]


def locked() -> dict[str, str]:
    """The SHA-256 of each wheel that may be packed, by its file name."""
    lines = (line.split() for line in LOCK.read_text("utf-8").splitlines() if line and not line.startswith("#"))
    return {name: digest for digest, name in lines}


def checked(wheel: Path) -> Path:
    """The wheel itself; BuildError unless it is, byte for byte, the one in the lock."""
    wanted = locked().get(wheel.name)
    if wanted is None:
        raise BuildError(f"{wheel.name} is not in {LOCK.name}; after a change of versions run: {_COMMAND}")
    if hashlib.sha256(wheel.read_bytes()).hexdigest() != wanted:
        raise BuildError(f"{wheel} is not the file that {LOCK.name} names; delete it and build again.")
    return wheel


def write_lock() -> None:
    """Fetch every wheel again, and ask for all that is installed beside them; write what they are, for a person to see.

    What the installed backend is made of comes from the index alone. BuildError as it comes.
    """
    from backend.lab.supply import lock_writer

    with tempfile.TemporaryDirectory(prefix="coamd-wheels-") as folder:
        cache = Path(folder)
        fetched = {fetch_pip(cache)} | {wheel for platform in PLATFORMS for wheel in fetch_wheels(platform, cache)}
        digests = {wheel.name: hashlib.sha256(wheel.read_bytes()).hexdigest() for wheel in fetched}
        before = lock_file.read(INSTALLED.read_text("utf-8")) if INSTALLED.exists() else ()
        found, missing = lock_writer.resolve(lock_writer.pip_asker(fetch_pip(cache)), before)
    head = f"# SHA-256 of every wheel that the extension carries. Written by: {_COMMAND}\n"
    LOCK.write_text(head + "".join(f"{digests[name]}  {name}\n" for name in sorted(digests)), "utf-8")
    INSTALLED.write_text(lock_writer.text(found, missing), "utf-8")
    print(f"{len(found)} packages are in {INSTALLED.name}; not covered: {', '.join(missing) or 'none'}")


def audit() -> None:
    """Look through the list of what is installed; BuildError with what is wrong with it."""
    from backend.lab.supply.lock_audit import faults, known_faults

    locked = lock_file.read(INSTALLED.read_text("utf-8"))
    published, said = known_faults(locked)
    print(f"{len(locked)} packages, {sum(len(entry.wheels) for entry in locked)} wheels; {said}")
    if found := faults(locked) + published:
        raise BuildError("; ".join(found))


def files(lab: bool = False) -> Iterator[Path]:
    """Every file of the product, relative to the repository; with the laboratory where that is asked for."""
    for top in CONTENT:
        for path in sorted((ROOT / top).rglob("*")):
            if (
                path.is_file()
                and not LEFT_OUT.intersection(path.parts)
                and (lab or LAB not in path.relative_to(ROOT).parents)
            ):
                yield path.relative_to(ROOT)


def content(kind: Kind) -> Iterator[tuple[Path, Path]]:
    """The files of a zip of that kind, and where they lie in it."""
    replaced = {path.name for path in (ROOT / OWN_PYTHON).glob("*.py")}
    for path in files():
        if path.parent == OWN_PYTHON:
            if kind.shelf:
                yield path, OWN_PYTHON.with_name("install") / path.name
            continue
        if kind.shelf:
            needed = {"backend/install": _INSTALL, "backend/cli": _CLI}.get(path.parent.as_posix())
            if path.suffix == ".whl" or (needed is not None and path.name not in needed):
                continue
            if path.parent == OWN_PYTHON.with_name("install") and path.name in replaced:
                continue
        yield path, path


def lay_out(platform: str, folder: Path, kind: Kind = OWN) -> None:
    """Write the unpacked extension for one platform into an empty folder."""
    for path, place in content(kind):
        target = folder / place
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / path, target)
    shutil.copy2(ROOT / "LICENSE", folder / "LICENSE")
    (folder / "wheels").mkdir()
    names = []
    for wheel in map(checked, fetch_wheels(platform)):
        shutil.copy2(wheel, folder / "wheels" / wheel.name)
        names.append(f'  "./wheels/{wheel.name}",')
    if not kind.shelf:
        carried = folder / "backend" / "install" / "wheels"
        carried.mkdir(exist_ok=True)
        shutil.copy2(checked(fetch_pip()), carried)
    website = f'website = "{kind.website}"\n' if kind.website else ""
    manifest = MANIFEST.format(
        version=version(),
        platform=platform,
        wheels="\n".join(names),
        website=website,
        maintainer=kind.maintainer,
        **kind.permissions,
    )
    (folder / "blender_manifest.toml").write_text(manifest, "utf-8")
    (folder / "__init__.py").write_text(ROOT_INIT, "utf-8")


def blender_tool() -> Path:
    """Blender's command line for extensions, found in the bpy wheel without importing it."""
    spec = importlib.util.find_spec("bpy")
    if spec is None or spec.origin is None:
        raise BuildError("bpy is not installed; install it to validate the zips: pip install bpy==4.5.15")
    found = sorted(Path(spec.origin).parent.glob("*/scripts/addons_core/bl_pkg/cli/blender_ext.py"))
    if not found:
        raise BuildError(f"blender_ext.py is missing in {Path(spec.origin).parent}; install bpy again.")
    return found[-1]


def pack(platform: str, out: Path, kind: Kind = OWN) -> Path:
    """Make and validate the zip of one platform; BuildError when it cannot be made or does not pass."""
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="coamd-zip-") as temporary:
        folder = Path(temporary) / "coamd"
        folder.mkdir()
        lay_out(platform, folder, kind)
        shelf = "-shelf" if kind.shelf else ""
        target = out / f"coamd-{version()}-{platform.replace('-', '_')}{shelf}.zip"
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
            for path in sorted(folder.rglob("*")):
                if path.is_file():
                    archive.write(path, path.relative_to(folder).as_posix())
    validate(target)
    return target


def validate(target: Path) -> None:
    """Check a zip's size, and its manifest and content with Blender's own tool."""
    size = target.stat().st_size
    if size > MAX_BYTES:
        raise BuildError(f"{target.name} has {size / 2**20:.1f} MiB; at most {MAX_BYTES // 2**20} MiB are allowed.")
    command = [sys.executable, str(blender_tool()), "validate", str(target.resolve())]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BuildError(f"Blender refuses {target.name}: {(done.stdout + done.stderr).strip()}")


def here() -> str:
    """The platform of this machine, in Blender's words."""
    return {"win32": "windows-x64", "darwin": "macos-arm64"}.get(sys.platform, "linux-x64")


def main(argv: list[str] | None = None) -> int:
    """Make the zips that were asked for; 0, or 1 with the reason."""
    parser = argparse.ArgumentParser(description="Make and validate the extension zips.")
    parser.add_argument("--platform", choices=PLATFORMS, action="append", help="only this platform (may be repeated)")
    parser.add_argument("--out", type=Path, default=ROOT / "dist", help="folder of the zips (default: dist)")
    parser.add_argument("--lock", action="store_true", help=f"write {LOCK.name} and {INSTALLED.name}, and no zip")
    parser.add_argument("--audit", action="store_true", help=f"look through {INSTALLED.name}, and make no zip")
    parser.add_argument("--repository", type=Path, metavar="FOLDER", help="put the zips and an index into this folder")
    parser.add_argument("--shelf", action="store_true", help="zips for extensions.blender.org, which install nothing")
    parser.add_argument("--website", default="", help="address that the manifest names; needed with --shelf")
    parser.add_argument("--maintainer", default=OWN.maintainer, help="name, and address for mails, in the manifest")
    args = parser.parse_args(argv)
    try:
        if args.lock:
            write_lock()
        elif args.audit:
            audit()
        else:
            _make(args)
    except BuildError as error:
        print(f"build_addon: {error}", file=sys.stderr)
        return 1
    return 0


def _make(args: argparse.Namespace) -> None:
    """The zips that were asked for, and the repository."""
    if args.shelf and not args.website.startswith("https://"):
        raise BuildError("The extensions platform wants a website; give its address: --website https://...")
    kind = Kind(args.shelf, args.website, args.maintainer)
    made = []
    for platform in args.platform or PLATFORMS:
        made.append(pack(platform, args.out, kind))
        print(f"{made[-1]}  {made[-1].stat().st_size / 2**20:.1f} MiB, valid", flush=True)
    if args.repository is not None:
        print(publish(made, args.repository, blender_tool()))


if __name__ == "__main__":
    sys.exit(main())
