# SPDX-License-Identifier: GPL-3.0-or-later
"""``blender.py FOLDER``: a Blender with the add-on that runs jobs as it is told, and looks what became of the scene.

Orders come as lines of JSON. ``kill_after``: seconds after which the backend is killed during the job; negative: never;
null: say which process the backend is, begin a job and go on until somebody kills this Blender.
"""

from __future__ import annotations

import json
import os
import sys
import time
import traceback
from pathlib import Path

import bpy

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "blender")]

import coamd.backend.client.backend_process as process_module  # noqa: E402
import snapshot  # noqa: E402
from coamd import blender_addon  # noqa: E402
from coamd.backend.client.backend_process import BackendProcess  # noqa: E402
from coamd.blender_addon.preferences import BackendSettings  # noqa: E402
from coamd.blender_addon.session import timer  # noqa: E402
from coamd.blender_addon.session.tasks import DONE  # noqa: E402
from kills import PATIENCE  # noqa: E402

ENGINES = HERE.parent / "backend" / "engines.py"
session = timer.session


def main() -> None:
    folder = Path(sys.argv[1])
    os.environ["COAMD_HOME"] = str(folder / "home")
    process_module.RESTART_SECONDS = 0.0  # a user waits for five seconds, a trial of hundreds does not
    bpy.ops.wm.read_homefile(use_empty=True)
    blender_addon.register()
    file = folder / "scene.blend"
    if not file.exists():
        bpy.ops.coamd.add_mannequin()
        bpy.ops.wm.save_as_mainfile(filepath=str(file))
    bpy.ops.wm.open_mainfile(filepath=str(file))
    say(file=str(file))
    for line in sys.stdin:
        after = json.loads(line)["kill_after"]
        backend = started(folder)
        if after is None:
            say(backend=backend.pid)
        say(lost=int(not job(backend, after)), message=str(session.message))


def started(folder: Path) -> BackendProcess:
    """The backend's process, which is asked for where it is gone."""
    if not session.link.running:
        session.link.start(BackendSettings(), BackendProcess(sys.executable, folder / "home", script=ENGINES))
    deadline = time.monotonic() + PATIENCE
    while session.link.state != "ready":
        assert time.monotonic() < deadline, session.message
        session.tick()
        time.sleep(0.005)
    process = session.link._process
    assert process is not None
    return process


def job(backend: BackendProcess, after: float | None) -> bool:
    """One job; True when its keys are there. Otherwise the scene must be as it was."""
    before, actions = snapshot.of_file(), len(bpy.data.actions)
    rig_object = bpy.data.objects["Mannequin"]
    bpy.context.view_layer.objects.active = rig_object
    bpy.context.scene.coamd.prompt = "sway for ever" if after is None else "sway"
    bpy.ops.coamd.generate()
    began = time.monotonic()
    this, killed, pid = session.jobs[-1], False, backend.pid
    while not this.over:
        assert time.monotonic() - began < PATIENCE or after is None, "the job does not end"
        session.tick()
        time.sleep(0.002)
        if after is not None and not killed and 0.0 <= after < time.monotonic() - began:
            backend.kill()  # once: a job that was not sent yet goes to the backend that is started in its place
            killed = True
    if after is not None and after >= 0.0:
        if not killed:
            backend.kill()  # where the job was over before its moment came
        while session.link.state == "ready" and session.link.pid == pid:
            session.tick()  # the result may have come before the bad news
            time.sleep(0.002)
    if this.state == DONE:
        assert len(bpy.data.actions) == actions + 1
        assert rig_object.animation_data.action.name == this.actions[0]
        bpy.data.actions.remove(bpy.data.actions[this.actions[0]])
        rig_object.animation_data_clear()
        return True
    assert snapshot.of_file() == before, "a job that failed has changed the scene"
    assert session.message and session.message.hint
    return False


def say(**answer: object) -> None:
    print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    try:
        main()
    except BaseException:
        say(failed=traceback.format_exc())
    os._exit(0)  # the add-on is registered, and with that Blender's own exit hangs in 4.5
