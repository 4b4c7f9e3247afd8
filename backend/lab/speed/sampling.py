# SPDX-License-Identifier: GPL-3.0-or-later
"""``coamd benchmark sampling``: what a motion costs, beside the released settings, the exact solution and the machine.

``scaling`` draws how the time grows with the length of a motion and with how many are made at once.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from tqdm import tqdm

from ....rigs.body.skeleton import FPS
from ...cli.options import table
from ...model.sampler import Sampling
from ...model.weights import System
from ...motion.pipeline import Pipeline
from ...requests.generate import SamplingOptions
from .chart import Curve, chart
from .full_size import random_weights
from .product import GIGA, PROMPT, machine, peak_memory, reset_peak
from .roofline import MachineLimits, counted

LENGTHS = (2.0, 4.0, 9.8)
BATCHES = (1, 8)
CONVERGED = 48  # evaluations for a token of what counts as the exact solution
LONGER = (4.0, 9.8, 20.0, 30.0, 40.0, 60.0)
MORE = (1, 2, 4, 8, 16)
FULL = "CoAMD-SiT-XL"
HEADING = (
    "size",
    "seconds",
    "guided",
    "batch",
    "time s",
    "evaluations",
    "memory GB",
    "x released",
    "off cm",
    "floor s",
)


@dataclass(frozen=True)
class SamplingCost:
    """One way of sampling: seconds it took and the facts beside it, None where they were not measured."""

    size: str
    length: float
    guided: bool
    batch: int
    seconds: float
    evaluations: int
    memory: float | None
    ratio: float | None  # time of the released settings over this one
    deviation: float | None  # cm, mean over joints and frames, from the converged solution
    floor: float  # seconds

    def cells(self) -> tuple[str, ...]:
        """The row of the table."""
        return (
            self.size,
            f"{self.length:g}",
            "yes" if self.guided else "no",
            str(self.batch),
            f"{self.seconds:.2f}",
            str(self.evaluations),
            *("-" if value is None else f"{value:.2f}" for value in (self.memory, self.ratio, self.deviation)),
            f"{self.floor:.2f}",
        )


@contextmanager
def kernel_by_kernel(system: System) -> Iterator[None]:
    """Without graphs: what is in them cannot be counted."""
    parts = system.generator, system.autoencoder
    graphs = [part.graphs for part in parts]
    try:
        for part in parts:
            part.graphs = None
        yield
    finally:
        for part, its in zip(parts, graphs, strict=True):
            part.graphs = its


@dataclass(frozen=True)
class Bench:
    """A model whose samplings are measured, and the same weights in float32, which they are compared with."""

    pipeline: Pipeline
    plain: Pipeline
    machine: MachineLimits
    runs: int  # of each measurement; the median counts

    @classmethod
    def load(cls, args: argparse.Namespace, weights: Path | None, runs: int) -> Bench:
        """With the rates of the machine for weights of this size; UserError as ``Pipeline.load``.

        The measured model is made ready as the backend makes it: on a CUDA card its graphs are captured.
        """
        plain = Pipeline.load(weights, args.device, "float32")
        pipeline = Pipeline.load(weights, args.device, args.precision)
        pipeline.prepare()
        size = sum(value.nbytes for value in pipeline.system.generator.parameters())
        return cls(pipeline, plain, MachineLimits.measured(torch.device(pipeline.device), size), runs)

    def made(
        self, length: float, batch: int, sampling: Sampling, pipeline: Pipeline | None = None
    ) -> tuple[np.ndarray, float]:
        """Motions (B, F, 22, 3) and the seconds that they took."""
        sources = [torch.Generator().manual_seed(i) for i in range(batch)]
        began = time.perf_counter()
        made = (pipeline or self.pipeline).motions([PROMPT] * batch, [round(length * FPS)] * batch, sources, sampling)
        return np.stack(made), time.perf_counter() - began

    def line(self, length: float, guided: bool, batch: int, *, compared: bool) -> SamplingCost:
        """One row; ``compared`` with the released settings and the converged solution as well."""
        system = self.pipeline.system
        strength = (system.config.recognizer.guidance or 1.0) if guided else 0.0
        sampling = self.pipeline.sampling(SamplingOptions(recognizer_guidance=strength, candidates=1))
        with kernel_by_kernel(system), counted(system.generator.head.net.out) as work:
            joints, _ = self.made(length, batch, sampling)
        if system.generator.graphs is not None:  # those of new shapes are captured here, and not while it is timed
            joints, _ = self.made(length, batch, sampling)
        reset_peak(self.pipeline.device)
        seconds = statistics.median(self.made(length, batch, sampling)[1] for _ in range(self.runs))
        memory = peak_memory(os.getpid())
        if self.pipeline.device.startswith("cuda"):
            memory = torch.cuda.max_memory_allocated(self.pipeline.device) / GIGA
        ratio = deviation = None
        if compared:
            exact, _ = self.made(length, batch, replace(sampling, evaluations=CONVERGED), self.plain)
            deviation = 100 * float(np.linalg.norm(joints - exact, axis=-1).mean())
            released = self.pipeline.sampling(SamplingOptions(recognizer_guidance=strength, solver="dopri5"))
            ratio = self.made(length, batch, released, self.plain)[1] / seconds
        return SamplingCost(
            size=self.pipeline.name,
            length=length,
            guided=guided,
            batch=batch,
            seconds=seconds,
            evaluations=work.evaluations,
            memory=memory,
            ratio=ratio,
            deviation=deviation,
            floor=work.floor(self.machine),
        )

    def lines(
        self, lengths: Sequence[float], batches: Sequence[int], report: Callable[[str], object], *, compared: int
    ) -> list[SamplingCost]:
        """All rows; those of up to ``compared`` motions at once are compared."""
        found = []
        for length in lengths:
            for batch in batches:
                for guided in (False, True):
                    report(f"{self.pipeline.name}: {length:g} s, {batch} at once, {'' if guided else 'not '}guided")
                    found.append(self.line(length, guided, batch, compared=batch <= compared))
        return found


def growth(bench: Bench, report: Callable[[str], object]) -> tuple[Curve, Curve]:
    """Seconds against the length of one motion, and against how many of 4 s are made at once; unguided."""
    sampling = bench.pipeline.sampling(SamplingOptions(recognizer_guidance=0.0, candidates=1))
    bench.made(LONGER[0], 1, sampling)

    def seconds(length: float, batch: int) -> float:
        report(f"{length:g} s, {batch} at once")
        return statistics.median(bench.made(length, batch, sampling)[1] for _ in range(bench.runs))

    longer = Curve("length of one motion, s", [(length, seconds(length, 1)) for length in LONGER])
    more = Curve("motions of 4 s at once", [(float(batch), seconds(4.0, batch)) for batch in MORE])
    return longer, more


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the topic."""
    parser.add_argument("--full-size", action="store_true", help=f"{FULL} with random weights as well (10 minutes)")
    parser.add_argument("--lengths", type=float, nargs="+", default=LENGTHS, help="seconds of motion")
    parser.add_argument("--batches", type=int, nargs="+", default=BATCHES, help="motions at once")
    parser.add_argument("--plot", type=Path, metavar="PNG", help="draw how the time grows with length and batch")


