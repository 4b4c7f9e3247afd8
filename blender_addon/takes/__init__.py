# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes of this file and of others, read as the 22 joints without touching the scene."""
