# SPDX-License-Identifier: GPL-3.0-or-later
"""Work on many items by this process alone, or by the workers of a Ray cluster, one to a GPU.

A worker is built by a function of a module (Ray hands over its name, not its code) and then called with one item after
the other. Ray starts the workers, and starts one again that died; its item goes to whoever is free next.
"""

from __future__ import annotations

import logging
import os
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from ...rigs.errors import UserError

TRIES = 4  # how often an item is given out before it counts as one that kills workers
PATIENCE = 60.0  # seconds without a worker after which the user is told
LOCAL, AUTO = "local", "auto"


@dataclass(frozen=True)
class WorkersLost:
    """In the place of a result: the item's workers died."""

    reason: str


class Workers(Protocol):
    """Whoever does the work; results come in any order, each with its item."""

    count: int
    gpu: bool

    def map(self, items: Iterable[Any]) -> Iterator[tuple[Any, Any]]:
        """Each item once, with its result or `WorkersLost`. Raises the UserError of a worker that cannot be built."""
        ...


class LocalWorker:
    """This process; the worker is built at once."""

    count = 1

    def __init__(self, build: Callable[..., Callable[[Any], Any]], *arguments: Any) -> None:
        self._work = build(*arguments)
        self.gpu = bool(getattr(self._work, "gpu", False))  # as it says of itself: a card may be there and not used

    def map(self, items: Iterable[Any]) -> Iterator[tuple[Any, Any]]:
        """One item after the other."""
        for item in items:
            yield item, self._work(item)


class RayWorker:
    """A worker in a process of its own. It is built at the first call, so that it can say why it could not be."""

    def __init__(self, build: Callable[..., Callable[[Any], Any]], arguments: tuple[Any, ...]) -> None:
        self._build, self._arguments = build, arguments
        self._work: Callable[[Any], Any] | None = None

    def ready(self) -> int:
        """Its process, once it can work."""
        if self._work is None:
            self._work = self._build(*self._arguments)
        return os.getpid()

    def run(self, item: Any) -> Any:
        """The result of one item."""
        self.ready()
        assert self._work is not None
        return self._work(item)


