# SPDX-License-Identifier: GPL-3.0-or-later
"""What people carry and what their hands do while they walk, and how they run, keyed as in ``tables.gestures``."""

from __future__ import annotations

from dataclasses import replace

from ..gesture import GUARD, Gesture, Move, who
from ..style import Style, held, mood
from .actions import ACTIONS
from .gestures import GESTURES
from .moods import MOODS
from .props import PROPS

DOING = (
    "a person walks, {}", "someone walks along, {}", "{} while walking", "walking and {}", "he is {} as he walks",
    "a man is walking and {}", "walk, {}", "a woman walks forward, {}", "walk cycle, {}",
)  # fmt: skip
HOLDING = (
    "a person walks {}", "someone walks along {}", "walking {}", "walks forward, {}", "the character walks {}",
    "a man is walking {}", "walk, {}", "a woman walks {}", "walk cycle, {}",
)  # fmt: skip


STANDING = {
    gesture.label: gesture for gesture in reversed((*GESTURES, *ACTIONS, *PROPS))
}  # of two of a label the first


def said_while(phrases: tuple[str, ...]) -> tuple[str, ...]:
    """Sentences of phrases that begin with a word in -ing or say how the hands are held."""
    texts = []
    for k in range(3 * len(phrases) + 6):
        phrase = phrases[k % len(phrases)]
        patterns = DOING if phrase.split()[0].rstrip(",").endswith("ing") else HOLDING
        texts.append(patterns[k % len(patterns)].format(phrase))
    return tuple(dict.fromkeys(texts))


def walking(label: str, phrases: tuple[str, ...], moves: tuple[Move, ...], *, both: bool = False) -> Gesture:
    """What the hands do during a walk."""
    return Gesture(label, said_while(phrases), moves, loop=(0, len(moves)), both=both)


def meanwhile(label: str, phrases: tuple[str, ...], like: str = "") -> Gesture:
    """A gesture of people who stand, called ``like`` there, during a walk."""
    gesture = STANDING[like or label]
    loop = gesture.loop or (0, len(gesture.moves))
    return replace(gesture, label=label, texts=said_while(phrases), loop=loop, bank=(), says="")


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
        meanwhile(
            "text on phone", ("texting", "looking down at the phone", "typing on a smartphone", "scrolling on a phone")
        ),
        tempo=(0.75, 1.0),
    ),
    Style(
        meanwhile("phone", ("talking on the phone", "phoning", "with a phone at the {side} ear", "while on a call")),
        tempo=(0.8, 1.05),
    ),
    Style(
        meanwhile("phone", ("taking out the phone and calling someone", "answering a call")),
        begins_later=True,
    ),
    Style(
        meanwhile("cross arms", ("with crossed arms", "with the arms crossed", "with folded arms")),
    ),
    Style(
        meanwhile(
            "hands behind back",
            ("with the hands behind the back", "with hands clasped behind the back"),
            like="stand at ease",
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
        meanwhile("hands up", ("with raised hands", "with the hands up in surrender", "with both hands in the air")),
        tempo=(0.65, 0.9),
    ),
    Style(
        meanwhile("hands on head", ("with the hands on the head", "with the hands behind the head like a prisoner")),
        tempo=(0.65, 0.9),
    ),
    Style(
        meanwhile("point", ("pointing ahead with the {side} arm", "pointing the way", "showing where to go")),
        begins_later=True,
    ),
    Style(
        meanwhile("drink", ("drinking from a cup", "sipping from a bottle in the {side} hand", "having a drink")),
        tempo=(0.75, 1.0),
    ),
    Style(
        meanwhile("clap", ("clapping", "applauding", "clapping the hands")),
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
        meanwhile("salute", ("saluting", "giving a salute with the {side} hand")),
        begins_later=True,
    ),
    Style(
        meanwhile("scratch head", ("scratching the head", "scratching his head in thought")),
        begins_later=True,
    ),
    Style(
        meanwhile("cry", ("crying, hands over the face", "sobbing into the hands")),
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
