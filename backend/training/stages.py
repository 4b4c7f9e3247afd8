# SPDX-License-Identifier: GPL-3.0-or-later
"""From prepared motion to a weights folder: text, autoencoder, recognizer, generator, phrases, calibration.

Each reads what the ones before it left in the weights folder and adds its own part. The order matters: the
generator needs the autoencoder and the text encoder, the recognizer needs the text encoder.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import torch
from torch import nn
from tqdm import tqdm

from ...rigs.errors import UserError
from ..levelling import stands_on_something
from ..model.autoencoder import Autoencoder, build_autoencoder
from ..model.config import ModelConfig
from ..model.familiarity import learn, plain
from ..model.generator import Generator
from ..model.path_autoencoder import PathAutoencoder
from ..model.recognizer import Recognizer
from ..model.text import TextEncoder, load_text_encoder, train_tokenizer
from ..model.weights import CONFIG, load_module, load_system, save_module
from . import autoencoder as autoencoders
from . import generator as generators
from . import recognizer as recognizers
from . import text as texts
from .cocodiff import CoCoDiff, Taught, guides, read_fine_texts
from .composition import composed_clips
from .data import Clip, Take, load_clips, load_takes, rarity, save_items
from .gestures import waving_clips
from .loop import Schedule, Validate, train
from .rig_variants import rig_variants
from .styles import styled_clips, styled_texts
from .team import Team
from .windows import Windows

WINDOW = 64  # frames of an autoencoder's window (model_spec: Autoencoder)


@dataclass(frozen=True)
class Job:
    """One training: what, from which data, where to."""

    part: str
    config: ModelConfig
    data: Path
    weights: Path
    run: Path
    schedule: Schedule
    device: torch.device
    texts: Path | None = None  # HumanML3D-400's annotation file, more words for the text encoder
    held_out: tuple[str, ...] = ()  # ids in it that belong to held-out clips
    team: Team = field(default_factory=Team)  # the other processes, where several train together
    start: Path | None = None  # weights folder whose part the training begins with, instead of at random
    start_share: float = 0.0  # of those weights in what is kept, 0 to 1
    fine_texts: Path | None = None  # descriptions of the labels: the recognizer has a second teacher (``cocodiff``)

    @property
    def settings(self) -> dict[str, str]:
        """What besides the schedule tells one run folder from another."""
        return {
            "part": self.part,
            "model": self.config.name,
            "start": str(self.start or ""),
            "fine texts": str(self.fine_texts or ""),
        }

    def clips(self) -> tuple[list[Clip], list[Clip]]:
        """Training clips, and unmirrored validation clips.

        Where no clip has a label (KIT-ML), the first sentence of each is its label.
        """
        clips = load_clips(self.data)
        if not any(clip.labels for clip in clips):
            clips = [replace(clip, labels=clip.texts[:1]) for clip in clips]
        held_out = [clip for clip in clips if clip.split == "val" and not clip.mirrored]
        return [clip for clip in clips if clip.split == "train"], held_out

    def begin(self, model: nn.Module) -> None:
        """Fill a fresh model with the part of the ``start`` folder, if there is one."""
        if self.start is not None:
            load_module(self.start / f"{self.part}.safetensors", model)

    def keep(self, model: nn.Module) -> None:
        """Write the trained part into the weights folder; one process of the team does.

        With a share of the start it is the weighted mean of the weights before and after, number by number: what is new
        with less of what was forgotten (Wortsman et al., Robust fine-tuning of zero-shot models, 2022).
        """
        if self.team.leads:
            if self.start is not None and self.start_share:
                before = deepcopy(model)
                self.begin(before)
                with torch.no_grad():
                    for new, old in zip(model.parameters(), before.parameters(), strict=True):
                        new.lerp_(old, self.start_share)
            save_module(self.weights / f"{self.part}.safetensors", model)

    def text(self) -> TextEncoder:
        """The trained text encoder, frozen."""
        return load_text_encoder(self.config.text, self.weights).to(self.device).requires_grad_(False)


def on(held_out: list[Clip], scores: Validate) -> Validate | None:
    """The scores as a validation, or none where no clips are held out (data without a split)."""
    return scores if held_out else None


def train_text(job: Job) -> None:
    """Tokenizer and text encoder."""
    clips, held_out = job.clips()
    extra = texts.described_texts(job.texts, job.held_out) if job.texts else []
    # captions count four times: the words of the clips must be whole tokens
    corpus = [text for clip in clips for text in clip.texts * 4 + clip.labels]
    corpus += [text for entry in extra for text in entry.texts]
    encoder = TextEncoder(job.config.text, train_tokenizer(corpus, job.config.text.vocabulary)).to(job.device)
    pairs = texts.TextPairs(texts.described_clips(clips), extra)
    loss = texts.text_loss(encoder, pairs, job.schedule.batch)
    paired = [clip for clip in held_out if len(clip.texts) > 1]
    validate = on(paired, lambda _: texts.pairing_accuracy(encoder, paired))
    train(encoder, loss, job.run, job.schedule, validate=validate, settings=job.settings, team=job.team)
    if job.team.leads:
        encoder.save(job.weights / "text")


def train_autoencoder(job: Job) -> None:
    """Whole takes of the training split, with or without captions."""
    _, held_out = job.clips()
    takes: list[Take] = [take for take in load_takes(job.data) if take.split == "train"]
    windows = Windows(takes, WINDOW)
    model = build_autoencoder(job.config.autoencoder)
    autoencoders.fit_statistics(model, windows, np.random.default_rng(job.schedule.seed))
    job.begin(model)
    model.to(job.device)
    weights = autoencoders.OWN_LOSSES if isinstance(model, PathAutoencoder) else autoencoders.PAPER_LOSSES
    loss = autoencoders.autoencoder_loss(model, windows, job.schedule.batch, weights)
    validate = on(held_out, lambda _: autoencoders.reconstruction_error(model, held_out[::3]))
    train(model, loss, job.run, job.schedule, validate=validate, settings=job.settings, team=job.team)
    job.keep(model)
    if held_out and job.team.leads:
        scores = autoencoders.reconstruction_error(model, held_out)
        print("held-out error: " + ", ".join(f"{name} {value:.2f}" for name, value in scores.items()))


def load_autoencoder(job: Job) -> Autoencoder | PathAutoencoder:
    """The trained autoencoder, frozen."""
    model = build_autoencoder(job.config.autoencoder)
    load_module(job.weights / "autoencoder.safetensors", model)
    return model.to(job.device).eval().requires_grad_(False)


def train_recognizer(job: Job) -> None:
    """MAR on labelled clips; also writes the list of labels it knows.

    The paper's sizes have the paper's losses. The bundled one is small and so is its data: it reads its clips also as
    they come back from rigs, names them from the whole list of labels (``losses.naming``), and reads half of the frames
    at a time instead of dropping activations. With a ``start`` the text tower stays as it is.
    """
    clips, held_out = job.clips()
    text = job.text()
    own = job.config.text.kind == "bundled"
    labelled = [clip for clip in clips if clip.labels]
    forms = [recognizers.standing(labelled), on_rigs(job, labelled)] if own else []
    data = recognizers.MotionText(labelled, text, forms)
    model = Recognizer(replace(job.config.recognizer, dropout=0.0) if own else job.config.recognizer)
    model.text.adopt(*text.embeddings())
    recognizers.fit_statistics(model, [clip for form in data.forms for clip in form])
    job.begin(model)
    model.text.requires_grad_(job.start is None)
    model.to(job.device)
    trained: nn.Module = model
    taught = None
    if job.fine_texts is not None:
        told = guides(text, data.labels, read_fine_texts(job.fine_texts, data.labels))
        trained = taught = Taught(model, CoCoDiff(job.config.recognizer.feature, told)).to(job.device)
    batch = job.schedule.batch
    loss = (recognizers.own_loss if own else recognizers.paper_loss)(model, data, batch, taught)
    shown = recognizers.standing(held_out) if own else held_out
    train(
        trained,
        loss,
        job.run,
        job.schedule,
        validate=on(shown, lambda _: recognizers.recognition_scores(model, text, shown, data.labels)),
        settings=job.settings,
        team=job.team,
    )
    job.keep(model)
    if job.team.leads:
        lines = "".join(f"{label}\n" for label in data.labels)
        (job.weights / job.config.labels).write_text(lines, encoding="utf-8")


def on_rigs(job: Job, clips: list[Clip]) -> list[Clip]:
    """The clips read back from rigs of random build; they are kept in the run folder, as making them takes minutes."""
    folder = job.run / "on_rigs"
    if (folder / "clips.json").is_file():
        found = load_clips(folder)
        if [clip.id for clip in found] == [clip.id for clip in clips]:
            return found
    originals = sum(not clip.mirrored for clip in clips)
    with tqdm(total=originals, desc="putting clips on rigs", disable=not job.team.leads) as bar:
        made = rig_variants(clips, job.schedule.seed, bar.update)
    if job.team.leads:
        folder.mkdir(parents=True, exist_ok=True)
        save_items(folder, "clips", made)
    return made


def train_generator(job: Job) -> None:
    """The masked autoregressive generator, on latents of the frozen autoencoder.

    Some clips also come with a wave, others joined to a second action, and rare ways of moving are made of common ones;
    clips with rare labels are drawn more often.
    """
    clips, held_out = job.clips()
    made = [*waving_clips(clips, job.schedule.seed), *styled_clips(clips, job.schedule.seed)]
    clips = clips + made + composed_clips([*clips, *made], len(clips) * 2 // 5, job.schedule.seed)
    autoencoder, text = load_autoencoder(job), job.text()

    def batches(
        part: list[Clip], speeds: Sequence[float], shares: np.ndarray | None = None
    ) -> generators.LatentBatches:
        shown = tqdm(part, desc="latents", mininterval=1.0, disable=not job.team.leads)
        return generators.LatentBatches(
            [generators.latent_clip(clip, autoencoder, text, speeds) for clip in shown], shares
        )

    training, validation = batches(clips, generators.SPEEDS, rarity(clips)), batches(held_out, (), None)
    model = Generator(job.config.generator)
    job.begin(model)
    model.to(job.device)
    train(
        model,
        generators.generator_loss(model, training, job.schedule.batch),
        job.run,
        job.schedule,
        validate=on(held_out, lambda _: generators.held_out_loss(model, validation)),
        settings=job.settings,
        team=job.team,
    )
    job.keep(model)


def train_phrases(job: Job) -> None:
    """What the model knows in words, those of made clips too, and when to warn of a prompt."""
    clips, held_out = job.clips()
    known = [text for clip in clips for text in (*clip.texts, *clip.labels)] + styled_texts()
    asked = sorted({text for clip in held_out for text in clip.texts})
    phrases = learn(known, asked, job.text(), raised_texts(clips))
    if job.team.leads:
        phrases.save(job.weights)


def raised_texts(clips: Sequence[Clip]) -> list[str]:
    """Captions and labels at least half of whose clips stand on something."""
    heights: dict[str, list[bool]] = {}
    for clip in clips:
        raised = stands_on_something(clip.joints)
        for text in {plain(text) for text in (*clip.texts, *clip.labels)}:
            heights.setdefault(text, []).append(raised)
    return [text for text, raised in heights.items() if np.mean(raised) >= 0.5]


def train_calibration(job: Job) -> None:
    """How sure a label is, fitted on the validation split; the other parts must be there."""
    from ..labelling.calibrating import calibrate

    _, held_out = job.clips()
    calibration = calibrate(load_system(job.weights, job.device), held_out)
    if job.team.leads:
        calibration.save(job.weights)


STAGES: dict[str, Callable[[Job], None]] = {
    "text": train_text,
    "autoencoder": train_autoencoder,
    "recognizer": train_recognizer,
    "generator": train_generator,
    "phrases": train_phrases,
    "calibration": train_calibration,
}


def run_stage(job: Job) -> None:
    """Train one part and add it, and the config, to the weights folder.

    Raises:
        UserError: no data, an earlier part is missing, or the folder belongs to another config.
    """
    config_path = job.weights / CONFIG
    if config_path.exists() and ModelConfig.from_json(config_path.read_text(encoding="utf-8")) != job.config:
        raise UserError(f"{job.weights} belongs to another model.", "Give another --weights folder.", "other_weights")
    torch.manual_seed(job.schedule.seed)
    job.weights.mkdir(parents=True, exist_ok=True)
    STAGES[job.part](replace(job, schedule=job.schedule))
    if job.team.leads:
        config_path.write_text(job.config.to_json(), encoding="utf-8")
