# SPDX-License-Identifier: GPL-3.0-or-later
"""How people walk in a mood, at an age or in pain, keyed as in ``tables.gestures``."""

from __future__ import annotations

from ..gesture import Move, who
from ..style import Style, held, mood

HANGING = ((0.12, -0.97, 0.2), (0.0, -0.93, 0.32))

MOODS = (
    Style(
        mood(
            "zombie",
            (
                *who("walks like a zombie, arms stretched out in front", "shambles along like the undead"),
                *who("staggers forward like a zombie with both arms reaching out", "walks like a mummy"),
                "zombie walk, arms out",
                "undead shamble",
                "slow zombie shuffle, reaching forward",
                "monster walk, arms stretched forward",
            ),
            held((0.12, -0.12, 1.0), (0.0, 0.02, 1.0), lean=8, nod=14, twist=7),
        ),
        bank=("style_zombie",),
        tempo=(0.55, 0.8),
        sway=7.0,
    ),
    Style(
        mood(
            "zombie",
            (
                *who("walks like a zombie with hanging arms", "drags himself along like the living dead"),
                *who("lurches forward, arms limp, head tilted", "walks like a zombie, the arms hang"),
                "zombie shuffle, limp arms",
                "zombie walk cycle, both arms limp at the sides",
                "undead gait, loosely hanging arms",
                "walker, arms hanging",
                "lurching undead",
                "infected walk, head down",
            ),
            # bent so low that the arms, which hang straight down, are away from the body
            held((0.12, -0.8, 0.65), (0.0, -0.8, 0.68), lean=36, nod=16, twist=16, drop=0.05),
            says=r"^(?!.*(mummy|outstretched|stiffly))",
        ),
        bank=("style_zombie",),
        tempo=(0.5, 0.7),
        sway=15.0,
    ),
    Style(
        mood(
            "tired walk",
            (
                *who("walks exhausted, bent over", "trudges along, tired", "drags the feet, worn out", "plods wearily"),
                *who("walks slowly with hanging shoulders, dead tired", "can hardly walk any more, exhausted"),
                "tired walk",
                "exhausted walk",
                "weary trudge, head low",
                "worn-out walk cycle",
                "fatigue locomotion",
            ),
            held(*HANGING, lean=20, nod=26, shrug=-0.02, drop=0.02),
        ),
        tempo=(0.55, 0.75),
        hold=0.8,
        sway=4.0,
    ),
    Style(
        mood(
            "old person",
            (
                *who("walks like an old man, one hand on the aching back", "walks bent like a very old person"),
                *who("hobbles along with the {side} hand on the lower back", "is old and walks with a stoop"),
                "elderly walk",
                "grandpa walk, hand on the back",
                "frail walk, stooped",
                "old woman walking slowly",
            ),
            held((0.5, -0.75, -0.5), (-0.75, -0.35, -0.15), lean=30, nod=-8, drop=0.04),
            both=False,
        ),
        bank=("style_old",),
        tempo=(0.5, 0.7),
    ),
    Style(
        mood(
            "walk with cane",
            (
                *who("walks with a cane in the {side} hand", "leans on a walking stick", "walks stooped over a cane"),
                "walk with cane",
                "old man with a walking stick",
                "senior walking, cane in the {side} hand",
                "hunched walk on a stick",
            ),
            held((0.25, -0.85, 0.45), (0.05, -0.4, 0.9), lean=24, nod=0, drop=0.03),
            both=False,
        ),
        bank=("style_old",),
        tempo=(0.5, 0.7),
    ),
    Style(
        mood(
            "sad walk",
            (
                *who("walks sadly, head down", "walks along depressed", "mopes along, shoulders slumped"),
                *who("walks with a hanging head", "slouches home, sad"),
                "sad walk",
                "depressed walk",
                "dejected walk, looking at the floor",
                "heartbroken walk",
            ),
            held(*HANGING, lean=10, nod=32, shrug=-0.02),
        ),
        bank=("style_sad",),
        tempo=(0.6, 0.8),
        hold=0.75,
    ),
    Style(
        mood(
            "proud walk",
            (
                *who("walks proudly, chest out", "struts with a lifted chin", "strides along like a hero"),
                *who("walks tall and self-assured", "swaggers along, arms held wide"),
                "proud walk",
                "confident walk, chest out",
                "superhero walk",
                "tough guy walk, arms wide",
                "alpha strut",
            ),
            held((0.55, -0.83, 0.0), (0.28, -0.93, 0.22), lean=-7, nod=-6, twist=5),
        ),
        bank=("style_proud",),
        tempo=(0.95, 1.1),
        hold=0.6,
    ),
    Style(
        mood(
            "model walk",
            (
                *who("walks like a model, hands on the hips", "struts down the runway", "walks with hands on hips"),
                *who("sashays along with one hand on each hip", "shows off on the runway"),
                "model walk",
                "runway strut, hands on hips",
                "sassy walk",
                "diva walk, hands at the waist",
            ),
            held((0.8, -0.75, -0.25), (-0.7, -0.45, 0.5), lean=-5, nod=-6, twist=8),
        ),
        bank=("style_sexy",),
        tempo=(0.9, 1.05),
        sway=4.0,
    ),
    Style(
        mood(
            "drunk walk",
            (
                *who("staggers along, drunk", "walks drunkenly, swaying from side to side", "reels home from the bar"),
                "drunk walk",
                "wasted, staggering",
                "tipsy walk",
                "drunkard swaying along",
            ),
            held((0.6, -0.75, 0.25), (0.35, -0.5, 0.6), lean=9, nod=16, twist=12),
            says=r"^(?!.*idle)",
        ),
        bank=("style_drunk",),
        tempo=(0.6, 0.85),
        hold=0.7,
        sway=15.0,
    ),
    Style(
        mood(
            "cold walk",
            (
                *who("walks freezing, arms wrapped around himself", "hurries along in the cold, hugging himself"),
                *who("walks with shoulders pulled up, shivering"),
                "cold walk",
                "freezing walk, arms wrapped tight",
                "walking through icy wind, hugging the body",
            ),
            held((0.2, -0.92, 0.3), (-0.9, 0.25, 0.35), lean=12, nod=14, shrug=0.04),
        ),
        bank=("style_cold",),
        tempo=(0.9, 1.15),
    ),
    Style(
        mood(
            "scared walk",
            (
                *who(
                    "walks in fear, looking left and right", "creeps along, frightened", "walks scared, arms drawn in"
                ),
                "scared walk",
                "frightened, walking with the arms at the chest",
                "afraid of the dark, walking slowly",
            ),
            (
                Move(0.7, (0.2, -0.85, 0.4), (-0.45, 0.7, 0.55), lean=8, twist=24, shrug=0.04, drop=0.03),
                Move(0.8, (0.2, -0.85, 0.4), (-0.45, 0.7, 0.55), lean=8, twist=-24, shrug=0.04, drop=0.04),
            ),
        ),
        bank=("style_scared",),
        tempo=(0.55, 0.8),
    ),
    Style(
        mood(
            "angry walk",
            (
                *who("walks angrily, fists clenched", "storms off, furious", "stomps along in a rage"),
                "angry walk",
                "furious march, arms stiff",
                "mad, storming ahead",
            ),
            held((0.35, -0.92, -0.05), (0.1, -0.75, 0.6), lean=9, nod=10, twist=9, shrug=0.02),
        ),
        bank=("style_angry",),
        tempo=(1.05, 1.25),
        hold=0.65,
    ),
    Style(
        mood(
            "heavy walk",
            (
                *who("walks like a heavy giant", "lumbers along like an ogre", "walks like a gorilla, arms wide"),
                "brute walk",
                "heavy walk, big and slow",
                "ogre locomotion",
                "giant stomping along",
            ),
            held((0.65, -0.75, 0.15), (0.1, -0.95, 0.3), lean=16, nod=4, twist=12, drop=0.05),
        ),
        bank=("style_heavy",),
        tempo=(0.6, 0.8),
        sway=8.0,
    ),
    Style(
        mood(
            "sneak",
            (
                *who("sneaks forward, bent low", "creeps along quietly", "prowls like a thief", "tiptoes up, crouched"),
                "sneaking",
                "sneak walk",
                "prowling, low and careful",
                "burglar creeping along",
            ),
            held((0.3, -0.7, 0.55), (-0.2, 0.45, 0.9), lean=26, nod=-12, drop=0.16),
        ),
        bank=("sneak",),
        tempo=(0.5, 0.75),
        steps=1.4,
    ),
    Style(
        mood(
            "wade",
            (
                *who("wades through deep water", "trudges through deep snow, lifting the knees", "plods through mud"),
                *who("walks through high grass, lifting the feet high", "struggles through a swamp"),
                "wading",
                "deep snow walk",
                "trudging through mud, high knees",
                "walking in water up to the knees",
                "trudging through snow that comes up over the boots",
                "wading ashore, waist deep",
                "slow walk through a snowdrift",
                "snow walk, every foot pulled high out of the snow",
            ),
            held((0.8, -0.55, 0.2), (0.35, 0.1, 0.9), lean=16, nod=6, twist=14, drop=0.03),
        ),
        tempo=(0.5, 0.7),
        rise=0.3,
        sway=7.0,
    ),
    Style(
        mood(
            "hurt walk",
            (
                *who("walks wounded, holding the stomach", "staggers along with both hands on the belly"),
                *who("walks bent over in pain, arms across the stomach"),
                "wounded walk",
                "injured walk, clutching the belly",
                "hurt, limping along, hand on a wound",
            ),
            held((0.25, -0.92, 0.25), (-0.75, 0.0, 0.6), lean=24, nod=14, drop=0.04),
            says=r"^(?!.*\bleg\b)",
        ),
        bank=("style_hunch_pain", "hurt_stomach"),
        tempo=(0.55, 0.75),
        sway=6.0,
    ),
)
