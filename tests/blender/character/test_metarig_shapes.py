# SPDX-License-Identifier: GPL-3.0-or-later
"""Rigify's metarigs without their names: its people are found by shape, its animals are refused."""

from __future__ import annotations

import addon_utils
import bpy
import pytest
import shapes
from coamd.blender_addon.character import armature
from coamd.rigs.body.rest_rig import RestRig
from coamd.rigs.detect.detection import detect
from coamd.rigs.errors import UserError


def metarig(kind: str) -> RestRig:
    addon_utils.enable("rigify", default_set=True)
    getattr(bpy.ops.object, f"armature_{kind}_metarig_add")()
    return armature.rest_rig(bpy.context.view_layer.objects.active)


@pytest.mark.parametrize("kind", ["basic_human", "human"])
def test_people_are_found(kind: str) -> None:
    rig = metarig(kind)
    bare, names = shapes.nameless(rig, 4)
    assert {role: names[bone] for role, bone in detect(bare).bones.items()} == detect(rig).bones


@pytest.mark.parametrize("kind", ["basic_quadruped", "cat", "horse", "wolf"])
def test_animals_are_refused(kind: str) -> None:
    rig = metarig(kind)
    for creature in (rig, shapes.nameless(rig, 4)[0]):
        with pytest.raises(UserError) as caught:
            detect(creature)
        assert caught.value.code == "quadruped"


def test_a_fish_is_no_body() -> None:
    with pytest.raises(UserError):
        detect(shapes.nameless(metarig("shark"), 4)[0])
