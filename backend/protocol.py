# SPDX-License-Identifier: GPL-3.0-or-later
"""The messages between a client and the backend: typed, frozen records with one way in and one way out.

On the wire a message is a msgpack header, a flat map with ``kind`` and every field by name, followed by one
raw little-endian float32 frame per array in the order of the fields. `decode` is the only place where bytes
become records: it checks types, shapes, ranges and sizes, refuses unknown and missing fields, and raises
nothing but `ProtocolError`. Nothing is ever unpickled.

Joints are metres, Y up, at 20 frames per second: F frames, V variations.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Annotated, Any, get_type_hints

import msgpack
import numpy as np

from ..rigs.skeleton import FPS
from .fields import (
    MAX_CLIP_FRAMES,
    MAX_FRAME_BYTES,
    MAX_VARIATIONS,
    Field,
    FloatArray,
    Integer,
    Joints,
    Maybe,
    Number,
    ProtocolError,
    Several,
    Text,
    Truth,
    Word,
)

__all__ = [
    "MAX_CLIP_FRAMES",
    "MAX_FRAME_BYTES",
    "MAX_VARIATIONS",
    "PROTOCOL_VERSION",
    "Accepted",
    "Cancel",
    "Error",
    "Generate",
    "Hello",
    "Label",
    "Message",
    "Progress",
    "ProtocolError",
    "Reply",
    "Request",
    "Result",
    "Search",
    "Shutdown",
    "State",
    "Status",
    "Welcome",
    "clip_hash",
    "decode",
    "encode",
    "new_id",
]

PROTOCOL_VERSION = 1
MAX_HEADER_BYTES = 1 << 20
MAX_MESSAGE_BYTES = 256 << 20
MAX_CLIPS = 4096  # candidates of one search
PHASES = ("loading", "ready", "broken", "stopping")

Id = Annotated[str, Text(64, least=1)]
Clip = Annotated[FloatArray, Joints()]
Takes = Annotated[FloatArray | None, Maybe(Joints(variations=True))]
Sentence = Annotated[str, Text(4000)]
Version = Annotated[int, Integer(0, 1 << 31)]
Count = Annotated[int, Integer(0, 1 << 31)]
# Guidance factors: None takes the model's own.
Factor = Annotated[float | None, Maybe(Number(-1000.0, 1000.0))]


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
    """Text to motion. The limits here keep a message sane; what the model can do is the model's to say."""

    prompt: Annotated[str, Text(100_000)]
    seconds: Annotated[float, Number(0.0, 86_400.0)]
    seed: Annotated[int, Integer(0, (1 << 63) - 1)]
    variations: Annotated[int, Integer(1, MAX_VARIATIONS)] = 1
    guidance_scale: Factor = None
    recognizer_guidance: Factor = None


@dataclass(frozen=True, eq=False)
class Label(Request):
    """Names the action in ``joints`` (F, 22, 3); no labels means the model's own list."""

    joints: Clip
    top: Annotated[int, Integer(1, 1000)] = 5
    labels: Annotated[tuple[str, ...], Several(Text(200, least=1), 5000)] = ()


@dataclass(frozen=True, eq=False)
class Search(Request):
    """How well clips fit a text. The scores come back in the order of ``clips``, then of ``known``.

    ``clips``: joints (F, 22, 3) each. ``known``: `clip_hash` of clips that this backend was sent before; one
    it does not (or no longer) know gives the error "unknown_clip".
    """

    query: Annotated[str, Text(100_000)]
    clips: Annotated[tuple[FloatArray, ...], Several(Joints(), MAX_CLIPS)] = ()
    known: Annotated[tuple[str, ...], Several(Text(64, least=64), MAX_CLIPS)] = ()


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
    """The end of a job: joints (V, F, 22, 3) of `Generate`, labels and scores of `Label`, scores of `Search`."""

    joints: Takes = None
    labels: Annotated[tuple[str, ...], Several(Text(200), 5000)] = ()
    scores: Annotated[tuple[float, ...], Several(Number(-1e9, 1e9), 2 * MAX_CLIPS)] = ()
    warnings: Annotated[tuple[str, ...], Several(Text(4000), 100)] = ()


