# SPDX-License-Identifier: GPL-3.0-or-later
"""Motion of any length out of windows that the generator can hold, each beginning with the tail of the one before."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
import torch
from torch import Tensor

from ...rigs.body.canonical import at_origin, facing, heading_fit, turned
from ...rigs.body.skeleton import FPS, JOINTS, MAX_FRAMES, TOKEN_FRAMES
from ..model.autoencoders.autoencoder import Autoencoder
from ..model.autoencoders.path_autoencoder import PathAutoencoder
from ..model.generator import Generator
from ..model.sampler import Cancelled, Guide, Known, Look, Sampling, sample
from ..requests.generate import LazyPreview, StepReport
from .finishing import decoded

MAX_TOKENS = MAX_FRAMES // TOKEN_FRAMES
OVERLAP = 8  # tokens of the tail that the next window begins with: 1.6 s tell it pose, speed and rhythm
SPARE = 1  # token made beyond the end of a window and cut: the last four frames are often wrong
BEND, SPEED_CHANGE = 12.0, 1.12  # degrees, and factor of the pace, by which a window of a steady gait may differ
AGAIN = 2  # times that one that differs more is made again
Pace = tuple[float, float]  # m/s, from and to
NOTHING: Mapping[int, Pace] = MappingProxyType({})


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

    def motion(
        self, frames: int, report: StepReport, cancelled: Callable[[], bool], steady: Mapping[int, Pace] = NOTHING
    ) -> np.ndarray:
        """Joints (V, F, 22, 3) with F at least ``frames``; raises Cancelled.

        The variations ``steady`` go straight on at the pace of their first window, or at the nearest one of their
        range: a window that does not is made again.
        """
        tokens = -(-frames // TOKEN_FRAMES)
        count, length = window_tokens(tokens)
        steps = self.sampling.steps
        done: np.ndarray | None = None
        wanted: dict[int, float] = {}  # m/s of the steady variations
        spare: np.ndarray | None = None  # frames beyond the end of ``done``, context for its last token
        for number in range(count):

            def watch(look: LazyPreview, step: int, number: int = number, done: np.ndarray | None = done) -> None:
                def preview() -> np.ndarray:
                    return look() if done is None else joined(done, look())

                report(number * steps + step, count * steps, preview)

            tail = None
            if done is not None and spare is not None:
                tail = np.concatenate([done[:, -OVERLAP * TOKEN_FRAMES :], spare], axis=1)
            length_now = min(length + SPARE, MAX_TOKENS)
            window = self._window(length_now, tail, watch, cancelled)
            if done is not None and tail is not None:
                window = self._straightened(window, tail, wanted, length_now, cancelled)
            window, spare = window[:, : length * TOKEN_FRAMES], window[:, length * TOKEN_FRAMES :]
            if done is None:
                done = window
                if count > 1:
                    wanted = {row: float(np.clip(pace_of(window[row]), *span)) for row, span in steady.items()}
            else:
                spare = placed(spare, window, done)
                done = joined(done, window)
        if cancelled():
            raise Cancelled
        assert done is not None
        return done

    def _straightened(
        self,
        window: np.ndarray,
        tail: np.ndarray,
        pace: Mapping[int, float],
        tokens: int,
        cancelled: Callable[[], bool],
    ) -> np.ndarray:
        """Windows (V, F, 22, 3), those that leave their heading or their ``pace`` in m/s made again; of all that are
        made of one the one that keeps them best stays."""
        result = window.copy()
        for _ in range(AGAIN):
            rows = [row for row in pace if astray(result[row], pace[row]) > 1.0]
            if not rows:
                break
            part = replace(
                self,
                condition=self.condition[rows],
                sources=[self.sources[row] for row in rows],
                guide=replace(self.guide, text=self.guide.text[rows]),
            )
            for row, other in zip(rows, part._window(tokens, tail[rows], _unseen, cancelled), strict=True):
                if astray(other, pace[row]) < astray(result[row], pace[row]):
                    result[row] = other
        return result

    def _window(
        self,
        tokens: int,
        tail: np.ndarray | None,
        watch: Callable[[LazyPreview, int], None],
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
            known = Known(room, (torch.arange(tokens) < OVERLAP).expand(len(tail), -1))

        def watch_latents(step: int, look: Look) -> None:
            watch(lambda: _joints(self.autoencoder.decode(look())), step)

        latents = sample(
            self.generator,
            self.condition,
            tokens,
            self.sources,
            self.sampling,
            guide=self.guide,
            known=known,
            watch=watch_latents,
            cancelled=cancelled,
        )
        return _joints(decoded(self.autoencoder, latents))


def _unseen(_look: LazyPreview, _step: int) -> None:
    """A window that is made again shows no previews."""


def pace_of(joints: np.ndarray) -> float:
    """The median speed in m/s of the pelvis over the ground of a motion (F, 22, 3), after its first second."""
    steps = np.diff(joints[:: round(FPS), 0][:, [0, 2]], axis=0)  # a second apart, so that no sway counts
    return float(np.median(np.linalg.norm(steps[1:], axis=-1)))


def astray(window: np.ndarray, pace: float) -> float:
    """How far a window (F, 22, 3) is from going straight on at a pace in m/s; up to 1 it does."""
    end = window[OVERLAP * TOKEN_FRAMES :]
    heading = np.unwrap(facing(window))
    turn = np.degrees(abs(heading[-round(FPS) :].mean() - heading[: round(FPS)].mean()))
    ratio = max(pace_of(end), 1e-3) / max(pace, 1e-3)
    return max(float(turn) / BEND, abs(float(np.log(ratio))) / np.log(SPEED_CHANGE))


def placed(joints: np.ndarray, window: np.ndarray, done: np.ndarray) -> np.ndarray:
    """Joints (V, F, 22, 3) of a window's own space moved to where its beginning lies best on the motion's end."""
    frames = OVERLAP * TOKEN_FRAMES
    ground = np.array([1.0, 0.0, 1.0], dtype=joints.dtype)
    moved = []
    for rows, start, end in zip(joints, window[:, :frames], done[:, -frames:], strict=True):
        here, there = start.mean(axis=(0, 1)) * ground, end.mean(axis=(0, 1)) * ground
        moved.append(turned(rows - here, float(heading_fit(start - here, end - there))) + there)
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
