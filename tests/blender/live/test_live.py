# SPDX-License-Identifier: GPL-3.0-or-later
"""Live in Blender, driven as its timer drives it: the stick figure while something moves, keys when it rests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import bpy
import pytest
import snapshot
from coamd.backend.client.backend_process import BackendProcess
from coamd.blender_addon.edit.settings import COAMD_PG_edit
from coamd.blender_addon.keys.action import curves_of
from coamd.blender_addon.live import makers, operators, watched_settings
from coamd.blender_addon.properties import COAMD_PG_settings
from coamd.blender_addon.session import tasks
from coamd.blender_addon.session.session import Session
from coamd.blender_addon.takes.hidden_scene import PoseSampler
from coamd.blender_addon.ui.preview import Preview
from edits import action_of, bone_head, changed_curves, raw, reach, typed

Go = Callable[[Callable[[], object]], None]
LIVE = operators.live


@pytest.fixture
def go(tick_until: Go) -> Go:
    """Do what the timer does until something holds, on a clock on which every tick takes 0.1 s."""
    now = [0.0]

    def until(condition: Callable[[], object]) -> None:
        def ticked() -> object:
            now[0] += 0.1
            LIVE.tick(now[0])
            return condition()

        tick_until(ticked)

    return until


@pytest.fixture
def cup(walker: Any) -> Any:
    """A target beside the walker's right hand at frame 35, for an edit of its arm."""
    target = bpy.data.objects.new("Cup", None)
    bpy.context.scene.collection.objects.link(target)
    target.location = walker.matrix_world @ bone_head(walker, "RightArm", 35)
    target.location.z += 0.2
    target.location.y -= 0.2
    bpy.context.view_layer.update()
    typed(20, 50, mode="REACH", root=False, trunk=False)
    reach("right_wrist", target, 33, 37)
    return target


def jobs(session: Session, draft: bool) -> list[Any]:
    return [job for job in session.jobs if job.live and job.draft == draft and not job.over]


def on(about: str = "Edit") -> None:
    assert bpy.ops.coamd.live(about=about) == {"FINISHED"}
    assert LIVE.is_about(about)


def moved(target: Any, z: float) -> None:
    target.location.z += z
    bpy.context.view_layer.update()


