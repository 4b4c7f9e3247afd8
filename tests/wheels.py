# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes small wheels that stand for torch and all the others, so that an installation is tested in seconds."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from coamd.backend.install.lock_file import Locked
from coamd.backend.install.requirements import INSTALLED, REQUIREMENTS, pinned

TORCH = """
__version__ = "{version}"
class cuda:
    @staticmethod
    def is_available():
        return {gpu}
    @staticmethod
    def device_count():
        return 1
class Matrix:
    def __matmul__(self, other):
        if {refuses!r}:
            raise RuntimeError({refuses!r})
        return self
    def sum(self):
        return 512.0
def ones(*size, device):
    return Matrix()
"""
HANGS = "import time\nwhile True:\n    time.sleep(0.1)\n"
BROKEN = "raise ImportError('libtorch_cpu.so: cannot open shared object file')\n"


def make_wheel(folder: Path, name: str, version: str, modules: dict[str, str], requires: tuple[str, ...] = ()) -> Path:
    """A wheel with these modules (file name -> source) and requirements, as PEP 427 wants it."""
    stem = f"{name.replace('-', '_')}-{version}"
    facts = f"{stem}.dist-info"
    metadata = [f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}", *(f"Requires-Dist: {r}" for r in requires)]
    files = {
        **modules,
        f"{facts}/METADATA": "\n".join(metadata) + "\n",
        f"{facts}/WHEEL": "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{path},,\n" for path in (*files, f"{facts}/RECORD"))
    target = folder / f"{stem}-py3-none-any.whl"
    with zipfile.ZipFile(target, "w") as archive:
        for path, text in {**files, f"{facts}/RECORD": record}.items():
            archive.writestr(zipfile.ZipInfo(path), text)  # with one date, so that its hash is always the same
    return target


def fill(
    folder: Path, *, build: str = "cpu", torch: str = TORCH, gpu: bool = False, without: str = "", refuses: str = ""
) -> Path:
    """A folder of wheels for everything that the backend needs; ``without`` leaves one out."""
    folder.mkdir(parents=True, exist_ok=True)
    version = REQUIREMENTS["torch"].partition("==")[2]
    version += f"+{build}" if build else ""
    for module, requirement in zip(INSTALLED, pinned(version), strict=True):
        name, _, number = requirement.partition("==")
        source = (
            torch.format(version=version, gpu=gpu, refuses=refuses)
            if module == "torch"
            else f"__version__ = '{number}'\n"
        )
        if name != without:
            needs = ("small-helper>=1",) if name == "transformers" else ()
            make_wheel(folder, name, number, {f"{module}/__init__.py": source}, needs)
    make_wheel(folder, "small-helper", "1.5", {"small_helper.py": ""})
    return folder


def lock(folder: Path, leave_out: str = "torch") -> Path:
    """A lock of what `fill` makes, wherever it makes it; without torch, as for the builds beside the package index."""
    entries = []
    for wheel in sorted(fill(folder).glob("*.whl")):
        name, version, _ = wheel.name.split("-", 2)
        digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
        if name != leave_out:
            entries.append(Locked(name.replace("_", "-"), version, "", ((wheel.name, digest),)))
    target = folder / "requirements.lock"
    target.write_text("".join(entry.text for entry in entries))
    return target


def locked(folder: Path) -> Iterator[Path]:
    """The body of a fixture: while it lasts, these wheels are the ones that an installation is made of."""
    patch = pytest.MonkeyPatch()
    patch.setenv("COAMD_LOCK", str(lock(folder)))
    yield folder
    patch.undo()
