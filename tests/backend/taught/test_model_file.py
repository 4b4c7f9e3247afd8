# SPDX-License-Identifier: GPL-3.0-or-later
"""The file of a taught model: what is written is read, safetensors reads it too, and nothing foreign is believed."""

from __future__ import annotations

import json
import struct
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from coamd.backend.taught.model_file import SUFFIX, WORDS, load, read, renamed, save, word_vectors
from coamd.rigs.errors import UserError
from hypothesis import given
from hypothesis import strategies as st
from safetensors import safe_open

from tests.taught import CARD, SHAPES, WIDTH, arrays


@pytest.fixture
def path(tmp_path: Path) -> Path:
    save(tmp_path / f"hero{SUFFIX}", CARD, arrays())
    return tmp_path / f"hero{SUFFIX}"


def test_what_is_written_is_read(path: Path) -> None:
    assert read(path) == CARD
    for name, array in load(path, SHAPES).items():
        np.testing.assert_array_equal(array, arrays()[name])
    np.testing.assert_array_equal(word_vectors(path, WIDTH), arrays()[WORDS])


def test_it_is_safetensors(path: Path) -> None:
    with safe_open(path, "numpy") as file:
        assert set(file.keys()) == {*SHAPES, WORDS}
        np.testing.assert_array_equal(file.get_tensor("layer.b"), arrays()["layer.b"])


def test_another_name_changes_nothing_else(path: Path, tmp_path: Path) -> None:
    other = tmp_path / f"other{SUFFIX}"
    renamed(path, "Other", other)
    assert read(other) == replace(CARD, name="Other")
    assert load(other, SHAPES).keys() == SHAPES.keys()
    np.testing.assert_array_equal(load(other, SHAPES)["layer.a"], arrays()["layer.a"])


@given(st.data())
def test_a_damaged_file_is_one_sentence(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    path = tmp_path_factory.mktemp("models") / f"hero{SUFFIX}"
    save(path, CARD, arrays())
    content = bytearray(path.read_bytes())
    at = data.draw(st.integers(0, len(content) - 1))
    if data.draw(st.booleans()):
        content = content[:at]
    else:
        content[at] = data.draw(st.integers(0, 255))
    path.write_bytes(bytes(content))
    try:
        read(path)
        load(path, SHAPES)
        word_vectors(path, WIDTH)
    except UserError as error:
        assert error.code == "broken_model"


def forged(path: Path, **changes: object) -> None:
    """The file with other entries in its header."""
    content = path.read_bytes()
    length = struct.unpack("<Q", content[:8])[0]
    header = {**json.loads(content[8 : 8 + length]), **changes}
    packed = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(packed)) + packed + content[8 + length :])


@pytest.mark.parametrize(
    "entry",
    [
        {"dtype": "F16", "shape": [2, 5], "data_offsets": [0, 4_000_000_000]},
        {"dtype": "F16", "shape": [2, 5], "data_offsets": [-20, 0]},
        {"dtype": "F16", "shape": [1 << 40, 1 << 40], "data_offsets": [0, 20]},
        {"dtype": "F32", "shape": [2, 5], "data_offsets": [0, 20]},
        {"dtype": "F16", "shape": [2, 5], "data_offsets": [12, 32]},
        {"dtype": "F16", "shape": [True, 10], "data_offsets": [0, 20]},
        {"dtype": "F16", "shape": [10], "data_offsets": [0, 20]},
        "nothing",
    ],
)
def test_an_array_that_is_not_there_is_not_read(path: Path, entry: object) -> None:
    forged(path, **{"layer.a": entry})
    with pytest.raises(UserError, match="damaged"):
        read(path)


@pytest.mark.parametrize(
    "card",
    [
        None,
        "[]",
        json.dumps({"name": "x"}),
        json.dumps({**CARD.__dict__, "settings": {"rank": 0}}),
        json.dumps({**CARD.__dict__, "settings": {"rank": True}}),
        json.dumps({**CARD.__dict__, "settings": {"rank": 10**9}}),
        json.dumps({**CARD.__dict__, "name": "\n"}),
        json.dumps({**CARD.__dict__, "words": "a person bows"}),
        json.dumps({**CARD.__dict__, "words": [1]}),
        "[" * 100_000,
    ],
)
def test_a_card_with_wrong_values_is_refused(path: Path, card: str | None) -> None:
    about = {"format": "pt", "kind": "coamd-taught-1"} | ({} if card is None else {"card": card})
    forged(path, __metadata__=about)
    with pytest.raises(UserError, match="cannot be used"):
        read(path)


def test_a_weights_file_is_no_taught_model(tmp_path: Path) -> None:
    from safetensors.numpy import save_file

    foreign = tmp_path / f"foreign{SUFFIX}"
    save_file(arrays(), foreign)
    with pytest.raises(UserError, match="not a file of this kind"):
        read(foreign)
    foreign.write_bytes(b"\x80\x04K\x01.")  # a pickle
    with pytest.raises(UserError, match="not a file of this kind"):
        read(foreign)


def test_layers_of_another_size_and_values_that_are_not_numbers_are_refused(path: Path) -> None:
    with pytest.raises(UserError, match="another size"):
        load(path, {"layer.a": (2, 5), "layer.b": (2, 3)})
    with pytest.raises(UserError, match="not those of the model"):
        load(path, {"layer.a": (2, 5)})
    with pytest.raises(UserError, match="another size"):
        word_vectors(path, WIDTH + 1)
    save(path, CARD, arrays() | {"layer.b": np.full((3, 2), np.nan, np.float16)})
    with pytest.raises(UserError, match="not numbers"):
        load(path, SHAPES)
    save(path, CARD, {name: array for name, array in arrays().items() if name != WORDS})
    with pytest.raises(UserError, match="Label and Find"):
        word_vectors(path, WIDTH)


def test_a_file_that_cannot_be_written_leaves_the_old_one(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = path.read_bytes()

    def full(*_path: object) -> object:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("coamd.backend.taught.model_file.open_private", full)
    with pytest.raises(UserError) as caught:
        save(path, replace(CARD, words=()), arrays())
    assert caught.value.code == "disk_full"
    assert path.read_bytes() == before
    assert [item.name for item in path.parent.iterdir()] == [path.name]
