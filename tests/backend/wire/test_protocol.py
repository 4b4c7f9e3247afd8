# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages: what goes in comes out, and whatever else comes in is a ProtocolError."""

from __future__ import annotations

import dataclasses
import pickle
from typing import Any

import msgpack
import numpy as np
import pytest
from coamd.backend.requests.edit import MODES, EditRequest, PromptSegment, Target
from coamd.backend.requests.fields import MAX_VARIATIONS, ProtocolError
from coamd.backend.requests.generate import GenerateRequest
from coamd.backend.requests.label import Moment, Named, Offer, Skipped
from coamd.backend.requests.label import Segment as TakeSegment
from coamd.backend.requests.lesson import Example
from coamd.backend.wire.messages import (
    REPLIES,
    REQUESTS,
    Accepted,
    Cancel,
    Edit,
    Enough,
    Error,
    Fetch,
    Find,
    Found,
    Generate,
    Hello,
    Index,
    Indexed,
    Label,
    Labelled,
    Learnt,
    Message,
    Progress,
    Reply,
    Request,
    Result,
    Search,
    Shutdown,
    State,
    Status,
    Teach,
    Welcome,
)
from coamd.backend.wire.protocol import KINDS, MAX_HEADER_BYTES, clip_hash, decode, encode, new_id
from coamd.rigs.body.body_parts import PARTS
from hypothesis import given
from hypothesis import strategies as st


def clip(frames: int = 3, *variations: int) -> np.ndarray:
    return np.random.default_rng(0).normal(size=(*variations, frames, 22, 3)).astype(np.float32)


EDIT = EditRequest(
    clip(60),
    "inbetween",
    10,
    50,
    parts=("left_arm", "trunk"),
    prompt="ein Mann winkt — 歩く",
    segments=(PromptSegment("waves", 10, 30), PromptSegment("", 30, 50)),
    keep_poses=(20, 40),
    path=np.array([[10, 0.0, 0.5], [49, 1.5, -2.0]], np.float32),
    targets=(Target("left_wrist", 30, (0.25, 1.5, -0.125)),),
    strength=0.75,
    seed=2**63 - 1,
    variations=3,
    guidance_scale=2.5,
    steps=12,
    models=("Hero moves", "Bows"),
)
WALKS = Generate("1", GenerateRequest("walk", 4.0, 0))
EDITS = Edit("1", EDIT)
EXAMPLES: list[Message] = [
    Hello("1"),
    Status("1"),
    Generate("1", GenerateRequest("ein Mann geht — 歩く", 4, seed=7, variations=2, guidance_scale=2.5, candidates=3)),
    Edit("1", EDIT),
    Edit("2", EditRequest(clip(2), mode="extend", before=4, after=4)),
    Label("1", clip(), labels=("walk", "run")),
    Label("1", clip(), describe=True, whole=True),
    Index("1", ("/takes",), "a.blend", (Offer("Walk", "f3", clip()), Offer("Run", "07")), True),
    Find("1", "walk", None, ("/takes",), "a.blend", True, 3),
    Find("1", example=clip(4)),
    Fetch("1", "/takes/a.blend", "Walk"),
    Labelled("1", (TakeSegment(0, 40, (Named("walk", 0.5, 0.75), Named("run", 0.25))), TakeSegment(40, 80, ()))),
    Indexed("1", 12, ("Run",), (Skipped("b.bvh", "It is broken."),), ("It is rebuilt.",)),
    Found("1", (Moment("/takes/a.blend", "Walk", 0.5, 0, 80, clip(5)),), ("Read 'wlak' as 'walk'.",)),
    Search("1", "walk", (clip(2), clip(5)), ("0" * 64,)),
    Teach("1", "Hero moves", (Example("bow_1", clip(), ("a person bows", "eine Verbeugung")),), False),
    Enough("2", "1"),
    Learnt("1", "Hero moves", 0.25, ("One take is shown.",)),
    Learnt("1", "Hero moves"),
    Cancel("2", "1"),
    Shutdown("1"),
    Welcome("1", 1, "CoAMD-SiT-S", "cpu"),
    State("1", "broken", code="weights_missing", message="There are no weights.", hint="Install them."),
    Accepted("1", 3),
    Progress("1", "sampling", 3, 18, clip(4, 2)),
    Result("1", clip(4, 2), warnings=("The feet slide.",)),
    Result("1", scores=(0.9, 0.1)),
    Error("", "bad_header", "The header is not msgpack."),
]


