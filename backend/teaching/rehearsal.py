# SPDX-License-Identifier: GPL-3.0-or-later
"""Rehearsal: motions that the model itself makes for prompts it knows, so that it does not forget them meanwhile."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ...rigs.body.canonical import at_origin
from ...rigs.body.skeleton import TOKEN_FRAMES
from ..labelling.embedding import StopCheck
from ..model.weights import System
from ..motion.generation import motions, sampling_of, source
from ..requests.generate import SamplingOptions
from ..training.composition import FREE
from ..training.data import Clip

# Prompt, and the group of the training data that it belongs to: ``composition`` goes by it.
KNOWN = (
    ("a person walks forward", "walk"),
    ("a person walks in a circle", "walk"),
    ("a person walks backwards", "walk"),
    ("a person stands still", "stand and idle"),
    ("a person turns around", "stand and idle"),
    ("a person runs forward", "run"),
    ("a person jumps up", "jump"),
    ("a person sits down on a chair", "sit and stand"),
    ("a person waves with the right hand", "gesture and acting"),
    ("a person kicks with the left leg", "martial arts"),
    ("a person punches with the right hand", "martial arts"),
    ("a person dances", "dance"),
)
EACH = 3  # motions for one prompt
MORE = 12  # captions of the training data beside them
FRAMES = 100  # 5 s
TOGETHER = 12  # motions that are made at once


def prompts_of(system: System) -> list[tuple[str, str]]:
    """What is rehearsed: the prompts above, and captions of the model's training data that lie far from each other."""
    chosen = [pair for pair in KNOWN for _ in range(EACH)]
    phrases = system.phrases
    if phrases is not None and len(phrases.texts) > MORE:
        nearest = phrases.features @ phrases.features[0]
        picked = [int(nearest.argmin())]
        for _ in range(MORE - 1):  # each is the one that is farthest from those before it
            nearest = np.maximum(nearest, phrases.features @ phrases.features[picked[-1]])
            picked.append(int(nearest.argmin()))
        chosen += [(phrases.texts[at], "") for at in picked]
    return chosen


def rehearsed(
    system: System,
    seed: int,
    report: Callable[[int, int], None],
    check_stop: StopCheck,
    prompts: int | None = None,
) -> list[Clip]:
    """Clips of 5 s that the model makes for ``prompts_of``, or the first ``prompts`` of them.

    ``report`` is called with how many there are, and of how many; ``check_stop`` may raise, which ends it.
    """
    wanted = prompts_of(system)[:prompts]
    sampling = sampling_of(system, SamplingOptions(candidates=1))
    clips: list[Clip] = []
    for at in range(0, len(wanted), TOGETHER):
        report(at, len(wanted))
        some = wanted[at : at + TOGETHER]
        sources = [source(seed, at + number) for number in range(len(some))]
        texts = [text for text, _ in some]
        made = motions(
            system, texts, [FRAMES] * len(some), sources, sampling, report=lambda _step, _of, _look: check_stop()
        )
        for (text, group), joints in zip(some, made, strict=True):
            whole = joints[: len(joints) // TOKEN_FRAMES * TOKEN_FRAMES]
            clips.append(Clip(f"R{len(clips)}", "train", at_origin(whole).astype(np.float32), (text,), (), group))
    return clips


def free(clips: list[Clip]) -> list[Clip]:
    """The rehearsed clips that may be left and entered anywhere: walks, runs, standing."""
    return [clip for clip in clips if clip.group in FREE]
