# SPDX-License-Identifier: GPL-3.0-or-later
"""``coamd serve`` itself, with the real loader of models."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from coamd.backend.cli import serve
from coamd.backend.cli.serve import check_installation
from coamd.backend.client import backend_process
from coamd.backend.client.backend_process import BackendProcess
from coamd.backend.client.client import Client
from coamd.backend.requests.generate import GenerateRequest
from coamd.rigs.errors import UserError


@pytest.fixture
def backend(tmp_path: Path) -> Iterator[BackendProcess]:
    """The real backend, sent to a folder where no weights are."""
    backend = BackendProcess(sys.executable, tmp_path / "home", weights=tmp_path / "no weights", device="cpu")
    backend.start()
    yield backend
    backend.stop()


def test_missing_weights_leave_it_up_and_are_said(backend: BackendProcess, wait_until: object) -> None:
    assert callable(wait_until)
    wait_until(lambda: backend.poll() != "starting", "the backend")
    with Client(backend.connection()) as client:
        client.hello(60.0)
        with pytest.raises(UserError) as caught:
            client.generate(GenerateRequest("a person walks", 4.0))
        assert caught.value.code == "weights_missing" and caught.value.hint
        assert client.status().phase == "broken"
        assert client.status().code == "weights_missing"
    assert backend.poll() == "ready"
    command = [
        sys.executable,
        str(backend_process.BOOTSTRAP),
        "serve",
        "--connection-file",
        str(backend.connection_file),
    ]
    second = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert second.returncode == 2
    assert second.stderr.startswith("coamd serve: A backend (process ") and len(second.stderr.splitlines()) == 1


def test_a_missing_library_is_named_with_the_command_that_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    check_installation()
    monkeypatch.setitem(serve.REQUIREMENTS, "torch_of_another_world", "torch-of-another-world==1")
    monkeypatch.setattr(serve, "SERVING", ("torch_of_another_world",))
    with pytest.raises(UserError) as caught:
        check_installation()
    assert caught.value.code == "torch_missing" and "torch_of_another_world" in caught.value.message
    assert caught.value.hint.endswith('-m pip install "torch-of-another-world==1"')
