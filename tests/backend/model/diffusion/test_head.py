# SPDX-License-Identifier: GPL-3.0-or-later
"""Both diffusion heads, with networks that know the answer."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from coamd.backend.model.diffusion.head import DDPM_STEPS, DDPMHead, SiTHead
from coamd.backend.model.diffusion.head_net import ROWS, HeadNet, time_features
from coamd.backend.model.diffusion.solver import FIXED, Course, FixedSolver, SolverName, solve, times
from coamd.backend.requests.generate import SOLVERS
from torch import Tensor, nn
from torch.nn import functional
from torch.overrides import TorchFunctionMode

TARGET = torch.linspace(-1, 1, 18).view(3, 6)
CONTEXT = torch.zeros(3, 5)


class Knowing(nn.Module):
    """A network whose answer to a time and a state is written down in ``guided``."""

    def guided(self, x: Tensor, t: Tensor, *_: object) -> Tensor:
        raise NotImplementedError

    def prepared(self, times: Tensor, *rest: object) -> Course:
        return lambda number, x: self.guided(x, times[number : number + 1], *rest)


class Towards(Knowing):
    """The exact velocity of the straight path to TARGET, at any point on any path."""

    def guided(self, x: Tensor, t: Tensor, *_: object) -> Tensor:
        return (TARGET - x) / (1 - t[:, None]).clamp(min=1e-6)


class NoiseOf(Knowing):
    """The exact noise in x_t when the clean latents are TARGET."""

    def __init__(self, alpha_bar: Tensor) -> None:
        super().__init__()
        self.alpha_bar = alpha_bar

    def guided(self, x: Tensor, step: Tensor, *_: object) -> Tensor:
        alpha_bar = self.alpha_bar[step][:, None]
        return (x - alpha_bar.sqrt() * TARGET) / (1 - alpha_bar).sqrt()


def fresh(seed: int) -> Tensor:
    return torch.randn(3, 6, generator=torch.Generator().manual_seed(seed))


def test_a_fresh_network_says_zero_so_the_loss_is_the_size_of_its_target() -> None:
    net, noise = HeadNet(6, 5, 8, 2), fresh(0)
    sit = SiTHead(net).loss_at(TARGET, CONTEXT, torch.rand(3), noise)
    ddpm = DDPMHead(net).loss_at(TARGET, CONTEXT, torch.tensor([0, 20, 49]), noise)
    assert torch.allclose(sit, (TARGET - noise).square().mean(dim=1))
    assert torch.allclose(ddpm, noise.square().mean(dim=1))


@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize("evaluations", [1, 4, 9])
def test_sit_follows_the_straight_path_to_its_end(solver: SolverName, evaluations: int) -> None:
    head = SiTHead(HeadNet(6, 5, 8, 2))
    head.net = Towards()
    out = head.sample(fresh(1), CONTEXT, None, 1.0, solver=solver, evaluations=evaluations)
    assert torch.allclose(out, TARGET, atol=1e-3)


def test_a_sketch_is_the_mean_of_what_may_come() -> None:
    """Two targets, equally likely: the exact velocity at noise of t = 0 leads between them, wherever one starts."""

    class Between(Knowing):
        def guided(self, x: Tensor, t: Tensor, *_: object) -> Tensor:
            assert not t.any()
            return (TARGET + 2.0 - x + TARGET - 2.0 - x) / 2

    head = SiTHead(HeadNet(6, 5, 8, 2))
    head.net = Between()
    assert torch.allclose(head.sketch(fresh(1), CONTEXT, None, 1.0), TARGET, atol=1e-5)


def test_ddpm_sketches_the_clean_latents_without_fresh_noise() -> None:
    head = DDPMHead(HeadNet(6, 5, 8, 2))
    head.net = NoiseOf(head.alpha_bar)
    assert torch.allclose(head.sketch(fresh(1), CONTEXT, None, 1.0), TARGET, atol=1e-3)


@pytest.mark.parametrize("solver", SOLVERS)
def test_no_tokens_need_no_network(solver: SolverName) -> None:
    none, drawn = torch.zeros(0, 6), []
    for head in (SiTHead(HeadNet(6, 5, 8, 2)), DDPMHead(HeadNet(6, 5, 8, 2))):
        out = head.sample(none, none, none, 2.0, draw=lambda: drawn.append(1) or none, solver=solver, evaluations=3)
        assert out.shape == (0, 6)
    assert len(drawn) == DDPM_STEPS - 1  # what others of the batch draw must not depend on who has none


def test_ddpm_walks_back_to_the_clean_latents() -> None:
    head = DDPMHead(HeadNet(6, 5, 8, 2))
    head.net = NoiseOf(head.alpha_bar)
    draws = iter(range(1000))
    out = head.sample(fresh(next(draws)), CONTEXT, None, 1.0, draw=lambda: fresh(next(draws)))
    assert torch.allclose(out, TARGET, atol=1e-4)
    assert next(draws) == DDPM_STEPS  # the start and every step but the last


def test_ddpm_noise_and_clean_are_each_others_inverse() -> None:
    head, noise, step = DDPMHead(HeadNet(6, 5, 8, 2)), fresh(2), torch.tensor([0, 25, 45])
    assert torch.allclose(head.clean(head.noised(TARGET, step, noise), step, noise), TARGET, atol=1e-4)


def test_guidance_is_linear_between_and_beyond_both_answers() -> None:
    net = HeadNet(6, 5, 8, 2)
    for value in net.parameters():
        nn.init.normal_(value, std=0.3)
    x, t, with_text, without = fresh(3), torch.tensor([0.4]), torch.ones(3, 5), torch.zeros(3, 5)
    a, b = net(x, t, with_text), net(x, t, without)
    assert torch.allclose(net.guided(x, t, with_text, without, 4.5), b + 4.5 * (a - b), atol=1e-5)
    assert torch.allclose(net.guided(x, t, with_text, without, 1.0), a, atol=1e-6)
    assert torch.equal(net.guided(x, t, with_text, None, 4.5), a)


def alive(width: int = 16, depth: int = 3) -> HeadNet:
    net = HeadNet(6, 5, width, depth)
    source = torch.Generator().manual_seed(7)
    for value in net.parameters():
        nn.init.normal_(value, std=0.3, generator=source)
    return net.requires_grad_(False)


@pytest.mark.parametrize("rows", [1, 7, ROWS // 2, ROWS // 2 + 1])
@pytest.mark.parametrize("free", [False, True])
def test_prepared_says_what_the_plain_network_says(rows: int, free: bool) -> None:
    """However many times fit into one product of modulations: all, some, one, or none."""
    net, source = alive(), torch.Generator().manual_seed(8)
    with_text, without, x = (torch.randn(rows, width, generator=source) for width in (5, 5, 6))
    at = torch.linspace(0, 1, 41)
    said = net.prepared(at, with_text, without if free else None, 2.5)
    for number, t in enumerate(at.split(1)):
        plain = net.guided(x, t, with_text, without if free else None, 2.5)
        assert torch.allclose(said(number, x), plain, rtol=1e-4, atol=1e-4)
        x = 0.9 * x + 0.1 * plain.tanh()  # the states differ from time to time


@pytest.mark.parametrize("threads", [1, 2])
def test_small_products_are_left_to_one_thread_and_the_others_come_back(threads: int) -> None:
    before, seen = torch.get_num_threads(), []

    class Counting(TorchFunctionMode):
        def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            if func is functional.linear:
                seen.append(torch.get_num_threads())
            return func(*args, **kwargs or {})

    try:
        torch.set_num_threads(threads)
        for width, wanted in ((16, 1), (1100, threads)):
            said = alive(width, 1).prepared(torch.zeros(1), torch.zeros(1, 5), None, 1.0)
            said(0, torch.zeros(1, 6))  # makes the modulations as well
            seen.clear()
            with Counting():
                said(0, torch.zeros(1, 6))
            assert set(seen) == {wanted}
            assert torch.get_num_threads() == threads
    finally:
        torch.set_num_threads(before)


@pytest.mark.parametrize("name", FIXED)
@pytest.mark.parametrize("free", [False, True])
def test_sit_solves_its_ode_as_the_plain_network_has_it(name: FixedSolver, free: bool) -> None:
    head, without = SiTHead(alive()), torch.ones(3, 5) if free else None
    at = torch.tensor(times(name, 9))
    plain = solve(name, lambda i, x: head.net.guided(x, at[i : i + 1], CONTEXT, without, 2.5), fresh(4), 9)
    out = head.sample(fresh(4), CONTEXT, without, 2.5, solver=name, evaluations=9)
    assert torch.allclose(out, plain, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("free", [False, True])
def test_ddpm_takes_its_steps_as_the_plain_network_has_them(free: bool) -> None:
    head, without = DDPMHead(alive()), torch.ones(3, 5) if free else None
    x = fresh(0)
    for number in reversed(range(DDPM_STEPS)):
        step = torch.tensor([number])
        noise = head.net.guided(x, step, CONTEXT, without, 2.5)
        x, log_variance = head.posterior(head.clean(x, step, noise), x, step)
        x = x + (0.5 * log_variance).exp() * fresh(number) * (number > 0)
    draws = iter(range(DDPM_STEPS - 1, 0, -1))
    out = head.sample(fresh(0), CONTEXT, without, 2.5, draw=lambda: fresh(next(draws)))
    assert torch.allclose(out, x, rtol=1e-3, atol=1e-3 * float(x.abs().max()))


def test_time_features_are_cosines_then_sines() -> None:
    features = time_features(torch.tensor([0.0, 2.0]))
    assert torch.equal(features[0], torch.cat([torch.ones(128), torch.zeros(128)]))
    assert features[1, 0] == torch.cos(torch.tensor(2.0))
    assert features[1, 128] == torch.sin(torch.tensor(2.0))
