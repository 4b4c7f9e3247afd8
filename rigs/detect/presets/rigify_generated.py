# SPDX-License-Identifier: GPL-3.0-or-later
"""Rigs that Rigify generates from its human metarigs: the FK controls.

Found by generating them in Blender 4.5 and reading parents and constraints:

- ``torso`` carries the body and turns about the middle of the spine. Towards the pelvis it moves spine_fk.001 and,
  below that, spine_fk; towards the chest spine_fk.002 and spine_fk.003. With the lower two left at rest the
  pelvis is rigid with ``torso``, which so stands for it.
- MCH bones between these copy ``hips`` and ``chest`` in their own local space: nothing while those are at rest.
- ``neck`` and ``head`` turn with the torso instead of with their parents until neck_follow and head_follow are 1.
- ``thigh_fk`` and ``upper_arm_fk`` turn with their parents while FK_limb_follow is 0, and drive the limb when IK_FK
  is 1; both properties are on ``thigh_parent`` and ``upper_arm_parent``.
- The arms hang on ORG-shoulder, which is a child of the spine but copies the control ``shoulder``.

With these switches and that one rewiring the parents in the armature are the true ones.

The IK controls hang on MCH bones that follow ``root`` while IK_parent and pole_parent are 1. Poles count only with
pole_vector; IK_Stretch would let a limb grow, and the bones' own ik_stretch shortens a limb that is bent by 1 %.

Without pole_vector a limb bends in a plane that is fixed in ``upper_arm_ik``, which hangs on a bone that points at the
target, so that its turn about itself swivels the limb. ORG bones copy FK or IK, whichever moves the limb.
"""

from __future__ import annotations

from ..mapping import IkLimb, Switch
from .family import Family

_LIMBS = tuple(f"{limb}_parent.{side}" for limb in ("thigh", "upper_arm") for side in ("L", "R"))
_ON_ROOT = ("hand_ik", "foot_ik", "upper_arm_ik_target", "thigh_ik_target")
_IK = {"wrist": ("upper_arm", "forearm", "hand"), "ankle": ("thigh", "shin", "foot")}


def _ik(end: str, side: str) -> IkLimb:
    limb, lower, target = _IK[end]
    wanted = {"IK_FK": 0.0, "pole_vector": 1.0, "IK_parent": 1.0, "pole_parent": 1.0, "IK_Stretch": 0.0}
    letter = side[0].upper()
    return IkLimb(
        f"{side}_{end}",
        f"{target}_ik.{letter}",
        f"{limb}_ik_target.{letter}",
        (
            *(Switch(f"{limb}_parent.{letter}", name, value) for name, value in wanted.items()),
            *(Switch(bone, "ik_stretch", 0.0) for bone in (f"{limb}_ik.{letter}", f"MCH-{lower}_ik.{letter}")),
        ),
        f"toe_ik.{letter}" if end == "ankle" else None,
        tuple(f"ORG-{bone}.{letter}" for bone in (*_IK[end], *(("toe",) if end == "ankle" else ()))),
        f"{limb}_ik.{letter}",
        Switch(f"{limb}_parent.{letter}", "pole_vector", 1.0),
    )


FAMILY = Family(
    name="Rigify",
    mark=r"^upper_arm_fk\.",
    middle={"pelvis": ("torso",), "head": ("head",)},
    sides={
        "hip": ("thighfk",),
        "knee": ("shinfk",),
        "ankle": ("footfk",),
        "foot": ("toefk",),
        "collar": ("shoulder",),
        "shoulder": ("upperarmfk",),
        "elbow": ("forearmfk",),
        "wrist": ("handfk",),
    },
    spine=(("spinefk002", "spinefk003"),),
    neck=(("neck",),),
    switches=(
        *(Switch(bone, "IK_FK", 1.0) for bone in _LIMBS),
        *(Switch(bone, "FK_limb_follow", 0.0) for bone in _LIMBS),
        Switch("torso", "neck_follow", 1.0),
        Switch("torso", "head_follow", 1.0),
    ),
    moved_by=(
        ("ORG-shoulder.L", "shoulder.L"),
        ("ORG-shoulder.R", "shoulder.R"),
        ("MCH-torso.parent", "root"),
        *((f"MCH-{control}.parent.{side}", "root") for control in _ON_ROOT for side in ("L", "R")),
    ),
    ik=tuple(_ik(end, side) for end in _IK for side in ("left", "right")),
)
