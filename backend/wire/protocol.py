# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages as bytes: one way out and one way in.

On the wire a message is a msgpack header, a flat map with ``kind`` and every field by name, followed by one
raw little-endian float32 frame per array in the order of the fields. `decode` is the only place where bytes
become records: it checks types, shapes, ranges and sizes, refuses unknown and missing fields, and raises
nothing but `ProtocolError`. Nothing is ever unpickled. The records themselves are `coamd.backend.wire.messages`.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import fields
from typing import Any, get_type_hints

import msgpack
import numpy as np

from ..requests.fields import Field, FloatArray, ProtocolError
from .messages import MAX_CLIPS, REPLIES, REQUESTS, Message

MAX_HEADER_BYTES = 1 << 20
MAX_MESSAGE_BYTES = 256 << 20
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
        text = f"{_called(kind).capitalize()} has unknown or missing fields: {', '.join(odd)[:200]}."
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
    text = f"The field {name} of {_called(kind)} {error.message}."
    return ProtocolError(text, error.hint, error.code, id if isinstance(id, str) else "")


def _called(kind: type[Message]) -> str:
    name = kind.__name__.lower()
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"
