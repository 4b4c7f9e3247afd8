# SPDX-License-Identifier: GPL-3.0-or-later
"""``coamd demo "PROMPT"``: the whole product once, from the zip to a picture, in an empty Blender profile."""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from ....rigs.errors import UserError
from ...cli.options import number, whole
from ...requests.generate import GenerateRequest
from ...requests.limits import check

MARK = "coamd: "  # before each line of the Blender side that the user is meant to read
LIBRARIES = (
    "libx11-6 libxrender1 libxxf86vm1 libxfixes3 libxi6 libxkbcommon0 libsm6 libgl1 libgomp1 libegl1 libgl1-mesa-dri"
)
_TAIL = 15  # lines of Blender's own talk that are shown when it fails


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the subcommand."""
    parser.add_argument("prompt", nargs="?", default="a person walks forward and waves", help="what the character does")
    parser.add_argument("--seconds", type=number, default=5.0, help="length of the motion (default: 5)")
    parser.add_argument("--seed", type=whole(0, 2**31 - 1), default=3, help="another seed is another take (default: 3)")
    parser.add_argument("--out", type=Path, default=Path("out/demo"), help="folder to write (default: out/demo)")
    parser.add_argument("--no-film", action="store_true", help="only the picture strip and the .blend")


def run(args: argparse.Namespace) -> int:
    """Build the zip, then play the artist in a second process that has Blender."""
    check(GenerateRequest(args.prompt, args.seconds))
    builder = _builder()
    _check_blender()
    out = args.out.resolve()
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="coamd-demo-") as profile:
        print("building the zip", flush=True)
        archive = _build(builder, Path(profile) / "dist")
        print(f"{archive.name}: {archive.stat().st_size / 2**20:.1f} MiB, valid", flush=True)
        command = [sys.executable, "-m", "coamd.backend.lab.demo", "--zip", str(archive), "--out", str(out)]
        command += ["--prompt", args.prompt, "--seconds", str(args.seconds), "--seed", str(args.seed)]
        command += ["--no-film"] if args.no_film else []
        return _play(command, Path(profile))


def _builder() -> Path:
    builder = Path(__file__).resolve().parents[3] / "build_addon.py"
    if not builder.is_file():
        raise UserError(
            "The demo builds the add-on's zip and needs the source checkout for that.",
            "Install with pip install -e . in a clone of the repository.",
            "no_checkout",
        )
    return builder


def _check_blender() -> None:
    if importlib.util.find_spec("bpy") is None:
        raise UserError(
            "Blender is not installed as a Python package.",
            'Run: pip install -e ".[demo]" (bpy 4.5, 350 MB).',
            "no_bpy",
        )
    probe = subprocess.run([sys.executable, "-c", "import bpy"], capture_output=True, text=True, check=False)
    if "cannot open shared object" in probe.stderr:
        library = probe.stderr.strip().splitlines()[-1].removeprefix("ImportError: ").partition(":")[0]
        raise UserError(
            f"Blender cannot start here, as the system library {library} is missing.",
            f"Run: apt-get install {LIBRARIES}",
            "missing_library",
        )


def _build(builder: Path, out: Path) -> Path:
    sys.path.append(str(builder.parent))
    try:
        module = importlib.import_module(builder.stem)
    finally:
        sys.path.remove(str(builder.parent))
    try:
        return Path(module.pack(module.here(), out))
    except module.BuildError as error:
        raise UserError(str(error), "Mend that and run the demo again.", "no_zip") from error


def _play(command: list[str], profile: Path) -> int:
    """Run the Blender side and pass on its marked lines; on failure the end of all it said."""
    environment = os.environ | {
        "BLENDER_USER_RESOURCES": str(profile / "blender"),
        "COAMD_HOME": str(profile / "home"),
        "COAMD_PYTHON": sys.executable,
    }
    said: list[str] = []
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
    ) as child:
        assert child.stdout is not None
        for line in child.stdout:
            said.append(line.rstrip())
            if line.startswith(MARK):
                print(line.removeprefix(MARK).rstrip(), flush=True)
    if child.returncode == 0:
        return 0
    refused = next((line for line in reversed(said) if line.startswith(MARK + "failed: ")), None)
    if refused is not None:
        raise UserError(refused.removeprefix(MARK + "failed: "), "", "demo_failed")
    tail = "\n".join(said[-_TAIL:])
    raise UserError(
        f"Blender ended with code {child.returncode}; its last words were:\n{tail}\n",
        f"If a library is missing, run: apt-get install {LIBRARIES}",
        "demo_failed",
    )
