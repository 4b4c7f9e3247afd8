# SPDX-License-Identifier: GPL-3.0-or-later
"""A repository of our own: what it lists, what it leaves alone, and a real Blender that installs and updates from it.

Small extensions stand for ours, so that nothing large is built; the address is this machine's own.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from served import served

import build_addon
from backend.lab import repository
from backend.lab.repository import BuildError, publish

MANIFEST = """schema_version = "1.0.0"
id = "{id}"
version = "{version}"
name = "Small"
tagline = "Stands for a large one"
maintainer = "Tests"
type = "add-on"
blender_version_min = "4.2.0"
license = ["SPDX:GPL-3.0-or-later"]
{platforms}
"""
# Runs in a Blender of its own: adds the repository, installs, waits for the next version, updates.
SCRIPT = """
import os, sys, tomllib
import bpy
def found():
    with open(os.path.join(sys.modules["bl_ext.ours.coamd"].__path__[0], "blender_manifest.toml"), "rb") as file:
        return tomllib.load(file)["version"]
bpy.context.preferences.system.use_online_access = True
repo = bpy.context.preferences.extensions.repos.new(name="Ours", module="ours", remote_url=sys.argv[1])
index = list(bpy.context.preferences.extensions.repos).index(repo)
assert bpy.ops.extensions.repo_sync(repo_index=index) == {"FINISHED"}
bpy.ops.extensions.package_install(repo_index=index, pkg_id="coamd", enable_on_install=True)
print("HAS", found(), flush=True)
sys.stdin.readline()
assert bpy.ops.extensions.repo_sync(repo_index=index) == {"FINISHED"}
bpy.ops.extensions.package_upgrade_all(use_active_only=False)
print("HAS", found(), flush=True)
assert "bl_ext.ours.coamd" in bpy.context.preferences.addons
os._exit(0)
"""


def small(folder: Path, version: str, id: str = "coamd", platform: str = "") -> Path:
    """The zip of an extension that does nothing."""
    folder.mkdir(exist_ok=True)
    path = folder / f"{id}-{version}{platform}.zip"
    with zipfile.ZipFile(path, "w") as archive:
        platforms = f'platforms = ["{platform}"]' if platform else ""
        archive.writestr("blender_manifest.toml", MANIFEST.format(id=id, version=version, platforms=platforms))
        archive.writestr("__init__.py", "def register(): pass\ndef unregister(): pass\n")
    return path


def listed(folder: Path) -> list[tuple[str, str]]:
    data = json.loads((folder / "index.json").read_text())["data"]
    return [(entry["id"], entry["version"]) for entry in data]


@pytest.fixture
def tool() -> Path:
    return build_addon.blender_tool()


def test_the_index_lists_the_newest_of_ours_and_all_of_others(tool: Path, tmp_path: Path) -> None:
    folder = tmp_path / "repository"
    publish([small(tmp_path / "a", "1.0.0", "another")], folder, tool)
    publish([small(tmp_path / "a", "0.1.0", platform=name) for name in ("linux-x64", "windows-x64")], folder, tool)
    publish([small(tmp_path / "a", "0.2.0")], folder, tool)
    assert listed(folder) == [("another", "1.0.0"), ("coamd", "0.2.0")]
    assert {path.name for path in folder.glob("*.zip")} == {
        "another-1.0.0.zip",
        "coamd-0.1.0linux-x64.zip",
        "coamd-0.1.0windows-x64.zip",
        "coamd-0.2.0.zip",
    }, "earlier zips stay"
    assert not list(folder.glob(".*.part"))


def test_a_blocklist_stays(tool: Path, tmp_path: Path) -> None:
    blocked = {"version": "v1", "blocklist": [{"id": "bad", "reason": "because"}], "data": []}
    (tmp_path / "index.json").write_text(json.dumps(blocked))
    publish([small(tmp_path / "a", "0.1.0")], tmp_path, tool)
    assert json.loads((tmp_path / "index.json").read_text())["blocklist"] == blocked["blocklist"]


@pytest.mark.parametrize("content", ["no json", "[]", '{"data": 3}'])
def test_what_is_no_index_is_not_replaced(content: str, tool: Path, tmp_path: Path) -> None:
    (tmp_path / "index.json").write_text(content)
    with pytest.raises(BuildError, match="is not an index of Blender extensions; choose another folder"):
        publish([small(tmp_path / "a", "0.1.0")], tmp_path, tool)
    assert (tmp_path / "index.json").read_text() == content
    assert not list(tmp_path.glob("*.zip"))


def test_a_folder_in_use(tool: Path, tmp_path: Path) -> None:
    with repository._alone(tmp_path), pytest.raises(BuildError, match="Another build is at work in"):
        publish([small(tmp_path / "a", "0.1.0")], tmp_path, tool)
    publish([small(tmp_path / "a", "0.1.0")], tmp_path, tool)


def test_a_folder_that_cannot_be_written(tool: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(BuildError, match=r"The repository .* cannot be written"):
        publish([small(tmp_path / "a", "0.1.0")], tmp_path / "file" / "repository", tool)


def test_a_zip_that_blender_refuses_is_not_listed(tool: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.zip"
    broken.write_bytes(b"PK")
    with pytest.raises(BuildError, match="Blender lists 0 of 1 zips"):
        publish([broken], tmp_path / "repository", tool)
    assert not (tmp_path / "repository" / "index.json").exists()


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """The folder ``repository`` at an address of this machine."""
    (tmp_path / "repository").mkdir()
    with served(tmp_path / "repository") as address:
        yield f"{address}/index.json"


def test_a_blender_installs_from_it_and_updates(address: str, tool: Path, tmp_path: Path) -> None:
    publish([small(tmp_path / "zips", "0.1.0")], tmp_path / "repository", tool)
    environment = os.environ | {"BLENDER_USER_RESOURCES": str(tmp_path / "blender")}
    with subprocess.Popen(
        [sys.executable, "-c", SCRIPT, address],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=environment,
    ) as blender:
        assert blender.stdout is not None and blender.stdin is not None
        said = []
        for line in blender.stdout:
            said.append(line)
            if line.startswith("HAS 0.1.0"):
                publish([small(tmp_path / "zips", "0.2.0")], tmp_path / "repository", tool)
                blender.stdin.write("\n")
                blender.stdin.flush()
    versions = [line.split()[1] for line in said if line.startswith("HAS")]
    assert versions == ["0.1.0", "0.2.0"], "".join(said)[-3000:]
    assert blender.returncode == 0
