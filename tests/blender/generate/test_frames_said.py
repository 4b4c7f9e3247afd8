# SPDX-License-Identifier: GPL-3.0-or-later
"""What the panel says before the click is what is there after it: the frames, at any rate, also for steps."""

from __future__ import annotations

from typing import Any

import bpy
import pytest
from coamd.backend.client.backend_process import BackendProcess
from coamd.blender_addon.generate import panel as generate_panel
from coamd.blender_addon.session.session import Session
from test_registration import draw


def said() -> str:
    (text,) = (text for text in draw(generate_panel.COAMD_PT_generate) if text.startswith("Frames "))
    return text


@pytest.mark.parametrize(("fps", "seconds", "start", "use_steps"), [(24, 4.0, 1, False), (60, 2.5, 11, True)])
def test_the_frames_are_told_and_come(
    addon: Session, backend: BackendProcess, character: Any, fps: int, seconds: float, start: int, use_steps: bool
) -> None:
    scene = bpy.context.scene
    scene.render.fps = fps
    scene.frame_set(start)
    settings = scene.coamd
    settings.prompt, settings.seconds, settings.use_steps = "a person sways", seconds, use_steps
    for _ in range(2 if use_steps else 0):
        step = settings.steps.add()
        step.prompt, step.seconds = "a person sways", seconds / 2
    text = said()
    assert bpy.ops.coamd.generate(wait=True) == {"FINISHED"}
    note = character.animation_data.action.coamd
    assert text == f"Frames {note.first} to {note.last} ({seconds:.1f} s)"


@pytest.mark.parametrize("phase", ["waiting for you to leave the NLA's tweak mode", "solving"])
def test_what_does_not_fit_into_the_bar_stands_below_it(addon: Session, character: Any, phase: str) -> None:
    """In a sidebar of 280 pixels; nothing of it is cut off."""
    from coamd.blender_addon.session.tasks import RUNNING, Job
    from coamd.blender_addon.ui.notices import letters_in
    from coamd.blender_addon.ui.progress import describe

    bpy.ops.coamd.generate()
    job = addon.jobs[-1]
    assert isinstance(job, Job)
    job.state, job.phase, job.step, job.of = RUNNING, phase, 1, 2
    drawn = draw(generate_panel.COAMD_PT_generate)
    whole = describe(job)
    lines = [text for text in drawn if text and text in whole and text != whole[:1]]
    assert whole in " ".join(lines)
    assert all(len(text) <= letters_in(280) for text in lines)
    bpy.ops.coamd.cancel()
