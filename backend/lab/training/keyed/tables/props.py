# SPDX-License-Identifier: GPL-3.0-or-later
"""Weapons, sports, instruments and states of the body on the spot, keyed as in ``tables.gestures``."""

from __future__ import annotations

from ..gesture import Gesture, Move, who

_BOW_ARM = ((0.25, 0.02, 1.0), (0.1, 0.03, 1.0))
_FRET_ARM = ((0.5, -0.8, 0.3), (0.3, 0.4, 0.85))
_GUN_ARM = ((0.05, -0.35, 0.95), (-0.3, 0.3, 0.9))
_SWUNG_OUT, _SWUNG_IN = ((0.85, -0.4, -0.25), (0.8, -0.1, 0.2)), ((0.3, -0.6, 0.75), (-0.4, -0.1, 0.9))
_FOLDED = ((0.25, -0.92, 0.32), (-0.95, 0.12, 0.35))

PROPS = (
    Gesture(
        "aim",
        (
            *who("aims a rifle", "raises a gun to the {side} shoulder and shoots", "takes aim with a rifle and shoots"),
            *who("holds a rifle at the {side} shoulder, ready to fire", "looks through the scope of a rifle"),
            "aiming a rifle",
            "rifle aim idle",
            "shooting with a machine gun",
            "sniper standing, aiming",
        ),
        (
            Move(0.6, (0.7, -0.45, 0.35), (-0.7, 0.35, 0.6), nod=8, twist=-14, lean=4, other=_GUN_ARM),
            Move(1.0, (0.7, -0.45, 0.35), (-0.7, 0.37, 0.6), nod=10, twist=-14, lean=5, other=_GUN_ARM),
            Move(0.1, (0.7, -0.45, 0.28), (-0.7, 0.38, 0.56), nod=6, twist=-18, lean=1, other=_GUN_ARM),
        ),
        loop=(1, 3),
        bank=("gun_aim", "gun_shoot"),
        says=r"^(?!.*(pistol|handgun|cop\b))",
    ),
    Gesture(
        "aim",
        (
            *who("aims a pistol with both hands", "points a handgun straight ahead", "shoots with a pistol"),
            "pistol aim",
            "handgun stance",
            "police officer aiming, both arms straight",
            "firing a pistol",
        ),
        (
            Move(0.5, (0.12, -0.08, 1.0), (-0.22, 0.03, 1.0), lean=4, drop=0.03),
            Move(0.9, (0.12, -0.08, 1.0), (-0.22, 0.03, 1.0), lean=5, drop=0.03),
            Move(0.1, (0.12, 0.0, 0.97), (-0.22, 0.2, 0.95), lean=2, drop=0.03),
        ),
        loop=(1, 3),
        both=True,
        bank=("gun_aim", "gun_shoot"),
        says=r"^(?!.*(rifle|sniper))",
    ),
    Gesture(
        "shoot with bow",
        (
            *who("draws a bow", "shoots an arrow", "pulls back the string of a bow and shoots", "aims with a longbow"),
            "bow shot",
            "archery",
            "archer drawing the bow, then releasing",
            "nocks an arrow, draws and releases",
        ),
        (
            Move(0.6, (0.1, -0.25, 0.95), (-0.1, 0.1, 1.0), twist=-20, other=_BOW_ARM),
            Move(0.8, (0.85, 0.05, -0.15), (-0.95, 0.12, 0.3), twist=-34, other=_BOW_ARM),
            Move(0.7, (0.85, 0.05, -0.2), (-0.95, 0.12, 0.25), twist=-36, other=_BOW_ARM),
            Move(0.12, (0.95, 0.0, -0.35), (-0.3, 0.35, -0.4), twist=-34, other=_BOW_ARM),
            Move(0.5, (0.95, -0.05, -0.35), (-0.3, 0.3, -0.4), twist=-34, other=_BOW_ARM),
        ),
        bank=("bow_shoot",),
    ),
    Gesture(
        "block",
        (
            *who("raises a shield", "blocks with a shield", "hides behind a shield, sword ready"),
            "shield up",
            "shield block",
            "knight in defence, shield before the body",
        ),
        (
            Move(0.35, (0.4, -0.8, -0.3), (0.05, -0.2, 0.95), lean=10, drop=0.08, twist=-22,
                 other=((0.25, -0.5, 0.85), (-0.8, 0.5, 0.3))),
            Move(0.9, (0.4, -0.8, -0.3), (0.05, -0.2, 0.95), lean=12, drop=0.1, twist=-22,
                 other=((0.25, -0.48, 0.87), (-0.8, 0.52, 0.3))),
        ),
        loop=(0, 2),
        bank=("shield_block",),
        says=r"^(?!.*bash)",
    ),
    Gesture(
        "sword slash",
        (
            *who("slashes with a sword in the {side} hand", "cuts diagonally with a sword", "attacks with a sword"),
            "sword slash",
            "one-handed sword attack",
            "diagonal cut, {side} hand",
            "light sword attack",
        ),
        (
            Move(0.45, (0.75, 0.35, -0.25), (0.1, 0.85, -0.45), twist=-32, lean=-3, drop=0.05),
            Move(0.22, (0.0, -0.25, 1.0), (-0.45, -0.1, 0.9), twist=20, lean=12, drop=0.09),
            Move(0.16, (-0.3, -0.65, 0.6), (-0.8, -0.4, 0.4), twist=36, lean=16, drop=0.1),
            Move(0.4, (-0.3, -0.7, 0.55), (-0.8, -0.45, 0.35), twist=36, lean=16, drop=0.1),
        ),
        bank=("sword_slash",),
    ),
    Gesture(
        "sword stab",
        (
            *who("thrusts a sword forward", "stabs with a spear", "lunges with the sword in the {side} hand"),
            "thrust",
            "sword stab",
            "stabbing attack",
        ),
        (
            Move(0.45, (0.35, -0.75, -0.6), (-0.1, 0.2, 0.95), twist=-28, drop=0.06),
            Move(0.2, (0.05, -0.2, 1.0), (-0.05, -0.05, 1.0), twist=30, lean=18, drop=0.12),
            Move(0.35, (0.05, -0.2, 1.0), (-0.05, -0.05, 1.0), twist=30, lean=18, drop=0.12),
        ),
        bank=("sword_stab",),
    ),
    Gesture(
        "spell",
        (
            *who("casts a spell with both hands", "throws magic from both palms", "pushes out a wave of energy"),
            "magic attack",
            "spell cast",
            "wizard casting, both hands forward",
            "energy blast from the hands",
        ),
        (
            Move(0.6, (0.45, -0.85, -0.3), (-0.1, 0.15, 0.95), lean=2, drop=0.06),
            Move(0.5, (0.45, -0.85, -0.35), (-0.1, 0.2, 0.9), lean=0, drop=0.08),
            Move(0.25, (0.12, -0.15, 1.0), (-0.05, 0.12, 1.0), lean=12, drop=0.06),
            Move(0.8, (0.12, -0.12, 1.0), (-0.05, 0.15, 1.0), lean=12, drop=0.06),
        ),
        both=True,
        bank=("spell",),
        says=r"^(?!.*(fireball|hand\b))",
    ),
    Gesture(
        "spell",
        (
            *who("casts magic with the {side} hand", "hurls a ball of fire", "throws a flame with the {side} hand"),
            "fireball cast",
            "one-handed spell",
            "mage attack, {side} hand",
        ),
        (
            Move(0.6, (0.6, -0.65, 0.2), (0.1, 0.9, 0.4), twist=-20, drop=0.03),
            Move(0.4, (0.7, -0.3, -0.4), (0.0, 0.9, -0.2), twist=-34, drop=0.05),
            Move(0.25, (0.1, -0.05, 1.0), (0.0, 0.08, 1.0), twist=28, lean=10, drop=0.05),
            Move(0.6, (0.1, -0.05, 1.0), (0.0, 0.1, 1.0), twist=28, lean=10, drop=0.05),
        ),
        bank=("spell",),
    ),
    Gesture(
        "shoot basketball",
        (
            *who("shoots a basketball", "throws a ball at the hoop with both hands", "takes a jump shot at the basket"),
            "basketball shot",
            "shooting hoops",
            "set shot, ball overhead, wrists follow through",
        ),
        (
            Move(0.5, (0.3, -0.85, 0.4), (-0.35, 0.5, 0.75), lean=12, drop=0.12),
            Move(0.35, (0.35, 0.15, 0.9), (-0.45, 0.9, -0.05), lean=2, drop=0.06),
            Move(0.25, (0.15, 0.75, 0.65), (-0.05, 0.85, 0.5), lean=-2),
            Move(0.6, (0.15, 0.7, 0.7), (-0.05, 0.6, 0.75), lean=0),
        ),
        both=True,
        bank=("shoot_basketball",),
        says=r"^(?!.*(jump|layup))",
    ),
    Gesture(
        "dribble",
        (
            *who("dribbles a ball on the spot", "bounces a basketball with the {side} hand", "dribbles, bent low"),
            "dribbling",
            "basketball dribble, {side} hand",
            "bounces a ball again and again",
        ),
        (
            Move(0.24, (0.3, -0.88, 0.35), (0.0, 0.05, 0.98), lean=18, drop=0.1, nod=4),
            Move(0.24, (0.3, -0.92, 0.3), (0.0, -0.65, 0.75), lean=20, drop=0.11, nod=6),
        ),
        loop=(0, 2),
        bank=("dribble",),
        says=r"^(?!.*(walk|forward|around|run|driv))",
    ),
    Gesture(
        "kick ball",
        (
            *who("kicks a ball with the {side} foot", "shoots a soccer ball", "passes the ball with the {side} foot"),
            "football kick",
            "soccer shot, {side} foot",
            "ball at the feet, plays it with the {side} foot",
        ),
        (
            Move(0.45, *_SWUNG_OUT, lift=(0.3, -0.5), lean=6, drop=0.05, twist=-12, other=_SWUNG_OUT),
            Move(0.16, *_SWUNG_OUT, lift=(0.06, 0.2), lean=2, drop=0.05, other=_SWUNG_OUT),
            Move(0.18, *_SWUNG_OUT, lift=(0.4, 0.72), lean=-10, drop=0.02, twist=14, other=_SWUNG_IN),
            Move(0.3, *_SWUNG_OUT, lift=(0.34, 0.62), lean=-8, drop=0.02, twist=12, other=_SWUNG_IN),
        ),
        bank=("kick_ball",),
        says=r"^(?!.*(run|penalty|free kick|goal))",
    ),
    Gesture(
        "catch",
        (
            *who("catches a ball with both hands", "catches something thrown at the chest"),
            "catching a ball",
            "catch, hands to the chest",
        ),
        (
            Move(0.4, (0.2, -0.35, 0.9), (-0.1, 0.25, 0.95), drop=0.03),
            Move(0.2, (0.2, -0.35, 0.9), (-0.15, 0.25, 0.95), drop=0.03),
            Move(0.25, (0.4, -0.9, 0.1), (-0.6, 0.35, 0.7), lean=8, drop=0.06),
            Move(0.7, (0.4, -0.9, 0.1), (-0.6, 0.35, 0.7), lean=6, drop=0.04),
        ),
        both=True,
    ),
    Gesture(
        "tennis",
        (
            *who("plays a forehand", "hits a tennis ball with the {side} hand", "swings a racket"),
            "tennis forehand",
            "racket swing",
            "forehand stroke, {side} arm",
        ),
        (
            Move(0.5, (0.9, -0.35, -0.45), (0.55, -0.1, -0.75), twist=-42, drop=0.07),
            Move(0.28, (0.3, -0.25, 0.95), (0.1, -0.05, 1.0), twist=18, lean=8, drop=0.07),
            Move(0.22, (-0.35, 0.15, 0.9), (-0.7, 0.6, 0.1), twist=40, lean=6, drop=0.03),
            Move(0.35, (-0.35, 0.15, 0.9), (-0.75, 0.55, 0.0), twist=40, lean=6, drop=0.03),
        ),
    ),
    Gesture(
        "play guitar",
        (
            *who("plays the guitar", "strums a guitar with the {side} hand", "plays air guitar", "rocks a guitar"),
            "playing guitar",
            "guitarist",
            "strumming, guitar idle",
        ),
        (
            Move(0.3, (0.35, -0.85, 0.15), (-0.6, 0.05, 0.75), lean=4, nod=12, other=_FRET_ARM),
            Move(0.3, (0.35, -0.87, 0.2), (-0.5, -0.3, 0.8), lean=5, nod=16, other=_FRET_ARM),
        ),
        loop=(0, 2),
    ),
    Gesture(
        "smoke",
        (
            *who("smokes a cigarette", "takes a drag from a cigarette", "stands smoking, {side} hand at the mouth"),
            "smoking",
            "smoke break",
            "smoker idle",
        ),
        (
            Move(0.7, (0.35, -0.72, 0.55), (-0.55, 0.83, 0.12), nod=2),
            Move(0.8, (0.35, -0.72, 0.55), (-0.55, 0.83, 0.12), nod=-3),
            Move(0.7, (0.3, -0.9, 0.25), (0.1, 0.25, 0.95), nod=-8),
            Move(0.9, (0.3, -0.92, 0.2), (0.1, 0.2, 0.95), nod=0),
        ),
        loop=(0, 4),
    ),
    Gesture(
        "think",
        (
            *who("thinks, {side} hand at the chin", "ponders with a hand on the chin", "strokes the chin in thought"),
            "thinking",
            "thoughtful pose, hand on chin",
            "hmm, considering it",
        ),
        (
            Move(0.7, (0.3, -0.85, 0.45), (-0.45, 0.9, 0.12), nod=10, other=_FOLDED),
            Move(1.3, (0.3, -0.85, 0.45), (-0.45, 0.9, 0.12), nod=14, other=_FOLDED),
        ),
        loop=(0, 2),
        bank=("think",),
    ),
    Gesture(
        "hush",
        (
            *who("puts a finger to the lips", "makes the shush sign", "tells somebody to be quiet, finger on the lips"),
            "shush",
            "be quiet gesture",
            "hush, {side} index finger at the mouth",
        ),
        (
            Move(0.5, (0.3, -0.7, 0.6), (-0.5, 0.85, 0.2), lean=5, nod=3),
            Move(1.1, (0.3, -0.7, 0.6), (-0.5, 0.85, 0.2), lean=6, nod=5),
        ),
    ),
    Gesture(
        "headache",
        (
            *who("has a headache and holds the head", "rubs both temples", "holds the head in pain"),
            "headache",
            "migraine, hands at the temples",
            "head in the hands, bent forward",
        ),
        (
            Move(0.6, (0.6, -0.2, 0.65), (-0.6, 0.8, -0.1), nod=26, lean=16),
            Move(0.5, (0.6, -0.2, 0.65), (-0.6, 0.8, -0.1), nod=20, lean=14, twist=8),
            Move(0.5, (0.6, -0.2, 0.65), (-0.6, 0.8, -0.1), nod=28, lean=18, twist=-8),
        ),
        loop=(1, 3),
        both=True,
    ),
    Gesture(
        "catch breath",
        (
            *who("catches his breath, hands on the knees", "leans on the knees, out of breath", "pants, bent over"),
            "winded, hands on knees",
            "exhausted after a sprint, bent over",
            "catching breath",
        ),
        (
            Move(0.7, (0.1, -0.9, 0.45), (0.05, -0.97, 0.1), lean=62, nod=-8, drop=0.03),
            Move(0.45, (0.1, -0.9, 0.45), (0.05, -0.97, 0.1), lean=54, nod=-18, drop=0.03, shrug=0.05),
            Move(0.45, (0.1, -0.9, 0.45), (0.05, -0.97, 0.1), lean=63, nod=-6, drop=0.04),
        ),
        loop=(1, 3),
        both=True,
        bank=("exhausted",),
    ),
    Gesture(
        "catch breath",
        (
            *who("stands out of breath, hands on the hips", "breathes hard after a sprint, standing upright"),
            *who("is winded and pants, chest heaving"),
            "panting, hands on the hips",
            "heavy breathing idle",
            "breathless, standing, shoulders going up and down",
        ),
        (
            Move(0.7, (0.75, -0.75, -0.2), (-0.75, -0.55, 0.35), lean=18, nod=10),
            Move(0.4, (0.75, -0.75, -0.3), (-0.75, -0.55, 0.35), lean=5, nod=-12, shrug=0.055),
            Move(0.4, (0.75, -0.75, -0.2), (-0.75, -0.55, 0.35), lean=19, nod=10),
        ),
        loop=(1, 3),
        both=True,
        bank=("exhausted",),
        says=r"breath|pant|gasp",
    ),
    Gesture(
        "hold stomach",
        (
            *who("holds the stomach in pain", "has a stomach ache", "clutches the belly and bends over"),
            "stomach ache",
            "cramps, arms across the belly",
            "feels sick, both hands on the stomach",
        ),
        (
            Move(0.6, (0.25, -0.92, 0.25), (-0.75, 0.0, 0.6), lean=28, nod=16, drop=0.06),
            Move(0.8, (0.25, -0.92, 0.25), (-0.75, 0.0, 0.6), lean=34, nod=22, drop=0.08, twist=6),
        ),
        loop=(0, 2),
        both=True,
    ),
    Gesture(
        "laugh",
        (
            *who("laughs out loud, holding the belly", "bends over with laughter", "cracks up", "roars with laughter"),
            "laughing",
            "belly laugh",
            "lol, doubles over laughing",
        ),
        (
            Move(0.5, (0.3, -0.92, 0.2), (-0.7, 0.05, 0.65), lean=26, nod=10, drop=0.04),
            Move(0.18, (0.3, -0.92, 0.2), (-0.7, 0.08, 0.65), lean=22, nod=4, drop=0.03, shrug=0.035),
            Move(0.18, (0.3, -0.92, 0.2), (-0.7, 0.05, 0.65), lean=28, nod=10, drop=0.04),
            Move(0.6, (0.3, -0.92, 0.2), (-0.7, 0.05, 0.65), lean=-10, nod=-22),
            Move(0.18, (0.3, -0.92, 0.2), (-0.7, 0.08, 0.65), lean=-8, nod=-18, shrug=0.035),
            Move(0.18, (0.3, -0.92, 0.2), (-0.7, 0.05, 0.65), lean=-11, nod=-22),
        ),
        loop=(0, 6),
        both=True,
        bank=("laugh",),
    ),
    Gesture(
        "shiver",
        (
            *who("shivers with cold", "freezes, arms wrapped around the body", "trembles in the cold"),
            "shivering",
            "cold idle",
            "freezing, hugging himself",
            "it is cold, rubs the arms",
        ),
        (
            Move(0.6, (0.2, -0.93, 0.28), (-0.92, 0.3, 0.3), lean=10, nod=12, shrug=0.04),
            Move(0.14, (0.2, -0.93, 0.28), (-0.92, 0.34, 0.3), lean=11, nod=10, shrug=0.05, twist=3),
            Move(0.14, (0.2, -0.93, 0.28), (-0.92, 0.26, 0.3), lean=9, nod=13, shrug=0.035, twist=-3),
        ),
        loop=(1, 3),
        both=True,
        bank=("shiver",),
    ),
    Gesture(
        "stand at ease",
        (
            *who("stands at ease, hands behind the back", "stands on guard with the hands behind the back"),
            "at ease",
            "parade rest",
            "security guard, hands clasped behind the back",
            "waiting with the hands behind the back",
        ),
        (
            Move(0.6, (0.3, -0.85, -0.4), (-0.75, -0.55, -0.3), lean=-2),
            Move(1.5, (0.3, -0.85, -0.42), (-0.75, -0.55, -0.3), lean=-3, twist=4),
            Move(1.5, (0.3, -0.85, -0.4), (-0.75, -0.55, -0.3), lean=-2, twist=-4),
        ),
        loop=(1, 3),
        both=True,
    ),
    Gesture(
        "look back",
        (
            *who("looks back over the {side} shoulder", "turns the upper body to look behind", "checks what is behind"),
            "look behind",
            "glancing back, {side}",
        ),
        (Move(0.6, twist=-46), Move(1.0, twist=-52), Move(0.6, twist=0)),
    ),
    Gesture(
        "hail",
        (
            *who("flags down a car with the {side} arm", "calls a waiter with a raised hand", "waves for attention"),
            "flagging down a cab",
            "over here, {side} arm up",
            "signals to a driver to stop",
        ),
        (
            Move(0.5, (0.4, 0.75, 0.45), (0.05, 0.95, 0.3)),
            Move(0.3, (0.4, 0.72, 0.45), (0.35, 0.9, 0.3)),
            Move(0.3, (0.4, 0.75, 0.45), (-0.2, 0.95, 0.3)),
        ),
        loop=(1, 3),
    ),
)  # fmt: skip
