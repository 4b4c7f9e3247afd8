# SPDX-License-Identifier: GPL-3.0-or-later
"""Recorded clips of what the cases of control ask for, found by their captions: what the figures stand beside."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from ...language.quantities import NUMBER_WORDS, TIMES
from ...motion.joint_measures import paces
from ...training.data import Clip

_WORD = re.compile(r"[a-z]+")
_PLAIN = frozenset(
    "a an and the person man woman figure athlete human character someone somebody is goes moves going moving forward "
    "forwards ahead along straight in on line steadily steady normally normal plain casually casual calmly "
    "calm at good pace by about meters covering cycle easy light body upright looking gait locomotion all out full "
    "speed".split()
)
_WALKING = frozenset("walk walks walking steps takes".split())
_LEVELS = {
    "slowly": frozenset("slow slowly stroll strolls strolling leisurely".split()),
    "walks": frozenset[str](),
    "quickly": frozenset("brisk briskly fast quick quickly".split()),
    "jogs": frozenset("jog jogs jogging".split()),
    "runs": frozenset("run runs running".split()),
    "sprints": frozenset("sprint sprints sprinting".split()),
}
_ANY_LEVEL = frozenset[str]().union(*_LEVELS.values())
STEADY = 0.5  # of the fastest second, which no other second of a steady clip falls below
LONG_ENOUGH = 120  # frames of a clip of walking straight on
_SIDES = {
    "hand": (r"\b{side} (hand|arm)\b", r"\b({other}|both|fist|punch\w*|dance\w*|dancing|salsa|block\w*)\b"),
    "fist": (
        r"\b{side}\b[^,]*\b(punch|jab|hook|fist)|(punch|jab|hook|strike)\w*[^,]*\b{side}\b",
        r"\b({other}|both)\b|kick",
    ),
    "foot": (
        r"kick[^,]*\b{side} (leg|foot)|\b{side}[^,]* kick|(lift|rais)\w* the {side} (leg|foot|knee)",
        r"\b{other}\b",
    ),
    "standing foot": (r"\bhop\w* on (the|one) {side}|on the {side} (leg|foot)", r"\b{other}\b|kick"),
    "turn": (r"\bturn\w*[^,]*\b{side}\b", r"\b{other}\b|danc|\b(run|jog)"),
    "way": (r"(side ?step|sideways|step)\w*[^,]*\b{side}\b|dodg\w*[^,]*\b{side}\b", r"\b{other}\b|danc|turn"),
}
_ACTIONS = {
    "jumps": r"\bjump",
    "hops": r"\bhop",
    "kicks": r"\bkick",
    "punches": r"\b(punch|jab)",
    "steps": r"\bsteps?\b",
}
_DEGREES = {45: "forty-five", 90: "ninety", 180: "half a turn|half turn|turns? around|about-face", 360: "full turn"}
_SEATED, _NO_SEAT = (
    r"\b(sits?|sitting|seated)\b",
    r"stool|floor|ground|motorcycle|bar\b|frame|crawl|stand|get|lie|walk|offers",
)
_UPSTAIRS, _NO_STAIRS = r"\b(up|climb\w*)\b[^,]*\b(stairs|steps)\b|upstairs", r"down|ladder|over\b"
_CALM = r"\b(walk|stand|sit|turn|idle|step)\w*\b"
_NOT_CALM = (
    r"\b(arms?|hands?|wav|danc|jump|hop|throw|punch|kick|box|stretch|reach|swing|climb|hang|fight|leap|salsa|cartwheel|"
    r"flip|catch|lift|rais|exercise|wash|swim|imitat|chicken|basketball|signal|shoot|cheer|clap|run|jog|sprint)"
)


def said(clips: Iterable[Clip], wanted: str, unwanted: str = "", share: float = 0.5) -> list[Clip]:
    """Clips of whose captions a ``share`` matches the pattern ``wanted`` and none ``unwanted``."""
    yes, no = re.compile(wanted), re.compile(unwanted) if unwanted else None
    return [
        clip
        for clip in clips
        if np.mean([yes.search(text.lower()) is not None for text in clip.texts]) >= share
        and not (no and any(no.search(text.lower()) for text in clip.texts))
    ]


@dataclass(frozen=True)
class Recorded:
    """The recorded clips of a prepared folder, without mirrored ones."""

    clips: tuple[Clip, ...]

    @classmethod
    def of(cls, clips: Sequence[Clip]) -> Recorded:
        """Those among ``clips`` that are no mirror images."""
        return cls(tuple(clip for clip in clips if not clip.mirrored))

    def at_speed(self, level: str) -> list[np.ndarray]:
        """Clips with a caption of nothing but going somewhere in this manner, that keep a steady pace."""
        words = _LEVELS.get(level)
        if words is None:
            return []
        gait = _WALKING if level in ("slowly", "walks", "quickly") else frozenset[str]()

        def plain(text: str) -> bool:
            found = set(_WORD.findall(text.lower()))
            return bool(found & (words or gait)) and found <= _PLAIN | gait | words

        def meant(clip: Clip) -> bool:
            others = _ANY_LEVEL - words
            spoilt = level == "walks" and any(others & set(_WORD.findall(text.lower())) for text in clip.texts)
            return any(map(plain, clip.texts)) and not spoilt

        return [clip.joints for clip in self.clips if meant(clip) and steady(clip.joints)]

    def turning(self, angle: int, side: str) -> list[np.ndarray]:
        """Clips whose captions say by how much they turn, to one side only."""
        other = "right" if side == "left" else "left"
        wanted = rf"\b({angle}|{_DEGREES[angle]})\b.*\b{side}\b|\b{side}\b.*\b({angle}|{_DEGREES[angle]})\b"
        return _joints(said(self.clips, wanted, rf"\b{other}\b|back|danc|\band turns?\b.*\band turns?\b"))

    def acting(self, kind: str, side: str) -> list[np.ndarray]:
        """Clips whose captions name the side of a hand, a foot or a direction, and not the other one."""
        other = "right" if side == "left" else "left"
        wanted, unwanted = (pattern.format(side=side, other=other) for pattern in _SIDES[kind])
        return _joints(said(self.clips, wanted, unwanted))

    def counted(self, action: str, number: int) -> list[np.ndarray]:
        """Clips with a caption that says how often."""
        word = _ACTIONS[action]
        times = rf"\b({TIMES[number]}|{number} times)\b"
        few = rf"{word}\w*[^,]*{times}|\b{NUMBER_WORDS[number]}( \w+)? {word[2:]}"
        if number == 2:
            few += rf"|{word}\w*[^,]*\btwo times\b"
        return _joints(said(self.clips, few, r"\bfirst\b|\bthen\b|climb", share=0.2))

    def seated(self) -> list[np.ndarray]:
        """Clips of people on a chair or a bench."""
        return _joints(said(self.clips, _SEATED, _NO_SEAT))

    def upstairs(self) -> list[np.ndarray]:
        """Clips of people who walk up stairs."""
        return _joints(said(self.clips, _UPSTAIRS, _NO_STAIRS))

    def calm(self) -> list[np.ndarray]:
        """Clips whose captions speak of walking, standing, sitting and turning, and of nothing that the hands do."""
        return _joints(said(self.clips, _CALM, _NOT_CALM + r"|stool|frame|ladder|stairs|steps up|uneven|playground"))

    def walking(self) -> list[np.ndarray]:
        """Clips of at least six seconds of walking straight on."""
        unwanted = r"turn|circle|curve|back|around|zig|side|then|stop|run|jog|stair|uneven|over\b"
        found = said(self.clips, r"\bwalk\w*\b.*\b(straight|forward|ahead)\b", unwanted)
        return [clip.joints for clip in found if len(clip.joints) >= LONG_ENOUGH]

    def idle(self) -> list[np.ndarray]:
        """Clips of standing and waiting."""
        return _joints(
            said(self.clips, r"\b(stands?|standing) (idle|idly|around)|\bidle\b", r"walk|sit|crouch|sword|gun")
        )


def steady(joints: np.ndarray) -> bool:
    """Whether no second of a clip (F, 22, 3) is much slower than its fastest."""
    found = paces(joints)
    return len(found) > 1 and bool(found.min() >= STEADY * found.max())


def measured(clips: Iterable[np.ndarray], measure: Callable[[np.ndarray], float]) -> np.ndarray:
    """A measure of every clip (N,)."""
    return np.array([measure(joints) for joints in clips], dtype=np.float64)


def _joints(clips: Iterable[Clip]) -> list[np.ndarray]:
    return [clip.joints for clip in clips]
