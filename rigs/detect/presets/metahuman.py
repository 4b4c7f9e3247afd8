# SPDX-License-Identifier: GPL-3.0-or-later
"""MetaHuman's body: Unreal's names, with corrective bones round the joints."""

from __future__ import annotations

from dataclasses import replace

from . import unreal

FAMILY = replace(unreal.FAMILY, name="MetaHuman", mark=r"_correctiveRoot_[lr]$")
