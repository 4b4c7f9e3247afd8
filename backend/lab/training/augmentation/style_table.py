# SPDX-License-Identifier: GPL-3.0-or-later
"""How people walk and run: moods, loads and what the hands do meanwhile, keyed as in ``gesture_table``."""

from __future__ import annotations

from dataclasses import dataclass

from .gesture_table import GUARD, Direction, Gesture, Move, who


@dataclass(frozen=True)
class Style:
    """A gesture held while somebody moves.

    Attributes:
        bank: entries of the bank of wordings that it also shows.
        group: the action group of the gaits below it.
        tempo: the gait is played between so many times as fast.
        hold: how much of an arm is keyed; the rest swings as recorded.
        steps: how many times as high the feet rise.
        sway: degrees by which the trunk leans to either side, slowly.
        begins_later: whether it begins while the gait goes on, not with the clip.
    """

    gesture: Gesture
    bank: tuple[str, ...] = ()
    group: str = "walk"
    tempo: tuple[float, float] = (0.9, 1.1)
    hold: float = 1.0
    steps: float = 1.0
    sway: float = 0.0
    begins_later: bool = False


def held(
    upper: Direction | None = None,
    fore: Direction | None = None,
    *,
    lean: float = 0.0,
    nod: float = 0.0,
    twist: float = 0.0,
    drop: float = 0.0,
    shrug: float = 0.0,
) -> tuple[Move, ...]:
    """A pose that breathes a little."""
    return (
        Move(0.6, upper, fore, lean=lean, nod=nod - 2, twist=twist, drop=drop, shrug=shrug),
        Move(0.9, upper, fore, lean=lean + 2, nod=nod + 2, twist=-twist, drop=drop, shrug=shrug),
    )


def mood(label: str, texts: tuple[str, ...], moves: tuple[Move, ...], *, both: bool = True, says: str = "") -> Gesture:
    """A pose that is held for as long as the gait goes on."""
    return Gesture(label, texts, moves, loop=(0, 2), both=both, says=says)


DOING = (
    "a person walks, {}", "someone walks along, {}", "{} while walking", "walking and {}", "he is {} as he walks",
    "a man is walking and {}", "walk, {}", "a woman walks forward, {}", "walk cycle, {}",
)  # fmt: skip
HOLDING = (
    "a person walks {}", "someone walks along {}", "walking {}", "walks forward, {}", "the character walks {}",
    "a man is walking {}", "walk, {}", "a woman walks {}", "walk cycle, {}",
)  # fmt: skip


def walking(label: str, phrases: tuple[str, ...], moves: tuple[Move, ...], *, both: bool = False) -> Gesture:
    """What the hands do during a walk, in phrases that begin with a word in -ing or say how they are held."""
    texts = []
    for k in range(3 * len(phrases) + 6):
        phrase = phrases[k % len(phrases)]
        patterns = DOING if phrase.split()[0].rstrip(",").endswith("ing") else HOLDING
        texts.append(patterns[k % len(patterns)].format(phrase))
    return Gesture(label, tuple(dict.fromkeys(texts)), moves, loop=(0, len(moves)), both=both)


HANGING = ((0.12, -0.97, 0.2), (0.0, -0.93, 0.32))
PHONE_AT_EAR = ((0.55, -0.5, 0.45), (-0.45, 0.88, 0.0))

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
                "walker, arms hanging",
                "lurching undead",
                "infected walk, head down",
            ),
            held((0.15, -0.92, 0.4), (0.0, -0.85, 0.5), lean=20, nod=18, twist=9),
        ),
        bank=("style_zombie",),
        tempo=(0.55, 0.8),
        hold=0.85,
        sway=9.0,
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
            ),
            held((0.5, -0.7, 0.35), (0.1, -0.1, 0.95), lean=14, nod=8, twist=10),
        ),
        tempo=(0.5, 0.7),
        hold=0.75,
        steps=2.3,
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

