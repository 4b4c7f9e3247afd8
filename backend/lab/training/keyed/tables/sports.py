# SPDX-License-Identifier: GPL-3.0-or-later
"""Ball games, weights, stretches and music on the spot that are hardly recorded, keyed by ``hand_places``."""

from __future__ import annotations

from ..gesture import Gesture, Move, who
from ..hand_places import DOWN, OUT, at, grip

_FIDDLE = at(0.02, -0.08, 0.4)

SPORTS = (
    Gesture(
        "baseball swing",
        (
            *who("swings a baseball bat from the {side}", "bats a ball away with both hands", "hits a ball with a bat"),
            "batter at the plate, {side} side", "two-handed bat swing", "home run swing",
        ),
        (
            grip(0.6, 0.22, 0.02, 0.2, OUT, twist=-30, drop=0.07, lean=8),
            grip(0.5, 0.26, 0.08, 0.12, OUT, twist=-44, drop=0.1, lean=8),
            grip(0.2, 0.0, -0.22, 0.42, DOWN, twist=8, drop=0.08, lean=10),
            grip(0.2, -0.26, 0.02, 0.25, DOWN, twist=46, drop=0.05, lean=2),
            grip(0.5, -0.28, 0.08, 0.12, DOWN, twist=52, drop=0.04, lean=0),
        ),
        bank=("bat_swing",),
    ),
    Gesture(
        "pitch",
        (
            *who("pitches a baseball with the {side} hand", "winds up for a pitch and throws"),
            *who("throws a hard fastball"),
            "baseball pitch, {side} arm", "pitcher on the mound",
        ),
        (
            grip(0.6, 0.0, -0.15, 0.25, OUT, lean=-2),
            grip(0.5, 0.0, 0.05, 0.22, OUT, lean=-8, twist=-22),
            Move(0.4, *at(0.42, 0.1, -0.25), other=at(0.1, 0.0, 0.5), twist=-40, lean=-8, drop=0.06),
            Move(0.22, *at(0.2, 0.3, 0.3), other=at(0.1, -0.3, 0.2), twist=20, lean=14, drop=0.1),
            Move(0.22, *at(-0.3, -0.35, 0.25), other=at(0.1, -0.35, -0.1), twist=42, lean=34, drop=0.14),
            Move(0.4, *at(-0.32, -0.38, 0.15), other=at(0.1, -0.35, -0.1), twist=42, lean=36, drop=0.14),
        ),
        bank=("pitch",),
    ),
    Gesture(
        "bowling",
        (
            *who("bowls with the {side} hand", "rolls a bowling ball"),
            *who("swings the {side} arm back and bowls, bent low"),
            "bowling", "ten-pin bowling throw, {side} arm", "bowling alley shot",
        ),
        (
            grip(0.6, 0.1, -0.2, 0.25, lean=12, drop=0.04),
            Move(0.45, *at(0.05, -0.42, 0.28), other=at(0.3, -0.35, 0.1), lean=16, drop=0.08),
            Move(0.5, *at(0.08, -0.3, -0.4), other=at(0.42, -0.2, 0.15), lean=34, drop=0.16, twist=-18),
            Move(0.38, *at(0.02, -0.5, 0.1), other=at(0.42, -0.2, 0.05), lean=44, drop=0.26, twist=6),
            Move(0.25, *at(-0.02, -0.1, 0.5), other=at(0.42, -0.25, -0.05), lean=36, drop=0.22, twist=14),
            Move(0.6, *at(-0.04, 0.1, 0.45), other=at(0.4, -0.3, -0.05), lean=26, drop=0.18, twist=14),
        ),
    ),
    Gesture(
        "volleyball serve",
        (
            *who("serves a volleyball with the {side} hand", "spikes a ball overhead", "smashes a ball over the net"),
            "volleyball serve", "overhand serve, {side} arm", "smash, {side} hand",
        ),
        (
            Move(0.5, *at(0.1, -0.3, 0.2), other=at(-0.05, -0.15, 0.42)),
            Move(0.4, *at(0.25, 0.3, -0.15, OUT), other=at(0.05, 0.42, 0.25), lean=-10, twist=-22, nod=-18),
            Move(0.2, *at(0.05, 0.45, 0.25), other=at(0.1, 0.0, 0.3), lean=4, twist=14, nod=-8),
            Move(0.2, *at(-0.1, -0.2, 0.45), other=at(0.1, -0.4, 0.05), lean=18, twist=24),
            Move(0.4, *at(-0.12, -0.42, 0.2), other=at(0.1, -0.45, 0.0), lean=16, twist=20),
        ),
    ),
    Gesture(
        "volleyball set",
        (
            *who("sets a volleyball overhead", "plays a ball upwards with both hands over the forehead"),
            "volleyball set", "volleyball setter, fingertips overhead", "overhead pass, both hands",
        ),
        (
            Move(0.5, *at(0.0, 0.18, 0.28, OUT), drop=0.1, lean=4, nod=-20),
            Move(0.35, *at(-0.05, 0.2, 0.24, OUT), drop=0.16, lean=2, nod=-24),
            Move(0.22, *at(-0.05, 0.48, 0.2), nod=-22, lean=-2),
            Move(0.6, *at(-0.02, 0.45, 0.22), nod=-18),
        ),
        both=True,
    ),
    Gesture(
        "volleyball dig",
        (
            *who("digs a volleyball with both forearms", "bumps a ball up from below, arms straight"),
            "volleyball bump", "forearm pass, knees bent", "volleyball dig, both arms together",
        ),
        (
            Move(0.5, *at(-0.12, -0.42, 0.28), drop=0.2, lean=26),
            Move(0.4, *at(-0.12, -0.42, 0.3), drop=0.26, lean=30),
            Move(0.25, *at(-0.12, -0.2, 0.48), drop=0.1, lean=14),
            Move(0.4, *at(-0.12, -0.25, 0.45), drop=0.12, lean=16),
        ),
        both=True,
    ),
    Gesture(
        "goalkeeper",
        (
            *who("stands ready as a goalkeeper", "guards the goal, hands out", "crouches ready to save a shot"),
            "goalkeeper ready stance", "goalie idle", "keeper waiting for a penalty, knees bent, arms out",
        ),
        (
            Move(0.6, *at(0.22, -0.2, 0.35, OUT), drop=0.16, lean=30, nod=-14),
            Move(0.45, *at(0.25, -0.15, 0.35, OUT), drop=0.19, lean=32, nod=-16, twist=6),
            Move(0.45, *at(0.22, -0.2, 0.35, OUT), drop=0.15, lean=30, nod=-14, twist=-6),
        ),
        loop=(1, 3), both=True,
    ),
    Gesture(
        "throw-in",
        (
            *who("takes a throw-in with both hands", "throws a ball from behind the head with both hands"),
            "football throw-in", "soccer throw-in", "two-handed overhead throw",
        ),
        (
            Move(0.6, *at(-0.08, 0.4, 0.1, OUT), lean=-4),
            Move(0.5, *at(-0.06, 0.28, -0.15, OUT), lean=-16, nod=-6, drop=0.04),
            Move(0.25, *at(-0.06, 0.42, 0.28), lean=8),
            Move(0.2, *at(-0.04, 0.05, 0.5), lean=22, nod=4),
            Move(0.4, *at(0.0, -0.2, 0.45), lean=22, nod=4),
        ),
        both=True,
    ),
    Gesture(
        "header",
        (
            *who("heads a ball", "plays a soccer ball with the head", "nods a cross into the goal with the forehead"),
            "football header", "heading the ball on the spot",
        ),
        (
            Move(0.45, *at(0.25, -0.3, 0.15), lean=-14, nod=-18, drop=0.06),
            Move(0.18, *at(0.28, -0.3, -0.12), lean=20, nod=22, drop=0.02),
            Move(0.35, *at(0.25, -0.35, -0.05), lean=18, nod=16, drop=0.02),
        ),
        both=True,
    ),
    Gesture(
        "hockey",
        (
            *who("hits a ball with a hockey stick", "swings a hockey stick from the {side}", "shoots a puck"),
            "hockey slap shot, {side} side", "floorball shot", "stick swing along the ground",
        ),
        (
            grip(0.6, 0.08, -0.42, 0.28, lean=34, drop=0.14),
            grip(0.5, 0.3, -0.15, 0.15, lean=30, drop=0.14, twist=-40),
            grip(0.24, 0.0, -0.45, 0.3, lean=38, drop=0.18, twist=4),
            grip(0.22, -0.28, -0.18, 0.3, lean=30, drop=0.14, twist=38),
            grip(0.4, -0.28, -0.15, 0.28, lean=28, drop=0.12, twist=38),
        ),
    ),
    Gesture(
        "javelin",
        (
            *who("throws a javelin with the {side} arm", "hurls a spear", "throws a spear far, {side} hand"),
            "javelin throw", "spear throw, {side} arm",
        ),
        (
            Move(0.6, *at(0.15, 0.12, -0.05, OUT), other=at(0.2, -0.1, 0.42), twist=-18),
            Move(0.6, *at(0.2, 0.15, -0.45), other=at(0.1, 0.15, 0.48), twist=-44, lean=-12, drop=0.06),
            Move(0.26, *at(0.1, 0.45, 0.22), other=at(0.2, -0.2, 0.2), twist=14, lean=8, drop=0.06),
            Move(0.2, *at(-0.1, -0.1, 0.48), other=at(0.2, -0.35, 0.0), twist=34, lean=22, drop=0.08),
            Move(0.4, *at(-0.2, -0.35, 0.3), other=at(0.2, -0.38, 0.0), twist=36, lean=24, drop=0.08),
        ),
    ),
    Gesture(
        "biceps curl",
        (
            *who("does biceps curls", "curls two dumbbells", "lifts dumbbells to the shoulders, elbows at the sides"),
            "bicep curls", "dumbbell curl, both arms", "arm workout with dumbbells",
        ),
        (
            Move(0.6, (0.12, -1.0, 0.05), (0.05, -1.0, 0.25)),
            Move(0.6, (0.12, -1.0, 0.1), (0.02, 0.85, 0.5), lean=-2),
            Move(0.25, (0.12, -1.0, 0.1), (0.0, 0.9, 0.42), lean=-2),
            Move(0.7, (0.12, -1.0, 0.05), (0.05, -1.0, 0.25)),
        ),
        loop=(1, 4), both=True,
    ),
    Gesture(
        "shoulder press",
        (
            *who("presses a barbell overhead", "does shoulder presses", "pushes two dumbbells up over the head"),
            "shoulder press", "overhead press, both arms", "military press, again and again",
        ),
        (
            Move(0.7, *at(0.1, 0.02, 0.12, (0.6, -1.0, 0.3)), drop=0.02),
            Move(0.7, *at(0.02, 0.5, 0.05, OUT), lean=-3),
            Move(0.3, *at(0.02, 0.51, 0.05, OUT), lean=-3),
            Move(0.7, *at(0.1, 0.02, 0.12, (0.6, -1.0, 0.3)), drop=0.02),
        ),
        loop=(1, 4), both=True, bank=("lift_overhead",), says=r"press|weights",
    ),
    Gesture(
        "deadlift",
        (
            *who("does deadlifts", "deadlifts a barbell", "lifts a heavy bar from the ground to the hips"),
            "deadlift", "barbell deadlift", "pulls a weight up from the floor, back straight",
        ),
        (
            Move(0.9, (0.1, -0.9, 0.9), (0.02, -0.9, 0.9), lean=70, drop=0.26, nod=-20),
            Move(0.3, (0.1, -0.9, 0.9), (0.02, -0.9, 0.9), lean=70, drop=0.26, nod=-20),
            Move(1.0, (0.1, -1.0, 0.12), (0.02, -1.0, 0.18), lean=-3),
            Move(0.4, (0.1, -1.0, 0.12), (0.02, -1.0, 0.18), lean=-3),
            Move(1.0, (0.1, -0.9, 0.9), (0.02, -0.9, 0.9), lean=70, drop=0.26, nod=-20),
        ),
        loop=(1, 5), both=True,
    ),
    Gesture(
        "arm stretch",
        (
            *who("stretches the {side} arm across the chest", "pulls one arm across the body to stretch the shoulder"),
            "cross-body shoulder stretch, {side} arm", "shoulder stretch", "stretching the {side} shoulder",
        ),
        (
            Move(0.8, (-0.75, -0.1, 0.75), (-0.98, 0.0, 0.3), other=at(-0.12, -0.04, 0.2, (0.4, -1.0, 0.3))),
            Move(1.6, (-0.82, -0.08, 0.68), (-1.0, 0.0, 0.2), other=at(-0.12, -0.03, 0.18, (0.4, -1.0, 0.3)), twist=6),
        ),
        loop=(0, 2),
    ),
    Gesture(
        "triceps stretch",
        (
            *who("stretches the {side} triceps behind the head", "pulls the {side} elbow behind the head"),
            "triceps stretch", "{side} arm bent behind the neck, pulled by the other hand",
        ),
        (
            Move(0.8, (0.25, 0.97, 0.0), (-0.5, -0.8, -0.4), other=at(-0.3, 0.3, 0.0, OUT), nod=8),
            Move(1.6, (0.1, 0.98, -0.05), (-0.55, -0.8, -0.4), other=at(-0.3, 0.3, -0.02, OUT), nod=10),
        ),
        loop=(0, 2),
    ),
    Gesture(
        "arm circle",
        (
            *who("makes big circles with both arms", "swings both arms round in circles to warm up"),
            "both arms circling forwards", "windmill arms", "shoulder warm-up, arms going round",
        ),
        (
            Move(0.5, (0.25, -1.0, 0.1), (0.2, -1.0, 0.15)),
            Move(0.35, (0.35, -0.1, 1.0), (0.3, -0.1, 1.0)),
            Move(0.35, (0.3, 1.0, 0.1), (0.25, 1.0, 0.12)),
            Move(0.35, (0.85, 0.1, -0.5), (0.85, 0.1, -0.45)),
            Move(0.35, (0.4, -0.95, -0.2), (0.35, -0.95, -0.1)),
        ),
        loop=(1, 5), both=True, bank=("arm_circles",), says="circle",
    ),
    Gesture(
        "conduct",
        (
            *who("conducts an orchestra with a baton", "conducts with both hands", "beats time in front of a choir"),
            "conductor in front of the orchestra",
            "conducting, both arms", "conductor with the baton in the {side} hand",
        ),
        (
            Move(0.5, *at(0.12, 0.12, 0.38, OUT), other=at(0.12, 0.05, 0.36, OUT), nod=-4),
            Move(0.3, *at(0.02, -0.18, 0.42, OUT), other=at(0.05, -0.18, 0.4, OUT), nod=6),
            Move(0.32, *at(-0.1, -0.08, 0.38, OUT), other=at(-0.08, -0.08, 0.36, OUT)),
            Move(0.32, *at(0.3, -0.05, 0.35, OUT), other=at(0.28, -0.05, 0.33, OUT)),
            Move(0.34, *at(0.12, 0.16, 0.38, OUT), other=at(0.12, 0.12, 0.36, OUT), nod=-4),
        ),
        loop=(1, 5), bank=("conduct",),
    ),
    Gesture(
        "violin play",
        (
            *who("plays a violin", "draws the bow over the strings with the {side} hand", "holds a violin at the chin"),
            "violin player, bow in the {side} hand", "fiddler", "playing the fiddle",
        ),
        (
            Move(0.7, *at(-0.16, -0.02, 0.28, OUT), other=_FIDDLE, nod=10, twist=-4),
            Move(0.55, *at(0.2, -0.2, 0.36, OUT), other=_FIDDLE, nod=12, twist=-4),
            Move(0.55, *at(-0.16, -0.02, 0.28, OUT), other=_FIDDLE, nod=10, twist=4),
        ),
        loop=(1, 3), bank=("violin",),
    ),
)  # fmt: skip
