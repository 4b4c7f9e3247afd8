# SPDX-License-Identifier: GPL-3.0-or-later
"""What one field of a message may hold: its type, its range and its size.

Each kind of field has one check that both sides use: ``pack`` before sending, ``unpack`` on what came over
the wire. Arrays leave only their shape in the header; their numbers travel as a raw little-endian float32
frame of their own.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt

from ...rigs.errors import UserError

FloatArray = npt.NDArray[np.float32]

MAX_VARIATIONS = 64
MAX_CANDIDATES = 16  # for each variation
MAX_CLIP_FRAMES = 72_000  # one hour at 20 frames per second
MAX_COORDINATE = 1e5  # metres from the origin; beyond it float32 is coarser than a centimetre
MAX_FRAME_BYTES = 64 << 20
LENGTHS = {"V": (MAX_VARIATIONS, "variations"), "F": (MAX_CLIP_FRAMES, "frames")}  # letter: the most, of what


class ProtocolError(UserError):
    """A message that does not fit the protocol; ``id`` names its request where that could be read."""

    def __init__(self, message: str, hint: str = "", code: str = "bad_message", id: str = "") -> None:
        super().__init__(message, hint or "Use the same version of CoAMD on both sides.", code)
        self.id = id


class Field:
    """One field: ``check`` returns the value in plain form or raises `ProtocolError`."""

    def check(self, value: Any) -> Any:
        raise NotImplementedError

    def pack(self, value: Any, frames: list[bytes]) -> Any:  # noqa: ARG002 - for arrays
        """The value as it stands in the header; an array adds its numbers to ``frames``."""
        return self.check(value)

    def unpack(self, value: Any, frames: Iterator[bytes]) -> Any:  # noqa: ARG002 - for arrays
        """The value behind a header entry; an array takes its numbers from ``frames``."""
        return self.check(value)


@dataclass(frozen=True)
class Text(Field):
    most: int = 10_000  # characters
    least: int = 0

    def check(self, value: Any) -> str:
        if not isinstance(value, str):
            raise ProtocolError("must be text")
        if not self.least <= len(value) <= self.most:
            raise ProtocolError(f"must have {self.least} to {self.most} characters, not {len(value)}", code="too_long")
        try:
            value.encode()
        except UnicodeEncodeError:
            raise ProtocolError("holds half a character (a lone surrogate)") from None
        return value


@dataclass(frozen=True)
class Word(Field):
    """One of a few words."""

    choices: tuple[str, ...]

    def check(self, value: Any) -> str:
        if not isinstance(value, str) or value not in self.choices:
            raise ProtocolError(f"must be one of {', '.join(self.choices)}")
        return value


@dataclass(frozen=True)
class Integer(Field):
    least: int
    most: int

    def check(self, value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int | np.integer):
            raise ProtocolError("must be a whole number")
        if not self.least <= value <= self.most:
            raise ProtocolError(f"must lie between {self.least} and {self.most}", code="out_of_range")
        return int(value)


@dataclass(frozen=True)
class Number(Field):
    least: float
    most: float

    def check(self, value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float | np.integer | np.floating):
            raise ProtocolError("must be a number")
        if not self.least <= value <= self.most:  # a NaN fails this too
            raise ProtocolError(f"must lie between {self.least:g} and {self.most:g}", code="out_of_range")
        return float(value)


@dataclass(frozen=True)
class Truth(Field):
    def check(self, value: Any) -> bool:
        if not isinstance(value, bool):
            raise ProtocolError("must be true or false")
        return value


@dataclass(frozen=True)
class Maybe(Field):
    """A field that may be absent (None)."""

    inner: Field

    def pack(self, value: Any, frames: list[bytes]) -> Any:
        return None if value is None else self.inner.pack(value, frames)

    def unpack(self, value: Any, frames: Iterator[bytes]) -> Any:
        return None if value is None else self.inner.unpack(value, frames)


@dataclass(frozen=True)
class Several(Field):
    """A tuple of at most ``most`` values of one kind."""

    inner: Field
    most: int

    def pack(self, value: Any, frames: list[bytes]) -> list[Any]:
        return [self.inner.pack(item, frames) for item in self._listed(value)]

    def unpack(self, value: Any, frames: Iterator[bytes]) -> tuple[Any, ...]:
        return tuple(self.inner.unpack(item, frames) for item in self._listed(value))

    def _listed(self, value: Any) -> Sequence[Any]:
        if not isinstance(value, list | tuple):
            raise ProtocolError("must be a list")
        if len(value) > self.most:
            raise ProtocolError(f"must have at most {self.most} entries, not {len(value)}", code="too_long")
        return value


@dataclass(frozen=True)
class Record(Field):
    """A frozen dataclass as a map of its fields; ``inner`` has one field for each, by name and in their order."""

    kind: type[Any]
    inner: dict[str, Field]

    def __post_init__(self) -> None:
        assert [field.name for field in fields(self.kind)] == list(self.inner), self.kind

    def pack(self, value: Any, frames: list[bytes]) -> dict[str, Any]:
        if type(value) is not self.kind:
            raise ProtocolError(f"must be of the type {self.kind.__name__}")
        return {
            name: self._inside(name, field.pack, getattr(value, name), frames) for name, field in self.inner.items()
        }

    def unpack(self, value: Any, frames: Iterator[bytes]) -> Any:
        if not isinstance(value, dict) or value.keys() != self.inner.keys():
            raise ProtocolError(f"must have the fields {', '.join(self.inner)} and no other", code="bad_fields")
        values = ((name, field.unpack, value[name]) for name, field in self.inner.items())
        return self.kind(**{name: self._inside(name, unpack, inside, frames) for name, unpack, inside in values})

    @staticmethod
    def _inside(name: str, work: Callable[[Any, Any], Any], value: Any, frames: Any) -> Any:
        """One field packed or unpacked; what is wrong with it is said with its name."""
        try:
            return work(value, frames)
        except ProtocolError as error:
            raise ProtocolError(f"is wrong in {name}, which {error.message}", error.hint, error.code) from None


@dataclass(frozen=True)
class Numbers(Field):
    """An array of float32. In ``shape`` a letter stands for a length from 1 to ``LENGTHS`` of it."""

    shape: tuple[str | int, ...]

    def pack(self, value: Any, frames: list[bytes]) -> list[int]:
        if not isinstance(value, np.ndarray) or value.dtype.kind not in "fiu":
            raise ProtocolError("must be an array of numbers")
        self._check_shape(value.shape)
        _check_numbers(value)
        frames.append(np.ascontiguousarray(value, dtype="<f4").tobytes())
        return list(value.shape)

    def unpack(self, value: Any, frames: Iterator[bytes]) -> FloatArray:
        if not isinstance(value, list) or any(type(axis) is not int for axis in value):
            raise ProtocolError("must be the shape of an array", code="bad_shape")
        self._check_shape(tuple(value))
        frame = next(frames, None)
        if frame is None:
            raise ProtocolError("came without its numbers", code="missing_frame")
        if len(frame) != 4 * math.prod(value):
            raise ProtocolError(f"has {len(frame)} bytes where its shape needs {4 * math.prod(value)}", code="bad_size")
        array = np.frombuffer(frame, dtype="<f4").reshape(value)
        _check_numbers(array)
        return array

    def _check_shape(self, shape: tuple[int, ...]) -> None:
        fixed = [(want, have) for want, have in zip(self.shape, shape, strict=False) if isinstance(want, int)]
        if len(shape) != len(self.shape) or any(want != have for want, have in fixed):
            wanted = f"({', '.join(map(str, self.shape))})"
            raise ProtocolError(f"must have the shape {wanted}, not {shape}"[:200], code="bad_shape")
        for letter, length in zip(self.shape, shape, strict=True):
            if isinstance(letter, str) and not 1 <= length <= LENGTHS[letter][0]:
                raise ProtocolError(f"must have 1 to {LENGTHS[letter][0]} {LENGTHS[letter][1]}", code="out_of_range")
        if 4 * math.prod(shape) > MAX_FRAME_BYTES:
            raise ProtocolError(f"is larger than {MAX_FRAME_BYTES >> 20} MiB", code="too_large")


def _check_numbers(array: npt.NDArray[Any]) -> None:
    # A NaN fails the comparison too, so one pass finds both the endless and the absurd.
    if not bool(np.all(np.abs(array) <= MAX_COORDINATE)):
        raise ProtocolError(f"holds numbers that are not finite or beyond {MAX_COORDINATE:g} m", code="not_finite")