LOADS = (
    Style(
        mood(
            "carry",
            (
                *who("carries a box in both arms", "walks with a heavy crate", "carries a heavy load in front"),
                *who("hauls a package", "walks carefully, carrying a big load"),
                "carry box walk",
                "carrying a heavy load forward",
                "hauling a crate, both arms",
                "delivery man carrying a parcel",
            ),
            held((0.15, -0.88, 0.4), (-0.12, 0.05, 1.0), lean=-7, nod=4),
        ),
        bank=("walk_carry",),
        tempo=(0.7, 0.95),
    ),
    Style(
        mood(
            "push",
            (
                *who("pushes a cart", "walks behind a shopping cart", "pushes a heavy trolley forward"),
                "pushing a wheelbarrow",
                "pushing a pram",
                "shopping cart walk",
            ),
            held((0.12, -0.65, 0.7), (0.0, -0.12, 1.0), lean=13, nod=4),
        ),
        tempo=(0.7, 1.0),
    ),
    Style(
        mood(
            "pull suitcase",
            (
                *who("pulls a suitcase behind him", "walks through the airport with a trolley bag in the {side} hand"),
                "pulling luggage",
                "walk, dragging a suitcase with the {side} hand",
                "traveller with rolling luggage",
            ),
            held((0.22, -0.85, -0.5), (0.08, -0.82, -0.55), lean=5),
            both=False,
            says=r"^(?!.*(bent|carr|heavy|lug\b))",
        ),
        bank=("walk_suitcase",),
    ),
    Style(
        mood(
            "hold umbrella",
            (
                *who("walks under an umbrella", "walks in the rain, umbrella in the {side} hand"),
                "umbrella walk",
                "walking with an umbrella held in the {side} hand",
            ),
            held((0.25, -0.85, 0.45), (-0.15, 0.93, 0.3)),
            both=False,
        ),
    ),
    Style(
        mood(
            "patrol",
            (
                *who("walks on patrol with a rifle", "patrols, gun held across the chest", "walks, rifle ready"),
                "patrol walk with weapon",
                "soldier walking, rifle in both hands",
                "rifle walk, low ready",
                "armed guard walking his round",
            ),
            held((0.3, -0.85, 0.3), (-0.55, 0.2, 0.75), lean=4, twist=6),
        ),
        tempo=(0.8, 1.05),
    ),
    Style(
        Gesture(
            "combat walk",
            (
                *who("walks forward with raised fists", "advances in a boxing guard", "closes in, hands up to fight"),
                "combat walk",
                "fighter advancing, fists up",
                "boxing stance walk forward",
            ),
            (Move(0.5, *GUARD, lean=8, drop=0.06), Move(0.5, *GUARD, lean=10, drop=0.08)),
            loop=(0, 2),
            both=True,
        ),
        tempo=(0.75, 1.0),
    ),
)

HANDS = (
    Style(
        walking(
            "text on phone",
            ("texting", "looking down at the phone", "typing on a smartphone", "scrolling on a phone"),
            held((0.2, -0.95, 0.32), (-0.42, 0.43, 0.82), nod=30),
            both=True,
        ),
        tempo=(0.75, 1.0),
    ),
    Style(
        walking(
            "phone",
            ("talking on the phone", "phoning", "with a phone at the {side} ear", "while on a call"),
            held(*PHONE_AT_EAR, nod=4),
        ),
        tempo=(0.8, 1.05),
    ),
    Style(
        walking(
            "phone",
            ("taking out the phone and calling someone", "answering a call"),
            held(*PHONE_AT_EAR, nod=4),
        ),
        begins_later=True,
    ),
    Style(
        walking(
            "cross arms",
            ("with crossed arms", "with the arms crossed", "with folded arms"),
            held((0.25, -0.9, 0.37), (-0.95, 0.16, 0.35)),
            both=True,
        )
    ),
    Style(
        walking(
            "hands behind back",
            ("with the hands behind the back", "with hands clasped behind the back"),
            held((0.25, -0.85, -0.45), (-0.75, -0.55, -0.3), lean=3),
            both=True,
        ),
        tempo=(0.75, 1.0),
    ),
    Style(
        walking(
            "hands in pockets",
            ("with both hands in the pockets", "with the hands in the pockets"),
            held((0.4, -0.9, -0.12), (-0.25, -0.85, 0.45), shrug=0.01),
            both=True,
        )
    ),
    Style(
        walking(
            "hands up",
            ("with raised hands", "with the hands up in surrender", "with both hands in the air"),
            held((0.9, -0.1, 0.2), (0.09, 0.98, 0.1)),
            both=True,
        ),
        tempo=(0.65, 0.9),
    ),
    Style(
        walking(
            "hands on head",
            ("with the hands on the head", "with the hands behind the head like a prisoner"),
            held((0.85, 0.35, 0.3), (-0.8, 0.6, -0.1)),
            both=True,
        ),
        tempo=(0.65, 0.9),
    ),
    Style(
        walking(
            "point",
            ("pointing ahead with the {side} arm", "pointing the way", "showing where to go"),
            held((0.08, -0.03, 1.0), (0.0, 0.04, 1.0)),
        ),
        begins_later=True,
    ),
    Style(
        walking(
            "drink",
            ("drinking from a cup", "sipping from a bottle in the {side} hand", "having a drink"),
            (
                Move(0.7, (0.25, -0.85, 0.4), (-0.1, 0.1, 1.0)),
                Move(0.5, (0.42, -0.48, 0.7), (-0.65, 0.83, 0.1), nod=-14),
                Move(0.8, (0.42, -0.45, 0.7), (-0.65, 0.82, 0.1), nod=-16),
                Move(0.6, (0.25, -0.85, 0.4), (-0.1, 0.1, 1.0)),
            ),
        ),
        tempo=(0.75, 1.0),
    ),
    Style(
        walking(
            "clap",
            ("clapping", "applauding", "clapping the hands"),
            (
                Move(0.18, (0.15, -0.85, 0.5), (-0.1, 0.25, 0.95)),
                Move(0.18, (0.12, -0.85, 0.5), (-0.62, 0.25, 0.75)),
            ),
            both=True,
        )
    ),
    Style(
        walking(
            "look around",
            ("looking left and right", "looking around", "scanning the surroundings"),
            (Move(0.9, twist=38), Move(0.4, twist=40), Move(1.1, twist=-38), Move(0.4, twist=-40)),
        ),
        tempo=(0.75, 1.0),
    ),
    Style(
        walking(
            "salute",
            ("saluting", "giving a salute with the {side} hand"),
            held((0.95, 0.1, 0.4), (-0.85, 0.5, 0.12)),
        ),
        begins_later=True,
    ),
    Style(
        walking(
            "scratch head",
            ("scratching the head", "scratching his head in thought"),
            (
                Move(0.2, (0.75, 0.33, 0.38), (-0.8, 0.6, -0.1), nod=10),
                Move(0.2, (0.75, 0.28, 0.4), (-0.65, 0.75, 0.0), nod=10),
            ),
        ),
        begins_later=True,
    ),
    Style(
        walking(
            "cry",
            ("crying, hands over the face", "sobbing into the hands"),
            held((0.35, -0.6, 0.7), (-0.6, 0.85, -0.05), nod=28, lean=10),
            both=True,
        ),
        tempo=(0.6, 0.8),
    ),
    Style(
        walking(
            "feel the way",
            (
                "blindfolded, feeling the way with the hands",
                "in the dark with the hands stretched out",
                "like a blind person",
            ),
            (
                Move(0.6, (0.3, -0.3, 0.9), (0.05, 0.1, 1.0), nod=-4, twist=10),
                Move(0.8, (0.1, -0.15, 0.95), (-0.15, 0.15, 1.0), nod=-4, twist=-10),
            ),
            both=True,
        ),
        tempo=(0.5, 0.7),
    ),
)

