# SPDX-License-Identifier: GPL-3.0-or-later
"""What people do on a chair, keyed as in ``tables.gestures``: the hips stay on the seat, all leaning is the trunk's.

Every sentence says that somebody sits, as the same words without it are of people who stand.
"""

from __future__ import annotations

from ..gesture import Gesture, Move, who

_ON_LAP = ((0.15, -0.93, 0.3), (-0.35, -0.12, 0.9))  # a hand that rests on the thigh
_ON_DESK = ((0.25, -0.85, 0.45), (-0.4, 0.0, 0.9))
_SAT = r"\b(sit|sits|sitting|seat|seated|chair|desk|table)\b"

SEATED = (
    Gesture(
        "type",
        (
            *who("sits and types on a keyboard", "sits in front of a computer and types"),
            *who("is typing, seated at a desk"),
            "sitting at the computer, typing", "seated typing", "office worker sitting, both hands on the keyboard",
            "sit and write an email",
        ),
        (
            Move(0.5, (0.15, -0.86, 0.45), (-0.2, 0.1, 0.97), nod=8, lean=4),
            Move(0.14, (0.15, -0.86, 0.46), (-0.24, 0.04, 0.97), nod=9, lean=4),
            Move(0.14, (0.15, -0.86, 0.45), (-0.18, 0.12, 0.97), nod=8, lean=4),
            Move(0.13, (0.17, -0.86, 0.46), (-0.26, 0.03, 0.97), nod=8, lean=4, twist=2),
            Move(0.16, (0.15, -0.86, 0.45), (-0.16, 0.13, 0.97), nod=7, lean=4),
        ),
        loop=(1, 5), both=True, bank=("type",),
    ),
    Gesture(
        "write",
        (
            *who("sits and writes with the {side} hand", "sits at a table writing a letter"),
            *who("takes notes while seated"),
            "sitting, writing with a pen in the {side} hand", "seated student doing homework",
            "sit and sign a paper, {side} hand",
        ),
        (
            Move(0.6, (0.25, -0.82, 0.5), (-0.3, 0.0, 0.95), nod=20, lean=14, other=_ON_DESK),
            Move(0.2, (0.22, -0.82, 0.5), (-0.4, 0.03, 0.92), nod=20, lean=14, other=_ON_DESK),
            Move(0.2, (0.27, -0.82, 0.5), (-0.26, -0.02, 0.96), nod=21, lean=14, other=_ON_DESK),
            Move(0.2, (0.24, -0.82, 0.5), (-0.36, 0.02, 0.92), nod=20, lean=15, other=_ON_DESK),
        ),
        loop=(1, 4), bank=("write",), says=_SAT,
    ),
    Gesture(
        "drink",
        (
            *who("sits and drinks from a cup in the {side} hand", "sips coffee, sitting on a chair", "drinks, seated"),
            "sitting and having a drink, {side} hand", "seated, lifts a glass to the mouth", "sits with a cup of tea",
        ),
        (
            Move(0.6, (0.2, -0.88, 0.4), (-0.2, 0.2, 0.95), nod=4, other=_ON_LAP),
            Move(0.7, (0.4, -0.58, 0.65), (-0.6, 0.8, 0.02), nod=2, other=_ON_LAP),
            Move(0.5, (0.45, -0.52, 0.65), (-0.62, 0.8, 0.0), nod=-16, lean=-3, other=_ON_LAP),
            Move(0.7, (0.45, -0.52, 0.65), (-0.62, 0.8, 0.0), nod=-18, lean=-3, other=_ON_LAP),
            Move(0.8, (0.2, -0.88, 0.4), (-0.2, 0.2, 0.95), nod=2, other=_ON_LAP),
            Move(0.7, (0.2, -0.88, 0.4), (-0.2, 0.2, 0.95), nod=4, other=_ON_LAP),
        ),
        loop=(1, 6), bank=("drink", "drink_mug"), says=_SAT,
    ),
    Gesture(
        "eat",
        (
            *who("sits and eats with a spoon", "sits at a table and eats soup", "has a meal, seated, {side} hand"),
            "sitting, eating with the {side} hand", "seated eating", "sits at dinner and eats",
        ),
        (
            Move(0.6, (0.3, -0.82, 0.48), (-0.3, -0.05, 0.95), nod=16, lean=12, other=_ON_DESK),
            Move(0.6, (0.42, -0.6, 0.6), (-0.6, 0.8, 0.1), nod=10, lean=14, other=_ON_DESK),
            Move(0.25, (0.42, -0.58, 0.6), (-0.6, 0.8, 0.08), nod=14, lean=15, other=_ON_DESK),
            Move(0.6, (0.3, -0.82, 0.48), (-0.3, -0.05, 0.95), nod=16, lean=12, other=_ON_DESK),
            Move(0.3, (0.3, -0.82, 0.48), (-0.3, -0.12, 0.95), nod=18, lean=12, other=_ON_DESK),
        ),
        loop=(1, 5), bank=("eat",), says=_SAT,
    ),
    Gesture(
        "phone",
        (
            *who("sits and talks on the phone", "sits with a phone at the {side} ear", "makes a call, sitting down"),
            "seated phone call", "sitting, on the phone", "sits on a chair, holding a mobile to the {side} ear",
        ),
        (
            Move(0.7, (0.35, -0.8, 0.45), (-0.45, 0.9, 0.12), nod=4, other=_ON_LAP),
            Move(1.3, (0.32, -0.82, 0.42), (-0.42, 0.92, 0.1), nod=9, twist=4, other=_ON_LAP),
            Move(1.1, (0.35, -0.8, 0.45), (-0.45, 0.9, 0.12), nod=2, twist=-5, other=_ON_LAP),
        ),
        loop=(1, 3), bank=("phone",), says=_SAT,
    ),
    Gesture(
        "text on phone",
        (
            *who("sits and texts on a phone", "sits looking at a smartphone", "scrolls on the phone, seated"),
            "sitting, texting", "seated, typing a message on the phone with both thumbs", "sits bent over the phone",
        ),
        (
            Move(0.6, (0.15, -0.9, 0.4), (-0.56, 0.3, 0.78), nod=28, lean=8),
            Move(1.2, (0.15, -0.9, 0.4), (-0.56, 0.34, 0.78), nod=32, lean=9),
            Move(1.0, (0.15, -0.9, 0.42), (-0.56, 0.3, 0.78), nod=29, lean=8),
        ),
        loop=(1, 3), both=True,
    ),
    Gesture(
        "read",
        (
            *who("sits and reads a book", "sits on a chair with an open book", "is reading, seated"),
            "sitting, reading a newspaper", "seated reader, book in both hands",
            "sits and turns a page with the {side} hand",
        ),
        (
            Move(0.7, (0.2, -0.85, 0.4), (-0.15, 0.42, 0.9), nod=20, other=((0.2, -0.85, 0.4), (-0.15, 0.42, 0.9))),
            Move(1.6, (0.2, -0.85, 0.4), (-0.15, 0.45, 0.9), nod=23, other=((0.2, -0.85, 0.4), (-0.15, 0.45, 0.9))),
            Move(0.5, (0.2, -0.85, 0.42), (-0.6, 0.5, 0.7), nod=22, other=((0.2, -0.85, 0.4), (-0.15, 0.42, 0.9))),
            Move(0.5, (0.2, -0.85, 0.4), (-0.1, 0.42, 0.9), nod=20, other=((0.2, -0.85, 0.4), (-0.15, 0.42, 0.9))),
        ),
        loop=(1, 4), bank=("read",), says=_SAT,
    ),
    Gesture(
        "clap",
        (
            *who("sits and claps", "applauds, sitting on a chair", "sits in the audience, clapping the hands"),
            "seated applause", "sitting and clapping", "sitting spectator claps",
        ),
        (
            Move(0.5, (0.3, -0.82, 0.45), (-0.25, 0.45, 0.85), lean=3),
            Move(0.16, (0.22, -0.8, 0.55), (-0.85, 0.45, 0.6), lean=4),
            Move(0.16, (0.3, -0.82, 0.45), (-0.25, 0.45, 0.85), lean=3),
        ),
        loop=(1, 3), both=True, bank=("clap",), says=_SAT,
    ),
    Gesture(
        "wave",
        (
            *who("sits and waves with the {side} hand", "waves hello from a chair, sitting", "waves while seated"),
            "sitting, waving the {side} hand", "seated wave, {side} arm", "sits and waves goodbye",
        ),
        (
            Move(0.5, (0.75, -0.1, 0.45), (0.25, 0.97, 0.2)),
            Move(0.25, (0.75, -0.08, 0.45), (0.55, 0.85, 0.2)),
            Move(0.25, (0.75, -0.1, 0.45), (-0.2, 0.97, 0.2)),
        ),
        loop=(1, 3), bank=("wave",), says=_SAT,
    ),
    Gesture(
        "think",
        (
            *who("sits and thinks, {side} hand at the chin", "sits in thought, chin in the hand", "ponders, seated"),
            "seated thinker", "sitting, thinking", "sits bent forward, the chin on the {side} fist",
        ),
        (
            Move(0.8, (0.1, -0.75, 0.65), (-0.4, 0.9, 0.15), nod=12, lean=24,
                 other=((0.15, -0.9, 0.15), (-0.6, -0.1, 0.8))),
            Move(1.3, (0.1, -0.75, 0.65), (-0.4, 0.9, 0.15), nod=15, lean=26,
                 other=((0.15, -0.9, 0.15), (-0.6, -0.1, 0.8))),
        ),
        loop=(0, 2),
    ),
    Gesture(
        "despair",
        (
            *who("sits with the head in both hands", "sits in despair, elbows on the knees"),
            *who("sits slumped, hands at the head"),
            "seated, head in hands", "sitting, desperate", "sits hunched over, holding the head",
        ),
        (
            Move(0.8, (0.15, -0.7, 0.7), (-0.45, 0.9, -0.05), nod=30, lean=38),
            Move(1.4, (0.15, -0.7, 0.7), (-0.45, 0.9, -0.05), nod=34, lean=41),
            Move(1.2, (0.15, -0.7, 0.7), (-0.45, 0.9, -0.05), nod=30, lean=39, twist=4),
        ),
        loop=(1, 3), both=True,
    ),
    Gesture(
        "cry",
        (
            *who("sits and cries into the hands", "sits weeping, the face in both hands", "sobs, sitting on a chair"),
            "seated crying", "sitting and crying", "sits in tears, face covered",
        ),
        (
            Move(0.7, (0.3, -0.6, 0.72), (-0.58, 0.85, -0.02), nod=28, lean=22),
            Move(0.28, (0.3, -0.6, 0.72), (-0.58, 0.85, -0.02), nod=32, lean=25, shrug=0.03),
            Move(0.32, (0.3, -0.6, 0.72), (-0.58, 0.85, -0.02), nod=29, lean=22),
        ),
        loop=(1, 3), both=True,
    ),
    Gesture(
        "cross arms",
        (
            *who("sits with the arms crossed", "folds the arms, sitting on a chair", "sits there with folded arms"),
            "seated, arms crossed", "sitting, arms folded", "sits back sulking, arms crossed",
        ),
        (
            Move(0.7, (0.25, -0.9, 0.35), (-0.95, 0.15, 0.35), lean=-5),
            Move(1.6, (0.25, -0.9, 0.38), (-0.95, 0.18, 0.35), lean=-7, nod=3),
        ),
        loop=(0, 2), both=True,
    ),
    Gesture(
        "hands on knees",
        (
            *who("sits upright, hands on the knees", "sits with both hands resting on the knees"),
            *who("is seated, palms on the knees"),
            "seated, hands on knees", "sitting straight, a hand on each knee", "sits waiting, hands on knees",
        ),
        (
            Move(0.7, (0.05, -0.82, 0.55), (0.0, -0.7, 0.7), lean=9),
            Move(1.8, (0.05, -0.81, 0.55), (0.0, -0.7, 0.7), lean=11, nod=4),
            Move(1.6, (0.05, -0.82, 0.55), (0.0, -0.7, 0.7), lean=8, twist=3),
        ),
        loop=(1, 3), both=True,
    ),
    Gesture(
        "drive",
        (
            *who("sits in a car and drives", "sits at the wheel and steers"),
            *who("sits behind the steering wheel, turning it"),
            "seated driving, both hands on the wheel", "driver sitting in a car", "sitting, steering to the {side}",
        ),
        (
            Move(0.6, (0.2, -0.6, 0.78), (-0.25, 0.3, 0.92), other=((0.2, -0.6, 0.78), (-0.25, 0.3, 0.92))),
            Move(0.9, (0.2, -0.6, 0.78), (-0.25, 0.32, 0.92), other=((0.2, -0.6, 0.78), (-0.25, 0.28, 0.92))),
            Move(0.6, (0.25, -0.8, 0.55), (-0.2, 0.05, 0.97),
                 other=((0.15, -0.35, 0.92), (-0.4, 0.55, 0.75)), twist=-6),
            Move(0.5, (0.25, -0.8, 0.55), (-0.2, 0.03, 0.97),
                 other=((0.15, -0.35, 0.92), (-0.4, 0.55, 0.75)), twist=-6),
            Move(0.7, (0.2, -0.6, 0.78), (-0.25, 0.3, 0.92), other=((0.2, -0.6, 0.78), (-0.25, 0.3, 0.92))),
        ),
        loop=(1, 5), bank=("drive_car",),
    ),
    Gesture(
        "play video games",
        (
            *who("sits and plays video games", "sits with a game controller in both hands"),
            *who("is seated, playing on a console"),
            "seated gamer", "sitting, gaming with a controller", "sits on the sofa and plays a video game",
        ),
        (
            Move(0.6, (0.2, -0.86, 0.42), (-0.42, 0.15, 0.9), lean=14, nod=-4),
            Move(0.3, (0.2, -0.86, 0.42), (-0.42, 0.2, 0.9), lean=16, nod=-5, twist=4),
            Move(0.5, (0.2, -0.86, 0.42), (-0.42, 0.13, 0.9), lean=15, nod=-4, twist=4),
            Move(0.25, (0.2, -0.84, 0.45), (-0.4, 0.26, 0.9), lean=19, nod=-6, twist=-7),
            Move(0.6, (0.2, -0.86, 0.42), (-0.42, 0.15, 0.9), lean=14, nod=-4, twist=-3),
        ),
        loop=(1, 5), both=True,
    ),
    Gesture(
        "play piano",
        (
            *who("sits and plays the piano", "sits at a piano", "is seated at the keys, playing with both hands"),
            "seated pianist", "sitting at the piano, playing", "piano player sitting on a stool",
        ),
        (
            Move(0.6, (0.3, -0.82, 0.48), (0.0, 0.05, 1.0), lean=6, nod=10,
                 other=((0.3, -0.82, 0.48), (0.0, 0.05, 1.0))),
            Move(0.28, (0.4, -0.8, 0.46), (0.2, -0.04, 0.97), lean=8, nod=12,
                 other=((0.28, -0.8, 0.5), (-0.1, 0.14, 1.0))),
            Move(0.28, (0.35, -0.8, 0.48), (0.1, 0.14, 0.98), lean=6, nod=8,
                 other=((0.3, -0.82, 0.48), (0.0, -0.05, 1.0))),
            Move(0.28, (0.25, -0.82, 0.5), (-0.2, -0.04, 0.97), lean=9, nod=12,
                 other=((0.38, -0.8, 0.46), (0.15, 0.13, 0.98))),
            Move(0.28, (0.28, -0.8, 0.5), (-0.1, 0.14, 0.98), lean=6, nod=9,
                 other=((0.34, -0.82, 0.48), (0.1, -0.05, 0.98))),
        ),
        loop=(1, 5), bank=("piano",),
    ),
    Gesture(
        "play drums",
        (
            *who("sits and plays the drums", "sits at a drum kit, drumming"),
            *who("is seated behind the drums, hitting them"),
            "seated drummer", "sitting, playing drums", "drummer sitting on a stool",
        ),
        (
            Move(0.4, (0.35, -0.8, 0.4), (-0.1, 0.45, 0.9), lean=5, nod=5,
                 other=((0.35, -0.82, 0.4), (-0.2, -0.05, 0.97))),
            Move(0.17, (0.3, -0.82, 0.42), (-0.2, -0.12, 0.97), lean=6, nod=9,
                 other=((0.35, -0.8, 0.4), (-0.1, 0.5, 0.88))),
            Move(0.17, (0.35, -0.8, 0.4), (-0.1, 0.5, 0.88), lean=5, nod=5,
                 other=((0.3, -0.82, 0.42), (-0.2, -0.12, 0.97))),
            Move(0.17, (0.3, -0.82, 0.42), (-0.2, -0.12, 0.97), lean=6, nod=9,
                 other=((0.35, -0.8, 0.4), (-0.1, 0.5, 0.88))),
            Move(0.17, (0.6, -0.5, 0.6), (0.1, 0.55, 0.85), lean=4, nod=4,
                 other=((0.3, -0.82, 0.42), (-0.2, -0.12, 0.97))),
            Move(0.17, (0.55, -0.6, 0.6), (0.15, 0.0, 1.0), lean=6, nod=9,
                 other=((0.35, -0.8, 0.4), (-0.1, 0.45, 0.88))),
        ),
        loop=(1, 6), bank=("drums",),
    ),
    Gesture(
        "raise hand",
        (
            *who("sits and raises the {side} hand", "sits in class with the {side} arm up"),
            *who("puts a hand up, sitting at a desk"),
            "seated student raising the {side} hand", "sitting, hand up to ask a question",
            "sits and lifts the {side} arm high",
        ),
        (
            Move(0.6, (0.25, 0.9, 0.3), (-0.05, 0.98, 0.15), lean=2),
            Move(1.4, (0.25, 0.92, 0.28), (-0.1, 0.98, 0.12), lean=3),
        ),
    ),
    Gesture(
        "hand gesture",
        (
            *who("sits and talks with the hands", "sits on a chair and explains something"),
            *who("tells a story, seated, gesturing"),
            "seated conversation, gesturing", "sitting and talking", "sits and argues, both hands moving",
        ),
        (
            Move(0.5, (0.2, -0.88, 0.35), (-0.1, 0.4, 0.9), nod=2, other=((0.2, -0.9, 0.3), (-0.4, 0.1, 0.9))),
            Move(0.4, (0.4, -0.8, 0.4), (0.4, 0.45, 0.8), nod=-3, twist=5, lean=4,
                 other=((0.2, -0.9, 0.3), (-0.4, 0.15, 0.9))),
            Move(0.4, (0.2, -0.85, 0.45), (-0.3, 0.3, 0.9), nod=5, twist=0, lean=6,
                 other=((0.25, -0.85, 0.4), (-0.2, 0.35, 0.9))),
            Move(0.45, (0.3, -0.85, 0.35), (0.2, 0.5, 0.8), nod=0, lean=3, other=((0.4, -0.8, 0.4), (0.4, 0.4, 0.8))),
            Move(0.5, (0.2, -0.9, 0.35), (-0.35, 0.15, 0.9), nod=4, twist=-5, lean=2,
                 other=((0.2, -0.88, 0.38), (-0.3, 0.2, 0.9))),
        ),
        loop=(1, 5), bank=("sit_gesture",), says=r"gestur",
    ),
    Gesture(
        "laugh",
        (
            *who("sits and laughs", "sits on a chair, laughing out loud", "laughs while seated, holding the belly"),
            "seated laugh", "sitting, laughing hard", "sits rocking with laughter",
        ),
        (
            Move(0.5, (0.3, -0.92, 0.2), (-0.7, -0.05, 0.65), lean=22, nod=8),
            Move(0.18, (0.3, -0.92, 0.2), (-0.7, -0.02, 0.65), lean=18, nod=3, shrug=0.035),
            Move(0.18, (0.3, -0.92, 0.2), (-0.7, -0.05, 0.65), lean=24, nod=9),
            Move(0.6, (0.3, -0.92, 0.2), (-0.7, -0.05, 0.65), lean=-12, nod=-20),
            Move(0.18, (0.3, -0.92, 0.2), (-0.7, -0.02, 0.65), lean=-9, nod=-16, shrug=0.035),
            Move(0.18, (0.3, -0.92, 0.2), (-0.7, -0.05, 0.65), lean=-13, nod=-20),
        ),
        loop=(0, 6), both=True, bank=("laugh",), says=_SAT,
    ),
    Gesture(
        "fall asleep",
        (
            *who("sits and nods off", "falls asleep on a chair, sitting", "sits dozing, the head drops and jerks up"),
            "seated, falling asleep", "sitting sleeper, head nodding", "sits half asleep",
        ),
        (
            Move(0.8, nod=8, lean=3),
            Move(1.8, nod=42, lean=15),
            Move(0.8, nod=46, lean=17),
            Move(0.3, nod=2, lean=2),
            Move(0.7, nod=6, lean=3),
        ),
        loop=(1, 5),
    ),
    Gesture(
        "observe",
        (
            *who("sits and looks around", "looks left and right, sitting on a chair", "sits looking about the room"),
            "seated look around", "sitting, looking to both sides",
        ),
        (Move(0.8, twist=32), Move(0.7, twist=34, nod=-4), Move(1.0, twist=-32), Move(0.8, twist=-35, nod=4)),
        loop=(0, 4),
    ),
    Gesture(
        "shrug",
        (
            *who("sits and shrugs", "shrugs on a chair, sitting, palms up", "has no idea and shrugs, seated"),
            "seated shrug", "sitting, lifting the shoulders",
        ),
        (
            Move(0.4, (0.3, -0.9, 0.15), (0.7, 0.35, 0.65), shrug=0.06, nod=-3),
            Move(1.1, (0.3, -0.9, 0.15), (0.75, 0.35, 0.6), shrug=0.06, nod=-3),
        ),
        both=True,
    ),
    Gesture(
        "point",
        (
            *who("sits and points ahead with the {side} hand", "points at something from a chair, sitting"),
            *who("points, seated"),
            "seated, pointing with the {side} arm", "sitting, {side} index finger forward",
            "sits and points at somebody",
        ),
        (Move(0.5, (0.12, 0.02, 1.0), (0.0, 0.1, 1.0), lean=4), Move(1.2, (0.12, 0.05, 1.0), (0.0, 0.12, 1.0), lean=5)),
    ),
    Gesture(
        "lean back",
        (
            *who("sits back, hands behind the head", "leans back in a chair, sitting relaxed"),
            *who("is seated, hands clasped behind the head"),
            "seated, hands behind head", "sitting back, relaxing", "boss sitting back in the chair, elbows out",
        ),
        (
            Move(0.8, (0.88, 0.42, 0.12), (-0.9, 0.3, -0.35), lean=-12, nod=-4),
            Move(1.6, (0.88, 0.42, 0.08), (-0.9, 0.3, -0.35), lean=-15, nod=-6),
        ),
        loop=(0, 2), both=True,
    ),
    Gesture(
        "rub",
        (
            *who("sits nervously and rubs the hands", "sits there, nervous, wringing the hands"),
            *who("fidgets, seated, hands together"),
            "seated, nervous", "sitting anxiously, rubbing the hands", "sits in worry, hands kneading",
        ),
        (
            Move(0.6, (0.15, -0.85, 0.5), (-0.68, -0.05, 0.74), lean=16, nod=12),
            Move(0.2, (0.15, -0.84, 0.53), (-0.68, 0.02, 0.74), lean=16, nod=13),
            Move(0.2, (0.15, -0.86, 0.47), (-0.68, -0.1, 0.74), lean=15, nod=11, twist=3),
            Move(0.2, (0.15, -0.84, 0.53), (-0.68, 0.02, 0.74), lean=17, nod=14, twist=-3),
        ),
        loop=(1, 4), both=True, bank=("sit_gesture",), says=r"fidget",
    ),
    Gesture(
        "check watch",
        (
            *who("sits and looks at the watch on the {side} wrist", "checks the time, sitting on a chair"),
            *who("looks at a wristwatch, seated"),
            "seated, checking the watch", "sitting and waiting, a look at the {side} wrist",
        ),
        (
            Move(0.6, (0.3, -0.8, 0.5), (-0.85, 0.3, 0.45), nod=24, lean=5, other=_ON_LAP),
            Move(1.1, (0.3, -0.8, 0.5), (-0.85, 0.33, 0.45), nod=28, lean=6, other=_ON_LAP),
        ),
    ),
)  # fmt: skip
