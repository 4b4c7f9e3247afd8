# SPDX-License-Identifier: GPL-3.0-or-later
"""Ready Player Me: Mixamo's names without a prefix, and eyes."""

from __future__ import annotations

from dataclasses import replace

from . import mixamo

FAMILY = replace(mixamo.FAMILY, name="Ready Player Me", mark=r"^(Left|Right)Eye$")
