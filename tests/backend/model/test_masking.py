# SPDX-License-Identifier: GPL-3.0-or-later
"""How many tokens are masked, and which."""

from __future__ import annotations

import math

import torch
from coamd.backend.model.config import CONFIGS
from coamd.backend.model.masking import masked_counts, ranks, training_masks
from coamd.backend.model.sampler import ROOM
from hypothesis import given
from hypothesis import strategies as st


@given(st.integers(2, 30), st.integers(1, 49))
def test_sampling_goes_from_all_tokens_to_one(steps: int, length: int) -> None:
    counts = masked_counts(steps, torch.tensor([length]))[:, 0].tolist()
    assert counts[0] == length
    assert counts[-1] == 1
    assert counts == sorted(counts, reverse=True)
    assert all(abs(n - length * math.cos(math.pi * i / (steps - 1) / 2)) < 1.01 for i, n in enumerate(counts))


def test_what_leaves_the_mask_in_one_step_has_room_in_a_graph() -> None:
    """Never more than seven tokens of a motion do, however long it is; rows are padded to one shape of eight."""
    for config in CONFIGS.values():
        counts = masked_counts(config.generator.steps, torch.arange(1, 50))
        leaving = counts - torch.cat([counts[1:], torch.zeros_like(counts[:1])])
        assert leaving.max() == 7 < ROOM


def test_ranks_are_places_in_ascending_order() -> None:
    assert ranks(torch.tensor([[0.3, 0.1, 0.2]])).tolist() == [[2, 0, 1]]


@given(st.integers(0, 2**31), st.lists(st.integers(1, 12), min_size=1, max_size=6))
def test_training_masks_stay_inside_the_valid_tokens(seed: int, lengths: list[int]) -> None:
    valid = torch.arange(12) < torch.tensor(lengths)[:, None]
    hidden, noised, replaced = training_masks(valid, torch.Generator().manual_seed(seed))
    assert not (hidden & ~valid).any()
    assert not (noised & replaced).any()
    assert not ((noised | replaced) & ~hidden).any()


def test_every_full_clip_has_a_masked_token() -> None:
    hidden, _, _ = training_masks(torch.ones(2000, 9, dtype=torch.bool), torch.Generator().manual_seed(0))
    assert hidden.any(dim=1).all()


def test_shares_of_masked_noised_and_replaced_tokens() -> None:
    """The mean of cos(pi u / 2) is 2 / pi; a tenth is noise, 88 % of the rest the mask token."""
    hidden, noised, replaced = training_masks(torch.ones(20000, 20, dtype=torch.bool), torch.Generator().manual_seed(1))
    assert abs(hidden.float().mean() - 2 / math.pi) < 0.01
    assert abs(noised.sum() / hidden.sum() - 0.1) < 0.01
    assert abs(replaced.sum() / hidden.sum() - 0.9 * 0.88) < 0.01
    assert hidden.float().mean(dim=0).std() < 0.01  # no token is preferred
