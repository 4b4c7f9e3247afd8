# SPDX-License-Identifier: GPL-3.0-or-later
"""Six actions that the bundled model does not know, animated by hand over recorded clips.

Four are keyed over people who stand. Two are recorded takes with something else laid over them: walks with the arms
of an Egyptian painting, and runs bent low with one arm swung across, as on ice skates. They stand in for an animator's
own takes: persons, amplitude, pace, repetitions and side vary from take to take. No source of the training data shows
them. Each family has the words that its takes are taught with, and ten prompts in other words.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ....rigs.body.bone_lengths import fix_bone_lengths
from ....rigs.body.canonical import at_origin, floor_height, mirrored
from .posing import FORWARD, LEFT, UP, aimed, curled, ground, pulse, shifted, stepped, swung, times

Animated = Callable[[np.ndarray, np.random.Generator], np.ndarray]
CHEST = 0.4  # metres from the hips to the shoulders, about


@dataclass(frozen=True)
class MoveFamily:
    """An action: how it is animated over (F, 22, 3), which clips it is put on, its words, and prompts to ask for it."""

    name: str
    over: str  # "stand", "walk" or "run"
    animated: Animated  # right-handed
    words: tuple[str, ...]
    prompts: tuple[str, ...]

    def take(self, base: np.ndarray, rng: np.random.Generator, left: bool) -> np.ndarray:
        """A take (F, 22, 3) over a recorded clip; ``left``: of the other side."""
        start = mirrored(base) if left else base
        made = fix_bone_lengths(self.animated(start.astype(np.float64), rng))
        made[..., 1] -= floor_height(made)
        return at_origin(mirrored(made) if left else made).astype(np.float32)


def _repeats(t: np.ndarray, rng: np.random.Generator, rise: float, hold: float, fall: float) -> np.ndarray:
    """One or more pulses (F,), as many as fit, each at its own pace."""
    weight, at = np.zeros_like(t), rng.uniform(0.1, 0.6)
    while True:
        pace = rng.uniform(0.8, 1.25)
        up, stay, down = pace * rise, rng.uniform(0.6, 1.5) * hold, pace * fall
        if at + up + stay + down > t[-1] and weight.any():
            return weight
        weight = np.maximum(weight, pulse(t, at, up, stay, down))
        at += up + stay + down + rng.uniform(0.2, 0.7)


def accordion(joints: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Both hands before the belly go apart and together with the bellows; the trunk sways along."""
    t, beat = times(joints), rng.uniform(0.5, 0.9)
    weight = pulse(t, rng.uniform(-0.4, 0.3), 0.6, 99.0, 1.0)
    phase = 2 * np.pi * beat * t + rng.uniform(0, 6)
    joints = curled(joints, ground(joints)[..., 2], weight * np.radians(rng.uniform(3, 8)) * np.sin(phase / 2))
    apart = 0.5 + rng.uniform(0.35, 0.5) * np.sin(phase)[:, None]
    high = rng.uniform(-0.05, 0.25)
    for side, sign in (("right", -1.0), ("left", 1.0)):
        upper = np.array([0.3 * sign, -0.85, 0.3]) + 0.35 * sign * apart * LEFT
        fore = np.array([-0.55 * sign, high, 0.8]) + 1.2 * sign * apart * LEFT
        joints = aimed(joints, side, upper, fore, weight)
    return joints