def edit(**changes: Any) -> EditRequest:
    return dataclasses.replace(EDIT, **changes)


def same(one: Any, other: Any) -> bool:
    if isinstance(one, np.ndarray):
        return np.array_equal(one, other) and one.dtype == other.dtype
    if dataclasses.is_dataclass(one):
        return type(one) is type(other) and all(
            same(getattr(one, field.name), getattr(other, field.name)) for field in dataclasses.fields(one)
        )
    if isinstance(one, tuple):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other) and isinstance(other, type(one) | float)


def test_what_is_wrong_deep_inside_is_said_with_its_way_there() -> None:
    with pytest.raises(ProtocolError) as caught:
        encode(Edit("1", edit(segments=(PromptSegment("w" * 100_001, 10, 30),))))
    said = "The field request of an edit is wrong in segments, which is wrong in prompt, which must have"
    assert caught.value.message.startswith(said)


@pytest.mark.parametrize("message", EXAMPLES, ids=lambda message: type(message).__name__)
def test_what_goes_in_comes_out(message: Message) -> None:
    back = decode(encode(message))
    assert type(back) is type(message)
    for field in dataclasses.fields(message):
        assert same(getattr(message, field.name), getattr(back, field.name)), field.name


def test_the_examples_cover_every_kind() -> None:
    assert {type(message) for message in EXAMPLES} == set(KINDS.values())
    assert all(issubclass(kind, Request) for kind in REQUESTS) and all(issubclass(kind, Reply) for kind in REPLIES)


def test_numbers_travel_as_raw_little_endian_float32_beside_a_plain_header() -> None:
    joints = clip(3).astype(np.float64)
    header, frame = encode(Label("1", joints))  # type: ignore[arg-type]
    assert frame == joints.astype("<f4").tobytes()
    plain = {"top": 5, "labels": [], "describe": False, "whole": False}
    assert msgpack.unpackb(header) == {"kind": "label", "id": "1", "joints": [3, 22, 3], **plain}


def test_an_edit_is_a_map_in_a_map_and_its_arrays_are_frames() -> None:
    header, joints, path = encode(Edit("1", EDIT))
    assert EDIT.path is not None
    assert joints == EDIT.joints.tobytes() and path == EDIT.path.tobytes()
    request = msgpack.unpackb(header)["request"]
    assert list(request) == [field.name for field in dataclasses.fields(EditRequest)]
    assert request["joints"] == [60, 22, 3] and request["path"] == [2, 3]
    assert request["targets"] == [{"joint": "left_wrist", "frame": 30, "position": [0.25, 1.5, -0.125]}]


def test_every_mode_and_part_passes() -> None:
    for mode in MODES:
        back = decode(encode(Edit("1", EditRequest(clip(), mode, 0, 3, parts=PARTS))))
        assert isinstance(back, Edit) and back.request.mode == mode and back.request.parts == PARTS


def test_records_cannot_be_changed() -> None:
    message = decode(encode(Label("1", clip())))
    assert isinstance(message, Label)
    with pytest.raises(dataclasses.FrozenInstanceError):
        message.top = 6  # type: ignore[misc]
    with pytest.raises(ValueError, match="read-only"):
        message.joints[0, 0, 0] = 1.0


