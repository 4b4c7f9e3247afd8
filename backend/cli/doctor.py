# SPDX-License-Identifier: GPL-3.0-or-later
"""``coamd doctor``: what is installed, what is wrong and how to mend it, one line each.

Every check stands alone and imports only what it looks at, so that a broken installation is
described, not crashed into.
"""

from __future__ import annotations

import argparse
import importlib
import os
import platform
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from ...rigs.errors import UserError
from ..install.requirements import NEWEST, OLDEST
from .options import add_device_option

LIBRARIES = ("numpy", "transformers", "safetensors", "zmq", "msgpack", "PIL", "imageio_ffmpeg", "spellchecker", "tqdm")
PACKAGES = {  # where pip has another name
    "zmq": "pyzmq",
    "PIL": "pillow",
    "imageio_ffmpeg": "imageio-ffmpeg",
    "spellchecker": "pyspellchecker",
}
LEAST_FREE = 500_000_000  # bytes; a backend log, a connection file and a few films fit many times
STATUS_SECONDS = 5.0
_AGAIN = "Install it again: pip install --force-reinstall"


@dataclass(frozen=True)
class Finding:
    """One line of the report. "wrong" keeps the product from running; a "note" does not."""

    subject: str
    level: Literal["ok", "note", "wrong"]
    text: str
    remedy: str = ""

    def line(self) -> str:
        """The line as it is printed, the remedy on a line of its own."""
        mark = {"ok": "ok   ", "note": "note ", "wrong": "WRONG"}[self.level]
        first = f"{mark}  {self.subject:<13} {self.text}"
        return f"{first}\n{' ' * 21}-> {self.remedy}" if self.remedy else first


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the subcommand."""
    parser.add_argument("--weights", type=Path, metavar="DIR", help="another weights folder than the bundled one")
    add_device_option(parser)


def run(args: argparse.Namespace) -> int:
    """Print every finding; 0 when the product can run, 2 when something keeps it from running."""
    checks: list[Callable[[], list[Finding]]] = [
        python,
        installation,
        libraries,
        lambda: device(args.device),
        lambda: weights(args.weights),
        blender,
        disk,
        backend,
    ]
    findings = [finding for check in checks for finding in check()]
    for finding in findings:
        print(finding.line())
    wrong = sum(finding.level == "wrong" for finding in findings)
    print("\nAll is well." if not wrong else f"\n{wrong} thing{'s' if wrong > 1 else ''} to mend.")
    return 2 if wrong else 0


def python() -> list[Finding]:
    """The interpreter and the machine."""
    text = f"{platform.python_version()} ({sys.executable}), {platform.system()} {platform.machine()}"
    if OLDEST <= sys.version_info[:2] <= NEWEST:
        return [Finding("python", "ok", text)]
    return [Finding("python", "wrong", text, "Use Python 3.11, 3.12 or 3.13.")]


def installation() -> list[Finding]:
    """The Python that the add-on or `coamd install` made, if it made one: this very one, or the one in its folder."""
    from ..install import install_marker
    from .install import default_folder

    folders = (Path(sys.prefix).parent, default_folder())
    folder, state = next(
        ((folder, state) for folder in folders if (state := install_marker.state(folder)).code != install_marker.NONE),
        (folders[1], install_marker.InstallState(install_marker.NONE)),
    )
    mark = state.sentinel
    if state.to_repair:
        remedy = f'{state.hint} Or run: coamd install repair --folder "{folder}"'
        return [Finding("installation", "wrong", state.text, remedy)]
    if mark is None:
        return [Finding("installation", "ok", "none made by the add-on or `coamd install`")]
    if not state.whole:
        return [Finding("installation", "note", state.text, state.hint)]
    text = f"whole, torch {mark.torch} for {mark.device}, Python {mark.python}, in {folder}"
    if mark.device != "cpu" and not mark.gpu:
        return [Finding("installation", "note", f"{text}; torch does not see the GPU", "Install the GPU's driver.")]
    return [Finding("installation", "ok", text)]


def libraries() -> list[Finding]:
    """What is imported at work; one line when all of it is there."""
    found, missing = [], []
    for name in LIBRARIES:
        try:
            module = importlib.import_module(name)
        except Exception as error:  # a library that is there but broken raises anything
            missing.append(
                Finding(name, "wrong", f"cannot be imported ({_reason(error)})", f"{_AGAIN} {PACKAGES.get(name, name)}")
            )
        else:
            found.append(f"{name} {getattr(module, '__version__', '')}".strip())
    return [Finding("libraries", "ok", ", ".join(found)), *missing]


def device(wanted: str) -> list[Finding]:
    """torch, and what it can compute on."""
    try:
        import torch
    except Exception as error:
        remedy = "Install it: pip install torch (see pytorch.org for the build for your GPU)."
        return [Finding("torch", "wrong", f"cannot be imported ({_reason(error)})", remedy)]
    from ..model import device as devices

    findings = [Finding("torch", "ok", torch.__version__)]
    for card in devices.there():
        findings.append(_card(card, devices.fault(card), devices.called(card)))
    if wanted not in ("auto", "cpu"):
        try:
            devices.picked(wanted)
        except UserError as problem:
            remedy = "Use --device auto, or install the torch build and the driver for it."
            findings.append(Finding(wanted, "wrong", problem.message, remedy))
    chosen = str(devices.picked("auto")[0])
    threads = f", {torch.get_num_threads()} threads" if chosen == "cpu" else ""
    findings.append(Finding("device", "ok", f"auto takes {chosen}{threads}"))
    return findings


def _card(device: Any, fault: str, name: str) -> Finding:
    """The line of one graphics card."""
    if fault:
        remedy = "Install its driver and the torch build for it again, or use the processor: --device cpu."
        return Finding(str(device), "note", f"{name} cannot be used ({fault})", remedy)
    return Finding(str(device), "ok", name)


def weights(folder: Path | None) -> list[Finding]:
    """Every part of the model is there, whole, fits its config and holds finite numbers."""
    try:
        import torch

        from ..model import weights as files
        from ..model.autoencoders.autoencoder import build_autoencoder
        from ..model.generator import Generator
        from ..model.recognizer import Recognizer
        from ..model.text import load_text_encoder
        from ..motion.pipeline import BUNDLED
    except Exception as error:
        return [Finding("weights", "wrong", f"cannot be checked ({_reason(error)})", "Mend the libraries first.")]
    folder = folder or BUNDLED
    try:
        config = files.load_config(folder)
    except UserError as problem:
        return [Finding("weights", "wrong", problem.message, problem.hint)]
    findings = [Finding("weights", "ok", f"{config.name} in {folder}")]
    parts: dict[str, Callable[[], torch.nn.Module]] = {
        "autoencoder": lambda: build_autoencoder(config.autoencoder),
        "generator": lambda: Generator(config.generator),
        "recognizer": lambda: Recognizer(config.recognizer),
    }
    for name, build in parts.items():
        try:
            module = build()
            files.load_module(folder / f"{name}.safetensors", module)
        except UserError as problem:
            findings.append(Finding(name, "wrong", problem.message, problem.hint))
            continue
        count = sum(value.numel() for value in module.parameters())
        if all(bool(torch.isfinite(value).all()) for value in module.state_dict().values()):
            findings.append(Finding(name, "ok", f"whole, {count / 1e6:.1f} M parameters"))
        else:
            findings.append(Finding(name, "wrong", "holds values that are not numbers", files.AGAIN))
    try:
        load_text_encoder(config.text, folder)
        findings.append(Finding("text encoder", "ok", config.text.name))
    except UserError as problem:
        findings.append(Finding("text encoder", "wrong", problem.message, problem.hint))
    if not (folder / config.labels).is_file():
        findings.append(Finding("labels", "wrong", f"{folder / config.labels} is missing", files.AGAIN))
    return findings


def blender() -> list[Finding]:
    """The bpy module, which only `coamd demo` and the tests need: the add-on runs in Blender itself."""
    try:
        import bpy
    except Exception as error:
        remedy = "Only `coamd demo` needs it: pip install bpy==4.5.15"
        return [Finding("bpy", "note", f"cannot be imported ({_reason(error)})", remedy)]
    return [Finding("bpy", "ok", bpy.app.version_string)]


def disk() -> list[Finding]:
    """Room and the right to write where the backend keeps its log and its connection file."""
    try:
        from ..system.user_folder import home
    except Exception as error:
        return [Finding("disk", "note", f"cannot be checked ({_reason(error)})", "Mend the libraries first.")]
    place = home()
    while not place.exists():
        place = place.parent
    free = shutil.disk_usage(place).free
    text = f"{free / 1e9:.1f} GB free at {home()}"
    if not os.access(place, os.W_OK):
        remedy = "Give yourself the right to write there, or set COAMD_HOME to another folder."
        return [Finding("disk", "wrong", f"{place} cannot be written", remedy)]
    if free < LEAST_FREE:
        return [Finding("disk", "wrong", text, "Free some space, or set COAMD_HOME to a folder on another disk.")]
    return [Finding("disk", "ok", text)]


def backend() -> list[Finding]:
    """The running backend, if there is one."""
    try:
        from ..client.client import Client
        from ..wire.connection import Connection, default_path
    except Exception as error:
        return [Finding("backend", "wrong", f"cannot be reached ({_reason(error)})", "Mend the libraries first.")]
    path = default_path()
    if not path.exists():
        return [Finding("backend", "ok", "not running (the add-on or `coamd serve` starts it)")]
    try:
        connection = Connection.read(path)
        if connection.is_stale():
            text = f"not running; {path} is left from process {connection.pid}"
            return [Finding("backend", "ok", f"{text} and will be replaced")]
        with Client(connection) as client:
            state = client.status(STATUS_SECONDS)
    except UserError as problem:
        return [Finding("backend", "note", problem.message, problem.hint)]
    text = f"{state.phase}, process {connection.pid}, {state.model or 'no model yet'} on {state.device or '?'}"
    if state.phase == "broken":
        return [Finding("backend", "wrong", state.message, state.hint)]
    return [Finding("backend", "ok", text)]


def _reason(error: Exception) -> str:
    """The first line of an exception."""
    return str(error).strip().partition("\n")[0][:120] or type(error).__name__
