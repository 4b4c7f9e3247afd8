# SPDX-License-Identifier: GPL-3.0-or-later
"""A recorded take that fits the prompt is offered beside the generated one, and nothing is read or said for it.

The backend of these tests has a true index, but knows a motion only by the way it travels: "left" or ahead.
"""

from __future__ import annotations

import time
from typing import Any

import bpy
import pytest
import snapshot
from coamd.backend.client.backend_process import BackendProcess
from coamd.blender_addon.find import offer
from coamd.blender_addon.find.offer import OfferJob
from coamd.blender_addon.generate import panel as generate_panel
from coamd.blender_addon.session.session import Session
from labels import act
from test_registration import draw

from tests.motions import walk


@pytest.fixture
def shelf(character: Any, addon: Session, backend: BackendProcess) -> Any:
    """The mannequin with one action that goes ahead, which Find has put into the index."""
    act(character, "Ahead", walk(4.0))
    bpy.context.view_layer.update()
    bpy.context.scene.coamd.find.query = "goes ahead"
    assert bpy.ops.coamd.find(wait=True) == {"FINISHED"}
    return character


def offered() -> list[Any]:
    return list(bpy.context.window_manager.coamd_find.offered)


def ask(addon: Session, prompt: str) -> OfferJob:
    """What Generate's button does beside its job, until it is over."""
    bpy.context.scene.coamd.prompt = prompt
    offer.look_for_offer(bpy.context, prompt)
    job = addon.jobs[-1]
    assert isinstance(job, OfferJob)
    deadline = time.monotonic() + 60.0
    while not job.over and time.monotonic() < deadline:
        addon.tick()
        time.sleep(0.005)
    assert job.over
    return job


def test_a_take_that_fits_is_offered_and_one_click_puts_it_on(addon: Session, shelf: Any) -> None:
    said = addon.message
    ask(addon, "somebody goes ahead")
    assert [item.title for item in offered()] == ["Ahead"]
    assert offered()[0].score >= offer.LIKELY
    assert addon.message is said, "nobody asked, so nothing is told"
    assert "coamd.use_offer" in draw(generate_panel.COAMD_PT_generate)
    before = shelf.animation_data.action.name
    assert bpy.ops.coamd.use_offer(wait=True) == {"FINISHED"}
    assert shelf.animation_data.action.name != before
    assert before in bpy.data.actions


def test_a_take_that_does_not_fit_is_not_offered(addon: Session, shelf: Any) -> None:
    before = snapshot.of_file()
    ask(addon, "somebody goes to the left")
    assert offered() == []
    assert snapshot.of_file() == before
    assert "coamd.use_offer" not in draw(generate_panel.COAMD_PT_generate)


def test_an_offer_is_for_its_prompt_alone(addon: Session, shelf: Any) -> None:
    ask(addon, "somebody goes ahead")
    bpy.context.scene.coamd.prompt = "a person sits down"
    assert "coamd.use_offer" not in draw(generate_panel.COAMD_PT_generate)
    ask(addon, "goes to the left")
    assert offered() == []


def test_without_an_index_nothing_is_said(addon: Session, character: Any, backend: BackendProcess) -> None:
    ask(addon, "somebody goes ahead")
    assert offered() == []
    assert addon.message is None


def test_with_no_place_to_look_through_nothing_is_asked(addon: Session, character: Any) -> None:
    bpy.context.scene.coamd.find.this_file = False
    offer.look_for_offer(bpy.context, "somebody goes ahead")
    assert addon.jobs == []
