# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes small wheels that stand for torch and all the others, so that an installation is tested in seconds."""

from __future__ import annotations

import zipfile
from pathlib import Path

from coamd.backend.install.requirements import REQUIREMENTS, pinned

TORCH = """
__version__ = "{version}"
class cuda:
    @staticmethod
    def is_available():
        return {gpu}
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
            archive.writestr(path, text)
    return target


def fill(folder: Path, *, build: str = "cpu", torch: str = TORCH, gpu: bool = False, without: str = "") -> Path:
    """A folder of wheels for everything that the backend needs; ``without`` leaves one out."""
    folder.mkdir(parents=True, exist_ok=True)
    version = REQUIREMENTS["torch"].partition("==")[2]
    version += f"+{build}" if build else ""
    for module, requirement in zip(REQUIREMENTS, pinned(version), strict=True):
        name, _, number = requirement.partition("==")
        source = torch.format(version=version, gpu=gpu) if module == "torch" else f"__version__ = '{number}'\n"
        if name != without:
            needs = ("small-helper>=1",) if name == "transformers" else ()
            make_wheel(folder, name, number, {f"{module}/__init__.py": source}, needs)
    make_wheel(folder, "small-helper", "1.5", {"small_helper.py": ""})
    return folder
