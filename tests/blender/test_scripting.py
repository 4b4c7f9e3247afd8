# SPDX-License-Identifier: GPL-3.0-or-later
"""The pages on scripting and operators: every operator with its properties is named, and what is shown runs."""

from __future__ import annotations

import re
from pathlib import Path

import bpy
import operators_table
import pytest
from coamd.backend.client.backend_process import BackendProcess
from coamd.blender_addon.session.session import Session

TEXT = operators_table.PAGE.read_text("utf-8")
SCRIPTING = operators_table.PAGE.with_name("scripting.md").read_text("utf-8")
EXAMPLES = re.findall(r"^```python\n(.*?)^```", SCRIPTING, re.MULTILINE | re.DOTALL)
CLIENT = next(example for example in EXAMPLES if "Client" in example)


def test_the_page_has_every_operator(addon: Session) -> None:
    """If not: python tests/blender/operators_table.py"""
    rows = operators_table.rows()
    assert len(rows) > 15
    missing = [row for row in rows if row not in TEXT]
    assert not missing, "run python tests/blender/operators_table.py"
    assert operators_table.filled(TEXT) == TEXT, "the page has operators that are no more"


def test_whatever_waits_for_something_can_be_waited_for(addon: Session) -> None:
    for name in ("generate", "edit", "start_backend", "install_backend", "repair_backend", "remove_backend"):
        assert "wait" in getattr(bpy.ops.coamd, name).get_rna_type().properties, name


def test_what_the_page_shows_of_blender_runs(
    addon: Session, backend: BackendProcess, capsys: pytest.CaptureFixture[str]
) -> None:
    exec(compile(EXAMPLES[0], "scripting.md", "exec"), {})  # noqa: S102 (our own page)
    assert capsys.readouterr().out == "Mannequin walks forward and waves 1-95\n"
    assert len(bpy.data.actions) == 2 and bpy.context.object.animation_data.action


def test_what_the_page_shows_of_the_client_runs(
    addon: Session, backend: BackendProcess, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bpy.ops.coamd.start_backend(wait=True)
    assert len(CLIENT.strip().splitlines()) <= 10
    exec(compile(CLIENT, "scripting.md", "exec"), {})  # noqa: S102
    assert capsys.readouterr().out.startswith("(2, 80, 22, 3)\n")
