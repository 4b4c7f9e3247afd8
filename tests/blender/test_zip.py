# SPDX-License-Identifier: GPL-3.0-or-later
"""The zip of this platform: built, valid, installed into an empty profile, enabled and used there."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
import wheels
from coamd.blender_addon.install import interpreter

import build_addon

# Runs in a Blender of its own. The last line tells that everything before it held.
SCRIPT = """
import os, sys
import bpy
bpy.ops.extensions.package_install_files(filepath=sys.argv[1], repo="user_default", enable_on_install=True)
package = "bl_ext.user_default.coamd"
assert package in bpy.context.preferences.addons
preferences = bpy.context.preferences.addons[package].preferences
assert preferences.device == "auto"
root = sys.modules[package].__path__[0]
assert root.startswith(os.environ["BLENDER_USER_RESOURCES"]), root

folder = bpy.utils.extension_path_user(package, path="backend")
assert bpy.ops.coamd.install_backend(device="cpu", wheels=sys.argv[3], wait=True) == {"FINISHED"}
assert os.path.isfile(os.path.join(folder, "coamd_backend.json")), folder
assert preferences.wheels == sys.argv[3] and preferences.folder == ""
log = open(os.path.join(os.environ["COAMD_HOME"], "install.log"), encoding="utf-8").read()
assert os.path.join(root, "backend", "install", "wheels", "pip-") in log, log
assert bpy.ops.coamd.remove_backend(wait=True) == {"FINISHED"}
assert not os.path.exists(folder)

bpy.ops.wm.read_homefile(use_empty=True)
bpy.ops.coamd.add_mannequin()
from bl_ext.user_default.coamd.blender_addon.session import timer
from bl_ext.user_default.coamd.backend.client.backend_process import BackendProcess
timer.session.link.start(None, BackendProcess(sys.executable, os.environ["COAMD_HOME"], script=sys.argv[2]))
assert bpy.ops.coamd.generate(wait=True) == {"FINISHED"}
assert bpy.context.scene.coamd.character.animation_data.action
bpy.ops.preferences.addon_disable(module=package)
assert not hasattr(bpy.types.Scene, "coamd")
bpy.ops.preferences.addon_enable(module=package)
assert hasattr(bpy.types.Scene, "coamd")
print("HELD", flush=True)
os._exit(0)
"""

# The same of the zip for the extensions platform: nothing is installed, and a Python is found or named.
SHELF_SCRIPT = """
import os, sys
import bpy
bpy.ops.extensions.package_install_files(filepath=sys.argv[1], repo="user_default", enable_on_install=True)
package = "bl_ext.user_default.coamd"
preferences = bpy.context.preferences.addons[package].preferences
assert not {"install_backend", "repair_backend", "remove_backend"} & set(dir(bpy.ops.coamd))
from bl_ext.user_default.coamd.blender_addon.session import timer
try:
    bpy.ops.coamd.check_backend(wait=True)
except RuntimeError as error:
    assert "The model runs in a Python with PyTorch, and none was found." in str(error), error
else:
    raise AssertionError("a Python was found at no place")
assert bpy.types.COAMD_PT_install.poll(bpy.context)
del os.environ["COAMD_PYTHON"]
preferences.python = sys.argv[3]
assert bpy.ops.coamd.check_backend(wait=True) == {"FINISHED"}
assert not bpy.types.COAMD_PT_install.poll(bpy.context)

bpy.ops.wm.read_homefile(use_empty=True)
bpy.ops.coamd.add_mannequin()
from bl_ext.user_default.coamd.backend.client.backend_process import BackendProcess
timer.session.link.start(None, BackendProcess(sys.executable, os.environ["COAMD_HOME"], script=sys.argv[2]))
assert bpy.ops.coamd.generate(wait=True) == {"FINISHED"}
bpy.ops.preferences.addon_disable(module=package)
print("HELD", flush=True)
os._exit(0)
"""
SHELF = build_addon.Kind(shelf=True, website="https://example.org/coamd")


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The zip for Blender's extensions platform."""
    return made(tmp_path_factory.mktemp("shelf"), SHELF)


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("dist"), build_addon.OWN)


def made(folder: Path, kind: build_addon.Kind) -> Path:
    try:
        return build_addon.pack(build_addon.here(), folder, kind)
    except build_addon.BuildError as error:
        if "could not be fetched" in str(error):
            pytest.skip(f"the wheels for the zip are not to be had: {error}")
        raise


def test_the_zip_holds_the_product_and_no_more(archive: Path) -> None:
    with zipfile.ZipFile(archive) as unpacked:
        names = set(unpacked.namelist())
        manifest = tomllib.loads(unpacked.read("blender_manifest.toml").decode())
    assert {
        "__init__.py",
        "LICENSE",
        "backend/bootstrap.py",
        f"backend/install/wheels/{build_addon.PIP.replace('==', '-')}-py3-none-any.whl",
        "rigs/solve/retarget.py",
        "blender_addon/generate/panel.py",
    } <= names
    assert not any(name.startswith("backend/lab/") for name in names)
    assert not any(name.startswith(("tests", "docs", ".")) or "__pycache__" in name for name in names)
    assert not any("torch" in name for name in names if name.endswith(".whl"))
    blenders = {f"./{name}" for name in names if name.startswith("wheels/")}  # pip's is not for Blender's Python
    assert blenders == set(manifest["wheels"])
    assert len(manifest["wheels"]) == 5
    assert manifest["id"] == "coamd"
    assert manifest["blender_version_min"] == "4.2.13"
    assert set(manifest["permissions"]) == {"files", "network"}
    assert manifest["license"] == ["SPDX:GPL-3.0-or-later"]


