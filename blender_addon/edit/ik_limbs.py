# SPDX-License-Identifier: GPL-3.0-or-later
"""Which limbs IK moves while an action is edited, and what their controls are parented to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import bpy
import numpy as np

from ...rigs.body.body_parts import part_of
from ...rigs.body.rest_rig import RestRig
from ...rigs.detect.mapping import IkLimb, Mapping, Switch
from ...rigs.edits.ik_changes import IkDrivenLimb
from ...rigs.errors import UserError
from ..keys import source_action as source_actions
from ..keys.action import bone_path
from ..keys.source_action import SourceAction
from .settings import PARTS

PLACES = 9  # frames of the range in which properties are read
_SAME = 0.01


class Properties:
    """Values of pose bones' properties over a range of the scene's frames."""

    def __init__(self, rig_object: Any, source: SourceAction, start: int, end: int) -> None:
        self._bones = rig_object.pose.bones
        self._curves = {curve.data_path: curve for curve in source_actions.bone_curves(source)}
        self._frames = source_actions.to_action(rig_object, source, np.linspace(start, end, PLACES))

    def of(self, switch: Switch) -> np.ndarray | None:
        """Values (K,) of a switch's property; None where the rig does not have it."""
        bone = self._bones.get(switch.bone)
        if bone is None:
            return None
        if switch.property in bone:
            path = f'{bone_path(switch.bone, "")[:-1]}["{bpy.utils.escape_identifier(switch.property)}"]'
            value = bone[switch.property]
        elif switch.property in bone.bl_rna.properties:
            path, value = bone_path(switch.bone, switch.property), getattr(bone, switch.property)
        else:
            return None
        curve = self._curves.get(path)
        return np.array([curve.evaluate(f) for f in self._frames] if curve else [value], dtype=np.float64)

    def apart(self, switch: Switch) -> float:
        """Largest difference of the property from the switch's value; 0 where the rig does not have it."""
        values = self.of(switch)
        return 0.0 if values is None else float(np.abs(values - switch.value).max())


def driven_limbs(
    rig_object: Any,
    source: SourceAction,
    rig: RestRig,
    mapping: Mapping,
    parts: Sequence[str],
    start: int,
    end: int,
) -> tuple[tuple[IkDrivenLimb, ...], Mapping]:
    """The limbs that IK moves in a range, and the mapping with what carries their controls.

    Raises:
        UserError: ``ik_limb``: a limb of ``parts`` is moved by IK such that an edit cannot be written.
    """
    properties = Properties(rig_object, source, start, end)
    wired = rig.rewired(mapping.wiring)
    body = {name for bone in mapping.bones.values() for name in (bone, *wired.ancestors(bone))}
    found, moved_by = [], dict(mapping.moved_by)
    for limb in mapping.ik:
        drives = _drive(limb, mapping)
        if drives is None or properties.apart(drives) <= _SAME:
            continue
        poled = limb.swivel is None or (limb.poled is not None and properties.apart(limb.poled) <= _SAME)
        driven = IkDrivenLimb(limb, poled)
        if part_of(limb.limb) in parts:
            _check(driven, drives, mapping, properties)
            moved_by = _carried(rig_object, driven, moved_by, body)
        if limb.shown:
            found.append(driven)
    return tuple(found), replace(mapping, moved_by=tuple(moved_by.items()))


def _drive(limb: IkLimb, mapping: Mapping) -> Switch | None:
    """The mapping's switch that puts a limb on FK."""
    ik = {(switch.bone, switch.property): switch.value for switch in limb.switches}
    own = (s for s in mapping.switches if (s.bone, s.property) in ik and ik[s.bone, s.property] != s.value)
    return next(own, None)


def _check(driven: IkDrivenLimb, drives: Switch, mapping: Mapping, properties: Properties) -> None:
    """UserError where the controls do not determine the pose, or not the same ones throughout."""
    limb = driven.limb
    on_ik = next(s for s in limb.switches if (s.bone, s.property) == (drives.bone, drives.property))
    to_fk = f"Bake it to FK and set “{drives.property}” of “{drives.bone}” to {drives.value:g}"
    if not limb.shown:
        raise _refusal(limb, "is moved by IK in this range, and on this kind of rig an edit writes FK keys", to_fk)
    if properties.apart(on_ik) > _SAME:
        raise _refusal(limb, "is not moved by IK alone in this range", to_fk)
    for switch in limb.switches:
        values = properties.of(switch)
        if values is not None and np.ptp(values) > _SAME:
            what = f"has keys on “{switch.property}” of “{switch.bone}” in this range"
            raise _refusal(limb, what, "Choose a range without them")
    for switch in mapping.switches:
        if not driven.poled and switch != drives and switch.bone == drives.bone and properties.apart(switch) > _SAME:
            remedy = f"Set “{switch.property}” of “{switch.bone}” to {switch.value:g}"
            raise _refusal(limb, f"turns with “{switch.property}”", remedy)


def _refusal(limb: IkLimb, what: str, remedy: str) -> UserError:
    name = PARTS[part_of(limb.limb)][0]
    return UserError(f"The {name.lower()} {what}.", f"{remedy}, or turn {name} off.", "ik_limb")


def _carried(rig_object: Any, driven: IkDrivenLimb, moved_by: dict[str, str], body: set[str]) -> dict[str, str]:
    """``moved_by`` with what the parents of a limb's controls follow now, instead of the rig's defaults."""
    out = dict(moved_by)
    for control in driven.controls[:2]:
        parent = rig_object.pose.bones[control].parent
        followed = _followed(parent) if parent is not None else None
        if parent is None or followed is None:
            continue
        if len(followed) > 1 or not body.issuperset(followed):
            what = f"has its control “{control}” on {' and '.join(f'“{name}”' for name in followed)}"
            raise _refusal(driven.limb, what, "Let it follow the root")
        out.pop(parent.name, None)
        out.update((parent.name, name) for name in followed)
    return out


def _followed(bone: Any) -> list[str] | None:
    """The bones that a bone follows by an Armature constraint; None where it has none."""
    constraints = [c for c in bone.constraints if c.type == "ARMATURE" and not c.mute and c.influence > 0.0]
    if not constraints:
        return None
    return [target.subtarget for c in constraints for target in c.targets if target.weight > 0.0]
