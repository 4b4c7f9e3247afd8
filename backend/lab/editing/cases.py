# SPDX-License-Identifier: GPL-3.0-or-later
"""Every kind of edit, done to real clips of six seconds, and what each of them is judged by."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from ....rigs.body.body_parts import PART_JOINTS
from ....rigs.body.skeleton import FPS, INDEX
from ....rigs.errors import UserError
from ...requests.edit import EditRequest, Target
from ...requests.generate import GenerateRequest
from ...training.data import Clip
from ..evaluation.physics import foot_skating, jerk
from . import measures

if TYPE_CHECKING:
    from ...motion.pipeline import Edited, Pipeline

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


@dataclass(frozen=True)
class Subject:
    """The first 6 s (120, 22, 3) of a clip; its number is the seed, and chose the prompt."""

    joints: np.ndarray
    number: int
    prompt: str


def path_of(joints: np.ndarray) -> np.ndarray:
    """A way (9, 3) of four seconds that swings half a metre to the side of a clip's own."""
    frames = np.linspace(WIDE[0], WIDE[1] - 1, 9)
    bow = 0.5 * np.sin(np.pi * (frames - WIDE[0]) / (WIDE[1] - 1 - WIDE[0])) ** 2
    own = joints[frames.round().astype(int), 0]
    return np.stack([frames.round(), own[:, 0] + bow, own[:, 2]], axis=-1)


def target_of(joints: np.ndarray) -> Target:
    """A hand 20 cm from where it was, towards its shoulder."""
    wrist = INDEX["right_wrist"]
    away = joints[REACHED, INDEX["right_shoulder"]] - joints[REACHED, wrist]
    x, y, z = (joints[REACHED, wrist] + 0.2 * away / max(float(np.linalg.norm(away)), 0.2)).tolist()
    return Target("right_wrist", REACHED, (x, y, z))


def requests(subject: Subject) -> dict[str, EditRequest]:
    """Every kind of edit by its name."""
    joints = subject.joints
    plain = EditRequest(joints, "regenerate", START, END, seed=subject.number)
    wide = replace(plain, start=WIDE[0], end=WIDE[1])
    return {
        "regenerate": plain,
        "inbetween": replace(plain, mode="inbetween", keep_poses=HIT),
        "prompt": replace(plain, prompt=subject.prompt),
        "arms": replace(plain, prompt=subject.prompt, parts=ARMS),
        "legs": replace(plain, prompt=subject.prompt, parts=LEGS),
        "loop": replace(wide, mode="loop"),
        "path": replace(wide, path=path_of(joints)),
        "extend": EditRequest(joints, "extend", after=ADDED, seed=subject.number),
        "refine": replace(plain, mode="refine"),
        "reach": replace(plain, targets=(target_of(joints),)),
        "strength 0": replace(plain, prompt=subject.prompt, strength=0.0),
    }


