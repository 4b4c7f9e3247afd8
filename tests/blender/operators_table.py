# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of operators in docs/operators.md, made from what is registered.

python tests/blender/operators_table.py    writes it into the page
"""

from __future__ import annotations

import os
from pathlib import Path

PAGE = Path(__file__).resolve().parents[2] / "docs" / "operators.md"
BEGIN, END = "<!-- operators -->\n", "<!-- end of operators -->"


def rows() -> list[str]:
    """One line per registered operator, with its properties and their tool tips."""
    import bpy

    lines = ["| Operator | What it does | Properties |", "|---|---|---|"]
    for name in sorted(dir(bpy.ops.coamd)):
        operator = getattr(bpy.ops.coamd, name).get_rna_type()
        properties = [
            f"`{prop.identifier}`: {prop.description}"
            + (f" ({', '.join(item.identifier for item in prop.enum_items)})" if prop.type == "ENUM" else "")
            for prop in operator.properties
            if prop.identifier != "rna_type" and not prop.is_hidden
        ]
        lines.append(f"| `{name}` | {operator.description} | {'<br>'.join(properties)} |")
    return lines


def filled(page: str) -> str:
    """The page with the table as it has to be."""
    before, after = page.index(BEGIN) + len(BEGIN), page.index(END)
    return page[:before] + "\n".join(rows()) + "\n" + page[after:]


if __name__ == "__main__":
    from coamd import blender_addon

    blender_addon.register()
    PAGE.write_text(filled(PAGE.read_text("utf-8")), "utf-8")
    os._exit(0)  # Blender's own exit hangs in 4.5 after add-ons were enabled
