# SPDX-License-Identifier: GPL-3.0-or-later
"""The figures of docs/security.md are those that the server holds to."""

from __future__ import annotations

from pathlib import Path

from coamd.backend import install
from coamd.backend.files.archive import MOST_MEMBERS
from coamd.backend.install.lock_file import read
from coamd.backend.server import doorkeeper, job_queue, rate_limit
from coamd.backend.wire.protocol import MAX_HEADER_BYTES, MAX_MESSAGE_BYTES
from coamd.rigs.files import bvh

PACKAGE = Path(install.__file__).parent
PAGE = (PACKAGE.parents[1] / "docs" / "security.md").read_text(encoding="utf-8")


def test_before_and_after_the_handshake() -> None:
    for row in (
        f"| connections at once | {doorkeeper.HANDSHAKES}; a new one takes the place of the oldest "
        f"| {doorkeeper.CLIENTS} |",
        f"| time | {doorkeeper.HANDSHAKE_SECONDS:g} s |",
        f"| bytes | {doorkeeper.HANDSHAKE_BYTES >> 10} KiB, no frame longer than that "
        f"| {doorkeeper.ON_THE_WAY >> 20} MiB that the backend has not read yet",
        f"| start jobs | no | one runs, {job_queue.QUEUE_LIMIT} wait |",
    ):
        assert row in PAGE, row


def test_of_messages_and_files() -> None:
    for words in (
        f"a message {MAX_MESSAGE_BYTES >> 20} MiB (counted while it comes), a header {MAX_HEADER_BYTES >> 20} MiB",
        f"{job_queue.QUEUE_LIMIT} jobs wait; {rate_limit.MOST} messages a second",
        f"an archive {MOST_MEMBERS} members",
        f"a BVH {bvh.MAX_FRAMES // 10**6} million frames as they come",
    ):
        assert words in PAGE, words


def test_of_the_lock() -> None:
    locked = read((PACKAGE / "requirements.lock").read_text("utf-8"))
    wheels = sum(len(entry.wheels) for entry in locked)
    assert f"names {len(locked)} packages with {wheels} wheels" in PAGE
