# SPDX-License-Identifier: GPL-3.0-or-later
"""All that the product does, on a pretended CUDA card and a pretended Apple GPU, beside the CPU."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from coamd.backend.batch.ray_workers import LocalWorker
from coamd.backend.batch.take_files import TakeMaker, batch_size
from coamd.backend.lab.evaluation.evaluator import Evaluator, EvaluatorConfig
from coamd.backend.labelling.embedding import embedder
from coamd.backend.language.familiarity import learn
from coamd.backend.model import device as devices
from coamd.backend.model.graphs import Graphs
from coamd.backend.model.streams import bones
from coamd.backend.model.weights import load_system
from coamd.backend.motion.generation import source
from coamd.backend.motion.microbatches import BATCH, BATCH_GPU
from coamd.backend.motion.pipeline import BUNDLED, Pipeline
from coamd.backend.requests.edit import EditRequest, PromptSegment, Target
from coamd.backend.requests.generate import GenerateRequest
from pretended_gpu import Counts, pretended_gpu
from tiny_model import write_tiny_model

from tests.motions import walk

KINDS = ("cuda", "mps")
DEVICES = ("cpu", "cuda", "auto")
PHRASES = ("a person walks on", "a man runs and jumps", "someone sits down slowly", "a dancer turns round twice")
WALK = walk(6.0).astype(np.float32)
PATH = np.array(
    [[frame, WALK[frame, 0, 0] + aside, WALK[frame, 0, 2]] for frame, aside in ((20, 0), (60, 0.6), (96, 0))]
)
REACHED = tuple(float(x) for x in WALK[60, 20] + 0.2)
EDITS = {
    "regenerate": {"start": 40, "end": 80, "prompt": "a person jumps up"},
    "without words": {"start": 40, "end": 80},
    "all of it": {"start": 0, "end": 120, "prompt": "a person walks"},
    "half strength": {"start": 40, "end": 80, "prompt": "a person jumps up", "strength": 0.5},
    "guided": {"start": 40, "end": 80, "prompt": "a person jumps", "recognizer_guidance": 1.0, "variations": 2},
    "in-between": {"mode": "inbetween", "start": 30, "end": 90, "prompt": "a person turns", "keep_poses": (60,)},
    "extend": {"mode": "extend", "before": 20, "after": 40, "prompt": "a person runs"},
    "loop": {"mode": "loop", "start": 20, "end": 100},
    "refine": {"mode": "refine", "start": 20, "end": 100, "prompt": "a person walks", "strength": 0.5},
    "segments": {
        "start": 20,
        "end": 100,
        "segments": (PromptSegment("a wave", 20, 50), PromptSegment("a jump", 60, 90)),
    },
    "path": {"start": 20, "end": 100, "prompt": "a person walks", "path": PATH.astype(np.float32)},
    "reach": {"start": 40, "end": 80, "prompt": "reach", "targets": (Target("left_wrist", 60, REACHED),)},
    "arms": {"start": 20, "end": 100, "prompt": "a person waves", "parts": ("left_arm", "right_arm")},
    "legs and root": {"start": 20, "end": 100, "prompt": "a kick", "parts": ("root", "left_leg", "right_leg")},
}
GENERATIONS: dict[str, dict[str, object]] = {
    "4 s": {"seconds": 4.0},
    "windows": {"seconds": 14.0},
    "variations": {"seconds": 2.0, "variations": 3},
    "unguided": {"seconds": 2.0, "guidance_scale": 1.0},
    "recognizer": {"seconds": 2.0, "recognizer_guidance": 1.0},
    "candidates": {"seconds": 2.0, "candidates": 3},
    "dopri5": {"seconds": 1.0, "solver": "dopri5"},
    "midpoint": {"seconds": 1.0, "solver": "midpoint"},
}


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tiny")
    write_tiny_model(folder)
    learn(PHRASES, [], load_system(folder, torch.device("cpu")).text).save(folder)
    return folder


@pytest.fixture(scope="module")
def cpu(weights: Path) -> Pipeline:
    return Pipeline.load(weights, "cpu", "float32")


@pytest.fixture(params=KINDS)
def gpu(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, Counts]]:
    with pretended_gpu(request.param, monkeypatch) as counts:
        yield request.param, counts


def edit(**settings: object) -> EditRequest:
    return EditRequest(WALK, seed=3, **settings)  # type: ignore[arg-type]


def test_the_pretended_device_refuses_what_a_real_one_refuses(gpu: tuple[str, Counts]) -> None:
    kind, counts = gpu
    there = torch.ones(3).to(kind)
    with pytest.raises(RuntimeError, match="at least two devices"):
        there + torch.ones(3)
    with pytest.raises(RuntimeError, match="generator"):
        torch.randn(3, device=kind, generator=torch.Generator())
    with pytest.raises(TypeError, match="numpy"):
        there.numpy()
    if kind == "mps":
        with pytest.raises(TypeError, match="float64"):
            there.double()
        with pytest.raises(NotImplementedError, match="linalg_eigh"):
            torch.linalg.eigh(torch.eye(3).to(kind))
    before = counts.waits.total()
    assert there[there > 0].sum().item() == 3
    assert counts.waits.total() == before + 2, "for the size of what a mask picks, and for the number"


@pytest.mark.parametrize("name", GENERATIONS)
def test_a_motion_is_that_of_the_cpu(name: str, gpu: tuple[str, Counts], weights: Path, cpu: Pipeline) -> None:
    settings = GENERATIONS[name]
    pipeline = Pipeline.load(weights, gpu[0], "float32")
    made, wanted = (p.generate(GenerateRequest("a person walks", seed=1, **settings)).joints for p in (pipeline, cpu))  # type: ignore[arg-type]
    assert pipeline.device == f"{gpu[0]}"
    assert np.abs(made - wanted).max() < 2e-5


@pytest.mark.parametrize("name", EDITS)
def test_an_edit_is_that_of_the_cpu(name: str, gpu: tuple[str, Counts], weights: Path, cpu: Pipeline) -> None:
    pipeline = Pipeline.load(weights, gpu[0], "float32")
    made, wanted = (p.edit(edit(**EDITS[name])).joints for p in (pipeline, cpu))
    assert np.abs(made - wanted).max() < 1e-4


def test_labels_search_and_batches_are_those_of_the_cpu(gpu: tuple[str, Counts], weights: Path, cpu: Pipeline) -> None:
    pipeline = Pipeline.load(weights, gpu[0], "float32")
    take = np.concatenate([walk(6.0), walk(8.0, turning=1.0)])
    for settings in ({}, {"whole": True}, {"describe": True}, {"labels": ("walk", "jump")}):
        names = [
            [[one.label for one in segment.labels] for segment in p.label(take, **settings)[0]]  # type: ignore[arg-type]
            for p in (pipeline, cpu)
        ]
        assert names[0] == names[1]
    assert np.allclose(pipeline.embed_motion(take), cpu.embed_motion(take), atol=1e-6)
    assert np.allclose(pipeline.embed_text("a walk"), cpu.embed_text("a walk"), atol=1e-6)
    embedders = [embedder(p.system) for p in (pipeline, cpu)]
    assert embedders[0].mark == embedders[1].mark, "an index is good for every device"
    spans = [(0, 40), (40, 160)]
    assert np.allclose(*(one.embed(take, spans) for one in embedders), atol=1e-6)
    batch = [
        np.stack(p.motions(["walk", "run"], [60, 60], [source(1, 0), source(1, 1)], p.sampling()))
        for p in (pipeline, cpu)
    ]
    assert np.abs(batch[0] - batch[1]).max() < 2e-5
    both = [np.concatenate([e.joints for e in p.edit_all([edit(**EDITS["arms"])] * 2)]) for p in (pipeline, cpu)]
    assert np.abs(both[0] - both[1]).max() < 1e-4


def test_the_evaluator_s_features_are_those_of_the_cpu(gpu: tuple[str, Counts]) -> None:
    evaluator = Evaluator(EvaluatorConfig(("walk", "sit"), seed=0)).eval().requires_grad_(False)
    clips = [walk(4.0).astype(np.float32), walk(3.0, turning=1.0).astype(np.float32)]
    wanted = evaluator.features(clips)[0], evaluator.texts(["a person walks"])
    evaluator.to(gpu[0])
    assert np.allclose(evaluator.features(clips)[0], wanted[0], atol=1e-5)
    assert np.allclose(evaluator.texts(["a person walks"]), wanted[1], atol=1e-5)


def test_graphs_make_the_same_motions_with_few_launches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows are padded to one shape for each number of motions, which rounds otherwise, by less than 0.02 mm."""
    if not (Path(BUNDLED) / "generator.safetensors").is_file():
        pytest.skip("the bundled weights are not in backend/weights")
    plain = Pipeline.load(None, "cpu", "float32")
    requests: list[Callable[[Pipeline], np.ndarray]] = [
        lambda p: p.generate(GenerateRequest("a person walks forward", 4.0, seed=1, candidates=1)).joints,
        lambda p: p.generate(GenerateRequest("a person jumps up", 9.8, seed=5)).joints,
        lambda p: p.generate(GenerateRequest("someone waves", 2.0, seed=5, variations=3)).joints,
    ]
    wanted = [request(plain) for request in requests]
    changed = plain.edit(edit(**EDITS["regenerate"])).joints
    with pretended_gpu("cuda", monkeypatch) as counts:
        pipeline = Pipeline.load(None, "cuda", "float32")
        monkeypatch.setattr("coamd.backend.motion.pipeline.MAX_TOKENS", 2)  # the other shapes are captured on the way
        steps: list[tuple[int, int]] = []
        pipeline.prepare(lambda *step: steps.append(step))
        assert steps == [(0, 2), (1, 2), (2, 2)]
        for request, motion in zip(requests, wanted, strict=True):
            assert np.abs(request(pipeline) - motion).max() < 2e-5
        before = counts.kernels.total(), counts.replayed, counts.replays, counts.waits.total()
        requests[0](pipeline)
        launched, replayed, replays, waits = (
            now - then
            for now, then in zip(
                (counts.kernels.total(), counts.replayed, counts.replays, counts.waits.total()), before, strict=True
            )
        )
        assert replays == 11 + 11 + 1, "the transformer and the head in eleven steps, and the decoder"
        assert replayed / (replayed + launched) > 0.9 and launched + replays < 500 and waits <= 12, (launched, replayed)
        assert np.abs(pipeline.edit(edit(**EDITS["regenerate"])).joints - changed).max() < 1e-4
        before = counts.kernels.total(), counts.replayed
        pipeline.edit(edit(**EDITS["regenerate"]))
        launched, replayed = counts.kernels.total() - before[0], counts.replayed - before[1]
        assert replayed / (replayed + launched) > 0.8, (launched, replayed)
        assert np.array_equal(
            pipeline.generate(GenerateRequest("walk", 1.0, seed=1, solver="dopri5")).joints,
            plain.generate(GenerateRequest("walk", 1.0, seed=1, solver="dopri5")).joints,
        ), "a solver that chooses its steps goes the plain way"


