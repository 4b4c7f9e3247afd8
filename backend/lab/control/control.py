# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a model does what it is told: speed, angle, side, number, seat, stairs and minutes of one thing.

Everything is measured in the joints, beside the same figure of recorded clips whose captions ask for the same.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np

from ...language.quantities import TIMES, LimbName
from ...motion import joint_measures as measures
from ...motion.pipeline import Pipeline
from ...requests.generate import SamplingOptions
from ..evaluation.generation import DEFAULTS, generate_all, source_seeds
from .cases import ANGLES, SIDES, SPEEDS, Case, cases
from .figure_table import ComparedFigure
from .recorded_clips import Recorded, measured

SEEDS, QUICK_SEEDS = 6, 2
NEAR_SPEED = 0.25  # of the real median
NEAR_ANGLE = 25.0  # degrees
RUNS, STOPS = 2.2, 1.5  # m/s of a run that holds, and of one that has collapsed
LEAPS = 12.0  # m/s of the pelvis from one frame to the next, which nobody runs
SEAT = (0.35, 0.60)  # metres
ON_ITS_FEET = 0.70  # metres of the pelvis
LEAST_TURN, LEAST_WAY = 15.0, 0.15  # degrees, metres
EVENTS = {
    "jumps": measures.flights,
    "hops": measures.flights,
    "kicks": measures.foot_lifts,
    "punches": measures.strikes,
    "steps": measures.footsteps,
}


@dataclass(frozen=True)
class ControlMotion:
    """A case and one motion (F, 22, 3) that was made for it."""

    case: Case
    joints: np.ndarray


def make(
    pipeline: Pipeline,
    seeds: int = SEEDS,
    seed: int = 0,
    options: SamplingOptions = DEFAULTS,
    done: Callable[[int], object] = lambda _count: None,
) -> list[ControlMotion]:
    """Every case ``seeds`` times; the same seed gives the same motions."""
    asked = [case for case in cases() for _ in range(seeds)]
    texts, frames = [case.text for case in asked], [case.frames for case in asked]
    own = source_seeds(seed, len(asked))
    made = generate_all(pipeline, texts, frames, seeds=own, options=options, done=done)
    return [ControlMotion(case, joints) for case, joints in zip(asked, made, strict=True)]


def figures(made: Sequence[ControlMotion], recorded: Recorded) -> list[ComparedFigure]:
    """All rows of the report."""
    return [
        *speeds(made, recorded),
        *runs(made, recorded),
        *turns(made, recorded),
        *sides(made, recorded),
        *counts(made, recorded),
        *unasked(made, recorded),
        *places(made, recorded),
        *minutes(made, recorded),
    ]


def of(made: Iterable[ControlMotion], group: str, what: str | None = None) -> list[ControlMotion]:
    """The motions of a group, or of one level or action of it."""
    return [item for item in made if item.case.group == group and what in (None, item.case.what)]


def speeds(made: Sequence[ControlMotion], recorded: Recorded) -> list[ComparedFigure]:
    """The median pace of each level, and whether they are in order."""
    rows: list[ComparedFigure] = []
    medians: list[float] = []
    for level in SPEEDS:
        own = [float(np.median(measures.paces(item.joints))) for item in of(made, "speed", level)]
        real = [float(np.median(measures.paces(joints))) for joints in recorded.at_speed(level)]
        goal = float(np.median(real)) if real else math.nan
        medians.append(float(np.median(own)))
        low, high = (goal * (1 - NEAR_SPEED), goal * (1 + NEAR_SPEED)) if real else (None, None)
        rows.append(ComparedFigure("Speed", level, medians[-1], goal, low, high, "m/s", len(own), len(real)))
    rising = float(np.mean(np.diff(medians) > 0))
    return [*rows, ComparedFigure("Speed", "neighbours in order", rising, 1.0, 1.0, made_clips=len(medians) - 1)]


