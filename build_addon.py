# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes the extension zips, one per platform, and validates them with Blender's own tool.

    python build_addon.py [--platform linux-x64] [--out dist]

A zip mirrors the repository under a small root ``__init__.py``: add-on, backend, rigs and bundled weights, and the
wheels that talk to the backend, and pip, which the add-on installs the backend with. torch is not in it. Wheels are
fetched once, at pinned versions, into build/wheels.
"""

from __future__ import annotations

import argparse
import importlib.util
import shutil
import subprocess
import sys
import tempfile
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent
WHEELS = ROOT / "build" / "wheels"
MAX_BYTES = 60 * 2**20
PYZMQ, MSGPACK = "pyzmq==27.3.0", "msgpack==1.2.4"
PIP = "pip==26.3"  # installs the backend; pure Python, and the same everywhere, so that its words are known

# Platform of Blender -> platform tags of wheels, newest first.
PLATFORMS: dict[str, tuple[str, ...]] = {
    "linux-x64": ("manylinux_2_28_x86_64", "manylinux2014_x86_64"),
    "windows-x64": ("win_amd64",),
    "macos-arm64": ("macosx_11_0_arm64",),
    "macos-x64": ("macosx_10_15_x86_64",),
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
LEFT_OUT = {"__pycache__", ".mypy_cache", ".ruff_cache"}

MANIFEST = """schema_version = "1.0.0"
id = "coamd"
version = "{version}"
name = "CoAMD Motion"
tagline = "Type what the character does and get keys on your own rig"
maintainer = "CoAMD Motion"
type = "add-on"
tags = ["Animation", "Rigging"]
blender_version_min = "4.2.13"
license = ["SPDX:GPL-3.0-or-later"]
platforms = ["{platform}"]
wheels = [
{wheels}
]

[permissions]
files = "Install and start the backend, keep its connection file and log"
network = "Download the backend when you ask for it, and talk to it"
"""

ROOT_INIT = '''# SPDX-License-Identifier: GPL-3.0-or-later
"""CoAMD Motion. bpy is imported only by register(): the backend process imports this package without Blender."""


def register():
    from . import blender_addon

    blender_addon.register()


def unregister():
    from . import blender_addon

    blender_addon.unregister()
'''


class BuildError(Exception):
    """Why no zip was made, in one sentence."""


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


def files() -> Iterator[Path]:
    """Every file of the product, relative to the repository."""
    for top in CONTENT:
        for path in sorted((ROOT / top).rglob("*")):
            if path.is_file() and not LEFT_OUT.intersection(path.parts):
                yield path.relative_to(ROOT)


def lay_out(platform: str, folder: Path) -> None:
    """Write the unpacked extension for one platform into an empty folder."""
    for path in files():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / path, target)
    shutil.copy2(ROOT / "LICENSE", folder / "LICENSE")
    (folder / "wheels").mkdir()
    names = []
    for wheel in fetch_wheels(platform):
        shutil.copy2(wheel, folder / "wheels" / wheel.name)
        names.append(f'  "./wheels/{wheel.name}",')
    carried = folder / "backend" / "install" / "wheels"
    carried.mkdir(exist_ok=True)
    shutil.copy2(fetch_pip(), carried)
    manifest = MANIFEST.format(version=version(), platform=platform, wheels="\n".join(names))
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


def pack(platform: str, out: Path) -> Path:
    """Make and validate the zip of one platform; BuildError when it cannot be made or does not pass."""
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="coamd-zip-") as temporary:
        folder = Path(temporary) / "coamd"
        folder.mkdir()
        lay_out(platform, folder)
        target = out / f"coamd-{version()}-{platform.replace('-', '_')}.zip"
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
    if sys.platform == "win32":
        return "windows-x64"
    if sys.platform == "darwin":
        import platform

        return "macos-arm64" if platform.machine() == "arm64" else "macos-x64"
    return "linux-x64"


def main(argv: list[str] | None = None) -> int:
    """Make the zips that were asked for; 0, or 1 with the reason."""
    parser = argparse.ArgumentParser(description="Make and validate the extension zips.")
    parser.add_argument("--platform", choices=PLATFORMS, action="append", help="only this platform (may be repeated)")
    parser.add_argument("--out", type=Path, default=ROOT / "dist", help="folder of the zips (default: dist)")
    args = parser.parse_args(argv)
    for platform in args.platform or PLATFORMS:
        try:
            target = pack(platform, args.out)
        except BuildError as error:
            print(f"build_addon: {error}", file=sys.stderr)
            return 1
        print(f"{target}  {target.stat().st_size / 2**20:.1f} MiB, valid", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
