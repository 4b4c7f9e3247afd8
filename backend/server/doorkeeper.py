# SPDX-License-Identifier: GPL-3.0-or-later
"""Stands before the socket of the backend and counts bytes, so that nobody fills its memory.

ZeroMQ takes in whatever it is sent: before a key is shown as much as after it, and of a message of many frames all of
them before anybody can refuse it. So clients reach a listener of ours, and what they send is passed on to ZeroMQ
through a socket in a folder of the user's own. Before the handshake a client may say as much as a handshake has, and
few may be at it; after it, no more may be on its way than one message has.

What is passed on is not understood but for the sizes of the handshake's frames (https://rfc.zeromq.org/spec/23).
"""

from __future__ import annotations

import contextlib
import logging
import selectors
import socket
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from ..wire.protocol import MAX_MESSAGE_BYTES

log = logging.getLogger(__name__)

HANDSHAKES = 16  # connections that have not shown a key yet; the oldest makes room
CLIENTS = 64  # connections that have
HANDSHAKE_BYTES = 4096  # greeting, hello and initiate have about 600
HANDSHAKE_SECONDS = 5.0
ON_THE_WAY = MAX_MESSAGE_BYTES + (16 << 20)  # bytes that the server has not read yet
_CHUNK, _BUFFERED = 1 << 18, 1 << 20  # bytes read at once; bytes kept while the other side does not take them
_QUIET = 1 << 20  # with so few bytes on their way nobody has a message that is not whole
_GREETING, _LONG = 64, 2  # bytes; the flag of a frame whose size has eight bytes
_SEALED = 33  # bytes that CURVE adds to a frame


@dataclass(eq=False)
class _Direction:
    """One direction of a connection."""

    source: socket.socket
    sink: socket.socket
    buffer: bytearray = field(default_factory=bytearray)
    ended: bool = False


@dataclass(eq=False)
class _Link:
    """One client."""

    since: float
    inwards: _Direction
    outwards: _Direction
    authenticated: bool = False  # it has shown its key: the server has said that it is ready
    client_handshake: bytearray = field(default_factory=bytearray)  # what it said before that
    server_handshake: bytearray = field(default_factory=bytearray)
    passed: int = 0  # bytes since it was quiet last
    calm: int = 0  # which quiet moment that was


