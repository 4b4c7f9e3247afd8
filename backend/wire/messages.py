# SPDX-License-Identifier: GPL-3.0-or-later
"""The messages between a client and the backend: frozen records whose annotations say what each field may hold.

`coamd.backend.wire.protocol` turns them into bytes and back. Joints are metres, Y up, at 20 frames per second:
F frames, V variations.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from ...rigs.body.skeleton import FPS, JOINTS
from ..requests import label as labelling
from ..requests.edit import EditRequest, PromptSegment, Target
from ..requests.fields import (
    MAX_CANDIDATES,
    MAX_CLIP_FRAMES,
    MAX_COORDINATE,
    MAX_VARIATIONS,
    FloatArray,
    Integer,
    Maybe,
    Number,
    Numbers,
    Record,
    Several,
    Text,
    Truth,
    Word,
)
from ..requests.generate import SOLVERS, GenerateRequest
from ..requests.lesson import Example

PROTOCOL_VERSION = 7
MAX_CLIPS = 4096  # candidates of one search
MAX_TARGETS = 4096  # places to reach in one edit
MAX_TAKES = MAX_CLIPS  # actions of one file in one message
MAX_EXAMPLES = 1000  # takes of one lesson
PHASES = ("loading", "ready", "broken", "stopping")

Id = Annotated[str, Text(64, least=1)]
CLIP = Numbers(("F", len(JOINTS), 3))
ClipJoints = Annotated[FloatArray, CLIP]
Takes = Annotated[FloatArray | None, Maybe(Numbers(("V", "F", len(JOINTS), 3)))]
Sentence = Annotated[str, Text(4000)]
Version = Annotated[int, Integer(0, 1 << 31)]
Warnings = Annotated[tuple[str, ...], Several(Text(4000), 100)]
Count = Annotated[int, Integer(0, 1 << 31)]
# Guidance factors: None takes the model's own.
FACTOR = Maybe(Number(-1000.0, 1000.0))
STEPS = Maybe(Integer(1, 1000))
FRAME = Integer(-(1 << 31), 1 << 31)
PROMPT = Text(100_000)
SEED = Integer(0, (1 << 63) - 1)
VARIATIONS = Integer(1, MAX_VARIATIONS)
MODEL = Text(200)  # name of a taught model
MODELS = Several(MODEL, 100)
# The limits here keep a message sane; what the model can do is the model's to say.
GENERATE = Record(
    GenerateRequest,
    {
        "steps": STEPS,
        "guidance_scale": FACTOR,
        "recognizer_guidance": FACTOR,
        "solver": Maybe(Word(SOLVERS)),
        "candidates": Maybe(Integer(1, MAX_CANDIDATES)),
        "prompt": PROMPT,
        "seconds": Number(0.0, 86_400.0),
        "seed": SEED,
        "variations": VARIATIONS,
        "models": MODELS,
    },
)
EDIT = Record(
    EditRequest,
    {
        "joints": CLIP,
        "mode": Text(64),
        "start": FRAME,
        "end": FRAME,
        "before": FRAME,
        "after": FRAME,
        "parts": Several(Text(64), 64),
        "prompt": PROMPT,
        "segments": Several(Record(PromptSegment, {"prompt": PROMPT, "start": FRAME, "end": FRAME}), 1000),
        "keep_poses": Several(FRAME, MAX_CLIP_FRAMES),
        "path": Maybe(Numbers(("F", 3))),
        "targets": Several(
            Record(
                Target,
                {"joint": Text(64), "frame": FRAME, "position": Several(Number(-MAX_COORDINATE, MAX_COORDINATE), 3)},
            ),
            MAX_TARGETS,
        ),
        "strength": Number(-1000.0, 1000.0),
        "seed": SEED,
        "variations": VARIATIONS,
        "steps": STEPS,
        "guidance_scale": FACTOR,
        "recognizer_guidance": FACTOR,
        "models": MODELS,
    },
)
NAME = Text(4000)
SCORE = Number(-1e9, 1e9)
NAMED = Record(labelling.Named, {"label": NAME, "score": SCORE, "confidence": Maybe(Number(0.0, 1.0))})
SEGMENT = Record(labelling.Segment, {"first": FRAME, "end": FRAME, "labels": Several(NAMED, 5000)})
OFFER = Record(labelling.Offer, {"name": NAME, "mark": Text(200), "joints": Maybe(CLIP)})
SKIPPED = Record(labelling.Skipped, {"name": NAME, "reason": NAME})
MOMENT = Record(
    labelling.Moment,
    {
        "path": NAME,
        "name": NAME,
        "score": SCORE,
        "first": FRAME,
        "end": FRAME,
        "poses": Numbers((labelling.POSES, len(JOINTS), 3)),
    },
)
Name = Annotated[str, NAME]
Places = Annotated[tuple[str, ...], Several(NAME, 1000)]
MaybeClip = Annotated[FloatArray | None, Maybe(CLIP)]
Top = Annotated[int, Integer(1, 1000)]
ModelName = Annotated[str, MODEL]
EXAMPLE = Record(Example, {"name": NAME, "joints": CLIP, "words": Several(Text(1000), 100)})


@dataclass(frozen=True, eq=False)
class Message:
    """What every message has: the id that ties replies to their request."""

    id: Id


class Request(Message):
    """Client to backend."""


class Reply(Message):
    """Backend to client; ``id`` is the request's."""