def runs(made: Sequence[ControlMotion], recorded: Recorded) -> list[ComparedFigure]:
    """A run of nine seconds: how much of it is one, and whether it speeds up."""
    own, real = _joints(of(made, "run")), [clip for clip in recorded.at_speed("runs") if len(clip) >= 80]

    def slower(than: float) -> Callable[[np.ndarray], float]:
        return lambda joints: float(np.mean(measures.paces(joints)[1:] < than))

    def holds(joints: np.ndarray) -> float:
        return float(measures.paces(joints)[1:].min() >= RUNS)

    def leaps(joints: np.ndarray) -> float:
        return float(measures.fastest_frame(joints) > LEAPS)

    group = "A run of 9 s, after its first second"
    return [
        _mean(group, f"share of seconds under {STOPS:g} m/s", own, real, slower(STOPS)),
        _mean(group, f"share of seconds under {RUNS:g} m/s", own, real, slower(RUNS)),
        _mean(group, f"clips that hold {RUNS:g} m/s", own, real, holds, low=0.9),
        _median(group, "pace of the last 3 s to that of the first", own, real, measures.speeding_up, high=1.25),
        _median(group, "fastest frame", own, real, measures.fastest_frame, unit="m/s"),
        _mean(group, f"clips that leap, at over {LEAPS:g} m/s", own, real, leaps, high=0.0),
    ]


def turns(made: Sequence[ControlMotion], recorded: Recorded) -> list[ComparedFigure]:
    """Net turns towards the side that was asked for, in degrees."""
    rows: list[ComparedFigure] = []
    near: list[bool] = []
    near_real: list[bool] = []
    for angle in ANGLES:
        own = [_towards(item.case.side, measures.turned_by(item.joints)) for item in of(made, "turn", str(angle))]
        real = [
            _towards(side, measures.turned_by(joints))
            for side in measures.SIDES
            for joints in recorded.turning(angle, side)
        ]
        near, near_real = near + _near(own, angle), near_real + _near(real, angle)
        rows.append(
            ComparedFigure(
                "Turns", f"{angle}°: median", _middle(own), _middle(real), None, None, "°", len(own), len(real)
            )
        )
        rows.append(_share("Turns", f"{angle}°: within {NEAR_ANGLE:g}°", _near(own, angle), _near(real, angle)))
    return [*rows, _share("Turns", f"all, within {NEAR_ANGLE:g}°", near, near_real, low=0.8)]


def acting(kind: str, joints: np.ndarray) -> str:
    """Which side acts in a motion: "left", "right", "both" or "none"."""
    if kind == "turn":
        return _signed(measures.turned_by(joints), LEAST_TURN)
    if kind == "way":
        return _signed(measures.moved_left(joints), LEAST_WAY)
    return measures.acting_limb(cast(LimbName, kind), joints)


def sides(made: Sequence[ControlMotion], recorded: Recorded) -> list[ComparedFigure]:
    """Shares of clips in which the right side acts, and of those in which the other one does."""
    rows: list[ComparedFigure] = []
    all_own: list[str] = []
    all_real: list[str] = []
    for kind in SIDES:
        own = [_verdict(item.case.side, acting(kind, item.joints)) for item in of(made, "side", kind)]
        real = [
            _verdict(side, acting(kind, joints)) for side in measures.SIDES for joints in recorded.acting(kind, side)
        ]
        all_own, all_real = all_own + own, all_real + real
        rows.append(_share("Sides", f"{kind}: as asked", [x == "right" for x in own], [x == "right" for x in real]))
    for name, verdict, low, high in (
        ("all: as asked", "right", 0.95, None),
        ("all: the wrong one", "wrong", None, 0.0),
        ("all: both", "both", None, None),
        ("all: neither", "none", None, None),
    ):
        rows.append(_share("Sides", name, [x == verdict for x in all_own], [x == verdict for x in all_real], low, high))
    return rows


def counts(made: Sequence[ControlMotion], recorded: Recorded) -> list[ComparedFigure]:
    """How often something happens where it is asked for so many times."""
    rows: list[ComparedFigure] = []
    all_own: list[bool] = []
    all_real: list[bool] = []
    for action, events in EVENTS.items():
        own = [(item.case.number, len(events(item.joints))) for item in of(made, "count", action)]
        real = [(number, len(events(joints))) for number in TIMES for joints in recorded.counted(action, number)]
        exact, exact_real = ([wanted == found for wanted, found in pairs] for pairs in (own, real))
        all_own, all_real = all_own + exact, all_real + exact_real
        means = "; ".join(
            f"{number}: {np.mean([found for wanted, found in own if wanted == number]):.1f}" for number in TIMES
        )
        rows.append(_share("Counts", f"{action}: right (asked: mean made {means})", exact, exact_real))
    return [*rows, _share("Counts", "all: right", all_own, all_real, low=0.8)]


