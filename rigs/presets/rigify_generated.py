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
"""

from __future__ import annotations

from .family import Family, Switch

_LIMBS = tuple(f"{limb}_parent.{side}" for limb in ("thigh", "upper_arm") for side in ("L", "R"))

FAMILY = Family(
    name="Rigify",
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
    moved_by=(("ORG-shoulder.L", "shoulder.L"), ("ORG-shoulder.R", "shoulder.R")),
)
