# SPDX-License-Identifier: GPL-3.0-or-later
"""No password of a proxy or an index reaches a log, a panel or the progress, in whatever form it is said."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest
from coamd.backend.install import command_runner
from coamd.backend.install.progress import diagnose, error_line
from coamd.backend.install.redaction import HIDDEN, redacted, secrets
from coamd.rigs.errors import UserError
from hypothesis import given
from hypothesis import strategies as st
from install_plans import plan_for

PROXY = {"PIP_PROXY": "http://anna:s3cr%40t/word@proxy.example:3128"}
FORMS = (
    "ProxyError('Cannot connect to proxy http://anna:s3cr%40t/word@proxy.example:3128')",
    "Failed to parse: anna:s3cr%40t/word@proxy.example:3128",
    "HTTPSConnectionPool(host='s3cr@t/word@proxy.example', port=443)",
    "Proxy-Authorization: Basic YW5uYTpzM2NyQHQvd29yZA==",
    "{'proxy-authorization': 'Basic YW5uYTpzM2NyQHQvd29yZA=='}",
    "proxy password s3cr%40t%2Fword is wrong",
    "InvalidProxyURL: http:/anna:s3cr%40t/word@proxy.example",
    "tunnel via ANNA at socks5://anna:s3cr%40t/word@[::1]:1080",
)


@pytest.mark.parametrize("text", FORMS)
def test_a_password_that_is_known_is_nowhere(text: str) -> None:
    said = redacted(text, secrets(PROXY))
    assert HIDDEN in said
    assert not any(part in said for part in ("s3cr", "word@", "YW5u"))


@pytest.mark.parametrize(
    "text",
    [
        "Looking in indexes: https://bob:tokentoken@pypi.example/simple",
        "via bob:tokentoken@proxy:8080",
        "http://bob:token@token@proxy",
        "Authorization: Bearer tokentoken",
    ],
)
def test_one_that_is_not_known_is_found_by_its_place(text: str) -> None:
    """pip's own configuration may hold addresses that we never see."""
    assert "token" not in redacted(text, ())


@pytest.mark.parametrize(
    "text",
    [
        "Downloading https://files.pythonhosted.org/packages/torch-2.13.0-cp311.whl (123.4 MB)",
        "Installing collected packages: mpmath, typing-extensions",
        "ERROR: No matching distribution found for torch==2.13.0+cpu",
        "Progress 10 of 20",
        "write to anna@example.com",
    ],
)
def test_everything_else_stays_as_it_is(text: str) -> None:
    assert redacted(text, secrets(PROXY)) == text


@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=4, max_size=20))
def test_no_password_is_ever_left(password: str) -> None:
    address = f"http://anna:{password}@proxy.example:3128"
    assert f":{password}@" not in redacted(f"ProxyError {address} refused", secrets({"https_proxy": address}))


def test_what_pip_prints_is_clean_in_the_log_the_lines_and_the_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_PROXY", PROXY["PIP_PROXY"])
    log, heard = io.StringIO(), []
    code = f"print({FORMS[0]!r}); print('ERROR: {PROXY['PIP_PROXY']}'); raise SystemExit(1)"
    status, lines = command_runner.run(
        [sys.executable, "-c", code], temporary=tmp_path, log=log, alive=lambda: True, on_line=heard.append
    )
    plan = plan_for(tmp_path, tmp_path)
    said = [log.getvalue(), *lines, *heard, str(diagnose(lines, status, plan, "log"))]
    said += [error_line(UserError(f"No way through {PROXY['PIP_PROXY']}", "", "x"))]
    assert len(heard) == 2 and not any("s3cr" in text for text in said), said
