# SPDX-License-Identifier: GPL-3.0-or-later
"""From prepared motion to a weights folder: text, autoencoder, recognizer, paraphrases, generator, phrases,
calibration.

Each reads what the ones before it left in the weights folder and adds its own part. The order matters: the generator
needs the autoencoder and the text encoder, the recognizer needs the text encoder. Paraphrases leave what the text
encoder says of known sentences as it is, so that they may also come after the generator.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import torch
from torch import nn
from tqdm import trange

from ....rigs.errors import UserError
from ...language.familiarity import learn, plain
from ...model.autoencoders.autoencoder import Autoencoder, build_autoencoder
from ...model.autoencoders.path_autoencoder import PathAutoencoder
from ...model.calibration import fingerprint
from ...model.config import ModelConfig
from ...model.generator import Generator
from ...model.recognizer import Recognizer
from ...model.text import TextEncoder, load_text_encoder, train_tokenizer
from ...model.weights import CONFIG, load_module, load_system, save_module
from ...motion.floor_levelling import stands_on_something
from ...training import generator as generators
from ...training.data import Clip, RecordedTake, load_clips, load_takes
from ...training.loop import Schedule, Validate, train
from ...training.team import Team
from . import autoencoder as autoencoders
from .keyed.styled_gaits import keyed_groups, keyed_sentences
from .mixture import keyed_clips, mixture, report
from .recognition import recognizer as recognizers
from .recognition.cocodiff import CoCoDiff, Taught, guides, read_fine_texts
from .recognition.forms import forms_of
from .sentences import paraphrases
from .sentences import text as texts
from .sentences.corpus import corpus
from .sentences.space import SentenceSpace, Teacher
from .sentences.wordings import read_bank, wide_sentences
from .warm_start import same_tokenizer, take_fitting, take_text, weights_of
from .windows import RandomWindows

LATENTS = 512  # clips that are encoded together
WINDOW = 64  # frames of an autoencoder's window (model_spec: Autoencoder)


@dataclass(frozen=True)
class TrainingJob:
    """One training: what, from which data, where to."""

    part: str
    config: ModelConfig
    data: Path
    weights: Path
    run: Path
    schedule: Schedule
    device: torch.device
    teacher: Path | None = None  # folder of the large sentence encoder that the text encoder learns from
    texts: Path | None = None  # HumanML3D-400's annotation file, more words for the text encoder
    held_out: tuple[str, ...] = ()  # ids in it that belong to held-out clips
    team: Team = field(default_factory=Team)  # the other processes, where several train together
    start: Path | None = None  # weights folder whose part the training begins with, instead of at random
    start_share: float = 0.0  # of those weights in what is kept, 0 to 1
    fine_texts: Path | None = None  # descriptions of the labels: the recognizer has a second teacher (``cocodiff``)
    repeats: Mapping[str, int] = field(default_factory=dict)  # autoencoder: how often a source's takes count, else once

    @property
    def settings(self) -> dict[str, str]:
        """What besides the schedule tells one run folder from another."""
        return {
            "part": self.part,
            "model": self.config.name,
            "start": str(self.start or ""),
            "fine texts": str(self.fine_texts or ""),
            "repeats": json.dumps(dict(sorted(self.repeats.items()))),
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

    def begin(self, model: nn.Module, but: tuple[str, ...] = ()) -> list[str]:
        """Fill a fresh model with what fits of the part of the ``start`` folder, if there is one.

        Names that begin with one of ``but`` are left; returns all names that were not filled.
        """
        if self.start is None:
            return []
        left = take_fitting(model, weights_of(self.start / f"{self.part}.safetensors"), but)
        odd = [name for name in left if not name.startswith(but or ("\0",))]
        if (odd or but) and self.start_share:
            text = f"{self.start} is of another size or vocabulary, so that there is no mean of both."
            raise UserError(text, "Leave --start-share out.", "no_start")
        if odd and self.team.leads:
            print(f"begun with {self.start}, but for {len(odd)} tensors of another size, such as {odd[0]}")
        return left

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


def train_text(job: TrainingJob) -> None:
    """Tokenizer, and the text encoder, which learns where its teacher puts sentences."""
    if job.teacher is None:
        raise texts.NO_TEACHER
    clips, held_out = job.clips()
    short = texts.short_texts(job.texts, job.held_out) if job.texts else []
    teacher = Teacher(job.teacher)
    found = corpus(clips, read_bank(), wide_sentences(), short, job.schedule.seed)
    space = SentenceSpace.fit(teacher, found.texts, job.config.text.width)
    # captions count once more: the words of the clips must be whole tokens
    words = [*found.texts, *(text for clip in clips for text in (*clip.texts, *clip.labels))]
    encoder = TextEncoder(job.config.text, train_tokenizer(words, job.config.text.vocabulary))
    if job.start is not None:
        take_text(encoder, job.start / "text")
    encoder.to(job.device)
    loss = texts.text_loss(encoder, texts.Lessons(found, space), job.schedule.batch)
    asked = sorted({text for clip in held_out for text in clip.texts})
    validate = on(held_out, lambda _: texts.taught_scores(encoder, asked, space))
    train(encoder, loss, job.run, job.schedule, validate=validate, settings=job.settings, team=job.team)
    if job.team.leads:
        encoder.save(job.weights / "text")


def train_autoencoder(job: TrainingJob) -> None:
    """Whole takes of the training split, with or without captions."""
    _, held_out = job.clips()
    takes = [take for take in load_takes(job.data) if take.split == "train"]
    windows = RandomWindows(repeated_takes(takes, job.repeats), WINDOW)
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


def repeated_takes(takes: Sequence[RecordedTake], repeats: Mapping[str, int]) -> list[RecordedTake]:
    """The takes, those of each source as often as ``repeats`` says; UserError for a source that is not there."""
    odd = sorted(set(repeats) - {take.source for take in takes})
    if odd:
        known = ", ".join(sorted({take.source for take in takes})) or "none"
        raise UserError(f"The data has no source {odd[0]}.", f"Its sources are: {known}.", "no_source")
    return [take for take in takes for _ in range(repeats.get(take.source, 1))]


def load_autoencoder(job: TrainingJob) -> Autoencoder | PathAutoencoder:
    """The trained autoencoder, frozen."""
    model = build_autoencoder(job.config.autoencoder)
    load_module(job.weights / "autoencoder.safetensors", model)
    return model.to(job.device).eval().requires_grad_(False)


def train_recognizer(job: TrainingJob) -> None:
    """MAR on labelled clips; also writes the list of labels it knows.

    The paper's sizes have the paper's losses. The bundled one is small and so is its data: it reads its clips also as
    they come back from rigs, names them from the whole list of labels (``losses.naming``), and reads half of the frames
    at a time instead of dropping activations. With a ``start`` of the same words the text tower stays as it is.
    Of several motions the generator makes of a prompt it chooses one, so it sees the clips keyed by hand as well.
    """
    clips, held_out = job.clips()
    text = job.text()
    own = job.config.text.kind == "bundled"
    # sequences are chains of clips that are there by themselves
    labelled = [
        replace(clip, texts=(*clip.texts, *clip.wordings)) for clip in clips if clip.labels and clip.group != "sequence"
    ]
    forms = forms_of(labelled, job.run / "on_rigs", job.schedule.seed, job.team.leads) if own else []
    by_hand = keyed_clips([clip for clip in clips if clip.group != "sequence"], job.schedule.seed) if own else {}
    keyed = [replace(clip, texts=(*clip.texts, *clip.wordings)) for part in by_hand.values() for clip in part]
    data = recognizers.MotionText(labelled, text, forms, (keyed, recognizers.standing(keyed)) if keyed else ())
    model = Recognizer(replace(job.config.recognizer, dropout=0.0) if own else job.config.recognizer)
    model.text.adopt(*text.embeddings())
    recognizers.fit_statistics(model, [clip for form in data.forms for clip in form])
    same_words = job.start is not None and same_tokenizer(job.start / "text", job.weights / "text")
    left = job.begin(model, () if same_words else ("text.",))
    model.text.requires_grad_(job.start is None or any(name.startswith("text.") for name in left))
    model.to(job.device)
    trained: nn.Module = model
    taught = None
    if job.fine_texts is not None:
        described = guides(text, data.labels, read_fine_texts(job.fine_texts, data.labels))
        trained = taught = Taught(model, CoCoDiff(job.config.recognizer.feature, described)).to(job.device)
    batch = job.schedule.batch
    loss = (recognizers.own_loss if own else recognizers.paper_loss)(model, data, batch, taught)
    validation = recognizers.standing(held_out) if own else held_out
    train(
        trained,
        loss,
        job.run,
        job.schedule,
        validate=on(validation, lambda _: recognizers.recognition_scores(model, text, validation, data.labels)),
        settings=job.settings,
        team=job.team,
    )
    job.keep(model)
    if job.team.leads:
        lines = "".join(f"{label}\n" for label in data.labels)
        (job.weights / job.config.labels).write_text(lines, encoding="utf-8")


def train_generator(job: TrainingJob) -> None:
    """The masked autoregressive generator, on latents of the frozen autoencoder.

    What it is shown, and how often, is ``mixture``'s.
    """
    clips, held_out = job.clips()
    takes = [take for take in load_takes(job.data) if take.split == "train"]
    found = mixture(clips, takes, job.schedule.seed)
    autoencoder, text = load_autoencoder(job), generators.SentenceMemory(job.text())
    rng = np.random.default_rng(job.schedule.seed)
    if job.team.leads:
        print(report(found))
    text.read(said for clip in found.clips for said in (*clip.texts, *clip.wordings))
    latents = []
    for at in trange(0, len(found.clips), LATENTS, desc="latents", mininterval=1.0, disable=not job.team.leads):
        latents += generators.varied_latents(found.clips[at : at + LATENTS], autoencoder, text, rng)
    training = generators.LatentBatches(latents, found.shares, varied=True)
    validation = generators.LatentBatches([generators.latent_clip(clip, autoencoder, text) for clip in held_out])
    model = Generator(job.config.generator)
    job.begin(model)
    model.to(job.device)
    own = isinstance(autoencoder, PathAutoencoder)
    weights = generators.channel_weights([clip.latents[0] for clip in latents], autoencoder) if own else None
    train(
        model,
        generators.generator_loss(model, training, job.schedule.batch, weights),
        job.run,
        job.schedule,
        validate=on(held_out, lambda _: generators.held_out_loss(model, validation)),
        settings=job.settings,
        team=job.team,
    )
    job.keep(model)


def train_phrases(job: TrainingJob) -> None:
    """What the model knows in words, and when to warn of a prompt."""
    clips, held_out = job.clips()
    known = [text for clip in clips for text in (*clip.texts, *clip.labels, *clip.wordings)] + keyed_sentences()
    asked = sorted({text for clip in held_out for text in clip.texts})
    own = job.config.text.kind == "bundled"  # whose readers are taught the paraphrases
    phrases = learn(
        known,
        asked,
        job.text(),
        raised_texts(clips),
        paraphrases.read_paraphrases().values() if own else (),
    )
    if job.team.leads:
        phrases.save(job.weights)


def train_paraphrases(job: TrainingJob) -> None:
    """Text encoder and recognizer's text tower of the weights folder, which learn other words for actions."""
    clips, _ = job.clips()
    model = Recognizer(replace(job.config.recognizer, dropout=0.0))  # what must stay has no noise
    load_module(job.weights / "recognizer.safetensors", model)
    text = load_text_encoder(job.config.text, job.weights).to(job.device)
    readers = paraphrases.Readers(text, model.to(job.device).text).eval().requires_grad_(False)
    begun_with = {"readers": fingerprint(text, model)}  # a run goes on with these and with no others
    bank = read_bank()
    found = paraphrases.actions(bank, paraphrases.read_paraphrases())
    known = corpus(clips, bank, [*wide_sentences(), *keyed_sentences()], (), job.schedule.seed)
    recorded = {text for clip in clips for text in (*clip.texts, *clip.wordings)}
    lessons = paraphrases.ParaphraseLessons(readers, found, known, job.schedule.seed, keyed_groups(), recorded)
    train(
        readers.requires_grad_(True),
        paraphrases.paraphrase_loss(readers, lessons, job.schedule.batch),
        job.run,
        job.schedule,
        validate=lambda _: paraphrases.understood(readers, lessons),
        settings=job.settings | begun_with,
        team=job.team,
    )
    if job.team.leads:
        text.save(job.weights / "text")
        save_module(job.weights / "recognizer.safetensors", model)


