# SPDX-License-Identifier: GPL-3.0-or-later
"""Own Python: the add-on installs nothing, and runs the backend with a Python of the user's, found or named.

`build_addon` puts these modules into the place of those of `install` for Blender's extensions platform.
"""

from __future__ import annotations

from ...rigs.errors import UserError

INSTALLS = False  # whether the add-on can install the backend by itself


def no_python() -> UserError:
    """What is said where no Python suits."""
    return UserError(
        "The model runs in a Python with PyTorch, and none was found.",
        "Name one below Backend > Python, where buttons say how to have one.",
        "python_missing",
    )
