# SPDX-License-Identifier: GPL-3.0-or-later
"""The wheel holds every module, the weights, each table that the code reads, and the laboratory besides.

A checkout installed with ``pip install -e`` has all files at hand, so only this tells that one is missing.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

import build_addon

ROOT = Path(__file__).parents[1]
setuptools = pytest.importorskip("setuptools", reason="setuptools builds the wheel")


def packed(project: Path, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The files of a project that setuptools would put into its wheel, relative to the project."""
    from setuptools.config.pyprojecttoml import apply_configuration

    monkeypatch.chdir(project)
    distribution = setuptools.Distribution({"script_name": "setup.py"})
    apply_configuration(distribution, project / "pyproject.toml")
    command = distribution.get_command_obj("build_py")
    command.ensure_finalized()
    modules = {Path(file).as_posix() for _, _, file in command.find_all_modules()}
    return modules | {(Path(folder) / name).as_posix() for _, folder, _, names in command.data_files for name in names}


@pytest.fixture(scope="module")
def wanted() -> set[str]:
    """Every file of product and laboratory, by walking the tree as the zip does."""
    return {
        path.as_posix() for path in build_addon.files(lab=True) if path.suffix != ".whl"
    }  # pip's is in the zip alone


def test_the_wheel_holds_every_file_of_the_product(wanted: set[str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert "backend/weights/text/model.safetensors" in wanted
    found = packed(ROOT, monkeypatch)
    assert sorted(wanted - found) == []
    assert sorted(found - wanted) == []


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """The project with one module and one table."""
    shutil.copy2(ROOT / "pyproject.toml", tmp_path)
    for name in ("LICENSE", "README.md"):
        (tmp_path / name).write_text("text", encoding="utf-8")
    folder = tmp_path / "backend" / "lab" / "training" / "recognition"
    folder.mkdir(parents=True)
    for name in ("cocodiff.py", "fine_texts.json", "forgotten.json"):
        (folder / name).write_text("", encoding="utf-8")
    return tmp_path


def test_a_table_that_nobody_named_is_missed(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = small / "pyproject.toml"
    text = project.read_text(encoding="utf-8")
    packages = 'packages = ["coamd.backend.lab.training.recognition"]'
    one = re.sub(r"^packages = \[.*?^\]", packages, text, flags=re.DOTALL | re.MULTILINE)
    project.write_text(one, encoding="utf-8")
    assert packed(small, monkeypatch) == {
        "backend/lab/training/recognition/cocodiff.py",
        "backend/lab/training/recognition/fine_texts.json",
    }


def test_no_two_test_files_share_a_name() -> None:
    """pytest imports test files by their name alone, so two of one name end the whole run, though each half passes."""
    names = [path.name for path in (ROOT / "tests").rglob("test_*.py")]
    assert {name for name in names if names.count(name) > 1} == set()