@pytest.mark.parametrize(
    ("message", "code"),
    [
        (Generate("", GenerateRequest("walk", 4.0, 0)), "too_long"),
        (Generate("1", GenerateRequest("w" * 100_001, 4.0, 0)), "too_long"),
        (Generate("1", GenerateRequest("\ud800", 4.0, 0)), "bad_message"),
        (Generate("1", GenerateRequest(5, 4.0, 0)), "bad_message"),  # type: ignore[arg-type]
        (Generate("1", GenerateRequest("walk", float("nan"), 0)), "out_of_range"),
        (Generate("1", GenerateRequest("walk", -1.0, 0)), "out_of_range"),
        (Generate("1", GenerateRequest("walk", 4.0, 0, candidates=17)), "out_of_range"),
        (Generate("1", GenerateRequest("walk", 4.0, -1)), "out_of_range"),
        (Generate("1", GenerateRequest("walk", 4.0, 1 << 63)), "out_of_range"),
        (Generate("1", GenerateRequest("walk", 4.0, True)), "bad_message"),
        (Generate("1", GenerateRequest("walk", 4.0, 0, variations=MAX_VARIATIONS + 1)), "out_of_range"),
        (Generate("1", GenerateRequest("walk", 4.0, 0, guidance_scale=float("inf"))), "out_of_range"),
        (Label("1", clip()[..., :2]), "bad_shape"),
        (Label("1", clip()[:0]), "out_of_range"),
        (Label("1", clip(3, 1)), "bad_shape"),
        (Label("1", [[0.0]]), "bad_message"),  # type: ignore[arg-type]
        (Label("1", clip() * np.float32(np.nan)), "not_finite"),
        (Label("1", clip() / np.float32(1e-9)), "not_finite"),
        (Search("1", "walk", known=("short",)), "too_long"),
        (Edit("1", edit(joints=clip() * np.float32(np.nan))), "not_finite"),
        (Edit("1", edit(joints=clip(3, 1))), "bad_shape"),
        (Edit("1", edit(path=np.zeros((4, 2)))), "bad_shape"),
        (Edit("1", edit(path=np.zeros((0, 3)))), "out_of_range"),
        (Edit("1", edit(prompt="w" * 100_001)), "too_long"),
        (Edit("1", edit(segments=(PromptSegment("walk", 0, 1.5),))), "bad_message"),
        (Edit("1", edit(segments=("walk",))), "bad_message"),
        (Edit("1", edit(targets=(Target("head", 1, (0.0, float("inf"), 0.0)),))), "out_of_range"),
        (Edit("1", edit(targets=(Target("head", 1, (0.0, 0.0, 0.0)),) * 4097)), "too_long"),
        (Edit("1", edit(variations=MAX_VARIATIONS + 1)), "out_of_range"),
        (Edit("1", edit(strength=float("nan"))), "out_of_range"),
        (Edit("1", {"joints": clip()}), "bad_message"),  # type: ignore[arg-type]
        (State("1", "tired"), "bad_message"),
    ],
)
def test_what_the_other_side_would_refuse_is_not_sent(message: Message, code: str) -> None:
    with pytest.raises(ProtocolError) as caught:
        encode(message)
    assert caught.value.code == code
    assert caught.value.message.startswith("The field ") and caught.value.hint
    assert caught.value.id == message.id


def wire(message: Message, /, *frames: bytes, **changes: Any) -> list[bytes]:
    """The frames of a message after somebody has changed its header."""
    header, *rest = encode(message)
    values = {**msgpack.unpackb(header), **changes}
    packed = msgpack.packb({name: value for name, value in values.items() if value != "absent"})
    return [packed, *(frames or rest)]


def inside(message: Generate | Edit, /, **changes: Any) -> list[bytes]:
    """The frames of a message after somebody has changed the header of its request."""
    header = encode(message)[0]
    request = {**msgpack.unpackb(header)["request"], **changes}
    return wire(message, request={name: value for name, value in request.items() if value != "absent"})


