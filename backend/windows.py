# SPDX-License-Identifier: GPL-3.0-or-later
"""Motion of any length out of windows that the generator can hold, each beginning with the tail of the one before."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from ..rigs.canonical import at_origin, turned
from ..rigs.skeleton import JOINTS, MAX_FRAMES, TOKEN_FRAMES
from .cleanup import settled
from .model.autoencoder import Autoencoder
from .model.generator import Generator
from .model.path_autoencoder import PathAutoencoder
from .model.sampler import Cancelled, Guide, Known, Look, Sampling, sample

MAX_TOKENS = MAX_FRAMES // TOKEN_FRAMES
OVERLAP = 8  # tokens of the tail that the next window begins with: 1.6 s tell it pose, speed and rhythm
SPARE = 1  # token made beyond the end of a window and cut: the last four frames are often wrong
Preview = Callable[[], np.ndarray]  # all frames so far (V, F, 22, 3), made when it is called, within the report
Report = Callable[[int, int, Preview], None]  # step, of, preview


def window_tokens(tokens: int) -> tuple[int, int]:
    """How many windows of how many tokens (spare ones not counted) cover ``tokens``, evenly long.

    n windows of a + OVERLAP tokens, each starting a tokens after the one before, cover n a + OVERLAP.
    """
    if tokens <= MAX_TOKENS:
        return 1, tokens
    most = MAX_TOKENS - SPARE - OVERLAP
    count = -(-(tokens - OVERLAP) // most)
    return count, -(-(tokens - OVERLAP) // count) + OVERLAP


@dataclass(frozen=True)
class Windows:
    """Everything that stays the same from window to window; conditions (V, W), one source per variation."""

    generator: Generator
    autoencoder: Autoencoder | PathAutoencoder
    sampling: Sampling
    guide: Guide
    condition: Tensor
    sources: Sequence[torch.Generator]

    def motion(self, frames: int, report: Report, cancelled: Callable[[], bool]) -> np.ndarray:
        """Joints (V, F, 22, 3) with F at least ``frames``; raises Cancelled."""
        tokens = -(-frames // TOKEN_FRAMES)
        count, length = window_tokens(tokens)
        steps = self.sampling.steps
        done: np.ndarray | None = None
        spare: np.ndarray | None = None  # frames beyond the end of ``done``, context for its last token
        for number in range(count):

            def watch(look: Preview, step: int, number: int = number, done: np.ndarray | None = done) -> None:
                def preview() -> np.ndarray:
                    return look() if done is None else joined(done, look())

                report(number * steps + step, count * steps, preview)

            tail = None
            if done is not None and spare is not None:
                tail = np.concatenate([done[:, -OVERLAP * TOKEN_FRAMES :], spare], axis=1)
            window = self._window(min(length + SPARE, MAX_TOKENS), tail, watch, cancelled)
            window, spare = window[:, : length * TOKEN_FRAMES], window[:, length * TOKEN_FRAMES :]
            if done is None:
                done = window
            else:
                spare = placed(spare, window, done)
                done = joined(done, window)
        if cancelled():
            raise Cancelled
        assert done is not None
        return done

    def _window(
        self,
        tokens: int,
        tail: np.ndarray | None,
        watch: Callable[[Preview, int], None],
        cancelled: Callable[[], bool],
    ) -> np.ndarray:
        """One window (V, 4 T, 22, 3) at the origin; ``tail`` begins with the OVERLAP tokens that it must begin with."""
        where = self.condition.device
        known = None
        if tail is not None:
            start = np.stack([at_origin(row) for row in tail]).astype(np.float32)
            with torch.no_grad():
                latents = self.autoencoder.encode(torch.from_numpy(start).flatten(2).to(where))
            room = latents.new_zeros(len(tail), tokens, latents.shape[-1])
            room[:, :OVERLAP] = latents[:, :OVERLAP]
            known = Known(room, (torch.arange(tokens, device=where) < OVERLAP).expand(len(tail), -1))

        def seen(step: int, look: Look) -> None:
            watch(lambda: _joints(self.autoencoder.decode(look())), step)

        latents = sample(
            self.generator,
            self.condition,
            tokens,
            self.sources,
            self.sampling,
            guide=self.guide,
            known=known,
            watch=seen,
            cancelled=cancelled,
        )
        with torch.no_grad():
            return _joints(settled(self.autoencoder, self.autoencoder.decode(latents)))


def placed(joints: np.ndarray, window: np.ndarray, done: np.ndarray) -> np.ndarray:
    """Joints (V, F, 22, 3) of a window's own space moved to where its beginning lies best on the motion's end.

    Turned by a about +Y, a ground point (x, z) becomes (x cos a + z sin a, z cos a - x sin a). Over the overlap the sum
    of products with its target (u, v), both about their means, is cos a sum(ux + vz) + sin a sum(uz - vx), which is
    largest, and the squared distance smallest, at a = atan2(sum(uz - vx), sum(ux + vz)).
    """
    frames = OVERLAP * TOKEN_FRAMES
    ground = np.array([1.0, 0.0, 1.0], dtype=joints.dtype)
    moved = []
    for rows, start, end in zip(joints, window[:, :frames], done[:, -frames:], strict=True):
        here, there = start.mean(axis=(0, 1)) * ground, end.mean(axis=(0, 1)) * ground
        x, _, z = np.moveaxis(start - here, -1, 0)
        u, _, v = np.moveaxis(end - there, -1, 0)
        angle = np.arctan2((u * z - v * x).sum(), (u * x + v * z).sum())
        moved.append(turned(rows - here, float(angle)) + there)
    return np.stack(moved)


def joined(done: np.ndarray, window: np.ndarray) -> np.ndarray:
    """The motion so far and a window that begins OVERLAP tokens before its end; they are blended linearly there."""
    frames = OVERLAP * TOKEN_FRAMES
    new = placed(window, window, done)
    share = ((np.arange(frames, dtype=done.dtype) + 1) / (frames + 1))[None, :, None, None]
    blend = done[:, -frames:] * (1 - share) + new[:, :frames] * share
    return np.concatenate([done[:, :-frames], blend, new[:, frames:]], axis=1)


def _joints(rows: Tensor) -> np.ndarray:
    """(V, F, 66) -> (V, F, 22, 3) on the CPU."""
    joints: np.ndarray = rows.unflatten(-1, (len(JOINTS), 3)).float().cpu().numpy()  # type: ignore[no-untyped-call]
    return joints
