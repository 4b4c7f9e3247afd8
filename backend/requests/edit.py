# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be asked of an edit. Without torch, as the add-on asks it.

Frames are those of the motion that is edited, 20 a second, ranges half-open. Frames that an extension adds before its
first have negative numbers. Places are metres in the motion's own world: Y up, floor about 0, any place and heading.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from ...rigs.body.body_parts import PART_JOINTS, PARTS
from ...rigs.body.skeleton import BONE_LENGTHS, INDEX, PARENTS

Mode = Literal["regenerate", "inbetween", "extend", "loop", "refine"]
MODES: tuple[Mode, ...] = get_args(Mode)

LEAN = 0.35  # metres that the trunk carries a shoulder beyond where it is
CROUCH = 0.6  # metres that a hip or shoulder gets higher or lower by jumping or crouching


@dataclass(frozen=True)
class PromptSegment:
    """What happens in the frames ``start`` to ``end`` of the range."""

    prompt: str
    start: int
    end: int


@dataclass(frozen=True)
class Target:
    """Where a joint (a name of ``rigs.body.skeleton.JOINTS``) is to be in one frame, metres in the world."""

    joint: str
    frame: int
    position: tuple[float, float, float]


@dataclass(frozen=True, eq=False)
class EditRequest:
    """One edit of a motion.

    Modes: ``regenerate`` regenerates the frames of the range; ``inbetween`` too, through the poses at ``keep_poses``;
    ``extend`` adds ``before`` and ``after`` frames (``start`` and ``end`` are not read); ``loop`` makes the last pose
    and speed of the range meet its first, by changing its end; ``refine`` predicts random 16 % of the range again at
    each step.
    """

    joints: np.ndarray  # (F, 22, 3) float32, on the model's bone lengths (rigs.canonical.to_skeleton)
    mode: Mode = "regenerate"
    start: int = 0
    end: int = 0
    before: int = 0  # frames, for extend
    after: int = 0
    parts: tuple[str, ...] = ()  # out of PARTS; none means all
    prompt: str = ""  # empty: whatever fits the motion around
    segments: tuple[PromptSegment, ...] = ()  # where there is one, it is read in place of ``prompt``
    keep_poses: tuple[int, ...] = ()  # frames of the motion whose poses stay
    path: np.ndarray | None = None  # (K, 3) rows of frame, x, z for the pelvis; linear in between
    targets: tuple[Target, ...] = ()
    strength: float = 1.0  # 1: made freely; lower: nearer to what was there; 0: left alone
    seed: int = 0
    variations: int = 1
    steps: int | None = None  # of the sampler; None here and below: the model's own
    guidance_scale: float | None = None
    recognizer_guidance: float | None = None
    models: tuple[str, ...] = ()  # names of taught ones, which act together; none: the bundled one alone

    @property
    def span(self) -> tuple[int, int]:
        """The first frame that may change and the one after the last."""
        return (-self.before, len(self.joints) + self.after) if self.mode == "extend" else (self.start, self.end)

    @property
    def whole_body(self) -> bool:
        """Whether all parts may change."""
        return not self.parts or set(self.parts) == set(PARTS)

    def changes(self, part: str) -> bool:
        """Whether a part may change."""
        return self.whole_body or part in self.parts

    @property
    def resting(self) -> tuple[str, ...]:
        """Parts that do not move at all: they may not change, and neither may what they hang on."""
        if self.changes("root") or self.mode in ("extend", "loop"):
            return ()
        carried = self.changes("trunk")
        return tuple(part for part in PARTS if not self.changes(part) and not (carried and part.endswith("arm")))

    @property
    def changes_legs(self) -> bool:
        """Whether a leg may change."""
        return self.changes("left_leg") or self.changes("right_leg")

    @property
    def keeps_nothing(self) -> bool:
        """Whether everything is made freely from one prompt, so that the edit is a generation."""
        constraints = self.keep_poses or self.targets or self.segments or self.path is not None
        everything = self.mode == "regenerate" and self.whole_body and self.span == (0, len(self.joints))
        return everything and self.strength == 1.0 and bool(self.prompt.strip()) and not constraints

    def within(self, frame: float) -> bool:
        """Whether a frame is among those that may change."""
        start, end = self.span
        inside = start <= frame < end
        return inside and not (self.mode == "extend" and 0 <= frame < len(self.joints))


def limb(joint: int) -> tuple[int, float]:
    """The joint that a limb hangs on and the length of the limb from there to ``joint``, metres."""
    roots = {*PART_JOINTS["root"], INDEX["spine3"], INDEX["left_shoulder"], INDEX["right_shoulder"]}
    at, length = joint, 0.0
    while at not in roots:
        length += float(BONE_LENGTHS[at])
        at = PARENTS[at]
    return at, length
