# SPDX-License-Identifier: GPL-3.0-or-later
"""Teaching a tiny model: it learns, stops, can be ended at any time, and leaves the model itself as it was."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from coamd.backend.labelling.embedding import embedder, uniform
from coamd.backend.model.adapters import adapted_layers, adapters_of, merged, shapes, with_adapters
from coamd.backend.model.sampler import Cancelled
from coamd.backend.model.weights import System
from coamd.backend.motion.taught_system import digest, taught_system
from coamd.backend.requests.lesson import Example, Lesson
from coamd.backend.taught.library import models, named
from coamd.backend.taught.model_file import word_vectors
from coamd.backend.teaching import learning, material
from coamd.backend.teaching.clips import TESTED
from coamd.backend.teaching.learning import AdapterTrainer, LearningSettings, learn, loss_on
from coamd.backend.teaching.teacher import teach
from coamd.rigs.errors import UserError

from tests.motions import walk

QUICK = LearningSettings(rank=2, rate=1e-2, steps=20, rehearsal=2)


@pytest.fixture(autouse=True)
def _any_motion(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tiny model's random autoencoder shows no motion at all; that is not what is tested here."""
    monkeypatch.setattr(material, "HOPELESS", float("inf"))
    monkeypatch.setattr(learning, "LOOK", 5)


def lesson(count: int = 6, seconds: float = 2.5, mirror: bool = False) -> Lesson:
    examples = tuple(
        Example(f"take {n}", walk(seconds, turning=0.1 * n).astype(np.float32), ("a person struts",))
        for n in range(count)
    )
    return Lesson("Strut", examples, mirror)


def test_adapters_begin_as_nothing_and_alone_learn(system: System) -> None:
    model = with_adapters(system.generator, 2)
    for name, layer in adapted_layers(system.generator).items():
        torch.testing.assert_close(model.get_submodule(name).weight, layer.weight)
    learning = {name for name, value in model.named_parameters() if value.requires_grad}
    assert learning
    assert all(name.endswith((".a", ".b")) for name in learning)
    assert adapted_layers(system.generator).keys() == {name[:-2] for name in adapters_of(model)}


def test_merged_weights_do_what_the_adapters_do(system: System) -> None:
    model = with_adapters(system.generator, 2).eval()
    with torch.no_grad():
        for value in model.parameters():
            if value.requires_grad:
                value.normal_(std=0.1)
    one = merged(system.generator, adapters_of(model))
    rows, condition = torch.randn(2, 5, 8), torch.randn(2, 16)
    torch.testing.assert_close(one(rows, None, condition), model(rows, None, condition), atol=2e-3, rtol=2e-3)
    heads = [some.head.net(rows[0], torch.full((5,), 0.5), model(rows, None, condition)[0]) for some in (one, model)]
    torch.testing.assert_close(heads[0], heads[1], atol=2e-3, rtol=2e-3)
    assert not torch.equal(one(rows, None, condition), system.generator(rows, None, condition))
    assert {name: array.shape for name, array in adapters_of(model).items()} == shapes(system.generator, 2)


def test_what_two_models_have_learnt_is_added_up(system: System) -> None:
    rng = np.random.default_rng(0)
    one, other = (
        {name: rng.normal(size=shape).astype(np.float16) for name, shape in shapes(system.generator, rank).items()}
        for rank in (2, 3)
    )
    layers = [adapted_layers(merged(system.generator, *several)) for several in ((), (one,), (other,), (one, other))]
    for name, layer in adapted_layers(system.generator).items():
        bundled, first, second, both = (found[name].weight for found in layers)
        assert torch.equal(bundled, layer.weight)
        torch.testing.assert_close(both - bundled, (first - bundled) + (second - bundled), atol=1e-4, rtol=1e-4)


def test_it_comes_nearer_to_the_held_out_takes_and_the_model_stays(system: System) -> None:
    before = {name: value.clone() for name, value in system.generator.state_dict().items()}
    learnt = learn(system, lesson(), settings=QUICK)
    assert learnt.nearer is not None
    assert learnt.nearer > 0.0
    assert learnt.losses[learnt.steps] == min(learnt.losses.values())
    assert learnt.words == ("a person struts",)
    for name, value in system.generator.state_dict().items():
        assert torch.equal(value, before[name])


def test_the_same_lesson_gives_the_same_adapters(system: System) -> None:
    first, second = (learn(system, lesson(), settings=QUICK).adapters for _ in range(2))
    for name, array in first.items():
        np.testing.assert_array_equal(array, second[name])


