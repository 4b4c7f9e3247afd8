# SPDX-License-Identifier: GPL-3.0-or-later
"""The bundled autoencoder: its path is exact, its linear way reconstructs, and place has no bearing on pose."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from coamd.backend.lab.training.autoencoder import fit_statistics
from coamd.backend.lab.training.windows import RandomWindows
from coamd.backend.model.autoencoders.path_autoencoder import PathAutoencoder, upsampled_path
from coamd.backend.model.config import AutoencoderConfig
from coamd.backend.training.data import RecordedTake
from torch import Tensor

from tests.motions import walk

CONFIG = AutoencoderConfig(width=16, latent=48, path=True, dropout=0.0)


@pytest.fixture(scope="module")
def fitted() -> PathAutoencoder:
    """Statistics and linear way of a few synthetic takes; the convolutions are untrained and add nothing yet."""
    torch.manual_seed(0)
    motions = {"walk": walk(8.0), "turn": walk(8.0, turning=1.0)}
    takes = [RecordedTake(name, "train", joints.astype(np.float32)) for name, joints in motions.items()]
    model = PathAutoencoder(CONFIG).eval()
    fit_statistics(model, RandomWindows(takes, 64), np.random.default_rng(0), 200)
    return model


def clip() -> Tensor:
    return torch.from_numpy(walk(4.0).astype(np.float32)).flatten(1)[None]


def test_a_straight_path_at_even_speed_is_drawn_exactly() -> None:
    frames = torch.arange(24.0)[None, :, None] * torch.tensor([0.1, 0.0, -0.2])
    means = frames.unflatten(1, (6, 4)).mean(2)
    torch.testing.assert_close(upsampled_path(means), frames)


def test_one_token_has_a_path_too() -> None:
    torch.testing.assert_close(upsampled_path(torch.ones(2, 1, 3)), torch.ones(2, 4, 3))


def test_the_linear_way_alone_brings_a_clip_back(fitted: PathAutoencoder) -> None:
    error = (fitted.decode(fitted.encode(clip())) - clip()).unflatten(-1, (-1, 3)).norm(dim=-1)
    assert error.mean() < 0.01


def test_latents_are_metres_on_the_path_channels(fitted: PathAutoencoder) -> None:
    latents = fitted.encode(clip())
    path = latents[..., :3] * fitted.path_scale + fitted.path_mean
    torch.testing.assert_close(path, clip()[..., :3].unflatten(1, (-1, 4)).mean(2))


def test_moving_the_path_moves_the_figure_and_nothing_else(fitted: PathAutoencoder) -> None:
    # the convolutions get random ends here, so that they would show if they looked at the place
    model = PathAutoencoder(CONFIG).eval()
    model.load_state_dict(fitted.state_dict())
    for end in (model.encoder.out, model.decoder.out):
        torch.nn.init.normal_(end.weight, std=0.1)
    latents = model.encode(clip())
    moved = latents.clone()
    moved[..., 0] += 2.0
    shift = (model.decode(moved) - model.decode(latents)).unflatten(-1, (-1, 3))
    expected = torch.tensor([2.0 * float(model.path_scale[0]), 0.0, 0.0]).expand_as(shift)
    torch.testing.assert_close(shift, expected, atol=1e-4, rtol=0)
    elsewhere = clip().unflatten(-1, (-1, 3)) + torch.tensor([5.0, 0.0, -3.0])
    torch.testing.assert_close(model.encode(elsewhere.flatten(2))[..., 3:], latents[..., 3:], atol=1e-4, rtol=0)


def test_the_channels_have_about_unit_size_on_the_data_they_were_fitted_to(fitted: PathAutoencoder) -> None:
    own = fitted.encode(clip())[..., 3:]
    assert 0.2 < float(own.square().mean().sqrt()) < 3.0