class RayWorkers:
    """Workers of a Ray cluster: one for each GPU, without GPUs one for each processor core, or ``count``.

    ``where`` is "local" (a cluster of and for this machine, which ends with this process), "auto" (the one that runs on
    this machine), or an address. With ``processors`` GPUs are left alone. UserError ``no_ray``, ``no_cluster``.
    """

    def __init__(
        self,
        where: str,
        count: int | None,
        build: Callable[..., Callable[[Any], Any]],
        *arguments: Any,
        processors: bool = False,
    ) -> None:
        self._ray = connected(where, count)
        there = self._ray.cluster_resources()
        gpus, cores = 0 if processors else int(there.get("GPU", 0)), max(1, int(there.get("CPU", 1)))
        self.gpu = gpus > 0
        self.count = count or gpus or cores
        share = {"num_gpus": min(1.0, gpus / self.count)} if gpus else {"num_cpus": max(1, cores // self.count)}
        member = self._ray.remote(RayWorker).options(max_restarts=-1, max_task_retries=0, **share)
        self.members = [member.remote(build, arguments) for _ in range(self.count)]

    def map(self, items: Iterable[Any]) -> Iterator[tuple[Any, Any]]:
        """Items to whoever is free. Only what a worker gave back counts, so its death loses and doubles nothing."""
        dispatch = _Dispatch(self._ray, self.members, items)
        while dispatch.goes_on():
            for call in dispatch.ended():
                settled = dispatch.settle(call)
                dispatch.hand_out()  # before the result is used, so that the worker goes on meanwhile
                if settled is not None:
                    yield settled


class _Dispatch:
    """Who of the members works on which item."""

    def __init__(self, ray: Any, members: Sequence[Any], items: Iterable[Any]) -> None:
        self._ray = ray
        self._fresh = ((item, 0) for item in items)
        self._again: deque[tuple[Any, int]] = deque()  # items whose worker died, and how often they were given out
        self._coming = {_awaited(member): member for member in members}
        self._given: dict[Any, tuple[Any, Any, int]] = {}  # call -> member, item, how often it was given out
        self._idle: list[Any] = []
        self._has_warned = False

    def goes_on(self) -> bool:
        """Whether there is anything to wait for; members that are not there yet are, unless another has no work."""
        return bool(self._given) or not self._idle

    def hand_out(self) -> None:
        """Work for all who are idle, as far as there is any; items of the dead go first."""
        while self._idle:
            piece = self._again.popleft() if self._again else next(self._fresh, None)
            if piece is None:
                return
            item, tries = piece
            member = self._idle.pop()
            self._given[member.run.remote(item)] = (member, item, tries + 1)

    def ended(self) -> list[Any]:
        """The next call that is over. The user is told where no worker comes for long."""
        done, _ = self._ray.wait([*self._given, *self._coming], num_returns=1, timeout=PATIENCE)
        if not done and not self._given and not self._has_warned:
            print("waiting for a free worker of the cluster", file=sys.stderr)
            self._has_warned = True
        calls: list[Any] = done
        return calls

    def settle(self, call: Any) -> tuple[Any, Any] | None:
        """The item of a call that is over with its result; None where there is none (yet)."""
        if call in self._coming:
            _result(self._ray, call)
            self._idle.append(self._coming.pop(call))
            return None
        member, item, tries = self._given.pop(call)
        try:
            result = _result(self._ray, call)
        except self._ray.exceptions.RayError as error:
            self._coming[_awaited(member)] = member
            if tries < TRIES:
                self._again.append((item, tries))
                return None
            return item, WorkersLost(f"{tries} workers died of it ({type(error).__name__}). Look into the logs of Ray.")
        self._idle.append(member)
        return item, result


def _awaited(member: Any) -> Any:
    """A call that is over when the member can work, also where Ray has to start it again."""
    return member.ready.options(max_task_retries=-1).remote()


def _result(ray: Any, call: Any) -> Any:
    """What a call gave, or the error that it ended with in the worker; RayError where the worker is no more."""
    try:
        return ray.get(call)
    except ray.exceptions.RayTaskError as error:
        raise error.cause from None


def connected(where: str, count: int | None = None) -> Any:
    """The ray module, connected; one that is connected already is used as it is."""
    # Ray sends statistics home and opens its ports to the network unless it is told not to.
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    if where == LOCAL:
        os.environ.setdefault("RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER", "0")  # off: a local cluster is at 127.0.0.1 alone
    logging.getLogger("ray").setLevel(logging.ERROR)
    try:
        import ray
    except ImportError:
        raise UserError("Ray is not installed.", "Run: pip install 'coamd[cluster]'.", "no_ray") from None
    if ray.is_initialized():
        return ray
    options: dict[str, Any] = {"logging_level": logging.ERROR, "log_to_driver": False}
    if where == LOCAL:
        options |= {"include_dashboard": False}
        if count and count > (os.cpu_count() or 1):
            options |= {"num_cpus": count}
    for left in reversed(range(2 if where == LOCAL else 1)):  # Ray gives up early where the machine is busy
        try:
            ray.init(address=where, **options)
            break
        except Exception as error:  # Ray has no common base for what goes wrong here
            ray.shutdown()
            if left:
                continue
            reason = (str(error).strip() or type(error).__name__).splitlines()[0]
            if where == LOCAL:
                raise UserError(
                    f"Ray could not start ({reason}).", "Try again when less is going on.", "no_cluster"
                ) from error
            raise UserError(
                f"There is no Ray cluster at '{where}' ({reason}).",
                "Start one with 'ray start --head', give its address, or take --ray local.",
                "no_cluster",
            ) from error
    return ray