RUNS = (
    Style(
        mood(
            "ninja run",
            (
                *who("runs like a ninja, arms stretched back", "runs with both arms behind the body"),
                "ninja run",
                "anime run, arms back",
                "running, leaning far forward, arms behind",
            ),
            held((0.3, -0.45, -0.85), (0.15, -0.3, -0.95), lean=30, nod=-22),
        ),
        group="run",
    ),
    Style(
        mood(
            "panic run",
            (
                *who("runs in panic, arms in the air", "runs away screaming, waving both arms", "flees, arms up"),
                "panic run",
                "running for his life, arms flailing overhead",
            ),
            (
                Move(0.3, (0.75, 0.5, 0.2), (-0.1, 0.98, 0.1), lean=5, twist=10),
                Move(0.3, (0.9, 0.3, 0.2), (0.35, 0.9, 0.1), lean=5, twist=-10),
            ),
        ),
        group="run",
    ),
    Style(
        mood(
            "run looking back",
            (
                *who("runs while looking back over the {side} shoulder", "flees and looks behind"),
                "running away, glancing back",
                "chased, looks over the {side} shoulder while running",
            ),
            (Move(0.7, twist=-30), Move(0.5, twist=-34)),
            both=False,
        ),
        group="run",
    ),
    Style(
        mood(
            "rifle run",
            (
                *who("runs with a rifle in both hands", "charges, gun across the chest"),
                "rifle run",
                "soldier running with a weapon",
                "tactical run, rifle held in front",
            ),
            held((0.3, -0.85, 0.3), (-0.55, 0.2, 0.75), lean=8),
        ),
        bank=("run_rifle",),
        group="run",
    ),
    Style(
        mood(
            "run with a load",
            (
                *who("runs carrying a box", "hurries along with a package in both arms"),
                "running with a load in the arms",
                "run while carrying something",
            ),
            held((0.15, -0.88, 0.4), (-0.15, 0.15, 1.0), lean=2),
        ),
        group="run",
    ),
    Style(
        mood(
            "tired run",
            (
                *who("runs exhausted, arms hanging", "can hardly run any more"),
                "tired run",
                "exhausted jog, head down",
                "worn-out runner at the end of a marathon",
            ),
            held((0.15, -0.93, 0.3), (0.0, -0.6, 0.75), lean=20, nod=20),
        ),
        group="run",
        tempo=(0.8, 0.95),
        hold=0.6,
        sway=5.0,
    ),
)

STYLES = (*MOODS, *LOADS, *HANDS, *RUNS)
