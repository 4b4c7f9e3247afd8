# SPDX-License-Identifier: GPL-3.0-or-later
"""Everyday, fighting and gym actions on the spot that the recordings hardly show, keyed as in ``tables.gestures``."""

from __future__ import annotations

from ..gesture import GUARD, Gesture, Move, who

ACTIONS = (
    Gesture(
        "text on phone",
        (
            *who(
                "texts on a phone", "types a message on the phone", "looks down at a smartphone", "scrolls on a phone"
            ),
            "texting",
            "texting while standing",
            "idle, looking at the phone",
            "writes a text message, phone in both hands",
        ),
        (
            Move(0.7, (0.2, -0.95, 0.3), (-0.4, 0.4, 0.85), nod=28),
            Move(1.6, (0.2, -0.95, 0.32), (-0.42, 0.43, 0.82), nod=32),
        ),
        loop=(0, 2),
        both=True,
        bank=("phone",),
        says=r"text|scroll|message|check",
    ),
    Gesture(
        "take a selfie",
        (
            *who("takes a selfie", "holds the phone out in the {side} hand for a selfie", "takes a photo of himself"),
            "selfie",
            "taking a selfie",
            "selfie with the {side} arm stretched out",
            "poses for a selfie",
        ),
        (
            Move(0.6, (0.35, -0.05, 0.95), (-0.05, 0.4, 0.9), nod=-6),
            Move(1.5, (0.35, -0.02, 0.95), (-0.08, 0.43, 0.9), nod=-8),
        ),
    ),
    Gesture(
        "take a photo",
        (
            *who("takes a photo", "holds a camera to the eye", "photographs something", "takes pictures with a camera"),
            "taking a picture",
            "photographer shooting",
            "snaps a photo with both hands at the face",
        ),
        (
            Move(0.7, (0.4, -0.55, 0.75), (-0.55, 0.8, 0.3), nod=4),
            Move(1.4, (0.4, -0.55, 0.75), (-0.55, 0.82, 0.3), nod=6),
        ),
        both=True,
        bank=("photo",),
        says=r"^(?!.*selfie)",
    ),
    Gesture(
        "cry",
        (
            *who("cries into the hands", "weeps, the face buried in both hands", "covers the face and sobs", "sobs"),
            "crying",
            "cry, hands over the face",
            "breaks down in tears",
        ),
        (
            Move(0.7, (0.35, -0.6, 0.7), (-0.6, 0.85, -0.05), nod=28, lean=10),
            Move(0.3, (0.35, -0.6, 0.7), (-0.6, 0.85, -0.05), nod=32, lean=12, shrug=0.025),
            Move(0.35, (0.35, -0.6, 0.7), (-0.6, 0.85, -0.05), nod=30, lean=10),
        ),
        loop=(1, 3),
        both=True,
        bank=("cry",),
    ),
    Gesture(
        "hands on head",
        (
            *who("puts both hands on the head", "clasps the hands on the head", "grabs the head in despair"),
            "hands on head",
            "oh no, both hands on the head",
            "in despair, holds the head with both hands",
        ),
        (Move(0.6, (0.85, 0.35, 0.3), (-0.8, 0.6, -0.1)), Move(1.5, (0.85, 0.37, 0.3), (-0.8, 0.62, -0.1), nod=8)),
        both=True,
    ),
    Gesture(
        "cover ears",
        (
            *who("covers the ears", "holds both hands over the ears", "cannot stand the noise, hands on the ears"),
            "hands over the ears",
            "covering the ears",
            "too loud, covers the ears",
        ),
        (
            Move(0.5, (0.7, -0.25, 0.6), (-0.55, 0.85, -0.15), nod=16, lean=8),
            Move(1.5, (0.7, -0.25, 0.6), (-0.55, 0.85, -0.15), nod=20, lean=10),
        ),
        loop=(0, 2),
        both=True,
    ),
    Gesture(
        "hands up",
        (
            *who("puts the hands up", "surrenders with raised hands", "raises both hands, palms out, to give up"),
            "hands up",
            "surrender",
            "don't shoot, both hands in the air",
        ),
        (Move(0.55, (0.9, -0.1, 0.2), (0.1, 0.98, 0.1)), Move(2.0, (0.9, -0.08, 0.2), (0.08, 0.98, 0.1))),
        loop=(0, 2),
        both=True,
    ),
    Gesture(
        "look into the distance",
        (
            *who(
                "looks into the distance, {side} hand above the eyes",
                "shades the eyes with the {side} hand",
                "peers at the horizon",
            ),
            "scouting, {side} hand over the brow",
            "looking far away",
            "searches the horizon, hand shielding the eyes",
        ),
        (
            Move(0.6, (0.8, 0.05, 0.55), (-0.85, 0.5, 0.0), twist=-10),
            Move(1.2, (0.8, 0.05, 0.55), (-0.85, 0.5, 0.0), twist=14),
            Move(1.2, (0.8, 0.05, 0.55), (-0.85, 0.5, 0.0), twist=-12),
        ),
        loop=(1, 3),
    ),
    Gesture(
        "flex muscles",
        (
            *who("flexes both biceps", "shows the muscles", "poses like a bodybuilder", "flexes the muscles"),
            "flex",
            "flexing the biceps",
            "bodybuilder pose, both arms",
        ),
        (Move(0.6, (0.98, 0.12, 0.1), (-0.35, 0.92, 0.05)), Move(1.3, (0.98, 0.15, 0.1), (-0.45, 0.9, 0.05))),
        both=True,
    ),
    Gesture(
        "spread arms",
        (
            *who("spreads the arms wide", "holds both arms out to the sides", "stands in a T-pose", "opens the arms"),
            "t-pose",
            "arms stretched out sideways",
            "welcomes everybody with open arms",
        ),
        (Move(0.7, (1.0, -0.05, 0.15), (1.0, 0.0, 0.2)), Move(1.5, (1.0, 0.0, 0.12), (1.0, 0.02, 0.15))),
        both=True,
    ),
    Gesture(
        "blow a kiss",
        (
            *who("blows a kiss with the {side} hand", "blows a kiss", "throws a kiss to the audience"),
            "blowing a kiss",
            "kiss goodbye, {side} hand",
        ),
        (
            Move(0.5, (0.35, -0.65, 0.65), (-0.6, 0.8, 0.1), nod=6),
            Move(0.3, (0.35, -0.65, 0.65), (-0.6, 0.82, 0.1), nod=8),
            Move(0.45, (0.35, -0.25, 0.9), (0.15, 0.25, 0.95), nod=-4),
            Move(0.5, (0.4, -0.25, 0.88), (0.2, 0.2, 0.95), nod=-4),
        ),
    ),
    Gesture(
        "brush teeth",
        (
            *who("brushes the teeth", "brushes the teeth with the {side} hand", "is brushing teeth at the sink"),
            "brushing teeth",
            "tooth brushing, {side} hand",
        ),
        (
            Move(0.7, (0.6, -0.6, 0.55), (-0.75, 0.65, 0.15), nod=6),
            Move(0.2, (0.68, -0.5, 0.55), (-0.85, 0.5, 0.15), nod=6),
            Move(0.2, (0.55, -0.65, 0.55), (-0.68, 0.7, 0.15), nod=6),
        ),
        loop=(1, 3),
        bank=("brush_teeth",),
    ),
    Gesture(
        "wipe",
        (
            *who("wipes a table with the {side} hand", "wipes the counter", "cleans a table with a cloth"),
            "wiping a table",
            "wipe down the desk, {side} hand",
        ),
        (
            Move(0.7, (0.3, -0.8, 0.5), (0.35, -0.35, 0.9), lean=28, nod=8),
            Move(0.4, (0.05, -0.8, 0.6), (-0.5, -0.3, 0.85), lean=28, nod=8, twist=12),
            Move(0.4, (0.35, -0.8, 0.5), (0.45, -0.35, 0.85), lean=28, nod=8, twist=-6),
        ),
        loop=(1, 3),
    ),
    Gesture(
        "shake hands",
        (
            *who("shakes hands", "shakes somebody's {side} hand", "gives a handshake", "greets someone by the hand"),
            "handshake",
            "shaking hands",
        ),
        (
            Move(0.6, (0.12, -0.85, 0.5), (-0.05, 0.05, 1.0), lean=6),
            Move(0.18, (0.12, -0.8, 0.58), (-0.05, 0.2, 0.98), lean=6),
            Move(0.18, (0.12, -0.85, 0.5), (-0.05, -0.05, 1.0), lean=6),
            Move(0.18, (0.12, -0.8, 0.58), (-0.05, 0.2, 0.98), lean=6),
            Move(0.18, (0.12, -0.85, 0.5), (-0.05, -0.05, 1.0), lean=6),
        ),
        bank=("handshake",),
    ),
    Gesture(
        "push",
        (
            *who("pushes with both hands", "shoves somebody away", "gives a hard push", "pushes a heavy door open"),
            "push",
            "shove, both hands",
            "push away from the chest",
        ),
        (
            Move(0.4, (0.4, -0.75, -0.1), (-0.25, 0.5, 0.8), lean=2, drop=0.03),
            Move(0.3, (0.15, -0.2, 0.97), (-0.05, 0.1, 1.0), lean=20, drop=0.08),
            Move(0.4, (0.15, -0.2, 0.97), (-0.05, 0.1, 1.0), lean=22, drop=0.08),
        ),
        both=True,
        bank=("push",),
    ),
    Gesture(
        "duck",
        (
            *who("ducks", "ducks under a punch", "ducks the head out of the line of fire", "dips down for a moment"),
            "duck",
            "ducking",
            "quick duck on the spot",
        ),
        (
            Move(0.28, (0.35, -0.7, 0.5), (-0.3, 0.8, 0.5), lean=38, drop=0.32, nod=10),
            Move(0.35, (0.35, -0.7, 0.5), (-0.3, 0.8, 0.5), lean=40, drop=0.35, nod=10),
        ),
        both=True,
    ),
    Gesture(
        "block",
        (
            *who("blocks a high strike with the {side} forearm", "blocks a blow overhead", "wards off a punch"),
            "high block, {side} arm",
            *who("parries a punch to the face with the {side} forearm", "shields the head with the raised {side} arm"),
            "parry with the {side} forearm",
            "parry, {side} arm up",
            "blocking an attack to the head",
        ),
        (
            Move(0.25, *GUARD, lean=6, drop=0.05),
            Move(0.2, (0.6, 0.6, 0.6), (-0.88, 0.5, 0.15), lean=-6, drop=0.12, nod=12, twist=14),
            Move(0.7, (0.6, 0.64, 0.6), (-0.88, 0.52, 0.15), lean=-7, drop=0.14, nod=12, twist=14),
            Move(0.3, *GUARD, lean=6, drop=0.05),
        ),
        guard=True,
        bank=("block",),
    ),
    Gesture(
        "punch",
        (
            *who("throws {number} {side} uppercut{s}", "punches upwards {times} with the {side} fist"),
            "{number} uppercut{s}, {side} hand",
            "uppercut{s} {times}, {side}",
        ),
        (
            Move(0.3, *GUARD, lean=8, drop=0.06),
            Move(0.22, (0.4, -0.9, 0.0), (-0.2, 0.3, 0.95), lean=14, drop=0.13, twist=-18),
            Move(0.2, (0.2, 0.0, 0.98), (-0.35, 0.92, 0.2), lean=0, drop=0.02, twist=26),
            Move(0.3, *GUARD, lean=8, drop=0.06),
        ),
        counted=(1, 4),
        guard=True,
    ),
    Gesture(
        "chop wood",
        (
            *who("chops wood", "swings an axe down with both hands", "splits a log with an axe", "hacks at a log"),
            "chopping wood",
            "two-handed axe swing",
            "axe over the head and down, again and again",
        ),
        (
            Move(0.6, (0.25, 0.8, 0.45), (-0.25, 0.75, -0.55), lean=-8),
            Move(0.3, (0.1, -0.35, 0.95), (-0.2, -0.45, 0.85), lean=42, drop=0.12, nod=6),
            Move(0.35, (0.1, -0.4, 0.95), (-0.2, -0.5, 0.85), lean=44, drop=0.13, nod=6),
            Move(0.6, (0.25, 0.8, 0.45), (-0.25, 0.75, -0.55), lean=-8),
        ),
        loop=(1, 4),
        both=True,
        bank=("axe_wood",),
    ),
    Gesture(
        "sword slash",
        (
            *who("slashes down with a two-handed sword", "strikes overhead with a sword", "cuts down from above"),
            *who("lifts a sword high over the head with both hands and strikes down", "cuts down with a raised blade"),
            "overhead sword slash",
            "overhead slash",
            "heavy two-handed attack from above",
            "greatsword, high wind-up and downward cut",
        ),
        (
            Move(0.45, (0.15, 0.95, 0.3), (-0.3, 0.9, -0.25), lean=-10, nod=-6),
            Move(0.3, (0.15, 0.95, 0.15), (-0.3, 0.8, -0.5), lean=-14, nod=-6),
            Move(0.36, (0.1, -0.3, 0.95), (-0.2, -0.2, 0.95), lean=26, drop=0.13),
            Move(0.45, (0.1, -0.55, 0.84), (-0.2, -0.5, 0.85), lean=34, drop=0.16),
        ),
        both=True,
        bank=("weapon_chop",),
    ),
    Gesture(
        "squat",
        (
            *who("does {number} squat{s}", "squats {times}, arms stretched forward", "bends the knees {times}"),
            "{number} squat{s}",
            "squats {times}",
            "knee bends, {times}",
        ),
        (
            Move(0.75, (0.1, -0.05, 1.0), (-0.05, 0.0, 1.0), lean=28, drop=0.4),
            Move(0.7, (0.15, -0.6, 0.75), (0.0, -0.4, 0.9), lean=2),
        ),
        counted=(0, 2),
        both=True,
    ),
    Gesture(
        "toe touch",
        (
            *who("touches the toes {times}", "bends down and touches the toes {times}", "does {number} toe touch{es}"),
            "toe touches {times}",
            "bends forward to the toes {times}, warm-up",
            "standing forward bend {times}",
        ),
        (
            Move(0.9, (0.08, -0.25, 0.97), (0.0, -0.2, 0.98), lean=98, nod=8),
            Move(0.8, (0.2, -0.95, 0.2), (0.0, -0.95, 0.3), lean=2),
        ),
        counted=(0, 2),
        both=True,
    ),
)
