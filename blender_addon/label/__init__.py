# SPDX-License-Identifier: GPL-3.0-or-later
"""Label: names for takes, and where they are written."""
