# SPDX-License-Identifier: GPL-3.0-or-later
"""Results: the motions that were made for a character."""