def run(args: argparse.Namespace) -> int:
    """Measure, print the table, draw the plot."""
    with tqdm(bar_format="{desc}", leave=False, disable=not sys.stderr.isatty()) as bar:
        bench = Bench.load(args, args.weights, runs=3)
        lines = bench.lines(args.lengths, args.batches, bar.set_description_str, compared=max(args.batches))
        curves = growth(bench, bar.set_description_str) if args.plot else None
        rates = [bench.machine]
        if args.full_size:
            with tempfile.TemporaryDirectory(prefix="coamd-full-size-") as folder:
                random_weights(FULL, Path(folder))
                full = Bench.load(args, Path(folder), runs=1)
            rates.append(full.machine)
            lines += full.lines(args.lengths, args.batches, bar.set_description_str, compared=1)
    print(machine())
    print(report(lines, rates))
    if curves is not None:
        chart(args.plot, curves)
        print(args.plot)
    return 0


def report(lines: Sequence[SamplingCost], rates: Sequence[MachineLimits]) -> str:
    """The table, and what it was measured with."""
    said = "; ".join(f"{one.bandwidth / GIGA:.1f} GB/s, {one.rate / GIGA:.0f} Gop/s" for one in rates)
    where = "CUDA: measured above" if torch.cuda.is_available() else "CUDA: not measured (none here)"
    rows = [HEADING, *(line.cells() for line in lines)]
    return f"{table(rows, right=(1, *range(3, len(HEADING))))}\nmeasured rates: {said}. {where}."
