# SPDX-License-Identifier: GPL-3.0-or-later
"""Where an edit goes: a copy or the action itself, an NLA strip, variations, undo, and what happens meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import bpy
import pytest
import snapshot
from coamd.backend.client.backend_process import BackendProcess
from coamd.blender_addon.edit.result import last_edit
from coamd.blender_addon.keys.action import curves_of
from coamd.blender_addon.session.session import Session
from coamd.blender_addon.session.tasks import READING, WAITING
from edits import POSES, action_of, animate, changed_curves, edit, outside_is_kept, raw, typed


@pytest.fixture
def animated(character: Any) -> Any:
    """The mannequin with keys in every rotation mode."""
    return animate(character)


def test_one_undo_takes_the_edit_back_and_one_redo_brings_it_again(
    addon: Session, backend: BackendProcess, animated: Any, tick_until: Callable[..., None]
) -> None:
    typed(variations=2)
    bpy.ops.coamd.start_backend(wait=True)
    bpy.ops.ed.undo_push(message="before")
    before = snapshot.of_file()
    assert bpy.ops.coamd.edit() == {"FINISHED"}
    tick_until(lambda: not addon.busy)
    after = snapshot.of_file()
    assert after != before
    assert last_edit(addon.jobs) is not None
    bpy.ops.ed.undo()
    assert snapshot.of_file() == before
    assert last_edit(addon.jobs) is None, "there is nothing to switch to any more"
    bpy.ops.ed.redo()
    assert snapshot.of_file() == after
    assert last_edit(addon.jobs) is not None


def test_variations_and_the_switch_between_them(addon: Session, backend: BackendProcess, animated: Any) -> None:
    old = action_of(animated)
    typed(variations=3)
    edit()
    names = addon.jobs[-1].takes
    assert names[0] == old.name
    assert len({snapshot.of_action(bpy.data.actions[name])[1] for name in names}) == 4
    for take in (0, 3, 1):
        bpy.ops.coamd.show_edit(take=take)
        assert action_of(animated).name == names[take]
        slot = getattr(animated.animation_data, "action_slot", None)
        assert slot is None or slot.name_display == animated.name


def test_the_action_itself_can_be_changed(addon: Session, backend: BackendProcess, animated: Any) -> None:
    action = action_of(animated)
    before = raw(action)
    typed(same_action=True)
    edit()
    assert action_of(animated) == action
    after = raw(action)
    assert changed_curves(before, after)
    bpy.ops.coamd.show_edit(take=0)
    assert not changed_curves(before, raw(action)), "before is back, in every field"
    bpy.ops.coamd.show_edit(take=1)
    assert not changed_curves(after, raw(action))


def test_a_strip_that_is_open_for_tweaking(addon: Session, backend: BackendProcess, animated: Any) -> None:
    """The strip lies at another place and runs at half speed; keys go where the action has them."""
    data, action = animated.animation_data, action_of(animated)
    track = data.nla_tracks.new()
    strip = track.strips.new("strip", 201, action)
    strip.scale = 2.0
    if hasattr(strip, "action_slot"):
        strip.action_slot = data.action_slot
    place = (strip.frame_start, strip.frame_end)
    data.action = None
    data.nla_tracks.active = track
    data.use_tweak_mode = True
    assert data.use_tweak_mode
    before = raw(action)
    # 13 and 44 in the action are 225 and 287 in the scene.
    typed(225, 287)
    edit()
    after = raw(action)
    outside_is_kept(before, after, 13, 44)
    changed = changed_curves(before, after)
    assert changed
    new = {float(frame) for curve in changed for frame in after[curve]["co"][:, 0]} - {float(f) for f in POSES}
    assert {13.5, 14.0, 43.5} <= new
    assert data.use_tweak_mode
    assert (strip.frame_start, strip.frame_end, strip.scale, strip.action) == (*place, 2.0, action)


def test_cancelling_leaves_nothing_behind(
    addon: Session, backend: BackendProcess, animated: Any, tick_until: Callable[..., None]
) -> None:
    bpy.ops.coamd.start_backend(wait=True)
    before = snapshot.of_file()
    typed(1, 80)
    bpy.ops.coamd.edit()
    addon.tick()
    assert addon.jobs[-1].state in (READING, WAITING)
    bpy.ops.coamd.cancel()
    assert snapshot.of_file() == before
    typed(prompt="for ever")
    bpy.ops.coamd.edit()
    tick_until(lambda: addon.jobs[-1].phase == "sampling")
    bpy.ops.coamd.cancel()
    assert snapshot.of_file() == before


def test_keys_that_change_meanwhile_are_not_lost(
    addon: Session, backend: BackendProcess, animated: Any, tick_until: Callable[..., None]
) -> None:
    bpy.ops.coamd.start_backend(wait=True)
    typed()
    bpy.ops.coamd.edit()
    tick_until(lambda: addon.jobs[-1].phase == "sampling")
    curve = curves_of(action_of(animated))[0]
    curve.keyframe_points[2].co.y += 0.5
    before = snapshot.of_file()
    tick_until(lambda: not addon.busy)
    assert "was changed while it was edited" in addon.message.text
    assert snapshot.of_file() == before