def test_a_target_is_dragged(
    addon: Session, backend: BackendProcess, walker: Any, cup: Any, go: Go, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Drafts are shown and not written, poses are read once, and each result takes the place of the one before it."""
    read, sample = [0], PoseSampler._sample
    monkeypatch.setattr(PoseSampler, "_sample", lambda *args: (read.__setitem__(0, read[0] + 1), sample(*args))[1])
    base, before, preview = action_of(walker), raw(action_of(walker)), Preview()
    on()
    go(lambda: any(job.live and job.preview is not None for job in addon.jobs))
    preview.look(addon.jobs)
    assert preview.ghost is not None, "the stick figure stays when its draft is done"
    poses = read[0]
    assert poses > 0
    steps = []
    for _ in range(3):
        moved(cup, 0.02)
        go(lambda: jobs(addon, draft=True))
        steps.append(jobs(addon, draft=True)[0].order.request.steps)
        go(lambda: not jobs(addon, draft=True))
    assert action_of(walker) == base, "nothing is written while it moves"
    assert read[0] == poses, "and nothing read again"
    assert set(steps) == {4}
    go(lambda: action_of(walker) != base)
    first = action_of(walker).name
    assert read[0] == poses
    for frame in (33, 37):
        hand = walker.matrix_world @ bone_head(walker, "RightHand", frame)
        assert (hand - cup.location).length < 0.01
    assert len(bpy.data.actions) == 2
    moved(cup, -0.05)
    go(lambda: action_of(walker).name != first or (hand_at(walker, 35) - cup.location).length < 0.01)
    go(lambda: not addon.busy)
    assert {action.name for action in bpy.data.actions} == {base.name, first}, "it has taken the name and the place"
    assert not changed_curves(before, raw(base)), "what it is made of stays as it was"
    assert action_of(walker).coamd.before == base.name
    assert bpy.ops.coamd.live(about="Edit") == {"FINISHED"}
    assert not LIVE.on
    assert not preview.look(addon.jobs) or preview.ghost is None


def hand_at(walker: Any, frame: int) -> Any:
    return walker.matrix_world @ bone_head(walker, "RightHand", frame)


def test_a_result_that_was_changed_by_hand_stays(
    addon: Session, backend: BackendProcess, walker: Any, cup: Any, go: Go
) -> None:
    base = action_of(walker)
    on()
    moved(cup, 0.02)
    go(lambda: action_of(walker) != base)
    go(lambda: not addon.busy)
    mine = action_of(walker)
    curves_of(mine)[0].keyframe_points[0].co.y += 1.0
    mine.name = name = "Mine"
    LIVE.stop()
    assert bpy.data.actions[name] == mine
    on()
    moved(cup, 0.02)
    go(lambda: action_of(walker) != mine)
    assert bpy.data.actions[name] == mine, "it is what the new one is made of"


def test_a_clip_follows_its_prompt(addon: Session, backend: BackendProcess, character: Any, go: Go) -> None:
    settings = bpy.context.scene.coamd
    settings.prompt = "sways"
    on("Generate")
    settings.prompt, settings.seconds = "sways twice", 2.0
    go(lambda: bpy.data.actions)
    go(lambda: not addon.busy)
    (made,) = bpy.data.actions
    assert made.coamd.prompt == "sways twice"
    settings.seed += 1
    go(lambda: [action.coamd.seed for action in bpy.data.actions] == [settings.seed])
    settings.start = "STRIP"
    go(lambda: not LIVE.on)
    assert addon.message is not None
    assert "Choose Start: New" in addon.message.hint


def test_undo_is_not_undone(addon: Session, backend: BackendProcess, walker: Any, cup: Any, go: Go) -> None:
    """What undo brings back is left alone, and Live goes on with the next change."""
    name, target = walker.name, cup.name
    bpy.ops.coamd.start_backend(wait=True)
    bpy.ops.ed.undo_push(message="before")
    before = snapshot.of_file()
    on()
    moved(cup, 0.02)
    bpy.ops.ed.undo_push(message="moved")
    go(lambda: len(bpy.data.actions) == 2)
    go(lambda: not addon.busy)
    bpy.ops.ed.undo()
    bpy.ops.ed.undo()
    assert snapshot.of_file() == before
    left = 20

    def waited() -> bool:
        nonlocal left
        left -= 1
        return left == 0

    go(waited)
    assert snapshot.of_file() == before
    assert LIVE.on
    assert addon.message is not None
    assert addon.message.text == "Live continues with your next change."
    moved(bpy.data.objects[target], 0.03)
    go(lambda: len(bpy.data.actions) == 2)
    assert bpy.data.objects[name].animation_data.action.coamd.made


def test_a_deleted_character_ends_it(addon: Session, backend: BackendProcess, walker: Any, cup: Any, go: Go) -> None:
    on()
    bpy.data.objects.remove(walker)
    before = snapshot.of_file()
    go(lambda: not LIVE.on)
    assert addon.message is not None
    assert addon.message.text == "“Mannequin” was deleted, so Live is off."
    assert snapshot.of_file() == before
    assert not addon.busy


def test_edit_mode_holds_it_up(addon: Session, backend: BackendProcess, walker: Any, cup: Any, go: Go) -> None:
    on()
    go(lambda: not jobs(addon, draft=True) and addon.jobs)
    base = action_of(walker)
    bpy.ops.object.mode_set(mode="EDIT")
    moved(cup, 0.02)
    go(lambda: LIVE.status)
    assert LIVE.status == "Live waits for you to leave Edit Mode"
    assert action_of(walker) == base
    bpy.ops.object.mode_set(mode="OBJECT")
    go(lambda: action_of(walker) != base)


def test_a_render_holds_it_up(
    addon: Session, backend: BackendProcess, walker: Any, cup: Any, go: Go, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Stub:
        data, context = bpy.data, bpy.context

        class app:  # noqa: N801
            rendering = True

            @classmethod
            def is_job_running(cls, kind: str) -> bool:
                return cls.rendering and kind == "RENDER"

    on()
    go(lambda: addon.jobs and not addon.busy)
    base = action_of(walker)
    monkeypatch.setattr(makers, "bpy", Stub)
    moved(cup, 0.02)
    go(lambda: LIVE.status == "Live waits for the render to end")
    assert not jobs(addon, draft=True)
    Stub.app.rendering = False
    go(lambda: action_of(walker) != base)


def test_a_transform_holds_up_keys_and_poses_but_no_draft_whose_poses_are_read(
    addon: Session, backend: BackendProcess, walker: Any, cup: Any, go: Go
) -> None:
    from coamd.blender_addon.session.obstacles import obstacle

    on()
    go(lambda: any(job.preview is not None for job in addon.jobs))
    moved(cup, 0.02)
    go(lambda: jobs(addon, draft=True))
    draft = jobs(addon, draft=True)[0]
    assert not draft.looks_at_poses
    assert draft.state != tasks.SOLVING
    assert obstacle(draft) == ""
    LIVE.stop()


def test_in_the_same_action_is_refused(addon: Session, walker: Any, cup: Any) -> None:
    typed(same_action=True)
    with pytest.raises(RuntimeError, match="Live writes into a copy"):
        bpy.ops.coamd.live(about="Edit")
    assert not LIVE.on


def test_every_setting_is_watched_or_does_not_matter(addon: Session) -> None:
    """A setting that is added later must be put on one side or the other."""
    shown_only = {"range_from", "reach", "step", "fitted_range", "scene_range", "frame_motion", "play", "preview"}
    one_take = {"variations", "quality", "candidates", "same_action"}  # Live makes one, in a draft and in full
    others = {"character", "start", "edit", "export", "find", "label", "teach", "rig_choice", "rna_type", "name"}
    for group, watched in ((COAMD_PG_settings, watched_settings.GENERATE), (COAMD_PG_edit, watched_settings.EDIT)):
        assert set(watched) <= set(group.bl_rna.properties.keys())
        left = set(group.bl_rna.properties.keys()) - set(watched) - shown_only - one_take - others
        assert not left, left


def test_another_taught_model_is_a_change(addon: Session) -> None:
    scene = bpy.context.scene
    found = [(watched_settings.of_generate(scene), watched_settings.of_edit(scene))]
    for name in ("Hero moves", "Bows"):
        scene.coamd.models.add().name = name
        found.append((watched_settings.of_generate(scene), watched_settings.of_edit(scene)))
    scene.coamd.models[1].name = "Salutes"
    found.append((watched_settings.of_generate(scene), watched_settings.of_edit(scene)))
    for of_button in zip(*found, strict=True):
        assert len(set(of_button)) == 4


@pytest.mark.parametrize("kind", ["POLY", "NURBS", "BEZIER"])
def test_a_point_of_a_path_is_a_change(addon: Session, walker: Any, kind: str) -> None:
    curve = bpy.data.curves.new("Way", "CURVE")
    spline = curve.splines.new(kind)
    points = spline.bezier_points if kind == "BEZIER" else spline.points
    points.add(3)
    way = bpy.data.objects.new("Way", curve)
    bpy.context.scene.collection.objects.link(way)
    bpy.context.scene.coamd.edit.path = way
    before = watched_settings.of_edit(bpy.context.scene)
    assert watched_settings.of_edit(bpy.context.scene) == before
    points[2].co.x += 0.5
    assert watched_settings.of_edit(bpy.context.scene) != before
