# SPDX-License-Identifier: GPL-3.0-or-later
"""Sentences that are measured in a clip: how far it turns and to which side, where it goes, how far and how fast.

Captions seldom say "90 degrees" or "at 1.2 metres per second". The joints do, so that numbers in a prompt act.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .....rigs.body.skeleton import FPS
from ....language.quantities import TIMES
from ....motion.demands import headings

GOING = ("walk", "run", "turn")  # groups and labels whose turns and paths are what they show
LEAST_TURN = 30.0  # degrees
SMOOTH = 9  # frames over which the sway of each step is evened out
NOMINAL = 14.0  # degrees within which a turn is called by the next multiple of 45
LEAST_PATH = 1.5  # metres
STRAIGHT = 25.0  # degrees
PACES = ((0.5, "very slowly"), (0.85, "slowly"), (1.35, "at a normal pace"), (1.65, "briskly"), (np.inf, "very fast"))
GAITS = ((2.6, "jogs"), (4.0, "runs"), (np.inf, "sprints"))  # m/s
WHO = ("a person", "someone", "the character", "a figure", "a man", "a woman", "he", "she")


def steady_turn(heading: np.ndarray) -> float:
    """Degrees from first to last of headings (F,); 0 where the body turns to one side and back to the other."""
    ends = max(1, min(5, len(heading) - 1))
    change = (
        np.diff(np.convolve(heading, np.ones(SMOOTH) / SMOOTH, "valid")) if len(heading) > SMOOTH else np.diff(heading)
    )
    left, right = change.clip(min=0).sum(), -change.clip(max=0).sum()
    if min(left, right) > 0.25 * max(left, right) + 15:
        return 0.0
    return float(heading[-ends:].mean() - heading[:ends].mean())


def measured_captions(joints: np.ndarray, group: str, labels: Sequence[str], rng: np.random.Generator) -> list[str]:
    """What joints (F, 22, 3) of a clip that goes somewhere or turns are seen to do; nothing of other groups."""
    if group not in GOING and not {*GOING, "jog", "walk forward"} & set(labels):
        return []
    return turn_captions(joints, group, rng) + path_captions(joints, group, rng)


def turn_captions(joints: np.ndarray, group: str, rng: np.random.Generator) -> list[str]:
    """The angle and side of a turn that goes one way; none for less than 30 degrees."""
    turn = steady_turn(headings(joints))
    if abs(turn) < LEAST_TURN:
        return []
    side, angle = ("left" if turn > 0 else "right"), abs(turn)
    nominal = 45 * round(angle / 45)
    said = nominal if nominal and abs(angle - nominal) <= NOMINAL else 5 * round(angle / 5)
    moving = path_length(joints) > 1.2
    who = str(rng.choice(WHO))
    if not moving:
        verb = str(rng.choice(["turns", "rotates", "pivots"]))
        captions = [f"{who} {verb} {said} degrees to the {side}", f"{said} degree {side} turn"]
    else:
        verb, doing = ("runs", "running") if group == "run" else ("walks", "walking")
        captions = [f"{who} {verb} and turns {said} degrees to the {side}"]
        captions.append(f"turning {said} degrees {side} while {doing}")
    if said == 90:
        quarter = "takes a 90 degree turn" if moving else "makes a quarter turn"
        captions.append(f"{who} {quarter} to the {side}")
    elif said == 180:
        captions.append(f"{who} {'walks, turns' if moving else 'turns'} around to the {side}")
    elif said == 360:
        captions.append(f"{who} turns a full circle to the {side}")
    return captions


def path_captions(joints: np.ndarray, group: str, rng: np.random.Generator) -> list[str]:
    """Distance, direction and speed of a walk or run that keeps to one direction."""
    start, end = joints[0, 0, [0, 2]], joints[-1, 0, [0, 2]]
    path, net = path_length(joints), float(np.linalg.norm(end - start))
    if group not in ("walk", "run") or path < LEAST_PATH or net < 0.6 * path:
        return []
    heading = headings(joints)
    ahead = np.radians(heading[:10].mean())
    along = float((end - start) @ np.array([np.sin(ahead), np.cos(ahead)])) / net
    how = "forward" if along > 0.7 else "backward" if along < -0.7 else "sideways"
    speed, who = path / len(joints) * FPS, str(rng.choice(WHO))
    if how == "forward" and abs(heading[-5:].mean() - heading[:5].mean()) > STRAIGHT:
        return []
    running = speed > 1.9
    verb = "runs" if running else "walks"
    captions = [f"{who} {verb} {how} {net:.0f} meters" if net >= 1.5 else f"{who} {verb} {how} one meter"]
    captions.append(f"{who} {verb} {how} at {speed:.1f} meters per second")
    if how == "forward" and running:
        gait = next(word for limit, word in GAITS if speed < limit)
        captions += [f"{who} {gait} forward", f"{who} {gait} straight ahead"]
    elif how == "forward" and group == "walk":
        pace = next(word for limit, word in PACES if speed < limit)
        captions += [f"{who} walks straight ahead {pace}", f"{who} walks {pace}"]
    return captions


def path_length(joints: np.ndarray) -> float:
    """Metres that the pelvis of joints (F, 22, 3) travels over the ground."""
    return float(np.linalg.norm(np.diff(joints[:, 0, [0, 2]], axis=0), axis=-1).sum())


def jump_captions(times: float, rng: np.random.Generator) -> list[str]:
    """How often a clip of jumps is counted to jump, from one to four times."""
    return [f"{rng.choice(WHO)} jumps {TIMES[int(times)]}"] if times in TIMES else []
