# SPDX-License-Identifier: GPL-3.0-or-later
"""The body: 22 joints, rotations, rest rigs, bone curves, contacts."""
