# SPDX-License-Identifier: GPL-3.0-or-later
"""The forms in which the recognizer sees each clip besides the captured one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from tqdm import tqdm

from ....training.data import Clip, load_clips, save_items
from ..augmentation.rig_variants import rig_variants
from .recognizer import standing

RIGGED = 1000  # recordings that are also put on rigs; each takes a fifth of a second


def forms_of(clips: Sequence[Clip], folder: Path, seed: int, report: bool) -> list[list[Clip]]:
    """Each clip in the posture in which takes are read, and a second time: up to 1,000 recordings come back from rigs.

    Those are kept in ``folder``, as making them takes minutes; ``report``: with a progress bar, and written.
    """
    in_posture = standing(clips)
    names = sorted({original(clip) for clip in clips})
    chosen = set(np.random.default_rng(seed).permutation(names)[:RIGGED].tolist())
    places = [i for i, clip in enumerate(clips) if original(clip) in chosen]
    again = list(in_posture)
    for i, made in zip(places, on_rigs([clips[i] for i in places], folder, seed, report), strict=True):
        again[i] = replace(made, texts=clips[i].texts)
    return [in_posture, again]


def original(clip: Clip) -> str:
    """The name of the clip, or of the one that it is the mirror image of."""
    return clip.id.removeprefix("M") if clip.mirrored else clip.id


def on_rigs(clips: Sequence[Clip], folder: Path, seed: int, report: bool) -> list[Clip]:
    """The clips read back from rigs of random build; those of an earlier run where they are the same clips."""
    if (folder / "clips.json").is_file():
        found = load_clips(folder)
        if [clip.id for clip in found] == [clip.id for clip in clips]:
            return found
    with tqdm(total=len({original(clip) for clip in clips}), desc="putting clips on rigs", disable=not report) as bar:
        made = rig_variants(clips, seed, bar.update)
    if report:
        folder.mkdir(parents=True, exist_ok=True)
        save_items(folder, "clips", made)
    return made
