# SPDX-License-Identifier: GPL-3.0-or-later
"""What the generator is shown and how often: recorded clips by group of actions, and made ones beside them.

Without shares by group, walks and idles would be half of what it sees, and what is asked for most (gestures, everyday
actions) a tenth. Within a group, clips of rare actions are drawn more often, those that hardly anybody asks for less.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ....rigs.body.skeleton import INDEX
from ...training.composition import composed_clips, spoken
from ...training.data import Clip, RecordedTake
from .augmentation.arm_raises import raising_clips
from .augmentation.gestures import waving_clips
from .augmentation.recorded_moments import moving_clips, striking_clips
from .augmentation.repetition import repeated_actions
from .keyed.acted_gestures import acted_clips
from .keyed.posed_actions import posed_clips
from .keyed.seated_gestures import seated_clips
from .keyed.styled_gaits import styled_clips
from .sentences.wordings import Wording, read_bank

# Shares of the groups of actions, relative to one another, by how often they are asked for and how much they vary:
# walks, runs and turns are a quarter, as every scene has them; gestures and everyday actions a fifth, as no two are
# alike; idles, which are a fifth of the recorded minutes and alike, a twelfth; groups of a few clips a hundredth, as
# more would be learnt by heart.
TARGETS = {
    "walk": 0.15,
    "run": 0.09,
    "turn": 0.03,
    "stand and idle": 0.10,
    "jump": 0.045,
    "gesture and acting": 0.12,
    "daily activity": 0.10,
    "martial arts": 0.06,
    "sword and weapon": 0.04,
    "hit and death": 0.02,
    "spell": 0.01,
    "dance": 0.03,
    "exercise": 0.035,
    "sit and stand": 0.06,
    "crouch": 0.03,
    "crawl and lie": 0.02,
    "acrobatics": 0.02,
    "ball sports": 0.03,
    "stairs and ladder": 0.03,
    "playground climbing": 0.01,
    "swim and fly": 0.008,
    "sequence": 0.02,
}
# Made clips: two actions in a row are asked for all the time and hardly recorded; the others show one thing each.
MADE_TARGETS = {
    "composed": 0.13,
    "repeated": 0.025,
    "raised": 0.01,
    "waved": 0.01,
    # What is asked for most and hardly recorded: salutes, bows, guards, single punches, sword strokes; the least
    # followed of all (docs/measurements/choices.md).
    "acted": 0.5,
    "seated": 0.06,  # recorded sitters rest or fidget: who types, drinks or drives on a chair would stand up for it
    "styled": 0.14,  # moods, loads and what hands do while somebody walks or runs: any scene has them
    "posed": 0.25,  # exercises, crawls, swims, falls, lying and kneeling: any game has them, recordings a few
    "moments": 0.06,  # single turns and steps
    "strikes": 0.05,  # so many punches, kicks or jumps
}
COMPOSED = 0.25  # composed clips for each recorded one
WAVES = 160  # clips; more would make every third person who stands wave
# A clip is drawn by this power of the count of its rarest action, so that a walk like a zombie's is learnt beside plain
# ones; an action of few clips counts as one of this many, so that no single clip is drawn until it is known by heart.
POWER, FEW = -0.6, 6
SEATED = 0.72  # metres; a pelvis below it all the time sits, kneels, crouches or lies
_SAYS_SEATED = re.compile(
    r"\b(sit|sits|sitting|seat|seated|chair|stool|sofa|couch|desk|bench|table|kneel\w*|knees?|floor|ground|lie|lies|lying|bed"
    r"|lap|crouch\w*|squat\w*|crawl\w*|low|down|car|driv\w+|rid(es?|ing)|motorcycl\w+|row\w*|swim\w*|push-?ups?)\b"
)
# Degrees that the shoulders of who looks around turn at least, metres of the pelvis's height, and of its path if he
# stays on the spot.
TURNED, UPRIGHT, ON_THE_SPOT = 25.0, 0.75, 1.0
_SAYS_LOOKS = re.compile(
    r"\b(look\w* (all )?(around|about|left and right|for someone)|glanc\w+ (around|about)|scan\w* the area|watchful"
    r"|observe|lookout)\b",
    re.IGNORECASE,
)
# How often within its group, by the beginning of the source's or clip's name: actions that are animated or staged by
# themselves are clear examples; the idles of a few people are long and alike.
STEADY_JOG, JOGS = re.compile(r"\bjogs(?: (?:forward|along|straight ahead|slowly|steadily))?$"), 2.5  # else they run
FAVOUR = (("mocap_cc0", 1.0), ("mocap_rocketbox", 1.4), ("reactidle", 0.35))


@dataclass(frozen=True)
class Mixture:
    """Clips, and how often each is drawn (N,), in sum 1."""

    clips: tuple[Clip, ...]
    shares: np.ndarray


def mixture(clips: Sequence[Clip], takes: Sequence[RecordedTake], seed: int) -> Mixture:
    """Recorded training clips, mirrored ones too, and what is made of them and of whole takes."""
    clips = [as_looking(as_posed(clip)) for clip in clips]
    single = [clip for clip in clips if clip.group != "sequence"]
    keyed = keyed_clips(single, seed)
    joinable = [spoken(clip) for clip in (*single, *keyed["acted"])]
    waves = waving_clips(single, seed)
    chosen = np.random.default_rng(seed).permutation(len(waves))[:WAVES]
    made = {
        "composed": composed_clips(joinable, round(COMPOSED * len(clips)), seed),
        "repeated": repeated_actions(single),
        "raised": raising_clips(single, seed),
        "waved": [waves[int(i)] for i in chosen],
        **keyed,
        "moments": moving_clips(takes, seed),
        "strikes": striking_clips(single),
    }
    kinds = [clip.group for clip in clips] + [f"made: {kind}" for kind, part in made.items() for _ in part]
    whole = (*clips, *(clip for part in made.values() for clip in part))
    return Mixture(whole, shares_of(whole, kinds, read_bank()))


def keyed_clips(clips: Sequence[Clip], seed: int) -> dict[str, list[Clip]]:
    """What is keyed by hand, laid over recorded clips of one action each, or built whole."""
    return {
        "acted": acted_clips(clips, seed),
        "seated": seated_clips(clips, seed),
        "styled": styled_clips(clips, seed),
        "posed": posed_clips(seed),
    }


def as_posed(clip: Clip) -> Clip:
    """The clip without the sentences that leave out that it is seated or lower all the time, if others say so.

    Else a gesture would as often be made on a chair as standing.
    """
    if np.percentile(clip.joints[:, 0, 1], 90) >= SEATED:
        return clip
    texts, wordings = (tuple(filter(_SAYS_SEATED.search, said)) for said in (clip.texts, clip.wordings))
    return replace(clip, texts=texts, wordings=wordings) if texts else clip


def as_looking(clip: Clip) -> Clip:
    """The clip of somebody on the spot without the sentences that he looks around, where nothing shows it.

    The head's own turn is hardly seen in the joints: of the recorded idles that are said to look around most stand
    still, some search the floor. Who asks for a look to all sides would get one of those.
    """
    if clip.group not in ("stand and idle", "daily activity"):
        return clip
    across = clip.joints[:, INDEX["left_shoulder"]] - clip.joints[:, INDEX["right_shoulder"]]
    turned = np.ptp(np.degrees(np.unwrap(np.arctan2(across[:, 2], across[:, 0]))))
    travels = np.ptp(clip.joints[:, 0, [0, 2]], axis=0).max() > ON_THE_SPOT
    if travels or (turned >= TURNED and clip.joints[:, 0, 1].min() >= UPRIGHT):
        return clip
    texts, wordings = (tuple(t for t in said if not _SAYS_LOOKS.search(t)) for said in (clip.texts, clip.wordings))
    return replace(clip, texts=texts or clip.texts, wordings=wordings)


def shares_of(clips: Sequence[Clip], kinds: Sequence[str], bank: Sequence[Wording] = ()) -> np.ndarray:
    """How often each clip of a kind is drawn (N,): the kinds by their targets, within them by action and favour.

    A group without a target, as in data sets that name none, has as much as its share of the recorded clips.
    """
    counts = Counter(kinds)
    recorded = sum(count for kind, count in counts.items() if not kind.startswith("made: "))
    targets = {f"made: {kind}": target for kind, target in MADE_TARGETS.items()} | TARGETS
    names = np.array(kinds)
    within = np.array([favour(clip) for clip in clips])
    made = np.char.startswith(names, "made: ")
    for part in (made, ~made):  # else what is keyed by hand would keep recordings of the same action away
        within[part] *= draws_by_action([clip for clip, taken in zip(clips, part, strict=True) if taken], bank)
    shares = np.zeros(len(clips))
    for kind, count in counts.items():
        those = names == kind
        shares[those] = targets.get(kind, count / recorded) * within[those] / within[those].sum()
    whole: np.ndarray = shares / shares.sum()
    return whole


def draws_by_action(clips: Sequence[Clip], bank: Sequence[Wording]) -> np.ndarray:
    """How often each clip (N,) is drawn by its rarest action: entries of the bank that word it, else labels."""
    keys_of: dict[str, set[str]] = {}
    for entry in bank:
        for text in entry.every_text():
            keys_of.setdefault(text, set()).add(entry.key)
    asked: Mapping[str, float] = {entry.key: entry.asked for entry in bank}
    actions = [
        {key for text in clip.wordings for key in keys_of.get(text, ())} or set(clip.labels) or {""} for clip in clips
    ]
    counts = Counter(action for found in actions for action in found)
    often = {action: asked.get(action, 1.0) * max(count, FEW) ** POWER for action, count in counts.items()}
    return np.array([max(often[action] for action in found) for found in actions])


def favour(clip: Clip) -> float:
    """How often a clip is drawn beside others of its group."""
    if clip.group == "run" and any(STEADY_JOG.search(text) for text in clip.texts):
        return JOGS
    name = clip.id.removeprefix("M").removeprefix("L")
    return next((often for start, often in FAVOUR if clip.source.startswith(start) or name.startswith(start)), 1.0)


def report(found: Mixture) -> str:
    """Share and number of clips of each group, made ones apart, as the training prints them."""
    count, share = Counter(clip.group or "-" for clip in found.clips), dict[str, float]()
    for clip, part in zip(found.clips, found.shares, strict=True):
        share[clip.group or "-"] = share.get(clip.group or "-", 0.0) + float(part)
    names = sorted(share, key=lambda name: -share[name])
    return "\n".join(f"{name:<24}{count[name]:>6} clips {100 * share[name]:>6.1f} %" for name in names)
