# SPDX-License-Identifier: GPL-3.0-or-later
"""The add-on comes and goes without a trace, and its panels draw in every state."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import bpy
import pytest
from coamd import blender_addon
from coamd.backend.client.backend_process import BackendProcess
from coamd.blender_addon.character import armature, bone_choice
from coamd.blender_addon.character import panel as character_panel
from coamd.blender_addon.edit import panel as edit_panel
from coamd.blender_addon.generate import panel as generate_panel
from coamd.blender_addon.install import interpreter
from coamd.blender_addon.results import panel as results_panel
from coamd.blender_addon.session import panel as backend_panel
from coamd.blender_addon.session import timer
from coamd.blender_addon.session.session import Session
from coamd.blender_addon.ui import notices, pie, status_bar
from coamd.blender_addon.ui.notices import ERROR, Notice

HANDLERS = {name: getattr(bpy.app.handlers, name) for name in dir(bpy.app.handlers) if name.endswith(("_pre", "_post"))}


def classes() -> set[str]:
    return {name for name in dir(bpy.types) if name.startswith("COAMD_")}


def test_registering_twice_leaves_no_trace() -> None:
    handlers = {name: len(found) for name, found in HANDLERS.items()}
    for _ in range(2):
        blender_addon.register()
        assert "COAMD_OT_generate" in classes()
        assert bpy.context.scene.coamd.prompt == "a person walks forward and waves"
        blender_addon.unregister()
        assert not classes()
        assert not hasattr(bpy.types.Scene, "coamd")
        assert {name: len(found) for name, found in HANDLERS.items()} == handlers


def test_unregistering_stops_the_backend(addon: Session, backend: BackendProcess) -> None:
    bpy.ops.coamd.start_backend(wait=True)
    assert backend.poll() == "ready"
    blender_addon.unregister()
    assert backend.poll() == "dead"
    blender_addon.register()


def ours(kind: Any) -> list[Any]:
    """Our registered classes of one kind."""
    return [cls for cls in kind.__subclasses__() if cls.__module__.startswith("coamd.") and cls.is_registered]


def test_every_setting_and_operator_explains_itself(addon: Session) -> None:
    """Every property and every operator has a tool tip that says more than its name."""
    groups = [*ours(bpy.types.PropertyGroup), *ours(bpy.types.AddonPreferences)]
    assert len(groups) > 3
    for kind in groups:
        for prop in kind.bl_rna.properties:
            if prop.identifier not in ("name", "rna_type", "bl_idname"):
                assert len(prop.description) > 10, f"{kind.__name__}.{prop.identifier} has no tool tip"
    for name in dir(bpy.ops.coamd):
        operator = getattr(bpy.ops.coamd, name).get_rna_type()
        assert len(operator.description) > 10, f"{name} has no tool tip"
        assert operator.name[:1].isupper(), f"{name} has no name to be found by"
        for prop in operator.properties:
            if prop.identifier != "rna_type" and not prop.is_hidden:
                assert len(prop.description) > 10, f"{name}.{prop.identifier} has no tool tip"


class Paper:
    """Takes what a panel draws and holds it against what Blender's layouts accept."""

    def __init__(self, drawn: list[str]) -> None:
        object.__setattr__(self, "drawn", drawn)

    def __setattr__(self, name: str, _value: object) -> None:
        assert name in bpy.types.UILayout.bl_rna.properties, f"a layout has no {name}"

    def __getattr__(self, name: str) -> Callable[..., Any]:
        function = bpy.types.UILayout.bl_rna.functions[name]

        def draw(*args: Any, **keywords: Any) -> Any:
            for key, value in keywords.items():
                known = function.parameters[key]
                if known.type == "ENUM":
                    assert value in known.enum_items, f"{name} has no {key} {value}"
            if name in ("prop", "prop_search"):
                assert args[1] in args[0].bl_rna.properties, f"there is no property {args[1]}"
                self.drawn.append(args[1])
            if name == "template_list":
                self.drawn.append(args[0])
                return None
            if name == "operator":
                category, _, operator = args[0].partition(".")
                kind = getattr(getattr(bpy.ops, category), operator).get_rna_type()
                self.drawn.extend((args[0], keywords.get("text") or ""))
                return Answer(set(kind.properties.keys()))
            self.drawn.append(str(keywords.get("text", "")))
            return Paper(self.drawn)

        return draw


