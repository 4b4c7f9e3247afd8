# SPDX-License-Identifier: GPL-3.0-or-later
"""What a set of prepared clips holds: by source, action group, speed, turn, and the sides and counts in its words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

import numpy as np

from ....rigs.body.skeleton import FPS
from ...motion.demands import headings
from ...training.data import Clip
from ..training.sentences.measured_captions import LEAST_TURN, path_length, steady_turn
from ..training.sentences.space import count_of

SPEEDS = (0.5, 0.85, 1.35, 1.65, 1.9, 2.6, 4.0)  # m/s, bounds of the classes
TURN_STEP = 45  # degrees
Classes = Callable[[Clip], Sequence[str]]  # the rows of a table that a clip counts in


def contents(clips: Sequence[Clip]) -> str:
    """Tables of the clips that are not mirrored copies; a mirrored copy has the other side."""
    own = [clip for clip in clips if not clip.mirrored]
    lines = _table("source", own, lambda clip: [clip.source or "-"])
    lines += _table("action group", own, lambda clip: [clip.group or "-"])
    going = [clip for clip in own if clip.group in ("walk", "run")]
    lines += _table("speed of walks and runs, m/s", going, lambda clip: [speed_class(clip.joints)])
    lines += _table("turns one way, degrees", own, lambda clip: turn_classes(clip.joints))
    lines += _table("side in the captions", own, lambda clip: side_classes(clip.texts))
    lines += _table("times in the captions", own, lambda clip: count_classes((*clip.texts, *clip.wordings)))
    return "\n".join(lines)


def _table(title: str, clips: Sequence[Clip], classes: Classes) -> list[str]:
    count, minutes = Counter[str](), Counter[str]()
    for clip in clips:
        for name in classes(clip):
            count[name] += 1
            minutes[name] += len(clip.joints) / FPS / 60
    rows = [f"  {name:<24}{count[name]:>6} clips {minutes[name]:>8.1f} min" for name in sorted(count, key=_order)]
    return [f"By {title}:", *(rows or ["  none"])]


def _order(name: str) -> tuple[float, str]:
    """Numbers by their size, words by the alphabet."""
    head = name.split()[0].split("-")[0]
    return (float(head), name) if head.replace(".", "", 1).isdigit() else (-1.0, name)


def speed_class(joints: np.ndarray) -> str:
    """The class of the mean speed over the ground of joints (F, 22, 3)."""
    speed = path_length(joints) / len(joints) * FPS
    bounds = (0.0, *SPEEDS)
    at = int(np.searchsorted(bounds, speed, side="right")) - 1
    return f"{bounds[at]}-{bounds[at + 1]}" if at + 1 < len(bounds) else f"{bounds[at]} and more"


def turn_classes(joints: np.ndarray) -> list[str]:
    """Angle to the next 45 degrees and side of a turn that goes one way."""
    turn = steady_turn(headings(joints))
    if abs(turn) < LEAST_TURN:
        return []
    return [f"{TURN_STEP * round(abs(turn) / TURN_STEP)} {'left' if turn > 0 else 'right'}"]


def side_classes(texts: Iterable[str]) -> list[str]:
    """Sides that captions name."""
    words = set(" ".join(texts).lower().replace("-", " ").split())
    return [side for side in ("left", "right") if side in words]


def count_classes(texts: Iterable[str]) -> list[str]:
    """How often captions say that something is done."""
    return [f"{count} x" for count in sorted({count_of(text.lower()) for text in texts} - {0})]
