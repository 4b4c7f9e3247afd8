# SPDX-License-Identifier: GPL-3.0-or-later
"""All trainings on a handful of synthetic clips, in order, into one weights folder that the pipeline can use."""

from __future__ import annotations

import dataclasses
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from coamd.backend.lab.recognition.cocodiff_ablation import exported
from coamd.backend.lab.training.recognition import recognizer as recognizers
from coamd.backend.lab.training.stages import STAGES, raised_texts, repeated_takes, run_stage
from coamd.backend.model.recognizer import Recognizer
from coamd.backend.model.weights import load_module
from coamd.backend.motion.pipeline import Pipeline
from coamd.backend.requests.generate import GenerateRequest
from coamd.backend.training.data import Clip, RecordedTake, load_clips, load_takes, save_items
from coamd.rigs.body.canonical import canonical
from coamd.rigs.errors import UserError
from safetensors.torch import load_file
from small_training import SCHEDULE, job, tiny

from tests.motions import walk

pytestmark = pytest.mark.usefixtures("small_bank")


def test_all_trainings_make_a_folder_that_generates_labels_and_warns(data: Path, tmp_path: Path) -> None:
    for part in STAGES:
        run_stage(job(part, data, tmp_path))
    pipeline = Pipeline.load(tmp_path, "cpu")
    made = pipeline.generate(GenerateRequest("a person does a walk", 2.0, seed=1))
    assert made.joints.shape == (1, 40, 22, 3)
    assert np.isfinite(made.joints).all()
    (named,), _ = pipeline.label(made.joints[0], top=3, whole=True)
    assert {found.label for found in named.labels} == {"walk", "turn", "sit"}
    assert (
        pipeline.generate(GenerateRequest("a persn does a wlak", 2.0, seed=1))
        .warnings[0]
        .startswith("Read 'persn' as 'person'")
    )


def test_the_text_encoder_needs_a_teacher(data: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="needs a large sentence encoder") as caught:
        run_stage(dataclasses.replace(job("text", data, tmp_path), teacher=None))
    assert "--teacher" in caught.value.hint


def test_sources_are_repeated_as_told() -> None:
    takes = [RecordedTake(name, "train", np.zeros((80, 22, 3)), name) for name in ("large", "small")]
    assert [take.id for take in repeated_takes(takes, {"small": 3})] == ["large", "small", "small", "small"]
    with pytest.raises(UserError, match="no source tiny"):
        repeated_takes(takes, {"tiny": 2})


def test_a_recognizer_of_other_words_begins_with_what_fits(data: Path, tmp_path: Path) -> None:
    for part in ("text", "recognizer"):
        run_stage(job(part, data, tmp_path / "old"))
    config = dataclasses.replace(
        tiny(),
        recognizer=dataclasses.replace(tiny().recognizer, vocabulary=620),
        text=dataclasses.replace(tiny().text, vocabulary=620),
    )
    run_stage(dataclasses.replace(job("text", data, tmp_path / "new", config), start=tmp_path / "old"))
    again = dataclasses.replace(job("recognizer", data, tmp_path / "new", config), start=tmp_path / "old")
    run_stage(dataclasses.replace(again, schedule=dataclasses.replace(SCHEDULE, learning_rate=0.0)))
    old, new = (load_file(tmp_path / name / "recognizer.safetensors") for name in ("old", "new"))
    assert all(torch.equal(old[name], value) for name, value in new.items() if not name.startswith("text."))
    assert 620 in {value.shape[0] for name, value in new.items() if name.startswith("text.")}
    with pytest.raises(UserError, match="another size or vocabulary"):
        run_stage(dataclasses.replace(again, start_share=0.5, run=tmp_path / "shared"))


def test_captions_are_of_the_height_where_most_of_their_clips_are() -> None:
    ground = canonical(walk(4.0), 20.0)
    stool = ground + np.where(np.arange(len(ground)) > 40, 0.5, 0.0)[:, None, None] * np.array([0.0, 1.0, 0.0])
    clips = [
        Clip("up", "train", stool, ("Stands on a stool",), ("walk", "stool"), "up"),
        Clip("a", "train", ground, ("a person walks",), ("walk",), "a"),
        Clip("b", "train", ground, ("a person walks",), ("walk",), "b"),
    ]
    assert set(raised_texts(clips)) == {"stands on a stool", "stool"}


def test_cocodiff_leaves_nothing_in_the_recognizer(data: Path, tmp_path: Path) -> None:
    """The same names, shapes and types in the file and the same traced graph, from other numbers."""
    texts = tmp_path / "texts.json"
    texts.write_text(json.dumps({name: f"the joints do as in a {name}" for name in ("walk", "turn", "sit")}))
    run_stage(job("text", data, tmp_path))
    states, graphs = [], []
    for name, fine in (("without", None), ("with", texts)):
        run_stage(dataclasses.replace(job("recognizer", data, tmp_path, run=name), fine_texts=fine))
        states.append(load_file(tmp_path / "recognizer.safetensors"))
        model = Recognizer(tiny().recognizer)
        load_module(tmp_path / "recognizer.safetensors", model)
        graphs.append(exported(model))
        metrics = (tmp_path / "runs" / name / "metrics.jsonl").read_text(encoding="utf-8")
        assert ("generated" in metrics) == (fine is not None)
    shapes = [{name: (value.shape, value.dtype) for name, value in state.items()} for state in states]
    assert shapes[0] == shapes[1]
    assert graphs[0] == graphs[1]
    assert graphs[0] != exported(Recognizer(dataclasses.replace(tiny().recognizer, layers=2)))
    assert any(not torch.equal(states[0][name], states[1][name]) for name in states[0])