class Answer:
    """The settings of an operator's button."""

    def __init__(self, known: set[str]) -> None:
        object.__setattr__(self, "known", known)

    def __setattr__(self, name: str, _value: object) -> None:
        assert name in self.known, f"the operator has no {name}"


class Context:
    """What a panel reads: the true context with a region, which background mode lacks."""

    class region:  # noqa: N801
        width = 280

    def __getattr__(self, name: str) -> Any:
        return getattr(bpy.context, name)


def draw(panel: Any) -> list[str]:
    drawn: list[str] = []

    class Shown:
        layout = Paper(drawn)

    panel.draw(Shown(), Context())
    return drawn


def test_without_a_character_the_panel_offers_the_mannequin(addon: Session) -> None:
    assert "coamd.add_mannequin" in draw(character_panel.COAMD_PT_character)


def test_the_character_panel_says_how_the_bones_were_understood(addon: Session, character: Any) -> None:
    drawn = " | ".join(draw(character_panel.COAMD_PT_character))
    assert "Mannequin" in drawn
    assert "100% of the joints" in drawn
    character.scale = (0.0, 0.0, 0.0)
    bpy.context.view_layer.update()
    assert "scale of zero" in " ".join(draw(character_panel.COAMD_PT_character))


def test_the_bones_panel_lists_the_joints_and_the_users_presets(addon: Session, character: Any) -> None:
    assert character_panel.COAMD_PT_bones.poll(bpy.context)
    drawn = draw(character_panel.COAMD_PT_bones)
    assert {"left_knee", "Left", "Shin", "neck", "coamd.detect_bones", "coamd.save_preset"} <= set(drawn)
    assert drawn.count("Shin") == 2, "one on each side"
    assert "neck2" not in drawn, "what the rig has none of is not offered beyond the 22 joints"
    bpy.ops.coamd.save_preset(name="House rig")
    (bone_choice.folder() / "damaged.json").write_text("[]", encoding="utf-8")
    bpy.ops.coamd.check_character()
    drawn = draw(character_panel.COAMD_PT_bones)
    assert {"House rig", "coamd.remove_preset"} <= set(drawn)
    assert "damaged.json" in " ".join(drawn)


def test_the_panels_through_a_job(
    addon: Session, backend: BackendProcess, character: Any, tick_until: Callable[..., None]
) -> None:
    assert "coamd.generate" in draw(generate_panel.COAMD_PT_generate)
    bpy.context.scene.coamd.variations = 2
    bpy.ops.coamd.generate()
    seen = set()

    def over() -> bool:
        seen.update(draw(generate_panel.COAMD_PT_generate), draw(backend_panel.COAMD_PT_backend))
        return not addon.busy

    tick_until(over)
    assert {"coamd.cancel", "coamd.stop_backend"} <= seen
    assert any(text.startswith("Making the motion") for text in seen)
    after = draw(generate_panel.COAMD_PT_generate)
    assert any("is on “Mannequin”" in text for text in after)
    assert results_panel.COAMD_PT_results.poll(bpy.context)
    assert {"COAMD_UL_results", "coamd.delete_result"} <= set(draw(results_panel.COAMD_PT_results))


def test_a_message_is_shown_by_the_panel_it_belongs_to(addon: Session, character: Any) -> None:
    with pytest.raises(RuntimeError):
        bpy.ops.coamd.edit()
    assert addon.message
    told = addon.message.text[:12]
    assert told in " ".join(draw(edit_panel.COAMD_PT_edit))
    assert told not in " ".join(draw(generate_panel.COAMD_PT_generate))
    assert told not in " ".join(draw(backend_panel.COAMD_PT_backend))


def test_without_an_armature_the_button_brings_one(addon: Session, backend: BackendProcess) -> None:
    assert "Generate on a Mannequin" in " ".join(draw(generate_panel.COAMD_PT_generate))
    assert bpy.ops.coamd.generate(mannequin=True, wait=True) == {"FINISHED"}
    assert bpy.data.objects["Mannequin"].animation_data.action
    bpy.ops.coamd.generate(mannequin=True, wait=True)
    assert len(bpy.data.armatures) == 1, "an armature that is there is enough"