def test_a_broken_zip_does_not_pass(archive: Path, tmp_path: Path) -> None:
    """The validation can fail: a manifest without its version is refused."""
    broken = tmp_path / "broken.zip"
    with zipfile.ZipFile(archive) as good, zipfile.ZipFile(broken, "w") as bad:
        for name in good.namelist():
            data = good.read(name)
            bad.writestr(name, data.replace(b"\nversion = ", b"\nnothing = ") if name.endswith(".toml") else data)
    with pytest.raises(build_addon.BuildError, match="refuses"):
        build_addon.validate(broken)


def test_a_zip_that_is_too_large_does_not_pass(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    large = tmp_path / "large.zip"
    large.write_bytes(bytes(2 << 20))
    monkeypatch.setattr(build_addon, "MAX_BYTES", 1 << 20)
    with pytest.raises(build_addon.BuildError, match="at most 1 MiB"):
        build_addon.validate(large)


def test_it_installs_into_an_empty_profile_and_works(archive: Path, tmp_path: Path) -> None:
    engines = Path(__file__).resolve().parents[1] / "backend" / "engines.py"
    lock = wheels.lock(tmp_path / "wheels")
    environment = os.environ | {
        "COAMD_LOCK": str(lock),
        "BLENDER_USER_RESOURCES": str(tmp_path / "blender"),
        "COAMD_HOME": str(tmp_path / "home"),
    }
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(archive), str(engines), str(lock.parent)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert "HELD" in done.stdout, done.stdout[-3000:] + done.stderr[-3000:]


def test_the_shelf_gets_no_pip_no_installer_and_nothing_that_it_does_not_need(archive: Path, shelf: Path) -> None:
    with zipfile.ZipFile(shelf) as unpacked, zipfile.ZipFile(archive) as other:
        names, others = set(unpacked.namelist()), set(other.namelist())
        manifest = tomllib.loads(unpacked.read("blender_manifest.toml").decode())
        own = (build_addon.ROOT / "blender_addon" / "own_python" / "panel.py").read_bytes()
        assert unpacked.read("blender_addon/install/panel.py") == own
        code = b"".join(unpacked.read(name) for name in names if name.endswith(".py"))
    assert names < others
    left_out = others - names
    assert {"backend/install/installer.py", "backend/install/plan.py", "backend/cli/install.py"} <= left_out
    assert not any("pip-" in name or name.startswith("blender_addon/own_python") for name in names | others - left_out)
    assert b"ensurepip" not in code
    assert manifest["website"] == SHELF.website
    assert all(line.partition(" ")[0].partition("-")[0].isdigit() for line in manifest["copyright"])
    assert len(manifest["copyright"]) == 3, "ours and that of each bundled library"
    assert "Download" not in manifest["permissions"]["network"]


def test_the_zip_of_the_shelf_works_with_a_python_of_the_users(shelf: Path, tmp_path: Path) -> None:
    python = next((path for path in interpreter.candidates() if interpreter.suits(path)), None)
    if python is None:
        pytest.skip("no Python with torch (set COAMD_PYTHON to one)")
    engines = Path(__file__).resolve().parents[1] / "backend" / "engines.py"
    environment = os.environ | {
        "BLENDER_USER_RESOURCES": str(tmp_path / "blender"),
        "COAMD_HOME": str(tmp_path / "home"),
        "COAMD_PYTHON": str(tmp_path / "no python"),
    }
    done = subprocess.run(
        [sys.executable, "-c", SHELF_SCRIPT, str(shelf), str(engines), str(python)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert "HELD" in done.stdout, done.stdout[-3000:] + done.stderr[-3000:]


def test_without_a_website_nothing_is_built_for_the_shelf(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert build_addon.main(["--shelf", "--out", str(tmp_path)]) == 1
    assert "wants a website; give its address: --website https://" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_every_platform_has_its_wheels() -> None:
    """Python 3.11 (Blender 4.2 to 5.0), 3.13 (5.2) and 3.14 (distributions) each find both libraries."""
    served: dict[str, set[str]] = {"pyzmq": set(), "msgpack": set()}
    for requirement, python, abi in build_addon.WANTED:
        versions = {"3.12", "3.13", "3.14"} if abi == "abi3" else {python}
        served[requirement.partition("==")[0]] |= versions
    for versions in served.values():
        assert {"3.11", "3.13", "3.14"} <= versions
    assert set(build_addon.PLATFORMS) == {"linux-x64", "windows-x64", "macos-arm64"}, "what torch has builds for"