def test_a_recognizer_that_goes_on_keeps_its_text_tower(data: Path, tmp_path: Path) -> None:
    run_stage(job("text", data, tmp_path))
    run_stage(job("recognizer", data, tmp_path))
    before = load_file(tmp_path / "recognizer.safetensors")
    run_stage(dataclasses.replace(job("recognizer", data, tmp_path, run="again"), start=tmp_path))
    after = load_file(tmp_path / "recognizer.safetensors")
    changed = {name for name in before if not torch.equal(before[name], after[name])}
    assert "fusion.weight" in changed
    assert not any(name.startswith("text.") for name in changed)


def test_paraphrases_change_only_those_who_read_prompts(data: Path, tmp_path: Path) -> None:
    for part in ("text", "recognizer"):
        run_stage(job(part, data, tmp_path))
    files = ("recognizer.safetensors", "text/model.safetensors")
    before = [load_file(tmp_path / file) for file in files]
    tokens = (tmp_path / "text" / "tokenizer.json").read_bytes()
    run_stage(job("paraphrases", data, tmp_path))
    recognizer, text = (
        {name for name in old if not torch.equal(old[name], load_file(tmp_path / file)[name])}
        for old, file in zip(before, files, strict=True)
    )
    assert text
    assert recognizer
    assert all(name.startswith("text.") for name in recognizer), "what it sees of motion is as it was"
    assert (tmp_path / "text" / "tokenizer.json").read_bytes() == tokens
    with pytest.raises(UserError, match="other settings"):  # the readers that it began with are no more
        run_stage(job("paraphrases", data, tmp_path))


def test_a_share_of_the_start_stays_in_what_is_kept(data: Path, tmp_path: Path) -> None:
    for part in ("text", "autoencoder", "generator"):
        run_stage(job(part, data, tmp_path))
    kept = {}
    for name, share in (("none", 0.0), ("some", 0.25), ("all", 1.0)):
        weights = tmp_path / name
        shutil.copytree(tmp_path, weights, ignore=shutil.ignore_patterns("none", "some", "all", "runs"))
        run_stage(dataclasses.replace(job("generator", data, weights), start=tmp_path, start_share=share))
        kept[name] = load_file(weights / "generator.safetensors")
    before = load_file(tmp_path / "generator.safetensors")
    assert any(not torch.equal(kept["none"][name], before[name]) for name in before)
    for name, value in before.items():
        assert torch.equal(kept["all"][name], value)
        mean = 0.75 * kept["none"][name].float() + 0.25 * value.float()
        torch.testing.assert_close(kept["some"][name].float(), mean, atol=1e-3, rtol=2e-3)


def test_the_papers_sizes_have_the_papers_losses(monkeypatch: pytest.MonkeyPatch, data: Path, tmp_path: Path) -> None:
    run_stage(job("text", data, tmp_path))
    seen = []
    for name in ("own_loss", "paper_loss"):
        was = getattr(recognizers, name)
        monkeypatch.setattr(recognizers, name, lambda *args, n=name, f=was: seen.append(n) or f(*args))
    full = dataclasses.replace(tiny(), text=dataclasses.replace(tiny().text, kind="clip"))
    (tmp_path / "config.json").write_text(full.to_json(), encoding="utf-8")
    paper = dataclasses.replace(job("recognizer", data, tmp_path, full), fine_texts=None)
    run_stage(paper)
    assert seen == ["paper_loss"]
    assert not (paper.run / "on_rigs").exists()


def test_data_without_held_out_clips_is_trained_on_without_validation(data: Path, tmp_path: Path) -> None:
    alone = tmp_path / "data"
    alone.mkdir()
    shutil.copytree(data.parent / "teacher", tmp_path / "teacher")
    save_items(alone, "clips", [clip for clip in load_clips(data) if clip.split == "train"])
    save_items(alone, "takes", [take for take in load_takes(data) if take.split == "train"])
    for part in STAGES:
        if part == "calibration":
            with pytest.raises(UserError, match="no validation clips"):
                run_stage(job(part, alone, tmp_path / "weights"))
            continue
        run_stage(job(part, alone, tmp_path / "weights"))
        if part in ("phrases", "paraphrases"):  # read and not trained; validated by paraphrases of their own
            continue
        metrics = (tmp_path / "weights" / "runs" / part / "metrics.jsonl").read_text(encoding="utf-8")
        assert "train" in metrics
        assert "validation" not in metrics


def test_a_part_whose_foundations_are_missing_says_so(data: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="text encoder is missing"):
        run_stage(job("recognizer", data, tmp_path))
    run_stage(job("text", data, tmp_path))
    with pytest.raises(UserError, match=r"autoencoder\.safetensors is missing"):
        run_stage(job("generator", data, tmp_path))


def test_a_folder_of_another_model_is_not_mixed_with_this_one(data: Path, tmp_path: Path) -> None:
    run_stage(job("text", data, tmp_path))
    with pytest.raises(UserError, match="belongs to another model"):
        run_stage(job("text", data, tmp_path, dataclasses.replace(tiny(), name="other")))
