# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading scene files through another process: what it writes comes back, and what brings it down is skipped.

A small script stands for Blender. It reads "N: text" files: a number of frames, or what Blender would do to us.
"""

from __future__ import annotations

import runpy
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from coamd.backend.files.motion_file import write_motion
from coamd.backend.labelling import scene_files
from coamd.backend.labelling.embedding import Embedder
from coamd.backend.labelling.index import TakeIndex
from coamd.backend.labelling.motion_reading import read_files
from coamd.backend.system import background_blender
from coamd.backend.system.process_lifetime import birth
from coamd.rigs.errors import UserError

from tests.motions import walk

STAND_IN = """
import json, os, sys, time
from pathlib import Path
import numpy as np
folder = Path(sys.argv[-1])
for number, name in enumerate(json.loads((folder / "files.json").read_text())):
    word = Path(name).read_text()
    if word == "crash":
        os._exit(11)
    if word == "hang":
        time.sleep(600)
    print("Blender says much", flush=True)
    takes = {"Walk": np.zeros((int(word), 22, 3), np.float32)} if word.isdigit() else {}
    said = {"takes": list(takes), "problems": [] if takes else [["", f"Blender cannot read {Path(name).name}: {word}"]]}
    arrays = {str(k): joints for k, joints in enumerate(takes.values())}
    np.savez(folder / f"{number}.npz", said=np.frombuffer(json.dumps(said).encode(), np.uint8), **arrays)
    print(f"coamd-scene: {number}", flush=True)
