# SPDX-License-Identifier: GPL-3.0-or-later
"""The file of a taught model: safetensors with low-rank adapters, and in its header what it is. No torch here.

The header is read by ourselves: eight bytes with its length, then JSON (https://github.com/huggingface/safetensors).
Nothing is unpickled, and every length is checked against the file before anything of that length is read.
"""

from __future__ import annotations

import json
import os
import struct
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ...rigs.errors import UserError
from ...rigs.files.regular_file import open_regular
from ..requests.lesson import checked_name
from ..system.atomic_write import disk_errors, replacing
from ..system.user_files import open_private, private_folder

SUFFIX = ".coamd"
KIND = "coamd-taught-1"
LARGEST_HEADER = 4 << 20
LARGEST = 64 << 20  # bytes of a whole file; that of the bundled size has 1.7 MB
HIGHEST_RANK = 256
LARGEST_VALUE = 1e4
WORDS = "words"  # the array that Label and Find know the taught actions by
_TEXTS = ("base", "base_name", "eye", "name", "made")
_LISTS = ("words", "takes")


@dataclass(frozen=True)
class ModelCard:
    """What the file of a taught model says of itself."""

    name: str
    base: str  # digest of the weights that it belongs to
    base_name: str
    words: tuple[str, ...]  # the descriptions that were taught
    takes: tuple[str, ...]  # names of the takes
    made: str  # when, ISO 8601
    settings: Mapping[str, float]  # rank, steps, seconds of takes, ...
    eye: str = ""  # fingerprint of the recognizer that the array ``WORDS`` belongs to

    @property
    def rank(self) -> int:
        """Of the adapters."""
        return int(self.settings["rank"])


def save(path: Path, card: ModelCard, arrays: Mapping[str, np.ndarray]) -> None:
    """Write a file of adapters and ``WORDS`` in one step. UserError where the disk refuses."""
    blobs = {name: np.ascontiguousarray(array, dtype="<f2").tobytes() for name, array in sorted(arrays.items())}
    entries: dict[str, Any] = {}
    at = 0
    for name, blob in blobs.items():
        entries[name] = {"dtype": "F16", "shape": list(arrays[name].shape), "data_offsets": [at, at + len(blob)]}
        at += len(blob)
    with disk_errors(path):
        private_folder(path.parent)
    _write(path, card, entries, b"".join(blobs.values()))


def renamed(path: Path, name: str, target: Path) -> None:
    """The same file under another name, written in one step; ``path`` itself stays."""
    card, entries, begin = _header(path)
    content = path.read_bytes()[begin:]
    _write(target, ModelCard(**{**_plain(card), "name": checked_name(name)}), entries, content)


def read(path: Path) -> ModelCard:
    """What a file says of itself. UserError ``no_model`` or ``broken_model``."""
    return _header(path)[0]


def load(path: Path, shapes: Mapping[str, tuple[int, int]]) -> dict[str, np.ndarray]:
    """The adapters of a file, each of the shape that is expected. UserError ``no_model`` or ``broken_model``."""
    _, entries, begin = _header(path)
    if entries.keys() - {WORDS} != shapes.keys():
        raise _broken(path, "its layers are not those of the model")
    data = path.read_bytes()[begin:]
    return {name: _array(path, name, entries[name], shape, data) for name, shape in shapes.items()}


def word_vectors(path: Path, width: int) -> np.ndarray:
    """What the recognizer saw in the takes of each description (W, width), as many as the card has words.

    UserError ``no_model`` or ``broken_model``.
    """
    card, entries, begin = _header(path)
    if WORDS not in entries:
        raise _broken(path, "what Label and Find need is missing")
    shape = (len(card.words), width)
    return _array(path, WORDS, entries[WORDS], shape, path.read_bytes()[begin:]).astype(np.float32)


def _array(path: Path, name: str, entry: Mapping[str, Any], shape: tuple[int, int], data: bytes) -> np.ndarray:
    """One array out of the ``data`` behind the header, its shape and its numbers checked."""
    first, end = entry["data_offsets"]
    if tuple(entry["shape"]) != shape:
        raise _broken(path, f"the layer {name} has another size")
    array = np.frombuffer(data[first:end], dtype="<f2").reshape(shape)
    if not bool((np.abs(array.astype(np.float32)) < LARGEST_VALUE).all()):  # false for nan, too
        raise _broken(path, f"the layer {name} has values that are not numbers")
    return array


