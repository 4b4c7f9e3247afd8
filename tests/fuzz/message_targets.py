# SPDX-License-Identifier: GPL-3.0-or-later
"""Fuzzed: the messages between the add-on and the backend."""

from __future__ import annotations

from typing import Any

import msgpack
import numpy as np
from case import FuzzTarget, of_frames, to_frames
from coamd.backend.requests import edit_checks, limits
from coamd.backend.requests.edit import EditRequest, PromptSegment, Target
from coamd.backend.requests.generate import GenerateRequest
from coamd.backend.requests.label import Moment, Named, Offer, Skipped
from coamd.backend.requests.label import Segment as TakeSegment
from coamd.backend.wire.messages import (
    Edit,
    Error,
    Find,
    Found,
    Generate,
    Hello,
    Index,
    Indexed,
    Label,
    Labelled,
    Message,
    Progress,
    Result,
    Search,
    State,
    Status,
)
from coamd.backend.wire.protocol import decode, encode


def _message(data: bytes) -> None:
    message = decode(to_frames(data))
    encode(message)  # what was let in is whole: it can be sent again
    if isinstance(message, Edit):
        edit_checks.check(message.request)
    if isinstance(message, Generate):
        limits.check(message.request)


def _messages() -> list[bytes]:
    clip = np.random.default_rng(0).normal(size=(2, 22, 3)).astype(np.float32)
    edit = EditRequest(
        np.repeat(clip, 20, axis=0),
        "inbetween",
        4,
        30,
        parts=("left_arm", "root"),
        prompt="waves",
        segments=(PromptSegment("waves", 4, 20), PromptSegment("walks", 20, 30)),
        keep_poses=(10,),
        path=np.array([[4, 0.0, 0.5], [29, 1.5, -2.0]], np.float32),
        targets=(Target("left_wrist", 20, (0.25, 1.0, 0.0)),),
        guidance_scale=2.5,
    )
    messages: list[Message] = [
        Hello("1"),
        Status("1"),
        Generate("1", GenerateRequest("walks", 4.0, seed=7, variations=2)),
        Edit("1", edit),
        Edit("1", EditRequest(clip, "extend", before=4, after=4)),
        Label("1", clip, labels=("walk", "run")),
        Search("1", "walk", (clip, clip), ("0" * 64,)),
        State("1", "broken", code="a", message="b", hint="c"),
        Progress("1", "sampling", 3, 18, clip[None]),
        Result("1", clip[None], (0.5,), ("The feet slide.",)),
        Index("1", ("/takes",), "a.blend", (Offer("Walk", "f3", clip), Offer("Run", "07")), True),
        Find("1", "walk", clip, ("/takes",), "a.blend", True, 3),
        Labelled("1", (TakeSegment(0, 40, (Named("walk", 0.5, 0.75), Named("run", 0.25))),)),
        Indexed("1", 12, ("Run",), (Skipped("b.bvh", "It is broken."),)),
        Found("1", (Moment("/takes/a.blend", "Walk", 0.5, 0, 80, np.repeat(clip[:1], 5, axis=0)),)),
        Error("", "bad_header", "The header is not msgpack."),
    ]
    return [of_frames(encode(message)) for message in messages]


def mutated_header(data: bytes, random: np.random.Generator) -> bytes:
    """The same frames with one value of the header, at any depth, replaced, taken away or doubled."""
    frames = to_frames(data)
    try:
        header = msgpack.unpackb(frames[0])
    except Exception:
        return data
    places: list[tuple[Any, Any]] = []
    _walk(header, places)
    if not places:
        return data
    holder, key = places[random.integers(len(places))]
    choice = random.integers(8)
    if choice == 0:
        del holder[key]
    elif choice == 1 and isinstance(holder, list):
        holder.append(holder[key])
    else:
        holder[key] = _VALUES[random.integers(len(_VALUES))]
    return of_frames([msgpack.packb(header), *frames[1:]])


_NUMBERS = (0, 1, -1, 2, 3, 22, 40, 2**31, 2**63 - 1, 2**64 - 1, -(2**63), 0.5, -1e300, float("nan"), float("inf"))
_TEXTS = ("", "1", "extend", "loop", "refine", "left_arm", "left_wrist", "w" * 1001, b"bytes")
_LISTS = ([], [1], [2, 22, 3], [1, 2, 22, 3], [0] * 30)
_MAPS = (
    {},
    {"id": 1},
    {"prompt": "walks", "start": 4, "end": 20},
    {"joint": "head", "frame": 8, "position": [0.0, 1.5, 0.0]},
)
_VALUES: tuple[Any, ...] = (None, True, *_NUMBERS, *_TEXTS, *_LISTS, *_MAPS)


def _walk(value: Any, places: list[tuple[Any, Any]]) -> None:
    keys = value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in keys:
        places.append((value, key))
        _walk(value[key], places)


TARGETS = {"message": FuzzTarget(_message, _messages)}
