# SPDX-License-Identifier: GPL-3.0-or-later
"""Teaching what other words for a known action mean, without motion and without training the generator again.

``paraphrases.json`` says each action of the bank, and of those keyed by hand, in some forty to a hundred ways that
share few words with its captions. Both readers of a prompt, the text encoder and the recognizer's text tower, learn to
put a paraphrase where those known sentences of its action lie that are most like it. Known sentences stay where they
are, but those of actions keyed by hand draw nearer to one another (``gathered``). So generator and recognizer, which
have met only those, understand other words without being trained again.

A sentence encoder's likeness is not enough for it: all-MiniLM-L6-v2 finds the action of 63 in 100 natural prompts by
the nearest known sentence, the text encoder after this 80 (docs/measurements/choices.md).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, normalize, softmax

from ....language.quantities import NUMBER_WORDS, TIMES
from ....model.recognizer import TextTower
from ....model.text import TextEncoder
from ....training.loop import Draw
from ..keyed.posed_actions import POSED
from ..keyed.tables.actions import ACTIONS
from ..keyed.tables.gestures import GESTURES
from ..keyed.tables.household import HOUSEHOLD
from ..keyed.tables.people import PEOPLE
from ..keyed.tables.props import PROPS
from ..keyed.tables.seated import SEATED
from ..keyed.tables.sports import SPORTS
from ..keyed.tables.styles import STYLES
from .corpus import Corpus
from .text import of_like_length, sometimes_noisy
from .wordings import OTHER, Wording, sided

PARAPHRASES = Path(__file__).with_name("paraphrases.json")
NEAREST, SHARPNESS = 4, 0.1  # known sentences that a paraphrase lies between, by the softmax of their cosine
GATHERED = 0.6  # of the distance of a keyed sentence from the middle of its action's sentences that it moves
TEMPERATURE = 0.05  # of telling actions apart
STAY, TELL = 3.0, 0.1  # weights of what must stay, and of telling actions apart, beside the distance to the targets
HELD_OUT = 20  # one paraphrase of so many is not taught
MOST_KEPT = 30_000  # known sentences that are held where they are
# What a prompt adds to an action means the same beside a paraphrase as beside a known sentence.
ENDINGS = (
    "slowly|quickly|carefully|twice|three times|again and again|happily|angrily|sadly|in place|and stops"
    "|then stands still|while walking|, then walks away|, then runs forward|, then sits down|, then turns around"
).split("|")


@dataclass(frozen=True)
class Action:
    """An action on one side, or on none: the sentences that are known for it, and others that mean it."""

    key: str
    known: tuple[str, ...]
    others: tuple[str, ...]


def read_paraphrases(path: Path = PARAPHRASES) -> dict[str, tuple[str, ...]]:
    """Texts by the key of a wording, or by "gesture: ", "seated: ", "posed: " or "style: " and a label."""
    return {key: tuple(texts) for key, texts in json.loads(path.read_text(encoding="utf-8")).items()}


def known_sentences(bank: Sequence[Wording]) -> dict[str, tuple[str, ...]]:
    """The sentences that the generator has met, by the keys of ``read_paraphrases``; ``{side}`` stands for a side."""
    found = {wording.key: wording.texts for wording in bank}
    # what an entry of the bank says as well is one action with it; gestures and actions have names of their own
    keyed = [(gesture.texts, f"gesture: {gesture.label}") for gesture in (*GESTURES, *ACTIONS)]
    props = (*PROPS, *SPORTS, *HOUSEHOLD, *PEOPLE)
    keyed += [(prop.texts, prop.bank[0] if prop.bank else f"gesture: {prop.label}") for prop in props]
    # where an entry of the bank means standing as well (a drink, a call), its paraphrases must not come to mean
    # somebody who sits or lies, so what shows only some of its wordings is left out
    for kind, table in (("seated", SEATED), ("posed", tuple(action.words for action in POSED))):
        keyed += [(one.texts, one.bank[0] if one.bank else f"{kind}: {one.label}") for one in table if not one.says]
    styles = [(style.bank[:1], style.gesture) for style in STYLES]
    keyed += [(gesture.texts, bank[0] if bank else f"style: {gesture.label}") for bank, gesture in styles]
    for texts, key in keyed:
        found[key] = tuple(dict.fromkeys((*found.get(key, ()), *(done_once(text) for text in texts))))
    return found


def done_once(text: str) -> str:
    """A sentence of a table with its number filled in: "does {number} squat{s}" as "does one squat"."""
    for name, said in (("times", TIMES[1]), ("number", NUMBER_WORDS[1]), ("s", ""), ("es", "")):
        text = text.replace(f"{{{name}}}", said)
    return text


def actions(bank: Sequence[Wording], paraphrases: Mapping[str, Sequence[str]]) -> list[Action]:
    """Every action that has paraphrases, those with a side once for each."""
    found: list[Action] = []
    known = known_sentences(bank)
    for key, others in ((key, others) for key, others in paraphrases.items() if key in known):
        plain, with_side = (tuple(t for t in known[key] if ("{" in t) == wanted) for wanted in (False, True))
        both = tuple(text for text in others if "{" in text)
        either = tuple(text for text in others if "{" not in text)
        if not with_side:  # known for no side: with either a paraphrase means the same
            either = (*either, *(sided(text, side) for text in both for side in OTHER))
        found.append(Action(key, plain or tuple(sided(t, side) for t in with_side for side in OTHER), either))
        for side in OTHER if with_side else ():
            sides = tuple(sided(text, side) for text in with_side)
            found.append(Action(f"{key} {side}", sides, tuple(sided(text, side) for text in both)))
    return [action for action in found if action.others]


def held_out(action: Action) -> tuple[str, ...]:
    """The paraphrases that are not taught, so that they tell how well the others were."""
    return action.others[::HELD_OUT] if len(action.others) > 1 else ()


class Readers(nn.Module):
    """Both readers of a prompt."""

    def __init__(self, text: TextEncoder, tower: TextTower) -> None:
        super().__init__()
        self.text, self.tower = text, tower

    def forward(self, texts: Sequence[str]) -> tuple[Tensor, Tensor]:
        """The generator's condition (B, W) and the recognizer's feature (B, F) of the texts."""
        ids = self.text.tokenize(texts)
        return self.text(ids).float(), self.tower(ids).float()


@torch.no_grad()
def read_all(readers: Readers, texts: Sequence[str], batch: int = 256) -> tuple[Tensor, Tensor]:
    """What the readers say of many texts, on the CPU; those of like length are read together."""
    order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
    parts = [readers([texts[i] for i in order[at : at + batch]]) for at in range(0, len(order), batch)]
    back = torch.empty(len(order), dtype=torch.long)
    back[torch.tensor(order)] = torch.arange(len(order))
    first, second = (torch.cat([part[which].cpu() for part in parts])[back] for which in range(2))
    return first, second


@dataclass(frozen=True)
class Placed:
    """Sentences, where the readers should put them (N, W) and (N, F), and each one's action (N,), -1 for several."""

    texts: tuple[str, ...]
    targets: tuple[Tensor, Tensor]
    actions: np.ndarray


