# SPDX-License-Identifier: GPL-3.0-or-later
"""Every text that the product can say, found in its source."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def said() -> set[str]:
    """Every text of the product; what is filled in stands as …"""
    found = set()
    for part in ("backend", "blender_addon", "rigs"):
        for path in (ROOT / part).rglob("*.py"):
            if "translations" in path.parts:  # what is translated is no proof that it is said
                continue
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.JoinedStr):
                    found.add("".join(_piece(value) for value in node.values))
                elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                    found.add(node.value)
    return found


def _piece(value: ast.expr) -> str:
    return str(value.value) if isinstance(value, ast.Constant) else "…"


SAID = said()