"""


PARENT = """
import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", sys.argv[1]], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
print(child.stdout.readline().strip(), flush=True)
child.wait()
"""


@pytest.mark.parametrize("system", ["linux", "any other"])
def test_the_blender_that_reads_ends_with_its_backend_however_that_ends(
    system: str, wait_until: Callable[..., None]
) -> None:
    code = f"import os, runpy, sys, time; script = runpy.run_path({str(background_blender.SCRIPT)!r})\n"
    code += f"sys.platform = {system!r}; script['end_with_parent'](); print(os.getpid(), flush=True); time.sleep(600)"
    with subprocess.Popen([sys.executable, "-c", PARENT, code], stdout=subprocess.PIPE, text=True) as backend:
        assert backend.stdout is not None
        reader = int(backend.stdout.readline())
        assert birth(reader) is not None
        backend.kill()
    wait_until(lambda: birth(reader) is None, "the end of the reader")


def test_the_script_finds_what_it_runs() -> None:
    """It names its modules by text, which no type check sees."""
    jobs = runpy.run_path(str(background_blender.SCRIPT), run_name="looked at")["JOBS"]
    assert {background_blender.READ, background_blender.EXPORT} == set(jobs)
    for name in jobs.values():
        path = background_blender.SCRIPT.parent.joinpath(*name.split(".")).with_suffix(".py")
        assert "\ndef run(folder: Path)" in path.read_text(encoding="utf-8")


def test_what_does_not_arrive_is_said_of_its_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = files(folder, a="20", b="30")
    load = np.load

    def broken(path: Path, **options: Any) -> Any:
        if path.name == "0.npz":
            raise MemoryError
        return load(path, **options)

    monkeypatch.setattr(np, "load", broken)
    (_, lost), (_, good) = scene_files.read_scenes(paths)
    assert not lost.takes and paths[0].name in lost.problems[0][1]
    assert len(good.takes) == 1


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    script = tmp_path / "stand_in.py"
    script.write_text(STAND_IN)
    monkeypatch.setattr(scene_files, "blender", lambda _job: [sys.executable, str(script)])
    (tmp_path / "takes").mkdir()
    return tmp_path / "takes"


def files(folder: Path, **words: str) -> list[Path]:
    paths = []
    for name, word in words.items():
        paths.append(folder / f"{name}.blend")
        paths[-1].write_text(word)
    return paths


def test_each_file_comes_back_and_a_crash_costs_one_file(folder: Path) -> None:
    paths = files(folder, a="40", b="crash", c="broken header", d="crash", e="60")
    found = dict(scene_files.read_scenes(paths))
    assert list(found) == paths
    assert [[(name, joints.shape) for name, joints in found[p].takes] for p in paths] == [
        [("Walk", (40, 22, 3))],
        [],
        [],
        [],
        [("Walk", (60, 22, 3))],
    ]
    assert found[paths[1]].problems == (("", "Blender cannot read b.blend: it ended or gave no answer."),)
    assert found[paths[2]].problems == (("", "Blender cannot read c.blend: broken header"),)


def test_a_file_that_hangs_is_given_up(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = files(folder, a="hang")
    monkeypatch.setattr(scene_files, "PATIENCE", 0.5)
    ((path, found),) = scene_files.read_scenes(paths)
    assert path == paths[0]
    assert "gave no answer" in found.problems[0][1]


def test_reading_can_be_stopped(folder: Path) -> None:
    def stop() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        list(scene_files.read_scenes(files(folder, a="hang"), stop))


def test_other_files_go_on_without_a_blender(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scene_files, "blender", lambda _job: None)
    (scene,) = files(folder, a="40")
    write_motion(folder / "walk.npz", walk(2.0))
    found = dict(read_files([scene, folder / "walk.npz"]))
    assert len(found[folder / "walk.npz"].takes) == 1
    assert found[scene].problems == (("", "Only Blender reads a.blend, and there is none here."),)


def test_a_blender_that_does_not_start_says_so(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scene_files, "blender", lambda _job: [str(folder / "no such blender")])
    with pytest.raises(UserError, match="cannot be started"):
        list(scene_files.read_scenes(files(folder, a="40")))


def test_which_blender(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COAMD_BLENDER", "/opt/blender/blender")
    command = background_blender.blender("read")
    assert command is not None
    assert command[:3] == ["/opt/blender/blender", "--background", "--factory-startup"]
    assert "--disable-autoexec" in command, "scripts in files are not run"
    monkeypatch.setenv("COAMD_BLENDER", sys.executable)
    assert background_blender.blender("read") == [sys.executable, str(background_blender.SCRIPT), "read"]
    assert background_blender.SCRIPT.is_file()


def test_the_index_remembers_scenes_with_their_takes_and_problems(folder: Path) -> None:
    """Scenes are not opened twice, broken ones neither; and one corrupt file among 500 is named and stops nothing."""
    paths = files(folder, a="90", b="broken")
    take = walk(3.0)
    for number in range(500):
        write_motion(folder / f"{number}.npz", take)
    (folder / "250.npz").write_bytes(b"PK\x03\x04")
    everything = sorted(folder.iterdir())
    embedded = []

    def embed(joints: np.ndarray, spans: object) -> np.ndarray:
        embedded.append(len(joints))
        return np.tile([1.0, 0.0], (len(list(spans)), 1))  # type: ignore[call-overload]

    index = TakeIndex(Embedder("weights", 2, embed))
    update = index.update(everything, [folder])
    assert update.new == 500
    assert [Path(name).name for name, _ in update.skipped] == ["250.npz", "b.blend"]
    assert len(index.takes) == 500
    index.save(folder / "index")
    again, said = TakeIndex.open(folder / "index", index.embedder)
    embedded.clear()
    update = again.update(everything, [folder])
    assert (said, embedded, update.kept) == ("", [], 500)
    assert [Path(name).name for name, _ in update.skipped] == ["250.npz", "b.blend"]
    paths[1].write_text("60")
    assert str(again.update(everything, [folder])) == "1 changed, 500 as before, 1 skipped"
    best = again.among(paths).nearest(np.array([1.0, 0.0]), 9)
    assert {(Path(m.path).name, m.name) for m in best} == {("a.blend", "Walk"), ("b.blend", "Walk")}
    assert best[0].poses.shape == (5, 22, 3)
