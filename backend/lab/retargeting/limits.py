# SPDX-License-Identifier: GPL-3.0-or-later
"""What retargeting must reach, and whether it does: figures of many clips against their limits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ..report import Verdict
from .measures import SEEN, ClipFigures, Fidelity, RoundTrip, Speed

# Largest twist of a limb against what it hangs on, in degrees, by the joint at which the bone starts.
TWIST = {"hip": 100.0, "knee": 95.0, "shoulder": 130.0, "elbow": 165.0, "wrist": 92.0}
SHARE = 95.0  # percent of clips that must keep the gates of flatness, ground and twist


@dataclass(frozen=True)
class PerClip:
    """A gate that single clips keep or fail."""

    key: str
    name: str
    keeps: Callable[[ClipFigures], bool]


def _within(value: float, limit: float) -> bool:
    return not value > limit  # what a clip does not have (nan) it does not break


PER_CLIP = (
    PerClip("flatness", "feet flat within 6 degrees where they stand flat", lambda c: _within(c.flatness, 6.0)),
    PerClip("ground", "at most 10 % of standing toes off the ground", lambda c: _within(c.off_ground, 10.0)),
    PerClip("twist", "twists within their limits", lambda c: all(c.twist[part] <= TWIST[part] for part in c.twist)),
)


def rig_verdicts(figures: Sequence[ClipFigures]) -> list[Verdict]:
    """The gates of one rig over its clips."""

    def worst(values: list[float], limit: float) -> tuple[str, ...]:
        return tuple(c.clip for c, value in zip(figures, values, strict=True) if value > limit)

    stretch, gap, bends, steps = (
        [getattr(c, key) for c in figures] for key in ("stretch", "gap", "wrong_bends", "step")
    )
    direction = [c.direction for c in figures]
    verdicts = [
        Verdict("limbs", "limb directions", float(np.mean(direction)), "deg", 2.0, clips=worst(direction, 2.0)),
        Verdict(
            "unlocked",
            "limb directions without foot lock",
            float(np.mean([c.free_direction for c in figures])),
            "deg",
            2.0,
        ),
        Verdict("stretch", "bone stretch", max(stretch), "%", 0.1, clips=worst(stretch, 0.1)),
        Verdict("gap", "gap between a part and what carries it, of the leg", max(gap), "%", 0.1, clips=worst(gap, 0.1)),
    ]
    for gate in PER_CLIP:
        failing = tuple(c.clip for c in figures if not gate.keeps(c))
        share = 100.0 * (1.0 - len(failing) / len(figures))
        verdicts.append(Verdict(gate.key, f"clips with {gate.name}", share, "%", SHARE, least=True, clips=failing))
    verdicts += [
        Verdict(
            "bends",
            "frames with a knee or elbow the wrong way, in the worst clip",
            max(bends),
            "%",
            0.0,
            clips=worst(bends, 0.0),
        ),
        Verdict(
            "jump",
            "largest jump of a bone that the source does not have",
            max(steps),
            "deg",
            25.0,
            clips=worst(steps, 25.0),
        ),
    ]
    return verdicts + slide_verdicts(figures)


def slide_verdicts(figures: Sequence[ClipFigures]) -> list[Verdict]:
    """Foot travel while standing, of all clips together."""
    locked, free, source = (sum(getattr(c, key) for c in figures) for key in ("slide", "free_slide", "source_slide"))
    return [
        Verdict(
            "lock",
            "travel of standing feet with the lock, of that without",
            100.0 * locked / max(free, 1e-9),
            "%",
            25.0,
        ),
        Verdict(
            "vs real",
            "travel of standing feet with the lock, of that in the real clips",
            100.0 * locked / max(source, 1e-9),
            "%",
            100.0,
        ),
        Verdict("travel unlocked", "travel of standing feet without the lock", free / len(figures), "cm a clip"),
        Verdict("travel locked", "travel of standing feet with the lock", locked / len(figures), "cm a clip"),
        Verdict("travel real", "travel of standing feet in the real clips", source / len(figures), "cm a clip"),
    ]


def fidelity_verdicts(found: Sequence[Fidelity], free: Sequence[Fidelity], *, gated: bool) -> list[Verdict]:
    """A family of skeletons that gets its own takes back; ``free`` is without the feet's lock."""
    errors = np.concatenate([e for f in found for e in f.errors.values()])
    loose = np.concatenate([e for f in free for e in f.errors.values()])

    def limit(value: float) -> float | None:
        return value if gated else None

    verdicts = [
        Verdict("mean", "mean joint error", float(errors.mean()), "cm", limit(1.0)),
        Verdict("P95", "95th percentile of joint errors", float(np.percentile(errors, 95.0)), "cm", limit(2.5)),
        Verdict("unlocked", "mean joint error without foot lock", float(loose.mean()), "cm"),
        Verdict("limbs", "directions of limbs", float(np.mean([f.direction for f in found])), "deg", limit(1.5)),
        Verdict(
            "all bones", "directions of all bones", float(np.mean([f.direction_all for f in found])), "deg", limit(1.5)
        ),
    ]
    names = {"shoulder": "upper arm", "elbow": "forearm", "hip": "thigh", "knee": "shin"}
    for part, name in names.items():
        turn = float(np.mean([f.turns[part] for f in found]))
        verdicts.append(
            Verdict(name, f"rotation of the {name}, twist included", turn, "deg", limit(12.0) if part in SEEN else None)
        )
    return verdicts


def joint_errors(found: Sequence[Fidelity]) -> dict[str, float]:
    """Mean error in cm by joint, the largest first."""
    joints = {joint for f in found for joint in f.errors}
    means = {
        joint: float(np.concatenate([f.errors[joint] for f in found if joint in f.errors]).mean()) for joint in joints
    }
    return dict(sorted(means.items(), key=lambda item: -item[1]))


def round_trip_verdicts(trips: Sequence[RoundTrip], *, roll: bool) -> list[Verdict]:
    """Rig to joints to rig; ``roll`` where what 22 positions cannot show was not in the animation either."""
    turn = float(np.mean([t.turn for t in trips]))
    return [
        Verdict("trip", "rig to joints to rig: joints of limbs", float(np.mean([t.place for t in trips])), "cm", 0.5),
        Verdict(
            "trip dir.",
            "rig to joints to rig: directions of limbs",
            float(np.mean([t.direction for t in trips])),
            "deg",
            3.0,
        ),
        Verdict(
            "trip rot.", "rig to joints to rig: rotations of limbs, twist included", turn, "deg", 3.0 if roll else None
        ),
    ]


def speed_verdicts(speed: Speed, baked: dict[str, float] | None) -> list[Verdict]:
    """Solving on one core; ``baked`` are seconds with Blender's own means and with ours, keys included."""
    verdicts = [
        Verdict("at once", f"196 frames onto {speed.bones} bones, on one core", speed.at_once, "ms", 50.0),
        Verdict("by frame", "the same, one frame after the other", speed.by_frame, "ms"),
        Verdict("gain", "gain of solving all frames at once", speed.by_frame / max(speed.at_once, 1e-9), "times"),
    ]
    if baked:
        verdicts += [
            Verdict("with keys", "the same, solved and written as curves in Blender", 1000.0 * baked["ours"], "ms"),
            Verdict("bake", "Blender's constraints and bake instead, same bones", 1000.0 * baked["blender"], "ms"),
            Verdict(
                "gain on bake", "gain on constraints and bake", baked["blender"] / max(baked["ours"], 1e-9), "times"
            ),
        ]
    return verdicts
