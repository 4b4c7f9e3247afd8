# SPDX-License-Identifier: GPL-3.0-or-later
"""Editing of a motion that is already there: what can be asked for, and the engine that does it."""
