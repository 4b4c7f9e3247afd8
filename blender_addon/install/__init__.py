# SPDX-License-Identifier: GPL-3.0-or-later
"""Install: makes, repairs and removes the Python that runs the backend, and finds one that is there already.

The zip for Blender's extensions platform has `own_python` in the place of this folder's installer.
"""

from __future__ import annotations

from ...rigs.errors import UserError

INSTALLS = True  # whether the add-on can install the backend by itself


def no_python() -> UserError:
    """What is said where no Python suits."""
    return UserError(
        "The backend is not installed yet.",
        "Press Install Backend in the CoAMD tab, or choose a Python with PyTorch in the add-on's preferences.",
        "no_python",
    )