def unasked(made: Sequence[ControlMotion], recorded: Recorded) -> list[ComparedFigure]:
    """What nobody asked for, over all prompts that ask for nothing of the kind."""
    own, real = _joints(item for item in made if item.case.calm), recorded.calm()
    return [
        _mean("Unasked", "both hands overhead", own, real, lambda j: float(measures.hands_overhead(j)), high=0.02),
        _mean("Unasked", "a wrist over 6 m/s", own, real, lambda j: float(measures.wrist_speed(j) > 6.0), high=0.06),
        _mean("Unasked", "begins in the air", own, real, lambda j: float(measures.starts_in_the_air(j)), high=0.0),
    ]


def places(made: Sequence[ControlMotion], recorded: Recorded) -> list[ComparedFigure]:
    """Seats and stairs."""
    own, real = _joints(of(made, "seat")), recorded.seated()
    up, up_real = _joints(of(made, "stairs")), recorded.upstairs()
    return [
        _median("Seats", "height", own, real, measures.seat_height, *SEAT, unit="m"),
        _mean(
            "Seats",
            f"from {SEAT[0]:g} to {SEAT[1]:g} m",
            own,
            real,
            lambda j: float(SEAT[0] <= measures.seat_height(j) <= SEAT[1]),
        ),
        _median("Stairs", "rise", up, up_real, measures.rise, unit="m"),
        _median("Stairs", "rise for each step", up, up_real, measures.rise_per_step, unit="m"),
        _mean("Stairs", "rise of 0.3 m or more", up, up_real, lambda j: float(measures.rise(j) >= 0.3)),
    ]


def minutes(made: Sequence[ControlMotion], recorded: Recorded) -> list[ComparedFigure]:
    """A minute of walking and a minute of standing; the recorded clips are of ten seconds at most."""
    walk, walk_real = _joints(of(made, "walking")), recorded.walking()
    idle, idle_real = _joints(of(made, "idle")), recorded.idle()
    on, still = "Walking for 60 s", "Idle for 60 s"
    return [
        _median(on, "net way to path", walk, walk_real, measures.straightness, low=0.7),
        _median(on, "pace of the last 10 s to that of the first", walk, [], measures.pace_kept, low=0.8),
        _median(on, "turned by", walk, walk_real, lambda j: abs(measures.turned_by(j)), unit="°"),
        _median(on, "net way", walk, [], lambda j: measures.straightness(j) * float(measures.paces(j).sum()), unit="m"),
        _mean(
            still,
            "stays on its feet",
            idle,
            idle_real,
            lambda j: float(measures.lowest_pelvis(j) > ON_ITS_FEET),
            low=1.0,
        ),
        _median(still, "farthest from its place", idle, idle_real, measures.farthest, unit="m", high=1.0),
    ]


def _joints(made: Iterable[ControlMotion]) -> list[np.ndarray]:
    return [item.joints for item in made]


def _towards(side: str, turn: float) -> float:
    return turn if side == "left" else -turn


def _near(turns: Sequence[float], angle: float) -> list[bool]:
    return [abs(turn - angle) <= NEAR_ANGLE for turn in turns]


def _signed(value: float, least: float) -> str:
    return "none" if abs(value) < least else "left" if value > 0 else "right"


def _verdict(asked: str, found: str) -> str:
    return "right" if found == asked else found if found in ("both", "none") else "wrong"


def _middle(values: Sequence[float]) -> float:
    return float(np.median(values)) if len(values) else math.nan


def _share(
    group: str,
    name: str,
    own: Sequence[bool],
    real: Sequence[bool],
    low: float | None = None,
    high: float | None = None,
) -> ComparedFigure:
    made, recorded = (float(np.mean(hits)) if hits else math.nan for hits in (own, real))
    return ComparedFigure(group, name, made, recorded, low, high, "", len(own), len(real))


def _mean(
    group: str,
    name: str,
    own: Sequence[np.ndarray],
    real: Sequence[np.ndarray],
    measure: Callable[[np.ndarray], float],
    low: float | None = None,
    high: float | None = None,
) -> ComparedFigure:
    made, recorded = (float(np.mean(measured(clips, measure))) if clips else math.nan for clips in (own, real))
    return ComparedFigure(group, name, made, recorded, low, high, "", len(own), len(real))


def _median(
    group: str,
    name: str,
    own: Sequence[np.ndarray],
    real: Sequence[np.ndarray],
    measure: Callable[[np.ndarray], float],
    low: float | None = None,
    high: float | None = None,
    unit: str = "",
) -> ComparedFigure:
    made, recorded = (_middle(list(measured(clips, measure))) for clips in (own, real))
    return ComparedFigure(group, name, made, recorded, low, high, unit, len(own), len(real))
