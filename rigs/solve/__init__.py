# SPDX-License-Identifier: GPL-3.0-or-later
"""Joints to rig and back: trunk, limbs, feet, twist, IK controls, fewer keys."""