def test_without_memory_or_luck_there_are_no_graphs(monkeypatch: pytest.MonkeyPatch) -> None:
    reserved, factor = iter(range(0, 10**9, 100)), [2]
    with pretended_gpu("cuda", monkeypatch) as counts:
        monkeypatch.setattr(torch.cuda, "memory_reserved", lambda _device=None: next(reserved))
        device, x = torch.device("cuda"), torch.ones(3).to("cuda")

        def work(one: torch.Tensor) -> torch.Tensor:
            return factor[0] * one

        def waits(one: torch.Tensor) -> torch.Tensor:
            return one * one.sum().item()

        monkeypatch.setattr(torch.cuda, "mem_get_info", lambda _device: (2500, 5000))
        tenth = Graphs(device)  # each takes 100
        for name in "abcd":
            tenth(name, work, x)
        assert len(tenth) == 3, "up to a tenth of what is free"
        few = Graphs(device, most=150)
        assert [few(name, work, x).sum().item() for name in "abc"] == [6, 6, 6]
        assert len(few) == 2
        before = counts.replays
        none = Graphs(device)
        assert none("waits", waits, x).sum().item() == 9, "what cannot be captured is done as ever"
        assert none("other", work, x).sum().item() == 6, "and nothing is tried again"
        assert len(none) == 0 and counts.replays == before
        factor[0] = 5
        assert few("a", work, x).sum().item() == 6, "what a capture takes from the host is frozen, as on a card"
        assert few("c", work, x).sum().item() == 15, "and what is not captured is not"


