# SPDX-License-Identifier: GPL-3.0-or-later
"""What a prompt lets one expect of the body without any number: that it stands, gets somewhere, turns, raises a hand.

Each is a list of words, kept so that recorded clips with such captions do what is expected: a motion that does not is
nearly always wrong.
"""

from __future__ import annotations

import re

# words of whoever is not on both feet from the first moment; a prompt without any of them begins upright
_LOW = re.compile(
    r"\b(?:s[ia]t\w*|seat\w*|chairs?|stools?|bench|sofa|couch|desk|tables?|typ(?:es|ing)|kneel\w*|knees?|knelt|crouch\w*"
    r"|squat\w*|duck\w*|sneak\w*|stealth\w*|crawl\w*|creep\w*|l(?:ie|ies|ying|ay|ays|aying)|floor|bed|asleep|sleep\w*|nap"
    r"|wakes?|waking|(?:gets?|getting|stands?|standing|rises?|rising) (?:back )?(?:up|from|off)|push-?ups?|plank\w*"
    r"|burpees?|yoga|stretch\w*|roll\w*|flip\w*|cartwheel\w*|handstand\w*|headstand\w*|somersault\w*|breakdanc\w*|swim\w*"
    r"|div(?:es|ing)|fl(?:y|ies|ying)|fall\w*|collaps\w*|dead|dying|dies|low|all fours|lung\w*|bend\w*|bent|hunch\w*"
    r"|start\w*|sprint\w*|climb\w*|swing\w*|driv\w*|rid(?:es|ing)|monkey|ape|animal|cat|dog|frog|crab|worm|spider|gorilla|chicken)\b"
)
# and of who may go down to the floor later
_DOWN = re.compile(
    r"\b(?:ground|belly|armchair|lower\w*|lift\w*|pick\w*|grab\w*|drop\w*|slip\w*|faint\w*|trip\w*|stumbl\w*"
    r"|knock(?:ed|s)? (?:out|down|over)|ko|shot|hit|death|kill\w*|hid(?:es?|ing)|cower\w*|cover|pray\w*|worship\w*"
    r"|begs?|begging|plead\w*|meditat\w*|search\w*|investigat\w*|shoe\w*|lace\w*|dig\w*|plant\w*|weed\w*|scrub\w*"
    r"|\w*flip\w*|handspring\w*|\w*strokes?|kata|tug|drag\w*|russian|panda|joints?|dodg\w*|weav\w*|land\w*|down)\b"
)
_ON_THE_SPOT = re.compile(r"\b(?:idl\w*|stand(?:s|ing)? (?:still|idle|around|there)|waits?|waiting)\b")


def begins_upright(prompt: str) -> bool:
    """Whether nothing in a prompt speaks of sitting, kneeling, lying or another way not to stand at first."""
    return not _LOW.search(prompt.lower())


_GAITS_AND_STYLES = re.compile(
    r"\b(?:walk|stroll|strid|strut|march|jog|run|sprint|dash|limp|hobbl|stagger|tiptoe|stomp|trudg|sneak|creep|wander"
    r"|patrol|swagger|pac(?=es\b|ing\b)|wad(?=es\b|ing\b)|skip|gallop)(?:s|es|ing|ning|ping)?\b"
)
_STAYS = re.compile(
    r"\b(?:in place|on the spot|treadmill|idl\w*|stand\w*|wait\w*|stop\w*|start\w*|begin\w*|ready|then|before|hand"
    r"|finger|rope|stick|cane|s[ia]t\w*|turn\w*|talk\w*|tv|video|home run)\b"
)


def travels(prompt: str) -> bool:
    """Whether a prompt asks for a gait from first to last, so that somebody gets somewhere."""
    words = prompt.lower()
    return bool(_GAITS_AND_STYLES.search(words)) and not _STAYS.search(words)


_ON_ONE_SPOT = re.compile(r"\b(?:in place|on (?:the|one) spot|in one place|stationary|on a treadmill)\b")
_SEVERAL = re.compile(r"\b(?:then|before|after|until|and (?:walks?|runs?|goes|leaves))\b")


def stays_put(prompt: str) -> bool:
    """Whether a prompt asks for what is done on the spot from first to last: "jogs in place"."""
    words = prompt.lower()
    return bool(_ON_ONE_SPOT.search(words)) and not _SEVERAL.search(words)


