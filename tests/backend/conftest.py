# SPDX-License-Identifier: GPL-3.0-or-later
"""Real backend processes for the tests, each with its own folder and a small engine."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from coamd.backend.wire.connection import Connection, live

if TYPE_CHECKING:
    from coamd.backend.model.weights import System

ENGINES = Path(__file__).with_name("engines.py")
PATIENCE = 60.0  # seconds; only a broken backend needs them

Serve = Callable[..., tuple[Connection, "subprocess.Popen[bytes]"]]


def until(condition: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(0.02)


@pytest.fixture(scope="session")
def wait_until() -> Callable[[Callable[[], object], str], None]:
    """Waits for a condition; fails with ``what`` when it never comes."""
    return until


@pytest.fixture(scope="session")
def system() -> System:
    """A small model of all parts with random weights."""
    from small_system import small_system  # most tests need no torch

    return small_system()


@pytest.fixture(scope="session")
def engine_script() -> Path:
    """The script that serves the small engine with the options of ``coamd serve``."""
    return ENGINES


@pytest.fixture(scope="module")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serve]:
    """Starts backends with the given further options; all are ended with the module."""
    children: list[subprocess.Popen[bytes]] = []

    def start(*options: str) -> tuple[Connection, subprocess.Popen[bytes]]:
        path = tmp_path_factory.mktemp("backend") / "connection.json"
        command = [sys.executable, str(ENGINES), "serve", "--connection-file", str(path), *options]
        child = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        children.append(child)
        until(lambda: live(path) or child.poll() is not None, "the connection file")
        return Connection.read(path), child

    yield start
    for child in children:
        child.kill()
        child.wait()


@pytest.fixture(scope="module")
def connection(serve: Serve) -> Connection:
    """A backend with the small engine, shared by the tests of a module."""
    return serve()[0]
