# SPDX-License-Identifier: GPL-3.0-or-later
"""Export: results as files for game engines and other programs."""
