# SPDX-License-Identifier: GPL-3.0-or-later
"""The space of sentences that the small text encoder is taught: what a large encoder reads, by clause, and plain facts.

A sentence encoder that has read the language puts other words for one thing close together, which captions alone do
not teach. It blurs what a motion must not confuse: the order of two actions, left and right, angles and counts. So a
sentence is four things side by side: the teacher's vector of the whole, of the first and of the last clause, each as
its principal components over the corpus, and facts that are read off the words.

The teacher is a folder of transformers' form with mean pooling (such as all-MiniLM-L6-v2), needed in training only.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from .....rigs.errors import UserError
from ....language.quantities import NUMBERS

WHOLE_WEIGHT, FACT_WEIGHT, SCALE = 1.3, 0.3, 3.0  # so that each part tells as much and a coordinate is around 0.25
MOST_FACT_CLAUSES = 3
_PEOPLE = "person|man|woman|guy|girl|boy|figure|dancer|character|boxer|fighter|player|performer|hero|soldier"
_WHO = re.compile(
    rf"^((?:(?:a|an|the|one|this) )?(?:[a-z]+ )?(?:{_PEOPLE}|someone|somebody|he|she|they|one))\s+", re.IGNORECASE
)
_JOINT = re.compile(
    r",? (?:and )?then |,? followed by |,? before (?=[a-z]+ing)|,? after that,? |; |, (?=[a-z]+(?:s|ing) )",
    re.IGNORECASE,
)
_ARM = "arm|hand|fist|wrist|elbow|palm|punch|jab|hook|uppercut|cross|wave|waving|handed|shoulder|forearm"
_LEG = "leg|foot|feet|knee|kick|kicks|hop|hops|thigh|heel|toe|ankle|footed"
_TURN = (
    "turn|turns|turning|rotate|rotates|rotating|spin|spins|spinning|pivot|pivots|pivoting|veer|veers|veering"
    "|curve|curves|curving|bend|bends|swerve|swerves|circle|u-turn|about"
)
_STEP = (
    "step|steps|stepping|strafe|strafes|strafing|side|sidestep|sidesteps|shuffle|shuffles|dodge|dodges|sideways"
    "|moves|leans|lean"
)
_COUNTED = "times?|x\\b|steps?|jumps?|kicks?|hops?|punches|strides?|turns?|spins?|reps?|slashes|swings?|claps?|jabs?"
_COUNT = re.compile(rf"\b({'|'.join(NUMBERS)}|\d{{1,2}}) ?(?:{_COUNTED})")
_ANGLE = re.compile(r"\b(\d{2,3})(?: ?degrees?| ?deg|°)")
_PACE = re.compile(r"(\d+(?:\.\d+)?) ?(?:m/s|met(?:er|re)s? (?:per|a) second)")
_DISTANCE = re.compile(r"(\d+(?:\.\d+)?) ?(?:m\b|met(?:er|re)s?)(?! ?(?:per|a) second|/s)")
_ANGLE_WORDS = (  # degrees by the first that is found
    (90, "quarter turn|right angle|ninety"),
    (180, "half turn|turns? around|about face|u turn|about turn|one eighty|turning around|turned around|turns? round"),
    (360, "full (?:turn|circle|spin|rotation)|all the way around|three sixty"),
    (45, "forty five|eighth"),
)
ANGLES = (40, 85, 130, 175, 265, 350)  # a turn by at least so many degrees
COUNTS = (1, 2, 3, 4, 5)  # at least so many times
_WORDS = (  # facts that are the presence of a word
    "both|two (?:arms|hands|feet|legs|handed|footed)",
    "one (?:arm|hand|leg|foot|handed)|single",
    "forwards?|ahead|straight|onwards?",
    "backwards?|backs|backing|reverse|retreats?|retreating",
    "sideways?|sidesteps?|strafes?|strafing|laterally?|side ?steps?",
    "up|upwards?|overhead|above",
    "down|downwards?|low",
    "(?<!counter )(?<!counter)(?<!anti )(?<!anti)clockwise",
    "counter ?clockwise|anti ?clockwise",
    "circles?|circling|loop|round and round|rings?",
    "in place|on the spot|stationary|standing still|in one spot",
    "around|round|about face|u turn",
    "again and again|repeatedly|several|over and over|repeated|many times|keeps|continuously|series",
    "very slow(?:ly)?|crawling pace|extremely slow(?:ly)?|snail",
    "slow(?:ly)?|leisurely|stroll(?:s|ing)?|casual(?:ly)?|calm(?:ly)?|ambles?|careful(?:ly)?",
    "walk(?:s|ing)?|walked|gait|stroll(?:s|ing)?|stride?s?|striding",
    "quick(?:ly)?|fast|brisk(?:ly)?|rapid(?:ly)?|hurr(?:y|ies|ying|iedly)|swift(?:ly)?|speedy|power",
    "jog(?:s|ging)?|trot(?:s|ting)?",
    "run(?:s|ning)?|ran|dash(?:es|ing)?|rush(?:es|ing)?",
    "sprint(?:s|ing)?|full speed|top speed|as fast as|all out|full tilt",
    "not|without|no|never|don't|doesn't|instead",
    "starts?|begins?|starting|from standing|sets off",
    "stops?|halts?|stopping|comes to a (?:halt|stop)|ends",
    "sit(?:s|ting)?|seated?|sat|chair",
    "stand(?:s|ing)?|stood|upright",
    "lie(?:s)?|lying|lay(?:s|ing)?|prone",
    "kneel(?:s|ing)?|knees?",
    "crouch(?:es|ing|ed)?|squat(?:s|ting)?|duck(?:s|ing)?",
    "crawl(?:s|ing)?|all fours",
    "jump(?:s|ing)?|leap(?:s|ing)?|vaults?",
    "hop(?:s|ping)?|skip(?:s|ping)?",
    "kick(?:s|ing)?",
    "punch(?:es|ing)?|jab(?:s|bing)?|box(?:es|ing)?|hook|uppercut",
    "wav(?:e|es|ing)",
    "rais(?:e|es|ing)|lift(?:s|ing)?",
    "throw(?:s|ing)?|toss(?:es|ing)?|pitch(?:es)?|hurl(?:s)?",
    "danc(?:e|es|ing)|salsa|waltz|ballet",
    "climb(?:s|ing)?|stairs?|steps up|ladder|ascends?|descends?",
    "idle|waits?|waiting|still|stance|breath(?:es|ing)",
)
SIDES = ("left", "right")
FACTS = 2 * 5 + len(_WORDS) + len(ANGLES) + 1 + len(COUNTS) + 3
CLAUSE_SHARE = 0.22  # of the components that are left are those of each of the two clauses
LEAST_WIDTH = FACTS + 8
Encode = Callable[[Sequence[str]], np.ndarray]  # sentences to unit vectors (N, D)


def clauses(sentence: str) -> list[str]:
    """The actions of a sentence in order, each as a sentence of its own: "walks, then sits" has two."""
    whole = sentence.strip().rstrip(".")
    parts = [part.strip(" ,") for part in _JOINT.split(whole)]
    parts = [part for part in parts if len(part) > 2] or [whole]
    who = _WHO.match(parts[0])
    if len(parts) > 1 and who:
        parts[1:] = [part if _WHO.match(part) else f"{who.group(1)} {part}" for part in parts[1:]]
    return parts


def angle_of(words: str) -> float:
    """Degrees that a sentence in lower case asks to turn by; 0 where it names none."""
    found = _ANGLE.search(words)
    if found:
        return float(found.group(1))
    return float(next((degrees for degrees, pattern in _ANGLE_WORDS if _present(words, pattern)), 0))


def count_of(words: str) -> int:
    """How often a sentence in lower case asks for its action; 0 where it says nothing."""
    found = _COUNT.search(words)
    if found:
        return NUMBERS.get(found.group(1)) or int(found.group(1) if found.group(1).isdigit() else 0)
    for pattern, count in (("twice|double", 2), ("thrice|triple", 3), ("once|single", 1)):
        if _present(words, pattern):
            return count
    return 0


def _present(words: str, pattern: str) -> bool:
    return re.search(rf"\b(?:{pattern})\b", words) is not None


def facts(sentence: str) -> np.ndarray:
    """(64,) float32: sides of what, directions, speeds and actions that are named, angle, count, pace and distance."""
    words = sentence.lower().replace("-", " ")
    found: list[float] = []
    for side in SIDES:
        found += [
            _present(words, f"{side}(?:wards?|y)?"),
            _present(words, rf"{side} (?:\w+ )?(?:{_ARM})s?"),
            _present(words, rf"{side} (?:\w+ )?(?:{_LEG})s?"),
            _present(words, rf"(?:{_TURN})(?: \w+){{0,4}} {side}(?:wards?)?")
            or _present(words, rf"{side} (?:\w+ )?(?:turn|spin|pivot|rotation|curve)"),
            _present(words, rf"(?:{_STEP})(?: \w+){{0,3}} {side}(?:wards?)?")
            or _present(words, rf"{side} (?:side ?step|strafe|step|dodge|shuffle)"),
        ]
    found += [_present(words, pattern) for pattern in _WORDS]
    angle, count = angle_of(words), count_of(words)
    found += [*(angle >= least for least in ANGLES), angle / 360, *(count >= least for least in COUNTS)]
    pace, distance = _PACE.search(words), _DISTANCE.search(words)
    found.append(float(pace.group(1)) / 3 if pace else 0.0)
    found.append(np.log1p(float(distance.group(1))) / 2 if distance else 0.0)
    found.append(min(MOST_FACT_CLAUSES, len(clauses(sentence))) - 1)
    return np.array(found, dtype=np.float32)


def components_of(width: int) -> tuple[int, int]:
    """Principal components of the whole sentence and of each clause in a vector of so many numbers: 144, 56 of 320."""
    if width < LEAST_WIDTH:
        raise UserError(
            f"A text encoder of width {width} has no room for what a sentence says.",
            f"Its width must be {LEAST_WIDTH} or more.",
            "narrow_text",
        )
    clause = round(CLAUSE_SHARE * (width - FACTS))
    return width - FACTS - 2 * clause, clause


@dataclass(frozen=True)
class SentenceSpace:
    """Where sentences lie; ``mean`` (D,), ``whole`` (D, K) and ``clause`` (D, L) are components of a corpus."""

    encode: Encode
    mean: np.ndarray
    whole: np.ndarray
    clause: np.ndarray

    @classmethod
    def fit(cls, encode: Encode, corpus: Sequence[str], width: int) -> SentenceSpace:
        """The space of so many numbers whose components are those of ``corpus``.

        UserError where it has too few sentences, or the encoder's vectors too few numbers, for them.
        """
        whole, clause = components_of(width)
        vectors = encode(corpus)
        if min(vectors.shape) <= whole:
            raise UserError(
                f"A text encoder of width {width} needs more than {whole} sentences and a teacher of more numbers.",
                "Prepare data with more captions, or give a larger teacher.",
                "few_sentences",
            )
        mean = vectors.mean(axis=0)
        variance = (vectors - mean).T @ (vectors - mean)
        components = np.linalg.eigh(variance)[1][:, ::-1]
        return cls(encode, mean, components[:, :whole], components[:, :clause])

    @property
    def parts(self) -> tuple[slice, slice, slice, slice]:
        """Where whole sentence, first clause, last clause and facts lie in a vector."""
        ends = np.cumsum([0, self.whole.shape[1], self.clause.shape[1], self.clause.shape[1], FACTS]).tolist()
        first, second, third, fourth = (slice(a, b) for a, b in pairwise(ends))
        return first, second, third, fourth

    def __call__(self, sentences: Sequence[str]) -> np.ndarray:
        """(N, W) float32: whole, first clause, last clause, facts."""
        parts = [clauses(sentence) for sentence in sentences]
        texts = sorted({*sentences, *(part[0] for part in parts), *(part[-1] for part in parts)})
        at = {text: row for row, text in enumerate(texts)}
        vectors = self.encode(texts) - self.mean
        whole, clause = vectors @ self.whole, vectors @ self.clause
        blocks = (
            WHOLE_WEIGHT * whole[[at[sentence] for sentence in sentences]],
            clause[[at[part[0]] for part in parts]],
            clause[[at[part[-1]] for part in parts]],
            FACT_WEIGHT * np.stack([facts(sentence) for sentence in sentences]),
        )
        return (SCALE * np.concatenate(blocks, axis=1)).astype(np.float32)


class Teacher:
    """A sentence encoder of transformers' form on this machine, mean pooled; each sentence is read once."""

    def __init__(self, folder: Path, batch: int = 128) -> None:
        from transformers import AutoModel, AutoTokenizer

        if not (folder / "config.json").is_file():
            raise UserError(
                f"There is no sentence encoder in {folder}.",
                "Give --teacher a folder with config.json, tokenizer and weights, such as all-MiniLM-L6-v2.",
                "no_teacher",
            )
        read: Any = AutoTokenizer.from_pretrained(str(folder), local_files_only=True)
        model: Any = AutoModel.from_pretrained(str(folder), local_files_only=True)
        self.read, self.model, self.batch = read, model.eval(), batch
        self.known: dict[str, np.ndarray] = {}

    def __call__(self, sentences: Iterable[str]) -> np.ndarray:
        """Unit vectors (N, D) of sentences."""
        import torch

        wanted = list(sentences)
        fresh = sorted({text for text in wanted if text not in self.known}, key=len)
        for start in range(0, len(fresh), self.batch):
            rows = fresh[start : start + self.batch]
            tokens = self.read(rows, padding=True, truncation=True, max_length=96, return_tensors="pt")
            with torch.no_grad():
                states = self.model(**tokens).last_hidden_state
            mask = tokens["attention_mask"][..., None].to(states.dtype)
            pooled = torch.nn.functional.normalize((states * mask).sum(1) / mask.sum(1), dim=-1)
            self.known.update(zip(rows, pooled.numpy(), strict=True))
        return np.stack([self.known[text] for text in wanted])