def test_every_remedy_is_an_operator_for_a_failure_that_can_happen(addon: Session) -> None:
    sources = Path(blender_addon.__file__).parents[1]
    folders = [sources / part for part in ("blender_addon", "backend", "rigs")]
    texts = "".join(path.read_text("utf-8") for folder in folders for path in folder.rglob("*.py"))
    for code in (*notices.REMEDIES, *notices.REPORTED):
        assert texts.count(f'"{code}"') > 1, f"nothing fails with {code}"
    for remedy in notices.REMEDIES.values():
        category, _, name = remedy.operator.partition(".")
        known = getattr(getattr(bpy.ops, category), name).get_rna_type().properties
        assert all(value in known for value, _ in remedy.values)
        assert remedy.icon in bpy.types.UILayout.bl_rna.functions["label"].parameters["icon"].enum_items


def test_a_failure_offers_its_remedy_and_a_fault_the_report(addon: Session) -> None:
    for code, wanted in (
        ("edit_mode", {"coamd.leave_mode"}),
        ("backend_died", {"coamd.start_backend", "coamd.copy_report"}),
        ("fault", {"coamd.copy_report"}),
        ("empty_prompt", set()),
    ):
        drawn: list[str] = []
        notices.draw(Paper(drawn), Notice("It failed.", "Mend it.", ERROR, code), 280.0)
        assert {text for text in drawn if text.startswith("coamd.")} == wanted


def test_the_status_bar_shows_the_job(
    addon: Session, backend: BackendProcess, character: Any, tick_until: Callable[..., None]
) -> None:
    def drawn() -> list[str]:
        found: list[str] = []

        class Header:
            layout = Paper(found)

        status_bar.draw(Header(), bpy.context)
        return found

    assert drawn() == []
    bpy.context.scene.coamd.prompt = "sway for ever"
    bpy.ops.coamd.generate()
    tick_until(lambda: addon.jobs[-1].step > 0)
    assert any(text.startswith("Making the motion") for text in drawn())
    assert "coamd.cancel" in drawn()
    bpy.ops.coamd.cancel()
    assert drawn() == []


def test_each_job_is_cancelled_by_its_own_button(
    addon: Session, backend: BackendProcess, character: Any, tick_until: Callable[..., None]
) -> None:
    bpy.context.scene.coamd.prompt = "sway for ever"
    bpy.ops.coamd.generate()
    bpy.ops.coamd.generate()
    first, second = (job for job in addon.jobs if not job.is_silent)
    bpy.ops.coamd.cancel(job=second.number)
    assert second.over
    assert not first.over
    bpy.ops.coamd.cancel()
    assert first.over


def test_the_pie_menu_draws(addon: Session) -> None:
    drawn = draw(pie.COAMD_MT_pie)
    assert {"coamd.generate", "coamd.edit", "coamd.step_result", "coamd.play_result"} <= set(drawn)


def test_a_long_message_is_wrapped(addon: Session) -> None:
    drawn: list[str] = []
    notices.draw(Paper(drawn), Notice("The backend has ended. " * 4, "Start it again. " * 4, ERROR), 280.0)
    lines = [text for text in drawn if text]
    assert len(lines) == 5
    assert max(map(len, lines)) <= 40


def test_the_timer_rests_when_there_is_nothing_to_do(addon: Session) -> None:
    assert timer._on_timer() is None
    assert not bpy.app.timers.is_registered(timer._on_timer)


def test_the_package_imports_without_blender_or_torch() -> None:
    """Enabling must be quick: registering brings in neither torch nor zmq."""
    code = (
        "import sys, coamd.blender_addon\nassert 'bpy' not in sys.modules\ncoamd.blender_addon.register()\n"
        "assert not {'torch', 'zmq', 'transformers'} & set(sys.modules)\nimport os; os._exit(7)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 7


def test_drawing_reads_no_file_and_no_rig_twice(
    addon: Session, backend: BackendProcess, character: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Blender draws a panel at every move of the mouse."""
    bpy.ops.coamd.generate(wait=True)
    drawn = [cls for cls in ours(bpy.types.Panel) if not hasattr(cls, "poll") or cls.poll(bpy.context)]
    assert len(drawn) > 5
    for cls in drawn:
        draw(cls)

    def refuse(*_args: object, **_keywords: object) -> None:
        raise AssertionError("drawing must cost nothing")

    for module, name in ((armature, "rest_rig"), (interpreter, "suits"), (Path, "open"), (subprocess, "Popen")):
        monkeypatch.setattr(module, name, refuse)
    for cls in drawn:
        draw(cls)
    with pytest.raises(AssertionError):
        armature.rest_rig(character)
