# SPDX-License-Identifier: GPL-3.0-or-later
"""Every kind of edit, done to real clips of six seconds, and what each of them is judged by."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from ...rigs.errors import UserError
from ...rigs.skeleton import FPS, INDEX
from ..editing.request import PART_JOINTS, EditRequest, Target
from ..training.data import Clip
from . import edit_measures as measures
from .physics import foot_skating, jerk

if TYPE_CHECKING:
    from ..pipeline import Edited, Pipeline

FRAMES = 120  # of each clip: 6 s
START, END = 40, 80  # of the edited range: 2 s
WIDE = (20, 100)  # a range that has room for a way of its own
HIT = (53, 66)  # poses to hit in the range
ADDED = 40  # frames that an extension adds
REACHED = 60  # frame in which a hand is to be somewhere
CLIPS = 40
WHOLE_CLIPS = 4  # so many of them are made from nothing too
PROMPTS = (
    "a person jumps up",
    "a person waves with the right hand",
    "a person kicks with the right leg",
    "a person sits down",
    "a person turns around",
    "a person raises both arms",
    "a person walks forward",
    "a person bends down and picks something up",
)
ARMS = ("left_arm", "right_arm")
LEGS = ("root", "left_leg", "right_leg")

Values = dict[str, list[float]]  # one per clip, by figure


def chosen(clips: Sequence[Clip], count: int = CLIPS) -> list[Clip]:
    """A fixed choice: held-out clips of at least 6 s as recorded, in the order of their ids, ``count`` evenly spread.

    UserError "no_clips" where there are none.
    """
    long = sorted((c for c in clips if _held_out(c) and len(c.joints) >= FRAMES), key=lambda c: c.id)
    if not long:
        raise UserError("There are no held-out clips of 6 s.", "Prepare the data again.", "no_clips")
    picked = np.unique(np.linspace(0, len(long) - 1, min(count, len(long))).round().astype(int))
    return [long[i] for i in picked]


def _held_out(clip: Clip) -> bool:
    return clip.split == "test" and not clip.mirrored


class Cases:
    """Edits clips one after the other and keeps what was measured."""

    def __init__(self, pipeline: Pipeline) -> None:
        self._pipeline = pipeline
        self.values: Values = defaultdict(list)

    def run(self, clip: Clip, number: int, told: Callable[[str], object] = lambda _what: None) -> None:
        """All edits of the first 6 s of a clip; ``number`` is its seed and chooses its prompt."""
        joints = np.ascontiguousarray(clip.joints[:FRAMES], dtype=np.float32)
        prompt = next_prompt(clip, number)
        kinds = (
            self.regenerated, self.inbetweened, self.prompted, self.arms, self.legs,
            self.looped, self.sent_along, self.extended, self.refined, self.reaching, self.untouched,
        )  # fmt: skip
        for kind in kinds:
            told(f"{clip.id}: {kind.__name__}")
            kind(joints, number, prompt)
        if number < WHOLE_CLIPS:
            self.whole(joints, number, prompt)

    def regenerated(self, joints: np.ndarray, seed: int, _prompt: str) -> None:
        """Two seconds anew, without a prompt."""
        edited = self._edit("regenerate", EditRequest(joints, "regenerate", START, END, seed=seed)).joints[0]
        self._realism("regenerate", edited, joints, START, END)

    def inbetweened(self, joints: np.ndarray, seed: int, _prompt: str) -> None:
        """Two seconds through two poses."""
        request = EditRequest(joints, "inbetween", START, END, keep_poses=HIT, seed=seed)
        made = self._edit("inbetween", request)
        edited = made.joints[0]
        assert made.sampled is not None
        self._realism("inbetween", edited, joints, START, END)
        usual = measures.usual_change(joints)
        self._add("inbetween pose speed", measures.border_speed(edited, [f + 1 for f in HIT], usual))
        self._add("pose after", float(measures.pose_error(edited, joints, HIT).max()))
        self._add("pose before", float(measures.pose_error(made.sampled[0], joints, HIT).mean()))

    def prompted(self, joints: np.ndarray, seed: int, prompt: str) -> None:
        """Two seconds of something else; does the recognizer see it?"""
        request = EditRequest(joints, "regenerate", START, END, prompt=prompt, seed=seed)
        edited = self._edit("prompt", request).joints[0]
        wanted = self._pipeline.embed_text(prompt)
        was, now = (float(self._pipeline.embed_motion(m[START:END]) @ wanted) for m in (joints, edited))
        self._add("score rises", float(now > was))
        self._add("score rise", now - was)
        self._realism("prompt", edited, joints, START, END)

    def arms(self, joints: np.ndarray, seed: int, prompt: str) -> None:
        """Both arms anew."""
        self._parts("arms", ARMS, joints, seed, prompt)

    def legs(self, joints: np.ndarray, seed: int, prompt: str) -> None:
        """Root and legs anew below a trunk that stays."""
        self._parts("legs", LEGS, joints, seed, prompt)

    def looped(self, joints: np.ndarray, seed: int, _prompt: str) -> None:
        """Four seconds as a loop."""
        request = EditRequest(joints, "loop", *WIDE, seed=seed)
        edited = self._pipeline.edit(request).joints[0]
        self._bits("loop", request, edited)
        pose, speed = measures.loop_errors(edited[slice(*WIDE)])
        self._add("loop pose", pose)
        self._add("loop pace", speed)
        changed = np.flatnonzero((edited != joints).any(axis=(1, 2)))
        if len(changed):
            self._borders("loop", edited, joints, [int(changed[0])])

    def sent_along(self, joints: np.ndarray, seed: int, _prompt: str) -> None:
        """Four seconds on a way that swings half a metre to the side."""
        frames = np.linspace(WIDE[0], WIDE[1] - 1, 9)
        bow = 0.5 * np.sin(np.pi * (frames - WIDE[0]) / (WIDE[1] - 1 - WIDE[0])) ** 2
        own = joints[frames.round().astype(int), 0]
        path = np.stack([frames.round(), own[:, 0] + bow, own[:, 2]], axis=-1)
        edited = self._edit("path", EditRequest(joints, "regenerate", *WIDE, path=path, seed=seed)).joints[0]
        self._add("path", measures.path_error(edited, path))
        self._realism("path", edited, joints, *WIDE)

    def extended(self, joints: np.ndarray, seed: int, _prompt: str) -> None:
        """Two seconds more at the end."""
        request = EditRequest(joints, "extend", after=ADDED, seed=seed)
        edited = self._pipeline.edit(request).joints[0]
        self._bits("extend", request, edited)
        self._borders("extend", edited, joints, [len(joints)])
        self._body("extend", edited[len(joints) :], joints[-ADDED:])

    def refined(self, joints: np.ndarray, seed: int, _prompt: str) -> None:
        """Two seconds refined."""
        edited = self._edit("refine", EditRequest(joints, "refine", START, END, seed=seed)).joints[0]
        self._add("refine moves", float(np.linalg.norm(edited - joints, axis=-1)[START:END].mean() * 100.0))

    def reaching(self, joints: np.ndarray, seed: int, _prompt: str) -> None:
        """A hand 20 cm from where it was."""
        wrist = INDEX["right_wrist"]
        away = joints[REACHED, INDEX["right_shoulder"]] - joints[REACHED, wrist]
        x, y, z = (joints[REACHED, wrist] + 0.2 * away / max(float(np.linalg.norm(away)), 0.2)).tolist()
        targets = (Target("right_wrist", REACHED, (x, y, z)),)
        made = self._edit("reach", EditRequest(joints, "regenerate", START, END, targets=targets, seed=seed))
        self._add("reach", float(np.linalg.norm(made.joints[0, REACHED, wrist] - np.array([x, y, z])) * 100.0))

    def untouched(self, joints: np.ndarray, seed: int, prompt: str) -> None:
        """Nothing is asked: nothing changes."""
        made = self._pipeline.edit(
            EditRequest(joints, "regenerate", START, END, prompt=prompt, strength=0.0, seed=seed)
        )
        self._add("strength 0", float(measures.differing_bits(made.joints[0], joints)))

    def whole(self, joints: np.ndarray, seed: int, prompt: str) -> None:
        """A range of everything is generation."""
        request = EditRequest(joints, "regenerate", 0, len(joints), prompt=prompt, seed=seed)
        edited = self._pipeline.edit(request).joints[0]
        made = self._pipeline.generate(prompt, len(joints) / FPS, seed=seed).joints[0]
        # The clip begins at the origin and faces +Z, as what is generated does.
        self._add("whole", float(np.linalg.norm(edited - made, axis=-1).max() * 100.0))

    def _edit(self, name: str, request: EditRequest) -> Edited:
        """Edits, and measures what every edit inside a motion is judged by: bits and borders."""
        made = self._pipeline.edit(request)
        self._bits(name, request, made.joints[0])
        self._borders(name, made.joints[0], request.joints, request.span)
        return made

    def _parts(self, name: str, parts: tuple[str, ...], joints: np.ndarray, seed: int, prompt: str) -> None:
        request = EditRequest(joints, "regenerate", START, END, parts=parts, prompt=prompt, seed=seed)
        edited = self._edit(name, request).joints[0]
        kept = [joint for part, joint_s in PART_JOINTS.items() if part not in parts for joint in joint_s]
        error = measures.kept_error(edited[START:END], joints[START:END], kept)
        self._add(f"{name} kept", float(error.mean()))
        self._add(f"{name} kept worst", float(error.max()))
        changed = [joint for part in parts for joint in PART_JOINTS[part]]
        self._add(f"{name} moves", float(np.linalg.norm(edited - joints, axis=-1)[START:END, changed].mean() * 100.0))

    def _bits(self, name: str, request: EditRequest, edited: np.ndarray) -> None:
        """Bits of the frames that were to stay."""
        before = request.before if request.mode == "extend" else 0
        stay = np.array([not request.within(f) for f in range(len(request.joints))])
        now = edited[before : before + len(request.joints)]
        self._add("bits", float(measures.differing_bits(now[stay], request.joints[stay])))
        if name == "arms":
            legs = [joint for part in ("root", "left_leg", "right_leg") for joint in PART_JOINTS[part]]
            self._add("bits legs", float(measures.differing_bits(now[:, legs], request.joints[:, legs])))

    def _borders(self, name: str, edited: np.ndarray, joints: np.ndarray, borders: Sequence[int]) -> None:
        usual, gap = measures.usual_change(joints), measures.usual_gap(joints)
        self._add(f"{name} speed", measures.border_speed(edited, borders, usual))
        self._add(f"{name} gap", measures.border_gap(edited, borders, gap))
        if name == "regenerate":
            self._add("real speed", measures.border_speed(joints, borders, usual))
            self._add("real gap", measures.border_gap(joints, borders, gap))

    def _realism(self, name: str, edited: np.ndarray, joints: np.ndarray, start: int, end: int) -> None:
        self._body(name, edited[start:end], joints[start:end])

    def _body(self, name: str, edited: np.ndarray, joints: np.ndarray) -> None:
        self._add(f"{name} skating", foot_skating(edited))
        self._add(f"{name} real skating", foot_skating(joints))
        self._add(f"{name} jerk", jerk(edited))
        self._add(f"{name} real jerk", jerk(joints))

    def _add(self, key: str, value: float) -> None:
        self.values[key].append(value)


def next_prompt(clip: Clip, number: int) -> str:
    """A prompt in turn, but none that the clip's labels say already."""
    said = " ".join(clip.labels)
    order = [PROMPTS[(number + i) % len(PROMPTS)] for i in range(len(PROMPTS))]
    return next((prompt for prompt in order if not any(word in prompt for word in said.split())), order[0])
