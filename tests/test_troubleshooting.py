# SPDX-License-Identifier: GPL-3.0-or-later
"""The troubleshooting page quotes the product: every sentence and every code in it is one that the code can say."""

from __future__ import annotations

import re

import pytest
from said import ROOT, SAID

PAGE = (ROOT / "docs" / "guide" / "troubleshooting.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| (.+?) \| (.+?) \| `(\w+)` \|$", PAGE, re.MULTILINE)


@pytest.mark.parametrize(("sentence", "remedy", "code"), ROWS, ids=[row[2] for row in ROWS])
def test_a_row_quotes_the_product(sentence: str, remedy: str, code: str) -> None:
    assert sentence in SAID, "no such sentence"
    assert code in SAID, "no such code"
    assert remedy.endswith(".")


def test_the_page_names_the_failures_of_installing_connecting_and_running() -> None:
    wanted = {"no_python", "torch_missing", "backend_died", "silent", "connection_exposed", "version_mismatch"}
    wanted |= {"second_backend", "home_unwritable", "disk_full", "queue_full", "out_of_memory", "gpu_lost"}
    wanted |= {"no_armature"}
    assert wanted <= {code for _, _, code in ROWS}
    assert "no such sentence, ever" not in SAID
