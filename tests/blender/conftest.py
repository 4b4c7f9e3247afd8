# SPDX-License-Identifier: GPL-3.0-or-later
"""Blender as a module, an empty scene for each test, rigs, and a real backend process with a small engine.

No torch is needed here: the backend of these tests sways a figure in numpy.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

bpy = pytest.importorskip("bpy", reason="Blender as the bpy wheel is not installed")

from coamd import blender_addon  # noqa: E402
from coamd.backend.client.backend_process import BackendProcess  # noqa: E402
from coamd.blender_addon.character import mannequin  # noqa: E402
from coamd.blender_addon.preferences import BackendSettings  # noqa: E402
from coamd.blender_addon.session import session, timer  # noqa: E402
from coamd.blender_addon.session.session import Session  # noqa: E402
from coamd.rigs.body.rest_rig import RestRig  # noqa: E402
from labels import act  # noqa: E402

from tests.motions import walk  # noqa: E402

ENGINES = Path(__file__).resolve().parents[1] / "backend" / "engines.py"
PATIENCE = 60.0  # seconds; only a broken backend needs them

_status = 0


def pytest_sessionfinish(exitstatus: int) -> None:
    global _status  # noqa: PLW0603
    _status = int(exitstatus)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    """Leave without Blender's own exit, which crashes in 4.2 and hangs in 4.5 after add-ons were enabled."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(_status)


@pytest.fixture(autouse=True)
def empty_scene() -> None:
    """Every test starts with nothing in the file."""
    bpy.ops.wm.read_homefile(use_empty=True)


@pytest.fixture
def addon(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Session]:
    """The add-on registered, with its session; its folder is the test's own."""
    monkeypatch.setenv("COAMD_HOME", str(tmp_path / "home"))
    blender_addon.register()
    timer.session.jobs, timer.session.message = [], None
    yield timer.session
    blender_addon.unregister()


@pytest.fixture
def backend(addon: Session, tmp_path: Path) -> BackendProcess:
    """A backend process with the small engine, that the session starts when it needs it."""
    process = BackendProcess(sys.executable, tmp_path / "home", script=ENGINES)
    addon.link.start(BackendSettings(), process)
    return process


@pytest.fixture
def tick_until(addon: Session) -> Callable[[Callable[[], object]], None]:
    """Do what Blender's timer does, until a condition holds."""

    def go(condition: Callable[[], object]) -> None:
        deadline = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < deadline, f"waited in vain; the panel says: {addon.message}"
            addon.tick()
            time.sleep(0.005)

    return go


@pytest.fixture
def little_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """A tick reads one frame, as of a heavy character: else a fast machine reads a whole take in one."""
    monkeypatch.setattr(session, "READ_BUDGET", 0.0)


@pytest.fixture(scope="session")
def mannequin_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with the mannequin, made once."""
    path = tmp_path_factory.mktemp("mannequin") / "mannequin.blend"
    bpy.ops.wm.read_homefile(use_empty=True)
    rig_object = mannequin.add_mannequin(bpy.context.scene.collection)
    bpy.data.libraries.write(str(path), {rig_object, *rig_object.children})
    return path


@pytest.fixture
def character(mannequin_file: Path, empty_scene: None) -> Any:
    """The mannequin, as the active object."""
    with bpy.data.libraries.load(str(mannequin_file)) as (there, into):
        into.objects = list(there.objects)
    for obj in into.objects:
        bpy.context.scene.collection.objects.link(obj)
    rig_object = bpy.data.objects["Mannequin"]
    bpy.context.view_layer.objects.active = rig_object
    bpy.context.view_layer.update()
    return rig_object


@pytest.fixture
def walker(character: Any, addon: Session) -> Any:
    """The mannequin on a walk of 4 s from frame 11 on."""
    act(character, "Take 001", walk(4.0), 11)
    return character


@pytest.fixture(scope="module")
def rigify() -> Iterator[str]:
    """A file with a rig generated from Rigify's small human, made once for all tests of a module."""
    import addon_utils

    bpy.ops.wm.read_homefile(use_empty=True)
    addon_utils.enable("rigify", default_set=True)
    bpy.ops.object.armature_basic_human_metarig_add()
    metarig = bpy.context.object
    bpy.ops.pose.rigify_generate()
    path = bpy.app.tempdir + "rigify.blend"
    bpy.data.libraries.write(path, {metarig.data.rigify_target_rig})
    yield path
    addon_utils.disable("rigify")


@pytest.fixture
def generated(rigify: str, empty_scene: None) -> Any:
    """That rig as the active object of an empty scene."""
    with bpy.data.libraries.load(rigify) as (there, into):
        into.objects = [name for name in there.objects if not name.startswith("WGT")]
    rig_object = next(obj for obj in into.objects if obj.type == "ARMATURE")
    bpy.context.scene.collection.objects.link(rig_object)
    bpy.context.view_layer.objects.active = rig_object
    return rig_object


@pytest.fixture
def build() -> Callable[[RestRig], Any]:
    """Makes an armature object with exactly these bones, as the active object."""

    def make(rig: RestRig, name: str = "Character") -> Any:
        from mathutils import Matrix

        data = bpy.data.armatures.new(name)
        rig_object = bpy.data.objects.new(name, data)
        bpy.context.scene.collection.objects.link(rig_object)
        bpy.context.view_layer.objects.active = rig_object
        bpy.ops.object.mode_set(mode="EDIT")
        for bone in rig.bones:
            edit_bone = data.edit_bones.new(bone.name)
            edit_bone.head, edit_bone.tail = (0.0, 0.0, 0.0), (0.0, bone.length, 0.0)
            edit_bone.parent = data.edit_bones[bone.parent] if bone.parent else None
            edit_bone.matrix = Matrix(bone.matrix.tolist())
        bpy.ops.object.mode_set(mode="OBJECT")
        return rig_object

    return make
