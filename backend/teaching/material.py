# SPDX-License-Identifier: GPL-3.0-or-later
"""What a lesson is learnt from: taught, composed and rehearsed clips as latents, and remarks on the takes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch

from ...rigs.body.skeleton import JOINTS
from ...rigs.errors import UserError
from ..labelling.embedding import StopCheck
from ..model.weights import System
from ..motion.candidates import fits
from ..requests.lesson import Lesson, LessonReport
from ..training.composition import chained_text, composed, joined_text, spoken
from ..training.data import Clip
from ..training.generator import SPEEDS, LatentBatches, LatentClip, latent_clip, varied_latents
from ..training.mirrored_words import mirrored_clip
from .clips import clips_of, held_out
from .rehearsal import free, rehearsed

SHARE = 0.3  # of what is drawn, that composed clips have
COMPOSED = 24  # clips of a taught action and known ones at most
TRIES = 8  # partners that are looked at for each of them
FAR = 0.25  # metres between poses that are joined all the same: takes often end with the arms still raised
LOSSY = 0.03  # metres of the autoencoder's mean error from which the user is warned
TOGETHER = 16  # clips that are encoded between two looks at whether to stop
JUDGED = 12  # takes of an action that are compared with its words
HOPELESS = 0.08  # and from which the takes are refused


@dataclass(frozen=True)
class Material:
    """Clips as the generator sees them, and sentences for the user."""

    taught: LatentBatches
    known: LatentBatches
    tested: list[LatentClip]  # of takes that are held out
    notes: tuple[str, ...] = ()


def material(
    system: System,
    lesson: Lesson,
    seed: int,
    rehearsal: int | None,
    report: LessonReport,
    check_stop: StopCheck,
) -> Material:
    """Everything that a checked lesson is learnt from; ``rehearsal``: how many known prompts at most, None for all.

    Raises:
        UserError: ``too_short``, or as ``judged``.
        Whatever ``check_stop`` raises; it is called in between.
    """
    report("looking at the takes", 0, 1)
    rng = np.random.default_rng(seed)
    parts = clips_of(system, lesson.examples)
    notes = tuple(f"“{name}” was left out: {reason}" for name, reason in parts.skipped)
    if not parts.clips:
        raise UserError(
            "None of the takes can be learnt from.", "Show takes of 2 s or more, or short ones that loop.", "too_short"
        )
    notes += judged(system, parts.clips)
    check_stop()
    known = rehearsed(
        system, seed, lambda done, of: report("making motions to rehearse", done, of), check_stop, rehearsal
    )
    taught, tested = held_out(parts.clips, rng)
    notes += () if tested else ("Too few takes to hold some out: learning ends after a fixed number of steps.",)
    both = composed_with(taught, known, rng)
    shares = even_shares(taught, both)
    if lesson.mirror:
        taught = [turn for clip in taught for turn in (clip, mirrored_clip(clip))]
        both = [turn for clip in both for turn in (clip, mirrored_clip(clip))]
        shares = np.repeat(shares / 2, 2)

    def latents(clips: Sequence[Clip], speeds: Sequence[float] = ()) -> list[LatentClip]:
        found = []
        for clip in clips:
            check_stop()
            found.append(latent_clip(clip, system.autoencoder, system.text, speeds))
        return found

    report("preparing", 0, 1)
    alone, joined = latents(taught, SPEEDS), []
    for at in range(0, len(both), TOGETHER):
        check_stop()
        joined += varied_latents(both[at : at + TOGETHER], system.autoencoder, system.text, rng)
    taught_batches = LatentBatches([*alone, *joined], shares, varied=True)
    return Material(taught_batches, LatentBatches(latents(known)), latents(tested), notes)


def even_shares(taught: Sequence[Clip], both: Sequence[Clip]) -> np.ndarray:
    """How often taught, then composed clips are drawn (N,), in sum 1: every action alike, however many its takes."""
    counts = Counter(clip.group for clip in taught)
    alone = np.array([1.0 / (len(counts) * counts[clip.group]) for clip in taught])
    share = SHARE if both else 0.0
    return np.concatenate([(1.0 - share) * alone, np.full(len(both), share / max(1, len(both)))])


def composed_with(taught: Sequence[Clip], known: list[Clip], rng: np.random.Generator) -> list[Clip]:
    """Taught and known actions in one clip, either first, where their poses meet.

    Its texts have the description as it is, as a prompt's part is read as that (``language.taught_reading``): "lasso,
    then walks forward". Its wordings have the other sentences for the action.
    """
    partners = [clip for clip in free(known) if clip.texts[0].startswith("a person")]
    made: list[Clip] = []
    if not partners:
        return made
    for number in range(COMPOSED * len({clip.group for clip in taught})):
        clip, leads = taught[number % len(taught)], number // len(taught) % 2 == 0
        sentences = spoken(clip).texts[len(clip.texts) :]
        for _ in range(TRIES):
            other = partners[int(rng.integers(len(partners)))]
            pair = composed(*((clip, other) if leads else (other, clip)), rng, FAR, chained_text)
            if pair is not None:
                two = [(text, said) if leads else (said, text) for text in sentences for said in other.texts]
                joined = (joined_text(first, second, rng) for first, second in two)
                made.append(replace(pair, wordings=tuple(text for text in joined if text)))
                break
    return made


@torch.no_grad()
def judged(system: System, clips: Sequence[Clip]) -> tuple[str, ...]:
    """What the user should know before: how much the autoencoder loses on the takes, and words that mean other things.

    Raises:
        UserError: ``bad_motion`` where it loses so much that nothing like the takes could come out.
    """
    lost = float(np.mean([reconstruction_error(system, clip.joints) for clip in clips]))
    if not lost < HOPELESS:
        raise UserError(
            f"The model cannot show such motion: it would be off by {100 * lost:.0f} cm.",
            "Show takes of a human figure.",
            "bad_motion",
        )
    notes = []
    if lost > LOSSY:
        notes.append(f"The model shows these takes coarsely, {100 * lost:.1f} cm off on average.")
    for group in dict.fromkeys(clip.group for clip in clips):
        own = [clip for clip in clips if clip.group == group][:JUDGED]
        if means_otherwise(system, group, own):
            notes.append(f"The model knows “{group}” as something else; other words would be learnt better.")
    return tuple(notes)


@torch.no_grad()
def reconstruction_error(system: System, joints: np.ndarray) -> float:
    """Mean distance in metres between a clip (F, 22, 3) and what the autoencoder makes of it."""
    rows = torch.from_numpy(joints).flatten(1)[None].to(system.text.device)
    back = system.autoencoder.decode(system.autoencoder.encode(rows))
    return float((back - rows).view(-1, len(JOINTS), 3).norm(dim=-1).mean())


@torch.no_grad()
def means_otherwise(system: System, words: str, clips: Sequence[Clip]) -> bool:
    """Whether the model has learnt these words, and finds nothing of them in the takes."""
    if system.phrases is None or system.calibration is None:
        return False
    if system.phrases.score(words, system.text) < system.phrases.threshold:
        return False
    described = system.recognizer.text(system.text.tokenize([words]))
    scores = [float(fits(system, clip.joints[None], described)[0]) for clip in clips]
    return float(np.median(scores)) < system.calibration.known