class ParaphraseLessons:
    """Paraphrases with their targets, plain and with an addition, and known sentences, which stay where they are."""

    def __init__(
        self,
        readers: Readers,
        found: Sequence[Action],
        corpus: Corpus,
        seed: int,
        together: Sequence[Sequence[str]] = (),
        recorded: Container[str] = (),
    ) -> None:
        """``together``: sentences of each action that is keyed by hand, which are gathered but for those that recorded
        clips have as well."""
        rng = np.random.default_rng(seed)
        self.found = tuple(found)
        known = [text for action in found for text in action.known]
        ends = np.cumsum([0, *(len(action.known) for action in found)])
        self.spans = [slice(a, b) for a, b in pairwise(ends.tolist())]
        moved = {text: place for text, place in gathered(readers, together).items() if text not in recorded}
        placed = replaced(known, read_all(readers, known), moved)
        self.centres = tuple(torch.stack([side[span].mean(0) for span in self.spans]) for side in placed)
        self.known = tuple(known)
        self.paraphrases = self._paraphrases(readers, placed, rng)
        chosen = rng.choice(len(corpus.texts), min(MOST_KEPT, len(corpus.texts)), replace=False, p=corpus.shares)
        kept = tuple(dict.fromkeys([*known, *(corpus.texts[int(i)] for i in chosen)]))
        self.kept = Placed(kept, replaced(kept, read_all(readers, kept), moved), np.full(len(kept), -1))
        self.gathered = Placed(tuple(moved), stacked(list(moved.values())), np.full(len(moved), -1)) if moved else None
        self.variance = tuple(float(side.var(0).mean()) for side in self.kept.targets)

    def _paraphrases(self, readers: Readers, placed: tuple[Tensor, Tensor], rng: np.random.Generator) -> Placed:
        texts: list[str] = []
        numbers: list[int] = []
        targets: list[tuple[Tensor, Tensor]] = []
        longer: list[tuple[str, str]] = []  # a paraphrase and its nearest known sentence, both with the same addition
        for number, (action, span) in enumerate(zip(self.found, self.spans, strict=True)):
            left_out = held_out(action)
            taught = [text for text in action.others if text not in left_out]
            likeness = normalize(read_all(readers, taught)[0], dim=-1) @ normalize(placed[0][span], dim=-1).T
            best, at = likeness.topk(min(NEAREST, likeness.shape[1]))
            shares = softmax(best / SHARPNESS, dim=-1)[..., None]
            targets.append(((shares * placed[0][span][at]).sum(1), (shares * placed[1][span][at]).sum(1)))
            texts += taught
            numbers += [number] * len(taught)
            for text, nearest in zip(taught, at[:, 0].tolist(), strict=True):
                ending = str(rng.choice(ENDINGS))
                longer.append((added(text, ending), added(action.known[nearest], ending)))
        beside = read_all(readers, [known for _, known in longer])
        first, second = (torch.cat([*(pair[k] for pair in targets), beside[k]]) for k in range(2))
        return Placed(
            (*texts, *(text for text, _ in longer)), (first, second), np.array([*numbers, *[-1] * len(longer)])
        )