_BACKWARDS = re.compile(
    r"\b(?:walk|step|run|jog|stroll|mov|go|tiptoe|creep|sneak|shuffl|pac)(?:s|es|e|ing|ping|ning|ging)? "
    r"(?:\w+ly |\w+ steps? )?backwards?\b|\b(?:back(?:s|ing)? (?:away|off)|backpedal(?:s|ing)?)\b"
)
_OTHER_DIRECTION = re.compile(
    r"\b(?:and|while|forwards?|turn\w*|fall\w*|trip\w*|stumbl\w*|around|circle\w*|moonwalk\w*)\b"
)


def goes_backwards(prompt: str) -> bool:
    """Whether a prompt asks for steps backwards from first to last."""
    words = prompt.lower()
    return bool(_BACKWARDS.search(words)) and not (_SEVERAL.search(words) or _OTHER_DIRECTION.search(words))


# what is done with a hand that is raised above the hips, sooner or later; whole words, as "combat", "aimlessly" and
# "cheerfully" begin like such
_HAND_WORK = re.compile(
    r"\b(?:wav(?:e|es|ing)|salut(?:e|es|ing)|points?|pointing|clap(?:s|ping)?|applau(?:d|ds|ding|se)|(?:smart)?phone|texting"
    r"|(?:drink|sipp?|chug+|eat|brush|comb|scratch|punch|slash|stabb?|thrust|chopp?|throw|toss|lobb?|shoot|aim|reload"
    r"|cast|summon|beckon|hail|shush|swatt?|stirr?|hammer|conduct|flex|hugg?|cheer)(?:s|es|ing)?"
    r"|block(?:s|ing)|knock(?:s|ing)?(?! (?:out|down|over))|bit(?:es|ing)|jabs?|hooks?|uppercuts?|box(?:es|ing)"
    r"|fir(?:es|ing)|saw(?:s|ing)|thumbs?|facepalms?|violin|guitar|piano|drums?|camera|photos?|selfie|snapshot|hat|jacket"
    r"|coat|umbrella|shav(?:es|ing)|parr(?:y|ies|ying)|shield(?:s|ing)?|hair|mirror|teeth|fireball|grenade"
    r"|pistols?|rifle|katana|spear)\b"
)


def uses_hands(prompt: str) -> bool:
    """Whether a prompt speaks of what a raised hand does."""
    return bool(_HAND_WORK.search(prompt.lower()))


_BOTH_HANDS = re.compile(r"\b(?:both|two) (?:arms|hands|palms|fists)\b|\btwo-handed\b")


def uses_both_hands(prompt: str) -> bool:
    """Whether a prompt speaks of what both hands do, raised."""
    return uses_hands(prompt) and bool(_BOTH_HANDS.search(prompt.lower()))