class Doorkeeper:
    """Listens on a port of 127.0.0.1 that the system picks and passes on to the socket file ``inside``."""

    def __init__(self, inside: Path) -> None:
        self._inside = str(inside)
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self._listener.setblocking(False)
        host, port = self._listener.getsockname()
        self.endpoint = f"tcp://{host}:{port}"
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._listener, selectors.EVENT_READ)
        self._links: list[_Link] = []
        self._passed = self._read = self._calm = 0
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="coamd-door", daemon=True)
        self._thread.start()

    def received(self, frames: list[bytes]) -> None:
        """The server has read a message: its bytes are no longer on their way."""
        sizes = (len(frame) + _SEALED for frame in frames)
        self._read += sum(size + (9 if size > 255 else 2) for size in sizes)

    def close(self) -> None:
        """Cut all connections; what has been handed over by then still leaves."""
        self._closing.set()
        self._thread.join(2.0)

    def _run(self) -> None:
        while not self._closing.is_set():
            for key, events in self._selector.select(0.25):
                if key.fileobj is self._listener:
                    self._let_in()
                elif key.data in self._links:
                    self._serve(key.data, key.fileobj, events)
            late = time.monotonic() - HANDSHAKE_SECONDS
            for link in [link for link in self._links if not link.authenticated and link.since < late]:
                self._cut(link)
        for link in list(self._links):
            with contextlib.suppress(OSError):
                link.outwards.sink.sendall(link.outwards.buffer)
            self._cut(link)
        self._listener.close()
        self._selector.close()

    def _let_in(self) -> None:
        with contextlib.suppress(OSError):
            outside, _ = self._listener.accept()
            unauthenticated = [link for link in self._links if not link.authenticated]
            if len(self._links) - len(unauthenticated) >= CLIENTS:
                outside.close()
                return
            if len(unauthenticated) >= HANDSHAKES:
                self._cut(unauthenticated[0])
            inside = socket.socket(socket.AF_UNIX)
            try:
                inside.connect(self._inside)
            except OSError:
                inside.close()
                outside.close()
                return
            outside.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for one in (outside, inside):
                one.setblocking(False)
            link = _Link(time.monotonic(), _Direction(outside, inside), _Direction(inside, outside))
            self._links.append(link)
            for one in (outside, inside):
                self._selector.register(one, selectors.EVENT_READ, link)

    def _serve(self, link: _Link, which: object, events: int) -> None:
        try:
            for direction in (link.inwards, link.outwards):
                if direction.source is which and events & selectors.EVENT_READ:
                    self._take(link, direction)
                if direction.buffer:
                    with contextlib.suppress(BlockingIOError):
                        del direction.buffer[: direction.sink.send(direction.buffer)]
        except OSError:
            self._cut(link)
            return
        if link not in self._links:
            return
        if any(direction.ended and not direction.buffer for direction in (link.inwards, link.outwards)):
            self._cut(link)
            return
        for direction, back in ((link.inwards, link.outwards), (link.outwards, link.inwards)):
            wanted = selectors.EVENT_READ if len(direction.buffer) < _BUFFERED and not direction.ended else 0
            wanted |= selectors.EVENT_WRITE if back.buffer else 0
            self._watch(direction.source, wanted, link)

    def _watch(self, one: socket.socket, wanted: int, link: _Link) -> None:
        registered = self._selector.get_map().get(one)
        if registered is None:
            if wanted:
                self._selector.register(one, wanted, link)
        elif not wanted:
            self._selector.unregister(one)
        elif registered.events != wanted:
            self._selector.modify(one, wanted, link)

    def _take(self, link: _Link, direction: _Direction) -> None:
        """Read what there is; ConnectionError where it is more than may be."""
        try:
            data = direction.source.recv(_CHUNK if link.authenticated else HANDSHAKE_BYTES)
        except BlockingIOError:
            return
        if not data:
            direction.ended = True
            return
        direction.buffer += data
        if direction is link.outwards:
            if not link.authenticated:
                link.server_handshake += data
                link.authenticated = _is_ready(link.server_handshake)
            return
        if not link.authenticated:
            link.client_handshake += data
            if not _is_handshake(link.client_handshake):
                raise ConnectionAbortedError
            return
        self._count(link, len(data))

    def _count(self, link: _Link, size: int) -> None:
        waiting = self._passed - self._read
        if waiting < _QUIET:
            self._calm += 1
            if waiting < 0:  # messages of connections that were cut came through after all
                self._passed = self._read
        self._passed += size
        if link.calm != self._calm:
            link.calm, link.passed = self._calm, 0
        link.passed += size
        if self._passed - self._read > ON_THE_WAY:
            worst = max(self._links, key=lambda one: one.passed if one.calm == self._calm else 0)
            log.warning("a client was cut off: it sent %d MiB without an end", worst.passed >> 20)
            self._cut(worst)

    def _cut(self, link: _Link) -> None:
        if link not in self._links:
            return
        self._links.remove(link)
        if link.calm == self._calm:
            self._passed -= link.passed
        for one in (link.inwards.source, link.inwards.sink):
            with contextlib.suppress(KeyError, ValueError):
                self._selector.unregister(one)
            one.close()


def _frames(data: bytearray) -> list[tuple[int, int]]:
    """Where the frames after a greeting begin, and how long they say they are; a size that is cut off is left out."""
    found, at = [], _GREETING
    while at + 2 <= len(data):
        head = 9 if data[at] & _LONG else 2
        if at + head > len(data):
            break
        size = int.from_bytes(data[at + 1 : at + head], "big")
        found.append((at + head, size))
        at += head + size
    return found


def _is_handshake(data: bytearray) -> bool:
    return len(data) <= HANDSHAKE_BYTES and all(size <= HANDSHAKE_BYTES for _, size in _frames(data))


def _is_ready(data: bytearray) -> bool:
    """Whether the server has let a client in: its command READY has begun."""
    return any(data[at : at + 6] == b"\x05READY" for at, _ in _frames(data))
