# SPDX-License-Identifier: GPL-3.0-or-later
"""What pip prints, read as progress and as causes. The lines are pip 26.3's own."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from coamd.backend.install import progress
from coamd.backend.install.plan import Plan
from coamd.backend.install.progress import DONE, LOAD, UNPACK, InstallProgress, PipReader, diagnose, parse
from coamd.rigs.errors import UserError
from hypothesis import given, settings
from hypothesis import strategies as st

DOWNLOAD = """\
Looking in indexes: https://pypi.org/simple, https://download.pytorch.org/whl/cpu
Collecting torch==2.13.0+cpu
  Downloading https://download.pytorch.org/whl/cpu/torch-2.13.0%2Bcpu-cp311-cp311-manylinux_2_28_x86_64.whl (191.8 MB)
Progress 0 of 191794682
Progress 95897341 of 191794682
Progress 191794682 of 191794682
Collecting tqdm==4.70.1
  Using cached tqdm-4.70.1-py3-none-any.whl (80 kB)
Requirement already satisfied: numpy==2.4.6 in ./venv/lib/python3.11/site-packages (2.4.6)
Collecting pillow==13.0.0
  Downloading pillow-13.0.0-cp311-cp311-manylinux_2_27_x86_64.manylinux_2_28_x86_64.whl (7.1 MB)
Progress 7140667 of 7140667
Installing collected packages: tqdm, pillow, torch
Successfully installed pillow-13.0.0 torch-2.13.0+cpu tqdm-4.70.1
""".splitlines()


def test_a_download_is_followed_byte_by_byte() -> None:
    reader, seen = PipReader(400_000_000), []
    for line in DOWNLOAD:
        if reader.take(line):
            seen.append(reader.progress)
    loading = [moment for moment in seen if moment.phase == LOAD]
    assert [moment.done for moment in loading] == sorted(moment.done for moment in loading)
    assert loading[1].text == "Downloading 96 MB of 400 MB: torch"
    assert loading[-1].name == "pillow" and loading[-1].done == 191794682 + 80_000 + 7140667
    assert seen[-1] == InstallProgress(UNPACK, 0, 3) and reader.packages == ("tqdm", "pillow", "torch")
    factors = [moment.factor for moment in seen]
    assert factors == sorted(factors) and 0.02 == factors[0] < factors[-1] < 1.0


def test_more_than_expected_does_not_overflow_the_bar() -> None:
    reader = PipReader(1000)
    for line in DOWNLOAD[:6]:
        reader.take(line)
        assert 0.0 <= reader.progress.factor < 0.71
    assert reader.progress.text == "Downloading 192 MB of 192 MB: torch"


def test_wheels_from_a_folder_are_not_called_a_download() -> None:
    reader = PipReader(0)
    reader.take("Looking in links: /mnt/wheels")
    assert reader.take("Processing /mnt/wheels/torch-2.13.0+cpu-cp311-cp311-manylinux_2_28_x86_64.whl")
    assert reader.progress.name == "torch" and reader.progress.text == "Reading torch"
    windows = r"Processing d:\wheels\imageio_ffmpeg-0.8.1-py3-none-win_amd64.whl (from -r x)"
    assert reader.take(windows) and reader.progress.name == "imageio-ffmpeg"


phases = st.sampled_from(["prepare", "load", "unpack", "check", "remove", "done"])
counts = st.floats(0, 1e11)


@settings(max_examples=50)
@given(phases, counts, counts, st.text(max_size=20))
def test_a_line_of_progress_comes_back_as_it_went(phase: str, done: float, of: float, name: str) -> None:
    moment = InstallProgress(phase, done, of, name)
    assert parse(moment.line()) == moment and "\n" not in moment.line()
    assert 0.0 <= moment.factor <= 1.0 and moment.text


@settings(max_examples=50)
@given(st.text(max_size=200))
def test_any_other_line_is_passed_over(line: str) -> None:
    assert parse(line) is None


def test_a_failure_comes_back_as_it_went() -> None:
    error = UserError("The disk is “full”.\n", "Free some.", "disk_full")
    back = parse(progress.error_line(error))
    assert isinstance(back, UserError) and (back.message, back.hint, back.code) == (
        error.message,
        error.hint,
        error.code,
    )
    assert parse('{"phase": "dancing", "done": 1, "of": 2, "name": ""}') is None
    assert InstallProgress(DONE).factor == 1.0


REFUSED = (
    "WARNING: Retrying (Retry(total=0, connect=None, read=None, redirect=None, status=None)) after connection broken"
    """ by 'NewConnectionError("HTTPSConnection(host='pypi.org', port=443): Failed to establish a new connection: """
    """[Errno 111] Connection refused")': /simple/tqdm/"""
)
NOTHING = "ERROR: No matching distribution found for tqdm==4.70.1"


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ([REFUSED, NOTHING], "no_network"),
        (["ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device"], "disk_full"),
        (["ProxyError('Unable to connect to proxy', OSError('Tunnel connection failed: 407'))", NOTHING], "proxy"),
        (["SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED]", NOTHING], "certificate"),
        (["ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE."], "damaged"),
        (["ERROR: Could not install packages due to an OSError: [Errno 13] Permission denied: 'x'"], "unwritable"),
        ([NOTHING], "missing_wheel"),
        (["ERROR: something nobody has thought of"], "install"),
        ([], "install"),
    ],
)
def test_every_cause_has_one_sentence_and_a_remedy(plan: Plan, lines: list[str], code: str) -> None:
    error = diagnose(lines, 1, replace(plan, wheels=None), "install.log")
    assert error.code == code
    assert error.hint.endswith((".", ")."))


def test_a_missing_wheel_names_it_and_the_command_that_fetches_it(plan: Plan) -> None:
    error = diagnose([NOTHING], 1, replace(plan, wheels=Path("/mnt/wheels"), version=(3, 11, 7)), "install.log")
    assert error.message == "The folder /mnt/wheels lacks the package tqdm==4.70.1 for Python 3.11 on this system."
    assert "pip download" in error.hint and "--python-version 3.11" in error.hint
