# SPDX-License-Identifier: GPL-3.0-or-later
"""One recorded jump or kick done twice, three and four times, so that counts in a prompt mean something.

The action is entered again where its own end fits its beginning best, as two actions are joined (``composition``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from .....rigs.body.skeleton import MAX_FRAMES, MIN_FRAMES, TOKEN_FRAMES
from ....language.quantities import NUMBER_WORDS, TIMES
from ....motion.demands import COUNTABLE, Countable
from ....training.composition import best_match, joined, pose_features
from ....training.data import Clip

MATCH = 0.10  # metres of mean distance between end and beginning; beyond it nothing is repeated
LONGEST = 110  # frames of the one action
REPEATED = COUNTABLE[:2]  # jumps and kicks, whose end can fit their beginning
_SEVERAL = re.compile(r"\b(?:several|two|three|twice|again|repeatedly|combination|punch\w*|run\w*|then|series)\b")
_SIDE = re.compile(r"\b(left|right) (leg|foot)\b")


def repetitions(clip: Clip, action: Countable) -> list[Clip]:
    """The clip of one action, and that action two to four times as far as poses match and frames suffice."""
    side = _SIDE.search(" ".join(clip.texts)) if action.verbs[0] == "kick" else None
    limb = f" with the {side.group(1)} {side.group(2)}" if side else ""
    noun = action.verbs[0]
    verb = f"{noun}s"
    once = (f"a person {verb} once{limb}", f"{noun} once", f"a single {noun}", f"someone {verb} once")
    made = {1: replace(clip, id=f"N1{clip.id}", texts=once, wordings=())}
    joints = clip.joints.astype(np.float64)
    late, early = len(joints) * 2 // 3, len(joints) // 3
    poses = pose_features(joints)
    # a joined clip is cut to whole tokens, so that its last frames may be missing
    distance, end, begin = best_match(poses[late:-TOKEN_FRAMES], poses[1:early])
    leave, enter = late + end, 1 + begin
    longer, at = joints, leave
    for times in list(TIMES)[1:]:
        if distance > MATCH or at + len(joints) - enter > MAX_FRAMES:
            break
        whole = joined(longer, joints, at, enter)
        longer, at = whole.astype(np.float64), at + leave - enter
        texts = (
            f"a person {verb} {TIMES[times]}{limb}",
            f"someone {verb} {NUMBER_WORDS[times]} times{limb}",
            f"the character {verb} {times} times{limb}",
            f"{noun} {TIMES[times]}",
            f"{NUMBER_WORDS[times]} {verb}",
        )
        made[times] = replace(clip, id=f"N{times}{clip.id}", joints=whole, texts=texts, wordings=())
    return [item for times, item in made.items() if len(action.events(item.joints)) == times]


def repeated_actions(clips: Sequence[Clip]) -> list[Clip]:
    """Repetitions of each clip that shows one countable action and nothing else; each passes the count it claims."""
    made = []
    for action in REPEATED:
        for clip in clips:
            alone = action.verbs[0] in clip.labels and not _SEVERAL.search(" ".join(clip.texts))
            if alone and MIN_FRAMES <= len(clip.joints) <= LONGEST and len(action.events(clip.joints)) == 1:
                made += repetitions(clip, action)
    return made
