# SPDX-License-Identifier: GPL-3.0-or-later
"""Live: regenerates the clip or the edit whenever something that it depends on changes."""