# words with which both hands may come above the head, for whatever reason
_OVERHEAD = re.compile(
    r"\b(?:\w*axes?|\w*ball|\w*flips?|above|acrobat\w*|act(?:s|ing)?|afraid|air|anger|angr\w*|animal|ape|applau\w*"
    r"|archer\w*|argu\w*|arms?|asleep|attack\w*|balanc\w*|ballet|bars?|basket\w*|bat|bear|bed|bees?|bird"
    r"|blade|block\w*|bow|bowling|box\w*|break\w*|caps?|carr\w*|cartoon\w*|cartwheel\w*|cast\w*|catch\w*|caught"
    r"|ceiling|celebrat\w*|cheer\w*|chicken|chop\w*|clap\w*|clean\w*|climb\w*|clums\w*|coat|conduct\w*|cover\w*"
    r"|cower\w*|crate|crawl\w*|crazy|cupboard|danc\w*|dead|death|died|dies?|dinosaur\w*|div\w*|dragon|dress\w*"
    r"|drum\w*|drunk\w*|duck\w*|dunk\w*|dying|eagle|excit\w*|exercis\w*|explain\w*|eyes|face|fall\w*|fell|fight\w*"
    r"|fish\w*|flags?|flap\w*|flies|fly\w*|forehead|fright\w*|frisbee|frustrat\w*|funny|furious|gestur\w*|ghost|golf"
    r"|gorilla|gun|hack\w*|hair|hammer\w*|hand\w+|hands?|hang\w*|happ\w*|hats?|head|headphones|helmet|hero|high\w*"
    r"|hit|hold\w*|hood|hooray|hop\w*|hurl\w*|hurrah|imitat\w*|jacket|jacks?|joints?|joy\w*|jump\w*|karate|kata"
    r"|katana|kick\w*|kill\w*|knock\w*|ladder|laugh\w*|leap\w*|lie|lies|lift\w*|like an?|lying|magic\w*|martial"
    r"|mim\w*|mining|monkey|monster|motorcycle|over ?heads?|paint\w*|panic\w*|parr\w*|perform\w*|pirouett\w*"
    r"|pitch\w*|play\w*|power\w*|prais\w*|pray\w*|preach\w*|press\w*|protect\w*|pull\w*|punch\w*|push\w*|rag\w*"
    r"|rais\w*|reach\w*|rides|riding|rifle|rolling|rolls?|roof|rop\w*|salsa|scar\w*|scratch\w*|serv\w*|shampoo|shelf"
    r"|shelves|shield\w*|shirt|shoot\w*|shot|shower\w*|signal\w*|silly|skies|skip\w*|sky|slam\w*|slash\w*|slip\w*"
    r"|smash\w*|somersault\w*|spells?|spin\w*|stars?|story|stretch\w*|strik\w*|strokes?|stumbl\w*|summon\w*|sun"
    r"|superhero|surrender\w*|sw[iu]ng\w*|swat\w*|sweater|swim\w*|swords?|tall|teapot|tells?|tennis|terrif\w*"
    r"|throw\w*|top|toss\w*|trip\w*|twirl\w*|umbrella|up|upwards?|victor\w*|wak\w*|wall|waltz\w*|warm\w*|wav\w*"
    r"|windows?|winning|wins|wip\w*|won|work ?out|worship\w*|yawn\w*|yoga|zombie\w*)\b"
)
# arms that are folded, and blows to the belly, are spoken of with words of the list above
_LOW_ARMS = re.compile(
    r"\b(?:(?:cross|fold)(?:s|es|ing|ed)? (?:the |his |her |both )?arms|arms (?:crossed|folded)"
    r"|(?:hit|punched|kicked) in the (?:stomach|belly|gut)|bow(?:s|ing)? (?:to|politely)|polite bow)\b"
)
# Only of what is plainly done with low hands it is expected: nobody can list all that raises them.
_CALM = re.compile(
    r"\b(?:walk|stroll|strid|strut|march|jog|run|sprint|limp|hobbl|tiptoe|trudg|wander|patrol|pac|step|turn|rotat|pivot"
    r"|sit|sat|seat|stand|stood|idl|wait|talk|chat|look|glanc|listen|text|phon|nod|shrug|sip|drink|shiver|watch|wristwatch"
    r"|cross|fold|hit|bow|upstairs|downstairs|about-face)(?:s|es|ed|e|[dglnpt]?ing)?\b"
)


def keeps_hands_down(prompt: str) -> bool:
    """Whether a prompt asks for what is done with low hands, and nothing in it speaks of what could raise both."""
    words = _LOW_ARMS.sub("calm", prompt.lower())
    return bool(_CALM.search(prompt.lower())) and not _OVERHEAD.search(words)


_TURNS_ROUND = re.compile(r"\b(?:turn|spin|twirl|pivot|whirl|pirouette|u-turn|about-face)(?:s|ing|ning)?\b")
_TURNS_A_THING = re.compile(
    r"\b(?:head|upper body|torso|shoulders?|face|page|wheel|knob|key|valve|handle|crank|pedal|eyes|into|out|kick\w*"
    r"|discus|weapon|sword|staff|on|off|back and forth|side to side|arms?|hands?|wrists?)\b"
)


def turns_round(prompt: str) -> bool:
    """Whether a prompt asks somebody to turn the whole body, by whatever angle."""
    words = prompt.lower()
    return bool(_TURNS_ROUND.search(words)) and not _TURNS_A_THING.search(words)


def stays_off_the_floor(prompt: str) -> bool:
    """Whether nothing in a prompt speaks of who begins low, or bends, falls or goes down later."""
    return begins_upright(prompt) and not _DOWN.search(prompt.lower())


def stays_upright(prompt: str) -> bool:
    """Whether a prompt asks for somebody who stands or waits from first to last."""
    words = prompt.lower()
    return bool(_ON_THE_SPOT.search(words)) and begins_upright(words) and not re.search(r"\bthen\b", words)
