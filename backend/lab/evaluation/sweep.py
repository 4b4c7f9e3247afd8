# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings that need no training: guidance, steps, text strength, candidates, one at a time around the defaults."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ...motion.pipeline import Pipeline
from ...requests.generate import SamplingOptions
from ...training.data import Clip
from ..report import json_text, markdown_table
from .evaluate import ClipsDone, EvaluationSettings, evaluate, numbers
from .evaluator import Evaluator
from .report import REAL

RECOGNIZER_GUIDANCE = (0.0, 0.5, 1.0, 2.0)
STEPS = (6, 12, 18)
GUIDANCE_SCALES = (1.0, 2.5, 4.5)
CANDIDATES = (1, 2, 4, 8)
KEYS = {
    "labels": "label accuracy",
    "r_precision_top1": "R-precision top-1",
    "r_precision_top3": "R-precision top-3",
    "matching": "matching score",
    "fid_halves": "FID of halves",
    "diversity": "diversity",
    "skating": "skating, cm/s",
    "jerk": "jerk, m/s³",
    "floats_unasked": "floats unasked",
    "tips_unasked": "tips unasked",
}


@dataclass(frozen=True)
class Sweep:
    """Figures (``KEYS``) of each setting; the last line is real motion."""

    lines: tuple[tuple[str, Mapping[str, float]], ...]
    said: str  # the facts in one line

    def cells(self) -> list[tuple[str, ...]]:
        """The table with its heading."""
        lines = [("", *KEYS.values())]
        for name, values in self.lines:
            lines.append((name, *(f"{values[key]:.3g}" if key in values else "-" for key in KEYS)))
        return lines

    def markdown(self) -> str:
        """The table and what it was measured on."""
        heading, *rows = self.cells()
        return "\n".join(markdown_table(heading, rows)) + f"\n\n{self.said}\n"

    def json(self) -> str:
        """The same for scripts."""
        return json_text({"facts": self.said, "lines": dict(self.lines)})


def variants(pipeline: Pipeline, options: SamplingOptions) -> list[tuple[str, SamplingOptions]]:
    """Names and options, each setting once; the first is what the options themselves give."""
    found = {_key(options, pipeline): ("as it ships", options)}
    choices = [("recognizer_guidance", "recognizer guidance", value) for value in RECOGNIZER_GUIDANCE]
    choices += [("steps", "steps", value) for value in STEPS]
    choices += [("guidance_scale", "classifier-free scale", value) for value in GUIDANCE_SCALES]
    choices += [("candidates", "candidates", value) for value in CANDIDATES]
    for key, name, value in choices:
        changed = replace(options, **{key: value})  # type: ignore[arg-type]
        found.setdefault(_key(changed, pipeline), (f"{name} {value:g}", changed))
    return list(found.values())


def _key(options: SamplingOptions, pipeline: Pipeline) -> tuple[float, ...]:
    sampling = pipeline.sampling(options)
    return sampling.steps, sampling.guidance_scale, sampling.strength, sampling.candidates


def sweep(
    pipeline: Pipeline,
    evaluator: Evaluator,
    clips: Sequence[Clip],
    settings: EvaluationSettings,
    done: ClipsDone = lambda _count: None,
) -> Sweep:
    """Evaluate every variant on the same captions and seeds."""
    lines: list[tuple[str, Mapping[str, float]]] = []
    said = ""
    for name, options in variants(pipeline, settings.options):
        report = evaluate(pipeline, evaluator, clips, replace(settings, options=options, quick=True), done)
        shown = {key: value for key, value in numbers(report).items() if key in KEYS}
        if not lines:
            said, real = report.said(), {k: v for k, v in numbers(report, REAL).items() if k in KEYS}
        lines.append((name if lines else f"{name} ({defaults(pipeline, options)})", shown))
    return Sweep((*lines, ("real held-out motion", real)), said)


def defaults(pipeline: Pipeline, options: SamplingOptions) -> str:
    """The full settings in words."""
    sampling = pipeline.sampling(options)
    return (
        f"{sampling.steps} steps, scale {sampling.guidance_scale:g}, recognizer guidance {sampling.strength:g}, "
        f"{sampling.candidates} candidates"
    )