@pytest.mark.parametrize(
    ("frames", "code"),
    [
        ([], "empty_message"),
        ([b""], "bad_header"),
        ([msgpack.packb([1, 2])], "bad_header"),
        ([msgpack.packb({1: 2})], "bad_header"),
        ([b"\x81" * 600], "bad_header"),  # maps in maps, deeper than any reader's stack
        ([pickle.dumps({"kind": "status", "id": "1"})], "bad_header"),
        ([b"\0" * (MAX_HEADER_BYTES + 1)], "too_large"),
        ([msgpack.packb({"kind": ["status"], "id": "1"})], "unknown_kind"),
        (wire(Status("1"), more=1), "bad_fields"),
        (wire(Cancel("2", "1"), target="absent"), "bad_fields"),
        (wire(Status("1"), id=5), "bad_message"),
        (inside(WALKS, seed=1.5), "bad_message"),
        (inside(WALKS, seconds="4"), "bad_message"),
        (inside(WALKS, prompt=b"walk"), "bad_message"),
        (inside(WALKS, solver="newton"), "bad_message"),
        (inside(WALKS, steps=0), "out_of_range"),
        *((inside(WALKS, **{name: "absent"}), "bad_fields") for name in ("prompt", "seconds", "seed", "models")),
        (inside(WALKS, models="Hero moves"), "bad_message"),
        (inside(WALKS, models=["Bows"] * 101), "too_long"),
        (wire(Label("1", clip()), joints=[3, 22]), "bad_shape"),
        (wire(Label("1", clip()), joints=[-3, 22, 3]), "out_of_range"),
        (wire(Label("1", clip()), joints=[2, 22, 3]), "bad_size"),
        (wire(Label("1", clip()), joints=[3, 22, True]), "bad_shape"),
        (wire(Label("1", clip()), joints=[10**12, 22, 3]), "out_of_range"),
        (wire(Label("1", clip()), labels=["walk"] * 6001), "too_long"),
        (wire(Label("1", clip()), labels={"walk": 1}), "bad_message"),
        (wire(Label("1", clip()), np.full((3, 22, 3), np.inf, "<f4").tobytes()), "not_finite"),
        (inside(EDITS, more=1), "bad_fields"),
        (inside(EDITS, seed="absent"), "bad_fields"),
        (inside(EDITS, mode=5), "bad_message"),
        (inside(EDITS, parts="left_arm"), "bad_message"),
        (inside(EDITS, joints=[60, 22, 4]), "bad_shape"),
        (inside(EDITS, path=[2, 4]), "bad_shape"),
        (inside(EDITS, path=None), "extra_frame"),
        (inside(EDITS, segments=[{"prompt": "walks"}]), "bad_fields"),
        (inside(EDITS, targets=[[1, 2, 3]]), "bad_fields"),
        (wire(Edit("1", EDIT), request=[1]), "bad_fields"),
        (encode(Edit("1", EDIT))[:2], "missing_frame"),
        (encode(Label("1", clip()))[:1], "missing_frame"),
        ([*encode(Label("1", clip())), b""], "extra_frame"),
        ([*encode(Status("1")), *[b""] * 5000], "too_large"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_reason(frames: list[bytes], code: str) -> None:
    with pytest.raises(ProtocolError) as caught:
        decode(frames)
    assert caught.value.code == code
    assert caught.value.message and caught.value.hint


def refused_or_right(frames: list[bytes]) -> None:
    try:
        message = decode(frames)
    except ProtocolError:
        return
    assert type(message) in KINDS.values()
    encode(message)  # what was let in is whole: it can be sent again


@given(st.lists(st.binary(max_size=64), max_size=4))
def test_arbitrary_bytes_raise_nothing_else(frames: list[bytes]) -> None:
    refused_or_right(frames)


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats()
    | st.text(max_size=9)
    | st.binary(max_size=9),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=8,
)


@given(st.sampled_from(EXAMPLES), st.data())
def test_a_field_with_another_value_raises_nothing_else(message: Message, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(["kind", *(field.name for field in dataclasses.fields(message))]))
    refused_or_right(wire(message, **{name: data.draw(VALUES)}))


@given(st.sampled_from([field.name for field in dataclasses.fields(GenerateRequest)]), VALUES)
def test_a_prompt_with_another_value_inside_raises_nothing_else(name: str, value: Any) -> None:
    refused_or_right(inside(WALKS, **{name: value}))


@given(st.sampled_from([field.name for field in dataclasses.fields(EditRequest)]), VALUES)
def test_an_edit_with_another_value_inside_raises_nothing_else(name: str, value: Any) -> None:
    refused_or_right(inside(EDITS, **{name: value}))


@given(st.sampled_from(EXAMPLES), st.data())
def test_changed_bytes_raise_nothing_else(message: Message, data: st.DataObject) -> None:
    frames = encode(message)
    which = data.draw(st.integers(0, len(frames) - 1))
    broken = bytearray(frames[which])
    for _ in range(data.draw(st.integers(1, 3))):
        broken[data.draw(st.integers(0, len(broken) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(broken)))
    frames[which] = bytes(broken[:cut] if data.draw(st.booleans()) else broken)
    refused_or_right(frames)


def test_a_clip_is_known_by_its_content() -> None:
    assert clip_hash(clip()) == clip_hash(clip().astype(np.float64).copy())  # type: ignore[arg-type]
    assert clip_hash(clip()) != clip_hash(clip() + np.float32(1e-6))
    assert len(clip_hash(clip())) == 64


def test_ids_do_not_repeat() -> None:
    assert len({new_id() for _ in range(1000)}) == 1000