def raised_texts(clips: Sequence[Clip]) -> list[str]:
    """Captions and labels at least half of whose clips stand on something."""
    heights: dict[str, list[bool]] = {}
    for clip in clips:
        raised = stands_on_something(clip.joints)
        for text in {plain(text) for text in (*clip.texts, *clip.labels)}:
            heights.setdefault(text, []).append(raised)
    return [text for text, raised in heights.items() if np.mean(raised) >= 0.5]


def train_calibration(job: TrainingJob) -> None:
    """How sure a label is, fitted on the validation split; the other parts must be there."""
    from .recognition.label_calibration import calibrate

    _, held_out = job.clips()
    calibration = calibrate(load_system(job.weights, job.device), held_out)
    if job.team.leads:
        calibration.save(job.weights)


STAGES: dict[str, Callable[[TrainingJob], None]] = {
    "text": train_text,
    "autoencoder": train_autoencoder,
    "recognizer": train_recognizer,
    "paraphrases": train_paraphrases,
    "generator": train_generator,
    "phrases": train_phrases,
    "calibration": train_calibration,
}


def run_stage(job: TrainingJob) -> None:
    """Train one part and add it, and the config, to the weights folder.

    Raises:
        UserError: no data, an earlier part is missing, or the folder belongs to another config.
    """
    config_path = job.weights / CONFIG
    if config_path.exists() and ModelConfig.from_json(config_path.read_text(encoding="utf-8")) != job.config:
        raise UserError(f"{job.weights} belongs to another model.", "Give another --weights folder.", "other_weights")
    torch.manual_seed(job.schedule.seed)
    job.weights.mkdir(parents=True, exist_ok=True)
    STAGES[job.part](job)
    if job.team.leads:
        config_path.write_text(job.config.to_json(), encoding="utf-8")