class Cases:
    """Edits clips in every way and keeps what was measured."""

    def __init__(self, pipeline: Pipeline) -> None:
        self._pipeline = pipeline
        self.values: Values = defaultdict(list)

    def run(self, clips: Sequence[Clip], report: Callable[[str], object] = lambda _what: None) -> None:
        """All edits of the first 6 s of the clips, each kind for all clips at once."""
        subjects = [
            Subject(np.ascontiguousarray(clip.joints[:FRAMES], dtype=np.float32), number, next_prompt(clip, number))
            for number, clip in enumerate(clips)
        ]
        asked = [requests(subject) for subject in subjects]
        for kind in asked[0]:
            report(kind)
            edits = self._pipeline.edit_all([each[kind] for each in asked])
            for subject, each, made in zip(subjects, asked, edits, strict=True):
                self.measure(kind, subject, each[kind], made)
        for subject in subjects[:WHOLE_CLIPS]:
            report("everything")
            self.whole(subject)

    def measure(self, kind: str, subject: Subject, request: EditRequest, made: Edited) -> None:
        """What one edit is judged by."""
        joints, edited = subject.joints, made.joints[0]
        if kind == "strength 0":
            self._add(kind, float(measures.differing_bits(edited, joints)))
            return
        self._bits(kind, request, edited)
        borders: Sequence[int] = request.span
        if kind == "loop":  # its first frame that differs
            borders = np.flatnonzero((edited != joints).any(axis=(1, 2)))[:1].tolist()
        elif kind == "extend":
            borders = [len(joints)]
        self._borders(kind, edited, joints, borders)
        start, end = (len(joints), len(edited)) if kind == "extend" else request.span
        if kind in ("regenerate", "inbetween", "prompt", "path", "extend"):
            self._body(kind, edited[start:end], joints[-ADDED:] if kind == "extend" else joints[start:end])
        own = {
            "inbetween": self._poses,
            "prompt": self._score,
            "arms": self._parts,
            "legs": self._parts,
            "loop": self._loop,
            "path": self._path,
            "refine": self._refined,
            "reach": self._reached,
        }
        if kind in own:
            own[kind](subject, request, made)

    def whole(self, subject: Subject) -> None:
        """A range of everything is generation."""
        joints = subject.joints
        request = EditRequest(joints, "regenerate", 0, len(joints), prompt=subject.prompt, seed=subject.number)
        edited = self._pipeline.edit(request).joints[0]
        made = self._pipeline.generate(GenerateRequest(subject.prompt, len(joints) / FPS, subject.number)).joints[0]
        # The clip begins at the origin and faces +Z, as what is generated does.
        self._add("whole", float(np.linalg.norm(edited - made, axis=-1).max() * 100.0))

    def _poses(self, subject: Subject, _request: EditRequest, made: Edited) -> None:
        """Poses to hit, before the exact correction and after it."""
        assert made.sampled is not None
        joints, edited = subject.joints, made.joints[0]
        usual = measures.usual_change(joints)
        self._add("inbetween pose speed", measures.border_speed(edited, [f + 1 for f in HIT], usual))
        self._add("pose after", float(measures.pose_error(edited, joints, HIT).max()))
        self._add("pose before", float(measures.pose_error(made.sampled[0], joints, HIT).mean()))

    def _score(self, subject: Subject, _request: EditRequest, made: Edited) -> None:
        """Does the recognizer see what was asked for?"""
        wanted = self._pipeline.embed_text(subject.prompt)
        both = (subject.joints, made.joints[0])
        was, now = (float(self._pipeline.embed_motion(joints[START:END]) @ wanted) for joints in both)
        self._add("score rises", float(now > was))
        self._add("score rise", now - was)

    def _parts(self, subject: Subject, request: EditRequest, made: Edited) -> None:
        """Parts that stay, seen from the root, and how far the others move."""
        name = "arms" if request.parts == ARMS else "legs"
        joints, edited = subject.joints[START:END], made.joints[0, START:END]
        kept = [joint for part, of_part in PART_JOINTS.items() if part not in request.parts for joint in of_part]
        error = measures.kept_error(edited, joints, kept)
        self._add(f"{name} kept", float(error.mean()))
        self._add(f"{name} kept worst", float(error.max()))
        changed = [joint for part in request.parts for joint in PART_JOINTS[part]]
        self._add(f"{name} moves", float(np.linalg.norm(edited - joints, axis=-1)[:, changed].mean() * 100.0))

    def _loop(self, _subject: Subject, _request: EditRequest, made: Edited) -> None:
        pose, speed = measures.loop_errors(made.joints[0, slice(*WIDE)])
        self._add("loop pose", pose)
        self._add("loop pace", speed)

    def _path(self, _subject: Subject, request: EditRequest, made: Edited) -> None:
        assert request.path is not None
        self._add("path", measures.path_error(made.joints[0], request.path))

    def _refined(self, subject: Subject, _request: EditRequest, made: Edited) -> None:
        away = np.linalg.norm(made.joints[0] - subject.joints, axis=-1)[START:END]
        self._add("refine moves", float(away.mean() * 100.0))

    def _reached(self, _subject: Subject, request: EditRequest, made: Edited) -> None:
        away = made.joints[0, REACHED, INDEX["right_wrist"]] - np.array(request.targets[0].position)
        self._add("reach", float(np.linalg.norm(away) * 100.0))

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