def test_without_takes_to_hold_out_it_ends_after_a_fixed_number_of_steps(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(learning, "BLIND", 0.35)
    learnt = learn(system, lesson(2), settings=QUICK)
    assert (learnt.steps, learnt.nearer) == (7, None)
    assert any("hold some out" in note for note in learnt.notes)


def test_it_stops_where_nothing_gets_better(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    found = material.material(system, lesson(), 1, 2, lambda *_: None, lambda: None)
    trainer = AdapterTrainer(system.generator, found, QUICK)
    trainer.losses.update({step: 9.0 for step in range(5, 61, 5)})
    assert trainer.stagnates
    trainer.learn(61, 300)  # of so many steps 61 without a better one are not many
    assert not trainer.stagnates
    trainer.losses.update({step: 9.0 for step in range(65, 126, 5)})
    assert trainer.stagnates


def test_what_is_made_without_words_is_learnt_from_rehearsed_clips_alone(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = material.material(system, lesson(), 1, 2, lambda *_: None, lambda: None)
    seen: list[tuple[int, float | None]] = []
    loss = type(system.generator).forward_loss

    def heard(self: object, *given: object) -> torch.Tensor:
        seen.append((len(given[0]), given[4] if len(given) > 4 else None))  # type: ignore[arg-type]
        return loss(self, *given)  # type: ignore[arg-type]

    trainer = AdapterTrainer(system.generator, found, QUICK)
    monkeypatch.setattr(type(system.generator), "forward_loss", heard)
    trainer.learn(1, 20)
    assert seen == [(learning.TAUGHT, 0.0), (learning.REHEARSED, None)]


@pytest.mark.parametrize("steps", [1, 12])
def test_ending_early_keeps_what_is_learnt(system: System, steps: int) -> None:
    seen: list[int] = []

    def report(phase: str, step: int, _of: int) -> None:
        if phase.startswith("learning"):
            seen.append(step)

    learnt = learn(system, lesson(2), report, lambda: "keep" if len(seen) >= steps else "", QUICK)
    assert learnt.steps == steps


@pytest.mark.parametrize("moment", ["looking", "making", "preparing", "learning"])
def test_dropping_ends_it_in_every_phase(system: System, moment: str) -> None:
    phases = [""]

    def report(phase: str, _step: int, _of: int) -> None:
        phases[0] = phase

    with pytest.raises(Cancelled):
        learn(system, lesson(), report, lambda: "drop" if phases[0].startswith(moment) else "", QUICK)


def test_keeping_before_anything_is_learnt_is_told(system: System) -> None:
    with pytest.raises(UserError) as caught:
        learn(system, lesson(), decision=lambda: "keep", settings=QUICK)
    assert caught.value.code == "nothing_learnt"


def test_motion_that_the_model_cannot_show_is_refused(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(material, "HOPELESS", 0.08)
    with pytest.raises(UserError) as caught:
        learn(system, lesson(), settings=QUICK)
    assert caught.value.code == "bad_motion"


def test_words_of_another_known_action_are_told(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(material, "means_otherwise", lambda *_: True)
    assert any("something else" in note for note in learn(system, lesson(), settings=QUICK).notes)


def test_two_hundred_takes_are_learnt_and_few_of_them_held_out(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learning, "DRAWS", 1)
    found = material.material(system, lesson(200, 2.0), 1, 2, lambda *_: None, lambda: None)
    assert len(found.tested) == TESTED
    assert len(learn(system, lesson(200, 2.0), settings=replace(QUICK, steps=2)).losses) == 2


def test_a_lesson_becomes_a_file_and_a_model(system: System, tiny: Path, tmp_path: Path) -> None:
    base = digest(tiny)
    model, learnt = teach(system, base, lesson(), tmp_path, settings=QUICK)
    assert model == named("strut", tmp_path)
    assert model.card.takes == tuple(f"take {n}" for n in range(6))
    eye = embedder(system)
    walk_in_general = word_vectors(model.path, eye.width)[0]
    whole = [uniform(example.joints) for example in lesson().examples]
    mean = np.mean([eye.embed(joints, [(0, len(joints))])[0] for joints in whole], axis=0)
    np.testing.assert_allclose(walk_in_general, mean / np.linalg.norm(mean), atol=2e-3)
    assert model.card.eye == eye.mark
    taught = taught_system(system, base, [model])
    before, after = (loss(one, system) for one in (system, taught))
    assert after != before
    with pytest.raises(UserError) as caught:
        taught_system(system, "other", [model])
    assert caught.value.code == "other_base"
    assert learnt.steps == model.card.settings["steps"]


def loss(one: System, system: System) -> float:
    found = material.material(system, lesson(), 1, 2, lambda *_: None, lambda: None)
    return loss_on(one.generator, found.tested)


def test_a_name_that_is_taken_is_told_before_any_work(system: System, tiny: Path, tmp_path: Path) -> None:
    teach(system, digest(tiny), lesson(2), tmp_path, settings=QUICK)

    def never(*_: object) -> None:
        raise AssertionError("it works although the name is taken")

    with pytest.raises(UserError) as caught:
        teach(system, digest(tiny), lesson(2), tmp_path, report=never)
    assert caught.value.code == "same_model"


def test_what_fails_leaves_no_file(system: System, tiny: Path, tmp_path: Path) -> None:
    def drop_at_the_end() -> Callable[[], str]:
        return lambda: "drop"

    with pytest.raises(Cancelled):
        teach(system, digest(tiny), lesson(), tmp_path, decision=drop_at_the_end(), settings=QUICK)
    assert models(tmp_path) == ([], [])
    assert not list(tmp_path.iterdir())


def test_a_full_disk_is_told_at_the_end_and_leaves_no_half_file(
    system: System, tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_path: object) -> object:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("coamd.backend.taught.model_file.open_private", full)
    with pytest.raises(UserError) as caught:
        teach(system, digest(tiny), lesson(2), tmp_path, settings=QUICK)
    assert caught.value.code == "disk_full"
    assert [path.name for path in tmp_path.iterdir()] == ["models.lock"]


def test_other_weights_have_another_digest(tiny: Path, tmp_path: Path) -> None:
    import shutil

    copy = tmp_path / "copy"
    shutil.copytree(tiny, copy)
    assert digest(copy) == digest(tiny)
    path = copy / "generator.safetensors"
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(bytes(content))
    assert digest(copy) != digest(tiny)
