# SPDX-License-Identifier: GPL-3.0-or-later
"""Both diffusion heads, with networks that know the answer."""

from __future__ import annotations

import pytest
import torch
from coamd.backend.model.head import DDPM_STEPS, DDPMHead, HeadNet, SiTHead, time_features
from coamd.backend.model.solver import SOLVERS, SolverName
from torch import Tensor, nn

TARGET = torch.linspace(-1, 1, 18).view(3, 6)
CONTEXT = torch.zeros(3, 5)


class Towards(nn.Module):
    """The exact velocity of the straight path to TARGET, at any point on any path."""

    def guided(self, x: Tensor, t: Tensor, *_: object) -> Tensor:
        return (TARGET - x) / (1 - t[:, None]).clamp(min=1e-6)


class NoiseOf(nn.Module):
    """The exact noise in x_t when the clean latents are TARGET."""

    def __init__(self, kept: Tensor) -> None:
        super().__init__()
        self.kept = kept

    def guided(self, x: Tensor, step: Tensor, *_: object) -> Tensor:
        kept = self.kept[step][:, None]
        return (x - kept.sqrt() * TARGET) / (1 - kept).sqrt()


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

    class Between(nn.Module):
        def guided(self, x: Tensor, t: Tensor, *_: object) -> Tensor:
            assert not t.any()
            return (TARGET + 2.0 - x + TARGET - 2.0 - x) / 2

    head = SiTHead(HeadNet(6, 5, 8, 2))
    head.net = Between()
    assert torch.allclose(head.sketch(fresh(1), CONTEXT, None, 1.0), TARGET, atol=1e-5)


def test_ddpm_sketches_the_clean_latents_without_fresh_noise() -> None:
    head = DDPMHead(HeadNet(6, 5, 8, 2))
    head.net = NoiseOf(head.kept)
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
    head.net = NoiseOf(head.kept)
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


def test_time_features_are_cosines_then_sines() -> None:
    features = time_features(torch.tensor([0.0, 2.0]))
    assert torch.equal(features[0], torch.cat([torch.ones(128), torch.zeros(128)]))
    assert features[1, 0] == torch.cos(torch.tensor(2.0))
    assert features[1, 128] == torch.sin(torch.tensor(2.0))
