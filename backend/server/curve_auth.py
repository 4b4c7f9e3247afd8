# SPDX-License-Identifier: GPL-3.0-or-later
"""Who is let in: the one client key of the connection file, and nobody else.

ZeroMQ asks a socket inside the process about each new connection (ZAP, https://rfc.zeromq.org/spec/27) before any
of its messages is read. The server's loop answers: pyzmq's own authenticator thread runs on asyncio, which on
Windows works with ZeroMQ only where tornado is installed.
"""

from __future__ import annotations

import contextlib
import hmac
import logging
import os
import socket
from dataclasses import dataclass

import zmq
from zmq.utils import z85

from ...rigs.errors import UserError
from ..requests.fields import MAX_FRAME_BYTES
from ..system.process_lifetime import birth
from ..system.temporary_folder import temporary_folder
from ..wire.connection import Connection
from .doorkeeper import Doorkeeper

log = logging.getLogger(__name__)

DOMAIN = b"coamd"
HANDSHAKE_MS = 5000  # who has not shown a key by then is cut off: open connections are few, and others want in
_VERSION = b"1.0"
_PARTS = 7  # version, request, domain, address, identity, mechanism, the client's public key


class CurveAuth:
    """Answers on ``socket``; make it before the server's socket binds, for without it every client key is let in."""

    def __init__(self, context: zmq.Context[zmq.Socket[bytes]], client_key: bytes) -> None:
        self._key = z85.decode(client_key)
        self._warned = False
        self.socket = context.socket(zmq.REP)
        self.socket.linger = 0
        self.socket.bind("inproc://zeromq.zap.01")

    def answer(self) -> None:
        """Judges the connection that waits."""
        parts = self.socket.recv_multipart()
        asked = parts[1] if len(parts) > 1 else b""
        if self._fits(parts):
            verdict = [b"200", b"OK", b"client", b""]
        else:
            verdict = [b"400", b"Unknown key", b"", b""]
            if not self._warned:  # once: who has a wrong key may knock ten times a second
                log.warning("a connection with a wrong key was refused")
                self._warned = True
        self.socket.send_multipart([_VERSION, asked, *verdict])

    def _fits(self, parts: list[bytes]) -> bool:
        if len(parts) != _PARTS or parts[0] != _VERSION or parts[2] != DOMAIN or parts[5] != b"CURVE":
            return False
        return hmac.compare_digest(parts[6], self._key)


@dataclass(frozen=True)
class Door:
    """What clients come in by. ``keeper`` is None where a system has no socket files: there ZeroMQ listens itself."""

    router: zmq.Socket[bytes]
    auth: CurveAuth
    keeper: Doorkeeper | None
    connection: Connection  # what a client needs
    folder: contextlib.ExitStack  # of the socket file

    def close(self) -> None:
        """Close it for good, once all that was sent has left."""
        self.router.close(linger=1000)
        if self.keeper is not None:
            self.keeper.close()
        self.folder.close()


def open_door(context: zmq.Context[zmq.Socket[bytes]]) -> Door:
    """A ROUTER behind a port of 127.0.0.1 that the system picks. UserError "home_unwritable"."""
    server_key, server_secret = zmq.curve_keypair()
    client_key, client_secret = zmq.curve_keypair()
    auth = CurveAuth(context, client_key)
    router = context.socket(zmq.ROUTER)
    router.curve_server = True
    router.curve_secretkey = server_secret
    router.curve_publickey = server_key
    router.zap_domain = DOMAIN
    router.maxmsgsize = MAX_FRAME_BYTES
    router.handshake_ivl = HANDSHAKE_MS
    router.sndhwm = 10_000
    router.rcvhwm = 64  # messages of one client that wait unread; then TCP holds it back
    router.router_handover = True  # a client that comes back after a broken connection takes its name over
    router.router_mandatory = True  # and one that is gone for good is noticed
    keeper, folder = None, contextlib.ExitStack()
    if hasattr(socket, "AF_UNIX") and zmq.has("ipc"):
        # Not in the user's folder, whose path may be longer than that of a socket can be.
        try:
            inside = folder.enter_context(temporary_folder("door")) / "backend"
        except OSError as error:
            text = f"The place for temporary files cannot be written ({error.strerror})."
            hint = "Make room there, or set TMPDIR to another folder."
            raise UserError(text, hint, "home_unwritable") from error
        router.bind(f"ipc://{inside}")
        keeper = Doorkeeper(inside)
        endpoint = keeper.endpoint
    else:
        router.bind("tcp://127.0.0.1:0")
        bound = router.getsockopt(zmq.LAST_ENDPOINT)
        assert isinstance(bound, bytes)
        endpoint = bound.rstrip(b"\0").decode()
    connection = Connection(
        endpoint=endpoint,
        server_key=server_key.decode(),
        client_key=client_key.decode(),
        client_secret=client_secret.decode(),
        pid=os.getpid(),
        born=birth(os.getpid()) or "",
    )
    return Door(router, auth, keeper, connection, folder)