@dataclass(frozen=True, eq=False)
class Hello(Request):
    """First message of a client. These two fields stay as they are in every version."""

    version: Version = PROTOCOL_VERSION


@dataclass(frozen=True, eq=False)
class Status(Request):
    """Asks for `State`."""


@dataclass(frozen=True, eq=False)
class Generate(Request):
    """Text to motion. What makes sense in it, `requests.limits.check` says."""

    request: Annotated[GenerateRequest, GENERATE]


@dataclass(frozen=True, eq=False)
class Edit(Request):
    """A change of a motion that is there. What makes sense in it, `requests.edit_checks.check` says."""

    request: Annotated[EditRequest, EDIT]


@dataclass(frozen=True, eq=False)
class Label(Request):
    """Cuts the take ``joints`` (F, 22, 3) into segments and names them: `Labelled`.

    No ``labels`` means the model's own list. ``describe`` asks for phrases instead of names, ``whole`` for one segment.
    """

    joints: ClipJoints
    top: Top = 5
    labels: Annotated[tuple[str, ...], Several(Text(200), 6000)] = ()
    describe: Annotated[bool, Truth()] = False
    whole: Annotated[bool, Truth()] = False


@dataclass(frozen=True, eq=False)
class Index(Request):
    """Brings the backend's index of takes up to date: `Indexed`.

    ``places``: files and folders on the backend's machine, which it reads. ``offers``: takes that only the client can
    read, of the file ``origin``; with ``all_offers`` they are all there are, and others of that file are let go.
    """

    places: Places = ()
    origin: Name = ""
    offers: Annotated[tuple[labelling.Offer, ...], Several(OFFER, MAX_TAKES)] = ()
    all_offers: Annotated[bool, Truth()] = False


@dataclass(frozen=True, eq=False)
class Find(Request):
    """The moments of indexed takes that are nearest to ``query``, or to the take ``example`` (F, 22, 3): `Found`.

    Looked through are takes below ``places``, and with ``offered`` those of the file ``origin``.
    """

    query: Annotated[str, Text(100_000)] = ""
    example: MaybeClip = None
    places: Places = ()
    origin: Name = ""
    offered: Annotated[bool, Truth()] = False
    top: Top = 10


@dataclass(frozen=True, eq=False)
class Fetch(Request):
    """The joints (1, F, 22, 3) of an indexed take of a file, read once more: `Result`."""

    path: Name
    name: Name = ""


@dataclass(frozen=True, eq=False)
class Search(Request):
    """How well clips fit a text. The scores come back in the order of ``clips``, then of ``known``.

    ``clips``: joints (F, 22, 3) each. ``known``: `clip_hash` of clips that this backend was sent before; one
    it does not (or no longer) know gives the error "unknown_clip".
    """

    query: Annotated[str, Text(100_000)]
    clips: Annotated[tuple[FloatArray, ...], Several(CLIP, MAX_CLIPS)] = ()
    known: Annotated[tuple[str, ...], Several(Text(64, least=64), MAX_CLIPS)] = ()


