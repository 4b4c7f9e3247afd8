# SPDX-License-Identifier: GPL-3.0-or-later
"""Gestures and strikes that the recordings hardly show, as an animator would key them."""

from __future__ import annotations

from ..gesture import GUARD, Gesture, Move, who

GESTURES = (
    Gesture(
        "salute",
        (
            *who("salutes {side}-handed", "gives a military salute", "salutes an officer, {side} hand to the brow"),
            "salute",
            "saluting",
            "military salute, {side} hand",
            "soldier salutes",
            "raises the {side} hand to the forehead in a salute",
        ),
        (Move(0.45, (0.95, 0.1, 0.4), (-0.85, 0.5, 0.12)), Move(1.2, (0.95, 0.1, 0.4), (-0.85, 0.5, 0.12))),
    ),
    Gesture(
        "bow",
        (
            *who("bows", "takes a bow", "bows politely", "bows deeply from the waist", "makes a respectful bow"),
            "bow",
            "bowing",
            "bow in greeting",
            "japanese bow",
            "bends forward at the waist and comes back up",
        ),
        (
            Move(0.7, (0.15, -1.0, 0.2), (0.0, -1.0, 0.25), lean=55, nod=15),
            Move(0.7, (0.15, -1.0, 0.2), (0.0, -1.0, 0.25), lean=57, nod=15),
        ),
        both=True,
        bank=("bow",),
    ),
    Gesture(
        "shrug",
        (
            *who("shrugs", "shrugs the shoulders", "shrugs, palms up", "has no idea and shrugs"),
            "shrug",
            "shrugging",
            "i don't know gesture",
            "shrug, palms turned up",
            "does not know, lifts both shoulders",
        ),
        (
            Move(0.35, (0.3, -0.9, 0.15), (0.85, 0.4, 0.5), shrug=0.08),
            Move(0.8, (0.32, -0.9, 0.15), (0.88, 0.4, 0.45), shrug=0.085),
        ),
        both=True,
        bank=("shrug",),
    ),
    Gesture(
        "shrug",
        (
            *who("spreads both hands in a big shrug", "shrugs for a long moment, not knowing the answer"),
            *who("lifts the shoulders to the ears and holds out both hands", "cannot answer and shrugs helplessly"),
            "big shrug, elbows at the sides, hands far apart",
            "puzzled shrug",
            "beats me, shoulders up",
        ),
        (
            Move(0.3, (0.4, -0.85, 0.1), (0.95, 0.25, 0.3), shrug=0.09, lean=-3, nod=-6, twist=4),
            Move(1.1, (0.42, -0.85, 0.12), (0.97, 0.3, 0.28), shrug=0.1, lean=-5, nod=-4, twist=-4),
            Move(0.25, (0.35, -0.9, 0.12), (0.8, -0.1, 0.5), shrug=0.03, nod=6),
            Move(0.3, (0.4, -0.85, 0.1), (0.95, 0.3, 0.3), shrug=0.09, lean=-4, twist=4),
        ),
        loop=(1, 4),
        both=True,
        bank=("shrug",),
    ),
    Gesture(
        "look around",
        (
            *who("looks around, turning far to either side", "looks all around while standing"),
            *who("turns the upper body left and right to look about", "searches the surroundings with the eyes"),
            "looking around, turning to both sides",
            "idle, looking far left and far right",
            "looks over one shoulder and then over the other",
        ),
        (
            Move(0.7, twist=48, nod=-4),
            Move(0.7, twist=52, nod=4),
            Move(1.0, twist=-50, nod=-2),
            Move(0.7, twist=-54, nod=6),
        ),
        loop=(0, 4),
        bank=("look_around",),
    ),
    Gesture(
        "look around in fear",
        (
            *who("glances over both shoulders, uneasy", "stands hunched and keeps checking both sides, afraid"),
            *who("keeps an anxious eye on both sides", "keeps looking over the shoulder, scared of being followed"),
            *who("peers left and right in fear, hands at the chest"),
            "nervous idle, quick glances to both sides",
            "paranoid, checking left and right",
            "anxious lookout, shoulders drawn up",
        ),
        (
            Move(0.35, (0.2, -0.9, 0.35), (-0.55, 0.6, 0.55), twist=52, lean=10, drop=0.05, shrug=0.04),
            Move(0.45, (0.2, -0.9, 0.35), (-0.55, 0.62, 0.55), twist=54, lean=11, drop=0.05, shrug=0.045, nod=5),
            Move(0.4, (0.2, -0.9, 0.35), (-0.6, 0.55, 0.55), twist=-52, lean=10, drop=0.06, shrug=0.04),
            Move(0.3, (0.2, -0.9, 0.35), (-0.6, 0.57, 0.55), twist=-54, lean=12, drop=0.07, shrug=0.045, nod=6),
            Move(0.3, (0.2, -0.9, 0.35), (-0.55, 0.6, 0.55), twist=0, lean=14, drop=0.07, shrug=0.045, nod=10),
        ),
        loop=(0, 5),
        both=True,
    ),
    Gesture(
        "phone",
        (
            *who(
                "holds a phone to the {side} ear",
                "talks on the phone",
                "takes a phone call",
                "is on the phone, {side} hand at the ear",
                "calls somebody on a mobile",
            ),
            "phone call",
            "on the phone",
            "talking on a cell phone",
            "standing, phone at the {side} ear",
        ),
        (Move(0.7, (0.35, -0.8, 0.45), (-0.45, 0.9, 0.12)), Move(1.5, (0.32, -0.82, 0.42), (-0.42, 0.92, 0.1), nod=6)),
        loop=(0, 2),
        bank=("phone",),
        says=r"^(?!.*(text|dial|check|scroll|message))",
    ),
    Gesture(
        "facepalm",
        (
            *who("puts the {side} hand to the face", "covers the face with the {side} palm", "slaps the forehead"),
            "face palm",
            "hand on the face in frustration",
            "embarrassed, {side} hand over the eyes",
        ),
        (
            Move(0.45, (0.35, -0.45, 0.8), (-0.6, 0.85, -0.1), nod=25),
            Move(1.4, (0.35, -0.5, 0.78), (-0.6, 0.85, -0.1), nod=32),
        ),
    ),
    Gesture(
        "cross arms",
        (
            *who("folds the arms", "stands with arms crossed", "folds the arms over the chest", "has the arms folded"),
            "arms crossed",
            "crossed arms idle",
            "arms folded, unimpressed",
            "folding the arms in front of the chest",
        ),
        (Move(0.6, (0.25, -0.9, 0.35), (-0.95, 0.15, 0.35)), Move(2.0, (0.25, -0.9, 0.38), (-0.95, 0.18, 0.35))),
        loop=(0, 2),
        both=True,
        bank=("crosses_arms",),
    ),
    Gesture(
        "hands on hips",
        (
            *who("puts the hands on the hips", "stands with hands on hips", "has both hands on the hips"),
            "hands on hips",
            "arms akimbo",
            "standing, hands at the waist",
        ),
        (Move(0.6, (0.8, -0.75, -0.25), (-0.7, -0.45, 0.5)), Move(2.0, (0.8, -0.75, -0.2), (-0.7, -0.45, 0.5))),
        loop=(0, 2),
        both=True,
        bank=("hand_on_hip",),
        says=r"^(?!.*(\ba hand\b|^hand on hip))",
    ),
    Gesture(
        "thumbs up",
        (
            *who("gives a {side} thumbs up", "shows a thumbs up", "signals okay with the {side} thumb"),
            "thumb up, {side} hand",
            "thumbs up gesture",
            "like sign with the {side} hand",
        ),
        (Move(0.4, (0.2, -0.75, 0.55), (0.0, 0.3, 0.95)), Move(0.9, (0.2, -0.75, 0.55), (0.0, 0.35, 0.95))),
    ),
    Gesture(
        "stop",
        (
            *who(
                "holds up the {side} palm", "signals to stop with the {side} hand", "puts a hand out to stop somebody"
            ),
            "stop sign with the hand",
            "halt, {side} palm forward",
            "stop gesture",
        ),
        (Move(0.4, (0.15, -0.15, 1.0), (0.0, 0.45, 0.9)), Move(1.1, (0.15, -0.1, 1.0), (0.0, 0.45, 0.9))),
    ),
    Gesture(
        "beckon",
        (
            *who("beckons with the {side} hand", "waves somebody closer", "motions somebody to come over"),
            "come over here gesture",
            "beckoning, {side} hand",
            "calls somebody over with the {side} hand",
        ),
        (
            Move(0.5, (0.2, -0.6, 0.8), (0.0, 0.1, 1.0)),
            Move(0.3, (0.2, -0.6, 0.7), (0.0, 1.0, 0.15)),
            Move(0.3, (0.2, -0.6, 0.8), (0.0, 0.1, 1.0)),
        ),
        loop=(1, 3),
    ),
    Gesture(
        "clap",
        (
            *who("claps", "claps the hands", "applauds", "gives applause", "is clapping"),
            "clap",
            "applause",
            "clapping hands",
            "polite applause",
        ),
        (
            Move(0.5, (0.15, -0.85, 0.5), (-0.1, 0.25, 0.95)),
            Move(0.17, (0.12, -0.85, 0.5), (-0.62, 0.25, 0.75)),
            Move(0.17, (0.15, -0.85, 0.5), (-0.1, 0.25, 0.95)),
        ),
        loop=(1, 3),
        both=True,
        bank=("clap",),
    ),
    Gesture(
        "clap",
        (*who("claps slowly", "gives a slow clap", "applauds slowly and mockingly"), "slow clap", "slow applause"),
        (
            Move(0.5, (0.15, -0.85, 0.5), (0.1, 0.25, 0.95)),
            Move(0.4, (0.12, -0.85, 0.5), (-0.62, 0.25, 0.75)),
            Move(0.45, (0.15, -0.85, 0.5), (0.1, 0.25, 0.95)),
        ),
        loop=(1, 3),
        both=True,
        bank=("clap",),
    ),
    Gesture(
        "cheer",
        (
            *who("pumps the {side} fist", "makes a victory fist", "celebrates with the {side} fist"),
            "fist pump, {side} arm",
            "victory, pulls the {side} fist down",
            "celebrates a win",
        ),
        (
            Move(0.4, (0.5, 0.6, 0.4), (-0.1, 1.0, 0.1)),
            Move(0.25, (0.35, -0.9, -0.25), (0.0, 0.75, 0.65), lean=8),
            Move(0.5, (0.35, -0.9, -0.2), (0.0, 0.75, 0.65), lean=8),
        ),
        counted=(0, 2),
        bank=("cheer",),
        says=r"^(?!.*jump)",
    ),
    Gesture(
        "pray",
        (
            *who(
                "folds the hands in prayer",
                "prays standing up",
                "holds the hands together and begs",
                "clasps the hands",
            ),
            "praying, hands together",
            "hands pressed together in front of the chest",
            "begging, hands clasped together",
        ),
        (
            Move(0.6, (0.25, -0.85, 0.45), (-0.68, 0.5, 0.6), nod=12),
            Move(1.8, (0.25, -0.85, 0.48), (-0.68, 0.52, 0.6), nod=15),
        ),
        loop=(0, 2),
        both=True,
    ),
    Gesture(
        "hand on heart",
        (
            *who("puts the {side} hand on the heart", "lays the {side} hand on the chest", "swears, hand on the heart"),
            "hand on heart",
            "{side} hand on the chest",
            "sincere, {side} hand to the heart",
        ),
        (Move(0.6, (0.3, -0.9, 0.35), (-0.9, 0.35, 0.4)), Move(1.4, (0.3, -0.9, 0.35), (-0.9, 0.38, 0.4), nod=8)),
    ),
    Gesture(
        "look at watch",
        (
            *who("looks at the watch on the {side} wrist", "checks the time", "glances at the {side} wrist"),
            "checking the time",
            "looks at the watch",
            "impatient, looks at the watch",
        ),
        (
            Move(0.6, (0.3, -0.7, 0.6), (-0.85, 0.3, 0.5), nod=28),
            Move(1.0, (0.3, -0.7, 0.6), (-0.85, 0.33, 0.5), nod=32),
        ),
    ),
    Gesture(
        "point",
        (
            *who(
                "points {side}-handed straight ahead", "points at something in front", "points forwards, {side} arm out"
            ),
            "point forward, {side} arm",
            "points ahead with the {side} index finger",
            "the {side} arm points to the front",
        ),
        (Move(0.5, (0.08, -0.05, 1.0), (0.0, 0.03, 1.0)), Move(1.2, (0.08, -0.02, 1.0), (0.0, 0.05, 1.0))),
        bank=("point",),
        says=r"^(?!.*\{side\})",
    ),
    Gesture(
        "point",
        (
            *who("points up with the {side} arm", "points to the sky", "points at the ceiling with the {side} hand"),
            "points upwards, {side} arm",
            "{side} arm points straight up",
        ),
        (
            Move(0.6, (0.25, 0.95, 0.25), (0.0, 1.0, 0.1), nod=-15),
            Move(1.2, (0.22, 0.97, 0.25), (0.0, 1.0, 0.1), nod=-18),
        ),
    ),
    Gesture(
        "throw",
        (
            *who("throws a ball {side}-handed", "hurls a stone with the {side} arm", "throws something far away"),
            "throw, {side} arm",
            "pitches a ball with the {side} hand",
            "throws a rock overarm, {side} hand",
            "lobs something with the {side} arm",
        ),
        (
            Move(0.5, (0.85, 0.15, -0.55), (0.1, 0.85, -0.5), twist=-30, lean=-6),
            Move(0.15, (0.85, 0.3, -0.5), (0.1, 0.7, -0.7), twist=-34, lean=-6),
            Move(0.24, (0.55, 0.45, 0.75), (0.1, 0.5, 0.85), twist=12, lean=8),
            Move(0.22, (0.1, -0.2, 1.0), (-0.2, -0.3, 0.95), twist=28, lean=16),
            Move(0.25, (-0.2, -0.75, 0.65), (-0.5, -0.75, 0.4), twist=30, lean=18),
        ),
        bank=("throw",),
    ),
    Gesture(
        "scratch head",
        (
            *who("scratches the {side} side of the head", "scratches the head, puzzled", "scratches the scalp"),
            "scratch head, {side} hand",
            "puzzled, {side} hand scratching the head",
            "head scratch",
        ),
        (
            Move(0.6, (0.75, 0.3, 0.4), (-0.7, 0.7, -0.05), nod=10),
            Move(0.16, (0.75, 0.33, 0.38), (-0.8, 0.6, -0.1), nod=10),
            Move(0.16, (0.75, 0.28, 0.4), (-0.65, 0.75, 0.0), nod=10),
        ),
        loop=(1, 3),
        bank=("scratch_head",),
    ),
    Gesture(
        "knock",
        (
            *who("knocks at the door with the {side} hand", "knocks on wood", "raps on a door with the {side} fist"),
            "knocking at the door",
            "knock knock, {side} hand",
            "knocks at somebody's door",
        ),
        (
            Move(0.5, (0.2, -0.55, 0.85), (0.0, 0.95, 0.5)),
            Move(0.14, (0.2, -0.5, 0.88), (0.0, 0.7, 0.85)),
            Move(0.16, (0.2, -0.55, 0.85), (0.0, 0.95, 0.5)),
        ),
        loop=(1, 3),
        bank=("knock",),
    ),
    Gesture(
        "open door",
        (
            *who("opens a door {side}-handed", "pulls a door open with the {side} arm", "turns a door handle"),
            "open door, {side} hand",
            "reaches for the door handle and pulls",
        ),
        (
            Move(0.6, (0.15, -0.7, 0.75), (0.0, -0.05, 1.0), lean=6),
            Move(0.3, (0.3, -0.7, 0.7), (0.05, -0.05, 1.0), lean=6),
            Move(0.6, (0.55, -0.8, -0.3), (0.1, -0.1, 1.0), twist=-18),
        ),
        bank=("door_open",),
    ),
    Gesture(
        "drink",
        (
            *who("drinks from a cup in the {side} hand", "lifts a glass and drinks", "has a drink"),
            "drinks a coffee, {side} hand",
            "raises the cup to the mouth",
            "drinking from a mug",
        ),
        (
            Move(0.6, (0.25, -0.85, 0.4), (-0.1, 0.1, 1.0)),
            Move(0.5, (0.4, -0.55, 0.65), (-0.65, 0.85, 0.1), nod=-8),
            Move(0.9, (0.42, -0.45, 0.7), (-0.65, 0.82, 0.1), nod=-16),
            Move(0.6, (0.25, -0.85, 0.4), (-0.1, 0.1, 1.0)),
        ),
        bank=("drink", "drink_mug"),
    ),
    Gesture(
        "combat idle",
        (
            *who("stands in a fighting stance", "is ready to fight, fists raised", "keeps the guard up"),
            "fight idle",
            "fighting stance",
            "boxing stance, guard up",
            "combat stance idle",
            "ready to fight, on guard",
            "fighter bounces lightly in guard",
        ),
        (
            Move(0.5, *GUARD, lean=8, drop=0.06),
            Move(0.35, (0.27, -0.83, 0.47), (-0.35, 0.87, 0.4), lean=9, drop=0.085),
            Move(0.35, *GUARD, lean=8, drop=0.06),
        ),
        loop=(1, 3),
        both=True,
        guard=True,
        bank=("fight_stance",),
    ),
    Gesture(
        "punch",
        (
            *who("throws {number} {side} jab{s}", "punches {times} with the {side} fist, straight ahead"),
            "{number} straight {side} punch{es}",
            "{number} {side} jab{s}, guard up",
            "jabs {times} with the {side} hand",
        ),
        (
            Move(0.45, *GUARD, lean=8, drop=0.06),
            Move(0.17, (0.05, -0.05, 1.0), (0.0, 0.03, 1.0), twist=26, lean=10, drop=0.06),
            Move(0.3, *GUARD, lean=8, drop=0.06),
            Move(0.3, *GUARD, lean=8, drop=0.07),
        ),
        counted=(1, 4),
        guard=True,
        bank=("jab",),
    ),
    Gesture(
        "punch",
        (
            *who("throws {number} {side} hook{s}", "swings a {side} hook {times}"),
            "{number} {side} hook{s}",
            "{side} hook {times}, boxing",
            "hooks {times} with the {side} fist",
        ),
        (
            Move(0.45, *GUARD, lean=8, drop=0.06),
            Move(0.22, (0.95, -0.15, 0.1), (0.1, 0.25, 0.95), twist=-22, lean=6, drop=0.07),
            Move(0.2, (0.45, 0.0, 0.9), (-0.95, 0.05, 0.3), twist=36, lean=10, drop=0.06),
            Move(0.32, *GUARD, lean=8, drop=0.06),
            Move(0.25, *GUARD, lean=8, drop=0.07),
        ),
        counted=(1, 5),
        guard=True,
        bank=("hook",),
    ),
    Gesture(
        "stand on one leg",
        (  # nothing of the lifted leg's side, which the text encoder puts beside standing on that leg
            *who("balances on the {other} foot", "stands one-legged on the {other} leg", "balances on one leg"),
            "balance on the {other} leg",
            "stands on the {other} foot alone",
            "balancing on one foot, the {other} one",
        ),
        (Move(0.7, lift=(0.28, -0.12)), Move(1.5, lift=(0.3, -0.1))),
        loop=(0, 2),
        bank=("balance_one_leg",),
        says=r"^(?!.*(\{side\}|arms out))",
    ),
    Gesture(
        "lift knee",
        (
            *who("raises the {side} knee", "pulls the {side} knee up", "lifts the {side} leg, knee bent"),
            "{side} knee up",
            "knee raise, {side} leg",
            "high knee on the {side}",
        ),
        (Move(0.5, lift=(0.42, 0.22)), Move(0.6, lift=(0.44, 0.22))),
    ),
)