def gathered(readers: Readers, together: Sequence[Sequence[str]]) -> dict[str, tuple[Tensor, Tensor]]:
    """Where sentences of actions that are keyed by hand go: towards the middle of their action's sentences.

    A sentence lies where its words do: "a person walks, texting" beside "a person walks and talks", of which there are
    many clips, so that it was learnt as a walk, and "typing on a smartphone while walking" as what it says.
    Of 880 such sentences 497 were nearer to a caption of other clips than to any other sentence of their action.
    """
    texts = list(dict.fromkeys(text for group in together for text in group))
    if not texts:
        return {}
    at = {text: row for row, text in enumerate(texts)}
    places = read_all(readers, texts)
    middles: dict[str, list[tuple[Tensor, Tensor]]] = {}
    for group in together:
        rows = [at[text] for text in group]
        for text in group:
            middles.setdefault(text, []).append((places[0][rows].mean(0), places[1][rows].mean(0)))
    found = {}
    for text, pairs in middles.items():
        first, second = (torch.stack([pair[which] for pair in pairs]).mean(0) for which in range(2))
        row = at[text]
        found[text] = (torch.lerp(places[0][row], first, GATHERED), torch.lerp(places[1][row], second, GATHERED))
    return found


def replaced(
    texts: Sequence[str], places: tuple[Tensor, Tensor], moved: Mapping[str, tuple[Tensor, Tensor]]
) -> tuple[Tensor, Tensor]:
    """Places (N, W) and (N, F) of texts, those of ``moved`` in their new ones."""
    rows = [row for row, text in enumerate(texts) if text in moved]
    out = (places[0].clone(), places[1].clone())
    for which in range(2):
        for row in rows:
            out[which][row] = moved[texts[row]][which]
    return out