@dataclass(frozen=True, eq=False)
class Teach(Request):
    """Teaches takes under a name, beside other jobs: `Learnt`. What makes sense in it, `requests.lesson` says."""

    name: ModelName
    examples: Annotated[tuple[Example, ...], Several(EXAMPLE, MAX_EXAMPLES)]
    mirror: Annotated[bool, Truth()] = True


@dataclass(frozen=True, eq=False)
class Enough(Request):
    """Ends the teaching whose id is ``target`` early; what is learnt so far is kept and comes as its `Learnt`."""

    target: Id


@dataclass(frozen=True, eq=False)
class Cancel(Request):
    """Ends the job whose id is ``target`` within one sampling step."""

    target: Id


@dataclass(frozen=True, eq=False)
class Shutdown(Request):
    """Ends the backend."""


@dataclass(frozen=True, eq=False)
class Welcome(Reply):
    """Answer to `Hello`. ``model`` and ``device`` are empty until the model is loaded (see `State`)."""

    version: Version
    model: Sentence
    device: Sentence
    fps: Annotated[float, Number(1.0, 1000.0)] = FPS
    pid: Count = 0


@dataclass(frozen=True, eq=False)
class State(Reply):
    """Answer to `Status` and `Shutdown`. ``code``, ``message`` and ``hint`` say why it is "broken"."""

    phase: Annotated[str, Word(PHASES)]
    model: Sentence = ""
    device: Sentence = ""
    busy: Annotated[bool, Truth()] = False
    waiting: Count = 0
    code: Sentence = ""
    message: Sentence = ""
    hint: Sentence = ""


@dataclass(frozen=True, eq=False)
class Accepted(Reply):
    """The job is in the queue with ``place`` jobs before it; for `Cancel`: it has been passed on."""

    place: Count


@dataclass(frozen=True, eq=False)
class Progress(Reply):
    """Step ``step`` of ``of`` of a phase ("loading" before the model is there); preview (V, F, 22, 3)."""

    phase: Sentence
    step: Count
    of: Count
    preview: Takes = None


@dataclass(frozen=True, eq=False)
class Result(Reply):
    """The end of a job: joints (V, F, 22, 3) to see, or the scores of `Search`."""

    joints: Takes = None
    scores: Annotated[tuple[float, ...], Several(SCORE, 2 * MAX_CLIPS)] = ()
    warnings: Warnings = ()


@dataclass(frozen=True, eq=False)
class Labelled(Reply):
    """The end of `Label`: segments in order, without gaps."""

    segments: Annotated[tuple[labelling.Segment, ...], Several(SEGMENT, MAX_CLIP_FRAMES)]
    warnings: Warnings = ()


@dataclass(frozen=True, eq=False)
class Indexed(Reply):
    """The end of `Index`: how many takes can be searched, and of which offered takes it needs the joints."""

    takes: Count
    wanted: Annotated[tuple[str, ...], Several(NAME, MAX_TAKES)] = ()
    skipped: Annotated[tuple[labelling.Skipped, ...], Several(SKIPPED, MAX_TAKES)] = ()
    warnings: Warnings = ()


@dataclass(frozen=True, eq=False)
class Found(Reply):
    """The end of `Find`, best first."""

    moments: Annotated[tuple[labelling.Moment, ...], Several(MOMENT, 1000)]
    warnings: Warnings = ()


@dataclass(frozen=True, eq=False)
class Learnt(Reply):
    """The end of `Teach`: the model's name, and by what share held-out takes are nearer; None where none were."""

    name: ModelName
    nearer: Annotated[float | None, Maybe(Number(-1e9, 1.0))] = None
    warnings: Warnings = ()


@dataclass(frozen=True, eq=False)
class Error(Reply):
    """The end of a request that failed; ``id`` is empty when the message did not say whose it was."""

    id: Annotated[str, Text(64)]
    code: Sentence
    message: Sentence
    hint: Sentence = ""


JOBS = (Generate, Edit, Label, Index, Find, Fetch, Search, Teach)  # requests that wait for the model or a teacher
REQUESTS: tuple[type[Request], ...] = (Hello, Status, *JOBS, Enough, Cancel, Shutdown)
REPLIES: tuple[type[Reply], ...] = (Welcome, State, Accepted, Progress, Result, Labelled, Indexed, Found, Learnt, Error)
