# SPDX-License-Identifier: GPL-3.0-or-later
"""The text encoder: a tokenizer that reads everything, and files that are whole or refused."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from coamd.backend.model.config import named
from coamd.backend.model.text import END, START, load_text_encoder
from coamd.backend.model.weights import System
from coamd.rigs.errors import UserError
from hypothesis import given, settings
from hypothesis import strategies as st


def test_words_are_pieces_between_start_and_end(system: System) -> None:
    tokens = [system.text.tokenizer.id_to_token(i) for i in system.text.tokenize(["A Person waves"])[0].tolist()]
    assert (tokens[0], tokens[-1]) == (START, END)
    assert "".join(tokens[1:-1]) == "a</w>person</w>waves</w>"


def test_upper_case_and_spaces_make_no_difference(system: System) -> None:
    assert torch.equal(*(system.text.encode([text]) for text in ("A  person\twaves ", "a person waves")))


@settings(deadline=None, max_examples=30)
@given(text=st.text(max_size=60))
def test_any_text_has_one_end_and_it_is_the_highest_id(system: System, text: str) -> None:
    ids = system.text.tokenize([text])
    end = system.text.end
    assert ids.shape[1] <= system.config.text.positions
    assert int(ids.max()) == end == int(ids[0, -1])
    assert text.count("<|") or (ids[0] == end).sum() == 1  # a text may itself spell the special token
    assert torch.isfinite(system.text.encode([text])).all()


def test_company_does_not_change_a_text(system: System) -> None:
    alone = system.text.encode(["a person waves"])
    together = system.text.encode(["a person waves", "someone jumps and turns around and sits down"])
    assert torch.allclose(alone[0], together[0], atol=1e-5)


def test_a_long_text_is_cut_and_still_ends(system: System) -> None:
    ids = system.text.tokenize(["wave " * 100])
    assert ids.shape == (1, system.config.text.positions)
    assert int(ids[0, -1]) == system.text.end


def test_a_saved_encoder_comes_back_in_half_precision(system: System, tmp_path: Path) -> None:
    system.text.save(tmp_path / "text")
    again = load_text_encoder(system.config.text, tmp_path)
    texts = ["a person waves", "ünknown wörds 漢字"]
    assert torch.equal(again.tokenize(texts), system.text.tokenize(texts))
    assert torch.allclose(again.encode(texts), system.text.encode(texts), atol=2e-2)
    assert next(again.parameters()).dtype == torch.float32


def test_a_missing_encoder_says_what_to_do(tmp_path: Path) -> None:
    small = named("CoAMD-SiT-S").text
    absent = dataclasses.replace(named("CoAMD-SiT-XL").text, name="coamd/there-is-no-such-model")
    for config, remedy in ((small, "Install"), (absent, "hf download")):
        with pytest.raises(UserError, match=remedy) as caught:
            load_text_encoder(config, tmp_path)
        assert caught.value.code == "text_encoder_missing"


@pytest.mark.parametrize("size", [0, 7, 5000])
def test_a_cut_off_encoder_is_refused(system: System, tmp_path: Path, size: int) -> None:
    system.text.save(tmp_path / "text")
    path = tmp_path / "text" / "model.safetensors"
    path.write_bytes(path.read_bytes()[:size])
    with pytest.raises(UserError) as caught:
        load_text_encoder(system.config.text, tmp_path)
    assert caught.value.code == "weights_broken"


def test_an_encoder_without_some_weights_is_refused(system: System, tmp_path: Path) -> None:
    from safetensors.torch import load_file, save_file

    system.text.save(tmp_path / "text")
    path = tmp_path / "text" / "model.safetensors"
    state = load_file(path)
    del state["text_projection.weight"]
    save_file(state, path, metadata={"format": "pt"})
    with pytest.raises(UserError) as caught:
        load_text_encoder(system.config.text, tmp_path)
    assert caught.value.code == "weights_broken"


def test_the_class_of_transformers_gives_the_same(system: System, tmp_path: Path) -> None:
    """The folder is one that transformers reads, and what it makes of it is the oracle."""
    from transformers import CLIPTextModelWithProjection, CLIPTokenizer

    folder = tmp_path / "text"
    system.text.save(folder)
    texts = ["A person waves", "ünknown wörds 漢字, it's  5 o'clock", "wave " * 30, "<|endoftext|> !?"]
    tokenizer = CLIPTokenizer.from_pretrained(folder)
    rows = tokenizer(texts, padding=True, truncation=True, max_length=system.config.text.positions, return_tensors="pt")
    ours = load_text_encoder(system.config.text, tmp_path)
    ids = ours.tokenize(texts)
    assert torch.equal(ids, rows["input_ids"])
    with torch.no_grad():
        theirs = CLIPTextModelWithProjection.from_pretrained(folder, dtype=torch.float32).eval()(ids[:3]).text_embeds
        assert torch.allclose(ours(ids[:3]), theirs, atol=1e-5)


def test_transformers_is_not_imported_for_a_folder_with_its_encoder(system: System, tmp_path: Path) -> None:
    system.text.save(tmp_path / "text")
    (tmp_path / "facts.json").write_text(json.dumps(dataclasses.asdict(system.config.text)))
    code = (
        "import json, sys; from pathlib import Path; from coamd.backend.model.config import TextConfig\n"
        "from coamd.backend.model.text import load_text_encoder\n"
        f"here = Path({str(tmp_path)!r})\n"
        "load_text_encoder(TextConfig(**json.loads((here / 'facts.json').read_text())), here)\n"
        "assert not {'transformers', 'torch._dynamo'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
