# SPDX-License-Identifier: GPL-3.0-or-later
"""Training clips keyed by hand: tables of actions, and how they become motion."""
