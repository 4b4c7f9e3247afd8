# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be done with a taught model that is chosen alone: rename, export, import, remove."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import bpy
import pytest
from coamd.backend.taught.library import models, place
from coamd.backend.taught.model_file import save
from coamd.blender_addon.session import problem_report
from coamd.blender_addon.session.session import Session
from coamd.blender_addon.teach import model_operators
from coamd.blender_addon.teach.chosen_models import names_in, put
from test_registration import draw

from tests.taught import CARD, arrays


def chosen() -> tuple[str, ...]:
    return bpy.context.scene.coamd.chosen_models()


def test_models_are_renamed_exported_imported_and_removed(addon: Session, tmp_path: Path) -> None:
    save(place("Hero moves"), CARD, arrays())
    assert not bpy.ops.coamd.remove_model.poll()
    bpy.ops.coamd.choose_model(model="Hero moves")
    assert bpy.ops.coamd.rename_model(new=" Bows ") == {"FINISHED"}
    assert chosen() == ("Bows",)
    target = tmp_path / "given.coamd"
    assert bpy.ops.coamd.export_model(filepath=str(target)) == {"FINISHED"}
    assert bpy.ops.coamd.remove_model() == {"FINISHED"}
    assert (chosen(), models()[0]) == ((), [])
    assert bpy.ops.coamd.import_model(filepath=str(target)) == {"FINISHED"}
    assert chosen() == ("Bows",)
    save(place("Other"), replace(CARD, name="Other"), arrays())
    with pytest.raises(RuntimeError, match="already"):
        bpy.ops.coamd.rename_model(new="other")
    target.write_bytes(b"nothing")
    with pytest.raises(RuntimeError, match="cannot be used"):
        bpy.ops.coamd.import_model(filepath=str(target))


def test_of_several_that_are_chosen_none_is_changed(addon: Session) -> None:
    bpy.ops.coamd.choose_model(model="Bows")
    assert "coamd.rename_model" in draw(model_operators.COAMD_MT_model_actions)
    put(bpy.context.scene.coamd.models, ["Bows", "Kicks"])
    drawn = draw(model_operators.COAMD_MT_model_actions)
    assert "coamd.rename_model" not in drawn
    assert "coamd.import_model" in drawn
    for operator in (bpy.ops.coamd.rename_model, bpy.ops.coamd.remove_model, bpy.ops.coamd.export_model):
        assert not operator.poll()


def test_other_scenes_follow(addon: Session) -> None:
    save(place("Bows"), replace(CARD, name="Bows"), arrays())
    other = bpy.data.scenes.new("Other")
    put(other.coamd.models, ["Kicks", "bows"])
    bpy.ops.coamd.choose_model(model="Bows")
    bpy.ops.coamd.rename_model(new="Curtsies")
    assert names_in(other.coamd.models) == ("Kicks", "Curtsies")
    bpy.ops.coamd.remove_model()
    assert names_in(other.coamd.models) == ("Kicks",)


def test_a_report_has_no_names_of_models(addon: Session) -> None:
    save(place("Secret moves"), replace(CARD, name="Secret moves"), arrays())
    put(bpy.context.scene.coamd.models, ["Private bows"])
    hidden = dict(problem_report.secrets(addon, bpy.context.scene.coamd))
    assert hidden["Secret moves"] == hidden["Private bows"] == "<model>"
