# SPDX-License-Identifier: GPL-3.0-or-later
"""Every target, and the module that has it: only those that need torch load it."""

from __future__ import annotations

import importlib

from case import FuzzTarget

PLACES = {
    "message_targets": ("message",),
    "motion_targets": ("bvh", "npz", "npy", "acclaim"),
    "rig_targets": ("rig",),
    "shared_targets": ("preset", "connection", "captions", "skeleton", "picture"),
    "index_targets": ("index",),
    "taught_targets": ("taught",),
    "weights_targets": ("weights", "phrases", "config"),
}
NAMES = tuple(name for names in PLACES.values() for name in names)


def target_of(name: str) -> FuzzTarget:
    """The target called ``name``."""
    module = next(module for module, names in PLACES.items() if name in names)
    target: FuzzTarget = importlib.import_module(module).TARGETS[name]
    return target
