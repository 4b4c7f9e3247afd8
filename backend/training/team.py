# SPDX-License-Identifier: GPL-3.0-or-later
"""Several processes that train one model together, one per GPU, on one machine or many, as accelerate starts them.

Every process draws batches of its own and has the whole model; before a step the gradients are averaged, so that all
copies stay the same. The losses here call the modules' own methods and not ``forward``, which a wrapper such as
torch's DistributedDataParallel would not see; averaging the gradients by hand is the same mathematics.
"""

from __future__ import annotations

import os
from dataclasses import dataclass

import torch
from torch import nn

from ...rigs.errors import UserError


@dataclass(frozen=True)
class Team:
    """This process among the others."""

    rank: int = 0
    size: int = 1
    device: torch.device | None = None  # that accelerate gave this process; None: none was given

    @property
    def leads(self) -> bool:
        """True for the one process that writes files and shows progress."""
        return self.rank == 0

    def average_gradients(self, module: nn.Module) -> None:
        """Replace every gradient by its mean over the processes; all in one message."""
        if self.size == 1:
            return
        from accelerate.utils import reduce

        gradients = [p.grad for p in module.parameters() if p.grad is not None]
        mean = reduce(torch.cat([gradient.flatten() for gradient in gradients]), reduction="mean")
        for gradient, part in zip(gradients, mean.split([g.numel() for g in gradients]), strict=True):
            gradient.copy_(part.view_as(gradient))


def join() -> Team:
    """The team of ``accelerate launch -m coamd.backend train ...`` or torchrun; alone where neither started this.

    UserError ``no_accelerate`` where several processes were started and accelerate is not installed.
    """
    if int(os.environ.get("WORLD_SIZE", "1")) == 1:
        return Team()
    try:
        from accelerate import PartialState
    except ImportError as error:
        text = "Training in several processes needs accelerate."
        raise UserError(text, 'Install it: pip install "coamd[train]"', "no_accelerate") from error
    state = PartialState(cpu=not torch.cuda.is_available())
    return Team(state.process_index, state.num_processes, state.device)