def tipping(joints: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The trunk tips far to one side with both arms overhead, the other leg rises sideways."""
    weight = _repeats(times(joints), rng, 1.0, 0.7, 1.0)
    floor, lean = ground(joints), np.radians(rng.uniform(40, 70))
    joints = shifted(joints, -rng.uniform(0.1, 0.16) * weight[:, None] * floor[..., 0])
    joints = curled(joints, floor[..., 2], lean * weight)
    for side, sign in (("right", -1.0), ("left", 1.0)):
        joints = aimed(joints, side, np.array([0.25 * sign, 1.0, 0.0]), np.array([0.1 * sign, 1.0, 0.05]), weight)
    rise = lean * rng.uniform(0.6, 0.9)
    return swung(joints, "left", np.array([np.sin(rise), -np.cos(rise), 0.0]), weight)


def lasso(joints: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """One hand circles high above the head, the other holds the rope before the belly; the trunk sways along."""
    t, turns = times(joints), rng.uniform(1.0, 1.7)
    weight = pulse(t, rng.uniform(-0.4, 0.3), 0.6, 99.0, 1.0)
    phase = 2 * np.pi * turns * t + rng.uniform(0, 6)
    floor = ground(joints)
    sway = np.radians(rng.uniform(3, 7))
    joints = curled(joints, floor[..., 0], weight * sway * np.sin(phase))
    joints = curled(joints, floor[..., 2], weight * sway * np.cos(phase))
    wide = rng.uniform(0.5, 0.8)
    circle = wide * (np.sin(phase)[:, None] * FORWARD + np.cos(phase)[:, None] * LEFT)
    joints = aimed(joints, "right", np.array([-0.55, 0.8, 0.15]) + 0.3 * circle, 0.8 * UP + circle, weight)
    return aimed(joints, "left", np.array([0.25, -0.85, 0.4]), np.array([-0.15, rng.uniform(0.0, 0.3), 0.95]), weight)


def hula_hoop(joints: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The hips circle over feet that stay, the shoulders do not; both elbows are raised out of the hoop's way."""
    t, turns = times(joints), rng.uniform(0.9, 1.5)
    weight = pulse(t, rng.uniform(-0.4, 0.3), 0.6, 99.0, 1.0)
    phase = 2 * np.pi * turns * t + rng.uniform(0, 6)
    wide, floor = rng.uniform(0.07, 0.12), ground(joints)
    aside, ahead = wide * weight * np.cos(phase), wide * weight * np.sin(phase)
    move = aside[:, None] * floor[..., 0] + ahead[:, None] * floor[..., 2]
    joints = shifted(joints, move - 0.04 * weight[:, None] * UP)
    joints = curled(joints, floor[..., 2], aside / CHEST)  # and the chest comes back over the feet
    joints = curled(joints, floor[..., 0], -ahead / CHEST)
    spread = rng.uniform(-0.35, 0.0)
    for side, sign in (("right", -1.0), ("left", 1.0)):
        joints = aimed(joints, side, np.array([0.9 * sign, spread, 0.2]), np.array([0.3 * sign, 0.85, 0.4]), weight)
    return joints


def egyptian_walk(joints: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A recorded walk with the arms of a wall painting: one stretched ahead with the forearm up, the other behind
    with the forearm down, the chest turned aside; now and then they change over."""
    t = times(joints)
    weight = pulse(t, rng.uniform(-0.5, 0.2), 0.5, 99.0, 1.0)
    turn = stepped(t + rng.uniform(0, 1), rng.uniform(1.4, 2.4), (1.0, -1.0))
    twist = np.radians(rng.uniform(15, 35)) * turn
    joints = curled(joints, np.broadcast_to(UP, (len(t), 3)), twist * weight)
    high, share = rng.uniform(-0.2, 0.15), ((1 + turn) / 2)[:, None]
    for side, sign, first in (("right", -1.0, share), ("left", 1.0, 1 - share)):
        upper = first * np.array([0.35 * sign, high, 0.9]) + (1 - first) * np.array([0.75 * sign, high - 0.15, -0.55])
        fore = first * np.array([0.0, 1.0, 0.25]) + (1 - first) * np.array([0.25 * sign, -0.9, -0.25])
        joints = aimed(joints, side, upper, fore, weight)
    return joints


def speed_skating(joints: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A recorded run with the trunk bent low, one hand on the back, the other arm swung far across."""
    t = times(joints)
    weight = pulse(t, rng.uniform(-0.5, 0.1), 0.4, 99.0, 1.0)
    joints = curled(joints, ground(joints)[..., 0], np.radians(rng.uniform(32, 48)) * weight)
    swing = np.sin(2 * np.pi * rng.uniform(0.7, 1.1) * t + rng.uniform(0, 6))[:, None]
    across, behind = np.array([0.3, -0.6, 0.75]), np.array([-0.8, -0.3, -0.6])
    way = (1 + swing) / 2 * across + (1 - swing) / 2 * behind
    joints = aimed(joints, "right", way, way + 0.2 * UP, weight)
    return aimed(joints, "left", np.array([0.35, -0.7, -0.6]), np.array([-0.85, -0.1, -0.3]), weight)


FAMILIES = (
    MoveFamily(
        "accordion",
        "stand",
        accordion,
        ("a person plays the accordion", "someone squeezes an accordion", "plays a squeezebox on the spot"),
        (
            "a man plays the accordion",
            "a street musician with an accordion",
            "the old sailor squeezes his accordion",
            "someone pulls the bellows apart and together",
            "playing accordion",
            "a woman plays a tango on the accordion",
            "an accordionist on stage",
            "a person squeezing the bellows of an accordion",
            "she plays an accordion solo",
            "folk musician, accordion before the belly",
        ),
    ),
    MoveFamily(
        "tipping",
        "stand",
        tipping,
        (
            "a person tips over sideways on one leg with the arms overhead",
            "someone leans far to the side and lifts the other leg",
            "tips to the side like a half moon",
        ),
        (
            "a yogi holds the half moon pose",
            "a man leans sideways on one leg, arms stretched over the head",
            "a gymnast begins a slow cartwheel and comes back",
            "someone tilts to the side while one leg rises",
            "tilting sideways with raised arms",
            "a dancer tips sideways and lifts a leg",
            "she bends to the side on one leg",
            "a person balances sideways with both arms up",
            "leaning far over to one side with a leg in the air",
            "the acrobat tips over sideways",
        ),
    ),
    MoveFamily(
        "lasso",
        "stand",
        lasso,
        ("a cowboy swings a lasso", "a person whirls a rope over the head", "swings a lasso above the head"),
        (
            "a man swings his lasso",
            "someone whirls a lasso overhead",
            "a rodeo rider with a lasso",
            "a cowboy wants to catch a horse with the rope",
            "swinging a lasso",
            "a woman twirls a rope above her head",
            "one arm circles a rope over the head",
            "the cowgirl spins her lasso",
            "a person swings a rope in circles overhead",
            "lasso swing",
        ),
    ),
    MoveFamily(
        "hula hoop",
        "stand",
        hula_hoop,
        ("a person swings a hula hoop", "someone circles the hips in a hoop", "hula hoop on the spot"),
        (
            "a girl plays with a hula hoop",
            "a man keeps a hoop going around the waist",
            "circling the hips with raised elbows",
            "someone exercises with a hula hoop",
            "hula hooping",
            "the hips go round and round in a hoop",
            "a woman spins a hula hoop around her waist",
            "a person does the hula hoop",
            "the child swings a hoop with the hips",
            "hoop around the hips",
        ),
    ),
    MoveFamily(
        "egyptian walk",
        "walk",
        egyptian_walk,
        (
            "a person walks like an egyptian",
            "someone struts with the arms of an egyptian painting",
            "egyptian walk, one arm bent ahead and the other behind",
        ),
        (
            "a man does the egyptian walk",
            "walks like a figure on an egyptian wall",
            "a pharaoh walks with angular arms",
            "someone walks like in ancient egypt",
            "walking like an egyptian",
            "an egyptian dancer walks with bent arms",
            "a woman walks like cleopatra",
            "the person moves ahead like an egyptian",
            "strutting like an egyptian statue",
            "a walk as on the walls of the pyramids",
        ),
    ),
    MoveFamily(
        "speed skating",
        "run",
        speed_skating,
        (
            "a person skates like a speed skater",
            "someone races on ice skates, one hand on the back",
            "speed skating, bent low, one arm swinging",
        ),
        (
            "a man races round the ice rink",
            "a speed skater at full tilt",
            "speed skating",
            "skating fast with a hand on the back",
            "a boy skates bent low, one arm swinging across",
            "a woman speed skates for gold",
            "the olympic skater dashes ahead",
            "someone skates as fast as possible",
            "ice racer, one arm behind the back",
            "a skater in the final lap",
        ),
    ),
)