@dataclass(frozen=True, eq=False)
class Error(Reply):
    """The end of a request that failed; ``id`` is empty when the message did not say whose it was."""

    id: Annotated[str, Text(64)]
    code: Sentence
    message: Sentence
    hint: Sentence = ""


REQUESTS: tuple[type[Request], ...] = (Hello, Status, Generate, Label, Search, Cancel, Shutdown)
REPLIES: tuple[type[Reply], ...] = (Welcome, State, Accepted, Progress, Result, Error)
KINDS: dict[str, type[Message]] = {kind.__name__.lower(): kind for kind in (*REQUESTS, *REPLIES)}


def _read_fields(kind: type[Message]) -> dict[str, Field]:
    hints = get_type_hints(kind, include_extras=True)
    return {field.name: hints[field.name].__metadata__[0] for field in fields(kind)}


FIELDS: dict[type[Message], dict[str, Field]] = {kind: _read_fields(kind) for kind in KINDS.values()}


def new_id() -> str:
    """An id that no other request has."""
    return uuid.uuid4().hex


def clip_hash(joints: FloatArray) -> str:
    """The name of a clip (F, 22, 3) by its content: 64 hexadecimal digits."""
    return hashlib.sha256(np.ascontiguousarray(joints, dtype="<f4").tobytes()).hexdigest()


def encode(message: Message) -> list[bytes]:
    """The frames of a message; raises `ProtocolError` for a value that the other side would refuse."""
    kind = type(message)
    frames: list[bytes] = []
    header: dict[str, Any] = {"kind": kind.__name__.lower()}
    for name, field in FIELDS[kind].items():
        try:
            header[name] = field.pack(getattr(message, name), frames)
        except ProtocolError as error:
            raise _named(error, kind, name, message.id) from None
    packed: bytes = msgpack.packb(header)
    _check_sizes([packed, *frames])
    return [packed, *frames]


def decode(frames: Sequence[bytes]) -> Message:
    """The message in ``frames``; raises `ProtocolError` and nothing else, whatever the bytes are."""
    _check_sizes(frames)
    header = _read_header(frames[0])
    id = header.get("id")
    id = id if isinstance(id, str) and len(id) <= 64 else ""
    kind = KINDS.get(str(header.pop("kind", "")))
    if kind is None:
        raise ProtocolError("This kind of message is unknown.", code="unknown_kind", id=id)
    wanted = FIELDS[kind]
    if header.keys() != wanted.keys():
        odd = sorted(map(repr, header.keys() ^ wanted.keys()))
        text = f"A {kind.__name__.lower()} has unknown or missing fields: {', '.join(odd)[:200]}."
        raise ProtocolError(text, code="bad_fields", id=id)
    values: dict[str, Any] = {}
    rest = iter(frames[1:])
    for name, field in wanted.items():
        try:
            values[name] = field.unpack(header[name], rest)
        except ProtocolError as error:
            raise _named(error, kind, name, id) from None
    if next(rest, None) is not None:
        raise ProtocolError("The message has frames that no field names.", code="extra_frame", id=id)
    return kind(**values)


def _check_sizes(frames: Sequence[bytes]) -> None:
    if not frames:
        raise ProtocolError("The message is empty.", code="empty_message")
    if len(frames[0]) > MAX_HEADER_BYTES:
        raise ProtocolError(f"The header is larger than {MAX_HEADER_BYTES >> 20} MiB.", code="too_large")
    if len(frames) > 1 + MAX_CLIPS or sum(map(len, frames)) > MAX_MESSAGE_BYTES:
        raise ProtocolError(f"The message is larger than {MAX_MESSAGE_BYTES >> 20} MiB.", code="too_large")


def _read_header(packed: bytes) -> dict[str, Any]:
    try:
        header = msgpack.unpackb(packed)
    except Exception as error:  # msgpack names no common base: ValueError, TypeError, its own, at depth RecursionError
        raise ProtocolError("The header is not msgpack.", code="bad_header") from error
    if not isinstance(header, dict):
        raise ProtocolError("The header is not a map.", code="bad_header")
    return header


def _named(error: ProtocolError, kind: type[Message], name: str, id: str) -> ProtocolError:
    text = f"The field {name} of a {kind.__name__.lower()} {error.message}."
    return ProtocolError(text, error.hint, error.code, id if isinstance(id, str) else "")