def test_an_apple_gpu_is_warmed_up_and_goes_kernel_by_kernel(weights: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pretended_gpu("mps", monkeypatch) as counts:
        pipeline = Pipeline.load(weights, "mps", "float32")
        steps: list[tuple[int, int]] = []
        before = counts.kernels["addmm"]
        pipeline.prepare(lambda *step: steps.append(step))
        assert counts.kernels["addmm"] > before, "its kernels are loaded before the first job"
        assert steps == [(0, 49)] and counts.replays == 0 and pipeline.system.generator.graphs is None


def test_a_card_that_cannot_compute_is_told_of_with_the_first_motion(
    weights: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pretended_gpu("cuda", monkeypatch):
        real = devices.fault
        monkeypatch.setattr(
            devices, "fault", lambda device: "no kernel image" if device.type == "cuda" else real(device)
        )
        pipeline = Pipeline.load(weights, "auto", "float32")
        first, second = (pipeline.generate(GenerateRequest("a person walks", 1.0, seed=1)).warnings for _ in range(2))
    assert pipeline.device == "cpu"
    told = "Pretended GPU, 8 GiB cannot be used (no kernel image). The processor computes instead."
    assert told in first and told not in second


def test_a_batch_is_as_large_as_the_chosen_device_does_well(weights: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A card that is there and not used counts for nothing."""
    with pretended_gpu("cuda", monkeypatch):
        sizes = [
            batch_size(200, alone.count, alone.gpu)
            for alone in (
                LocalWorker(lambda name=name: TakeMaker(Pipeline.load(weights, name, "float32"))) for name in DEVICES
            )
        ]
    assert sizes == [BATCH, BATCH_GPU, BATCH_GPU]


def test_the_tree_of_bones_goes_to_a_device_once(gpu: tuple[str, Counts]) -> None:
    kind, counts = gpu
    joints = torch.ones(1, 8, 66).to(kind)
    bones(joints)
    before = counts.uploads, counts.waits.total()
    bones(joints)
    assert (counts.uploads, counts.waits.total()) == before


def test_all_work_is_on_the_second_card_where_that_is_chosen(
    weights: Path, cpu: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever asks for the first one is refused, and a graph of its stream holds nothing."""
    with pretended_gpu("cuda:1", monkeypatch) as counts:
        monkeypatch.setattr("coamd.backend.motion.pipeline.MAX_TOKENS", 2)
        pipeline = Pipeline.load(weights, "cuda:1", "float32")
        pipeline.prepare()
        made = pipeline.generate(GenerateRequest("a person walks", 2.0, seed=1)).joints
        assert counts.replayed > 0
        changed = pipeline.edit(edit(**EDITS["regenerate"])).joints
        assert pipeline.label(WALK, whole=True)[0] and pipeline.device == "cuda:1"
    assert np.abs(made - cpu.generate(GenerateRequest("a person walks", 2.0, seed=1)).joints).max() < 2e-5
    assert np.abs(changed - cpu.edit(edit(**EDITS["regenerate"])).joints).max() < 1e-4


def test_the_host_seldom_waits_for_the_bundled_model(gpu: tuple[str, Counts]) -> None:
    """A wait costs more than ten kernels, and a graphics card idles meanwhile."""
    if not (Path(BUNDLED) / "generator.safetensors").is_file():
        pytest.skip("the bundled weights are not in backend/weights")
    kind, counts = gpu
    pipeline = Pipeline.load(None, kind, "float32")
    one = GenerateRequest("a person walks forward", 4.0, seed=1, candidates=1)
    for work, most, copies in ((lambda: pipeline.generate(one), 12, 12),
                               (lambda: pipeline.edit(edit(**EDITS["regenerate"])), 60, 24)):  # fmt: skip
        work()
        before, uploads = counts.waits.copy(), counts.uploads
        work()
        waits = counts.waits - before
        assert waits.total() <= most, waits
        assert counts.uploads - uploads <= copies