def _write(path: Path, card: ModelCard, entries: Mapping[str, Any], content: bytes) -> None:
    about = {"format": "pt", "kind": KIND, "card": json.dumps(_plain(card), ensure_ascii=False)}
    header = json.dumps({"__metadata__": about, **entries}, ensure_ascii=False).encode()
    header += b" " * (-len(header) % 8)
    with replacing(path) as part, open_private(part, "xb") as file:  # what was taught is its user's, wherever it lies
        file.write(struct.pack("<Q", len(header)) + header + content)


def _plain(card: ModelCard) -> dict[str, Any]:
    return asdict(card)


def _header(path: Path) -> tuple[ModelCard, dict[str, Any], int]:
    """What the file is, its arrays by name, and where their bytes begin."""
    try:
        with open_regular(path) as file:
            size = os.fstat(file.fileno()).st_size
            start = file.read(8)
            length = struct.unpack("<Q", start)[0] if len(start) == 8 else 0
            if not 2 <= length <= min(LARGEST_HEADER, size - 8) or size > LARGEST:
                raise _broken(path, "it is not a file of this kind")
            header = json.loads(file.read(length).decode())
    except FileNotFoundError:
        raise UserError(f"There is no taught model {path}.", "Choose another, or teach it again.", "no_model") from None
    except (ValueError, RecursionError):  # also bytes that are not text
        raise _broken(path, "it is not a file of this kind") from None
    except OSError as error:
        raise UserError(
            f"{path} cannot be read ({error.strerror}).", "Mend its permissions, or choose another.", "no_model"
        ) from error
    if not isinstance(header, dict):
        raise _broken(path, "it is not a file of this kind")
    about = header.pop("__metadata__", None)
    if not isinstance(about, dict) or about.get("kind") != KIND:
        raise _broken(path, "it is not a file of this kind")
    card = _card(path, about.get("card"))
    _check_entries(path, header, size - 8 - length)
    return card, header, 8 + length


def _card(path: Path, text: Any) -> ModelCard:
    """The facts of the header, each of its type and size."""
    try:
        values = json.loads(text) if isinstance(text, str) else None
    except (ValueError, RecursionError):
        values = None
    if not isinstance(values, dict) or set(values) != {*_TEXTS, *_LISTS, "settings"}:
        raise _broken(path, "its description is incomplete")
    settings = values["settings"]
    sound = all(isinstance(values[key], str) and len(values[key]) <= 200 for key in _TEXTS)
    sound = sound and all(isinstance(values[key], list) and len(values[key]) <= 10_000 for key in _LISTS)
    sound = sound and all(isinstance(text, str) and len(text) <= 1000 for key in _LISTS for text in values[key])
    sound = sound and isinstance(settings, dict) and all(type(value) in (int, float) for value in settings.values())
    if not sound or type(settings.get("rank")) is not int or not 1 <= settings["rank"] <= HIGHEST_RANK:
        raise _broken(path, "its description has wrong values")
    try:
        name = checked_name(values["name"])
    except UserError:
        raise _broken(path, "its name cannot be used") from None
    texts = {key: values[key] for key in _TEXTS if key != "name"}
    return ModelCard(name=name, words=tuple(values["words"]), takes=tuple(values["takes"]), settings=settings, **texts)


def _check_entries(path: Path, entries: Mapping[str, Any], size: int) -> None:
    """Arrays of two axes in float16 that lie one after the other and fill the file."""
    end = 0
    try:
        ordered = sorted(entries.values(), key=lambda entry: entry["data_offsets"][0])
        for entry in ordered:
            (first, last), (rows, columns) = entry["data_offsets"], entry["shape"]
            whole = all(type(value) is int and value >= 0 for value in (first, last, rows, columns))
            if not whole or entry["dtype"] != "F16" or first != end or last - first != 2 * rows * columns:
                raise ValueError
            end = last
        if not ordered or end != size:
            raise ValueError
    except (TypeError, KeyError, ValueError, IndexError):
        raise _broken(path, "it is damaged or cut off") from None


def _broken(path: Path, reason: str) -> UserError:
    return UserError(f"{path.name} cannot be used: {reason}.", "Import it again, or teach it again.", "broken_model")