def stacked(places: Sequence[tuple[Tensor, Tensor]]) -> tuple[Tensor, Tensor]:
    """Places (N, W) and (N, F) out of one pair for each text."""
    return torch.stack([place[0] for place in places]), torch.stack([place[1] for place in places])


def added(text: str, ending: str) -> str:
    """A sentence with an addition: "ambles along" + ", then waves"."""
    return f"{text}{ending}" if ending.startswith(",") else f"{text} {ending}"


def paraphrase_loss(readers: Readers, lessons: ParaphraseLessons, batch: int) -> Callable[[Draw], Mapping[str, Tensor]]:
    """Distances to the targets in parts of their variance, and which action a paraphrase is, for ``loop.train``."""
    parts = {"moved": (lessons.paraphrases, batch), "stayed": (lessons.kept, batch // 2)}
    if lessons.gathered is not None:
        parts["gathered"] = (lessons.gathered, max(1, batch // 4))
    lengths = {name: np.array([len(text) for text in part.texts]) for name, (part, _) in parts.items()}
    device = readers.text.device
    centres = [normalize(side, dim=-1).to(device) for side in lessons.centres]

    def loss_of(draw: Draw) -> Mapping[str, Tensor]:
        rng = draw.numpy
        losses: dict[str, Tensor] = {}
        for name, (part, count) in parts.items():
            rows = of_like_length(lengths[name], count, rng)
            texts = [part.texts[int(i)] for i in rows]
            if name == "moved":
                texts = [sometimes_noisy(text, rng) for text in texts]
            found = readers(texts)
            wanted = [side[rows].to(device) for side in part.targets]
            losses[name] = sum(
                (((a - b) ** 2).mean() / v for a, b, v in zip(found, wanted, lessons.variance, strict=True)),
                torch.zeros((), device=device),
            )
            if name == "moved" and (part.actions[rows] >= 0).any():
                numbers = torch.from_numpy(part.actions[rows]).to(device)
                told = [normalize(a, dim=-1) @ b.T / TEMPERATURE for a, b in zip(found, centres, strict=True)]
                losses["told"] = sum(
                    (cross_entropy(one, numbers, ignore_index=-1) for one in told), torch.zeros((), device=device)
                )
        nothing = torch.zeros((), device=device)
        whole = losses["moved"] + STAY * losses["stayed"]
        whole = whole + TELL * losses.get("told", nothing) + losses.get("gathered", nothing)
        return {"loss": whole, **{name: value.detach() for name, value in losses.items()}}

    return loss_of


@torch.no_grad()
def understood(readers: Readers, lessons: ParaphraseLessons) -> dict[str, float]:
    """By each reader, of the paraphrases that are not taught: how often the action with the nearest known sentence, or
    one of the nearest three, is theirs; and how far known sentences have moved, in parts of their variance."""
    asked = [(number, text) for number, action in enumerate(lessons.found) for text in held_out(action)]
    numbers = torch.tensor([number for number, _ in asked])
    placed, found = read_all(readers, lessons.known), read_all(readers, [text for _, text in asked])
    scores: dict[str, float] = {}
    for name, known, other in zip(("text", "tower"), placed, found, strict=True):
        likeness = normalize(other, dim=-1) @ normalize(known, dim=-1).T
        best = torch.stack([likeness[:, span].amax(1) for span in lessons.spans], dim=1)
        order = best.argsort(dim=1, descending=True)[:, :3] == numbers[:, None]
        scores |= {
            f"{name} top1": float(order[:, 0].float().mean()),
            f"{name} top3": float(order.any(1).float().mean()),
        }
    at = {text: row for row, text in enumerate(lessons.kept.texts)}
    rows = torch.tensor([at[text] for text in lessons.known])
    for name, known, side, variance in zip(
        ("text", "tower"), placed, lessons.kept.targets, lessons.variance, strict=True
    ):
        scores[f"{name} moved"] = float(((known - side[rows]) ** 2).mean()) / variance
    return scores
