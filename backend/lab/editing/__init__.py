# SPDX-License-Identifier: GPL-3.0-or-later
"""How well edits keep and meet what they were asked to."""
